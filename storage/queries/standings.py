"""What all shops of a program have shown of themselves, and how many are in each cohort."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam, func, select
from sqlmodel import col

from domain.eligibility import Standing
from domain.people import CohortId, ProgramId, ShopId
from storage.desk import Tx
from storage.models.places import Market, Shop
from storage.models.programs import Cohort, Enrollment
from storage.statements import Statement

SHOPS_MAX = 20_000
STANDINGS = Statement(
    select(
        col(Shop.id),
        col(Shop.name),
        col(Enrollment.yearly_sales_won),
        col(Enrollment.opened_on),
        col(Enrollment.has_business_wallet),
    )
    .join(Market, col(Market.id) == col(Shop.market_id))
    .outerjoin(Enrollment, col(Enrollment.shop_id) == col(Shop.id))
    .where(col(Market.program_id) == bindparam("of_program"))
    .order_by(col(Shop.id))
    .limit(bindparam("most", type_=BigInteger()))
)
COHORT_SIZES = Statement(
    select(col(Enrollment.cohort_id), func.count())
    .join(Cohort, col(Cohort.id) == col(Enrollment.cohort_id))
    .where(col(Cohort.program_id) == bindparam("of_program"))
    .group_by(col(Enrollment.cohort_id))
)


@dataclass(frozen=True, slots=True)
class ShopStanding:
    shop_id: ShopId
    name: str
    standing: Standing


def list_standings(tx: Tx, program_id: ProgramId) -> list[ShopStanding]:
    """Every shop, the first opened first; who has shown nothing yet is among them."""
    rows = tx.all(STANDINGS, of_program=program_id, most=SHOPS_MAX)
    return [
        ShopStanding(
            shop_id=row[0],
            name=row[1],
            standing=Standing(
                yearly_sales_won=row[2], opened_on=row[3], has_business_wallet=bool(row[4])
            ),
        )
        for row in rows
    ]


def count_cohorts(tx: Tx, program_id: ProgramId) -> dict[CohortId, int]:
    """How many shops each cohort has; one without any is left out."""
    return {row[0]: row[1] for row in tx.all(COHORT_SIZES, of_program=program_id)}
