"""The pretend provider: every address of providers.md A1 that a sender of ours may call."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import orjson
from aiohttp import web

from simulator import solapi_lists as lists
from simulator.background import Background
from simulator.clock import iso_utc
from simulator.faults import Faults
from simulator.settings import Settings
from simulator.solapi_auth import Gate, ProviderError
from simulator.solapi_delivery import Deliverer
from simulator.solapi_groups import (
    ACCEPTED,
    SEND_REFUSALS,
    STATUS_MESSAGES,
    Group,
    GroupBook,
    GroupStatus,
    Message,
)  # fmt: skip
from simulator.solapi_register import register
from simulator.solapi_reports import Reports
from simulator.solapi_templates import Templates
from simulator.values import SolapiAccount
from simulator.wire import Json, Line, answer
from simulator.world import World

RECIPIENTS_MAX = 10_000  # A3
BODY_BYTES_MAX = 15 * 1024 * 1024
SCHEDULE_AHEAD_MAX = timedelta(days=183)
FILES_MAX = 1_000
FILE_BYTES_MAX = 5 * 1024 * 1024
# The world's clock may be virtual, so a reservation looks at it instead of sleeping until then.
SCHEDULE_LOOK_SECONDS = 0.05

Action = Callable[[web.Request, SolapiAccount], Awaitable[object]]
Handler = Callable[[web.Request], Awaitable[web.Response]]


class Solapi:
    def __init__(
        self, world: World, settings: Settings, line: Line, background: Background, faults: Faults
    ) -> None:
        self._world = world
        self._settings = settings
        self._gate = Gate(world)
        self.templates = Templates(world)
        self.reservations = Background()
        reports = Reports(line, settings, background, faults, world.seed)
        self._deliverer = Deliverer(world, settings, background, reports)
        self.reset()

    def reset(self) -> None:
        self._book = GroupBook(self._world.seed)
        self.files: dict[str, bytes] = {}

    def signed(self, action: Action) -> Handler:
        """Signature first, then the action; either may answer with an error of A5."""

        async def handle(request: web.Request) -> web.Response:
            try:
                admitted = self._gate.admit(request.headers.get("Authorization", ""))
                # E2: whether a signature is used up before the body is worked on is unknown.
                if self._settings.remember_signature == "before":
                    self._gate.remember(admitted.signature)
                result = await action(request, admitted.account)
                self._gate.remember(admitted.signature)
            except ProviderError as error:
                body = {"errorCode": error.code, "errorMessage": error.message}
                return answer(body, status=error.status)
            return answer(result)

        return handle

    # Groups

    async def create(self, request: web.Request, account: SolapiAccount) -> Json:
        body = await _body(request)
        return self._book.create(account, self._world.now(), body).as_json()

    async def add(self, request: web.Request, account: SolapiAccount) -> Json:
        group = self._group(request, account)
        if group.status is not GroupStatus.PENDING:
            raise ProviderError(400, "InvalidGroupStatus")
        messages = _messages(await _body(request))
        results = self._put(group, messages)
        return {
            "errorCount": sum(1 for one in results if one["statusCode"] != ACCEPTED),
            "resultList": results,
        }

    def _put(self, group: Group, bodies: list[Json]) -> list[Json]:
        at = self._world.now()
        ids = self._book.ids("M4V", at)
        account_id = group.account.account_id
        results: list[Json] = []
        for body in bodies:
            code, kind = register(body, group, self.files)
            message = Message(next(ids), body, kind, code, at)
            group.messages[message.message_id] = message
            if code == ACCEPTED:
                group.numbers.add(message.to)
                group.kinds[kind] += 1
            results.append(
                {
                    "to": message.to,
                    "from": body.get("from"),
                    "type": kind,
                    "country": "82",
                    "messageId": message.message_id,
                    "statusCode": code,
                    "statusMessage": STATUS_MESSAGES.get(code, ""),
                    "accountId": account_id,
                    "customFields": message.fields,
                }
            )
        accepted = sum(group.kinds.values())
        group.count["total"] = len(group.messages)
        group.count["registeredSuccess"] = accepted
        group.count["registeredFailed"] = len(group.messages) - accepted
        group.note(at, f"메시지 {len(bodies)} 건이 추가되었습니다.")
        return results

    async def send(self, request: web.Request, account: SolapiAccount) -> Json:
        await request.read()
        group = self._group(request, account)
        self._send(group)
        return group.as_json()

    def _send(self, group: Group) -> None:
        """No await between the look and the mark: two sends at once cannot both pass."""
        if group.status in SEND_REFUSALS:
            raise ProviderError(*SEND_REFUSALS[group.status])
        self._start(group)

    def _start(self, group: Group) -> None:
        if not group.count["registeredSuccess"]:
            raise ProviderError(400, "MessagesNotFound")
        cost = group.cost()
        if cost > group.account.balance_won:  # E6: the group stays as it is
            raise ProviderError(402, "NotEnoughBalance")
        at = self._world.now()
        group.account.balance_won -= cost
        group.money.requested += cost
        group.status, group.sent_at = GroupStatus.SENDING, at
        group.count["sentTotal"] = group.count["sentPending"] = group.count["registeredSuccess"]
        group.note(at, "메시지를 발송했습니다.")
        self._deliverer.deliver_later(group)

    async def schedule(self, request: web.Request, account: SolapiAccount) -> Json:
        group = self._group(request, account)
        body = await _body(request)
        if group.status is not GroupStatus.PENDING:
            raise ProviderError(*SEND_REFUSALS[group.status])
        self._reserve(group, body.get("scheduledDate"))
        return group.as_json()

    def _reserve(self, group: Group, text: object) -> None:
        now = self._world.now()
        try:
            at = datetime.fromisoformat(str(text))
            is_fine = now < at <= now + SCHEDULE_AHEAD_MAX
        except (ValueError, TypeError):
            is_fine = False
        if not is_fine:
            raise ProviderError(400, "InvalidScheduledDate")
        group.scheduled_at, group.status = at, GroupStatus.SCHEDULED
        group.note(now, "예약이 접수되었습니다.")
        self.reservations.spawn(self._wait(group, at), f"reservation {group.group_id}")

    async def _wait(self, group: Group, at: datetime) -> None:
        while self._world.now() < at:  # noqa: ASYNC110 - the clock may be virtual
            await asyncio.sleep(SCHEDULE_LOOK_SECONDS)
        if group.status is not GroupStatus.SCHEDULED or group.scheduled_at != at:
            return
        try:
            self._start(group)
        except ProviderError:  # A6: no balance then means failure
            group.status = GroupStatus.FAILED

    async def cancel_schedule(self, request: web.Request, account: SolapiAccount) -> Json:
        group = self._group(request, account)
        if group.status is not GroupStatus.SCHEDULED:
            raise ProviderError(400, "InvalidStatus")
        group.status = GroupStatus(self._settings.cancel_schedule_to)
        group.scheduled_at = None
        group.note(self._world.now(), "예약이 취소되었습니다.")
        return group.as_json()

    async def info(self, request: web.Request, account: SolapiAccount) -> Json:
        return self._group(request, account).as_json()

    async def delete(self, request: web.Request, account: SolapiAccount) -> Json:
        group = self._group(request, account)
        if group.status is not GroupStatus.PENDING:
            raise ProviderError(400, "NotOperationalStatus")
        group.status = GroupStatus.DELETED
        group.note(self._world.now(), "메시지 그룹이 삭제되었습니다.")
        return group.as_json()

    async def delete_messages(self, request: web.Request, account: SolapiAccount) -> Json:
        group = self._group(request, account)
        body = await _body(request)
        if group.status is not GroupStatus.PENDING:
            raise ProviderError(400, "InvalidGroupStatus")
        wanted = body.get("messageIds")
        if not isinstance(wanted, list):
            raise ProviderError(400, "ValidationError", "messageIds")
        removed = [one for one in wanted if isinstance(one, str) and group.remove(one)]
        group.note(self._world.now(), f"메시지 {len(removed)} 건이 삭제되었습니다.")
        return {
            "groupId": group.group_id,
            "errorCount": len(wanted) - len(removed),
            "resultList": [{"messageId": one, "resultCode": "Success"} for one in removed],
        }

    # Lists

    async def groups(self, request: web.Request, account: SolapiAccount) -> Json:
        return lists.group_list(self._book, account, request.query)

    async def messages(self, request: web.Request, account: SolapiAccount) -> Json:
        group = self._group(request, account)
        return lists.group_messages(group, request.query, hidden_after=self._visible_until())

    async def all_messages(self, request: web.Request, account: SolapiAccount) -> Json:
        hidden_after = self._visible_until()
        return lists.account_messages(self._book, account, request.query, hidden_after=hidden_after)

    def _visible_until(self) -> datetime:
        return lists.visible_until(self._world.now(), self._settings.list_delay_seconds)

    # Without a group of one's own

    async def send_many(self, request: web.Request, account: SolapiAccount) -> Json:
        group, _ = self._send_all(await _body(request), account)
        return group.as_json()

    async def send_many_detail(self, request: web.Request, account: SolapiAccount) -> Json:
        body = await _body(request)
        group, results = self._send_all(body, account)
        shown: Json = {
            "failedMessageList": [one for one in results if one["statusCode"] != ACCEPTED],
            "groupInfo": group.as_json(),
        }
        if body.get("showMessageList") is True:
            names = ("messageId", "statusCode", "statusMessage", "customFields")
            shown["messageList"] = [{name: one[name] for name in names} for one in results]
        return shown

    def _send_all(self, body: Json, account: SolapiAccount) -> tuple[Group, list[Json]]:
        messages = _messages(body)
        group = self._book.create(account, self._world.now(), body)
        results = self._put(group, messages)
        if group.count["registeredSuccess"]:
            if body.get("scheduledDate"):
                self._reserve(group, body["scheduledDate"])
            else:
                self._start(group)
        return group, results

    async def send_one(self, request: web.Request, account: SolapiAccount) -> Json:
        body = await _body(request)
        message = body.get("message")
        if not isinstance(message, dict):
            raise ProviderError(400, "ValidationError", "message")
        group = self._book.create(account, self._world.now(), body)
        (result,) = self._put(group, _messages({"messages": [message]}))
        if result["statusCode"] != ACCEPTED:
            text = f"{result['messageId']} {result['statusCode']}"
            raise ProviderError(400, "InvalidStatusCode", text)
        self._start(group)
        return {"groupId": group.group_id, **result}

    async def balance(self, request: web.Request, account: SolapiAccount) -> Json:
        del request
        return {"balance": account.balance_won, "point": 0, "accountId": account.account_id}

    async def upload(self, request: web.Request, account: SolapiAccount) -> Json:
        body = await _body(request)
        try:
            content = base64.b64decode(str(body["file"]), validate=True)
        except (KeyError, binascii.Error):
            raise ProviderError(400, "ValidationError", "file") from None
        if not content or len(content) > FILE_BYTES_MAX:
            raise ProviderError(400, "ValidationError", "file size")
        while len(self.files) >= FILES_MAX:
            self.files.pop(next(iter(self.files)))
        file_id = next(self._book.ids("ST0", self._world.now()))
        self.files[file_id] = content
        at = iso_utc(self._world.now())
        return {
            "fileId": file_id,
            "type": body.get("type"),
            "link": body.get("link"),
            "accountId": account.account_id,
            # What follows is what the Python SDK's model of the answer asks for (A9, PY).
            "name": body.get("name") or file_id,
            "originalName": body.get("name") or file_id,
            "url": f"{self._settings.public_url}/storage/v1/files/{file_id}",
            "references": [],
            "dateCreated": at,
            "dateUpdated": at,
        }

    def _group(self, request: web.Request, account: SolapiAccount) -> Group:
        return self._book.get(account, request.match_info["group_id"])


async def _body(request: web.Request) -> Json:
    if (request.content_length or 0) > BODY_BYTES_MAX:
        raise ProviderError(413, "RecipientsTooMany", "15 MB")
    raw = await request.read()
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise ProviderError(400, "ValidationError", "JSON") from None
    if not isinstance(body, dict):
        raise ProviderError(400, "ValidationError", "object expected")
    return body


def _messages(body: Json) -> list[Json]:
    """E3; a `to` with several numbers becomes as many messages."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise ProviderError(400, "ValidationError", "messages는 1개 이상의 배열이어야 합니다.")
    spread: list[Json] = []
    for message in messages:
        if not isinstance(message, dict):
            raise ProviderError(400, "ValidationError", "messages[]는 객체여야 합니다.")
        to = message.get("to")
        spread += [{**message, "to": one} for one in to] if isinstance(to, list) else [message]
    if len(spread) > RECIPIENTS_MAX:
        raise ProviderError(413, "RecipientsTooMany")
    return spread
