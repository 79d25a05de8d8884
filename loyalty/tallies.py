"""A regular's stamps: saved on the cards in hand, taken back when a sale is canceled.

The caller holds the member's lock (`lock_member`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.cards import (
    CardTerms,
    HeldCard,
    Reached,
    card_at,
    opened_for,
    rewards_between,
    rules_for,
)
from domain.coupons import CouponState
from domain.people import CouponId, CustomerId, RulesId, ShopId, TallyId
from loyalty.issuing import Given, give_coupon
from storage.desk import Tx
from storage.queries.cards import (
    Tally,
    close_tally,
    find_last_number,
    find_open_tally,
    get_tally,
    insert_held_cards,
    insert_tally,
    list_cards,
    list_held_cards,
    save_tally,
)
from storage.queries.coupons import CouponView, list_on_tally, save_coupon, set_owed
from storage.queries.faces import Pair, list_open_tallies
from storage.queries.notices import drop_notice
from storage.queries.offers import give_place_back


@dataclass(frozen=True, slots=True)
class CardStanding:
    """`stamps` of `needed` on the card in hand."""

    stamps: int
    needed: int
    number: int
    lapses_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning:
    """Stamps to save: when they were earned, when we heard of it, and why (for coupons' keys).

    What is `given` (a paper card, a kindness) rests on no visit.
    """

    stamps: int
    happened_at: datetime
    at: datetime
    reason: str
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """What some stamps did; there is no card in a shop that has none.

    `paid` names the rewards that had been used too early and are no debt any more.
    """

    card: CardStanding | None = None
    earned: tuple[Given, ...] = ()
    paid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Coupons that went with the stamps, and those that had been used: they are owed now."""

    canceled: tuple[CouponId, ...] = ()
    owed: tuple[CouponId, ...] = ()


def standing_of(stamps: int, card: HeldCard, lapses_at: datetime | None) -> CardStanding:
    return CardStanding(stamps - card.starts_after, card.terms.needed, card.number, lapses_at)


@dataclass(frozen=True, slots=True)
class Held:
    """What a person has in hand: the open tally and the card it stands on."""

    tally: Tally
    card: HeldCard


def open_tally(tx: Tx, person: tuple[ShopId, CustomerId], at: datetime) -> Held | None:
    """The open tally, a new one after the last has lapsed; None in a shop without a card.

    `at` is when the stamps were earned: a late till still finds the card of that day.
    """
    found = find_open_tally(tx, *person)
    if found and not has_lapsed(found[0], at):
        return Held(*found)
    rules = list_cards(tx, person[0])
    if not rules:
        return None
    if found and found[0].lapses_at:
        close_tally(tx, found[0].tally_id, found[0].lapses_at)
    return _begin(tx, person, rules, at)


def save_stamps(tx: Tx, person: tuple[ShopId, CustomerId], held: Held, earning: Earning) -> Saved:
    """Adds stamps to the card in hand and those that follow, and gives what they earn."""
    tally, card = held.tally, held.card
    total = tally.stamps + earning.stamps
    opened = _opened(tx, person[0], held, total)
    last = opened[-1] if opened else card
    tally = _stamped(tally, card, last, total, earning.happened_at)
    if earning.is_given:
        tally = tally._replace(given=tally.given + earning.stamps)
    save_tally(tx, tally)
    places = rewards_between((card, *opened), total - earning.stamps, total)
    before = {place.threshold: _pay(tx, tally.tally_id, place) for place in places}
    earned = [
        _earn(tx, person, tally.tally_id, place, earning)
        for place in places
        if before[place.threshold] is None
    ]
    paid = tuple(one.terms.title for one in before.values() if one and one.owed_at)
    standing = standing_of(total, last, tally.lapses_at)
    return Saved(standing, tuple(one for one in earned if one), paid)


def take_stamps_back(tx: Tx, tally_id: TallyId, stamps: int, at: datetime) -> TakenBack:
    """Takes stamps off a tally and undoes what rested on them: an unused coupon is canceled,
    a used one is owed until the place is reached again.
    """
    tally = get_tally(tx, tally_id)
    cards = list_held_cards(tx, tally_id)
    left = tally.stamps - stamps
    card = card_at(cards, left)
    is_same = card.number == tally.card_number
    was_full = tally.stamps == card.ends_at
    lapses_at = tally.lapses_at
    if not is_same or was_full:  # a full card does not lapse; it begins to, kindly, today
        lapses_at = card.terms.lapses_at(tally.last_at, tally.last_at)
    save_tally(tx, tally._replace(stamps=left, card_number=card.number, lapses_at=lapses_at))
    return _unearn(tx, tally_id, (left, tally.stamps), at)


def _unearn(tx: Tx, tally_id: TallyId, between: tuple[int, int], at: datetime) -> TakenBack:
    """The coupons of places that are no longer reached: canceled ones, and owed ones."""
    canceled: list[CouponId] = []
    owed: list[CouponId] = []
    for coupon in list_on_tally(tx, tally_id, *between):
        if coupon.state is CouponState.USED:
            set_owed(tx, coupon.coupon_id, coupon.owed_at or at)
            owed.append(coupon.coupon_id)
            continue
        if coupon.state is CouponState.HELD:
            give_place_back(tx, coupon.offer_id)
        save_coupon(tx, coupon.coupon_id, CouponState.CANCELED)
        for news in ("earned", "lapsing"):
            drop_notice(tx, coupon.shop_id, f"{news}:{coupon.coupon_id}", at)
        canceled.append(coupon.coupon_id)
    return TakenBack(tuple(canceled), tuple(owed))


def find_standing(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime
) -> CardStanding | None:
    """The card in this person's hand; None before the first stamp and after it has lapsed."""
    found = find_open_tally(tx, shop_id, customer_id)
    if found is None or has_lapsed(found[0], at):
        return None
    tally, card = found
    return standing_of(tally.stamps, card, tally.lapses_at)


def list_standings(tx: Tx, people: Collection[Pair], at: datetime) -> Mapping[Pair, CardStanding]:
    """`find_standing` for a set, for who has a card in hand."""
    return {
        one: standing_of(tally.stamps, card, tally.lapses_at)
        for one, (tally, card) in list_open_tallies(tx, people).items()
        if not has_lapsed(tally, at)
    }


def _begin(
    tx: Tx,
    person: tuple[ShopId, CustomerId],
    rules: Sequence[tuple[RulesId, CardTerms]],
    at: datetime,
) -> Held:
    """A first tally with its starter stamps, or another try at the card that lapsed."""
    before = find_last_number(tx, *person)
    number = before or 1
    rules_id, terms = rules_for(number, rules)
    starter = terms.starter if before is None else 0
    tally = Tally(
        tally_id=TallyId(0),
        stamps=starter,
        given=starter,
        card_number=number,
        first_at=at,
        last_at=at,
        lapses_at=terms.lapses_at(at, at),
    )
    tally_id = insert_tally(tx, *person, tally)
    card = HeldCard(number, rules_id, terms, 0)
    insert_held_cards(tx, tally_id, [card])
    return Held(tally._replace(tally_id=tally_id), card)


def has_lapsed(tally: Tally, at: datetime) -> bool:
    return tally.lapses_at is not None and at >= tally.lapses_at


def _opened(tx: Tx, shop_id: ShopId, held: Held, total: int) -> Sequence[HeldCard]:
    """The cards that follow: those this person had begun before, then those of today."""
    if total <= held.card.ends_at:
        return ()
    tally_id = held.tally.tally_id
    known = {one.number: one for one in list_held_cards(tx, tally_id)}
    rules = list_cards(tx, shop_id) or [(held.card.rules_id, held.card.terms)]

    def next_card(number: int) -> tuple[RulesId, CardTerms]:
        card = known.get(number)
        return (card.rules_id, card.terms) if card else rules_for(number, rules)

    opened = opened_for(held.card, total, next_card)
    insert_held_cards(tx, tally_id, [one for one in opened if one.number not in known])
    return opened


def _stamped(
    tally: Tally, card: HeldCard, last: HeldCard, total: int, happened_at: datetime
) -> Tally:
    """The tally after its stamps: a late till never makes a card lapse sooner."""
    is_new_card = last.number != card.number
    first_at = happened_at if is_new_card else tally.first_at
    last_at = max(tally.last_at, happened_at)
    lapses_at = last.terms.lapses_at(first_at, last_at)
    if total == last.ends_at:
        lapses_at = None
    elif lapses_at and tally.lapses_at and not is_new_card:
        lapses_at = max(lapses_at, tally.lapses_at)
    return tally._replace(
        stamps=total,
        card_number=last.number,
        first_at=first_at,
        last_at=last_at,
        lapses_at=lapses_at,
    )


def _pay(tx: Tx, tally_id: TallyId, place: Reached) -> CouponView | None:
    """The coupon that this place gave before; what was used too early is paid for now."""
    there = list_on_tally(tx, tally_id, place.threshold - 1, place.threshold)
    if not there:
        return None
    set_owed(tx, there[0].coupon_id, None)
    return there[0]


def _earn(
    tx: Tx,
    person: tuple[ShopId, CustomerId],
    tally_id: TallyId,
    place: Reached,
    earning: Earning,
) -> Given | None:
    key = f"{earning.reason}:{place.threshold}"
    spot = (tally_id, place.threshold)
    return give_coupon(tx, person, place.offer_id, key, earning.at, place=spot)
