"""Opening a program with its accounts and its budget, and markets in it."""

from datetime import date, datetime

from domain.audit import Act, program_book
from domain.eligibility import WON_OF_EOK
from domain.money import Jeon
from domain.people import MarketId, ProgramId
from domain.subsidy import AccountKind, Phase, TransferCode, VatRule
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.ledger import open_account
from storage.queries.places import insert_market, insert_program
from storage.queries.programs import insert_terms
from subsidy.ledger import Move, transfer

OF_A_PROGRAM = (
    AccountKind.FUNDER,
    AccountKind.PROGRAM,
    AccountKind.SPENT,
    AccountKind.OWN_SPENT,
    AccountKind.LAPSED,
    AccountKind.OPERATING,
)

FIRST_TERMS = "소신상인 지원금은 단골에게 보내는 소식에만 써요."
SALES_MAX_WON = 10 * WON_OF_EOK
NEW_MONTHS = 6
"""Yearly sales up to 10억, or opened within six months (programme-and-law.md 1.3). Whether free
cash is drawn with VAT is unsettled (F8): with it, the safe side.
"""


def open_program(
    tx: Tx,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    budget_jeon: Jeon,
    actor: str,
    at: datetime,
) -> ProgramId:
    """Opens a program with its accounts and its first terms, and puts its budget there."""
    program_id = insert_program(tx, name=name, starts_on=starts_on, ends_on=ends_on, at=at)
    accounts = {kind: open_account(tx, kind, program_id) for kind in OF_A_PROGRAM}
    fund = Move(
        key=f"fund:{program_id}",
        code=TransferCode.FUND,
        phase=Phase.SINGLE,
        debit=accounts[AccountKind.FUNDER],
        credit=accounts[AccountKind.PROGRAM],
        amount_jeon=budget_jeon,
    )
    transfer(tx, [fund], happened_at=at, recorded_at=at)
    insert_terms(
        tx,
        program_id,
        body=FIRST_TERMS,
        sales_max_won=SALES_MAX_WON,
        new_months=NEW_MONTHS,
        vat_rule=VatRule.WITH_VAT,
        returned_days=0,
        valid_from=at,
        actor=actor,
    )
    act = Act(actor=actor, act="open_program", subject=f"program:{program_id}", at=at)
    append_audit(tx, program_book(program_id), act)
    return program_id


def open_market(
    tx: Tx, program_id: ProgramId, *, name: str, region: str, actor: str, at: datetime
) -> MarketId:
    market_id = insert_market(tx, program_id, name=name, region=region)
    act = Act(actor=actor, act="open_market", subject=f"market:{market_id}", at=at)
    append_audit(tx, program_book(program_id), act)
    return market_id
