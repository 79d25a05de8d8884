"""What the counter's tests begin with: a card, regulars, codes and coupons."""

from datetime import datetime

from domain.coupons import CouponKind, CouponSource, CouponTerms
from domain.people import CouponId, CustomerId, ShopId
from loyalty.cards import CardDraft, set_cards
from loyalty.codes import issue_customer_code
from loyalty.coupons import NewOffer, give, make_offer
from storage.desk import Tx
from storage.queries.places import get_shop

NEEDED = 3
PHONE = "010-5550-0001"
GIFT = CouponTerms(kind=CouponKind.ITEM, title="단팥빵 1개 무료", item="단팥빵")
TENTH = CouponTerms(kind=CouponKind.PERCENT, title="10% 할인", value=10, min_spend_won=10_000)


def put_card(tx: Tx, shop_id: ShopId, at: datetime, needed: int = NEEDED) -> None:
    set_cards(tx, shop_id, [CardDraft(needed=needed, rewards={needed: GIFT})], actor="test", at=at)


def show_code(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> str:
    """What the customer's phone shows after 도장 받기."""
    channel_id = get_shop(tx, shop_id).channel_id
    return issue_customer_code(tx, channel_id, customer_id, at).digits


def hand_coupon(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime, terms: CouponTerms = TENTH
) -> CouponId:
    offer_id = make_offer(
        tx, shop_id, NewOffer(source=CouponSource.HAND, terms=terms), actor="test", at=at
    )
    given = give(tx, (shop_id, customer_id), offer_id, key="test", actor="test", at=at)
    assert given is not None
    return given.coupon_id


def show_coupon_code(
    tx: Tx, shop_id: ShopId, holder: tuple[CustomerId, CouponId], at: datetime
) -> str:
    customer_id, coupon_id = holder
    channel_id = get_shop(tx, shop_id).channel_id
    pair = shop_id, coupon_id
    return issue_customer_code(tx, channel_id, customer_id, at, coupon=pair).digits
