"""What a visit leaves to be told (K14, K15)."""

from domain.notices import NoticeKind
from domain.rules import ShopRules
from loyalty.visits import cancel_visit
from storage.books import Books
from tests.conftest import START
from tests.factories import OWNER, change, rows
from tests.loyalty.street import open_shop

NOTICES = "SELECT kind FROM notice WHERE state = 'waiting' ORDER BY id"
ALL_KINDS = ShopRules(notices=frozenset(NoticeKind))


async def test_what_may_be_told_waits_in_the_same_transaction(books: Books) -> None:
    shop = await open_shop(books, needed=1)

    await shop.stamp(START)
    by_default = await books.read(rows, NOTICES)
    await shop.set_rules(ALL_KINDS)
    await shop.stamp(START)

    assert by_default == [("coupon_earned",)]
    assert await books.read(rows, NOTICES) == [
        ("coupon_earned",),
        ("stamp_saved",),
        ("coupon_earned",),
    ]


async def test_who_does_not_want_to_be_told_is_not(books: Books) -> None:
    shop = await open_shop(books, needed=1)
    await shop.set_rules(ALL_KINDS)
    await books.write(change, "UPDATE membership SET is_told = :no", no=False)

    await shop.stamp(START)

    assert await books.read(rows, NOTICES) == []


async def test_a_canceled_sale_is_not_told(books: Books) -> None:
    shop = await open_shop(books, needed=1)
    await shop.set_rules(ALL_KINDS)
    stamped = await shop.stamp(START)

    await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)

    assert await books.read(rows, NOTICES) == []
