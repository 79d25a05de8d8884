"""What a program says in writing: its terms, its cohorts, and how each shop takes part."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from domain.subsidy import VatRule
from storage.columns import BigId, choice, maybe_ref, primary, ref


class Terms(SQLModel, table=True):
    """One version of a program's terms; never changed, a new version is a new row.

    A shop qualifies with yearly sales up to `sales_max_won`, or when it opened within
    `new_months`. `returned_days`: how long money that comes back to a lapsed grant may be used.
    """

    __table_args__ = (UniqueConstraint("program_id", "version"),)

    id: int = primary()
    program_id: int = ref("program.id")
    version: int
    body: str = Field(sa_type=Text)
    sales_max_won: int = Field(sa_type=BigInteger)
    new_months: int
    vat_rule: VatRule = Field(sa_type=choice(VatRule))
    returned_days: int
    valid_from: datetime
    actor: str = Field(max_length=40)


class Cohort(SQLModel, table=True):
    """Shops that take part together."""

    __table_args__ = (UniqueConstraint("program_id", "name"),)

    id: int = primary()
    program_id: int = ref("program.id")
    name: str = Field(max_length=40)
    starts_on: date
    ends_on: date


class Enrollment(SQLModel, table=True):
    """How a shop takes part: its cohort and what it has shown of itself; None is not shown yet."""

    shop_id: int = Field(foreign_key="shop.id", primary_key=True, sa_type=BigId)
    cohort_id: int | None = maybe_ref("cohort.id", index=True)
    yearly_sales_won: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    opened_on: date | None = None
    has_business_wallet: bool
    written_at: datetime
    actor: str = Field(max_length=40)
