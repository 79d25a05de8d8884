"""Many at once at the counters: what may happen once happens once (I11)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from domain.people import TokenId
from domain.rules import VISITS_PER_DAY_MAX
from loyalty.till_visits import Sold, stamp_at_till
from loyalty.tills import Asked, Till, add_till
from loyalty.visits import Stamped, stamp_by_code
from storage.desk import Tx
from tests.conftest import START
from tests.factories import OWNER, phone_of
from tests.loyalty.crowd import (
    NEEDED,
    Crowd,
    begin,
    canceling,
    outcomes,
    sale,
    show_code,
    stamping,
    using,
)


async def test_one_code_read_by_twenty_tills_is_one_visit(crowd: Crowd) -> None:
    street = await crowd.write(begin)
    digits = await crowd.write(show_code, street)

    results = await crowd.rush(
        [
            partial(stamp_by_code, shop_id=street.shop_id, digits=digits, sale=sale(one), at=START)
            for one in range(20)
        ]
    )

    assert outcomes(results) == {"done": 1, "code_used": 19}
    assert await crowd.count("SELECT count(*) FROM visit") == 1
    assert await crowd.count("SELECT stamps FROM tally") == 1
    await crowd.assert_sound()


async def test_one_button_pressed_twenty_times_is_one_visit(crowd: Crowd) -> None:
    street = await crowd.write(begin)
    digits = await crowd.write(show_code, street)

    results = await crowd.rush(
        [
            partial(stamp_by_code, shop_id=street.shop_id, digits=digits, sale=sale("a"), at=START)
            for _ in range(20)
        ]
    )

    assert outcomes(results) == {"done": 1, "again": 19}
    assert await crowd.count("SELECT count(*) FROM visit") == 1
    await crowd.assert_sound()


async def test_one_number_entered_twenty_times_is_one_visit(crowd: Crowd) -> None:
    street = await crowd.write(begin)

    results = await crowd.rush([stamping(street, "a") for _ in range(20)])

    assert outcomes(results) == {"done": 1, "again": 19}
    assert await crowd.count("SELECT count(*) FROM visit") == 1
    assert await crowd.count("SELECT visits FROM membership") == 1
    await crowd.assert_sound()


async def test_one_request_of_a_till_sent_twenty_times_is_one_visit(crowd: Crowd) -> None:
    """By code, and by the number of someone whom nobody knows yet."""
    street = await crowd.write(begin)
    await crowd.write(add_till, street.shop_id, "계산대", actor=OWNER, at=START)
    till = Till(TokenId(1), street.shop_id)
    code = Sold(code=await crowd.write(show_code, street))
    phone = Sold(phone=phone_of(999))

    for key, sold in (("a", code), ("b", phone)):
        asked = Asked(key, f"words {key}")
        results = await crowd.rush(
            [partial(stamp_at_till, till=till, asked=asked, sold=sold, at=START) for _ in range(20)]
        )
        assert outcomes(results) == {"done": 1, "again": 19}

    assert await crowd.count("SELECT count(*) FROM visit") == 2
    assert await crowd.count("SELECT count(*) FROM customer") == 2
    await crowd.assert_sound()


async def test_one_new_number_at_twenty_counters_is_one_person(crowd: Crowd) -> None:
    street = await crowd.write(begin)
    await crowd.write(add_till, street.shop_id, "계산대", actor=OWNER, at=START)
    till, sold = Till(TokenId(1), street.shop_id), Sold(phone=phone_of(999))

    results = await crowd.rush(
        [
            partial(stamp_at_till, till=till, asked=Asked(f"{one}", "w"), sold=sold, at=START)
            for one in range(VISITS_PER_DAY_MAX)
        ]
    )

    assert outcomes(results) == {"done": VISITS_PER_DAY_MAX}
    assert await crowd.count("SELECT count(*) FROM customer") == 2
    assert await crowd.count("SELECT stamps FROM tally") == VISITS_PER_DAY_MAX
    await crowd.assert_sound()


async def test_the_days_limit_holds_under_a_rush(crowd: Crowd) -> None:
    street = await crowd.write(begin)

    results = await crowd.rush([stamping(street, one) for one in range(VISITS_PER_DAY_MAX + 10)])

    assert outcomes(results) == {"done": VISITS_PER_DAY_MAX, "day_limit": 10}
    assert await crowd.count("SELECT visits FROM membership") == VISITS_PER_DAY_MAX
    await crowd.assert_sound()


async def test_a_sale_undone_by_ten_is_undone_once(crowd: Crowd) -> None:
    street = await crowd.write(begin, starter=NEEDED - 2)
    stamped = [await crowd.write(stamping(street, one)) for one in range(2)]
    last = stamped[-1].visit_id

    results = await crowd.rush([canceling(street, last) for _ in range(10)])

    assert outcomes(results) == {"done": 1, "again": 9}
    assert await crowd.count("SELECT stamps FROM tally") == NEEDED - 1
    assert await crowd.count("SELECT visits FROM membership") == 1
    assert await crowd.count("SELECT count(*) FROM coupon WHERE state = 'canceled'") == 1
    await crowd.assert_sound()


async def test_stamps_and_undoing_at_once_leave_the_tally_right(crowd: Crowd) -> None:
    street = await crowd.write(begin, starter=3)
    before = [(await crowd.write(stamping(street, one))).visit_id for one in range(6)]

    works: list[Callable[[Tx], Any]] = [
        work
        for number, visit_id in enumerate(before)
        for work in (
            canceling(street, visit_id),
            stamping(street, f"new-{number}"),
            canceling(street, visit_id),
        )
    ]
    results = await crowd.rush(works)

    assert outcomes(results) == {"done": 12, "again": 6}
    standing = await crowd.count("SELECT count(*) FROM visit WHERE canceled_at IS NULL")
    assert standing == 6
    assert await crowd.count("SELECT stamps - given FROM tally") == standing
    assert await crowd.count("SELECT visits FROM membership") == standing
    await crowd.assert_sound()


async def test_two_visits_that_fill_a_card_at_once_earn_one_reward(crowd: Crowd) -> None:
    street = await crowd.write(begin, starter=NEEDED - 1)

    results = await crowd.rush([stamping(street, one) for one in range(2)])

    earned = [len(result.earned) for result in results if isinstance(result, Stamped)]
    assert sorted(earned) == [0, 1]
    assert await crowd.count("SELECT count(*) FROM coupon") == 1
    assert await crowd.count("SELECT stamps FROM tally") == NEEDED + 1
    await crowd.assert_sound()


async def test_a_sale_undone_while_its_coupon_is_used_leaves_one_or_the_other(
    crowd: Crowd,
) -> None:
    """The coupon goes with the sale, or it was used and is owed; never both, never neither."""
    street = await crowd.write(begin, starter=NEEDED - 1)
    stamped = await crowd.write(stamping(street, "a"))
    coupon = stamped.earned[0].coupon_id

    works: list[Callable[[Tx], Any]] = [
        canceling(street, stamped.visit_id),
        *[using(street, coupon, one) for one in range(5)],
    ]
    results = await crowd.rush(works)

    uses = await crowd.count("SELECT count(*) FROM redemption")
    owed = await crowd.count("SELECT count(*) FROM coupon WHERE owed_at IS NOT NULL")
    canceled = await crowd.count("SELECT count(*) FROM coupon WHERE state = 'canceled'")
    assert uses == owed == 1 - canceled
    assert outcomes(results)["done"] == 1 + uses
    assert await crowd.count("SELECT stamps FROM tally") == NEEDED - 1
    await crowd.assert_sound()
