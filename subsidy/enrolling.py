"""How a shop takes part in a program: its cohort, and what it shows to qualify."""

from datetime import date, datetime, timedelta

from domain.audit import Act, program_book
from domain.eligibility import Bar, Standing, bars_of
from domain.people import CohortId, ProgramId, ShopId, clean_text
from domain.refusals import Conflict, Invalid, NotFound
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.places import get_shop
from storage.queries.programs import (
    find_enrollment,
    insert_cohort_once,
    list_cohorts,
    save_enrollment,
)
from subsidy.offering import NOT_SHOWN, get_terms

COHORT_NAME_MAX = 20
COHORT_WITHIN = timedelta(days=3_653)
"""Ten years before and after: a year that was mistyped is no cohort's."""

SALES_MAX = 1_000_000_000_000


def enroll_shop(
    tx: Tx,
    program_id: ProgramId,
    shop_id: ShopId,
    standing: Standing,
    *,
    cohort_id: CohortId | None = None,
    actor: str,
    at: datetime,
) -> list[Bar]:
    """Keeps what a shop has shown; why it does not qualify, empty when it does.

    Money it was granted before stays. Raises NotFound(shop, cohort), Invalid.
    """
    if get_shop(tx, shop_id).program_id != program_id:
        raise NotFound("shop")
    if cohort_id is not None and cohort_id not in {
        one.cohort_id for one in list_cohorts(tx, program_id)
    }:
        raise NotFound("cohort")
    _check(standing, in_kst(at).date())
    if find_enrollment(tx, shop_id) != (cohort_id, standing):
        save_enrollment(tx, shop_id, cohort_id, standing, actor=actor, at=at)
        act = Act(actor=actor, act="enroll_shop", subject=f"shop:{shop_id}", at=at)
        append_audit(tx, program_book(program_id), act)
    return bars_of(standing, get_terms(tx, program_id, at).conditions, in_kst(at).date())


def list_bars(tx: Tx, program_id: ProgramId, shop_id: ShopId, at: datetime) -> list[Bar]:
    """Why a shop does not qualify now; empty when it does."""
    found = find_enrollment(tx, shop_id)
    standing = found[1] if found else NOT_SHOWN
    return bars_of(standing, get_terms(tx, program_id, at).conditions, in_kst(at).date())


def add_cohort(
    tx: Tx,
    program_id: ProgramId,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    actor: str,
    at: datetime,
) -> None:
    """Raises Invalid, Conflict(cohort_known) for a name the program has."""
    name = clean_text(name)
    wrong = {}
    if not 0 < len(name) <= COHORT_NAME_MAX:
        wrong["name"] = f"기수 이름을 {COHORT_NAME_MAX}자까지 적어 주세요."
    today = in_kst(at).date()
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if abs(day - today) > COHORT_WITHIN:
            wrong[field] = "앞뒤로 10년 안의 날을 골라 주세요."
    if ends_on < starts_on:
        wrong["ends_on"] = "끝나는 날은 시작하는 날보다 앞설 수 없어요."
    if wrong:
        raise Invalid(wrong)
    if not insert_cohort_once(tx, program_id, name=name, starts_on=starts_on, ends_on=ends_on):
        raise Conflict("cohort_known")
    act = Act(actor=actor, act="add_cohort", subject=f"program:{program_id}", at=at)
    append_audit(tx, program_book(program_id), act)


def _check(standing: Standing, today: date) -> None:
    wrong = {}
    sales = standing.yearly_sales_won
    if sales is not None and not 0 <= sales <= SALES_MAX:
        wrong["yearly_sales"] = "연 매출을 원 단위 숫자로 적어 주세요."
    if standing.opened_on is not None and standing.opened_on > today:
        wrong["opened_on"] = "개업일은 오늘보다 뒤일 수 없어요."
    if wrong:
        raise Invalid(wrong)
