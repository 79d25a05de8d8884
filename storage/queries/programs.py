"""A program: its dates, its terms and cohorts, and how each shop takes part."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, update
from sqlmodel import col

from domain.eligibility import Conditions, Standing
from domain.people import CohortId, ProgramId, ShopId, TermsId
from domain.refusals import NotFound
from domain.subsidy import VatRule
from storage.desk import Tx
from storage.models.places import Program
from storage.models.programs import Cohort, Enrollment, Terms
from storage.statements import Statement, insert_once, inserting, upsert

PROGRAM = Statement(
    select(
        col(Program.id),
        col(Program.name),
        col(Program.starts_on),
        col(Program.ends_on),
        col(Program.closed_at),
    ).where(col(Program.id) == bindparam("of_id"))
)
PROGRAM_IDS = Statement(select(col(Program.id)).order_by(col(Program.id)).limit(1_000))
CLOSE = Statement(
    update(Program)
    .where(col(Program.id) == bindparam("of_id"), col(Program.closed_at).is_(None))
    .values(closed_at=bindparam("at"))
)
TERMS = (
    col(Terms.id),
    col(Terms.program_id),
    col(Terms.version),
    col(Terms.body),
    col(Terms.sales_max_won),
    col(Terms.new_months),
    col(Terms.vat_rule),
    col(Terms.returned_days),
    col(Terms.valid_from),
)
OF_PROGRAM = col(Terms.program_id) == bindparam("of_program")
TERMS_AT = Statement(
    select(*TERMS)
    .where(OF_PROGRAM, col(Terms.valid_from) <= bindparam("at"))
    .order_by(col(Terms.valid_from).desc(), col(Terms.version).desc())
    .limit(1)
)
TERMS_BY_ID = Statement(select(*TERMS).where(col(Terms.id) == bindparam("of_id")))
ALL_TERMS = Statement(select(*TERMS).where(OF_PROGRAM).order_by(col(Terms.version)).limit(200))
INSERT_TERMS = Statement(
    inserting(
        Terms,
        "program_id",
        "version",
        "body",
        "sales_max_won",
        "new_months",
        "vat_rule",
        "returned_days",
        "valid_from",
        "actor",
    ).returning(col(Terms.id))
)
NEWEST_VERSION = Statement(select(func.coalesce(func.max(col(Terms.version)), 0)).where(OF_PROGRAM))
INSERT_COHORT = Statement(
    lambda dialect: insert_once(
        dialect,
        Cohort,
        **{name: bindparam(name) for name in ("program_id", "name", "starts_on", "ends_on")},
    )
)
COHORTS = Statement(
    select(col(Cohort.id), col(Cohort.name), col(Cohort.starts_on), col(Cohort.ends_on))
    .where(col(Cohort.program_id) == bindparam("of_program"))
    .order_by(col(Cohort.starts_on), col(Cohort.id))
    .limit(200)
)
ENROLLMENT = Statement(
    select(
        col(Enrollment.cohort_id),
        col(Enrollment.yearly_sales_won),
        col(Enrollment.opened_on),
        col(Enrollment.has_business_wallet),
    ).where(col(Enrollment.shop_id) == bindparam("of_shop"))
)
WRITTEN = (
    "cohort_id",
    "yearly_sales_won",
    "opened_on",
    "has_business_wallet",
    "written_at",
    "actor",
)
SAVE_ENROLLMENT = Statement(
    lambda dialect: upsert(
        dialect,
        Enrollment,
        ("shop_id",),
        {name: bindparam(name) for name in ("shop_id", *WRITTEN)},
        lambda fresh: {name: getattr(fresh, name) for name in WRITTEN},
    )
)


@dataclass(frozen=True, slots=True)
class ProgramView:
    """`ends_on` is its last day (KST)."""

    program_id: ProgramId
    name: str
    starts_on: date
    ends_on: date
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TermsView:
    """One version of a program's terms."""

    terms_id: TermsId
    program_id: ProgramId
    version: int
    body: str
    sales_max_won: int
    new_months: int
    vat_rule: VatRule
    returned_days: int
    valid_from: datetime

    @property
    def conditions(self) -> Conditions:
        return Conditions(sales_max_won=self.sales_max_won, new_months=self.new_months)


@dataclass(frozen=True, slots=True)
class CohortView:
    cohort_id: CohortId
    name: str
    starts_on: date
    ends_on: date


def get_program_view(tx: Tx, program_id: ProgramId) -> ProgramView:
    row = tx.one(PROGRAM, of_id=program_id)
    if row is None:
        raise NotFound("program")
    return ProgramView(*row)


def list_program_ids(tx: Tx) -> list[ProgramId]:
    """All programs of this installation."""
    return [ProgramId(row[0]) for row in tx.all(PROGRAM_IDS)]


def close_program_once(tx: Tx, program_id: ProgramId, at: datetime) -> bool:
    """False when it was closed already."""
    return bool(tx.run(CLOSE, of_id=program_id, at=at))


def find_terms(tx: Tx, program_id: ProgramId, at: datetime) -> TermsView | None:
    """The version in force at an instant."""
    row = tx.one(TERMS_AT, of_program=program_id, at=at)
    return TermsView(*row) if row else None


def find_terms_by_id(tx: Tx, terms_id: TermsId) -> TermsView | None:
    row = tx.one(TERMS_BY_ID, of_id=terms_id)
    return TermsView(*row) if row else None


def list_terms(tx: Tx, program_id: ProgramId) -> list[TermsView]:
    """All versions, oldest first."""
    return [TermsView(*row) for row in tx.all(ALL_TERMS, of_program=program_id)]


def insert_terms(tx: Tx, program_id: ProgramId, **facts: object) -> TermsId:
    """`facts` are the columns of Terms by name, without the version, which is the next one."""
    newest = tx.one(NEWEST_VERSION, of_program=program_id)
    assert newest is not None
    row = tx.one(INSERT_TERMS, program_id=program_id, version=newest[0] + 1, **facts)
    assert row is not None
    return TermsId(row[0])


def insert_cohort_once(
    tx: Tx, program_id: ProgramId, *, name: str, starts_on: date, ends_on: date
) -> bool:
    """False when the program has a cohort of this name."""
    return bool(
        tx.run(
            INSERT_COHORT, program_id=program_id, name=name, starts_on=starts_on, ends_on=ends_on
        )
    )


def list_cohorts(tx: Tx, program_id: ProgramId) -> list[CohortView]:
    return [CohortView(*row) for row in tx.all(COHORTS, of_program=program_id)]


def find_enrollment(tx: Tx, shop_id: ShopId) -> tuple[CohortId | None, Standing] | None:
    """Its cohort and what it has shown of itself."""
    row = tx.one(ENROLLMENT, of_shop=shop_id)
    if row is None:
        return None
    standing = Standing(yearly_sales_won=row[1], opened_on=row[2], has_business_wallet=bool(row[3]))
    return row[0], standing


def save_enrollment(
    tx: Tx,
    shop_id: ShopId,
    cohort_id: CohortId | None,
    standing: Standing,
    *,
    actor: str,
    at: datetime,
) -> None:
    tx.run(
        SAVE_ENROLLMENT,
        shop_id=shop_id,
        cohort_id=cohort_id,
        yearly_sales_won=standing.yearly_sales_won,
        opened_on=standing.opened_on,
        has_business_wallet=standing.has_business_wallet,
        written_at=at,
        actor=actor,
    )
