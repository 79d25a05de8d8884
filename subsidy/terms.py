"""A program's terms as a document in versions: what is written stays, what changes is a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, program_book
from domain.eligibility import Conditions, bars_of
from domain.people import GrantId, ProgramId, ShopId, TermsId
from domain.refusals import Conflict, Invalid, NotFound
from domain.subsidy import AccountKind, VatRule
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.grants import find_grant
from storage.queries.journal import append_audit
from storage.queries.ledger import get_program_account, lock_accounts
from storage.queries.programs import (
    TermsView,
    find_terms,
    find_terms_by_id,
    get_program_view,
    insert_terms,
    list_terms,
)
from storage.queries.standings import list_standings

BODY_MAX = 4_000
MONTHS_MAX = 60
DAYS_MAX = 365
SALES_MAX_WON = 1_000_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerms:
    """A version to be: see `TermsView`."""

    body: str
    sales_max_won: int
    new_months: int
    vat_rule: VatRule
    returned_days: int
    valid_from: datetime

    @property
    def conditions(self) -> Conditions:
        return Conditions(sales_max_won=self.sales_max_won, new_months=self.new_months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a new version would change: which shops could be granted money no longer, or now could,
    by what they have shown until today. What was granted before stays as it is.
    """

    before: TermsView
    joining: Sequence[str]
    leaving: Sequence[str]


def add_terms(
    tx: Tx, program_id: ProgramId, new: NewTerms, *, after: int, actor: str, at: datetime
) -> TermsId:
    """Writes the version that follows `after`; pressed twice it is written once.

    Raises Invalid, and Conflict(terms_changed) when somebody wrote one meanwhile,
    Conflict(program_closed).
    """
    # Of two at once the second sees the first.
    lock_accounts(tx, [get_program_account(tx, program_id, AccountKind.PROGRAM)])
    newest = list_terms(tx, program_id)[-1]
    if newest.version == after + 1 and _says(newest) == _says(new):
        return newest.terms_id
    if newest.version != after:
        raise Conflict("terms_changed")
    if get_program_view(tx, program_id).closed_at is not None:
        raise Conflict("program_closed")
    check_terms(newest, new, at)
    terms_id = insert_terms(
        tx,
        program_id,
        body=new.body,
        sales_max_won=new.sales_max_won,
        new_months=new.new_months,
        vat_rule=new.vat_rule,
        returned_days=new.returned_days,
        valid_from=new.valid_from,
        actor=actor,
    )
    act = Act(
        actor=actor,
        act="add_terms",
        subject=f"program:{program_id}",
        at=at,
        details=f"version={after + 1}",
    )
    append_audit(tx, program_book(program_id), act)
    return terms_id


def see_effect(tx: Tx, program_id: ProgramId, new: NewTerms, at: datetime) -> Effect:
    """What `add_terms` would change; writes nothing. Raises Invalid."""
    before = list_terms(tx, program_id)[-1]
    check_terms(before, new, at)
    on = in_kst(new.valid_from).date()
    joining, leaving = [], []
    for shop in list_standings(tx, program_id):
        did = not bars_of(shop.standing, before.conditions, on)
        does = not bars_of(shop.standing, new.conditions, on)
        if does and not did:
            joining.append(shop.name)
        elif did and not does:
            leaving.append(shop.name)
    return Effect(before=before, joining=joining, leaving=leaving)


def get_terms_of_grant(tx: Tx, shop_id: ShopId, grant_id: GrantId) -> TermsView:
    """The terms under which a shop was given this grant, for its owner to read before starting it.

    Raises NotFound(grant) for another shop's, and for a market's pot.
    """
    grant = find_grant(tx, grant_id)
    if grant is None or grant.shop_id != shop_id:
        raise NotFound("grant")
    found = find_terms_by_id(tx, grant.terms_id) if grant.terms_id is not None else None
    found = found or find_terms(tx, grant.program_id, grant.granted_at)
    return found or list_terms(tx, grant.program_id)[0]


def check_terms(before: TermsView, new: NewTerms, at: datetime) -> None:
    """Raises Invalid beside each field: a version never begins in the past, nor before the one
    that it follows.
    """
    wrong = {}
    if not 0 < len(new.body) <= BODY_MAX:
        wrong["body"] = f"약관을 {BODY_MAX:,}자까지 적어 주세요."
    if not 0 < new.sales_max_won <= SALES_MAX_WON:
        wrong["sales_max"] = "연 매출 기준을 1원보다 큰 금액으로 적어 주세요."
    if not 0 <= new.new_months <= MONTHS_MAX:
        wrong["new_months"] = f"0부터 {MONTHS_MAX} 사이의 개월 수를 적어 주세요."
    if not 0 <= new.returned_days <= DAYS_MAX:
        wrong["returned_days"] = f"0부터 {DAYS_MAX} 사이의 날수를 적어 주세요."
    if new.valid_from < at:
        wrong["valid_from"] = "오늘이나 그 뒤로 골라 주세요."
    elif new.valid_from < before.valid_from:
        day = in_kst(before.valid_from)
        wrong["valid_from"] = (
            f"{before.version}판이 {day.month}월 {day.day}일부터예요. 그날이나 그 뒤로 골라 주세요."
        )
    if wrong:
        raise Invalid(wrong)


def _says(terms: TermsView | NewTerms) -> tuple[object, ...]:
    """Without the instant: `from today on` is a little later at each press."""
    return (
        terms.body,
        terms.sales_max_won,
        terms.new_months,
        terms.vat_rule,
        terms.returned_days,
    )
