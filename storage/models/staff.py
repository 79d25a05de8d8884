"""Owners and managers, their invitations and their sessions."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from domain.people import Role
from storage.columns import choice, maybe_ref, primary, ref


class Staff(SQLModel, table=True):
    """A manager belongs to a program, an owner to a shop."""

    id: int = primary()
    role: Role = Field(sa_type=choice(Role))
    program_id: int | None = maybe_ref("program.id", index=True)
    shop_id: int | None = maybe_ref("shop.id", index=True)
    name: str = Field(max_length=40)
    created_at: datetime


class Invitation(SQLModel, table=True):
    """A single-use way in; only the token's hash is kept."""

    id: int = primary()
    token_hash: str = Field(max_length=64, unique=True)
    role: Role = Field(sa_type=choice(Role))
    program_id: int | None = maybe_ref("program.id", index=True)
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
