"""What the tests of merging begin with: a shop with a card, one chat regular, paper people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from campaigns.invariants import CHECKS
from domain.cards import ExpiryFrom
from domain.coupons import CouponKind, CouponTerms
from domain.people import CustomerId, ShopId, VisitId
from domain.rules import Per, ShopRules
from domain.visits import Purchase
from loyalty.cards import CardDraft, set_cards, set_rules
from loyalty.merging import merge_customers
from loyalty.paper import regular_by_phone
from loyalty.sales import Sale
from loyalty.visits import stamp_person
from storage.desk import Tx
from storage.queries.customers import name_once
from tests.conftest import START
from tests.factories import Street, make_street, phone_of

GIFT = CouponTerms(kind=CouponKind.ITEM, title="단팥빵 1개 무료", item="단팥빵", life_days=365)
OWNER = "owner:1"
STEP = timedelta(hours=1, minutes=30)
OPEN = "SELECT id, customer_id, stamps, given FROM tally WHERE closed_at IS NULL ORDER BY id"
LIVE = "SELECT id, customer_id, tally_id, threshold FROM coupon WHERE state <> 'canceled'"


def broken(tx: Tx) -> list[str]:
    return [one for check in CHECKS.values() for one in check(tx)]


def open_shop_with_card(
    tx: Tx, needed: int = 10, places: Sequence[int] = (), *, expiry_days: int | None = None
) -> Street:
    """One chat regular (the first), and rules that count each thing."""
    street = make_street(tx, people=1)
    rules = ShopRules(per=Per.ITEM, visits_per_day_max=20)
    set_rules(tx, street.shop_id, rules, actor=OWNER, at=START)
    change_card(tx, street.shop_id, needed, places, expiry_days=expiry_days)
    return street


def change_card(
    tx: Tx,
    shop_id: ShopId,
    needed: int,
    places: Sequence[int] = (),
    *,
    expiry_days: int | None = None,
) -> None:
    rewards = dict.fromkeys([needed, *(one for one in places if one < needed)], GIFT)
    card = CardDraft(
        needed=needed, rewards=rewards, expiry_days=expiry_days, expiry_from=ExpiryFrom.FIRST
    )
    set_cards(tx, shop_id, [card], actor=OWNER, at=START)


def paper_person(tx: Tx, shop_id: ShopId, number: int = 50, name: str | None = None) -> CustomerId:
    who = regular_by_phone(tx, shop_id, phone_of(number), actor=OWNER, at=START)
    if name:
        name_once(tx, shop_id, who, name)
    return who


def stamp(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, items: int, at: datetime = START
) -> VisitId:
    sale = Sale(key=uuid4().hex, actor=OWNER, purchase=Purchase(items=items))
    return stamp_person(tx, shop_id, customer_id, sale, at).visit_id


def merge(tx: Tx, street: Street, other: CustomerId, at: datetime = START) -> CustomerId:
    merged = merge_customers(tx, street.shop_id, street.customers[0], other, actor=OWNER, at=at)
    return merged.kept_id
