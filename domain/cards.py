"""Stamp cards: what a card gives and when it lapses (C1, C5, C10).

A person's stamps in one shop are one growing number, the tally. Cards lie on it one after
the other, each from `starts_after` to `ends_at`, and each keeps the terms it was begun under:
a change of rules takes nothing away. A reward is earned when the tally reaches its place, and
lost when a canceled sale takes the tally below it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.people import OfferId, RulesId
from domain.refusals import Invalid
from domain.time import in_kst, kst_instant

NEEDED_DEFAULT = 10
NEEDED_MAX = 50
EXPIRY_DAYS_MAX = 730
CARDS_MAX = 5
"""Kinds of card that follow each other in one shop."""


class ExpiryFrom(StrEnum):
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTerms:
    """The rules of one card; `rewards` says which coupon waits at which stamp."""

    needed: int = NEEDED_DEFAULT
    rewards: Mapping[int, OfferId] = field(default_factory=dict)
    starter: int = 0
    expiry_days: int | None = None
    expiry_from: ExpiryFrom = ExpiryFrom.LAST

    def lapses_at(self, first_at: datetime, last_at: datetime) -> datetime | None:
        """The midnight (KST) after the last day on which the card still works."""
        if self.expiry_days is None:
            return None
        begin = first_at if self.expiry_from is ExpiryFrom.FIRST else last_at
        return kst_instant(in_kst(begin).date() + timedelta(days=self.expiry_days + 1), time())


def check_terms(terms: CardTerms) -> None:
    """Raises Invalid with a sentence beside each field that cannot be."""
    wrong: dict[str, str] = {}
    if not 1 <= terms.needed <= NEEDED_MAX:
        wrong["needed"] = f"도장은 1개에서 {NEEDED_MAX}개 사이로 정해 주세요."
    elif not 0 <= terms.starter < terms.needed:
        wrong["starter"] = "미리 찍어 드리는 도장은 채울 도장보다 적어야 해요."
    if terms.needed not in terms.rewards:
        wrong["reward"] = "카드를 다 채우면 드릴 것을 정해 주세요."
    elif any(not terms.starter < at <= terms.needed for at in terms.rewards):
        wrong["on_the_way"] = "중간 선물은 첫 도장과 마지막 도장 사이에 놓아 주세요."
    if terms.expiry_days is not None and not 1 <= terms.expiry_days <= EXPIRY_DAYS_MAX:
        wrong["expiry_days"] = f"유효기간은 1일에서 {EXPIRY_DAYS_MAX}일 사이로 정해 주세요."
    if wrong:
        raise Invalid(wrong)


@dataclass(frozen=True, slots=True)
class HeldCard:
    """One card of a person: the `number`-th of the tally, under the terms it was begun with."""

    number: int
    rules_id: RulesId
    terms: CardTerms
    starts_after: int

    @property
    def ends_at(self) -> int:
        return self.starts_after + self.terms.needed


@dataclass(frozen=True, slots=True)
class Reached:
    """A reward's place on the tally."""

    threshold: int
    offer_id: OfferId


NextCard = Callable[[int], tuple[RulesId, CardTerms]]
"""The shop's rules of today for a person's card with this number."""


def opened_for(card: HeldCard, stamps: int, next_card: NextCard) -> Sequence[HeldCard]:
    """The cards that must be begun so that a tally of `stamps` has a place."""
    opened: list[HeldCard] = []
    while stamps > card.ends_at:
        rules_id, terms = next_card(card.number + 1)
        card = HeldCard(card.number + 1, rules_id, terms, card.ends_at)
        opened.append(card)
    return opened


def rewards_between(cards: Iterable[HeldCard], low: int, high: int) -> list[Reached]:
    """Places above `low` and up to `high`: earned on the way up, lost on the way down."""
    places = [
        Reached(card.starts_after + at, offer_id)
        for card in cards
        for at, offer_id in card.terms.rewards.items()
    ]
    return sorted(
        (place for place in places if low < place.threshold <= high),
        key=lambda place: place.threshold,
    )


def card_at(cards: Sequence[HeldCard], stamps: int) -> HeldCard:
    """The card a tally stands on; a full card stays in the hand until the next stamp."""
    return next(card for card in cards if stamps <= card.ends_at)


def rules_for(
    number: int, rules: Collection[tuple[RulesId, CardTerms]]
) -> tuple[RulesId, CardTerms]:
    """A shop's cards come one after the other; the last one is repeated."""
    in_order = list(rules)
    return in_order[min(number, len(in_order)) - 1]
