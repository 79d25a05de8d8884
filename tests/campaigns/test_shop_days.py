"""The shop's calendar, the next good moment, and how many a segment means."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from campaigns.good_moment import VISITS_MIN, GoodReason, by_trade, good_moment
from campaigns.segments import OWN_MAX, count_people, drop_segment, keep_segment, list_choices
from campaigns.shop_days import (
    close_day,
    close_weekdays,
    move_to_open_day,
    open_day,
    say_sold_out,
    shop_days,
)
from campaigns.when import When, timed_draft
from domain.people import OwnSegmentId, ShopId
from domain.refusals import Invalid, NotFound
from domain.schedule import ShopDays
from domain.segments import READY, Condition, Segment, What
from domain.time import KAKAO_DAY, in_kst
from storage.books import Books
from storage.desk import Tx
from tests.conftest import START
from tests.factories import OWNER, change, make_draft, make_street, rows

NEW = Segment((Condition(What.JOINED_WITHIN, 30),))
WEDNESDAY, THURSDAY = date(2026, 11, 25), date(2026, 11, 26)
VISIT = """INSERT INTO visit (shop_id, customer_id, key, way, items, stamps, actor, visited_at,
    recorded_at) VALUES (:shop, :who, :key, 'code', 1, 1, 'owner:1', :at, :at)"""


async def test_days_are_closed_and_opened_again(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(close_weekdays, street.shop_id, [6, 0], actor=OWNER, at=START)
    await books.write(close_day, street.shop_id, THURSDAY, actor=OWNER, at=START)
    await books.write(close_day, street.shop_id, THURSDAY, actor=OWNER, at=START)
    await books.write(say_sold_out, street.shop_id, is_sold_out=True, actor=OWNER, at=START)

    closed = await books.read(shop_days, street.shop_id)
    await books.write(open_day, street.shop_id, THURSDAY, actor=OWNER, at=START)
    await books.write(say_sold_out, street.shop_id, is_sold_out=False, actor=OWNER, at=START)
    opened = await books.read(shop_days, street.shop_id)

    assert closed == ShopDays(frozenset({0, 6}), frozenset({THURSDAY}), WEDNESDAY)
    assert opened == ShopDays(frozenset({0, 6}))
    acts = await books.read(rows, "SELECT act FROM audit_line WHERE book LIKE 'shop:%'")
    told = [act for (act,) in acts if act.startswith(("close", "open_d", "sell"))]
    assert sorted(told) == ["close_day", "close_weekdays", "open_day", "sell_again", "sell_out"]


async def test_what_would_leave_on_a_closed_day_is_moved(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(close_day, street.shop_id, THURSDAY, actor=OWNER, at=START)
    late = START + timedelta(hours=12)

    moved = await books.read(move_to_open_day, street.shop_id, late, KAKAO_DAY)
    kept = await books.read(move_to_open_day, street.shop_id, late, KAKAO_DAY, keeps_day=True)

    assert in_kst(moved or late).strftime("%d %H:%M") == "27 08:00"
    assert in_kst(kept or late).strftime("%d %H:%M") == "26 08:00"


@pytest.mark.parametrize("when", [When(), When(due_at=START + timedelta(hours=2))])
async def test_news_for_a_closed_day_is_refused_unless_it_says_so(books: Books, when: When) -> None:
    street = await books.write(make_street)
    await books.write(say_sold_out, street.shop_id, is_sold_out=True, actor=OWNER, at=START)
    notice = replace(when, is_closing_notice=True)

    with pytest.raises(Invalid) as refused:
        await books.read(timed_draft, street.shop_id, make_draft(), when, START)
    draft = await books.read(timed_draft, street.shop_id, make_draft(), notice, START)

    assert list(refused.value.fields) == ["due_at"]
    assert draft.keeps_day


async def test_not_later_than_lies_behind_its_time(books: Books) -> None:
    street = await books.write(make_street)
    early = When(due_at=START + timedelta(hours=3), not_later_than=START + timedelta(hours=2))

    with pytest.raises(Invalid) as refused:
        await books.read(timed_draft, street.shop_id, make_draft(), early, START)

    assert list(refused.value.fields) == ["not_later_than"]


def visit_at(tx: Tx, shop_id: ShopId, who: int, count: int, hour: int) -> None:
    """`hour` of the Korean day."""
    for number in range(count):
        at = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(days=-number % 20, hours=hour - 9)
        change(tx, VISIT, shop=shop_id, who=who, key=f"{hour}-{number}", at=at.isoformat(" "))


async def test_the_good_moment_is_two_hours_before_most_come(books: Books) -> None:
    street = await books.write(make_street)
    who = street.customers[0]
    await books.write(visit_at, street.shop_id, who, VISITS_MIN, 17)
    await books.write(visit_at, street.shop_id, who, VISITS_MIN // 2, 12)
    await books.write(say_sold_out, street.shop_id, is_sold_out=True, actor=OWNER, at=START)

    found = await books.read(good_moment, street.shop_id, START, KAKAO_DAY)

    assert found is not None
    assert (found.reason, found.busiest_hour) == (GoodReason.VISITS, 17)
    assert in_kst(found.at).strftime("%d %H:%M") == "26 15:00"


async def test_with_few_visits_the_trade_decides(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(visit_at, street.shop_id, street.customers[0], VISITS_MIN - 1, 17)

    found = await books.read(good_moment, street.shop_id, START, KAKAO_DAY)

    assert found is not None
    assert (found.reason, found.busiest_hour) == (by_trade("bakery")[0], None)
    assert found.at > START


@pytest.mark.parametrize(
    ("trade", "reason", "clock_time"),
    [
        ("동네 빵집", GoodReason.SWEETS, time(15)),
        ("카페", GoodReason.SWEETS, time(15)),
        ("분식집", GoodReason.LUNCH, time(10, 30)),
        ("꽃집", GoodReason.OTHERS, time(10)),
    ],
)
def test_the_hour_of_a_trade(trade: str, reason: GoodReason, clock_time: time) -> None:
    assert by_trade(trade) == (reason, clock_time)


async def test_a_shop_that_is_always_closed_has_no_good_moment(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(change, "UPDATE shop SET closed_weekdays = '0123456'")

    assert await books.read(good_moment, street.shop_id, START, KAKAO_DAY) is None


async def test_people_are_counted_with_what_they_cost_and_who_is_left_out(books: Books) -> None:
    street = await books.write(make_street, people=4)
    await books.write(
        change, "UPDATE membership SET advertising_since = NULL WHERE customer_id = 1"
    )
    nobody = Segment((Condition(What.NOT_SEEN_FOR, 30),))

    counted = await books.read(count_people, street.shop_id, NEW, START)
    none = await books.read(count_people, street.shop_id, nobody, START)

    assert (counted.people, dict(counted.refused), counted.meant) == (3, {"L1": 1}, 4)
    assert counted.cost_jeon == 5_000
    assert (none.people, none.meant, none.cost_jeon) == (0, 0, 0)


async def test_own_segments_stay_in_their_shop(books: Books) -> None:
    street = await books.write(make_street)
    facts = {"name": "새 얼굴", "form_key": "own-1", "actor": OWNER, "at": START}
    kept = await books.write(keep_segment, street.shop_id, NEW, **facts)  # type: ignore[arg-type]  # names of its own
    again = await books.write(keep_segment, street.shop_id, NEW, **facts)  # type: ignore[arg-type]  # as above
    stranger = ShopId(street.shop_id + 1)

    shown = await books.read(list_choices, street.shop_id)
    with pytest.raises(NotFound):
        await books.write(drop_segment, stranger, kept, actor=OWNER, at=START)
    await books.write(drop_segment, street.shop_id, kept, actor=OWNER, at=START)

    assert kept == again
    assert [one.ready for one in shown] == [*READY, None]
    assert shown[-1].segment == NEW
    assert len(await books.read(list_choices, street.shop_id)) == len(READY)
    with pytest.raises(NotFound):
        await books.write(drop_segment, street.shop_id, OwnSegmentId(9), actor=OWNER, at=START)


async def test_twenty_segments_are_enough(books: Books) -> None:
    street = await books.write(make_street)
    for number in range(OWN_MAX):
        await books.write(_keep, street.shop_id, number)

    with pytest.raises(Invalid) as refused:
        await books.write(_keep, street.shop_id, OWN_MAX)

    assert list(refused.value.fields) == ["segment_name"]
    assert await books.write(_keep, street.shop_id, OWN_MAX - 1)  # a second press, and it is there


def _keep(tx: Tx, shop_id: ShopId, number: int) -> OwnSegmentId:
    name, key = f"묶음 {number}", f"own-{number}"
    return keep_segment(tx, shop_id, NEW, name=name, form_key=key, actor=OWNER, at=START)
