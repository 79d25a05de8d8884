"""Where money may go and where it went (I10); every list is empty when a promise is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from domain.subsidy import AccountKind, TransferCode
from storage.desk import Tx
from storage.models.grants import Grant, Wallet
from storage.models.ledger import Account, Transfer
from storage.statements import Statement, total

FOUND_MAX = 100


@dataclass(frozen=True, slots=True)
class Way:
    """From which kind of account to which transfers of a code went."""

    code: TransferCode
    source: AccountKind
    target: AccountKind
    first_id: int
    count: int


Hold = aliased(Transfer)
STRAYED = Statement(
    select(col(Transfer.id), col(Hold.id))
    .join(Hold, col(Hold.id) == col(Transfer.hold_id))
    .where(
        or_(
            col(Transfer.debit_account_id) != col(Hold.debit_account_id),
            col(Transfer.credit_account_id) != col(Hold.credit_account_id),
            func.coalesce(col(Transfer.chunk_id), 0) != func.coalesce(col(Hold.chunk_id), 0),
            func.coalesce(col(Transfer.shop_id), 0) != func.coalesce(col(Hold.shop_id), 0),
        )
    )
    .order_by(col(Transfer.id))
    .limit(FOUND_MAX)
)
Source, Target = aliased(Account), aliased(Account)
WAYS = Statement(
    select(
        col(Transfer.code),
        col(Source.kind),
        col(Target.kind),
        func.min(col(Transfer.id)),
        func.count(),
    )
    .join(Source, col(Source.id) == col(Transfer.debit_account_id))
    .join(Target, col(Target.id) == col(Transfer.credit_account_id))
    .group_by(col(Transfer.code), col(Source.kind), col(Target.kind))
)
ABROAD = Statement(
    select(col(Transfer.id))
    .join(Source, col(Source.id) == col(Transfer.debit_account_id))
    .join(Target, col(Target.id) == col(Transfer.credit_account_id))
    .where(col(Source.program_id) != col(Target.program_id))
    .order_by(col(Transfer.id))
    .limit(FOUND_MAX)
)
Parent = aliased(Grant)
BUDGET = (
    select(col(Account.id))
    .where(
        col(Account.program_id) == col(Grant.program_id),
        col(Account.kind) == AccountKind.PROGRAM,
    )
    .correlate(Grant)
    .scalar_subquery()
)
IS_HOME_OVER = or_(
    col(Grant.parent_id).is_(None),
    col(Parent.clawed_back_at).is_not(None),
    col(Parent.lapsed_at).is_not(None),
)


def _not_home(grants: Mapped[int], others: Mapped[int], code: TransferCode) -> Select[int, int]:
    """Between a grant and neither the pot it was carved out of nor, without one that still
    stands, the program's budget.
    """
    return (
        select(col(Transfer.id), col(Grant.id))
        .join(Grant, col(Grant.account_id) == grants)
        .outerjoin(Parent, col(Parent.id) == col(Grant.parent_id))
        .where(
            col(Transfer.code) == code,
            others != func.coalesce(col(Parent.account_id), 0),
            not_(and_(IS_HOME_OVER, others == BUDGET)),
        )
        .order_by(col(Transfer.id))
        .limit(FOUND_MAX)
    )


DEBIT, CREDIT = col(Transfer.debit_account_id), col(Transfer.credit_account_id)
CALLED_ASTRAY = Statement(_not_home(DEBIT, CREDIT, TransferCode.CLAW_BACK))
RESTORED_ASTRAY = Statement(_not_home(CREDIT, DEBIT, TransferCode.RESTORE))
GIVEN = (
    select(CREDIT.label("account_id"), total(col(Transfer.amount_jeon)).label("given"))
    .where(col(Transfer.code) == TransferCode.GRANT)
    .group_by(CREDIT)
    .subquery("given")
)
MISSTATED = Statement(
    select(col(Grant.id), col(Grant.amount_jeon), func.coalesce(GIVEN.c.given, 0))
    .outerjoin(GIVEN, GIVEN.c.account_id == col(Grant.account_id))
    .where(col(Grant.amount_jeon) != func.coalesce(GIVEN.c.given, 0))
    .order_by(col(Grant.id))
    .limit(FOUND_MAX)
)
OTHERS_GRANTS = Statement(
    select(col(Grant.id))
    .join(Account, col(Account.id) == col(Grant.account_id))
    .where(
        or_(
            col(Account.program_id) != col(Grant.program_id),
            func.coalesce(col(Account.shop_id), 0) != func.coalesce(col(Grant.shop_id), 0),
            func.coalesce(col(Account.market_id), 0) != func.coalesce(col(Grant.market_id), 0),
            col(Account.kind)
            != case((col(Grant.shop_id).is_(None), AccountKind.POT), else_=AccountKind.GRANT),
        )
    )
    .order_by(col(Grant.id))
    .limit(FOUND_MAX)
)
OTHERS_WALLETS = Statement(
    select(col(Wallet.shop_id))
    .join(Account, col(Account.id) == col(Wallet.account_id))
    .where(
        or_(
            col(Account.kind) != AccountKind.WALLET,
            func.coalesce(col(Account.shop_id), 0) != col(Wallet.shop_id),
        )
    )
    .limit(FOUND_MAX)
)


def list_ways(tx: Tx) -> Sequence[Way]:
    return [
        Way(TransferCode(row[0]), AccountKind(row[1]), AccountKind(row[2]), row[3], row[4])
        for row in tx.all(WAYS)
    ]


def list_abroad(tx: Tx) -> list[int]:
    return _ids(tx, ABROAD)


def list_strayed(tx: Tx) -> list[tuple[int, int]]:
    return _pairs(tx, STRAYED)


def list_astray(tx: Tx) -> list[tuple[int, int]]:
    """Transfer and grant: called back to, or restored from, where the grant never came from."""
    return _pairs(tx, CALLED_ASTRAY) + _pairs(tx, RESTORED_ASTRAY)


def list_misstated(tx: Tx) -> list[tuple[int, int, int]]:
    """Grant, its amount, and what was given to it."""
    return [(row[0], row[1], row[2]) for row in tx.all(MISSTATED)]


def list_others_grants(tx: Tx) -> list[int]:
    return _ids(tx, OTHERS_GRANTS)


def list_others_wallets(tx: Tx) -> list[int]:
    return _ids(tx, OTHERS_WALLETS)


def _ids(tx: Tx, statement: Statement) -> list[int]:
    return [row[0] for row in tx.all(statement)]


def _pairs(tx: Tx, statement: Statement) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in tx.all(statement)]
