"""Notes about a regular: what L58 forbids is refused before it is written down."""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.notes import check_note
from domain.people import CustomerId, NoteId, ShopId
from domain.refusals import Invalid, NotFound
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.notes import NOTES_MAX, delete_note_once, insert_note, list_notes
from storage.queries.visits import lock_member


def write_note(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, words: str, *, actor: str, at: datetime
) -> NoteId:
    """Keeps a line about a regular; the newest one again adds nothing.

    Raises Invalid(note) and NotFound(`customer`).
    """
    note = check_note(words)
    if lock_member(tx, shop_id, customer_id) is None:
        raise NotFound("customer")
    known = list_notes(tx, shop_id, customer_id)
    if known and known[0].words == note:
        return known[0].note_id
    if len(known) >= NOTES_MAX:
        raise Invalid({"note": f"메모는 한 분께 {NOTES_MAX}개까지예요. 오래된 것을 지워 주세요."})
    note_id = insert_note(tx, (shop_id, customer_id), note, actor=actor, at=at)
    _audit(tx, shop_id, "write_note", customer_id, note_id, actor=actor, at=at)
    return note_id


def delete_note(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, note_id: NoteId, *, actor: str, at: datetime
) -> bool:
    """False when it was gone already."""
    if not delete_note_once(tx, shop_id, customer_id, note_id):
        return False
    _audit(tx, shop_id, "delete_note", customer_id, note_id, actor=actor, at=at)
    return True


def _audit(
    tx: Tx,
    shop_id: ShopId,
    act: str,
    customer_id: CustomerId,
    note_id: NoteId,
    *,
    actor: str,
    at: datetime,
) -> None:
    line = Act(
        actor=actor,
        act=act,
        subject=f"customer:{customer_id}",
        details=f"note:{note_id}",
        at=at,
    )
    append_audit(tx, shop_book(shop_id), line)
