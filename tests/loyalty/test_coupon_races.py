"""Many at once with coupons: a cap holds, a coupon is used once (C12, I11)."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from domain.coupons import CouponSource
from domain.people import CouponId, CustomerId, OfferId
from loyalty.coupons import (
    NewOffer,
    Redeemed,
    give,
    hold_coupon,
    make_offer,
    release_coupon,
    use_by_code,
    use_coupon,
)
from storage.desk import Tx
from tests.conftest import START
from tests.factories import OWNER, Street
from tests.loyalty.crowd import BREAD, Crowd, begin, outcomes, show_code, showing, using

CAP = 7
PEOPLE = 100


def give_to_all(tx: Tx, street: Street, *, cap: int | None) -> list[CouponId]:
    offer = NewOffer(source=CouponSource.HAND, terms=BREAD, cap=cap)
    offer_id = make_offer(tx, street.shop_id, offer, actor=OWNER, at=START)
    return [_give(tx, street, offer_id, customer) for customer in street.customers]


def _give(tx: Tx, street: Street, offer_id: OfferId, customer: CustomerId) -> CouponId:
    person = street.shop_id, customer
    given = give(tx, person, offer_id, key=f"hand:{customer}", actor=OWNER, at=START)
    assert given is not None
    return given.coupon_id


async def test_seven_of_a_hundred_have_the_seven_places(crowd: Crowd) -> None:
    street = await crowd.write(begin, people=PEOPLE)
    coupons = await crowd.write(give_to_all, street, cap=CAP)

    results = await crowd.rush([using(street, coupon, coupon) for coupon in coupons])

    assert outcomes(results) == {"done": CAP, "cap_reached": PEOPLE - CAP}
    assert await crowd.count("SELECT count(*) FROM coupon WHERE state = 'used'") == CAP
    assert await crowd.count("SELECT count(*) FROM redemption WHERE act = 'use'") == CAP
    assert await crowd.count("SELECT taken FROM coupon_offer WHERE cap IS NOT NULL") == CAP
    await crowd.assert_sound()


async def test_one_coupon_shown_twenty_times_is_used_once(crowd: Crowd) -> None:
    street = await crowd.write(begin)
    (coupon,) = await crowd.write(give_to_all, street, cap=None)

    results = await crowd.rush([using(street, coupon, one) for one in range(20)])

    assert outcomes(results) == {"done": 1, "coupon_used": 19}
    assert await crowd.count("SELECT count(*) FROM redemption") == 1
    await crowd.assert_sound()


async def test_one_slide_pulled_twenty_times_is_one_use(crowd: Crowd) -> None:
    street = await crowd.write(begin)
    (coupon,) = await crowd.write(give_to_all, street, cap=None)

    results = await crowd.rush([using(street, coupon, "a") for _ in range(20)])

    assert outcomes(results) == {"done": 1, "again": 19}
    assert await crowd.count("SELECT count(*) FROM redemption") == 1
    await crowd.assert_sound()


async def test_one_coupon_code_typed_twenty_times_is_one_use(crowd: Crowd) -> None:
    """With one button, and then with twenty, when all of it is over."""
    street = await crowd.write(begin)
    (coupon,) = await crowd.write(give_to_all, street, cap=None)
    digits = await crowd.write(show_code, street, coupon)

    def typing(key: object) -> Callable[[Tx], Redeemed]:
        return partial(
            use_by_code,
            shop_id=street.shop_id,
            digits=digits,
            showing=showing(key),
            at=START,
        )

    first = await crowd.rush([typing("a") for _ in range(20)])
    later = await crowd.rush([typing(one) for one in range(20)])

    assert outcomes(first) == {"done": 1, "again": 19}
    assert outcomes(later) == {"code_used": 20}
    assert await crowd.count("SELECT count(*) FROM redemption") == 1
    await crowd.assert_sound()


async def test_holds_uses_and_releases_never_take_more_than_there_is(crowd: Crowd) -> None:
    """Everyone at once holds, lets go or uses, twice over; holds end in between."""
    street = await crowd.write(begin, people=30)
    coupons = await crowd.write(give_to_all, street, cap=CAP)
    rng = random.Random(3)
    acts = {"hold": hold_coupon, "use": use_coupon, "release": release_coupon}
    seen: Counter[str] = Counter()

    for turn in range(6):
        at = START + timedelta(minutes=4 * turn)
        drawn = [(rng.choice(list(acts)), coupon) for coupon in coupons for _ in range(2)]
        works = [
            partial(
                acts[act],
                shop_id=street.shop_id,
                coupon_id=coupon,
                showing=showing(f"{turn}:{number}"),
                at=at,
            )
            for number, (act, coupon) in enumerate(drawn)
        ]
        seen += outcomes(await crowd.rush(works))
        taken = await crowd.count("SELECT taken FROM coupon_offer WHERE cap IS NOT NULL")
        places = await crowd.count(
            "SELECT count(*) FROM coupon WHERE state = 'used' OR state = 'held'"
        )
        assert taken == places <= CAP

    assert seen["done"] > CAP
    assert seen["cap_reached"] > 0
    assert await crowd.count("SELECT count(*) FROM coupon WHERE state = 'used'") <= CAP
    await crowd.assert_sound()
