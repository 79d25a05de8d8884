"""A stamp card as its holder sees it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.cards import CardTerms, HeldCard, rules_for
from domain.people import CustomerId, OfferId, ShopId
from loyalty.tallies import CardStanding, has_lapsed, standing_of
from storage.desk import Tx
from storage.queries.cards import Tally
from storage.queries.faces import (
    Pair,
    list_cards_of,
    list_last_numbers,
    list_open_tallies,
    list_owed,
    list_titles,
)


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


Shown = tuple[CardStanding, CardTerms]


def find_face(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> CardFace | None:
    """None in a shop without cards."""
    person = shop_id, customer_id
    return list_faces(tx, [person], at)[person]


def list_faces(tx: Tx, people: Collection[Pair], at: datetime) -> Mapping[Pair, CardFace | None]:
    """`find_face` for a set, in three statements; two more where a card has not begun."""
    tallies = list_open_tallies(tx, people)
    held = {one: found for one, found in tallies.items() if not has_lapsed(found[0], at)}
    shown: dict[Pair, Shown] = {
        one: (standing_of(tally.stamps, card, tally.lapses_at), card.terms)
        for one, (tally, card) in held.items()
    }
    shown |= _blank(tx, [one for one in people if one not in held])
    titles = _titles(tx, shown)
    owed = _owed(tx, held)
    return {
        one: _face(*shown[one], titles, owed.get(one)) if one in shown else None for one in people
    }


def _blank(tx: Tx, people: Collection[Pair]) -> Mapping[Pair, Shown]:
    """The card that the next stamp begins, for people in shops that have cards."""
    if not people:
        return {}
    cards = list_cards_of(tx, {shop_id for shop_id, _ in people})
    numbers = list_last_numbers(tx, people)
    blank: dict[Pair, Shown] = {}
    for one in people:
        if rules := cards.get(one[0]):
            number = numbers.get(one, 1)
            _, terms = rules_for(number, rules)
            blank[one] = CardStanding(0, terms.needed, number, None), terms
    return blank


def _ahead(card: CardStanding, terms: CardTerms) -> list[int]:
    """The places that are shown: the next on the way, if there is one, and the last."""
    on_the_way = [place for place in terms.rewards if card.stamps < place < terms.needed]
    return [*sorted(on_the_way)[:1], terms.needed]


def _titles(tx: Tx, shown: Mapping[Pair, Shown]) -> Mapping[OfferId, str]:
    offers = {
        (shop_id, terms.rewards[place])
        for (shop_id, _), (card, terms) in shown.items()
        for place in _ahead(card, terms)
    }
    return list_titles(tx, offers) if offers else {}


def _owed(tx: Tx, held: Mapping[Pair, tuple[Tally, HeldCard]]) -> Mapping[Pair, frozenset[int]]:
    """For cards that have begun, the places ahead whose coupons were used before the sale was
    canceled.
    """
    if not held:
        return {}
    owed = list_owed(tx, [tally.tally_id for tally, _ in held.values()])
    return {
        one: frozenset(
            place - card.starts_after
            for place in owed.get(tally.tally_id, ())
            if tally.stamps < place <= card.ends_at
        )
        for one, (tally, card) in held.items()
    }


def _face(
    card: CardStanding,
    terms: CardTerms,
    titles: Mapping[OfferId, str],
    owed: frozenset[int] | None,
) -> CardFace:
    """`owed` is None for a card that has not begun."""
    *gifts, last = _ahead(card, terms)
    return CardFace(
        card=card,
        reward=titles[terms.rewards[last]],
        gift=(gifts[0], titles[terms.rewards[gifts[0]]]) if gifts else None,
        has_begun=owed is not None,
        owed=owed or frozenset(),
    )
