"""What was held back and comes to a day on which the shop is closed: nobody is called there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.plan import plan_next
from campaigns.shop_days import close_day, say_sold_out
from campaigns.stopping import pause_campaign, resume_campaign
from domain.campaigns import SenderName
from domain.refusals import Conflict
from domain.time import in_kst
from storage.books import Books
from tests.campaigns.fakes import FakeSender
from tests.campaigns.stage import Stage
from tests.conftest import Clock
from tests.factories import OWNER, make_campaign, make_draft, make_street

DAY = timedelta(days=1)
KAKAO = SenderName.KAKAO_EVENT


async def planned(books: Books, clock: Clock, *, keeps_day: bool = False) -> Stage:
    street = await books.write(make_street, people=3)
    draft = replace(make_draft(), not_later_than=clock.now() + 3 * DAY, keeps_day=keeps_day)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    assert await books.write(plan_next, clock.now())
    return Stage(
        books=books, clock=clock, sender=FakeSender(KAKAO), street=street, campaign_id=campaign_id
    )


async def press(stage: Stage, act: object) -> None:
    shop_id, at = stage.street.shop_id, stage.clock.now()
    await stage.books.write(act, shop_id, stage.campaign_id, actor=OWNER, at=at)  # type: ignore[arg-type]  # one of three


async def close_tomorrow(stage: Stage) -> None:
    tomorrow = in_kst(stage.clock.now() + DAY).date()
    shop_id, at = stage.street.shop_id, stage.clock.now()
    await stage.books.write(close_day, shop_id, tomorrow, actor=OWNER, at=at)


async def test_it_is_resumed_on_an_open_day_only(books: Books, clock: Clock) -> None:
    stage = await planned(books, clock)
    await press(stage, pause_campaign)
    await close_tomorrow(stage)
    tomorrow = clock.advance(DAY)

    with pytest.raises(Conflict) as refused:
        await press(stage, resume_campaign)
    await stage.drain(hours=1)
    assert (refused.value.reason, refused.value.facts) == ("closed", {"opens_at": tomorrow + DAY})
    assert stage.sender.arrived == {}

    clock.advance(DAY)
    await press(stage, resume_campaign)
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()


async def test_what_is_meant_for_a_closed_day_goes_on(books: Books, clock: Clock) -> None:
    stage = await planned(books, clock, keeps_day=True)
    await press(stage, pause_campaign)
    await close_tomorrow(stage)
    clock.advance(DAY)

    await press(stage, resume_campaign)
    await stage.drain()

    assert stage.sender.arrived == stage.everybody()


async def test_what_was_put_off_over_night_waits_for_an_open_day(
    books: Books, clock: Clock
) -> None:
    stage = await planned(books, clock)
    await close_tomorrow(stage)
    clock.advance(timedelta(hours=12))
    first = clock.now()

    await stage.drain(hours=30)
    assert stage.sender.arrived == {}
    await stage.drain(hours=48)

    assert stage.sender.arrived == stage.everybody()
    assert in_kst(clock.now()).date() == in_kst(first + 2 * DAY).date()


async def test_sold_out_while_it_leaves_calls_nobody_more(books: Books, clock: Clock) -> None:
    stage = await planned(books, clock)
    sold_out = {"is_sold_out": True, "actor": OWNER, "at": clock.now()}
    await books.write(say_sold_out, stage.street.shop_id, **sold_out)  # type: ignore[arg-type]  # names of its own

    await stage.drain(hours=3)
    assert stage.sender.arrived == {}
    await stage.drain(hours=24)

    assert stage.sender.arrived == stage.everybody()
