"""Coming in with a Kakao account: linked by who is in already, or known from the paired chat.

Never by an e-mail address or a phone number: those prove nothing about who works where.
"""

from datetime import datetime

from domain.audit import Act, program_book, shop_book
from domain.people import StaffId
from domain.refusals import NotAllowed
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.places import get_channel
from storage.queries.staff import StaffView, get_staff
from storage.queries.staff_accounts import (
    PlaceOfAccount,
    delete_account,
    find_account,
    list_places,
    list_places_by_chat,
    save_account,
)
from subsidy.channels import Secrets


def link_account(tx: Tx, staff_id: StaffId, subject: str, at: datetime) -> bool:
    """False when it was linked already. Raises NotFound(`staff`) for who has left."""
    staff, before = get_staff(tx, staff_id), find_account(tx, staff_id)
    if before is not None and before.subject == subject:
        return False
    save_account(tx, staff_id, subject, at)
    _audit(tx, staff, "link_account", at)
    return True


def part_account(tx: Tx, staff_id: StaffId, at: datetime) -> bool:
    """No account lets them in any more. False when none did. Raises NotFound(`staff`)."""
    staff = get_staff(tx, staff_id)
    if not delete_account(tx, staff_id):
        return False
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
        secrets = Secrets.read(get_channel(tx, channel_id).secrets)
        if place.staff_id not in linked and secrets.rest_api_key == client_id:
            places.append(place)
    return places


def come_in(
    tx: Tx, subject: str, client_id: str, staff_id: StaffId | None, at: datetime
) -> tuple[StaffView, int]:
    """Who comes in, at `staff_id`'s place or the first one, and how many places there are.

    Raises NotAllowed(`login_stranger`) where the account leads nowhere, or not there.
    """
    places = places_of(tx, subject, client_id)
    open_to = [one.staff_id for one in places if staff_id in (None, one.staff_id)]
    if not open_to:
        raise NotAllowed("login_stranger")
    staff = get_staff(tx, open_to[0])
    _audit(tx, staff, "sign_in", at)
    return staff, len(places)


def _audit(tx: Tx, staff: StaffView, act: str, at: datetime) -> None:
    if staff.shop_id is not None:
        book = shop_book(staff.shop_id)
    else:
        assert staff.program_id is not None, "staff belong to a shop or a program"
        book = program_book(staff.program_id)
    subject = f"staff:{staff.staff_id}"
    line = Act(actor=f"{staff.role}:{staff.staff_id}", act=act, subject=subject, at=at)
    append_audit(tx, book, line)
