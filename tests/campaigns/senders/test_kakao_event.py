"""What we say to the Event API and how its answers are read (kakao-chatbot.md 4)."""

from dataclasses import replace

import orjson
import pytest

from campaigns.senders.kakao_event import KakaoEventSender
from domain.campaigns import Batch
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, Unknown

from .conftest import ACCOUNT, BATCH
from .fakes import HANG_UP, Host, Said, host, said


async def send(one: Host, batch: Batch = BATCH) -> str:
    sender = KakaoEventSender(one.url)
    try:
        return await sender.send(batch, None)
    finally:
        await sender.close()


async def test_the_request_is_the_documented_one() -> None:
    async with host([said({"taskId": "t-1", "status": "SUCCESS", "timestamp": 1})]) as one:
        assert await send(one) == "t-1"

        (asked,) = one.asked
        assert (asked.method, asked.path) == ("POST", f"/v2/bots/{ACCOUNT.bot_id}/talk")
        assert asked.headers["Authorization"] == "KakaoAK rest-key"
        assert orjson.loads(asked.body) == {
            "event": {"name": "promotion"},
            "user": [{"type": "botUserKey", "id": "9a"}],
            "params": {"run": "7", "chunk": "70"},
        }


async def test_a_development_bot_keeps_its_mark() -> None:
    dev = replace(BATCH, account=replace(ACCOUNT, bot_id="65f0!"))
    async with host([said({"taskId": "t-1", "status": "SUCCESS"})]) as one:
        await send(one, dev)

        assert one.asked[0].path == "/v2/bots/65f0!/talk"


@pytest.mark.parametrize("status", ["FAIL", "ERROR"])
async def test_a_failure_without_a_task_is_rejected(status: str) -> None:
    async with host([said({"status": status, "message": "wrong event"})]) as one:
        with pytest.raises(Rejected):
            await send(one)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_refusal_by_http_is_rejected(status: int) -> None:
    async with host([said({"msg": "wrong appKey", "code": -401}, status)]) as one:
        with pytest.raises(Rejected):
            await send(one)


async def test_a_failure_with_a_task_that_does_not_exist_is_rejected() -> None:
    answers = [said({"taskId": "t-1", "status": "FAIL"}), said({}, 404)]
    async with host(answers) as one:
        with pytest.raises(Rejected):
            await send(one)


@pytest.mark.parametrize("task", [said({"allRequestCount": 1}), Said(500, b""), HANG_UP])
async def test_a_failure_with_a_task_that_may_exist_is_asked_about(task: Said) -> None:
    async with host([said({"taskId": "t-1", "status": "ERROR"}), task]) as one:
        assert await send(one) == "t-1"


@pytest.mark.parametrize("answer", [said({"status": "SUCCESS"}), said([]), Said(200, b"{")])
async def test_an_answer_without_a_task_is_unknown(answer: Said) -> None:
    async with host([answer]) as one:
        with pytest.raises(Unknown):
            await send(one)

        assert len(one.asked) == 1


@pytest.mark.parametrize("answer", [said({}, 404), said({}, 401), Said(200, b"{"), Said(500, b"")])
async def test_a_look_that_fails_comes_again(answer: Said) -> None:
    async with host([answer]) as one:
        sender = KakaoEventSender(one.url)
        with pytest.raises(Retryable):
            await sender.look(ACCOUNT, "t-1", {"9a": MessageId(1)})
        await sender.close()
