"""The money of a month's statement: what moved in every purse, and what messages cost.

Every statement takes a set of shops or accounts, so that a program is read page by page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Executable,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    join,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from domain.campaigns import MessageKind, SenderName
from domain.people import AccountId, GrantId, MarketId, ProgramId, ShopId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models import metadata
from storage.models.campaigns import Campaign, Run
from storage.models.grants import Grant
from storage.models.ledger import Account, Transfer
from storage.models.places import Market
from storage.statements import Statement, json_rows, one_of, total

LATE_MAX = 100
SINCE = bindparam("since", type_=INSTANT)
UNTIL = bindparam("until", type_=INSTANT)


@dataclass(frozen=True, slots=True)
class PurseAccount:
    """An account that somebody's line shows."""

    account_id: AccountId
    kind: AccountKind
    market_id: MarketId | None
    market_name: str | None
    shop_id: ShopId | None
    grant_id: GrantId | None


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved on one side of an account by one code, in jeon; `later` is what moved after the
    period. Without a code it says what the account has now: its balance, and what is held of it.
    """

    account_id: AccountId
    is_in: bool | None
    code: TransferCode | None
    moved: int
    voided: int
    expired: int
    later: int
    later_pending: int
    balance: int
    pending: int


@dataclass(frozen=True, slots=True)
class SpentRow:
    """`sender` and `kind` are None for what was sent by hand; what was told wrongly and came back
    is taken off `jeon`.
    """

    shop_id: ShopId
    paid_from: AccountKind
    sender: SenderName | None
    kind: MessageKind | None
    jeon: int


@dataclass(frozen=True, slots=True)
class LateRow:
    """A movement that was recorded in a month and happened in one before."""

    code: TransferCode
    amount_jeon: int
    happened_at: datetime
    recorded_at: datetime


def listed(dialect: str) -> Select[int]:
    """The ids that a statement is about."""
    return select(json_rows(dialect, "ids", id=BigInteger()).c.id)


def sum_where(condition: ColumnElement[bool], amount: Any) -> ColumnElement[int]:
    return total(case((condition, amount), else_=0))


MOVES = one_of(col(Transfer.phase), Phase.SINGLE, Phase.POST)
IN_TIME = col(Transfer.recorded_at) < UNTIL
SIGNED_PENDING = case(
    (col(Transfer.phase) == Phase.HOLD, col(Transfer.amount_jeon)),
    (col(Transfer.phase) == Phase.SINGLE, 0),
    else_=-col(Transfer.amount_jeon),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Sums over the rows of each id: `owner` is the column that names it."""

    source: FromClause
    owner: Mapped[Any]
    keys: Sequence[ColumnElement[Any]]
    sums: Sequence[ColumnElement[Any]]
    where: Sequence[ColumnElement[bool]]

    def of_each(self, dialect: str) -> Select[*tuple[Any, ...]]:
        """The id, the keys and the sums. PostgreSQL is asked id by id, through the index: it takes
        a page of ids for a reason to read the whole table, once a page.
        """
        ids = json_rows(dialect, "ids", id=BigInteger())
        asked = (*self.keys, *self.sums)
        if dialect == "postgresql":
            mine = self.owner == ids.c.id
            found = select(*asked).select_from(self.source).where(mine, *self.where)
            one = found.group_by(*self.keys).lateral()
            return select(ids.c.id, *one.c).select_from(ids).join(one, true())
        joined = ids.join(self.source, self.owner == ids.c.id)
        found = select(ids.c.id, *asked).select_from(joined).where(*self.where)
        return found.group_by(ids.c.id, *self.keys)


AMOUNT = col(Transfer.amount_jeon)
FLOW_SUMS = (
    sum_where(and_(MOVES, IN_TIME), AMOUNT).label("moved"),
    sum_where(and_(col(Transfer.phase) == Phase.VOID, IN_TIME), AMOUNT).label("voided"),
    sum_where(and_(col(Transfer.phase) == Phase.EXPIRE, IN_TIME), AMOUNT).label("expired"),
    sum_where(and_(MOVES, ~IN_TIME), AMOUNT).label("later"),
    sum_where(~IN_TIME, SIGNED_PENDING).label("later_pending"),
)


def _side(dialect: str, account: Mapped[int], *, is_in: bool) -> Select[*tuple[Any, ...]]:
    grouped = Grouped(
        source=metadata.tables["transfer"],
        owner=account,
        keys=(col(Transfer.code).label("code"),),
        sums=FLOW_SUMS,
        where=(col(Transfer.recorded_at) >= SINCE,),
    )
    side = grouped.of_each(dialect).subquery()
    sums = (side.c[one.name] for one in FLOW_SUMS)
    return select(side.c.id, literal(is_in), side.c.code, *sums, literal(0), literal(0))


def _flows(dialect: str) -> Executable:
    """Balances and movements in one statement, so that both are of one moment everywhere."""
    balance = col(Account.credits_posted) - col(Account.debits_posted)
    nothing = (literal(0).label(one.name) for one in FLOW_SUMS)
    totals = select(
        col(Account.id),
        cast(null(), Boolean),
        cast(null(), String),
        *nothing,
        balance,
        col(Account.debits_pending),
    ).where(col(Account.id).in_(listed(dialect)))
    return union_all(
        totals,
        _side(dialect, col(Transfer.debit_account_id), is_in=False),
        _side(dialect, col(Transfer.credit_account_id), is_in=True),
    )


FLOWS = Statement(_flows)
PURSE_ACCOUNTS = (
    select(
        col(Account.id),
        col(Account.kind),
        col(Market.id),
        col(Market.name),
        col(Account.shop_id),
        col(Grant.id),
    )
    .outerjoin(Market, col(Market.id) == col(Account.market_id))
    .outerjoin(Grant, col(Grant.account_id) == col(Account.id))
    .order_by(col(Account.id))
)
OF_MARKET = func.coalesce(bindparam("of_market", type_=BigInteger()), col(Market.id))
OWN_ACCOUNTS = Statement(
    PURSE_ACCOUNTS.where(
        col(Account.program_id) == bindparam("of_program"),
        one_of(col(Account.kind), AccountKind.PROGRAM, AccountKind.OPERATING),
    )
)
POT_ACCOUNTS = Statement(
    PURSE_ACCOUNTS.where(
        col(Account.program_id) == bindparam("of_program"),
        col(Account.kind) == AccountKind.POT,
        col(Market.id) == OF_MARKET,
    )
)
SHOP_ACCOUNTS = Statement(
    lambda dialect: PURSE_ACCOUNTS.where(
        col(Account.shop_id).in_(listed(dialect)),
        one_of(col(Account.kind), AccountKind.GRANT, AccountKind.WALLET),
    )
)


def _spent(dialect: str) -> Executable:
    paid_to = aliased(Account)
    is_back = col(Account.kind) == AccountKind.SPENT  # what was told by hand and was wrong
    spent = Grouped(
        source=join(Transfer, Account, col(Account.id) == col(Transfer.debit_account_id))
        .join(paid_to, col(paid_to.id) == col(Transfer.credit_account_id))
        .outerjoin(Run, col(Run.id) == col(Transfer.run_id))
        .outerjoin(Campaign, col(Campaign.id) == col(Run.campaign_id)),
        owner=col(Transfer.shop_id),
        keys=(
            case((is_back, col(paid_to.kind)), else_=col(Account.kind)).label("paid_from"),
            col(Campaign.sender).label("sender"),
            col(Campaign.kind).label("message"),
        ),
        sums=(total(case((is_back, -AMOUNT), else_=AMOUNT)),),
        where=(
            one_of(col(Transfer.code), TransferCode.MESSAGE, TransferCode.BY_HAND),
            MOVES,
            col(Transfer.recorded_at) >= SINCE,
            IN_TIME,
        ),
    )
    return spent.of_each(dialect)


SPENT = Statement(_spent)
LATE = Statement(
    select(
        col(Transfer.code),
        col(Transfer.amount_jeon),
        col(Transfer.happened_at),
        col(Transfer.recorded_at),
    )
    .where(
        col(Transfer.shop_id) == bindparam("of_shop"),
        col(Transfer.recorded_at) >= SINCE,
        IN_TIME,
        col(Transfer.happened_at) < SINCE,
        MOVES,
    )
    .order_by(col(Transfer.id))
    .limit(LATE_MAX)
)


def list_own_accounts(tx: Tx, program_id: ProgramId) -> list[PurseAccount]:
    """The budget and the operating account."""
    return _accounts(tx.all(OWN_ACCOUNTS, of_program=program_id))


def list_pot_accounts(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None
) -> list[PurseAccount]:
    return _accounts(tx.all(POT_ACCOUNTS, of_program=program_id, of_market=market_id))


def list_shop_accounts(tx: Tx, shop_ids: Sequence[ShopId]) -> list[PurseAccount]:
    """All grants and wallets of these shops."""
    return _accounts(tx.all(SHOP_ACCOUNTS, ids=as_ids(shop_ids)))


def list_flows(
    tx: Tx, account_ids: Sequence[AccountId], since: datetime, until: datetime
) -> list[Flow]:
    found = tx.all(FLOWS, ids=as_ids(account_ids), since=since, until=until)
    return [Flow(*row) for row in found]


def list_spent(
    tx: Tx, shop_ids: Sequence[ShopId], since: datetime, until: datetime
) -> list[SpentRow]:
    found = tx.all(SPENT, ids=as_ids(shop_ids), since=since, until=until)
    return [
        SpentRow(
            row[0],
            AccountKind(row[1]),
            SenderName(row[2]) if row[2] else None,
            MessageKind(row[3]) if row[3] else None,
            row[4],
        )
        for row in found
        if row[4]
    ]


def list_late(tx: Tx, shop_id: ShopId, since: datetime, until: datetime) -> list[LateRow]:
    """At most 100, in the order in which they were recorded."""
    found = tx.all(LATE, of_shop=shop_id, since=since, until=until)
    return [LateRow(TransferCode(row[0]), *row[1:]) for row in found]


def as_ids(ids: Sequence[int]) -> str:
    return orjson.dumps([{"id": one} for one in ids]).decode()


def _accounts(rows: Sequence[tuple[Any, ...]]) -> list[PurseAccount]:
    return [PurseAccount(row[0], AccountKind(row[1]), *row[2:]) for row in rows]
