"""Five digits of a shop's page that say in the chat which shop is meant, once.

A plain QR cannot carry a parameter into KakaoTalk (kakao-chatbot.md section 6, option 2). A code
gives nothing but the shop's name, so guessing one wins nothing; wrong ones are counted all the
same, together with the counter's codes.
"""

import secrets
from datetime import datetime, timedelta

from domain.people import ChannelId, CustomerId, ShopId
from domain.refusals import Conflict, NotFound
from loyalty.codes import ShownCode, has_tries_left, note_wrong_try
from storage.desk import Tx
from storage.queries.join_codes import (
    find_join_code,
    list_unused_codes,
    put_join_code,
    use_join_code_once,
)
from storage.queries.places import ShopView

JOIN_CODE_DIGITS = 5
JOIN_CODE_LIFE = timedelta(minutes=30)
STILL_GOOD = timedelta(minutes=10)
UNUSED_MAX = 100
"""Codes that one shop has waiting; in a market of 500 shops half of the places stay free."""

KEPT_FOR_LATE = timedelta(hours=1)
"""So long a code that has ended still says which shop it was of."""

PLACES_TRIED_MAX = 20


def find_shown_code(tx: Tx, shop_id: ShopId, at: datetime) -> ShownCode | None:
    """One of the waiting codes, by chance, once a shop has as many as it may.

    Link previews open pages, and anybody may open one a thousand times a second: a shop whose
    codes nobody says gets no more of them, and its page then only reads. Two people may so be
    shown the same one; whoever comes second is asked by the shop's name.
    """
    unused = list_unused_codes(tx, shop_id, at + STILL_GOOD, UNUSED_MAX)
    return ShownCode(*secrets.choice(unused)) if len(unused) >= UNUSED_MAX else None


def issue_join_code(tx: Tx, shop: ShopView, at: datetime) -> ShownCode | None:
    """For the page of a shop; None when a channel's places are taken: the name does as well."""
    if shown := find_shown_code(tx, shop.shop_id, at):
        return shown
    expires_at = at + JOIN_CODE_LIFE
    for number in range(PLACES_TRIED_MAX):
        free_since = at - KEPT_FOR_LATE if number < PLACES_TRIED_MAX // 2 else at
        digits = f"{secrets.randbelow(10**JOIN_CODE_DIGITS):0{JOIN_CODE_DIGITS}d}"
        place = shop.channel_id, digits
        if put_join_code(tx, place, shop.shop_id, at, expires_at, free_since):
            return ShownCode(digits, expires_at)
    return None


def use_join_code(
    tx: Tx, channel_id: ChannelId, customer_id: CustomerId, digits: str, at: datetime
) -> ShopId | Conflict | NotFound:
    """The shop that is meant; said again by the same person it is the same answer.

    Who must be told no is told by a value, so that a wrong try is counted. A code that was
    used by another or has ended says which shop it was of: Conflict(`code_used`, `code_lapsed`).
    """
    tries = f"code:{customer_id}"
    if not has_tries_left(tx, tries, at):
        return Conflict("too_many_tries")
    code = find_join_code(tx, channel_id, digits)
    if code is None:
        note_wrong_try(tx, tries, at)
        return NotFound("code")
    if code.used_by == customer_id:
        return code.shop_id
    if at >= code.expires_at:
        return Conflict("code_lapsed", shop_id=code.shop_id)
    if not use_join_code_once(tx, channel_id, digits, customer_id, at):
        return Conflict("code_used", shop_id=code.shop_id)
    return code.shop_id
