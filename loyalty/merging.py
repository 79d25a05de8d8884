"""One person known twice in a channel (a phone number at the counter, and a chat) becomes one.

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
from domain.people import CustomerId, Friend, ShopId, TallyId
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
from storage.queries.coupons import list_on_tally, save_coupon
from storage.queries.journal import append_audit
from storage.queries.merging import (
    Identity,
    Standing,
    delete_customer,
    delete_member,
    fill_in,
    hand_over,
    hand_over_member,
    list_standings,
    list_twins,
    lock_both,
    move_choices,
    rename_coupon,
    save_standing,
)
from storage.queries.messages import find_left_since
from storage.queries.stacking import (
    Loose,
    delete_held_cards,
    fasten_coupon,
    lift_tally,
    loosen_coupons,
)
from storage.queries.visits import list_visit_times, save_rhythm

PRESSED = "두 손님을 합침"
KEY_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Who is left, who went, and what the stamps of both together have earned."""

    kept_id: CustomerId
    gone_id: CustomerId
    earned: tuple[Given, ...] = ()


def merge_customers(
    tx: Tx, shop_id: ShopId, keep_id: CustomerId, other_id: CustomerId, *, actor: str, at: datetime
) -> Merged:
    """Makes one of two regulars of this shop, in every shop of the channel; a chat is kept.

    A refusal of either wins. Raises NotFound(`customer`) and Conflict(`two_chats`) for two
    chats that did not leave the same number.
    """
    kept, gone = _choose(lock_both(tx, shop_id, keep_id, other_id), keep_id, other_id)
    is_blocked = Friend.BLOCKED in (kept.friend, gone.friend)
    listed = list_standings(tx, kept.customer_id, gone.customer_id)
    standings = {(one.shop_id, one.customer_id): one for one in listed}
    shops = sorted({one.shop_id for one in listed})
    earned: list[Given] = []
    for shop in shops:
        pair = standings.get((shop, kept.customer_id)), standings.get((shop, gone.customer_id))
        earned += _merge_in_shop(tx, (kept, gone), pair, at, is_blocked=is_blocked)
    _part_twins(tx, gone.customer_id, kept.customer_id)
    hand_over(tx, gone.customer_id, kept.customer_id)
    fill_in(tx, _filled(kept, gone))
    delete_customer(tx, gone.customer_id)
    for shop in shops:
        person = shop, kept.customer_id
        save_rhythm(tx, *person, rhythm_of(list_visit_times(tx, *person)))
        _audit(tx, shop, kept.customer_id, gone.customer_id, actor=actor, at=at)
    return Merged(kept_id=kept.customer_id, gone_id=gone.customer_id, earned=tuple(earned))


def _choose(
    found: Mapping[CustomerId, Identity], keep_id: CustomerId, other_id: CustomerId
) -> tuple[Identity, Identity]:
    """Who stays and who goes."""
    kept, gone = found.get(keep_id), found.get(other_id)
    if kept is None or gone is None or kept is gone:
        raise NotFound("customer")
    if kept.is_paper and not gone.is_paper:
        return gone, kept
    are_one = kept.phone_hash is not None and kept.phone_hash == gone.phone_hash
    if not gone.is_paper and not are_one:
        raise Conflict("two_chats")
    return kept, gone


def _filled(kept: Identity, gone: Identity) -> Identity:
    has_phone, has_birthday = kept.phone_hash is not None, kept.birthday_hash is not None
    return kept._replace(
        name=kept.name or gone.name,
        phone=kept.phone if has_phone else gone.phone,
        phone_hash=kept.phone_hash or gone.phone_hash,
        birthday=kept.birthday if has_birthday else gone.birthday,
        birthday_hash=kept.birthday_hash or gone.birthday_hash,
        of_age_at=kept.of_age_at or gone.of_age_at,
        created_at=min(kept.created_at, gone.created_at),
    )


def _merge_in_shop(
    tx: Tx,
    people: tuple[Identity, Identity],
    pair: tuple[Standing | None, Standing | None],
    at: datetime,
    *,
    is_blocked: bool,
) -> Sequence[Given]:
    """The membership, the choices and the cards of one shop."""
    kept_id, gone_id = (who.customer_id for who in people)
    ours, theirs = pair
    known = [one for one in pair if one is not None]
    shop_id = known[0].shop_id
    since = None if is_blocked else _agreed_since(known)
    earned: Sequence[Given] = ()
    if ours and theirs:
        earned = _join_tallies(tx, (shop_id, kept_id), gone_id, at)
        delete_member(tx, shop_id, gone_id)
    elif theirs:
        hand_over_member(tx, shop_id, gone_id, kept_id)
    if theirs:
        left_at = find_left_since(tx, shop_id, kept_id, at)
        counts_from = at if left_at is None else left_at + JUST_AFTER
        move_choices(tx, shop_id, gone_id, kept_id, counts_from)
    save_standing(tx, _joined(known, kept_id, since))
    if since is None and any(one.said is Choice.GRANTED for one in known):
        choose_advertising(
            tx, shop_id, kept_id, Choice.WITHDRAWN, pressed=PRESSED, at=at, is_told=False
        )
    return earned


def _agreed_since(known: Sequence[Standing]) -> datetime | None:
    """The first consent that no refusal of the other came after."""
    agreed = [one.advertising_since for one in known if one.advertising_since]
    refused = [
        one.said_at
        for one in known
        if one.said_at and one.said in (Choice.WITHDRAWN, Choice.DECLINED)
    ]
    if not agreed or (refused and max(refused) >= min(agreed)):
        return None
    return min(agreed)


def _joined(known: Sequence[Standing], kept_id: CustomerId, since: datetime | None) -> Standing:
    withdrawn = [one.withdrawn_at for one in known if one.withdrawn_at]
    return known[0]._replace(
        customer_id=kept_id,
        joined_at=min(one.joined_at for one in known),
        advertising_since=since,
        withdrawn_at=max(withdrawn, default=None) if since is None else None,
        is_told=all(one.is_told for one in known),
        has_news=any(one.has_news for one in known),
    )


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


def _part_twins(tx: Tx, gone_id: CustomerId, kept_id: CustomerId) -> None:
    """A gift for joining or a birthday that both were given is one person's one gift: what is
    not used of the two goes, the one that lapses first if neither is.
    """
    for one in list_twins(tx, gone_id, kept_id):
        rename_coupon(tx, one.coupon_id, f"{one.key}:{gone_id}"[-KEY_MAX:])
        both = {one.coupon_id: one.state, one.kept_id: one.kept_state}
        ready = [each for each, state in both.items() if state is CouponState.READY]
        if len(ready) == len(both):
            is_longer = one.expires_at > one.kept_expires_at
            ready = [one.kept_id if is_longer else one.coupon_id]
        for each in ready:
            save_coupon(tx, each, CouponState.CANCELED)


def _audit(
    tx: Tx,
    shop_id: ShopId,
    kept_id: CustomerId,
    gone_id: CustomerId,
    *,
    actor: str,
    at: datetime,
) -> None:
    line = Act(
        actor=actor,
        act="merge_customers",
        subject=f"customer:{kept_id}",
        details=f"customer:{gone_id}",
        at=at,
    )
    append_audit(tx, shop_book(shop_id), line)
