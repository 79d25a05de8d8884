"""When the money is not enough for everybody: who is left out, and what own money could add."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.audience import list_reached
from campaigns.booking import DryRun, audience_tried
from domain.money import JEON_PER_WON, Jeon, ceil_to_won
from domain.people import CustomerId, ShopId
from domain.subsidy import FairOrder
from storage.desk import Tx
from storage.queries.fairness import list_in_order
from storage.queries.holdings import CardInHand, list_cards_of
from storage.queries.places import get_shop
from storage.queries.regulars import RegularView, list_by_ids

NAMED_MAX = 20
"""So many of those who are left out are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class LeftOne:
    """Somebody who is left out, as the list of regulars shows them."""

    regular: RegularView
    card: CardInHand | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """`named` are the first of them, in the order in which the next money would reach them."""

    people: int = 0
    named: Sequence[LeftOne] = ()


NOBODY = LeftOut()


def list_left_out(tx: Tx, shop_id: ShopId, tried: DryRun) -> list[CustomerId]:
    """Whom the plan of this draft leaves out for money, from the same rules, money and order."""
    draft = tried.draft
    if tried.is_enough or draft.fair_order is None:
        return []
    shop = get_shop(tx, shop_id)
    audience = audience_tried(tx, shop, draft, tried.leaves_at)
    allowed = set(list_reached(tx, shop, audience, draft.sender))
    return in_order(tx, shop_id, draft.fair_order, allowed)[tried.reached :]


def in_order(
    tx: Tx, shop_id: ShopId, order: FairOrder, people: Collection[CustomerId]
) -> list[CustomerId]:
    """These people as the owner's order has them, first who comes first."""
    return [one for one in list_in_order(tx, shop_id, order) if one in people]


def left_out(tx: Tx, shop_id: ShopId, tried: DryRun, at: datetime) -> LeftOut:
    """Those of `list_left_out`, the first of them by name."""
    return name_people(tx, shop_id, list_left_out(tx, shop_id, tried), at)


def name_people(tx: Tx, shop_id: ShopId, people: Sequence[CustomerId], at: datetime) -> LeftOut:
    """The first of them as the list of regulars shows them; who was deleted is only counted."""
    if not people:
        return NOBODY
    first = people[:NAMED_MAX]
    known = {one.customer_id: one for one in list_by_ids(tx, shop_id, first)}
    cards = list_cards_of(tx, shop_id, first, at)
    named = [LeftOne(known[one], cards.get(one)) for one in first if one in known]
    return LeftOut(people=len(people), named=named)


def own_offer(tried: DryRun) -> Jeon:
    """How much of the shop's own money to ask its owner for, in whole won: what is missing for
    everybody, or all there is in the wallet. Nothing where that adds nothing.
    """
    there = tried.own_left_jeon // JEON_PER_WON * JEON_PER_WON
    offer = Jeon(min(ceil_to_won(tried.own_needed_jeon), there))
    return offer if offer > tried.draft.own_max_jeon else Jeon(0)
