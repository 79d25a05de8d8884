"""What becomes of a group after /send: handsets, fallback, refunds, reports (E10, E11)."""

import asyncio
from datetime import datetime, time
from typing import NamedTuple

from simulator.background import Background
from simulator.clock import KST, pause
from simulator.handset import Delivery
from simulator.reading import Content
from simulator.settings import Settings
from simulator.solapi_groups import (
    DELIVERED,
    HANDED_OVER,
    PENDING_CODES,
    Group,
    GroupStatus,
    Message,
)
from simulator.solapi_register import SMS_BYTES_MAX, TEXT_KINDS, euc_kr
from simulator.solapi_reports import Reports
from simulator.values import SolapiAccount
from simulator.world import SMS_THREAD, World

# So many messages are worked on before others get their turn on the loop.
SLICE_MAX = 500
BRAND_FROM, BRAND_UNTIL = time(8), time(20, 50)  # providers.md D5, K1
NOT_A_FRIEND = "3102"
NO_KAKAOTALK = "3104"
BAD_CHANNEL = "3106"
ALIMTALK_BLOCKED = "3107"
OUTSIDE_HOURS = "3108"
FALLBACK_AFTER = (NO_KAKAOTALK, ALIMTALK_BLOCKED)


class Route(NamedTuple):
    """Where a message goes: whose handset, which thread on it, and how it is drawn."""

    person_id: str
    bot_id: str
    thread: str
    via: str  # "brand", "alimtalk", "sms"
    content: Content


class Deliverer:
    def __init__(
        self, world: World, settings: Settings, background: Background, reports: Reports
    ) -> None:
        self._world = world
        self._settings = settings
        self._background = background
        self._reports = reports

    def deliver_later(self, group: Group) -> None:
        self._background.spawn(self._deliver(group), f"deliver {group.group_id}")

    async def _deliver(self, group: Group) -> None:
        messages = list(group.sendable())
        for message in messages:
            message.code = HANDED_OVER
        await pause(self._world.now, self._settings.deliver_delay_seconds)
        batch_max = max(1, self._settings.report_batch_max)
        reported: list[Message] = []
        for start in range(0, len(messages), SLICE_MAX):
            reported += self._finish(group, messages[start : start + SLICE_MAX])
            while len(reported) >= batch_max:
                self._reports.tell_later(group.account, group.group_id, reported[:batch_max])
                reported = reported[batch_max:]
            await asyncio.sleep(0)
        if reported:
            self._reports.tell_later(group.account, group.group_id, reported)
        self._complete(group)

    def _complete(self, group: Group) -> None:
        at = self._world.now()
        group.status, group.completed_at = GroupStatus.COMPLETE, at
        group.note(at, "발송이 완료되었습니다.")
        if group.money.refund:
            group.account.balance_won += group.money.refund

    def _finish(self, group: Group, messages: list[Message]) -> list[Message]:
        """The final state of each; those whose report never comes are left out."""
        at = self._world.now()
        in_hours = self._in_brand_hours(at)
        finished: list[Message] = []
        delivered = 0
        for message in messages:
            code, route = self._outcome(message, group.account, in_hours=in_hours)
            message.updated_at = at
            if code in FALLBACK_AFTER or (route.via == "brand" and code != DELIVERED):
                code, route = self._fall_back(message, group, code, route)
            message.code = code
            if code in PENDING_CODES:
                continue
            finished.append(message)
            if code == DELIVERED:
                self._receive(message, route, at)
                delivered += 1
            elif self._settings.refund_failures:
                group.money.refund += group.price(message.kind)
                group.count["refund"] += 1
        group.count["sentSuccess"] += delivered
        group.count["sentFailed"] += len(finished) - delivered
        group.count["sentPending"] -= len(finished)
        return finished

    def _in_brand_hours(self, at: datetime) -> bool:
        if not self._settings.brand_hours:
            return True
        return BRAND_FROM <= at.astimezone(KST).time() < BRAND_UNTIL

    def _outcome(
        self, message: Message, account: SolapiAccount, *, in_hours: bool
    ) -> tuple[str, Route]:
        route = self._route(message, account)
        scripted = account.scripts.get(message.to) if account.scripts else None
        if scripted:
            return scripted, route
        if message.kind in TEXT_KINDS:
            return DELIVERED, route
        if message.kind == "ATA":
            return self._alimtalk_code(route), route
        return self._brand_code(message, route, in_hours=in_hours), route

    def _alimtalk_code(self, route: Route) -> str:
        if route.person_id.startswith(SMS_THREAD):
            return NO_KAKAOTALK
        is_blocked = self._world.is_blocked(route.person_id, route.bot_id)
        return ALIMTALK_BLOCKED if is_blocked else DELIVERED

    def _brand_code(self, message: Message, route: Route, *, in_hours: bool) -> str:
        if not in_hours:
            return OUTSIDE_HOURS
        if message.targeting != "I":
            return BAD_CHANNEL  # M and N only for channels Kakao approved (A3)
        is_friend = self._world.is_friend(route.person_id, route.bot_id)
        return DELIVERED if is_friend else NOT_A_FRIEND

    def _route(self, message: Message, account: SolapiAccount) -> Route:
        kind = message.kind
        person_id = self._world.person_id_by_phone(message.to) or SMS_THREAD + message.to
        if kind in TEXT_KINDS:
            sender = message.sender
            content = Content("sms", sender, message.packed)
            return Route(person_id, "", SMS_THREAD + sender, "sms", content)
        bot_id = account.pf_ids[message.pf_id]
        via = "alimtalk" if kind == "ATA" else "brand"
        bot = self._world.bots.get(bot_id)
        content = Content(via, bot.name if bot else "", message.packed)
        return Route(person_id, bot_id, bot_id, via, content)

    def _fall_back(
        self, message: Message, group: Group, code: str, route: Route
    ) -> tuple[str, Route]:
        """On unless switched off; for brand messages it is said not to exist now (A3)."""
        is_brand, sender = message.kind == "BMS_FREE", message.sender
        if not message.wants_fallback or (is_brand and not self._settings.brand_fallback):
            return code, route
        if not sender:
            return code, route
        text = str(message.body().get("text") or "")
        kind = "SMS" if len(euc_kr(text) or b"") <= SMS_BYTES_MAX else "LMS"
        message.kind, message.is_replaced = kind, True
        group.count["sentReplacement"] += 1
        price = group.price(kind)
        group.money.replacement += price
        group.account.balance_won -= price
        thread = SMS_THREAD + sender
        sms = Route(
            route.person_id, route.bot_id, thread, "sms", Content("sms", sender, message.packed)
        )
        return DELIVERED, sms

    def _receive(self, message: Message, route: Route, at: datetime) -> None:
        world, tags = self._world, message.fields
        world.handset.receive(
            Delivery(route.person_id, route.bot_id, at, "solapi", tags, route.content)
        )
        world.chat(route.person_id, route.thread).receive(at, route.via, route.content, tags)
