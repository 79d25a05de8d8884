"""Tills on both databases: their tokens, their keys, and coupons by number."""

import pytest

from domain.coupons import HOLD_LIFE, CouponAct, CouponSource
from domain.keeping import REQUEST_KEPT
from domain.people import CouponId, TokenId
from domain.refusals import Conflict, NotAllowed, NotFound
from loyalty.coupons import NewOffer, give, make_offer
from loyalty.till_coupons import (
    Payment,
    RedemptionState,
    follow_at_till,
    look_at_coupon,
    read_redemption,
    redeem_at_till,
)
from loyalty.till_visits import Sold, stamp_at_till, undo_at_till
from loyalty.tills import (
    Asked,
    Till,
    add_till,
    read_token,
    revoke_till,
)
from storage.books import Books
from storage.desk import Tx
from tests.conftest import START
from tests.factories import OWNER, Street, change, phone_of, rows, sweep
from tests.loyalty.crowd import BREAD, NEEDED, begin, show_code


def add(tx: Tx, *, starter: int = 0) -> tuple[Street, Till, str]:
    street = begin(tx, starter=starter)
    token = add_till(tx, street.shop_id, "계산대 1", actor=OWNER, at=START)
    return street, Till(TokenId(1), street.shop_id), token


def give_bread(tx: Tx, street: Street) -> CouponId:
    new = NewOffer(source=CouponSource.HAND, terms=BREAD, cap=1)
    offer_id = make_offer(tx, street.shop_id, new, actor=OWNER, at=START)
    person = street.shop_id, street.customers[0]
    given = give(tx, person, offer_id, key="hand", actor=OWNER, at=START)
    assert given is not None
    return given.coupon_id


async def test_a_token_opens_its_shop_until_it_is_revoked(books: Books) -> None:
    street, till, token = await books.write(add)

    found = await books.read(read_token, token)
    assert (found.token_id, found.shop_id) == (till.token_id, street.shop_id)
    await books.write(revoke_till, street.shop_id, till.token_id, actor=OWNER, at=START)
    await books.write(revoke_till, street.shop_id, till.token_id, actor=OWNER, at=START)

    with pytest.raises(NotAllowed):
        await books.read(read_token, token)
    with pytest.raises(NotAllowed):
        await books.write(stamp_at_till, till, Asked("a", "w"), Sold(phone=phone_of(1)), START)
    lines = await books.read(rows, "SELECT act FROM audit_line WHERE subject = 'till:1'")
    assert sorted(act for (act,) in lines) == ["add_till", "revoke_till"]


async def test_a_visit_is_seen_with_what_it_earned_and_undone(books: Books) -> None:
    street, till, _ = await books.write(add, starter=NEEDED - 1)
    asked, sold = Asked("a", "w"), Sold(phone=phone_of(1))

    receipt, is_repeated = await books.write(stamp_at_till, till, asked, sold, START)
    undone = await books.write(undo_at_till, till, receipt.visit.visit_id, START)
    again, is_again = await books.write(stamp_at_till, till, asked, sold, START)

    assert (is_repeated, is_again) == (False, True)
    assert [coupon.terms for coupon in receipt.earned] == [BREAD]
    assert undone.canceled == (receipt.earned[0].coupon_id,)
    assert again == undone.receipt
    assert street.shop_id == receipt.visit.shop_id


async def test_a_key_means_one_thing_until_it_is_forgotten(books: Books) -> None:
    _, till, _ = await books.write(add)
    sold = Sold(phone=phone_of(1))
    first, _ = await books.write(stamp_at_till, till, Asked("a", "one"), sold, START)

    with pytest.raises(Conflict, match="key_reused"):
        await books.write(stamp_at_till, till, Asked("a", "two"), sold, START)
    later = START + REQUEST_KEPT
    await books.write(sweep, later)
    second, is_repeated = await books.write(stamp_at_till, till, Asked("a", "two"), sold, later)

    assert is_repeated
    assert second.visit == first.visit


async def test_what_a_till_asked_goes_with_the_person(books: Books) -> None:
    _, till, _ = await books.write(add)
    sold = Sold(phone=phone_of(999))
    receipt, _ = await books.write(stamp_at_till, till, Asked("a", "w"), sold, START)
    assert len(await books.read(rows, "SELECT * FROM till_request")) == 1

    sql = "DELETE FROM customer WHERE id = :id"
    await books.write(change, sql, id=receipt.visit.customer_id)

    assert await books.read(rows, "SELECT * FROM till_request") == []


async def test_a_redemption_goes_on_by_its_number(books: Books) -> None:
    street, till, _ = await books.write(add)
    coupon = await books.write(give_bread, street)
    digits = await books.write(show_code, street, coupon)
    assert (await books.read(look_at_coupon, street.shop_id, digits, START)).coupon_id == coupon
    payment = Payment(code=digits, is_open=True)

    held, is_repeated = await books.write(redeem_at_till, till, Asked("a", "w"), payment, START)
    same, is_same = await books.write(redeem_at_till, till, Asked("a", "w"), payment, START)
    number = held.number
    states = [held.state]
    for act in (CouponAct.USE, CouponAct.REVERSE):
        states += [(await books.write(follow_at_till, till, number, act, None, START))[0].state]

    assert (is_repeated, is_same, same) == (False, True, held)
    assert states == [RedemptionState.HELD, RedemptionState.USED, RedemptionState.REVERSED]
    with pytest.raises(Conflict, match="redemption_over"):
        await books.write(follow_at_till, till, number, CouponAct.RELEASE, None, START)
    with pytest.raises(NotFound):
        await books.read(read_redemption, street.shop_id, number + 1, START)
    places = await books.read(rows, "SELECT taken FROM coupon_offer WHERE cap = 1")
    assert places == [(0,)]


async def test_a_hold_that_ended_is_seen_as_lapsed(books: Books) -> None:
    street, till, _ = await books.write(add)
    coupon = await books.write(give_bread, street)
    payment = Payment(code=await books.write(show_code, street, coupon), is_open=True)
    held, _ = await books.write(redeem_at_till, till, Asked("a", "w"), payment, START)

    seen = await books.read(read_redemption, street.shop_id, held.number, START + HOLD_LIFE)

    assert seen.state is RedemptionState.LAPSED
