"""What people did (the audit log) and what came in from outside."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import BigId, maybe_ref, primary


class AuditLine(SQLModel, table=True):
    """One change by a person; each line carries the hash of the one before it (I12)."""

    __tablename__ = "audit_line"
    __table_args__ = (UniqueConstraint("book", "number"),)

    id: int = primary()
    book: str = Field(max_length=20)
    number: int = Field(sa_type=BigId)
    at: datetime
    actor: str = Field(max_length=40)
    act: str = Field(max_length=40)
    subject: str = Field(max_length=40)
    details: str = Field(max_length=2000)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditBook(SQLModel, table=True):
    """The end of one chain: a shop's (`shop:12`) or a program's (`program:1`)."""

    __tablename__ = "audit_book"

    book: str = Field(primary_key=True, max_length=20)
    number: int = Field(sa_type=BigId)
    hash: str = Field(max_length=64)


class InboundEvent(SQLModel, table=True):
    """A webhook that came in, kept once by its own id, matched to a person or not."""

    __tablename__ = "inbound_event"
    __table_args__ = (UniqueConstraint("source", "external_id"),)

    id: int = primary()
    source: str = Field(max_length=20)
    external_id: str = Field(max_length=100)
    kind: str = Field(max_length=20)
    body: str = Field(max_length=4000)
    customer_id: int | None = maybe_ref("customer.id")
    happened_at: datetime
    received_at: datetime


class Heartbeat(SQLModel, table=True):
    """The last time a worker looked, so that a silent one is noticed."""

    worker: str = Field(primary_key=True, max_length=60)
    beat_at: datetime
