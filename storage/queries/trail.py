"""The trail of money, as far as one may see it: accounts and the transfers between them.

A balance of an account beyond one's sight is not read out with a transfer that touches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    case,
    func,
    inspect,
    join,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from domain.people import (
    AccountId,
    CampaignId,
    ChunkId,
    GrantId,
    MarketId,
    ProgramId,
    ShopId,
)
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.desk import Tx
from storage.models.campaigns import Run
from storage.models.grants import Grant
from storage.models.ledger import Account, Transfer
from storage.models.places import Market, Shop
from storage.statements import Statement

ROWS_MAX = 50
"""On one page; a page shows that there are more by asking for one more."""

OF_CHUNK_MAX = 200
"""A chunk has three transfers a lot; nobody has so many lots."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see: a program, or only one market of it."""

    program_id: ProgramId
    market_id: MarketId | None

    @property
    def scope(self) -> dict[str, int | None]:
        return {"of_program": self.program_id, "of_market": self.market_id}


@dataclass(frozen=True, slots=True)
class AccountView:
    account_id: AccountId
    kind: AccountKind
    market_name: str | None
    shop_id: ShopId | None
    shop_name: str | None
    grant_id: GrantId | None
    parent_account_id: AccountId | None
    expires_at: datetime | None
    in_jeon: int
    out_jeon: int
    held_jeon: int

    @property
    def left_jeon(self) -> int:
        return self.in_jeon - self.out_jeon - self.held_jeon


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a transfer; no name, no balances where the account is beyond one's sight."""

    account_id: AccountId
    kind: AccountKind
    name: str | None
    grant_id: GrantId | None
    is_seen: bool
    before_jeon: int
    after_jeon: int


@dataclass(frozen=True, slots=True)
class TransferView:
    """`shop_id` and `shop_name` are None also for a shop beyond one's sight."""

    transfer_id: int
    code: TransferCode
    phase: Phase
    amount_jeon: int
    hold_id: int | None
    chunk_id: ChunkId | None
    campaign_id: CampaignId | None
    shop_id: ShopId | None
    shop_name: str | None
    key: str
    reference: str | None
    expires_at: datetime | None
    happened_at: datetime
    recorded_at: datetime
    source: Side
    target: Side


PROGRAM = bindparam("of_program", type_=BigInteger())
MARKET = bindparam("of_market", type_=BigInteger())
MOST = bindparam("most", type_=BigInteger())


def seen_in(market_id: Mapped[int]) -> ColumnElement[bool]:
    """Whether this market is within one's sight."""
    return or_(MARKET.is_(None), func.coalesce(market_id, 0) == MARKET)


ParentGrant = aliased(Grant)
ACCOUNTS = (
    select(
        col(Account.id),
        col(Account.kind),
        col(Market.name),
        col(Account.shop_id),
        col(Shop.name),
        col(Grant.id),
        col(ParentGrant.account_id),
        col(Grant.expires_at),
        col(Account.credits_posted),
        col(Account.debits_posted),
        col(Account.debits_pending),
    )
    .outerjoin(Shop, col(Shop.id) == col(Account.shop_id))
    .outerjoin(Market, col(Market.id) == func.coalesce(col(Account.market_id), col(Shop.market_id)))
    .outerjoin(Grant, col(Grant.account_id) == col(Account.id))
    .outerjoin(ParentGrant, col(ParentGrant.id) == col(Grant.parent_id))
    .where(col(Account.program_id) == PROGRAM, seen_in(col(Market.id)))
)
ACCOUNT = Statement(ACCOUNTS.where(col(Account.id) == bindparam("of_id")))
ACCOUNT_PAGE = Statement(
    ACCOUNTS.where(col(Account.id) > bindparam("after", type_=BigInteger()))
    .order_by(col(Account.id))
    .limit(MOST)
)
CHILDREN = Statement(
    ACCOUNTS.where(col(ParentGrant.account_id) == bindparam("of_account"))
    .order_by(col(Account.id))
    .limit(MOST)
)
ACCOUNT_OF_GRANT = Statement(
    select(col(Grant.account_id)).where(
        col(Grant.id) == bindparam("of_id"), col(Grant.program_id) == PROGRAM
    )
)
Source, Target = aliased(Account), aliased(Account)
SourceGrant, TargetGrant = aliased(Grant), aliased(Grant)
SourceShop, TargetShop = aliased(Shop), aliased(Shop)
SourceMarket, TargetMarket = aliased(Market), aliased(Market)
SOURCE_SEEN, TARGET_SEEN = seen_in(col(SourceMarket.id)), seen_in(col(TargetMarket.id))
SHOP_SEEN = seen_in(col(Shop.market_id))
COLUMNS = (
    col(Transfer.id),
    col(Transfer.code),
    col(Transfer.phase),
    col(Transfer.amount_jeon),
    col(Transfer.hold_id),
    col(Transfer.chunk_id),
    col(Run.campaign_id),
    case((SHOP_SEEN, col(Transfer.shop_id))),
    case((SHOP_SEEN, col(Shop.name))),
    col(Transfer.key),
    col(Transfer.reference),
    col(Transfer.expires_at),
    col(Transfer.happened_at),
    col(Transfer.recorded_at),
    col(Source.id),
    col(Source.kind),
    func.coalesce(col(SourceShop.name), col(SourceMarket.name)),
    col(SourceGrant.id),
    SOURCE_SEEN,
    col(Transfer.debit_before_jeon),
    col(Transfer.debit_after_jeon),
    col(Target.id),
    col(Target.kind),
    func.coalesce(col(TargetShop.name), col(TargetMarket.name)),
    col(TargetGrant.id),
    TARGET_SEEN,
    col(Transfer.credit_before_jeon),
    col(Transfer.credit_after_jeon),
)


def _seen(first: FromClause) -> Select[*tuple[Any, ...]]:
    """Transfers within one's sight; `first` is where PostgreSQL begins, before the many joins."""
    return (
        select(*COLUMNS)
        .select_from(first)
        .join(Source, col(Source.id) == col(Transfer.debit_account_id))
        .join(Target, col(Target.id) == col(Transfer.credit_account_id))
        .outerjoin(Shop, col(Shop.id) == col(Transfer.shop_id))
        .outerjoin(SourceGrant, col(SourceGrant.account_id) == col(Source.id))
        .outerjoin(TargetGrant, col(TargetGrant.account_id) == col(Target.id))
        .outerjoin(SourceShop, col(SourceShop.id) == col(Source.shop_id))
        .outerjoin(TargetShop, col(TargetShop.id) == col(Target.shop_id))
        .outerjoin(
            SourceMarket,
            col(SourceMarket.id) == func.coalesce(col(Source.market_id), col(SourceShop.market_id)),
        )
        .outerjoin(
            TargetMarket,
            col(TargetMarket.id) == func.coalesce(col(Target.market_id), col(TargetShop.market_id)),
        )
        .outerjoin(Run, col(Run.id) == col(Transfer.run_id))
        .where(
            col(Source.program_id) == PROGRAM,
            or_(SOURCE_SEEN, TARGET_SEEN, SHOP_SEEN),
        )
    )


FIRST_SIDE, SECOND_SIDE = 14, 21
TABLE = inspect(Transfer).local_table


def _transfers(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return _seen(TABLE).where(condition).limit(MOST)


TRANSFER = Statement(_transfers(col(Transfer.id) == bindparam("of_id")))
RESOLUTIONS = Statement(
    _transfers(col(Transfer.hold_id) == bindparam("of_hold")).order_by(col(Transfer.id))
)
OF_CHUNK = Statement(
    _transfers(col(Transfer.chunk_id) == bindparam("of_chunk")).order_by(col(Transfer.id))
)
BEFORE = bindparam("before", type_=BigInteger())


def _newest(side: Mapped[int]) -> Select[int]:
    """Looked up before anything is joined: an account may have millions of transfers."""
    newest = (
        select(col(Transfer.id).label("id"))
        .where(
            side == bindparam("of_account"),
            or_(BEFORE.is_(null()), col(Transfer.id) < BEFORE),
        )
        .order_by(col(Transfer.id).desc())
        .limit(MOST)
        .subquery()
    )
    return select(newest.c.id)


NEWEST = union_all(
    _newest(col(Transfer.debit_account_id)), _newest(col(Transfer.credit_account_id))
).subquery("newest")
OF_ACCOUNT = Statement(
    _seen(join(NEWEST, TABLE, col(Transfer.id) == NEWEST.c.id))
    .order_by(col(Transfer.id).desc())
    .limit(MOST)
)


def find_account(tx: Tx, sight: Sight, account_id: AccountId) -> AccountView | None:
    row = tx.one(ACCOUNT, of_id=account_id, **sight.scope)
    return AccountView(*row) if row else None


def find_account_of_grant(tx: Tx, sight: Sight, grant_id: GrantId) -> AccountView | None:
    row = tx.one(ACCOUNT_OF_GRANT, of_id=grant_id, of_program=sight.program_id)
    return find_account(tx, sight, AccountId(row[0])) if row else None


def list_accounts(tx: Tx, sight: Sight, *, after: int) -> list[AccountView]:
    """A page by id, and one more when another page follows."""
    rows = tx.all(ACCOUNT_PAGE, after=after, most=ROWS_MAX + 1, **sight.scope)
    return [AccountView(*row) for row in rows]


def list_children(tx: Tx, sight: Sight, account_id: AccountId) -> list[AccountView]:
    """The grants carved out of a pot, at most a page of them."""
    rows = tx.all(CHILDREN, of_account=account_id, most=ROWS_MAX, **sight.scope)
    return [AccountView(*row) for row in rows]


def find_transfer(tx: Tx, sight: Sight, transfer_id: int) -> TransferView | None:
    found = _views(tx.all(TRANSFER, of_id=transfer_id, most=1, **sight.scope))
    return found[0] if found else None


def list_resolutions(tx: Tx, sight: Sight, hold_id: int) -> list[TransferView]:
    """What became of a hold: posted, given back, or neither yet."""
    return _views(tx.all(RESOLUTIONS, of_hold=hold_id, most=len(Phase), **sight.scope))


def list_of_chunk(tx: Tx, sight: Sight, chunk_id: ChunkId) -> list[TransferView]:
    return _views(tx.all(OF_CHUNK, of_chunk=chunk_id, most=OF_CHUNK_MAX, **sight.scope))


def list_of_account(
    tx: Tx, sight: Sight, account_id: AccountId, *, before: int | None
) -> list[TransferView]:
    """Newest first, a page before a transfer and one more when another page follows."""
    rows = tx.all(
        OF_ACCOUNT, of_account=account_id, before=before, most=ROWS_MAX + 1, **sight.scope
    )
    return _views(rows)


def _views(rows: Sequence[tuple[Any, ...]]) -> list[TransferView]:
    return [TransferView(*_parted(row)) for row in rows]


def _parted(row: tuple[Any, ...]) -> tuple[Any, ...]:
    sides = row[FIRST_SIDE:SECOND_SIDE], row[SECOND_SIDE:]
    return (*row[:FIRST_SIDE], *map(_side, sides))


def _side(row: tuple[Any, ...]) -> Side:
    account_id, kind, name, grant_id, is_seen, before, after = row
    if not is_seen:
        return Side(account_id, kind, None, None, False, 0, 0)
    return Side(account_id, kind, name, grant_id, True, before, after)
