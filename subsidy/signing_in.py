"""From the chat into the console: a link that works once, within five minutes."""

import secrets
from datetime import datetime, timedelta

from domain.audit import Act, shop_book
from domain.people import StaffId
from domain.refusals import Conflict, NotFound
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.staff import StaffView, get_staff
from storage.queries.staff_chats import claim_link, find_link, insert_link
from subsidy.invitations import TOKEN_BYTES, token_hash

GOOD_FOR = timedelta(minutes=5)


def make_link(tx: Tx, staff_id: StaffId, at: datetime) -> str:
    """The token for /in/{token}, told once; the link before it is void."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    insert_link(tx, token_hash(token), staff_id, made_at=at, expires_at=at + GOOD_FOR)
    return token


def open_link(tx: Tx, token: str, at: datetime) -> StaffView:
    """Whom a link lets in, without using it.

    Raises NotFound(`entry`), Conflict(`entry_used`), Conflict(`entry_lapsed`).
    """
    found = find_link(tx, token_hash(token))
    if found is None:
        raise NotFound("entry")
    if found.used_at is not None:
        raise Conflict("entry_used")
    if at >= found.expires_at:
        raise Conflict("entry_lapsed")
    return get_staff(tx, found.staff_id)


def sign_in(tx: Tx, token: str, at: datetime) -> StaffView:
    """Uses a link up. Raises as `open_link` does."""
    staff = open_link(tx, token, at)
    if not claim_link(tx, token_hash(token), at):
        raise Conflict("entry_used")
    assert staff.shop_id is not None, "links are made for a shop's staff"
    actor = f"{staff.role}:{staff.staff_id}"
    act = Act(actor=actor, act="sign_in", subject=f"staff:{staff.staff_id}", at=at)
    append_audit(tx, shop_book(staff.shop_id), act)
    return staff
