"""Pause, resume, stop, 전부 멈춤: nothing more leaves, the money is right, what left is left alone."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from campaigns.booking import cancel_campaign
from campaigns.plan import plan_next
from campaigns.results import Result
from campaigns.stopping import (
    FORGOTTEN_AFTER,
    pause_campaign,
    resume_campaign,
    stop_all,
    stop_campaign,
    stop_forgotten,
)
from domain.campaigns import CampaignState, ChunkState, PauseReason, SenderName
from domain.people import CampaignId, ShopId
from domain.refusals import Conflict, NotFound, Rejected, Retryable, SenderError, Unknown
from storage.books import Books
from storage.queries.campaigns import find_campaign
from tests.campaigns.fakes import Step
from tests.campaigns.stage import SENDERS, Stage, broken_promises, set_stage
from tests.conftest import Clock
from tests.factories import make_campaign, make_draft, rows

OWNER = "owner:1"
STATES = "SELECT state FROM campaign ORDER BY id"
CHUNKS = "SELECT state FROM chunk ORDER BY run_id, number"
ACTS = "SELECT act FROM audit_line WHERE act LIKE '%_campaign' ORDER BY id"
MANY = 230
"""Three chunks of the Event API."""

Press = Callable[..., object]


async def press(stage: Stage, act: Press) -> object:
    shop_id, campaign_id = stage.street.shop_id, stage.campaign_id
    return await stage.books.write(act, shop_id, campaign_id, actor=OWNER, at=stage.clock.now())


async def state_of(stage: Stage) -> tuple[CampaignState, PauseReason | None]:
    row = await stage.books.read(find_campaign, stage.street.shop_id, stage.campaign_id)
    assert row is not None
    return row.state, row.paused_for


async def chunk_states(books: Books) -> list[str]:
    return [row[0] for row in await books.read(rows, CHUNKS)]


def waits(result: Result) -> tuple[int, int]:
    return result.canceled, result.delivered


@pytest.mark.parametrize("sender", SENDERS)
async def test_a_running_campaign_stops_within_a_chunk(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    stage = await set_stage(books, clock, sender, people=3)
    left = await stage.grant_left()

    stopped = await books.write(stop_all, stage.street.shop_id, actor=OWNER, at=clock.now())
    await stage.drain()

    assert (stopped.campaigns, stopped.people) == (0, 3)
    assert stage.sender.arrived == {}
    result = await stage.result()
    assert (result.canceled, result.state) == (3, CampaignState.STOPPED)
    assert await stage.grant_left() > left
    assert await broken_promises(books) == {}


@pytest.mark.parametrize("act", [stop_campaign, pause_campaign])
@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("call", ["open", "fill"])
@pytest.mark.parametrize("error", [None, Retryable("CONNECT"), Rejected("BAD")])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_who_is_about_to_send_does_not(
    books: Books,
    clock: Clock,
    act: Press,
    sender: SenderName,
    call: str,
    error: SenderError | None,
) -> None:
    """The dispatcher holds the chunk's lease while the owner presses."""
    stage = await set_stage(books, clock, sender, people=3)
    stage.sender.script(call, Step(before=pressing(stage, act), error=error))

    await stage.drain()

    assert stage.sender.arrived == {}
    result = await stage.result()
    if act is stop_campaign:
        assert (result.canceled, result.state) == (3, CampaignState.STOPPED)
        return
    assert (result.waiting, result.state) == (3, CampaignState.PAUSED)
    await press(stage, resume_campaign)
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()


def pressing(stage: Stage, act: Press) -> Callable[[], Awaitable[object]]:
    return lambda: press(stage, act)


@pytest.mark.parametrize("sender", SENDERS)
async def test_what_has_left_is_not_taken_back(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    stage = await set_stage(books, clock, sender, people=3)
    assert await stage.dispatcher().send_next()

    stopped = await books.write(stop_all, stage.street.shop_id, actor=OWNER, at=clock.now())
    await stage.drain()

    assert (stopped.campaigns, stopped.people) == (0, 0)
    assert stage.sender.arrived == stage.everybody()
    assert (await stage.result()).delivered == 3


async def test_what_is_booked_never_starts(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, people=2)
    await stage.drain()
    clock.advance(timedelta(days=8))
    later = replace(make_draft(), due_at=clock.now() + timedelta(hours=1))
    await books.write(
        make_campaign, stage.street.shop_id, at=clock.now(), draft=later, form_key="form-2"
    )

    first = await books.write(stop_all, stage.street.shop_id, actor=OWNER, at=clock.now())
    second = await books.write(stop_all, stage.street.shop_id, actor=OWNER, at=clock.now())

    assert (first.campaigns, second.campaigns) == (1, 0)
    found = await books.read(rows, STATES)
    assert [row[0] for row in found] == [CampaignState.FINISHED, CampaignState.CANCELED]
    lines = "SELECT count(*) FROM audit_line WHERE act = 'stop_all'"
    assert await books.read(rows, lines) == [(1,)]


async def test_a_paused_campaign_keeps_what_left_and_goes_on_where_it_was(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=MANY)
    assert await stage.dispatcher().send_next()

    await press(stage, pause_campaign)
    await press(stage, pause_campaign)
    await stage.drain()

    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.OWNER)
    assert await chunk_states(books) == [ChunkState.SETTLED, ChunkState.PAUSED, ChunkState.PAUSED]
    assert (await stage.result()).delivered == 100

    await press(stage, resume_campaign)
    await press(stage, resume_campaign)
    await stage.drain()

    assert stage.sender.arrived == stage.everybody()
    assert await state_of(stage) == (CampaignState.FINISHED, None)
    acts = [row[0] for row in await books.read(rows, ACTS)]
    assert acts == ["book_campaign", "pause_campaign", "resume_campaign"]


async def test_a_stopped_campaign_pays_only_for_what_had_left(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=MANY)
    before = await stage.grant_left()
    assert await stage.dispatcher().send_next()

    people = [await press(stage, stop_campaign), await press(stage, stop_campaign)]
    given_back = await stage.grant_left()
    await stage.drain()

    assert people == [130, 0]
    assert given_back > before
    result = await stage.result()
    assert waits(result) == (130, 100)
    assert (result.state, result.held_jeon) == (CampaignState.STOPPED, 0)
    codes = "SELECT DISTINCT code FROM message WHERE state = 'canceled'"
    assert await books.read(rows, codes) == [("STOPPED",)]


async def test_a_large_campaign_is_closed_piece_by_piece(books: Books, clock: Clock) -> None:
    """What the owner does not wait for: nothing of it leaves, and the worker closes it."""
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=MANY)

    assert await press(stage, partial(stop_campaign, at_once=100)) == MANY
    assert await chunk_states(books) == [ChunkState.SETTLED, ChunkState.PAUSED, ChunkState.PAUSED]
    assert not await stage.dispatcher().send_next()
    await stage.drain()

    assert stage.sender.arrived == {}
    assert set(await chunk_states(books)) == {ChunkState.SETTLED}
    assert (await stage.result()).held_jeon == 0


async def test_a_paused_campaign_can_be_stopped(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, people=3)
    await press(stage, pause_campaign)

    assert await press(stage, stop_campaign) == 3
    await stage.drain()

    assert await state_of(stage) == (CampaignState.STOPPED, None)
    assert (await stage.result()).canceled == 3


async def test_what_is_over_is_neither_paused_nor_stopped(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, people=3)
    await stage.drain()

    for act in (pause_campaign, resume_campaign, stop_campaign):
        with pytest.raises(Conflict):
            await press(stage, act)
    assert await state_of(stage) == (CampaignState.FINISHED, None)


async def test_what_is_booked_is_canceled_not_stopped(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, people=3)
    await stage.drain()
    clock.advance(timedelta(days=8))
    shop_id = stage.street.shop_id
    campaign_id = await books.write(make_campaign, shop_id, at=clock.now(), form_key="form-2")

    for act in (pause_campaign, stop_campaign):
        with pytest.raises(Conflict):
            await books.write(act, shop_id, campaign_id, actor=OWNER, at=clock.now())

    await books.write(cancel_campaign, shop_id, campaign_id, actor=OWNER, at=clock.now())


@pytest.mark.parametrize("act", [pause_campaign, resume_campaign, stop_campaign])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_nobody_reaches_another_shops_campaign(
    books: Books, clock: Clock, act: Press
) -> None:
    stage = await set_stage(books, clock, people=3)
    ids = [(ShopId(stage.street.shop_id + 1), stage.campaign_id)]
    ids += [(stage.street.shop_id, CampaignId(stage.campaign_id + 1))]

    for shop_id, campaign_id in ids:
        with pytest.raises(NotFound):
            await books.write(act, shop_id, campaign_id, actor=OWNER, at=clock.now())
    assert await state_of(stage) == (CampaignState.RUNNING, None)


async def test_what_is_too_late_is_not_resumed_and_given_up_after_a_day(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock, people=3)
    left = await stage.grant_left()
    await press(stage, pause_campaign)
    clock.advance(timedelta(hours=3))

    with pytest.raises(Conflict, match="too_late"):
        await press(stage, resume_campaign)
    assert not await books.write(stop_forgotten, clock.now())
    clock.advance(FORGOTTEN_AFTER)
    assert await books.write(stop_forgotten, clock.now())
    assert not await books.write(stop_forgotten, clock.now())

    await stage.drain()
    assert await state_of(stage) == (CampaignState.STOPPED, None)
    assert await stage.grant_left() > left


async def test_the_last_report_finishes_a_paused_campaign(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, people=3)
    assert await stage.dispatcher().send_next()

    await press(stage, pause_campaign)
    await stage.drain()

    assert await state_of(stage) == (CampaignState.FINISHED, None)
    assert (await stage.result()).delivered == 3


async def test_a_chunk_in_doubt_is_not_let_go_again_after_a_stop(
    books: Books, clock: Clock
) -> None:
    """Its release never reached the provider: it has not left, and it does not any more."""
    stage = await set_stage(books, clock, people=3)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False))
    assert await stage.dispatcher().send_next()

    await press(stage, stop_campaign)
    await stage.drain()

    assert stage.sender.arrived == {}
    result = await stage.result()
    assert (result.canceled, result.state) == (3, CampaignState.STOPPED)
    assert result.held_jeon == 0


async def test_a_chunk_in_doubt_waits_while_its_campaign_is_paused(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock, people=3)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False))
    assert await stage.dispatcher().send_next()

    await press(stage, pause_campaign)
    await stage.drain(hours=1)
    assert stage.sender.arrived == {}
    await press(stage, resume_campaign)
    await stage.drain()

    assert stage.sender.arrived == stage.everybody()


async def test_who_are_still_being_gathered_are_let_off(books: Books, clock: Clock) -> None:
    """What has no money yet gives none back, and nobody more is taken in."""
    stage = await set_stage(books, clock, people=3)
    left = await stage.grant_left()
    await press(stage, stop_campaign)
    await stage.drain()
    full = await stage.grant_left()
    clock.advance(timedelta(days=8))
    shop_id = stage.street.shop_id
    campaign_id = await books.write(make_campaign, shop_id, at=clock.now(), form_key="form-2")
    plan_two = partial(plan_next, piece=2)
    assert await books.write(plan_two, clock.now())
    assert await chunk_states(books) == [ChunkState.SETTLED, ChunkState.GATHERED]

    await books.write(pause_campaign, shop_id, campaign_id, actor=OWNER, at=clock.now())
    assert not await books.write(plan_two, clock.now())
    people = await books.write(stop_campaign, shop_id, campaign_id, actor=OWNER, at=clock.now())
    assert not await books.write(plan_two, clock.now())

    assert people == 2
    assert full > left
    assert await stage.grant_left() == full
    ended = "SELECT count(*) FROM run WHERE finished_at IS NOT NULL AND gathered_to IS NULL"
    assert await books.read(rows, ended) == [(2,)]
    assert await broken_promises(books) == {}
