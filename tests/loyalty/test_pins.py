"""The staff's PIN: a keyed hash of its shop, and tries that are counted even when refused."""

from datetime import timedelta

import pytest

from domain.people import ShopId
from domain.refusals import Conflict, Invalid
from domain.visits import TRIES_MAX, TRIES_WINDOW, VisitWay
from loyalty.codes import issue_counter_code
from loyalty.pins import (
    DAY,
    PURPOSE,
    TRIES_PER_DAY_MAX,
    PinLock,
    check_pin,
    find_pin_lock,
    has_pin,
    set_pin,
)
from storage.books import Books
from storage.desk import Tx
from storage.queries.cards import save_pin_hash
from storage.queries.places import get_shop
from tests.conftest import Clock
from tests.factories import make_shop, make_street, rows

PIN = "482715"
OLD = "4827"


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
    assert await answer(books, shop_id, "4827 15", clock) is None
    assert await answer(books, shop_id, "482716", clock) == "wrong_pin"


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


@pytest.mark.parametrize(
    "pin", ["", "4827", "48271", "4827001", "48a715", "٤٨٢٧١٥", "000000", "345678", "987654"]
)
async def test_what_is_no_pin_or_anybodys_first_guess_is_refused(
    books: Books, shop_id: ShopId, clock: Clock, pin: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await books.write(set_pin, shop_id, pin, actor="owner:1", at=clock.at)

    assert "pin" in refusal.value.fields
    assert await answer(books, shop_id, PIN, clock) is None


async def guess(books: Books, shop_id: ShopId, clock: Clock, times: int = TRIES_MAX) -> None:
    for _ in range(times):
        assert await answer(books, shop_id, "", clock) == "wrong_pin"


async def test_thirty_wrong_ones_in_a_day_close_it_for_the_day(
    books: Books, shop_id: ShopId, clock: Clock
) -> None:
    began_at = clock.at
    for _ in range(TRIES_PER_DAY_MAX // TRIES_MAX):
        await guess(books, shop_id, clock)
        closed_at = clock.at
        clock.advance(TRIES_WINDOW + timedelta(seconds=1))

    assert await answer(books, shop_id, PIN, clock) == "too_many_today"
    lock = await books.read(find_pin_lock, shop_id, clock.at)
    assert lock == PinLock(closed_at, began_at + DAY)
    clock.advance(DAY)
    assert await answer(books, shop_id, PIN, clock) is None


async def test_the_owner_can_see_when_it_was_closed(
    books: Books, shop_id: ShopId, clock: Clock
) -> None:
    await guess(books, shop_id, clock, TRIES_MAX - 1)
    assert await books.read(find_pin_lock, shop_id, clock.at) is None
    began_at = clock.at
    clock.advance(timedelta(minutes=2))

    await guess(books, shop_id, clock, 1)

    lock = PinLock(clock.at, began_at + TRIES_WINDOW)
    assert await books.read(find_pin_lock, shop_id, clock.at) == lock
    clock.advance(timedelta(hours=23))
    assert await books.read(find_pin_lock, shop_id, clock.at) == lock
    clock.advance(timedelta(hours=1))
    assert await books.read(find_pin_lock, shop_id, clock.at) is None


async def test_a_shorter_pin_from_before_goes_on(
    books: Books, shop_id: ShopId, clock: Clock
) -> None:
    def keep_old(tx: Tx) -> None:
        hashed = tx.vault.fingerprint(f"{shop_id}:{OLD}", purpose=PURPOSE)
        save_pin_hash(tx, shop_id, hashed, clock.at)

    await books.write(keep_old)

    assert await answer(books, shop_id, OLD, clock) is None


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
