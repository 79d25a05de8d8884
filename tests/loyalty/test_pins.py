"""The staff's PIN: a keyed hash of its shop, and tries that are counted even when refused."""

from datetime import timedelta

import pytest

from domain.people import ShopId
from domain.refusals import Conflict, Invalid
from domain.visits import TRIES_MAX, TRIES_WINDOW, VisitWay
from loyalty.codes import issue_counter_code
from loyalty.pins import check_pin, has_pin, set_pin
from storage.books import Books
from storage.queries.places import get_shop
from tests.conftest import Clock
from tests.factories import make_shop, make_street, rows

PIN = "4827"


@pytest.fixture
async def shop_id(books: Books, clock: Clock) -> ShopId:
    shop_id = (await books.write(make_street, people=0)).shop_id
    await books.write(set_pin, shop_id, PIN, actor="owner:1", at=clock.at)
    return shop_id


async def answer(books: Books, shop_id: ShopId, pin: str, clock: Clock) -> str | None:
    refusal = await books.write(check_pin, shop_id, pin, clock.at)
    return refusal.reason if isinstance(refusal, Conflict) else None


async def test_the_right_pin_passes_however_it_is_spaced(
    books: Books, shop_id: ShopId, clock: Clock
) -> None:
    assert await answer(books, shop_id, "48 27", clock) is None
    assert await answer(books, shop_id, "4828", clock) == "wrong_pin"


async def test_even_the_right_one_waits_after_too_many_wrong_ones(
    books: Books, shop_id: ShopId, clock: Clock
) -> None:
    for _ in range(TRIES_MAX):
        assert await answer(books, shop_id, "", clock) == "wrong_pin"

    assert await answer(books, shop_id, PIN, clock) == "too_many_tries"
    clock.advance(TRIES_WINDOW + timedelta(seconds=1))
    assert await answer(books, shop_id, PIN, clock) is None


async def test_a_new_pin_takes_the_old_ones_place(
    books: Books, shop_id: ShopId, clock: Clock
) -> None:
    await books.write(set_pin, shop_id, "593106", actor="owner:1", at=clock.at)

    assert await answer(books, shop_id, PIN, clock) == "wrong_pin"
    assert await answer(books, shop_id, "593106", clock) is None


async def test_each_shop_has_its_own(books: Books, shop_id: ShopId, clock: Clock) -> None:
    shop = await books.read(get_shop, shop_id)
    other_id = await books.write(
        make_shop, shop.market_id, shop.channel_id, name="옆집", slug="next-door"
    )

    assert not await books.read(has_pin, other_id)
    assert await answer(books, other_id, PIN, clock) == "no_pin"
    await books.write(set_pin, other_id, PIN, actor="owner:2", at=clock.at)
    found = await books.read(rows, "SELECT DISTINCT pin_hash FROM shop_rules")
    assert len(found) == 2


@pytest.mark.parametrize("pin", ["", "482", "4827001", "48a7", "٤٨٢٧", "0000", "3456", "9876"])
async def test_what_is_no_pin_or_anybodys_first_guess_is_refused(
    books: Books, shop_id: ShopId, clock: Clock, pin: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await books.write(set_pin, shop_id, pin, actor="owner:1", at=clock.at)

    assert "pin" in refusal.value.fields
    assert await answer(books, shop_id, PIN, clock) is None


async def test_a_button_pressed_twice_issues_one_code(
    books: Books, shop_id: ShopId, clock: Clock
) -> None:
    channel_id = (await books.read(get_shop, shop_id)).channel_id

    codes = [
        await books.write(
            issue_counter_code, channel_id, shop_id, VisitWay.PIN, clock.at, issue=issue
        )
        for issue in ("1:a", "1:a", "1:b")
    ]

    assert codes[0] == codes[1]
    assert codes[2] != codes[0]
    assert await books.read(rows, "SELECT count(*) FROM counter_code") == [(2,)]
