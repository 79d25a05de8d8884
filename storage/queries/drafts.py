"""What owners are preparing in the chat: one draft each, and the idea it came from."""

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from domain.money import Jeon
from domain.people import IdeaId, StaffId
from domain.schedule import Repeat, as_plain, of_plain
from domain.segments import EVERYBODY, Segment
from domain.subsidy import FairOrder
from storage.desk import Tx
from storage.models.staff import ChatDraft
from storage.queries.segments import segment_of, segment_text
from storage.statements import Statement, upsert

NOTHING = Jeon(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """`form_key` changes with every change of what would be sent; `due_at` is None for "now".

    `own_max_jeon`: how much of the shop's own money the owner agreed to; `fair_order`: who comes
    first if the money does not reach all. With `repeat` it is sent again and again; `keeps_day`
    sends it on a day on which the shop is closed. `made_at` is set where it was read.
    """

    form_key: str
    body: str
    due_at: datetime | None = None
    idea_id: IdeaId | None = None
    own_max_jeon: Jeon = NOTHING
    fair_order: FairOrder | None = None
    segment: Segment = EVERYBODY
    repeat: Repeat | None = None
    keeps_day: bool = False
    made_at: datetime | None = None


PLAIN = ("form_key", "body", "due_at", "idea_id", "own_max_jeon", "fair_order", "keeps_day")
FIELDS = (*PLAIN, "segment", "repeat", "made_at")
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
        **{name: getattr(draft, name) for name in PLAIN},
        segment=segment_text(draft.segment),
        repeat=orjson.dumps(as_plain(draft.repeat)).decode() if draft.repeat else None,
        made_at=at,
    )


def lock_draft(tx: Tx, staff_id: StaffId) -> DraftView | None:
    """The newest words of this person, held until the end of the transaction."""
    row = tx.one(FIND_DRAFT, of_staff=staff_id)
    if row is None:
        return None
    *plain, segment, repeat, made_at = row
    return DraftView(
        **dict(zip(PLAIN, plain, strict=True)),
        segment=segment_of(segment),
        repeat=of_plain(orjson.loads(repeat)) if repeat else None,
        made_at=made_at,
    )


def delete_draft(tx: Tx, staff_id: StaffId) -> None:
    tx.run(DELETE_DRAFT, of_staff=staff_id)
