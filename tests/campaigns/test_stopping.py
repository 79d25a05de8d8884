"""전부 멈춤: nothing more leaves, the money comes back, and what left is left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.stopping import stop_all
from domain.campaigns import CampaignState, SenderName
from storage.books import Books
from tests.campaigns.fakes import Step
from tests.campaigns.stage import broken_promises, set_stage
from tests.conftest import Clock
from tests.factories import make_campaign, make_draft, rows

OWNER = "owner:1"
STATES = "SELECT state FROM campaign ORDER BY id"


@pytest.mark.parametrize("sender", list(SenderName))
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
    assert (result.canceled, result.state) == (3, CampaignState.FINISHED)
    assert await stage.grant_left() > left
    assert await broken_promises(books) == {}


@pytest.mark.parametrize("sender", list(SenderName))
@pytest.mark.parametrize("call", ["open", "fill"])
async def test_who_is_about_to_send_does_not(
    books: Books, clock: Clock, sender: SenderName, call: str
) -> None:
    """The dispatcher holds the chunk's lease while the owner presses."""
    stage = await set_stage(books, clock, sender, people=3)

    async def press() -> None:
        await books.write(stop_all, stage.street.shop_id, actor=OWNER, at=clock.now())

    stage.sender.script(call, Step(before=press))
    await stage.drain()

    assert stage.sender.arrived == {}
    assert (await stage.result()).canceled == 3


@pytest.mark.parametrize("sender", list(SenderName))
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
