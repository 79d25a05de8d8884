"""A stamp card as its holder sees it."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.cards import CardTerms, HeldCard, rules_for
from domain.people import CustomerId, OfferId, ShopId
from loyalty.tallies import CardStanding, find_standing
from storage.desk import Tx
from storage.queries.cards import Tally, find_last_number, find_open_tally, list_cards
from storage.queries.coupons import list_on_tally
from storage.queries.offers import find_offer


@dataclass(frozen=True, slots=True)
class CardFace:
    """`reward` waits at the end, `gift` (place and title) is the next on the way there.

    Places that are `owed` give nothing when they are reached: that was used already.
    A card that has not begun is the one that the next stamp begins.
    """

    card: CardStanding
    reward: str
    gift: tuple[int, str] | None
    has_begun: bool = False
    owed: frozenset[int] = frozenset()

    @property
    def is_reward_owed(self) -> bool:
        return self.card.needed in self.owed

    @property
    def is_gift_owed(self) -> bool:
        return self.gift is not None and self.gift[0] in self.owed


def find_face(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> CardFace | None:
    """None in a shop without cards."""
    card = find_standing(tx, shop_id, customer_id, at)
    found = find_open_tally(tx, shop_id, customer_id)
    if card and found:
        face = _face(tx, shop_id, card, found[1].terms)
        return replace(face, has_begun=True, owed=_owed(tx, *found))
    cards = list_cards(tx, shop_id)
    if not cards:
        return None
    number = find_last_number(tx, shop_id, customer_id) or 1
    _, terms = rules_for(number, cards)
    return _face(tx, shop_id, CardStanding(0, terms.needed, number, None), terms)


def _face(tx: Tx, shop_id: ShopId, card: CardStanding, terms: CardTerms) -> CardFace:
    on_the_way = [place for place in terms.rewards if card.stamps < place < terms.needed]
    place = min(on_the_way, default=None)
    gift = (place, _title(tx, shop_id, terms.rewards[place])) if place else None
    return CardFace(card, _title(tx, shop_id, terms.rewards[terms.needed]), gift)


def _owed(tx: Tx, tally: Tally, card: HeldCard) -> frozenset[int]:
    """The places ahead on this card whose coupons were used before the sale was canceled."""
    ahead = list_on_tally(tx, tally.tally_id, tally.stamps, card.ends_at)
    return frozenset(
        one.threshold - card.starts_after for one in ahead if one.owed_at and one.threshold
    )


def _title(tx: Tx, shop_id: ShopId, offer_id: OfferId) -> str:
    offer = find_offer(tx, shop_id, offer_id)
    assert offer is not None, "a card's offers are made with it"
    return offer.terms.title
