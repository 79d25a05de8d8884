"""Months that were closed, and what no system of ours can count by itself."""

from datetime import date, datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import BigId, jeon, maybe_ref, primary, ref


class MonthStatement(SQLModel, table=True):
    """A closed month (its first day) of a program. `hash` covers its lines in their order and the
    hash of the month closed before it.
    """

    __tablename__ = "month_statement"
    __table_args__ = (UniqueConstraint("program_id", "month"),)

    id: int = primary()
    program_id: int = ref("program.id")
    month: date
    closed_at: datetime
    actor: str = Field(max_length=40)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class StatementLine(SQLModel, table=True):
    """One line of a closed month, frozen as canonical JSON: a shop, a pot, or the program's own.

    `hash` covers it and the line before, so that a changed line is found by its number.
    """

    __tablename__ = "statement_line"

    statement_id: int = Field(foreign_key="month_statement.id", primary_key=True, sa_type=BigId)
    number: int = Field(primary_key=True)
    market_id: int | None = maybe_ref("market.id")
    shop_id: int | None = maybe_ref("shop.id", index=True)
    content: str = Field(sa_type=Text)
    hash: str = Field(max_length=64)


class PostCount(SQLModel, table=True):
    """How many posts a shop wrote on its channel in a month: told by somebody, Kakao has no API."""

    __tablename__ = "post_count"

    shop_id: int = Field(foreign_key="shop.id", primary_key=True, sa_type=BigId)
    month: date = Field(primary_key=True)
    posts: int
    written_at: datetime
    actor: str = Field(max_length=40)


class HandSending(SQLModel, table=True):
    """Channel messages that somebody sent in Kakao's own centre, as told afterwards.

    `paid_jeon` is what the shop's free cash paid of `cost_jeon`; the rest went by Kakao's wallet.
    """

    __tablename__ = "hand_sending"

    id: int = primary()
    shop_id: int = ref("shop.id", index=True)
    form_key: str = Field(max_length=40, unique=True)
    sent_on: date
    is_targeted: bool
    people: int
    price_id: int = ref("price.id")
    cost_jeon: int = jeon()
    paid_jeon: int = jeon()
    recorded_at: datetime
    actor: str = Field(max_length=40)
