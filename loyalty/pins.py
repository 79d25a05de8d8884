"""A shop's PIN: the staff type it on a customer's phone, at the printed QR."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.audit import Act, shop_book
from domain.people import ShopId
from domain.refusals import Conflict, Invalid
from domain.visits import TRIES_WINDOW
from loyalty.codes import has_tries_left, note_wrong_try
from storage.desk import Tx
from storage.queries.cards import find_pin_hash, save_pin_hash
from storage.queries.codes import find_tries_since
from storage.queries.journal import append_audit

PIN = re.compile(r"[0-9]{6}")
PURPOSE = "shop.pin"
IN_A_ROW = "01234567890 9876543210"
DAY = timedelta(days=1)
TRIES_PER_DAY_MAX = 30
"""Anybody on the street may try: a million PINs, and so few tries a day."""


@dataclass(frozen=True, slots=True)
class PinLock:
    """When the paper QR was last closed by wrong PINs, and until when."""

    at: datetime
    until: datetime


def set_pin(tx: Tx, shop_id: ShopId, words: str, *, actor: str, at: datetime) -> None:
    """Raises Invalid(pin) for what is no PIN, or what anybody would try first."""
    pin = _digits(words)
    if not PIN.fullmatch(pin):
        raise Invalid({"pin": "숫자 6자리로 정해 주세요."})
    if len(set(pin)) == 1 or pin in IN_A_ROW:
        raise Invalid({"pin": "맞히기 쉬운 번호예요. 다른 숫자로 정해 주세요."})
    save_pin_hash(tx, shop_id, _hash(tx, shop_id, pin), at)
    line = Act(actor=actor, act="set_pin", subject=f"shop:{shop_id}", at=at)
    append_audit(tx, shop_book(shop_id), line)


def has_pin(tx: Tx, shop_id: ShopId) -> bool:
    return find_pin_hash(tx, shop_id) is not None


def check_pin(tx: Tx, shop_id: ShopId, words: str, at: datetime) -> Conflict | None:
    """None when it is right, else `no_pin`, `wrong_pin`, `too_many_tries`, `too_many_today`.

    A value instead of raising: a wrong try is to be counted. After too many even the right
    one has to wait.
    """
    known = find_pin_hash(tx, shop_id)
    if known is None:
        return Conflict("no_pin")
    if refusal := _closed(tx, shop_id, at):
        return refusal
    if hmac.compare_digest(known, _hash(tx, shop_id, _digits(words))):
        return None
    note_wrong_try(tx, f"pin:{shop_id}", at)
    note_wrong_try(tx, f"pin_day:{shop_id}", at, window=DAY)
    if _closed(tx, shop_id, at):
        note_wrong_try(tx, f"pin_lock:{shop_id}", at, window=timedelta())
    return Conflict("wrong_pin")


def find_pin_lock(tx: Tx, shop_id: ShopId, at: datetime) -> PinLock | None:
    """None when nothing closed it within a day."""
    closed_at = find_tries_since(tx, f"pin_lock:{shop_id}", at - DAY)
    if closed_at is None:
        return None
    day_began_at = find_tries_since(tx, f"pin_day:{shop_id}", at - DAY)
    if day_began_at and not _has_day_left(tx, shop_id, at):
        return PinLock(closed_at, day_began_at + DAY)
    began_at = find_tries_since(tx, f"pin:{shop_id}", closed_at - TRIES_WINDOW)
    return PinLock(closed_at, (began_at or closed_at) + TRIES_WINDOW)


def _closed(tx: Tx, shop_id: ShopId, at: datetime) -> Conflict | None:
    if not _has_day_left(tx, shop_id, at):
        return Conflict("too_many_today")
    return None if has_tries_left(tx, f"pin:{shop_id}", at) else Conflict("too_many_tries")


def _has_day_left(tx: Tx, shop_id: ShopId, at: datetime) -> bool:
    return has_tries_left(tx, f"pin_day:{shop_id}", at, most=TRIES_PER_DAY_MAX, window=DAY)


def _digits(words: str) -> str:
    return "".join(words.split())


def _hash(tx: Tx, shop_id: ShopId, pin: str) -> str:
    """The shop stands in the text: the same PIN of two shops is not seen to be the same."""
    return tx.vault.fingerprint(f"{shop_id}:{pin}", purpose=PURPOSE)
