"""Coupons that a shop gives on joining, on birthdays and with its news.

No notice tells of them: to tell of a gift is an advertisement (K14); the chat shows them.
"""

from collections import defaultdict
from datetime import datetime

from domain.birthdays import celebrated_on
from domain.coupons import CouponSource
from domain.people import CustomerId, OfferId, RunId, ShopId
from domain.refusals import Conflict
from domain.time import in_kst
from loyalty.issuing import Given, give_coupon
from storage.desk import Tx
from storage.queries.birthdays import PEOPLE_MAX, Gift, give_once, list_due_gifts
from storage.queries.offers import find_offer, list_open_offers
from storage.queries.paper import is_on_paper
from storage.queries.run_coupons import give_to_run_once

JOINING = "join"
BIRTHDAY_FROM_HOUR = 9
"""KST: once shops are open; a worker that was down catches up until the day is over."""


def give_joining_gifts(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime
) -> tuple[Given, ...]:
    """What the shop gives everybody who joins, once a person.

    Who is known by a phone number alone has joined nothing; they get stamps and no more.
    """
    offers = list_open_offers(tx, shop_id, CouponSource.JOINING)
    if not offers or is_on_paper(tx, customer_id):
        return ()
    person = shop_id, customer_id
    given = [give_coupon(tx, person, one.offer_id, JOINING, at) for one in offers]
    return tuple(one for one in given if one)


def give_birthday_gifts(tx: Tx, at: datetime) -> bool:
    """What shops give their regulars on their birthday, once a year and offer.

    A bounded set a call, harmless when repeated; True while there may be more.
    """
    if in_kst(at).hour < BIRTHDAY_FROM_HOUR:
        return False
    today = in_kst(at).date()
    key = f"birthday:{today.year}"
    due = list_due_gifts(tx, celebrated_on(today), key)
    ending: defaultdict[datetime, list[Gift]] = defaultdict(list)
    for one in due:
        gift = Gift(one.shop_id, one.customer_id, one.offer_id)
        ending[one.terms.expires_at(at)].append(gift)
    for expires_at, gifts in ending.items():
        give_once(tx, gifts, key, at, expires_at)
    return len(due) == PEOPLE_MAX


def give_campaign_coupons(
    tx: Tx, shop_id: ShopId, run_id: RunId, offer_id: OfferId, at: datetime
) -> None:
    """What an advertisement brings along, to everybody it goes to, once a run.

    Whoever withdraws before it leaves keeps the coupon. Raises Conflict(`offer_closed`).
    """
    offer = find_offer(tx, shop_id, offer_id)
    if offer is None or offer.closed_at is not None:
        raise Conflict("offer_closed")
    give_to_run_once(
        tx,
        shop_id,
        run_id,
        offer_id,
        key=run_key(run_id),
        issued_at=at,
        expires_at=offer.terms.expires_at(at),
    )


def run_key(run_id: RunId) -> str:
    """What the coupons of a run are given for."""
    return f"run:{run_id}"
