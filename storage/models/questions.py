"""What customers ask a shop, and the answers it keeps ready."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from domain.enquiries import EnquiryState
from storage.columns import NEVER_AGAIN, choice, primary, ref


class ReadyAnswer(SQLModel, table=True):
    """A question that a shop's customers ask again and again, and its answer."""

    __tablename__ = "ready_answer"

    id: int = primary()
    shop_id: int = ref("shop.id", index=True)
    question: str = Field(max_length=100)
    answer: str = Field(max_length=400)
    actor: str = Field(max_length=40)
    written_at: datetime


class Enquiry(SQLModel, table=True):
    """A question for the owner, sealed like its answer; `key` makes a repeated turn harmless."""

    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_enquiry_shop", "shop_id", "state", "promised_by"),
        NEVER_AGAIN,
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE", index=True)
    key: str = Field(max_length=80)
    words: bytes = Field(sa_type=LargeBinary)
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: EnquiryState = Field(sa_type=choice(EnquiryState))
    asked_at: datetime
    promised_by: datetime
    settled_at: datetime | None = None
    actor: str | None = Field(default=None, max_length=40)
