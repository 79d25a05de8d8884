"""I11 is seen to be broken, whichever way: each line breaks the books behind our back."""

import pytest

from domain.coupons import CouponSource, CouponWay
from loyalty.coupons import NewOffer, Showing, give, make_offer, use_coupon
from loyalty.invariants import earned_and_used_once
from storage.books import Books
from tests.conftest import START
from tests.factories import OWNER, change, rows
from tests.loyalty.street import GIFT, open_shop

AGAIN = """
INSERT INTO redemption (shop_id, offer_id, coupon_id, key, act, way, actor, at)
SELECT shop_id, offer_id, coupon_id, 'again', act, way, actor, at FROM redemption LIMIT 1
"""
OTHERS = AGAIN.replace("coupon_id, 'again'", "coupon_id + 100, 'again'")
CODE_AGAIN = """
INSERT INTO visit (shop_id, customer_id, key, way, code, items, stamps, actor, visited_at,
                   recorded_at)
SELECT shop_id, customer_id, 'again', way, code, items, 0, actor, visited_at, recorded_at
FROM visit WHERE code IS NOT NULL LIMIT 1
"""


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (AGAIN, "used more than once"),
        (OTHERS, "beyond its cap"),
        ("UPDATE coupon SET state = 'ready' WHERE state = 'used'", "state it was left in"),
        ("UPDATE coupon SET state = 'used' WHERE state = 'ready'", "state it was left in"),
        ("UPDATE tally SET stamps = stamps + 1", "differs from its stamps"),
        ("UPDATE visit SET stamps = 3 WHERE id = 1", "differs from its stamps"),
        ("UPDATE tally SET card_number = 7", "has no card"),
        ("UPDATE membership SET visits = 9 WHERE visits > 0", "are miscounted"),
        ("UPDATE coupon SET threshold = 9 WHERE threshold = 2", "was not earned"),
    ],
)
async def test_what_is_broken_is_seen(books: Books, sql: str, words: str) -> None:
    shop = await open_shop(books, needed=2)
    for _ in range(2):
        await shop.stamp(START)
    new = NewOffer(source=CouponSource.HAND, terms=GIFT, cap=1)
    offer_id = await books.write(make_offer, shop.shop_id, new, actor=OWNER, at=START)
    person = shop.shop_id, shop.other_id
    given = await books.write(give, person, offer_id, key="hand", actor=OWNER, at=START)
    assert given
    showing = Showing(key="use", way=CouponWay.CODE, actor=OWNER)
    await books.write(use_coupon, shop.shop_id, given.coupon_id, showing, START)
    assert await books.read(earned_and_used_once) == []

    assert await books.write(change, sql)

    assert any(words in line for line in await books.read(earned_and_used_once))


async def test_the_database_refuses_a_code_twice_itself(books: Books) -> None:
    shop = await open_shop(books)
    await shop.stamp(START)

    with pytest.raises(Exception, match="code"):
        await books.write(change, CODE_AGAIN)
    assert await books.read(rows, "SELECT count(*) FROM visit") == [(1,)]
