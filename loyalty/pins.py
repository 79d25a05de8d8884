"""A shop's PIN: the staff type it on a customer's phone, at the printed QR."""

import hmac
import re
from datetime import datetime

from domain.audit import Act, shop_book
from domain.people import ShopId
from domain.refusals import Conflict, Invalid
from loyalty.codes import has_tries_left, note_wrong_try
from storage.desk import Tx
from storage.queries.cards import find_pin_hash, save_pin_hash
from storage.queries.journal import append_audit

PIN = re.compile(r"[0-9]{4,6}")
PURPOSE = "shop.pin"
IN_A_ROW = "01234567890 9876543210"


def set_pin(tx: Tx, shop_id: ShopId, words: str, *, actor: str, at: datetime) -> None:
    """Raises Invalid(pin) for what is no PIN, or what anybody would try first."""
    pin = _digits(words)
    if not PIN.fullmatch(pin):
        raise Invalid({"pin": "숫자 4자리에서 6자리로 정해 주세요."})
    if len(set(pin)) == 1 or pin in IN_A_ROW:
        raise Invalid({"pin": "맞히기 쉬운 번호예요. 다른 숫자로 정해 주세요."})
    save_pin_hash(tx, shop_id, _hash(tx, shop_id, pin), at)
    line = Act(actor=actor, act="set_pin", subject=f"shop:{shop_id}", at=at)
    append_audit(tx, shop_book(shop_id), line)


def has_pin(tx: Tx, shop_id: ShopId) -> bool:
    return find_pin_hash(tx, shop_id) is not None


def check_pin(tx: Tx, shop_id: ShopId, words: str, at: datetime) -> Conflict | None:
    """None when it is right, else `no_pin`, `wrong_pin` or `too_many_tries`.

    A value instead of raising: a wrong try is to be counted. After too many even the right
    one has to wait.
    """
    known = find_pin_hash(tx, shop_id)
    if known is None:
        return Conflict("no_pin")
    tries = f"pin:{shop_id}"
    if not has_tries_left(tx, tries, at):
        return Conflict("too_many_tries")
    if hmac.compare_digest(known, _hash(tx, shop_id, _digits(words))):
        return None
    note_wrong_try(tx, tries, at)
    return Conflict("wrong_pin")


def _digits(words: str) -> str:
    return "".join(words.split())


def _hash(tx: Tx, shop_id: ShopId, pin: str) -> str:
    """The shop stands in the text: the same PIN of two shops is not seen to be the same."""
    return tx.vault.fingerprint(f"{shop_id}:{pin}", purpose=PURPOSE)
