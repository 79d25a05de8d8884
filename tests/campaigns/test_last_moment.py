"""What somebody has just decided and not yet committed is waited for, and heard (PostgreSQL)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Event

import pytest

from campaigns.dispatch import LEASE
from campaigns.halting import halt_sending, lift_halt
from campaigns.leaving import load_batch
from campaigns.plan import plan_next
from campaigns.stopping import pause_campaign, stop_campaign
from domain.campaigns import CampaignState, PauseReason, SenderName
from domain.people import HaltId
from domain.refusals import Unknown
from loyalty.consent import stop_advertising
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.campaigns import find_campaign
from storage.queries.chunks import lease_to_send
from storage.queries.gathering import lock_shop
from storage.vault import Vault
from tests.campaigns.fakes import FakeSender, Step
from tests.campaigns.stage import PUBLIC_URL, Stage, set_stage
from tests.conftest import Clock
from tests.factories import change, make_campaign, make_street, rows

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

Act = Callable[[Tx], object]
READING_SECONDS = 0.3
"""So long the one who sends has to read what is about to change."""

IN_DOUBT = timedelta(minutes=1)
HALT = """
INSERT INTO halt (program_id, reason, actor, since)
SELECT id, 'r', 'manager:1', '2026-11-25 01:00:00+00:00' FROM program
"""


@dataclass(frozen=True, slots=True)
class Pause:
    """Something that is decided and not committed yet, until it is let go."""

    is_done: Event = field(default_factory=Event)
    may_go: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another process."""

    books: Books

    async def decides(self, act: Act, meanwhile: Callable[[], Awaitable[object]]) -> None:
        """`act` is done but not committed while `meanwhile` begins."""
        pause = Pause()
        deciding = self.books.write(_slowly, act, pause)
        assert await asyncio.to_thread(pause.is_done.wait, 10)
        running = asyncio.ensure_future(meanwhile())
        await asyncio.sleep(READING_SECONDS)
        pause.may_go.set()
        await asyncio.gather(deciding, running)


def _slowly(tx: Tx, act: Act, pause: Pause) -> None:
    act(tx)
    pause.is_done.set()
    assert pause.may_go.wait(10)


async def state_of(stage: Stage) -> tuple[CampaignState, PauseReason | None]:
    row = await stage.books.read(find_campaign, stage.street.shop_id, stage.campaign_id)
    assert row is not None
    return row.state, row.paused_for


def press(stage: Stage, act: Callable[..., object]) -> Act:
    whose, at = (stage.street.shop_id, stage.campaign_id), stage.clock.now()

    def pressed(tx: Tx) -> None:
        act(tx, *whose, actor="owner:1", at=at)

    return pressed


def halt(stage: Stage) -> Act:
    program_id, at = stage.street.program_id, stage.clock.now()
    return partial(halt_sending, program_id=program_id, reason="신고", actor="manager:1", at=at)


def lift_the_halt(tx: Tx, stage: Stage) -> None:
    program_id, at = stage.street.program_id, stage.clock.now()
    ((halt_id,),) = rows(tx, "SELECT id FROM halt")
    lift_halt(tx, HaltId(halt_id), program_id=program_id, actor="manager:1", at=at)


async def doubt(books: Books, clock: Clock) -> Stage:
    """One chunk of which nothing has left, though nobody has said so yet."""
    stage = await set_stage(books, clock, SenderName.SOLAPI)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False))
    await stage.dispatcher().send_next()
    clock.advance(IN_DOUBT)
    return stage


@pytest.mark.parametrize("in_doubt", [False, True])
async def test_who_is_just_refusing_gets_nothing(
    books: Books, clock: Clock, database_url: str, vault: Vault, *, in_doubt: bool
) -> None:
    """I9, L4: nor when a chunk is let go a second time."""
    stage = await (doubt(books, clock) if in_doubt else set_stage(books, clock))
    first, *others = stage.street.customers
    refuse = partial(stop_advertising, customer_id=first, pressed="그만", at=clock.now())
    dispatcher = stage.dispatcher()
    step = dispatcher.ask_next if in_doubt else dispatcher.send_next

    async with open_books(database_url, vault) as other:
        await Elsewhere(other).decides(refuse, step)
    await stage.drain()

    assert stage.sender.arrived == dict.fromkeys(others, 1)


@pytest.mark.parametrize("how", ["pause", "stop", "halt"])
async def test_what_is_just_held_back_is_not_let_go_a_second_time(
    books: Books, clock: Clock, database_url: str, vault: Vault, how: str
) -> None:
    stage = await doubt(books, clock)
    acts = {"pause": press(stage, pause_campaign), "stop": press(stage, stop_campaign)}
    act = acts.get(how) or halt(stage)

    async with open_books(database_url, vault) as other:
        await Elsewhere(other).decides(act, stage.dispatcher().ask_next)
    await stage.drain(hours=1)

    assert stage.sender.arrived == {}


async def test_a_halt_that_meets_planning_refuses_nobody(
    books: Books, clock: Clock, database_url: str, vault: Vault
) -> None:
    """L21: committed after the campaign was claimed, and before its people are judged."""
    street = await books.write(make_street)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    fake = FakeSender(SenderName.KAKAO_EVENT)
    stage = Stage(books=books, clock=clock, sender=fake, street=street, campaign_id=campaign_id)

    def stop_all_gathering(tx: Tx) -> None:
        lock_shop(tx, street.shop_id)
        halt(stage)(tx)

    async with open_books(database_url, vault) as other:
        plan = partial(books.write, plan_next, clock.now())
        await Elsewhere(other).decides(stop_all_gathering, plan)
    await stage.drain(hours=1)
    assert stage.sender.arrived == {}
    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.HALT)

    await books.write(lift_the_halt, stage)
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()


async def test_a_halt_that_is_just_being_lifted_pauses_nothing(
    books: Books, clock: Clock, database_url: str, vault: Vault
) -> None:
    """Nobody would resume it: who lifts has not seen it paused."""
    stage = await set_stage(books, clock)
    await books.write(change, HALT)

    async with open_books(database_url, vault) as other:
        lift = partial(lift_the_halt, stage=stage)
        await Elsewhere(other).decides(lift, stage.dispatcher().send_next)
    await stage.drain()

    assert stage.sender.arrived == stage.everybody()


async def test_what_its_owner_is_just_pausing_stays_theirs(
    books: Books, clock: Clock, database_url: str, vault: Vault
) -> None:
    """A halt that meets it makes no pause of its own of it, which lifting would end."""
    stage = await set_stage(books, clock)
    now = clock.now()
    chunk = await books.write(lease_to_send, now, now + LEASE)
    assert chunk is not None
    await books.write(change, HALT)
    load = partial(books.write, load_batch, chunk, now, PUBLIC_URL)

    async with open_books(database_url, vault) as other:
        await Elsewhere(other).decides(press(stage, pause_campaign), load)

    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.OWNER)
