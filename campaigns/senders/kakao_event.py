"""The Event API: the bot speaks first, and our own skill draws the bubble (kakao-chatbot.md 4)."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import orjson

from campaigns.senders.attempts import TOTAL_SECONDS, Answer, Line
from campaigns.senders.kakao_tasks import read_task
from campaigns.senders.port import Filled
from campaigns.senders.reading import read_object, text_in
from domain.campaigns import Account, Batch, Progress, SenderName
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, SenderError, Unknown

PEOPLE_MAX = 100
BASE_URL = "https://bot-api.kakao.com"
NOT_ACCEPTED = ("FAIL", "ERROR")
NOT_FOUND = "HTTP_404"
DETAIL_MAX = 200


class KakaoEventSender:
    """Nothing can be prepared here: `send` is the only call that changes anything."""

    name = SenderName.KAKAO_EVENT
    people_max = PEOPLE_MAX

    def __init__(self, base_url: str = BASE_URL, *, timeout_seconds: float = TOTAL_SECONDS) -> None:
        self._line = Line(base_url, timeout_seconds=timeout_seconds)

    async def open(self, batch: Batch) -> None:
        """Nothing is prepared."""

    async def fill(self, batch: Batch, ref: str | None) -> Filled:  # noqa: ARG002 - the port's
        return Filled()

    async def remove(self, batch: Batch, ref: str | None, gone: Sequence[MessageId]) -> None:
        """`send` uses `batch.people`, from which the engine has taken who is gone."""

    async def send(self, batch: Batch, ref: str | None) -> str:  # noqa: ARG002 - the port's
        assert 1 <= len(batch.people) <= PEOPLE_MAX, "a chunk fits one request"
        path = f"/v2/bots/{quote(batch.account.bot_id, safe='!')}/talk"
        answer = await self._line.ask("POST", path, _headers(batch.account), _talk(batch))
        if not answer.is_success:
            raise Rejected(f"HTTP_{answer.status}", _words(answer.body))
        return await self._receipt(batch.account, answer)

    async def _receipt(self, account: Account, answer: Answer) -> str:
        receipt = read_object(answer.body)
        task_id = text_in(receipt, "taskId")
        status = text_in(receipt, "status")
        if status in NOT_ACCEPTED and not await self._may_run(account, task_id):
            raise Rejected(status, text_in(receipt, "message")[:DETAIL_MAX])
        if not task_id:
            raise Unknown("NO_TASK_ID", status)
        return task_id

    async def _may_run(self, account: Account, task_id: str) -> bool:
        """Whether a task that was called a failure may exist all the same: the task says."""
        if not task_id:
            return False
        try:
            await self._task(account, task_id)
        except Retryable as trouble:
            return trouble.code != NOT_FOUND
        return True

    async def look(self, account: Account, ref: str, people: Mapping[str, MessageId]) -> Progress:
        answer = await self._task(account, ref)
        try:
            return read_task(read_object(answer.body), people)
        except Unknown as error:
            raise Retryable(error.code, error.detail) from error

    async def _task(self, account: Account, task_id: str) -> Answer:
        """Reading changes nothing, so whatever goes wrong may be tried again."""
        path = f"/v1/tasks/{quote(task_id, safe='')}"
        try:
            answer = await self._line.ask("GET", path, _headers(account))
        except Retryable:
            raise
        except SenderError as error:
            raise Retryable(error.code, error.detail) from error
        if not answer.is_success:
            raise Retryable(f"HTTP_{answer.status}", _words(answer.body))
        return answer

    async def close(self) -> None:
        await self._line.close()


def _headers(account: Account) -> dict[str, str]:
    return {
        "Authorization": f"KakaoAK {account.rest_api_key}",
        "Content-Type": "application/json",
    }


def _talk(batch: Batch) -> bytes:
    """`params` come back with each skill call: the only evidence when the answer is lost."""
    return orjson.dumps(
        {
            "event": {"name": batch.account.event_name},
            "user": [{"type": "botUserKey", "id": one.address} for one in batch.people],
            "params": {"run": str(batch.run_id), "chunk": str(batch.chunk_id)},
        }
    )


def _words(body: bytes) -> str:
    return body[:DETAIL_MAX].decode("utf-8", "replace")
