"""A way that is closed, for want of money or an account, pauses its campaign and fails nobody."""

from dataclasses import replace

import pytest

from campaigns.dispatch import Dispatcher
from campaigns.stopping import resume_campaign
from domain.campaigns import CampaignState, PauseReason, SenderName
from domain.refusals import Rejected, Unknown
from storage.books import Books
from storage.queries.provider_balances import list_balances
from tests.campaigns.fakes import Step
from tests.campaigns.stage import PUBLIC_URL, broken_promises, set_stage
from tests.campaigns.test_failing import state_of
from tests.conftest import Clock
from tests.factories import change, rows

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
    """In doubt, the first request may be merely late: its people wait until their place is empty,
    nobody fails, and topped up everybody has it once.
    """
    stage = await set_stage(books, clock)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False), EMPTY)

    await stage.drain()

    assert stage.sender.arrived == {}
    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.WAY)
    assert (await stage.result()).waiting == 3
    assert not stage.sender.places["P1"].people
    assert (await books.read(list_balances))[SenderName.SOLAPI].balance_jeon == 0

    shop_id, campaign_id = stage.street.shop_id, stage.campaign_id
    await books.write(resume_campaign, shop_id, campaign_id, actor="owner:1", at=clock.now())
    await stage.drain()

    assert stage.sender.arrived == stage.everybody()


async def test_what_leaves_late_after_an_empty_account_leaves_once(
    books: Books, clock: Clock
) -> None:
    """The first request had left after all: it is found, and nobody gets a second."""
    stage = await set_stage(books, clock)
    late = Step(error=Rejected("NotEnoughBalance"))
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False), late)

    await stage.drain()

    assert stage.sender.arrived == stage.everybody()
    assert (await stage.result()).delivered == 3


@pytest.mark.parametrize("code", ["-1001", "-1027", "-3340"])
async def test_an_account_that_nhn_does_not_take_fails_nobody(
    books: Books, clock: Clock, code: str
) -> None:
    """B7, "config": a wrong key or a blocked sender is mended by a person."""
    stage = await set_stage(books, clock)
    stage.sender.script("send", Step(error=Rejected(code), happens=False))

    await stage.drain()

    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.WAY)
    assert (await stage.result()).waiting == 3


async def test_one_person_s_empty_account_is_noted_too(books: Books, clock: Clock) -> None:
    """Information has its own next try, by another way: it must know that this one is empty."""
    stage = await set_stage(books, clock)

    async def information() -> None:
        await books.write(change, "UPDATE campaign SET kind = 'information'")

    stage.sender.script("send", replace(EMPTY, before=information))

    await stage.drain()

    assert (await stage.result()).failures == {"NotEnoughBalance": 3}

    assert (await books.read(list_balances))[SenderName.SOLAPI].balance_jeon == 0
