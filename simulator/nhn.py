"""The pretend NHN Cloud KakaoTalk Bizmessage: sends, looks and cancels (providers.md B)."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from aiohttp import web

from simulator import nhn_alimtalk as notices
from simulator import nhn_fields as fields
from simulator import nhn_lists as lists
from simulator.background import Background
from simulator.faults import Faults
from simulator.nhn_account import NhnAccount
from simulator.nhn_book import Book, MessageType, Recipient, Request
from simulator.nhn_brand import (
    basic_recipient,
    check_free_form,
    find_template,
    free_recipient,
    with_template,
)
from simulator.nhn_delivery import Deliverer
from simulator.nhn_desk import ALIMTALK, BRAND, Desk
from simulator.nhn_reports import Hooks
from simulator.nhn_sending import (
    Make,
    Order,
    answered,
    check_common,
    find_sender,
    make_request,
    read_people,
    request_time,
)
from simulator.nhn_showing import brand
from simulator.nhn_wire import Action, Keys, NhnError, admitted, json_body
from simulator.settings import Settings
from simulator.wire import Handler, Json, Line
from simulator.world import World

KEY_HEADER = "X-NC-API-IDEMPOTENCY-KEY"


class Nhn:
    def __init__(
        self, world: World, settings: Settings, line: Line, background: Background, faults: Faults
    ) -> None:
        self._world = world
        self._settings = settings
        self._background = background
        self.reservations = Background()
        self._hooks = Hooks(line, settings, background, faults, world.now)
        self._desk = Desk(world, settings, lambda: self._book, self._hooks)
        self.reset()

    def reset(self) -> None:
        self._book = Book(self._world.seed)
        self._keys = Keys(self._world, self._settings)
        self._deliverer = Deliverer(self._world, self._settings, self._book, self._hooks)

    def open(self, action: Action) -> Handler:
        """Behind the app key and the secret key (B1)."""
        return admitted(self._world, self._settings, action)

    def routes(self) -> list[web.RouteDef]:
        return [
            *self._alimtalk(ALIMTALK, "ALIMTALK_NORMAL"),
            *self._alimtalk(f"{ALIMTALK}/auth", "ALIMTALK_AUTH"),
            web.delete(f"{ALIMTALK}/messages/{{request_id}}", self.open(self._cancel)),
            web.get(f"{ALIMTALK}/message-results", self.open(self._results)),
            web.get(f"{ALIMTALK}/message-results/count", self.open(self._results_count)),
            web.post(f"{BRAND}/freestyle-messages", self.open(self._send_free)),
            web.post(f"{BRAND}/basic-messages", self.open(self._send_basic)),
            *self._looks(BRAND, "BRAND_MESSAGE_NORMAL"),
            web.delete(f"{BRAND}/messages/{{request_id}}", self.open(self._cancel)),
            *self._desk.routes(self.open),
        ]

    def _alimtalk(self, under: str, kind: MessageType) -> list[web.RouteDef]:
        return [
            web.post(f"{under}/messages", self.open(partial(self._send_alimtalk, kind))),
            web.post(f"{under}/raw-messages", self.open(partial(self._send_finished, kind))),
            *self._looks(under, kind),
        ]

    def _looks(self, under: str, kind: MessageType) -> list[web.RouteDef]:
        one = f"{under}/messages/{{request_id}}/{{seq}}"
        return [
            web.get(f"{under}/messages", self.open(partial(self._messages, kind))),
            web.get(one, self.open(partial(self._message, kind))),
        ]

    # Sending

    async def _send_alimtalk(
        self, kind: MessageType, request: web.Request, account: NhnAccount
    ) -> Json:
        order = await self._order(request, account, fields.ALIMTALK)
        template = notices.find_template(order)

        def make(seq: int, given: Json) -> Recipient:
            return notices.substituted(order, template, seq, given)

        return self._send(order, kind, make, request)

    async def _send_finished(
        self, kind: MessageType, request: web.Request, account: NhnAccount
    ) -> Json:
        order = await self._order(request, account, fields.FINISHED)
        template = notices.find_template(order)

        def make(seq: int, given: Json) -> Recipient:
            return notices.finished(order, template, seq, given)

        return self._send(order, kind, make, request)

    async def _send_free(self, request: web.Request, account: NhnAccount) -> Json:
        order = await self._order(request, account, fields.FREE)
        check_free_form(order)

        def make(seq: int, given: Json) -> Recipient:
            return free_recipient(order, seq, given)

        return self._send(order, "BRAND_MESSAGE_NORMAL", make, request)

    async def _send_basic(self, request: web.Request, account: NhnAccount) -> Json:
        order = await self._order(request, account, fields.BASIC)
        template = find_template(order)

        def make(seq: int, given: Json) -> Recipient:
            return basic_recipient(order, template, seq, given)

        return self._send(with_template(order, template), "BRAND_MESSAGE_NORMAL", make, request)

    async def _order(
        self, request: web.Request, account: NhnAccount, known: Mapping[str, object]
    ) -> Order:
        """Reads and checks what every send shares; the key is looked at before anything else."""
        body = await json_body(request)
        is_brand = request.path.startswith("/brand-message/")
        if not is_brand or self._settings.nhn_brand_key:
            self._keys.check(account, request.headers.get(KEY_HEADER))
        if self._settings.nhn_unknown_fields == "refuse":
            fields.check_fields(body, known)
        sender = find_sender(account, body.get("senderKey"))
        check_common(body)
        request_time(body, self._settings, self._world.now())
        return Order(account, sender, body, self._settings, self._world.now())

    def _send(self, order: Order, kind: MessageType, make: Make, asked: web.Request) -> Json:
        """No await from here on: it is kept and on its way, or it never was."""
        verdicts = order.account.verdicts
        verdict = verdicts.pop(0) if verdicts else None
        if verdict is not None and not verdict.has_acted:
            raise NhnError(verdict.code)
        results = read_people(order, order.body["recipientList"], partial(_made, kind, make))
        packed = brand(order.body) if kind == "BRAND_MESSAGE_NORMAL" else b""
        request = make_request(order, kind, self._book, results, packed)
        if kind != "BRAND_MESSAGE_NORMAL" or self._settings.nhn_brand_key:
            self._keys.keep(order.account, asked.headers.get(KEY_HEADER))
        self._deliverer.deliver_later(request, self._background, self.reservations)
        if verdict is not None:
            raise NhnError(verdict.code)
        return {"message": answered(request, results)}

    # Looking and cancelling

    def _look(self, kind: MessageType, account: NhnAccount) -> lists.Look:
        return lists.Look(account, self._book, self._settings, self._world.now(), (kind,))

    async def _messages(self, kind: MessageType, request: web.Request, account: NhnAccount) -> Json:
        return lists.message_list(self._look(kind, account), request.query)

    async def _message(self, kind: MessageType, request: web.Request, account: NhnAccount) -> Json:
        place = request.match_info
        return lists.one_message(self._look(kind, account), place["request_id"], place["seq"])

    async def _results(self, request: web.Request, account: NhnAccount) -> Json:
        return lists.changed_results(self._both(account), request.query)

    async def _results_count(self, request: web.Request, account: NhnAccount) -> Json:
        return lists.changed_count(self._both(account), request.query)

    def _both(self, account: NhnAccount) -> lists.Look:
        return self._look("ALIMTALK_NORMAL", account)._replace(
            kinds=("ALIMTALK_NORMAL", "ALIMTALK_AUTH")
        )

    async def _cancel(self, request: web.Request, account: NhnAccount) -> Json:
        """Only what is reserved and has not left; without `recipientSeq` all of it (B3)."""
        is_brand = request.path.startswith("/brand-message/")
        found = self._book.find(account, request.match_info["request_id"])
        wanted = [one for one in request.query.get("recipientSeq", "").split(",") if one]
        at = self._world.now()
        if found is None or found.is_brand != is_brand or not _cancel(found, wanted, at):
            raise NhnError(-2029)
        return {}


def _made(kind: MessageType, make: Make, seq: int, given: Json) -> Recipient:
    one = make(seq, given)
    if kind == "ALIMTALK_AUTH":
        notices.check_auth(one.text)
    return one


def _cancel(request: Request, wanted: list[str], at: datetime) -> int:
    """How many were cancelled."""
    if request.has_left:
        return 0
    cancelled = 0
    for seq, one in request.people.items():
        if one.status == "" and (not wanted or str(seq) in wanted):
            one.status, one.updated_at = "CANCEL", at
            cancelled += 1
    return cancelled
