"""What owners are preparing in the chat: one draft each, and the idea it came from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from domain.money import Jeon
from domain.people import IdeaId, StaffId
from domain.subsidy import FairOrder
from storage.desk import Tx
from storage.models.staff import ChatDraft
from storage.statements import Statement, upsert

NOTHING = Jeon(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """`form_key` changes with every change of what would be sent; `due_at` is None for "now".

    `own_max_jeon`: how much of the shop's own money the owner agreed to; `fair_order`: who comes
    first if the money does not reach all. `made_at` is set where it was read.
    """

    form_key: str
    body: str
    due_at: datetime | None = None
    idea_id: IdeaId | None = None
    own_max_jeon: Jeon = NOTHING
    fair_order: FairOrder | None = None
    made_at: datetime | None = None


FIELDS = ("form_key", "body", "due_at", "idea_id", "own_max_jeon", "fair_order", "made_at")
SAVE_DRAFT = Statement(
    lambda dialect: upsert(
        dialect,
        ChatDraft,
        ("staff_id",),
        {name: bindparam(name) for name in ("staff_id", *FIELDS)},
        lambda fresh: {name: fresh[name] for name in FIELDS},
    )
)
FIND_DRAFT = Statement(
    select(*(col(getattr(ChatDraft, name)) for name in FIELDS))
    .where(col(ChatDraft.staff_id) == bindparam("of_staff"))
    .with_for_update()
)
DELETE_DRAFT = Statement(delete(ChatDraft).where(col(ChatDraft.staff_id) == bindparam("of_staff")))


def save_draft(tx: Tx, staff_id: StaffId, draft: DraftView, at: datetime) -> None:
    tx.run(
        SAVE_DRAFT,
        staff_id=staff_id,
        form_key=draft.form_key,
        body=draft.body,
        due_at=draft.due_at,
        idea_id=draft.idea_id,
        own_max_jeon=draft.own_max_jeon,
        fair_order=draft.fair_order,
        made_at=at,
    )


def lock_draft(tx: Tx, staff_id: StaffId) -> DraftView | None:
    """The newest words of this person, held until the end of the transaction."""
    row = tx.one(FIND_DRAFT, of_staff=staff_id)
    return DraftView(**dict(zip(FIELDS, row, strict=True))) if row else None


def delete_draft(tx: Tx, staff_id: StaffId) -> None:
    tx.run(DELETE_DRAFT, of_staff=staff_id)
