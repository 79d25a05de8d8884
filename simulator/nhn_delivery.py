"""What becomes of a request at NHN: handsets, delivery codes, text messages instead (B6, B7)."""

import asyncio
from datetime import datetime, time, timedelta

from simulator.background import Background
from simulator.clock import KST
from simulator.handset import Delivery
from simulator.nhn_book import DELIVERED, UNCONFIRMED, Book, Kept, Recipient, Request, tags_of
from simulator.nhn_fallback import fall_back
from simulator.nhn_reports import Hooks
from simulator.nhn_showing import alimtalk, with_number
from simulator.reading import Content
from simulator.settings import Settings
from simulator.world import SMS_THREAD, World

# So many recipients are worked on before others get their turn on the loop.
SLICE_MAX = 500
BRAND_FROM, BRAND_UNTIL = time(8), time(20, 50)  # D5: 3022 outside
# The world's clock may be virtual, so what is reserved looks at it instead of sleeping until then.
LOOK_SECONDS = 0.05
NO_KAKAOTALK = "3019"
ALIMTALK_BLOCKED = "3020"
OUTSIDE_HOURS = "3022"
NO_WAY_TO_REFUSE = "3050"
TOO_MANY_TODAY = "4138"
LATER = ">"


class Deliverer:
    def __init__(self, world: World, settings: Settings, book: Book, hooks: Hooks) -> None:
        self._world = world
        self._settings = settings
        self._book = book
        self._hooks = hooks

    def deliver_later(
        self, request: Request, background: Background, reservations: Background
    ) -> None:
        """At once in the background; what is reserved waits apart, so that nobody waits for it."""
        if request.request_at > self._world.now():
            reservations.spawn(self._wait(request), f"reservation {request.request_id}")
        else:
            background.spawn(self._deliver(request), f"deliver {request.request_id}")
        for one in request.people.values():
            if LATER in request.account.scripts.get(one.number, ""):
                reservations.spawn(self._confirm(request, one), f"confirm {request.request_id}")

    async def _wait(self, request: Request) -> None:
        await self._until(request.request_at)
        await self._deliver(request)

    async def _until(self, at: datetime) -> None:
        while self._world.now() < at:  # noqa: ASYNC110 - the clock may be virtual
            await asyncio.sleep(LOOK_SECONDS)

    async def _deliver(self, request: Request) -> None:
        request.has_left = True
        await asyncio.sleep(self._settings.deliver_delay_seconds)
        waiting = [one for one in request.people.values() if one.status != "CANCEL"]
        failed: list[Recipient] = []
        batch_max = max(1, self._settings.report_batch_max)
        told: list[Recipient] = []
        for start in range(0, len(waiting), SLICE_MAX):
            part = waiting[start : start + SLICE_MAX]
            self._finish(request, part)
            failed += [one for one in part if one.status == "FAILED"]
            told += part
            while len(told) >= batch_max:
                self._hooks.tell_results(request, told[:batch_max])
                told = told[batch_max:]
            await asyncio.sleep(0)
        if told:
            self._hooks.tell_results(request, told)
        await self._send_instead(request, failed)

    def _finish(self, request: Request, people: list[Recipient]) -> None:
        at = self._world.now()
        in_hours = not self._settings.brand_hours or _is_brand_time(at)
        for one in people:
            one.is_friend = self._is_friend(request, one) if request.is_brand else None
            scripted = request.account.scripts.get(one.number, "").partition(LATER)[0]
            code = scripted or self._code(request, one, at, in_hours=in_hours)
            self._settle(request, one, code, at)

    def _settle(self, request: Request, one: Recipient, code: str, at: datetime) -> None:
        one.code, one.status = code, self._status(code)
        one.updated_at = at
        if code == DELIVERED:
            self._receive(request, one, at)

    def _status(self, code: str) -> Kept:
        if code == UNCONFIRMED:
            return self._settings.nhn_unconfirmed_status
        return "COMPLETED" if code == DELIVERED else "FAILED"

    async def _confirm(self, request: Request, one: Recipient) -> None:
        """3005 may still arrive within three days (B7): the second code of a script like
        "3005>1000" holds some hours after the first.
        """
        while one.updated_at is None:  # noqa: ASYNC110 - the clock may be virtual
            await asyncio.sleep(LOOK_SECONDS)
        await self._until(one.updated_at + timedelta(hours=self._settings.nhn_confirm_after_hours))
        code = request.account.scripts.get(one.number, "").partition(LATER)[2]
        if code and one.status != "CANCEL" and one.code == UNCONFIRMED:
            self._settle(request, one, code, self._world.now())
            self._hooks.tell_results(request, [one])

    def _code(self, request: Request, one: Recipient, at: datetime, *, in_hours: bool) -> str:
        person_id = self._world.person_id_by_phone(one.number)
        if person_id is None:
            return NO_KAKAOTALK
        if not request.is_brand:
            is_blocked = self._world.is_blocked(person_id, request.sender.bot_id)
            return ALIMTALK_BLOCKED if is_blocked else DELIVERED
        if not in_hours:
            return OUTSIDE_HOURS
        code = self._targeting_code(request, one, person_id)
        day_max = self._settings.nhn_brand_day_max
        if code == DELIVERED and day_max:
            is_full = self._book.brand_today(request, one.number, at) >= day_max
            return TOO_MANY_TODAY if is_full else DELIVERED
        return code

    def _targeting_code(self, request: Request, one: Recipient, person_id: str) -> str:
        """D4: I reaches friends, M who consented, N who consented and is no friend."""
        nobody = self._settings.nhn_not_friend
        if self._world.is_blocked(person_id, request.sender.bot_id):
            return nobody
        if one.targeting == "I":
            return DELIVERED if one.is_friend else nobody
        if one.number not in request.sender.consents or (one.targeting == "N" and one.is_friend):
            return nobody
        return DELIVERED if one.is_friend or _number(request, one) else NO_WAY_TO_REFUSE

    def _is_friend(self, request: Request, one: Recipient) -> bool:
        person_id = self._world.person_id_by_phone(one.number)
        return person_id is not None and self._world.is_friend(person_id, request.sender.bot_id)

    def _receive(self, request: Request, one: Recipient, at: datetime) -> None:
        bot_id = request.sender.bot_id
        bot = self._world.bots.get(bot_id)
        kind = "brand" if request.is_brand else "alimtalk"
        shown = one.packed or request.packed or alimtalk(one.text)
        if request.is_brand and not one.is_friend:
            shown = with_number(shown, _number(request, one))
        content = Content(kind, bot.name if bot else "", shown)
        one.received_at = at
        self._show(request, one, bot_id, content)
        if request.is_brand:
            self._book.note_brand(request, one.number, at)

    def _show(self, request: Request, one: Recipient, thread: str, content: Content) -> None:
        world, at = self._world, self._world.now()
        person_id = world.person_id_by_phone(one.number) or SMS_THREAD + one.number
        bot_id, tags = request.sender.bot_id, tags_of(request, one)
        world.handset.receive(Delivery(person_id, bot_id, at, "nhn", tags, content))
        world.chat(person_id, thread).receive(at, content.kind, content, tags)

    async def _send_instead(self, request: Request, failed: list[Recipient]) -> None:
        """B6: through the SMS service, for whom it was asked; 3005 is not failed and stays alone."""
        wanted = [one for one in failed if one.resend is not None and one.code != UNCONFIRMED]
        if not wanted:
            return
        for one in wanted:
            one.resend_status = "RSC03"
        await asyncio.sleep(self._settings.deliver_delay_seconds)
        for one in wanted:
            instead = fall_back(request, one)
            one.updated_at = self._world.now()
            if instead is None:
                one.resend_status = "RSC05"
                continue
            one.resend_status, one.resend_id = "RSC04", self._book.next_id(self._world.now())
            thread = SMS_THREAD + instead.sender
            self._show(request, one, thread, Content("sms", instead.sender, instead.packed))


def _number(request: Request, one: Recipient) -> str:
    return one.refuse_no or request.sender.unsubscribe_no


def _is_brand_time(at: datetime) -> bool:
    return BRAND_FROM <= at.astimezone(KST).time() < BRAND_UNTIL
