"""A chat that speaks for staff: paired by eight digits from the console, parted by either side."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.audit import Act, shop_book
from domain.people import ChannelId, CustomerId, StaffId
from domain.refusals import Conflict, NotFound
from domain.visits import TRIES_MAX, TRIES_WINDOW
from storage.desk import Tx
from storage.queries.codes import count_try, find_tries
from storage.queries.journal import append_audit
from storage.queries.places import get_shop
from storage.queries.staff import StaffView, get_staff
from storage.queries.staff_chats import (
    Seat,
    claim_pairing,
    delete_chat,
    find_chat,
    find_pairing,
    insert_pairing,
    list_seats,
    save_chat,
)

DIGITS = 8
GOOD_FOR = timedelta(minutes=10)
PURPOSE = "staff.pairing"


@dataclass(frozen=True, slots=True)
class PairingCode:
    """What the page shows, once."""

    digits: str
    expires_at: datetime


def make_pairing_code(tx: Tx, staff_id: StaffId, at: datetime) -> PairingCode:
    """Eight digits for this person to say in the shop's channel; the ones before are void.

    Raises NotFound(`staff`) for who has left.
    """
    staff = get_staff(tx, staff_id)
    assert staff.shop_id is not None, "a manager has no chat"
    channel_id = get_shop(tx, staff.shop_id).channel_id
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    code = PairingCode(digits, at + GOOD_FOR)
    insert_pairing(
        tx,
        _hash(tx, channel_id, digits),
        staff_id,
        channel_id,
        made_at=at,
        expires_at=code.expires_at,
    )
    _audit(tx, staff, "make_pairing_code", staff_id, at)
    return code


def pair_chat(
    tx: Tx, channel_id: ChannelId, customer_id: CustomerId, digits: str, at: datetime
) -> Seat | Conflict | NotFound:
    """Lets a chat speak for whoever made the code. It becomes no regular by that.

    Who must be told no is told by a value, not by raising: a wrong try is to be counted. Said
    again by the same person it is the same answer.
    """
    tries = f"pair:{customer_id}"
    if find_tries(tx, tries, at - TRIES_WINDOW) >= TRIES_MAX:
        return Conflict("too_many_tries")
    digits_hash = _hash(tx, channel_id, digits)
    code = find_pairing(tx, digits_hash)
    if code is None or code.channel_id != channel_id:
        count_try(tx, tries, at, at - TRIES_WINDOW)
        return NotFound("pairing")
    if code.used_at is not None and find_chat(tx, code.staff_id) == customer_id:
        return _seat(tx, customer_id, code.staff_id)
    if not claim_pairing(tx, digits_hash, at):
        count_try(tx, tries, at, at - TRIES_WINDOW)
        return Conflict("pairing_lapsed")
    save_chat(tx, code.staff_id, customer_id, at)
    _audit(tx, get_staff(tx, code.staff_id), "pair_chat", code.staff_id, at)
    return _seat(tx, customer_id, code.staff_id)


def part_chat(tx: Tx, staff_id: StaffId, *, actor: str, at: datetime) -> bool:
    """The chat speaks for this person no more. False when none did.

    Raises NotFound(`staff`) for who has left.
    """
    staff = get_staff(tx, staff_id)
    if not delete_chat(tx, staff_id):
        return False
    assert staff.shop_id is not None, "a manager has no chat"
    act = Act(actor=actor, act="part_chat", subject=f"staff:{staff_id}", at=at)
    append_audit(tx, shop_book(staff.shop_id), act)
    return True


def _seat(tx: Tx, customer_id: CustomerId, staff_id: StaffId) -> Seat:
    return next(one for one in list_seats(tx, customer_id) if one.staff_id == staff_id)


def _hash(tx: Tx, channel_id: ChannelId, digits: str) -> str:
    """Keyed: a hundred million codes are soon tried against a plain hash."""
    return tx.vault.fingerprint(f"{channel_id}:{digits}", purpose=PURPOSE)


def _audit(tx: Tx, staff: StaffView, act: str, subject: StaffId, at: datetime) -> None:
    assert staff.shop_id is not None, "a manager has no chat"
    line = Act(actor=f"{staff.role}:{staff.staff_id}", act=act, subject=f"staff:{subject}", at=at)
    append_audit(tx, shop_book(staff.shop_id), line)
