"""A shop's regulars in a fair order, for when the money is not enough for all of them."""

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from domain.people import CustomerId, ShopId
from domain.subsidy import FairOrder
from storage.desk import Tx
from storage.models.cards import CardRules, HeldCard, Tally
from storage.models.customers import Membership
from storage.statements import Statement
from storage.terms import CARD_TERMS

WHO = col(Membership.customer_id)
AGREED = (
    col(Membership.shop_id) == bindparam("of_shop"),
    col(Membership.advertising_since).is_not(None),
)
LONGEST_UNSEEN = Statement(
    select(WHO)
    .where(*AGREED)
    .order_by(func.coalesce(col(Membership.last_visit_at), col(Membership.joined_at)), WHO)
)
NEWEST = Statement(
    select(WHO).where(*AGREED).order_by(col(Membership.joined_at).desc(), WHO.desc())
)
ON_CARDS = Statement(
    select(WHO, col(Tally.stamps), col(HeldCard.starts_after), col(CardRules.terms))
    .join(
        Tally,
        (col(Tally.customer_id) == WHO)
        & (col(Tally.shop_id) == col(Membership.shop_id))
        & col(Tally.closed_at).is_(None),
        isouter=True,
    )
    .join(
        HeldCard,
        (col(HeldCard.tally_id) == col(Tally.id))
        & (col(HeldCard.number) == col(Tally.card_number)),
        isouter=True,
    )
    .join(CardRules, col(CardRules.id) == col(HeldCard.rules_id), isouter=True)
    .where(*AGREED)
)


def list_in_order(tx: Tx, shop_id: ShopId, order: FairOrder) -> list[CustomerId]:
    """Everybody who agreed to advertising, first who comes first; ties by who came first here (of
    the newest: who came last), so that the same books always give the same answer.
    """
    match order:
        case FairOrder.LONGEST_UNSEEN:
            return [row[0] for row in tx.all(LONGEST_UNSEEN, of_shop=shop_id)]
        case FairOrder.NEWEST:
            return [row[0] for row in tx.all(NEWEST, of_shop=shop_id)]
        case FairOrder.CLOSEST_TO_FULL:
            lacking = sorted(
                (_lacks(*row[1:]), row[0]) for row in tx.all(ON_CARDS, of_shop=shop_id)
            )
            return [customer_id for _, customer_id in lacking]


def _lacks(stamps: int | None, starts_after: int | None, terms: str | None) -> float:
    """How many stamps are missing to a full card; without a card somebody comes last."""
    if stamps is None or starts_after is None or terms is None:
        return float("inf")
    return starts_after + CARD_TERMS.read(terms).needed - stamps
