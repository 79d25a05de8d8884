"""Opening a program with its accounts and its budget, and markets in it."""

from datetime import date, datetime

from domain.audit import Act, program_book
from domain.money import Jeon
from domain.people import MarketId, ProgramId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.ledger import open_account
from storage.queries.places import insert_market, insert_program
from subsidy.ledger import Move, transfer

OF_A_PROGRAM = (
    AccountKind.FUNDER,
    AccountKind.PROGRAM,
    AccountKind.SPENT,
    AccountKind.LAPSED,
    AccountKind.OPERATING,
)


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
    """Opens a program with its accounts and puts its budget there."""
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
