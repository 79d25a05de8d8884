"""Coming in with a Kakao account: linked by who is in already, or known from the paired chat.

Never by an e-mail address or a phone number: those prove nothing about who works where.
"""

from datetime import datetime
from typing import NamedTuple

from domain.audit import Act, program_book, shop_book
from domain.people import ChannelId, StaffId
from domain.refusals import NotAllowed
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.places import get_channel
from storage.queries.staff import StaffView, delete_sessions_of, get_staff
from storage.queries.staff_accounts import (
    Account,
    PlaceOfAccount,
    delete_account,
    find_account,
    find_channel_by_chat,
    list_places,
    list_places_by_chat,
    save_account,
)
from subsidy.channels import Secrets


class WaysIn(NamedTuple):
    """What 카카오로 들어오기 knows somebody by: the linked account, the paired chat's own account."""

    account: Account | None
    by_chat: bool


def link_account(tx: Tx, staff_id: StaffId, subject: str, at: datetime, *, here: str = "") -> bool:
    """In the place of another account it ends their sessions, all but `here` (a token's hash):
    who came in with that account is out. False when it was linked already.

    Raises NotFound(`staff`) for who has left.
    """
    staff, before = get_staff(tx, staff_id), find_account(tx, staff_id)
    if before is not None and before.subject == subject:
        return False
    save_account(tx, staff_id, subject, at)
    if before is not None:
        delete_sessions_of(tx, staff_id, but=here)
    _audit(tx, staff, "link_account", at)
    return True


def part_account(tx: Tx, staff_id: StaffId, at: datetime, *, here: str = "") -> bool:
    """No account is linked any more, and their sessions end, all but `here` (a token's hash). A
    paired chat's account still lets them in (`ways_in`). False when none was linked.

    Raises NotFound(`staff`) for who has left.
    """
    staff = get_staff(tx, staff_id)
    if not delete_account(tx, staff_id):
        return False
    delete_sessions_of(tx, staff_id, but=here)
    _audit(tx, staff, "part_account", at)
    return True


def places_of(tx: Tx, subject: str, client_id: str) -> list[PlaceOfAccount]:
    """Where an account of the app `client_id` (its REST API key) may come in.

    A paired chat counts only where the channel's bot uses the same app: another app numbers
    people anew, and its 3012345678 is somebody else (kakao-chatbot.md 5.4).
    """
    places = list_places(tx, subject)
    linked = {one.staff_id for one in places}
    for place, channel_id in list_places_by_chat(tx, subject):
        if place.staff_id not in linked and _is_same_app(tx, channel_id, client_id):
            places.append(place)
    return places


def ways_in(tx: Tx, staff_id: StaffId, client_id: str) -> WaysIn:
    """By which accounts of the app `client_id` somebody may come in."""
    channel_id = find_channel_by_chat(tx, staff_id)
    by_chat = channel_id is not None and _is_same_app(tx, channel_id, client_id)
    return WaysIn(find_account(tx, staff_id), by_chat)


def come_in(
    tx: Tx, subject: str, client_id: str, staff_id: StaffId | None, at: datetime
) -> tuple[StaffView, int]:
    """Who comes in, at `staff_id`'s place or the first one, and how many places there are.

    It is told to the audit log of the place they go to: where there are several and none is
    named, they have not come in yet.

    Raises NotAllowed(`login_stranger`) where the account leads nowhere, or not there.
    """
    places = places_of(tx, subject, client_id)
    open_to = [one.staff_id for one in places if staff_id in (None, one.staff_id)]
    if not open_to:
        raise NotAllowed("login_stranger")
    staff = get_staff(tx, open_to[0])
    if staff_id is not None or len(places) == 1:
        _audit(tx, staff, "sign_in", at)
    return staff, len(places)


def _is_same_app(tx: Tx, channel_id: ChannelId, client_id: str) -> bool:
    return Secrets.read(get_channel(tx, channel_id).secrets).rest_api_key == client_id


def _audit(tx: Tx, staff: StaffView, act: str, at: datetime) -> None:
    if staff.shop_id is not None:
        book = shop_book(staff.shop_id)
    else:
        assert staff.program_id is not None, "staff belong to a shop or a program"
        book = program_book(staff.program_id)
    subject = f"staff:{staff.staff_id}"
    line = Act(actor=f"{staff.role}:{staff.staff_id}", act=act, subject=subject, at=at)
    append_audit(tx, book, line)
