"""Accounts, transfers, holds, and the shares of a pot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Executable,
    String,
    bindparam,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId, ChunkId, MarketId, ProgramId, RunId, ShopId
from domain.subsidy import LIMITED, AccountKind, Phase, TransferCode
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.grants import PotShare
from storage.models.ledger import Account, Transfer
from storage.statements import Statement, insert_once, inserting, json_rows, total


@dataclass(slots=True)
class Totals:
    """An account's running totals, in jeon."""

    account_id: AccountId
    kind: AccountKind
    is_limited: bool
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int

    @property
    def left_jeon(self) -> Jeon:
        return Jeon(self.credits_posted - self.debits_posted - self.debits_pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One transfer as it is written, balances included."""

    key: str
    code: TransferCode
    phase: Phase
    debit_account_id: AccountId
    credit_account_id: AccountId
    amount_jeon: Jeon
    hold_id: int | None
    run_id: RunId | None
    chunk_id: ChunkId | None
    shop_id: ShopId | None
    reference: str | None
    debit_before_jeon: int
    debit_after_jeon: int
    credit_before_jeon: int
    credit_after_jeon: int


@dataclass(frozen=True, slots=True)
class OpenHold:
    hold_id: int
    debit_account_id: AccountId
    credit_account_id: AccountId
    amount_jeon: Jeon
    run_id: RunId
    chunk_id: ChunkId
    shop_id: ShopId | None
    expires_at: datetime | None


TOTALS = (
    col(Account.id),
    col(Account.kind),
    col(Account.is_limited),
    col(Account.debits_pending),
    col(Account.debits_posted),
    col(Account.credits_pending),
    col(Account.credits_posted),
)
SUMS = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
ENTRY_COLUMNS: dict[str, TypeEngine[Any]] = {
    "key": String(),
    "code": String(),
    "phase": String(),
    "debit_account_id": BigInteger(),
    "credit_account_id": BigInteger(),
    "amount_jeon": BigInteger(),
    "hold_id": BigInteger(),
    "run_id": BigInteger(),
    "chunk_id": BigInteger(),
    "shop_id": BigInteger(),
    "reference": String(),
    "debit_before_jeon": BigInteger(),
    "debit_after_jeon": BigInteger(),
    "credit_before_jeon": BigInteger(),
    "credit_after_jeon": BigInteger(),
}
Resolution = aliased(Transfer)


def _insert_entries(dialect: str) -> Executable:
    rows = json_rows(dialect, "entries", **ENTRY_COLUMNS)
    source = select(
        *[rows.c[name] for name in ENTRY_COLUMNS],
        bindparam("expires_at", type_=INSTANT),
        bindparam("happened_at", type_=INSTANT),
        bindparam("recorded_at", type_=INSTANT),
    )
    names = [*ENTRY_COLUMNS, "expires_at", "happened_at", "recorded_at"]
    return insert(Transfer).from_select(names, source, include_defaults=False)


def _lock_accounts(dialect: str) -> Executable:
    ids = json_rows(dialect, "accounts", id=BigInteger())
    wanted = select(ids.c.id)
    return (
        select(*TOTALS)
        .where(col(Account.id).in_(wanted))
        .order_by(col(Account.id))
        .with_for_update()
    )


def _known_keys(dialect: str) -> Executable:
    keys = json_rows(dialect, "keys", key=String())
    return select(col(Transfer.key)).where(col(Transfer.key).in_(select(keys.c.key)))


def _move_accounts(dialect: str) -> Executable:
    changes = json_rows(dialect, "changes", id=BigInteger(), **{one: BigInteger() for one in SUMS})
    after = {one: getattr(Account, one) + changes.c[one] for one in SUMS}
    is_covered = after["debits_pending"] + after["debits_posted"] <= after["credits_posted"]
    return (
        update(Account)
        .where(
            col(Account.id) == changes.c.id,
            or_(col(Account.is_limited).is_(False), is_covered),
        )
        .values(after)
    )


def _open_holds(dialect: str) -> Executable:
    ids = json_rows(dialect, "chunks", id=BigInteger())
    return (
        select(
            col(Transfer.id),
            col(Transfer.debit_account_id),
            col(Transfer.credit_account_id),
            col(Transfer.amount_jeon),
            col(Transfer.run_id),
            col(Transfer.chunk_id),
            col(Transfer.shop_id),
            col(Transfer.expires_at),
        )
        .where(
            col(Transfer.chunk_id).in_(select(ids.c.id)),
            col(Transfer.phase) == Phase.HOLD,
            ~exists(select(literal(1)).where(col(Resolution.hold_id) == col(Transfer.id))),
        )
        .order_by(col(Transfer.id))
    )


INSERT_ENTRIES = Statement(_insert_entries)
LOCK_ACCOUNTS = Statement(_lock_accounts)
KNOWN_KEYS = Statement(_known_keys)
MOVE_ACCOUNTS = Statement(_move_accounts)
OPEN_ACCOUNT = Statement(
    inserting(
        Account,
        "kind",
        "program_id",
        "market_id",
        "shop_id",
        "is_limited",
        "debits_pending",
        "debits_posted",
        "credits_pending",
        "credits_posted",
    ).returning(col(Account.id))
)
MOVE_SHARE = Statement(
    update(PotShare)
    .where(
        col(PotShare.account_id) == bindparam("of_account"),
        col(PotShare.shop_id) == bindparam("of_shop"),
        col(PotShare.used_jeon) + bindparam("by_jeon", type_=BigInteger())
        <= col(PotShare.cap_jeon),
    )
    .values(used_jeon=col(PotShare.used_jeon) + bindparam("by_jeon", type_=BigInteger()))
)
FIND_SHARE = Statement(
    select(col(PotShare.cap_jeon), col(PotShare.used_jeon)).where(
        col(PotShare.account_id) == bindparam("of_account"),
        col(PotShare.shop_id) == bindparam("of_shop"),
    )
)
OPEN_SHARE = Statement(
    lambda dialect: insert_once(
        dialect,
        PotShare,
        account_id=bindparam("account_id"),
        shop_id=bindparam("shop_id"),
        cap_jeon=bindparam("cap_jeon"),
        used_jeon=0,
    )
)
PROGRAM_ACCOUNT = Statement(
    select(col(Account.id)).where(
        col(Account.program_id) == bindparam("program_id"), col(Account.kind) == bindparam("kind")
    )
)
OPEN_HOLDS = Statement(_open_holds)
SUM_BY_KIND = Statement(
    select(
        col(Account.kind),
        total(col(Account.debits_pending)),
        total(col(Account.debits_posted)),
        total(col(Account.credits_posted)),
    )
    .where(col(Account.program_id) == bindparam("of_program"))
    .group_by(col(Account.kind))
)


def lock_accounts(tx: Tx, account_ids: Sequence[AccountId]) -> dict[AccountId, Totals]:
    """Totals by account, locked in id order so that two ledgers' steps never wait in a ring."""
    wanted = orjson.dumps([{"id": one} for one in sorted(set(account_ids))]).decode()
    return {row[0]: Totals(*row) for row in tx.all(LOCK_ACCOUNTS, accounts=wanted)}


def known_keys(tx: Tx, keys: Sequence[str]) -> set[str]:
    wanted = orjson.dumps([{"key": key} for key in keys]).decode()
    return {row[0] for row in tx.all(KNOWN_KEYS, keys=wanted)}


def insert_entries(
    tx: Tx,
    entries: Sequence[Entry],
    *,
    happened_at: datetime,
    recorded_at: datetime,
    expires_at: datetime | None,
) -> None:
    tx.run(
        INSERT_ENTRIES,
        entries=orjson.dumps(list(entries)).decode(),
        happened_at=happened_at,
        recorded_at=recorded_at,
        expires_at=expires_at,
    )


def move_accounts(tx: Tx, changes: Sequence[Totals]) -> bool:
    """Adds changes to their accounts' totals; False when that would overdraw one of them."""
    listed = [
        {"id": one.account_id, **{name: getattr(one, name) for name in SUMS}} for one in changes
    ]
    return tx.run(MOVE_ACCOUNTS, changes=orjson.dumps(listed).decode()) == len(changes)


def open_share(tx: Tx, account_id: AccountId, shop_id: ShopId, cap_jeon: int) -> None:
    """A shop's share of a pot; a share that is there stays as it is."""
    tx.run(OPEN_SHARE, account_id=account_id, shop_id=shop_id, cap_jeon=cap_jeon)


def move_share(tx: Tx, account_id: AccountId, shop_id: ShopId, by_jeon: int) -> bool:
    """Counts what a shop uses of a pot; False beyond its cap. Without a share there is no cap."""
    if tx.run(MOVE_SHARE, of_account=account_id, of_shop=shop_id, by_jeon=by_jeon):
        return True
    return tx.one(FIND_SHARE, of_account=account_id, of_shop=shop_id) is None


def open_account(
    tx: Tx,
    kind: AccountKind,
    program_id: ProgramId,
    *,
    market_id: MarketId | None = None,
    shop_id: ShopId | None = None,
) -> AccountId:
    row = tx.one(
        OPEN_ACCOUNT,
        kind=kind,
        program_id=program_id,
        market_id=market_id,
        shop_id=shop_id,
        is_limited=kind in LIMITED,
        debits_pending=0,
        debits_posted=0,
        credits_pending=0,
        credits_posted=0,
    )
    assert row is not None
    return AccountId(row[0])


def get_program_account(tx: Tx, program_id: ProgramId, kind: AccountKind) -> AccountId:
    row = tx.one(PROGRAM_ACCOUNT, program_id=program_id, kind=kind)
    assert row is not None, "a program opens its accounts when it begins"
    return AccountId(row[0])


def list_open_holds(tx: Tx, chunk_ids: Sequence[ChunkId]) -> list[OpenHold]:
    """Of these chunks, oldest first."""
    wanted = orjson.dumps([{"id": one} for one in chunk_ids]).decode()
    return [OpenHold(*row) for row in tx.all(OPEN_HOLDS, chunks=wanted)]


def sum_by_kind(tx: Tx, program_id: ProgramId) -> dict[AccountKind, tuple[int, int, int]]:
    """Pending debits, posted debits and posted credits of a program's accounts by kind."""
    rows = tx.all(SUM_BY_KIND, of_program=program_id)
    return {AccountKind(row[0]): (row[1], row[2], row[3]) for row in rows}
