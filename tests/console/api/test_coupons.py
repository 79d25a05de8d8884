"""A till looks at a coupon, holds it while someone pays, uses it and takes it back."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio

from domain.coupons import HOLD_LIFE, CouponWay
from domain.people import CouponId, CustomerId
from loyalty.coupons import Showing, reverse_coupon
from storage.books import Books
from storage.queries.coupons import find_coupon
from tests.console.api.till import (
    OWNER,
    Reply,
    TillClient,
    give_coupon,
    show_code,
    show_coupon_code,
)
from tests.console.street import Clock, Street

NewCode = Callable[[], Awaitable[str]]


@pytest_asyncio.fixture
async def coupon(
    console_books: Books, console_clock: Clock, street: Street, regular: CustomerId
) -> CouponId:
    """2,000 won off from 10,000 won on."""
    return await console_books.write(give_coupon, street.shop_id, regular, console_clock())


@pytest_asyncio.fixture
async def new_code(
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
    coupon: CouponId,
) -> NewCode:
    """The digits for the coupon on the customer's phone, as they are now."""

    async def show() -> str:
        return await console_books.write(
            show_coupon_code, street.shop_id, regular, coupon, console_clock()
        )

    return show


async def follow(till: TillClient, redemption: Reply, act: str, body: object = None) -> Reply:
    path = f"/redemptions/{redemption.body['id']}/{act}"
    return await till.ask("POST", path, body if act != "use" else body or {})


async def test_looking_uses_nothing(till: TillClient, coupon: CouponId, new_code: NewCode) -> None:
    code = await new_code()

    looked = [await till.ask("GET", f"/coupons/{code}") for _ in range(2)]

    assert [reply.status for reply in looked] == [200, 200]
    assert looked[1].body["id"] == coupon
    assert (looked[1].body["state"], looked[1].body["min_spend_won"]) == ("ready", 10_000)


async def test_a_coupon_is_used_once(till: TillClient, new_code: NewCode) -> None:
    body = {"code": await new_code(), "spend_won": 12_000}

    used = await till.ask("POST", "/redemptions", body, key="a")
    again = await till.ask("POST", "/redemptions", body, key="a")
    other = await till.ask("POST", "/redemptions", body, key="b")

    assert (used.status, used.body["state"], used.body["discount_won"]) == (201, "used", 2_000)
    assert (again.status, again.is_replayed, again.body) == (200, True, used.body)
    assert (other.status, other.code) == (409, "code_used")
    assert (await till.ask("GET", f"/redemptions/{used.body['id']}")).body == used.body


async def test_one_request_sent_twenty_times_at_once_uses_it_once(
    till: TillClient, new_code: NewCode
) -> None:
    body = {"code": await new_code()}

    replies = await asyncio.gather(
        *[till.ask("POST", "/redemptions", body, key="a") for _ in range(20)]
    )

    assert sorted(reply.status for reply in replies) == [200] * 19 + [201]
    assert len({reply.body["id"] for reply in replies}) == 1


async def test_held_then_used_after_the_code_has_lapsed_then_reversed(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    coupon: CouponId,
    new_code: NewCode,
) -> None:
    body = {"code": await new_code(), "is_open": True}
    held = await till.ask("POST", "/redemptions", body, key="a")
    console_clock.pass_(minutes=5)

    used = await follow(till, held, "use", {"spend_won": 30_000})
    used_again = await follow(till, held, "use", {"spend_won": 30_000})
    reversed_ = await follow(till, held, "reverse")
    reversed_again = await follow(till, held, "reverse")

    assert (held.status, held.body["state"]) == (201, "held")
    assert held.body["held_until"] == "2026-11-23T01:10:00Z"
    assert (used.body["state"], used.body["discount_won"]) == ("used", 2_000)
    assert (used.is_replayed, used_again.is_replayed, used_again.body) == (False, True, used.body)
    assert (reversed_.body["state"], reversed_again.body["state"]) == ("reversed", "reversed")
    after = await console_books.read(find_coupon, street.shop_id, coupon)
    assert after is not None
    assert after.state == "ready"


@pytest.mark.parametrize("end", ["release", "reverse"])
async def test_what_has_ended_does_not_begin_again_without_a_new_code(
    till: TillClient, new_code: NewCode, end: str
) -> None:
    is_open = end == "release"
    begun = await till.ask(
        "POST", "/redemptions", {"code": await new_code(), "is_open": is_open}, key="a"
    )
    await follow(till, begun, end)

    refused = await follow(till, begun, "use")
    anew = await till.ask("POST", "/redemptions", {"code": await new_code()}, key="b")

    assert (refused.status, refused.code) == (409, "redemption_over")
    assert (anew.status, anew.body["state"]) == (201, "used")


async def test_a_hold_that_has_ended_does_not_touch_the_next_ones(
    till: TillClient, console_clock: Clock, new_code: NewCode
) -> None:
    first = await till.ask(
        "POST", "/redemptions", {"code": await new_code(), "is_open": True}, key="a"
    )
    console_clock.at += HOLD_LIFE
    lapsed = await till.ask("GET", f"/redemptions/{first.body['id']}")
    second = await till.ask("POST", "/redemptions", {"code": await new_code()}, key="b")

    refused = [await follow(till, first, act) for act in ("use", "release", "reverse")]

    assert (lapsed.body["state"], lapsed.body["held_until"]) == ("lapsed", None)
    assert second.body["state"] == "used"
    assert [reply.code for reply in refused] == ["redemption_over"] * 3


async def test_the_owner_takes_a_use_back_and_the_till_sees_it(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    coupon: CouponId,
    new_code: NewCode,
) -> None:
    used = await till.ask("POST", "/redemptions", {"code": await new_code()}, key="a")
    showing = Showing(key="counter:1", way=CouponWay.CODE, actor=OWNER)
    await console_books.write(reverse_coupon, street.shop_id, coupon, showing, console_clock())

    seen = await till.ask("GET", f"/redemptions/{used.body['id']}")

    assert seen.body["state"] == "reversed"


async def test_rules_of_a_coupon_are_refused_by_their_code(
    till: TillClient, new_code: NewCode
) -> None:
    body = {"code": await new_code(), "spend_won": 9_999}

    refused = await till.ask("POST", "/redemptions", body, key="a")
    allowed = await till.ask("POST", "/redemptions", {**body, "spend_won": 10_000}, key="a")

    assert (refused.status, refused.code) == (409, "coupon_min_spend")
    assert allowed.status == 201


async def test_codes_of_visits_and_of_coupons_are_told_apart(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
    new_code: NewCode,
) -> None:
    visit_code = await console_books.write(show_code, street.shop_id, regular, console_clock())

    stamped = await till.ask("POST", "/visits", {"code": await new_code()}, key="a")
    redeemed = await till.ask("POST", "/redemptions", {"code": visit_code}, key="a")

    assert (stamped.status, stamped.code) == (409, "code_of_coupon")
    assert (redeemed.status, redeemed.code) == (409, "code_of_visit")


async def test_one_key_does_not_serve_a_visit_and_a_coupon(
    till: TillClient, regular: CustomerId, new_code: NewCode
) -> None:
    await till.ask("POST", "/visits", {"phone": "010-1234-5678"}, key="a")

    refused = await till.ask("POST", "/redemptions", {"code": await new_code()}, key="a")

    assert (refused.status, refused.code) == (422, "key_reused")


async def test_another_shops_coupon_is_not_found(
    till: TillClient, other_till: TillClient, new_code: NewCode
) -> None:
    held = await till.ask(
        "POST", "/redemptions", {"code": await new_code(), "is_open": True}, key="a"
    )
    code = await new_code()

    asked = [
        await other_till.ask("GET", f"/coupons/{code}"),
        await other_till.ask("POST", "/redemptions", {"code": code}, key="a"),
        await other_till.ask("GET", f"/redemptions/{held.body['id']}"),
        *[await follow(other_till, held, act) for act in ("use", "release", "reverse")],
    ]

    assert [reply.status for reply in asked] == [404] * 6
    assert (await till.ask("GET", f"/redemptions/{held.body['id']}")).body["state"] == "held"


async def test_how_a_redemption_went_on_has_no_number_of_its_own(
    till: TillClient, new_code: NewCode
) -> None:
    used = await till.ask("POST", "/redemptions", {"code": await new_code()}, key="a")
    await follow(till, used, "reverse")

    assert (await till.ask("GET", f"/redemptions/{used.body['id'] + 1}")).status == 404
