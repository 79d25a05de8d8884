"""What soaks found, each as a story of its own: late requests, refusals, people nobody names."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.dispatch import LEASE, Dispatcher
from campaigns.plan import plan_next
from dangol.rehearsal.crashing import BrittleSender, Fuse
from domain.campaigns import Batch, MessageState, SenderName, Sent
from domain.people import CustomerId, MessageId
from loyalty.consent import stop_advertising
from simulator.faults import Fault

from .harness import Life, open_life
from .points import GROUPS, REGULARS, SEND, TALK, WITHDRAWING
from .town import BOT_ID, Town, bot_user_key
from .verdict import judge

REACHED = {SenderName.KAKAO_EVENT: 248, SenderName.SOLAPI: 246}
"""Of 250 and, in the chat, 2 without a number: not 4 who blocked the channel."""

SHORTLY = timedelta(seconds=1)
NEVER_BLOWS = 1_000_000


class Suspended(BrittleSender):
    """A sender whose machine stands still just before it lets a chunk go."""

    def __init__(self, life: Life) -> None:
        super().__init__(life.senders[SenderName.SOLAPI], Fuse(NEVER_BLOWS))
        self.stands_still = asyncio.Event()
        self.may_go = asyncio.Event()

    async def send(self, batch: Batch, ref: str | None) -> str | Sent:
        self.stands_still.set()
        await self.may_go.wait()
        return await super().send(batch, ref)


class Overtaken(BrittleSender):
    """A sender that is overtaken by the suspended one before it takes anybody out."""

    def __init__(self, life: Life, suspended: Suspended, sending: "asyncio.Task[bool]") -> None:
        super().__init__(life.senders[SenderName.SOLAPI], Fuse(NEVER_BLOWS))
        self._suspended = suspended
        self._sending = sending

    async def remove(self, batch: Batch, ref: str | None, gone: Sequence[MessageId]) -> None:
        self._suspended.may_go.set()
        await self._sending
        await super().remove(batch, ref, gone)


def dispatcher(life: Life, sender: BrittleSender) -> Dispatcher:
    senders = {SenderName.SOLAPI: sender}
    return Dispatcher(life.books, senders, life.clock.now, life.settings.public_url)


@pytest.mark.parametrize("refusing", [1, REGULARS + 2])
async def test_whom_a_late_request_carried_is_not_written_as_refused(
    town: Town, tmp_path: Path, refusing: int
) -> None:
    """Our word is the handset's, also when refusal and late request cross (one, or everybody)."""
    async with open_life(town, tmp_path) as life:
        campaign_id = await life.book(SenderName.SOLAPI)
        await life.books.write(plan_next, life.clock.now())
        suspended = Suspended(life)
        sending = asyncio.create_task(dispatcher(life, suspended).send_next())
        await suspended.stands_still.wait()
        for number in range(1, refusing + 1):
            await life.refuse(number)
        life.clock.push(LEASE + SHORTLY)

        await dispatcher(life, Overtaken(life, suspended, sending)).ask_next()

        await life.run_until_still(life.make_worker())
        verdict = await judge(life, campaign_id)
        assert not verdict.broken
        assert verdict.received == 246


async def test_who_refuses_while_it_is_in_doubt_gets_nothing(town: Town, tmp_path: Path) -> None:
    """I9: the same group is released once more, but without whoever refused meanwhile."""
    async with open_life(town, tmp_path) as life:
        life.faults.arm(Fault(endpoint=SEND, kind="close_before_reading"))
        campaign_id = await life.book(SenderName.SOLAPI)
        await life.finish_due(life.make_worker())
        await life.refuse(5)

        await life.run_until_still(life.make_worker())

        verdict = await judge(life, campaign_id)
        assert not verdict.broken
        assert verdict.received == 245
        assert verdict.count(MessageState.REFUSED) == 5


@pytest.mark.parametrize("sender", WITHDRAWING)
async def test_a_refusal_that_waited_while_it_left_counts_from_when_it_was_heard(
    town: Town, tmp_path: Path, sender: SenderName
) -> None:
    """I9: a request that has left could not know of it, and nobody is accused of it."""
    async with open_life(town, tmp_path) as life:
        campaign_id = await life.book(sender)
        await life.books.write(plan_next, life.clock.now())
        pressed_at = life.clock.now()
        await life.finish_due(life.make_worker())

        await life.books.write(stop_advertising, CustomerId(5), pressed="수신거부", at=pressed_at)

        await life.run_until_still(life.make_worker())
        verdict = await judge(life, campaign_id)
        assert not verdict.broken


async def test_a_chunk_that_lost_someone_before_it_left_is_settled(
    town: Town, tmp_path: Path
) -> None:
    """A task counts whom it was asked for, not whom the run had planned."""
    async with open_life(town, tmp_path) as life:
        campaign_id = await life.book(SenderName.KAKAO_EVENT)
        await life.books.write(plan_next, life.clock.now())
        await life.refuse(5)

        await life.run_until_still(life.make_worker())

        verdict = await judge(life, campaign_id)
        assert not verdict.broken
        assert verdict.count(MessageState.DELIVERED) == 247


async def test_whom_kakao_counts_but_does_not_name_waits_for_a_person(
    town: Town, tmp_path: Path
) -> None:
    """The others of the chunk are known by our skill's own calls; its money stays held."""
    async with open_life(town, tmp_path) as life:
        del life.world._by_key["botUserKey", BOT_ID, bot_user_key(5)]
        campaign_id = await life.book(SenderName.KAKAO_EVENT)

        await life.run_until_still(life.make_worker())

        verdict = await judge(life, campaign_id, unknown_max=1)
        assert not verdict.broken
        assert verdict.count(MessageState.UNKNOWN) == 1
        assert verdict.held_jeon > 0


async def test_what_comes_after_closing_time_is_not_sent(town: Town, tmp_path: Path) -> None:
    """I7: a chunk in doubt at 20:50 is not released in the evening."""
    async with open_life(town, tmp_path) as life:
        life.clock.push(timedelta(hours=10, minutes=49, seconds=40))
        life.faults.arm(Fault(endpoint=SEND, kind="close_before_reading"))
        campaign_id = await life.book(SenderName.SOLAPI)

        await life.run_until_still(life.make_worker())

        verdict = await judge(life, campaign_id)
        assert not verdict.broken
        assert verdict.received == 0
        assert verdict.held_jeon == 0


@pytest.mark.parametrize("has_acted", [True, False])
async def test_a_lost_answer_is_told_by_our_skill_alone(
    town: Town, tmp_path: Path, has_acted: bool
) -> None:
    async with open_life(town, tmp_path) as life:
        kind = "close_after_acting" if has_acted else "close_after_reading"
        life.faults.arm(Fault(endpoint=TALK, kind=kind))  # type: ignore[arg-type]  # a Literal
        campaign_id = await life.book(SenderName.KAKAO_EVENT)

        await life.run_until_still(life.make_worker())

        verdict = await judge(life, campaign_id, unknown_max=1 if has_acted else 100)
        assert not verdict.broken
        assert verdict.held_jeon > 0


@pytest.mark.parametrize(
    ("sender", "point", "told"),
    [
        (SenderName.KAKAO_EVENT, TALK, "20"),
        (SenderName.KAKAO_EVENT, TALK, "Wed, 31 Dec 2098 00:00:00 GMT"),
        (SenderName.KAKAO_EVENT, TALK, None),
        (SenderName.SOLAPI, SEND, "20"),
        (SenderName.SOLAPI, GROUPS, "20"),
    ],
)
async def test_too_many_requests_are_waited_out(
    town: Town, tmp_path: Path, sender: SenderName, point: str, told: str | None
) -> None:
    """Seconds, a date too far away to be believed, nothing at all: everybody, once, no error."""
    async with open_life(town, tmp_path) as life:
        life.faults.arm(Fault(endpoint=point, kind="http_429", times=2, retry_after=told))
        campaign_id = await life.book(sender)

        await life.run_until_still(life.make_worker())

        verdict = await judge(life, campaign_id)
        assert not verdict.broken
        assert verdict.most_per_handset == 1
        assert verdict.count(MessageState.DELIVERED) == REACHED[sender]
