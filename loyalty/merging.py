"""One person known twice in a shop (a phone number at the counter, and a chat) becomes one.

Their tallies are put on top of each other: the finished cards of the one who goes lie below the
cards of the one who stays, and the stamps of the unfinished card go onto the card in hand. So no
stamp is lost, and every sale can still be undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, shop_book
from domain.cards import HeldCard
from domain.consent import Choice
from domain.coupons import CouponState
from domain.people import CustomerId, ShopId, TallyId
from domain.refusals import Conflict, NotFound
from domain.regulars import rhythm_of
from loyalty.consent import JUST_AFTER, choose_advertising
from loyalty.issuing import Given
from loyalty.tallies import Earning, Held, save_stamps
from storage.desk import Tx
from storage.queries.cards import (
    Tally,
    close_tally,
    find_open_tally,
    insert_held_cards,
    list_held_cards,
    save_tally,
)
from storage.queries.coupons import list_on_tally
from storage.queries.journal import append_audit
from storage.queries.merged_tallies import (
    Loose,
    delete_held_cards,
    fasten_coupon,
    lift_tally,
    loosen_coupons,
)
from storage.queries.merging import (
    Identity,
    Standing,
    delete_customer,
    delete_member,
    fill_phone,
    hand_over,
    list_standings,
    lock_both,
    move_choices,
    save_standing,
)
from storage.queries.messages import find_left_since
from storage.queries.visits import list_visit_times, save_rhythm

PRESSED = "두 손님을 합침"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Who is left, who went, and what the stamps of both together have earned."""

    kept_id: CustomerId
    gone_id: CustomerId
    earned: tuple[Given, ...] = ()


def merge_customers(
    tx: Tx, shop_id: ShopId, keep_id: CustomerId, other_id: CustomerId, *, actor: str, at: datetime
) -> Merged:
    """Makes one of a regular's chat, which is kept, and a phone number that the shop wrote down.

    Only the shop's own rows move. Raises NotFound(`customer`) and Conflict: `two_chats`,
    `two_numbers`, `elsewhere` for a number that is another shop's regular, too.
    """
    kept, gone = _choose(lock_both(tx, shop_id, keep_id, other_id), keep_id, other_id)
    person = shop_id, kept
    ours, theirs = _standings(tx, shop_id, kept, gone)
    earned = _join_tallies(tx, person, gone, at)
    _join_members(tx, ours, theirs, at)
    hand_over(tx, gone, kept)
    fill_phone(tx, kept, gone)
    delete_customer(tx, gone)
    save_rhythm(tx, *person, rhythm_of(list_visit_times(tx, *person)))
    line = Act(
        actor=actor,
        act="merge_customers",
        subject=f"customer:{kept}",
        details=f"customer:{gone}",
        at=at,
    )
    append_audit(tx, shop_book(shop_id), line)
    return Merged(kept_id=kept, gone_id=gone, earned=tuple(earned))


def _choose(
    found: Mapping[CustomerId, Identity], keep_id: CustomerId, other_id: CustomerId
) -> tuple[CustomerId, CustomerId]:
    """The chat, and the number that goes, whichever was named first."""
    one, other = found.get(keep_id), found.get(other_id)
    if one is None or other is None or one is other:
        raise NotFound("customer")
    if one.is_paper and other.is_paper:
        raise Conflict("two_numbers")
    if not one.is_paper and not other.is_paper:
        raise Conflict("two_chats")
    return (other_id, keep_id) if one.is_paper else (keep_id, other_id)


def _standings(
    tx: Tx, shop_id: ShopId, kept: CustomerId, gone: CustomerId
) -> tuple[Standing, Standing]:
    """How both stand with this shop. What other shops know is not this owner's to move."""
    listed = list_standings(tx, kept, gone)
    if any(one.customer_id == gone and one.shop_id != shop_id for one in listed):
        raise Conflict("elsewhere")
    here = {one.customer_id: one for one in listed if one.shop_id == shop_id}
    return here[kept], here[gone]


def _join_members(tx: Tx, ours: Standing, theirs: Standing, at: datetime) -> None:
    """Consent is the chat's own alone, and a refusal of either wins."""
    shop_id, kept = ours.shop_id, ours.customer_id
    delete_member(tx, shop_id, theirs.customer_id)
    left_at = find_left_since(tx, shop_id, kept, at)
    counts_from = at if left_at is None else left_at + JUST_AFTER
    move_choices(tx, shop_id, theirs.customer_id, kept, counts_from)
    save_standing(
        tx,
        ours._replace(
            joined_at=min(ours.joined_at, theirs.joined_at),
            name=ours.name or theirs.name,
            is_told=ours.is_told and theirs.is_told,
            has_news=ours.has_news or theirs.has_news,
        ),
    )
    if Choice.GRANTED in (ours.said, theirs.said) and not _still_agrees(ours, theirs):
        choose_advertising(
            tx, shop_id, kept, Choice.WITHDRAWN, pressed=PRESSED, at=at, is_told=False
        )


def _still_agrees(ours: Standing, theirs: Standing) -> bool:
    if ours.advertising_since is None:
        return False
    is_refused = theirs.said in (Choice.WITHDRAWN, Choice.DECLINED)
    return not (is_refused and theirs.said_at and theirs.said_at >= ours.advertising_since)


def _join_tallies(
    tx: Tx, person: tuple[ShopId, CustomerId], gone_id: CustomerId, at: datetime
) -> Sequence[Given]:
    """Only two cards that still work are put together; what has lapsed is closed."""
    ours = find_open_tally(tx, *person)
    theirs = find_open_tally(tx, person[0], gone_id)
    if ours is None or theirs is None:
        return ()
    for tally, _ in (theirs, ours):
        if tally.lapses_at is not None and at >= tally.lapses_at:
            close_tally(tx, tally.tally_id, tally.lapses_at)
            return ()
    return _stack(tx, person, Held(*ours), Held(*theirs), at)


def _stack(
    tx: Tx, person: tuple[ShopId, CustomerId], upper: Held, lower: Held, at: datetime
) -> Sequence[Given]:
    """Puts the kept person's tally on top of the other's finished cards, then adds the stamps
    of the unfinished one. The lower tally's row stays: places below keep their numbers.
    """
    below, above = lower.tally, upper.tally
    is_done = below.stamps == lower.card.ends_at
    floor = lower.card.ends_at if is_done else lower.card.starts_after
    rest = below.stamps - floor
    loose = loosen_coupons(tx, below.tally_id, floor)
    finished = [one for one in list_held_cards(tx, below.tally_id) if one.ends_at <= floor]
    hand = list_held_cards(tx, above.tally_id)
    place = next(n for n, one in enumerate(hand) if one.number == above.card_number)
    is_full = above.stamps == upper.card.ends_at
    if is_full and not is_done:
        hand = [*hand[: place + 1], lower.card]
    cards = stacked(finished, hand)
    card = cards[len(finished) + place]
    delete_held_cards(tx, below.tally_id)
    lift_tally(tx, above.tally_id, below.tally_id, floor)
    insert_held_cards(tx, below.tally_id, cards)
    tally = _put_together(above, below, card, (floor, rest))
    save_tally(tx, tally)
    follows = len(finished) + place + is_full
    if follows < len(cards):
        _fasten(tx, tally.tally_id, cards[follows], loose, floor)
    if not rest:
        return ()
    earning = Earning(
        stamps=rest,
        happened_at=tally.last_at,
        at=at,
        reason=f"merge:{below.tally_id}",
        is_given=True,
    )
    return save_stamps(tx, person, Held(tally, card), earning).earned


def stacked(finished: Sequence[HeldCard], hand: Sequence[HeldCard]) -> list[HeldCard]:
    """Cards one after the other; no card in the hand gets a lower number than it had."""
    first = max(hand[0].number, finished[-1].number + 1 if finished else 0) - len(finished)
    cards: list[HeldCard] = []
    for number, card in enumerate([*finished, *hand], first):
        starts_after = cards[-1].ends_at if cards else 0
        cards.append(HeldCard(number, card.rules_id, card.terms, starts_after))
    return cards


def _put_together(
    above: Tally, below: Tally, card: HeldCard, floor_and_rest: tuple[int, int]
) -> Tally:
    """The tally before the stamps of the unfinished card; it lapses no sooner than either."""
    floor, rest = floor_and_rest
    stamps, last_at = floor + above.stamps, max(above.last_at, below.last_at)
    lapses_at = card.terms.lapses_at(above.first_at, last_at)
    if stamps == card.ends_at:
        lapses_at = None
    elif lapses_at:
        known = [one.lapses_at for one in (above, below) if one.lapses_at]
        lapses_at = max(lapses_at, *known)
    return below._replace(
        stamps=stamps,
        given=above.given + below.given - rest,
        card_number=card.number,
        first_at=above.first_at,
        last_at=last_at,
        lapses_at=lapses_at,
    )


def _fasten(tx: Tx, tally_id: TallyId, card: HeldCard, loose: Sequence[Loose], floor: int) -> None:
    """Gifts on the way of the unfinished card take the same places on the card in hand, where
    they are free: what has been given there is not given again.
    """
    for coupon in loose:
        place = coupon.threshold - floor
        spot = card.starts_after + place
        if coupon.state is CouponState.CANCELED or place > card.terms.needed:
            continue
        if not list_on_tally(tx, tally_id, spot - 1, spot):
            fasten_coupon(tx, coupon.coupon_id, tally_id, spot)
