"""What an auditor asks of the ledger; every list is empty when a promise is kept.

Each is one statement over whole tables: an audit of many accounts costs no more of them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, aliased
from sqlalchemy.sql.functions import Function
from sqlmodel import col

from domain.people import ProgramId
from domain.subsidy import GIVING_BACK, RESOLVING, AccountKind, Phase
from storage.desk import Tx
from storage.models.grants import Grant, PotShare
from storage.models.ledger import Account, Transfer
from storage.queries.grants import BOUGHT, LEFT
from storage.statements import Statement, one_of, total

FOUND_MAX = 100
"""More than anybody reads at once; what is wrong in more places is listed after these are mended."""


@dataclass(frozen=True, slots=True)
class Drift:
    """An account's four totals beside what its transfers make of them."""

    account_id: int
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    made_debits_pending: int
    made_debits_posted: int
    made_credits_pending: int
    made_credits_posted: int


@dataclass(frozen=True, slots=True)
class Break:
    """A transfer that does not fit an account's row of transfers, in jeon of what could be spent.

    `by_jeon`: what it should change; `left_jeon`: what the account has now, of its last transfer.
    """

    transfer_id: int
    account_id: int
    phase: Phase
    before_jeon: int
    after_jeon: int
    by_jeon: int
    previous_id: int | None
    previous_jeon: int | None
    left_jeon: int | None


@dataclass(frozen=True, slots=True)
class Share:
    account_id: int
    shop_id: int
    used_jeon: int
    cap_jeon: int
    made_jeon: int


def sum_of(*phases: Phase, minus: tuple[Phase, ...] = ()) -> ColumnElement[int]:
    """What transfers of these phases add up to, less those of others."""
    amount = col(Transfer.amount_jeon)
    signed = case(
        (one_of(col(Transfer.phase), *phases), amount),
        *([(one_of(col(Transfer.phase), *minus), -amount)] if minus else []),
        else_=0,
    )
    return total(signed)


def _side(account_column: Mapped[int]) -> Select[int, int, int]:
    return select(
        account_column.label("account_id"),
        sum_of(Phase.HOLD, minus=RESOLVING).label("pending"),
        sum_of(Phase.SINGLE, Phase.POST).label("posted"),
    ).group_by(account_column)


DEBITS = _side(col(Transfer.debit_account_id)).subquery("debits")
CREDITS = _side(col(Transfer.credit_account_id)).subquery("credits")
TOTALS = (
    col(Account.debits_pending),
    col(Account.debits_posted),
    col(Account.credits_pending),
    col(Account.credits_posted),
)
MADE = (
    func.coalesce(DEBITS.c.pending, 0),
    func.coalesce(DEBITS.c.posted, 0),
    func.coalesce(CREDITS.c.pending, 0),
    func.coalesce(CREDITS.c.posted, 0),
)
DRIFTED = Statement(
    select(col(Account.id), *TOTALS, *MADE)
    .outerjoin(DEBITS, DEBITS.c.account_id == col(Account.id))
    .outerjoin(CREDITS, CREDITS.c.account_id == col(Account.id))
    .where(or_(*(said != made for said, made in zip(TOTALS, MADE, strict=True))))
    .order_by(col(Account.id))
    .limit(FOUND_MAX)
)
NET = total(
    col(Account.credits_posted)
    - col(Account.debits_posted)
    + col(Account.credits_pending)
    - col(Account.debits_pending)
)
UNBALANCED = Statement(
    select(col(Account.program_id), NET).group_by(col(Account.program_id)).having(NET != 0)
)
OVERDRAWN = Statement(
    select(col(Account.id)).where(
        col(Account.is_limited),
        col(Account.debits_pending) + col(Account.debits_posted) > col(Account.credits_posted),
    )
)


def _entries(
    account: Mapped[int], before: Mapped[int], after: Mapped[int], by: ColumnElement[int]
) -> Select[int, int, Phase, int, int, int]:
    return select(
        col(Transfer.id).label("id"),
        account.label("account_id"),
        col(Transfer.phase).label("phase"),
        before.label("before"),
        after.label("after"),
        by.label("by"),
    )


AMOUNT, PHASE = col(Transfer.amount_jeon), col(Transfer.phase)
ENTRIES = union_all(
    _entries(
        col(Transfer.debit_account_id),
        col(Transfer.debit_before_jeon),
        col(Transfer.debit_after_jeon),
        case(
            (one_of(PHASE, Phase.SINGLE, Phase.HOLD), -AMOUNT),
            (one_of(PHASE, *GIVING_BACK), AMOUNT),
            else_=0,
        ),
    ),
    _entries(
        col(Transfer.credit_account_id),
        col(Transfer.credit_before_jeon),
        col(Transfer.credit_after_jeon),
        case((one_of(PHASE, Phase.SINGLE, Phase.POST), AMOUNT), else_=0),
    ),
).subquery("entry")


def _beside(found: Function[int], label: str) -> ColumnElement[int]:
    return found.over(partition_by=ENTRIES.c.account_id, order_by=ENTRIES.c.id).label(label)


ROW = select(
    *ENTRIES.c,
    _beside(func.lag(ENTRIES.c.id), "previous_id"),
    _beside(func.lag(ENTRIES.c.after), "previous"),
    _beside(func.lead(ENTRIES.c.id), "next_id"),
).subquery("followed")
IS_CUT = and_(ROW.c.next_id.is_(None), ROW.c.after != LEFT)
BREAKS = Statement(
    select(
        ROW.c.id,
        ROW.c.account_id,
        ROW.c.phase,
        ROW.c.before,
        ROW.c.after,
        ROW.c.by,
        ROW.c.previous_id,
        ROW.c.previous,
        case((IS_CUT, LEFT), else_=null()),
    )
    .join(Account, col(Account.id) == ROW.c.account_id)
    .where(
        or_(
            ROW.c.before != func.coalesce(ROW.c.previous, 0),
            ROW.c.after - ROW.c.before != ROW.c.by,
            IS_CUT,
        )
    )
    .order_by(ROW.c.id, ROW.c.account_id)
    .limit(FOUND_MAX)
)
NUMBERED = select(
    col(Transfer.id).label("id"),
    func.lag(col(Transfer.id), 1, 0).over(order_by=col(Transfer.id)).label("previous_id"),
).subquery("numbered")
GAPS = Statement(
    select(NUMBERED.c.previous_id, NUMBERED.c.id)
    .where(NUMBERED.c.id > NUMBERED.c.previous_id + 1)
    .order_by(NUMBERED.c.id)
)


def _uses(pot: Mapped[int], used: ColumnElement[int]) -> Select[int, int | None, int]:
    return (
        select(pot.label("account_id"), col(Transfer.shop_id).label("shop_id"), used.label("used"))
        .join(Account, col(Account.id) == pot)
        .where(col(Account.kind) == AccountKind.POT, one_of(col(Transfer.code), *BOUGHT))
        .group_by(pot, col(Transfer.shop_id))
    )


USES = union_all(
    _uses(col(Transfer.debit_account_id), sum_of(Phase.SINGLE, Phase.HOLD, minus=GIVING_BACK)),
    # What was told by hand and was wrong comes back as a transfer of its own.
    _uses(col(Transfer.credit_account_id), -sum_of(Phase.SINGLE)),
).subquery("uses")
USED = (
    select(USES.c.account_id, USES.c.shop_id, total(USES.c.used).label("used"))
    .group_by(USES.c.account_id, USES.c.shop_id)
    .subquery("used")
)
MADE_USED = func.coalesce(USED.c.used, 0)
SHARES = Statement(
    select(
        col(PotShare.account_id),
        col(PotShare.shop_id),
        col(PotShare.used_jeon),
        col(PotShare.cap_jeon),
        MADE_USED,
    )
    .outerjoin(
        USED,
        and_(
            USED.c.account_id == col(PotShare.account_id),
            USED.c.shop_id == col(PotShare.shop_id),
        ),
    )
    .where(
        or_(
            col(PotShare.used_jeon) != MADE_USED,
            col(PotShare.used_jeon) > col(PotShare.cap_jeon),
        )
    )
    .order_by(col(PotShare.account_id), col(PotShare.shop_id))
    .limit(FOUND_MAX)
)
NO_SHARES = Statement(
    select(USED.c.account_id, USED.c.shop_id, literal(0), col(Grant.shop_cap_jeon), USED.c.used)
    .join(Grant, col(Grant.account_id) == USED.c.account_id)
    .outerjoin(
        PotShare,
        and_(
            col(PotShare.account_id) == USED.c.account_id,
            col(PotShare.shop_id) == USED.c.shop_id,
        ),
    )
    .where(col(Grant.shop_cap_jeon).is_not(None), col(PotShare.account_id).is_(None))
    .order_by(USED.c.account_id, USED.c.shop_id)
    .limit(FOUND_MAX)
)
"""The first use of a pot with a cap opens the share; without one the cap begins anew."""

Hold = aliased(Transfer)
RESOLVED = func.sum(col(Transfer.amount_jeon))
BAD_HOLDS = Statement(
    select(col(Hold.id), col(Hold.amount_jeon), total(col(Transfer.amount_jeon)))
    .join(Transfer, col(Transfer.hold_id) == col(Hold.id))
    .group_by(col(Hold.id), col(Hold.amount_jeon))
    .having(col(Hold.amount_jeon) != RESOLVED)
    .order_by(col(Hold.id))
    .limit(FOUND_MAX)
)
NO_HOLD = Statement(
    select(col(Transfer.id), col(Transfer.hold_id))
    .outerjoin(Hold, and_(col(Hold.id) == col(Transfer.hold_id), col(Hold.phase) == Phase.HOLD))
    .where(one_of(col(Transfer.phase), *RESOLVING), col(Hold.id).is_(None))
    .order_by(col(Transfer.id))
    .limit(FOUND_MAX)
)
TOO_SOON = Statement(
    select(col(Transfer.id), col(Hold.expires_at))
    .join(Hold, col(Hold.id) == col(Transfer.hold_id))
    .where(
        col(Transfer.phase) == Phase.EXPIRE,
        or_(col(Hold.expires_at).is_(None), col(Hold.expires_at) > col(Transfer.happened_at)),
    )
    .order_by(col(Transfer.id))
    .limit(FOUND_MAX)
)


def list_unbalanced(tx: Tx) -> list[tuple[ProgramId, int]]:
    return [(ProgramId(row[0]), row[1]) for row in tx.all(UNBALANCED)]


def list_drifted(tx: Tx) -> list[Drift]:
    return [Drift(*row) for row in tx.all(DRIFTED)]


def list_breaks(tx: Tx) -> list[Break]:
    """Per account the transfers in id order: each begins where the one before it ended."""
    return [Break(*row) for row in tx.all(BREAKS)]


def list_gaps(tx: Tx) -> list[tuple[int, int]]:
    """The ids around numbers that no transfer has; PostgreSQL leaves some by itself."""
    return _pairs(tx, GAPS)


def list_overdrawn(tx: Tx) -> list[int]:
    return _ids(tx, OVERDRAWN)


def list_shares(tx: Tx) -> list[Share]:
    """Shares that their transfers do not make, also those that are not there at all."""
    return [Share(*row) for row in (*tx.all(SHARES), *tx.all(NO_SHARES))]


def list_bad_holds(tx: Tx) -> list[tuple[int, int, int]]:
    """Hold, what it held, and what was posted and given back of it."""
    return [(row[0], row[1], row[2]) for row in tx.all(BAD_HOLDS)]


def list_no_holds(tx: Tx) -> list[tuple[int, int]]:
    return _pairs(tx, NO_HOLD)


def list_too_soon(tx: Tx) -> list[tuple[int, datetime | None]]:
    return [(row[0], row[1]) for row in tx.all(TOO_SOON)]


def _ids(tx: Tx, statement: Statement) -> list[int]:
    return [row[0] for row in tx.all(statement)]


def _pairs(tx: Tx, statement: Statement) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in tx.all(statement)]
