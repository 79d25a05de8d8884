"""What an owner wrote down about a regular, sealed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from domain.people import CustomerId, NoteId, ShopId
from storage.desk import Tx
from storage.models.regulars import Note
from storage.statements import Statement, inserting

NOTE = "note.body"
NOTES_MAX = 50
"""Of one regular in one shop."""


class NoteView(NamedTuple):
    """A note with its words."""

    note_id: NoteId
    words: str
    actor: str
    written_at: datetime


OF_PERSON = (
    col(Note.shop_id) == bindparam("of_shop"),
    col(Note.customer_id) == bindparam("of_customer"),
)
INSERT_NOTE = Statement(
    inserting(Note, "shop_id", "customer_id", "body", "actor", "written_at").returning(col(Note.id))
)
LIST_NOTES = Statement(
    select(col(Note.id), col(Note.body), col(Note.actor), col(Note.written_at))
    .where(*OF_PERSON)
    .order_by(col(Note.id).desc())
    .limit(NOTES_MAX)
)
DELETE_NOTE = Statement(delete(Note).where(*OF_PERSON, col(Note.id) == bindparam("of_note")))


def insert_note(
    tx: Tx, person: tuple[ShopId, CustomerId], words: str, *, actor: str, at: datetime
) -> NoteId:
    shop_id, customer_id = person
    row = tx.one(
        INSERT_NOTE,
        shop_id=shop_id,
        customer_id=customer_id,
        body=tx.vault.seal(words, purpose=NOTE),
        actor=actor,
        written_at=at,
    )
    assert row is not None, "an insert returns its row"
    return NoteId(row[0])


def list_notes(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[NoteView]:
    """The newest first."""
    return [
        NoteView(NoteId(row[0]), tx.vault.unseal(row[1], purpose=NOTE), row[2], row[3])
        for row in tx.all(LIST_NOTES, of_shop=shop_id, of_customer=customer_id)
    ]


def delete_note_once(tx: Tx, shop_id: ShopId, customer_id: CustomerId, note_id: NoteId) -> bool:
    """False when it is not there: gone already, or never this regular's."""
    return bool(tx.run(DELETE_NOTE, of_shop=shop_id, of_customer=customer_id, of_note=note_id))
