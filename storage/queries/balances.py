"""What an account could spend at any past instant, from its entries' own balances."""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, case, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.ledger import Transfer
from storage.statements import Statement, total

OF_ACCOUNT = bindparam("of_account", type_=BigInteger())
AT = bindparam("at", type_=INSTANT)
TOUCHES = or_(
    col(Transfer.debit_account_id) == OF_ACCOUNT, col(Transfer.credit_account_id) == OF_ACCOUNT
)


Side = ColumnElement[int] | Mapped[int]


def _on_its_side(debit: Side, credit: Side) -> ColumnElement[int]:
    return case((col(Transfer.debit_account_id) == OF_ACCOUNT, debit), else_=credit)


LAST = Statement(
    select(
        col(Transfer.id),
        _on_its_side(col(Transfer.debit_after_jeon), col(Transfer.credit_after_jeon)),
    )
    .where(TOUCHES, col(Transfer.recorded_at) <= AT)
    .order_by(col(Transfer.id).desc())
    .limit(1)
)
LATER = Statement(
    select(
        total(
            _on_its_side(
                col(Transfer.debit_after_jeon) - col(Transfer.debit_before_jeon),
                col(Transfer.credit_after_jeon) - col(Transfer.credit_before_jeon),
            )
        )
    ).where(
        and_(TOUCHES, col(Transfer.id) < bindparam("last", type_=BigInteger())),
        col(Transfer.recorded_at) > AT,
    )
)


def balance_at(tx: Tx, account_id: AccountId, at: datetime) -> Jeon:
    """In jeon, holds taken off, by what was recorded until then (`at` included).

    Clocks of several processes differ by moments, so an entry may stand before another and be
    recorded after it: what such entries changed is taken off again.
    """
    last = tx.one(LAST, of_account=account_id, at=at)
    if last is None:
        return Jeon(0)
    later = tx.one(LATER, of_account=account_id, at=at, last=last[0])
    assert later is not None
    return Jeon(last[1] - later[0])
