"""What owners are preparing in the chat: one draft each, and the idea it came from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import col

from domain.ideas import IdeaState
from domain.people import CampaignId, IdeaId, ShopId, StaffId
from storage.desk import Tx
from storage.models.staff import ChatDraft, Idea
from storage.statements import Statement, one_of, upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """`form_key` changes with every change of what would be sent; `due_at` is None for "now"."""

    form_key: str
    body: str
    due_at: datetime | None = None
    idea_id: IdeaId | None = None


FIELDS = ("form_key", "body", "due_at", "idea_id", "made_at")
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
    select(
        col(ChatDraft.form_key), col(ChatDraft.body), col(ChatDraft.due_at), col(ChatDraft.idea_id)
    )
    .where(col(ChatDraft.staff_id) == bindparam("of_staff"))
    .with_for_update()
)
DELETE_DRAFT = Statement(delete(ChatDraft).where(col(ChatDraft.staff_id) == bindparam("of_staff")))
TAKE_IDEA = Statement(
    update(Idea)
    .where(
        col(Idea.id) == bindparam("of_id"),
        col(Idea.shop_id) == bindparam("of_shop"),
        one_of(col(Idea.state), IdeaState.WAITING, IdeaState.SAID),
    )
    .values(state=IdeaState.TAKEN, campaign_id=bindparam("campaign"), settled_at=bindparam("at"))
)


def save_draft(tx: Tx, staff_id: StaffId, draft: DraftView, at: datetime) -> None:
    tx.run(
        SAVE_DRAFT,
        staff_id=staff_id,
        form_key=draft.form_key,
        body=draft.body,
        due_at=draft.due_at,
        idea_id=draft.idea_id,
        made_at=at,
    )


def lock_draft(tx: Tx, staff_id: StaffId) -> DraftView | None:
    """The newest words of this person, held until the end of the transaction."""
    row = tx.one(FIND_DRAFT, of_staff=staff_id)
    if row is None:
        return None
    form_key, body, due_at, idea_id = row
    return DraftView(form_key=form_key, body=body, due_at=due_at, idea_id=idea_id)


def delete_draft(tx: Tx, staff_id: StaffId) -> None:
    tx.run(DELETE_DRAFT, of_staff=staff_id)


def take_idea(
    tx: Tx, shop_id: ShopId, idea_id: IdeaId, campaign_id: CampaignId, at: datetime
) -> bool:
    """False when it had been taken, skipped or had lapsed."""
    return bool(tx.run(TAKE_IDEA, of_id=idea_id, of_shop=shop_id, campaign=campaign_id, at=at))
