"""Everything a program has out with its shops, and calling all of it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, case, func, select, update
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId, GrantId, ProgramId, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.grants import Grant
from storage.models.ledger import Account
from storage.queries.grants import LEFT
from storage.statements import Statement, total

IS_OUT = (
    col(Grant.program_id) == bindparam("of_program"),
    col(Grant.clawed_back_at).is_(None),
    col(Grant.returned_until) > bindparam("now", type_=INSTANT),
)
"""What closing takes from, and what it says before that it will."""

IS_POT = col(Grant.market_id).is_not(None)
IS_OFFERED = col(Grant.started_at).is_(None)
SUMS = Statement(
    select(
        func.count(),
        total(case((IS_POT, 0), (IS_OFFERED, LEFT), else_=0)),
        total(case((IS_POT, 0), (IS_OFFERED, 0), else_=LEFT)),
        total(case((IS_POT, LEFT), else_=0)),
        total(col(Account.debits_pending)),
    )
    .select_from(Grant)
    .join(Account, col(Account.id) == col(Grant.account_id))
    .where(*IS_OUT, LEFT + col(Account.debits_pending) > 0)
)
OUT = Statement(
    select(
        col(Grant.id),
        col(Grant.account_id),
        col(Grant.parent_id),
        col(Grant.shop_id),
        IS_POT,
        LEFT,
    )
    .join(Account, col(Account.id) == col(Grant.account_id))
    .where(
        *IS_OUT,
        col(Grant.id) > bindparam("after", type_=BigInteger()),
    )
    .order_by(col(Grant.id))
    .limit(10_000)
)
MARK = Statement(
    update(Grant)
    .where(
        col(Grant.program_id) == bindparam("of_program"),
        col(Grant.clawed_back_at).is_(None),
        col(Grant.returned_until) > bindparam("at", type_=INSTANT),
    )
    .values(clawed_back_at=bindparam("at", type_=INSTANT))
)


@dataclass(frozen=True, slots=True)
class MoneyOut:
    """Of grants and pots with anything in them: not started, free, in pots, and held."""

    grants: int
    offered_jeon: Jeon
    free_jeon: Jeon
    pots_jeon: Jeon
    held_jeon: Jeon


@dataclass(frozen=True, slots=True)
class OutGrant:
    grant_id: GrantId
    account_id: AccountId
    parent_id: GrantId | None
    shop_id: ShopId | None
    is_pot: bool
    left_jeon: Jeon


def sum_money_out(tx: Tx, program_id: ProgramId, now: datetime) -> MoneyOut:
    row = tx.one(SUMS, of_program=program_id, now=now)
    assert row is not None
    return MoneyOut(*row)


def list_grants_out(tx: Tx, program_id: ProgramId, now: datetime) -> list[OutGrant]:
    """Every grant and pot that may still hold money, by id, however many."""
    found: list[OutGrant] = []
    while page := tx.all(
        OUT, of_program=program_id, now=now, after=found[-1].grant_id if found else 0
    ):
        found += [OutGrant(*row) for row in page]
    return found


def mark_all_clawed_back(tx: Tx, program_id: ProgramId, at: datetime) -> None:
    tx.run(MARK, of_program=program_id, at=at)
