"""Short codes that pass between a customer's phone and the counter; each works once (I11)."""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from domain.people import ChannelId, CouponId, CustomerId, ShopId
from domain.refusals import Conflict, NotFound, Refusal
from domain.visits import (
    AHEAD_MAX,
    CODE_LIFE,
    COUNTER_CODE_DIGITS,
    CUSTOMER_CODE_DIGITS,
    TRIES_MAX,
    TRIES_WINDOW,
    WRONG_CODES_MAX,
    VisitWay,
)
from storage.desk import Tx
from storage.queries.codes import (
    Code,
    count_try,
    find_code,
    find_issued,
    find_live_code,
    find_tries,
    list_live_codes,
    put_code,
    put_visit_codes,
    use_code_once,
)

Answer = TypeVar("Answer")

STILL_GOOD = timedelta(seconds=60)
"""A code with less than this left is not shown again."""

KEPT_FOR_LATE = timedelta(hours=24)
"""A place is left alone this long, so that a till without a network may still name its code."""

PLACES_TRIED_MAX = 40
WRONG_CODES = frozenset({"code", "code_lapsed"})
"""What somebody meets who guesses; both are said before anything has been written."""


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What a phone or a page shows."""

    digits: str
    expires_at: datetime


def issue_customer_code(
    tx: Tx,
    channel_id: ChannelId,
    customer_id: CustomerId,
    at: datetime,
    *,
    coupon: tuple[ShopId, CouponId] | None = None,
) -> ShownCode:
    """Four digits for the shop's staff to type: for a visit, or for one coupon of one shop.

    Asked again it is the same code while it is good: a repeated turn changes nothing.
    """
    if coupon is None:
        return _of_one(issue_visit_codes(tx, [(channel_id, customer_id)], at))
    shop_id, coupon_id = coupon
    live = find_live_code(tx, customer_id, coupon_id, at + STILL_GOOD)
    if live:
        return ShownCode(*live)
    code = _new(VisitWay.CODE, at)._replace(
        customer_id=customer_id, shop_id=shop_id, coupon_id=coupon_id
    )
    return _put(tx, channel_id, CUSTOMER_CODE_DIGITS, code)


def issue_visit_codes(
    tx: Tx, people: Collection[tuple[ChannelId, CustomerId]], at: datetime
) -> Mapping[tuple[ChannelId, CustomerId], ShownCode]:
    """`issue_customer_code` for the visits of many people; who finds no free place has none."""
    live = list_live_codes(tx, {customer_id for _, customer_id in people}, at + STILL_GOOD)
    shown = {one: ShownCode(*live[one[1]]) for one in people if one[1] in live}
    for number in range(PLACES_TRIED_MAX):
        waiting = [one for one in people if one not in shown]
        if not waiting:
            break
        places = {(channel_id, _digits(CUSTOMER_CODE_DIGITS)): who for channel_id, who in waiting}
        codes = {place: (uuid4().hex, who) for place, who in places.items()}
        ends = at + CODE_LIFE
        for place in put_visit_codes(tx, codes, at, ends, _free_since(at, number)):
            shown[place[0], places[place]] = ShownCode(place[1], ends)
    return shown


def _of_one(shown: Mapping[tuple[ChannelId, CustomerId], ShownCode]) -> ShownCode:
    for code in shown.values():
        return code
    raise Conflict("codes_busy")


def issue_counter_code(
    tx: Tx,
    channel_id: ChannelId,
    shop_id: ShopId,
    way: VisitWay,
    at: datetime,
    *,
    issue: str | None = None,
) -> ShownCode:
    """Six digits for a customer to say in the chat: whoever says them first has been here.

    The same `issue` again is the same code: a button pressed twice gives one visit.
    """
    if issue and (known := find_issued(tx, shop_id, issue)):
        return ShownCode(*known)
    code = _new(way, at)._replace(shop_id=shop_id)
    if issue:
        code = code._replace(issue=issue)
    return _put(tx, channel_id, COUNTER_CODE_DIGITS, code)


def read_code(tx: Tx, shop_id: ShopId, digits: str, happened_at: datetime, at: datetime) -> Code:
    """A customer's code as it was when it was typed.

    Only a till that sends its list later is allowed the difference of two clocks. Raises
    NotFound(`code`), Conflict(`code_lapsed`), Conflict(`code_used`) and, where too many were
    wrong, Conflict(`too_many_codes`).
    """
    if not has_tries_left(tx, _at_counter(shop_id), at, most=WRONG_CODES_MAX):
        raise Conflict("too_many_codes", retry_after=TRIES_WINDOW)
    code = find_code(tx, shop_id, digits)
    if code is None or code.customer_id is None or happened_at < code.issued_at - AHEAD_MAX:
        raise NotFound("code")
    if code.shop_id not in (None, shop_id):
        raise NotFound("code")
    slack = AHEAD_MAX if at - happened_at > AHEAD_MAX else timedelta()
    check_code(code, min(happened_at, at) - slack)
    return code


def count_wrong_code(
    tx: Tx, shop_id: ShopId, at: datetime, work: Callable[[Tx], Answer]
) -> Answer | Refusal:
    """What `work` answers, where it reads a customer's code.

    A wrong code is counted and given back as a value: raised, it would take its count along.
    """
    try:
        return work(tx)
    except Refusal as refusal:
        if refusal.reason not in WRONG_CODES:
            raise
        note_wrong_try(tx, _at_counter(shop_id), at)
        return refusal


def take_visit_code(
    tx: Tx, shop_id: ShopId, digits: str, happened_at: datetime, at: datetime
) -> Code:
    """The customer's code, used up. Raises as `read_code`, and Conflict(`code_of_coupon`)."""
    code = read_code(tx, shop_id, digits, happened_at, at)
    if code.coupon_id is not None:
        raise Conflict("code_of_coupon")
    use_code(tx, code, at)
    return code


def check_code(code: Code, at: datetime) -> None:
    """Raises Conflict(`code_used`), Conflict(`code_lapsed`)."""
    if code.used_at is not None:
        raise Conflict("code_used")
    if at >= code.expires_at:
        raise Conflict("code_lapsed")


def use_code(tx: Tx, code: Code, at: datetime) -> None:
    """Raises Conflict(`code_used`) for all but the first."""
    if not use_code_once(tx, code.issue, at):
        raise Conflict("code_used")


def has_tries_left(
    tx: Tx, key: str, at: datetime, *, most: int = TRIES_MAX, window: timedelta = TRIES_WINDOW
) -> bool:
    return find_tries(tx, key, at - window) < most


def note_wrong_try(tx: Tx, key: str, at: datetime, *, window: timedelta = TRIES_WINDOW) -> None:
    """To be committed: a refusal that is raised would roll it back."""
    count_try(tx, key, at, at - window)


def _at_counter(shop_id: ShopId) -> str:
    return f"counter:{shop_id}"


def _new(way: VisitWay, at: datetime) -> Code:
    return Code(
        issue=uuid4().hex,
        way=way,
        shop_id=None,
        customer_id=None,
        coupon_id=None,
        issued_at=at,
        expires_at=at + CODE_LIFE,
        used_at=None,
    )


def _put(tx: Tx, channel_id: ChannelId, digits_count: int, code: Code) -> ShownCode:
    """At random places until one is free; a crowded channel takes what has just ended."""
    at = code.issued_at
    for number in range(PLACES_TRIED_MAX):
        digits = _digits(digits_count)
        if put_code(tx, channel_id, digits, code, _free_since(at, number)):
            return ShownCode(digits, code.expires_at)
    raise Conflict("codes_busy")


def _digits(count: int) -> str:
    return f"{secrets.randbelow(10**count):0{count}d}"


def _free_since(at: datetime, tries: int) -> datetime:
    return at - KEPT_FOR_LATE if tries < PLACES_TRIED_MAX // 2 else at
