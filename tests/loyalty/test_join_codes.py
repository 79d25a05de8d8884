"""The five digits of a shop's page: one use, half an hour, and no flood of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from domain.people import ShopId
from domain.refusals import Conflict, NotFound
from domain.visits import TRIES_MAX, TRIES_WINDOW
from loyalty.codes import ShownCode
from loyalty.daily import forget
from loyalty.join_codes import (
    JOIN_CODE_LIFE,
    KEPT_FOR_LATE,
    STILL_GOOD,
    UNUSED_MAX,
    find_shown_code,
    issue_join_code,
    use_join_code,
)
from loyalty.privacy import erase_customer
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from tests.conftest import START
from tests.factories import OWNER, make_channel, make_shop, rows
from tests.loyalty.street import Shop, another_shop, open_shop

COUNT = "SELECT count(*) FROM join_code"
SECOND = timedelta(seconds=1)


def issued(tx: Tx, shop_id: ShopId, at: datetime, count: int = 1) -> Sequence[ShownCode | None]:
    shop = get_shop(tx, shop_id)
    return [issue_join_code(tx, shop, at) for _ in range(count)]


async def code_of(shop: Shop, shop_id: ShopId | None = None, at: datetime = START) -> str:
    (shown,) = await shop.books.write(issued, shop_id or shop.shop_id, at)
    assert shown is not None
    return shown.digits


async def said(shop: Shop, digits: str, at: datetime = START, *, by_other: bool = False) -> object:
    """The shop, or the reason for a no."""
    who = shop.other_id if by_other else shop.customer_id
    found = await shop.books.write(use_join_code, shop.channel_id, who, digits, at)
    return found.reason if isinstance(found, Conflict | NotFound) else found


async def test_the_code_names_the_shop_it_was_shown_for(books: Books) -> None:
    shop = await open_shop(books)
    next_door = await books.write(another_shop, shop)
    ours, theirs = await code_of(shop), await code_of(shop, next_door)

    assert (len(ours), ours.isdigit()) == (5, True)
    assert await said(shop, theirs) == next_door
    assert await said(shop, ours) == shop.shop_id


async def test_said_again_by_the_same_person_it_is_the_same_answer_and_nobody_elses(
    books: Books,
) -> None:
    shop = await open_shop(books)
    digits = await code_of(shop)

    assert [await said(shop, digits) for _ in range(3)] == [shop.shop_id] * 3
    assert await said(shop, digits, START + JOIN_CODE_LIFE) == shop.shop_id
    assert await said(shop, digits, by_other=True) == "code_used"


async def test_it_is_good_for_half_an_hour(books: Books) -> None:
    shop = await open_shop(books)
    digits = await code_of(shop)

    assert await said(shop, digits, START + JOIN_CODE_LIFE) == "code_lapsed"
    assert await said(shop, digits, START + JOIN_CODE_LIFE - SECOND) == shop.shop_id


async def test_a_no_says_which_shop_it_was_of(books: Books) -> None:
    shop = await open_shop(books)
    digits = await code_of(shop)

    late = START + JOIN_CODE_LIFE
    refusal = await books.write(use_join_code, shop.channel_id, shop.other_id, digits, late)

    assert isinstance(refusal, Conflict)
    assert refusal.facts == {"shop_id": shop.shop_id}


async def test_wrong_ones_are_counted_for_each_person(books: Books) -> None:
    shop = await open_shop(books)
    digits = await code_of(shop)
    wrong = "00000" if digits != "00000" else "11111"

    assert [await said(shop, wrong) for _ in range(TRIES_MAX)] == ["code"] * TRIES_MAX
    assert await said(shop, digits) == "too_many_tries"
    assert await said(shop, digits, by_other=True) == shop.shop_id
    later = START + TRIES_WINDOW + SECOND
    assert await said(shop, await code_of(shop, at=later), later) == shop.shop_id


async def test_another_channels_code_is_unknown(books: Books) -> None:
    shop = await open_shop(books)
    ((market_id,),) = await books.read(rows, "SELECT market_id FROM shop")
    elsewhere = await books.write(make_channel, market_id, number=2)
    far = await books.write(make_shop, market_id, elsewhere, name="먼 가게", slug="far")

    assert await said(shop, await code_of(shop, far)) == "code"


async def test_a_flood_makes_a_hundred_and_then_only_reads(books: Books) -> None:
    """Opening the page is what makes a code; previews and robots open it, too."""
    shop = await open_shop(books)
    next_door = await books.write(another_shop, shop)

    shown = await books.write(issued, shop.shop_id, START, UNUSED_MAX * 3)

    first, rest = shown[:UNUSED_MAX], shown[UNUSED_MAX:]
    assert len({one.digits for one in first if one}) == UNUSED_MAX
    assert set(rest) <= set(first)
    assert await books.read(find_shown_code, shop.shop_id, START) in set(first)
    assert await books.read(find_shown_code, next_door, START) is None
    assert await books.read(rows, COUNT) == [(UNUSED_MAX,)]


async def test_what_is_shown_is_good_for_ten_minutes_at_least(books: Books) -> None:
    shop = await open_shop(books)
    await books.write(issued, shop.shop_id, START, UNUSED_MAX)
    late = START + JOIN_CODE_LIFE - STILL_GOOD

    (before,) = await books.write(issued, shop.shop_id, late - SECOND)
    (after,) = await books.write(issued, shop.shop_id, late)

    assert before is not None
    assert after is not None
    assert before.expires_at == START + JOIN_CODE_LIFE
    assert after.expires_at == late + JOIN_CODE_LIFE


async def test_a_used_code_makes_room_for_another(books: Books) -> None:
    shop = await open_shop(books)
    shown = await books.write(issued, shop.shop_id, START, UNUSED_MAX)
    assert shown[0] is not None
    await said(shop, shown[0].digits)

    (more,) = await books.write(issued, shop.shop_id, START + SECOND)

    assert more not in shown


async def test_a_channel_without_free_places_shows_none(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await open_shop(books)
    next_door = await books.write(another_shop, shop)
    monkeypatch.setattr("loyalty.join_codes.JOIN_CODE_DIGITS", 0)
    taken = await books.write(issued, shop.shop_id, START)

    assert taken[0] is not None
    assert await books.write(issued, next_door, START) == [None]
    long_after = START + JOIN_CODE_LIFE + KEPT_FOR_LATE
    assert (await books.write(issued, next_door, long_after))[0] is not None


async def test_deleting_a_person_takes_them_off_their_code(books: Books) -> None:
    shop = await open_shop(books)
    digits = await code_of(shop)
    await said(shop, digits)

    await books.write(erase_customer, shop.customer_id, actor=OWNER, at=START)

    assert await books.read(rows, "SELECT used_by FROM join_code") == [(None,)]
    assert await said(shop, digits, by_other=True) == "code_used"


async def test_old_codes_are_forgotten(books: Books) -> None:
    shop = await open_shop(books)
    await code_of(shop)

    await books.write(forget, START + timedelta(days=2))
    assert await books.read(rows, COUNT) == [(1,)]
    await books.write(forget, START + timedelta(days=2) + JOIN_CODE_LIFE)
    assert await books.read(rows, COUNT) == [(0,)]
