"""A way that is closed, for want of money or an account, pauses its campaign and fails nobody."""

import pytest

from campaigns.dispatch import Dispatcher
from campaigns.stopping import resume_campaign
from domain.campaigns import CampaignState, MessageState, PauseReason, SenderName
from domain.refusals import Rejected, Unknown
from storage.books import Books
from storage.queries.provider_balances import list_balances
from tests.campaigns.fakes import Step
from tests.campaigns.stage import PUBLIC_URL, broken_promises, set_stage
from tests.campaigns.test_failing import state_of
from tests.conftest import Clock
from tests.factories import rows

EMPTY = Step(error=Rejected("NotEnoughBalance"), happens=False)


@pytest.mark.parametrize("call", ["open", "fill", "send"])
async def test_an_empty_account_pauses_and_is_noted_at_once(
    books: Books, clock: Clock, call: str
) -> None:
    """I5, I10: topped up, it goes on, and everybody has it once."""
    stage = await set_stage(books, clock)
    stage.sender.script(call, EMPTY)

    await stage.drain()

    assert stage.sender.arrived == {}
    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.WAY)
    assert (await stage.result()).waiting == 3
    assert (await books.read(list_balances))[SenderName.SOLAPI].balance_jeon == 0
    lines = "SELECT actor, details FROM audit_line WHERE act = 'pause_campaign'"
    assert await books.read(rows, lines) == [("program", "for=way")]

    shop_id, campaign_id = stage.street.shop_id, stage.campaign_id
    await books.write(resume_campaign, shop_id, campaign_id, actor="owner:1", at=clock.now())
    await stage.drain()

    assert stage.sender.arrived == stage.everybody()
    assert await state_of(stage) == (CampaignState.FINISHED, None)


async def test_without_an_account_it_waits_for_a_person(books: Books, clock: Clock) -> None:
    """An installation that lost its key, or a book from elsewhere."""
    stage = await set_stage(books, clock)
    dispatcher = Dispatcher(books, {}, clock.now, PUBLIC_URL)

    while await dispatcher.send_next():
        pass

    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.WAY)
    assert await books.read(list_balances) == {}
    assert await broken_promises(books) == {}


async def test_what_may_have_left_is_not_sent_by_another_group(books: Books, clock: Clock) -> None:
    """In doubt, the first request may be merely late: its people fail, and none gets it twice."""
    stage = await set_stage(books, clock)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False), EMPTY)

    await stage.drain()

    assert await state_of(stage) == (CampaignState.FINISHED, None)
    states = await books.read(rows, "SELECT DISTINCT state FROM message")
    assert states == [(MessageState.FAILED,)]
    assert (await stage.grant_left()) == 30_000_000
