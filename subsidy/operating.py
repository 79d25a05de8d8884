"""The program's operating account: what it pays for saying something in its own name.

Answers that cannot wait, the weekly idea and statutory notices are paid here, shown apart from
what the shops were granted (docs/decisions/0016).
"""

from datetime import datetime

from domain.audit import Act, program_book
from domain.money import Jeon
from domain.people import ProgramId
from domain.refusals import Invalid
from domain.subsidy import AccountKind, Lot, Phase, TransferCode
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.ledger import get_program_account, lock_accounts
from subsidy.form_keys import digest_of
from subsidy.ledger import Move, transfer
from subsidy.offering import get_open_program


def operating_lot(tx: Tx, program_id: ProgramId) -> Lot:
    """The money that may pay for information now, locked; it has no date."""
    account_id = get_program_account(tx, program_id, AccountKind.OPERATING)
    left = lock_accounts(tx, [account_id])[account_id].left_jeon
    return Lot(account_id=account_id, grant_id=None, expires_at=None, left_jeon=left)


def fund_operating(
    tx: Tx, program_id: ProgramId, *, amount_jeon: Jeon, key: str, actor: str, at: datetime
) -> None:
    """Sets part of the budget aside; the same amount under the same `key` moves once.

    Raises Invalid(amount, form_key), Conflict(program_closed), OverBudget.
    """
    if amount_jeon <= 0:
        raise Invalid({"amount": "1원보다 큰 금액을 적어 주세요."})
    budget = get_program_account(tx, program_id, AccountKind.PROGRAM)
    operating = get_program_account(tx, program_id, AccountKind.OPERATING)
    lock_accounts(tx, [budget, operating])
    # Asked behind the lock: it may have been closed while this waited.
    get_open_program(tx, program_id)
    move = Move(
        key=f"operating:{program_id}:{digest_of(key, amount_jeon)}",
        code=TransferCode.FUND,
        phase=Phase.SINGLE,
        debit=budget,
        credit=operating,
        amount_jeon=amount_jeon,
    )
    if transfer(tx, [move], happened_at=at, recorded_at=at):
        act = Act(
            actor=actor,
            act="fund_operating",
            subject=f"program:{program_id}",
            at=at,
            details=f"jeon={amount_jeon}",
        )
        append_audit(tx, program_book(program_id), act)
