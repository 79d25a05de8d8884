"""A stamp card as its holder sees it."""

from dataclasses import dataclass
from datetime import datetime

from domain.cards import CardTerms, rules_for
from domain.people import CustomerId, OfferId, ShopId
from loyalty.tallies import CardStanding, find_standing
from storage.desk import Tx
from storage.queries.cards import find_last_number, find_open_tally, list_cards
from storage.queries.offers import find_offer


@dataclass(frozen=True, slots=True)
class CardFace:
    """`reward` waits at the end, `gift` (place and title) is the next on the way there.

    A card that has not begun is the one that the next stamp begins.
    """

    card: CardStanding
    reward: str
    gift: tuple[int, str] | None
    has_begun: bool


def find_face(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> CardFace | None:
    """None in a shop without cards."""
    card = find_standing(tx, shop_id, customer_id, at)
    found = find_open_tally(tx, shop_id, customer_id)
    if card and found:
        return _face(tx, shop_id, card, found[1].terms, has_begun=True)
    cards = list_cards(tx, shop_id)
    if not cards:
        return None
    number = find_last_number(tx, shop_id, customer_id) or 1
    _, terms = rules_for(number, cards)
    return _face(tx, shop_id, CardStanding(0, terms.needed, number, None), terms, has_begun=False)


def _face(
    tx: Tx, shop_id: ShopId, card: CardStanding, terms: CardTerms, *, has_begun: bool
) -> CardFace:
    on_the_way = [place for place in terms.rewards if card.stamps < place < terms.needed]
    place = min(on_the_way, default=None)
    gift = (place, _title(tx, shop_id, terms.rewards[place])) if place else None
    return CardFace(card, _title(tx, shop_id, terms.rewards[terms.needed]), gift, has_begun)


def _title(tx: Tx, shop_id: ShopId, offer_id: OfferId) -> str:
    offer = find_offer(tx, shop_id, offer_id)
    assert offer is not None, "a card's offers are made with it"
    return offer.terms.title
