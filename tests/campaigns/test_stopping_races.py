"""Who stops, pauses or halts races with who lets leave or gathers: four connections, PostgreSQL."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial

import pytest
import pytest_asyncio

from campaigns.halting import halt_sending, lift_halt, list_halts
from campaigns.plan import plan_next
from campaigns.stopping import pause_campaign, resume_campaign, stop_campaign
from domain.campaigns import CampaignState, SenderName
from domain.refusals import Conflict
from storage.books import Books, open_books
from storage.desk import Tx
from storage.vault import Vault
from tests.campaigns.fakes import FakeSender, Step
from tests.campaigns.stage import Stage, broken_promises, set_stage
from tests.conftest import Clock
from tests.factories import make_campaign, make_draft, make_street

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

MANY = 430
"""Five chunks of the Event API."""

HANDS = 4
JITTER_SECONDS = 0.02
SEEDS = range(3)
KAKAO = SenderName.KAKAO_EVENT


@pytest_asyncio.fixture
async def hands(database_url: str, vault: Vault) -> AsyncIterator[list[Books]]:
    """Connections of their own, as of other processes."""
    async with AsyncExitStack() as stack:
        opened = [open_books(database_url, vault) for _ in range(HANDS)]
        yield [await stack.enter_async_context(one) for one in opened]


def halt_all(stage: Stage) -> Callable[[Tx], object]:
    program_id, at = stage.street.program_id, stage.clock.now()
    return partial(halt_sending, program_id=program_id, reason="신고", actor="manager:1", at=at)


def lift_all(stage: Stage) -> Callable[[Tx], object]:
    program_id, at = stage.street.program_id, stage.clock.now()

    def lift(tx: Tx) -> None:
        for one in list_halts(tx, program_id=program_id):
            lift_halt(tx, one.halt_id, program_id=program_id, actor="manager:1", at=at)

    return lift


def press(stage: Stage, act: Callable[..., object]) -> Callable[[Tx], object]:
    shop_id, campaign_id, at = stage.street.shop_id, stage.campaign_id, stage.clock.now()

    def pressed(tx: Tx) -> object:
        return act(tx, shop_id, campaign_id, actor="owner:1", at=at)

    return pressed


async def race(stage: Stage, hands: list[Books], act: Callable[[Tx], object], seed: int) -> None:
    """Three let chunks leave while the fourth presses; each call takes as long as it likes."""
    dice = random.Random(seed)

    async def nap() -> None:
        await asyncio.sleep(dice.random() * JITTER_SECONDS)

    stage.sender.script("open", *[Step(before=nap)] * 10)
    stage.sender.script("fill", *[Step(before=nap)] * 10)

    async def send(books: Books) -> None:
        dispatcher = stage.dispatcher(books)
        while await dispatcher.send_next():
            await nap()

    async def end(books: Books) -> None:
        await asyncio.sleep(dice.random() * JITTER_SECONDS * 3)
        await books.write(act)

    *senders, last = hands
    await asyncio.gather(*[send(one) for one in senders], end(last))


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_stop_and_three_who_send_agree_on_each_chunk(
    books: Books, clock: Clock, hands: list[Books], seed: int
) -> None:
    stage = await set_stage(books, clock, KAKAO, people=MANY)
    full = await stage.grant_left() + (await stage.result()).held_jeon

    await race(stage, hands, press(stage, partial(stop_campaign, at_once=100)), seed)
    left = len(stage.sender.arrived)
    await stage.drain()

    result = await stage.result()
    assert len(stage.sender.arrived) == left == result.delivered
    assert result.canceled == MANY - left
    assert max(stage.sender.arrived.values(), default=0) <= 1
    assert result.held_jeon == 0
    assert await stage.grant_left() == full - result.spent_jeon
    assert result.state in (CampaignState.STOPPED, CampaignState.FINISHED)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("hold", "go_on"),
    [
        (lambda stage: press(stage, pause_campaign), lambda stage: press(stage, resume_campaign)),
        (halt_all, lift_all),
    ],
    ids=["pause", "halt"],
)
async def test_what_is_held_in_the_middle_leaves_later_and_once(
    books: Books,
    clock: Clock,
    hands: list[Books],
    seed: int,
    hold: Callable[[Stage], Callable[[Tx], object]],
    go_on: Callable[[Stage], Callable[[Tx], object]],
) -> None:
    stage = await set_stage(books, clock, KAKAO, people=MANY)

    await race(stage, hands, hold(stage), seed)
    left = len(stage.sender.arrived)
    await stage.drain(hours=1)
    assert len(stage.sender.arrived) == left

    try:
        await books.write(go_on(stage))
    except Conflict:
        assert left == MANY  # all had left before, so that it is over
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()
    assert (await stage.result()).delivered == MANY


@pytest.mark.parametrize("seed", SEEDS)
async def test_pausing_while_people_are_gathered_loses_nobody(
    books: Books, clock: Clock, hands: list[Books], seed: int
) -> None:
    street = await books.write(make_street, people=60)
    draft = make_draft(KAKAO)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    stage = Stage(
        books=books, clock=clock, sender=FakeSender(KAKAO), street=street, campaign_id=campaign_id
    )
    dice, is_over = random.Random(seed), asyncio.Event()

    async def plan(one: Books) -> None:
        while not is_over.is_set():
            await one.write(partial(plan_next, piece=7), clock.now())
            await asyncio.sleep(dice.random() * JITTER_SECONDS / 4)

    async def press_on(one: Books) -> None:
        for act in [pause_campaign, resume_campaign] * 8:
            await asyncio.sleep(dice.random() * JITTER_SECONDS)
            try:
                await one.write(press(stage, act))
            except Conflict:
                continue  # it has not begun
        is_over.set()

    *planners, last = hands
    await asyncio.gather(*[plan(one) for one in planners], press_on(last))
    while await books.write(partial(plan_next, piece=7), clock.now()):
        pass
    await stage.drain()

    assert stage.sender.arrived == stage.everybody()
    assert await broken_promises(books) == {}


@pytest.mark.parametrize("seed", SEEDS)
async def test_stopping_while_people_are_gathered_leaves_no_loose_end(
    books: Books, clock: Clock, hands: list[Books], seed: int
) -> None:
    street = await books.write(make_street, people=60)
    draft = make_draft(KAKAO)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    stage = Stage(
        books=books, clock=clock, sender=FakeSender(KAKAO), street=street, campaign_id=campaign_id
    )
    full, dice, is_over = await stage.grant_left(), random.Random(seed), asyncio.Event()
    assert await books.write(partial(plan_next, piece=7), clock.now())

    async def plan(one: Books) -> None:
        while not is_over.is_set():
            await one.write(partial(plan_next, piece=7), clock.now())

    async def stop(one: Books) -> None:
        await asyncio.sleep(dice.random() * JITTER_SECONDS * 3)
        await one.write(press(stage, stop_campaign))
        is_over.set()

    *planners, last = hands
    await asyncio.gather(*[plan(one) for one in planners], stop(last))
    await stage.drain()

    assert stage.sender.arrived == {}
    assert (await stage.result()).state is CampaignState.STOPPED
    assert not await books.write(plan_next, clock.now())
    assert await stage.grant_left() == full
