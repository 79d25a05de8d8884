"""Owners, clerks and managers: their invitations, their sessions, their chats."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from domain.ideas import LIVE, IdeaState
from domain.people import Role
from domain.subsidy import FairOrder
from storage.columns import BigId, choice, jeon, maybe_ref, primary, ref

OPEN = " OR ".join(f"state = '{state}'" for state in LIVE)
"""Ideas that are neither settled nor lapsed; the others stay as the memory of what was said."""


class Staff(SQLModel, table=True):
    """A manager or auditor belongs to a program, a market manager to one market of it as well, an
    owner or clerk to a shop, until they leave.
    """

    id: int = primary()
    role: Role = Field(sa_type=choice(Role))
    program_id: int | None = maybe_ref("program.id", index=True)
    market_id: int | None = maybe_ref("market.id", index=True)
    shop_id: int | None = maybe_ref("shop.id", index=True)
    name: str = Field(max_length=40)
    created_at: datetime
    left_at: datetime | None = None


class Invitation(SQLModel, table=True):
    """A single-use way in; only the token's hash is kept."""

    id: int = primary()
    token_hash: str = Field(max_length=64, unique=True)
    role: Role = Field(sa_type=choice(Role))
    program_id: int | None = maybe_ref("program.id", index=True)
    market_id: int | None = maybe_ref("market.id", index=True)
    shop_id: int | None = maybe_ref("shop.id", index=True)
    name: str = Field(max_length=40)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class WebSession(SQLModel, table=True):
    """A browser that came in; only the hash of its cookie is kept."""

    __tablename__ = "web_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = ref("staff.id", ondelete="CASCADE", index=True)
    content: str = Field(max_length=4000)
    expires_at: datetime


class SignInLink(SQLModel, table=True):
    """A single-use way from the chat into the console; only the token's hash is kept."""

    __tablename__ = "sign_in_link"

    token_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = ref("staff.id", ondelete="CASCADE", index=True)
    made_at: datetime
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None


class PairingCode(SQLModel, table=True):
    """Eight digits from the console that a member of staff says in the chat, once."""

    __tablename__ = "pairing_code"

    digits_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = ref("staff.id", ondelete="CASCADE", index=True)
    channel_id: int = ref("channel.id")
    made_at: datetime
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None


class StaffChat(SQLModel, table=True):
    """A chat that speaks for a member of staff: one chat each, one chat may serve several shops."""

    __tablename__ = "staff_chat"

    staff_id: int = Field(
        sa_type=BigId, primary_key=True, foreign_key="staff.id", ondelete="CASCADE"
    )
    customer_id: int = ref("customer.id", ondelete="CASCADE", index=True)
    paired_at: datetime


class StaffAccount(SQLModel, table=True):
    """A Kakao account that lets a member of staff in: one each, one may serve several places.

    `subject` is the person's number at the app that people sign in to (kakao-chatbot.md 5.4).
    """

    __tablename__ = "staff_account"

    staff_id: int = Field(
        sa_type=BigId, primary_key=True, foreign_key="staff.id", ondelete="CASCADE"
    )
    subject: str = Field(max_length=20, index=True)
    linked_at: datetime


class ChatDraft(SQLModel, table=True):
    """A message an owner is preparing in the chat; `form_key` books it once.

    `segment` is JSON, empty for everybody; `repeat` is JSON, None for what is sent once.
    """

    __tablename__ = "chat_draft"

    staff_id: int = Field(
        sa_type=BigId, primary_key=True, foreign_key="staff.id", ondelete="CASCADE"
    )
    form_key: str = Field(max_length=40, unique=True)
    body: str = Field(max_length=400)
    due_at: datetime | None = None
    idea_id: int | None = maybe_ref("idea.id", ondelete="SET NULL")
    own_max_jeon: int = jeon()
    fair_order: FairOrder | None = Field(default=None, sa_type=choice(FairOrder), nullable=True)
    segment: str = Field(default="", max_length=2000)
    repeat: str | None = Field(default=None, max_length=400)
    keeps_day: bool = False
    made_at: datetime


class Idea(SQLModel, table=True):
    """The one message proposed to a shop in a week, and why; nothing is sent without a tap.

    `week` is the Monday of the week (KST); `facts` is JSON for the reason's words.
    """

    __table_args__ = (
        UniqueConstraint("shop_id", "week"),
        Index(
            "ix_idea_live",
            "made_at",
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    week: date
    reason: str = Field(max_length=40)
    facts: str = Field(max_length=1000)
    body: str = Field(max_length=400)
    state: IdeaState = Field(sa_type=choice(IdeaState))
    campaign_id: int | None = maybe_ref("campaign.id")
    made_at: datetime
    settled_at: datetime | None = None
