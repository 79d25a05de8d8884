"""Too many errors in a row pause a campaign; single ones do not."""

import pytest

from campaigns.stopping import resume_campaign
from domain.campaigns import CampaignState, PauseReason, SenderName
from domain.people import MessageId
from domain.refusals import Rejected
from storage.books import Books
from storage.queries.campaigns import find_campaign
from tests.campaigns.fakes import Step, failed
from tests.campaigns.stage import Stage, set_stage
from tests.conftest import Clock
from tests.factories import rows

MANY = 230
"""Three chunks of the Event API, the last one of thirty people."""

LINES = "SELECT actor, act, details FROM audit_line WHERE act = 'pause_campaign'"
BAD = Step(error=Rejected("HTTP_400"), happens=False)


async def state_of(stage: Stage) -> tuple[CampaignState, PauseReason | None]:
    row = await stage.books.read(find_campaign, stage.street.shop_id, stage.campaign_id)
    assert row is not None
    return row.state, row.paused_for


async def test_a_chunk_that_is_rejected_whole_pauses_the_rest(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=MANY)
    stage.sender.script("send", BAD)

    await stage.drain()

    assert stage.sender.arrived == {}
    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.ERRORS)
    result = await stage.result()
    assert (result.failed, result.waiting) == (100, 130)
    assert await books.read(rows, LINES) == [("program", "pause_campaign", "for=errors")]


async def test_an_owner_may_go_on_all_the_same(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=MANY)
    stage.sender.script("send", BAD)
    await stage.drain()

    shop_id, campaign_id = stage.street.shop_id, stage.campaign_id
    await books.write(resume_campaign, shop_id, campaign_id, actor="owner:1", at=clock.now())
    await stage.drain()

    assert len(stage.sender.arrived) == 130
    assert await state_of(stage) == (CampaignState.FINISHED, None)


async def test_people_who_fail_one_by_one_pause_it_too(books: Books, clock: Clock) -> None:
    """Reported, not rejected: nine in ten of the first chunk."""
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=MANY)
    found = "SELECT customer_id, id FROM message ORDER BY id"
    for customer_id, message_id in (await books.read(rows, found))[:90]:
        stage.sender.outcomes[customer_id] = failed(MessageId(message_id), "E3")
    dispatcher = stage.dispatcher()
    assert await dispatcher.send_next()
    clock.at = clock.now().replace(second=30)
    assert await dispatcher.ask_next()

    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.ERRORS)
    assert not await dispatcher.send_next()


@pytest.mark.parametrize("bad", [0, 89])
async def test_fewer_failures_are_ordinary(books: Books, clock: Clock, bad: int) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=MANY)
    found = "SELECT customer_id, id FROM message ORDER BY id"
    for customer_id, message_id in (await books.read(rows, found))[:bad]:
        stage.sender.outcomes[customer_id] = failed(MessageId(message_id), "E3")

    await stage.drain()

    assert await state_of(stage) == (CampaignState.FINISHED, None)
    assert (await stage.result()).failed == bad


async def test_where_nothing_is_left_to_spare_it_just_ends(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=30)
    stage.sender.script("send", BAD)

    await stage.drain()

    assert await state_of(stage) == (CampaignState.FINISHED, None)
    assert (await stage.result()).failed == 30
    assert await books.read(rows, LINES) == []
