"""Accounts, transfers, grants and prices."""

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

from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon, Price
from domain.people import AccountId, ChunkId, GrantId, ProgramId, RunId, ShopId
from domain.subsidy import AccountKind, Lot, Phase, TransferCode
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.ledger import Account, Grant, Transfer
from storage.models.ledger import Price as PriceTable
from storage.statements import Statement, inserting, json_rows, total


@dataclass(slots=True)
class Totals:
    """An account's running totals, in jeon."""

    account_id: AccountId
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


@dataclass(frozen=True, slots=True)
class GrantRow:
    grant_id: GrantId
    shop_id: ShopId
    account_id: AccountId
    amount_jeon: Jeon
    pays: str
    granted_at: datetime
    start_by: datetime
    started_at: datetime | None
    expires_at: datetime
    debits_pending: int
    debits_posted: int
    credits_posted: int
    lapsed_jeon: int

    @property
    def left_jeon(self) -> Jeon:
        return Jeon(self.credits_posted - self.debits_posted - self.debits_pending)


TOTALS = (
    col(Account.id),
    col(Account.is_limited),
    col(Account.debits_pending),
    col(Account.debits_posted),
    col(Account.credits_pending),
    col(Account.credits_posted),
)
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
        bindparam("happened_at", type_=INSTANT),
        bindparam("recorded_at", type_=INSTANT),
    )
    names = [*ENTRY_COLUMNS, "happened_at", "recorded_at"]
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


INSERT_ENTRIES = Statement(_insert_entries)
LOCK_ACCOUNTS = Statement(_lock_accounts)
KNOWN_KEYS = Statement(_known_keys)
MOVE_ACCOUNT = Statement(
    update(Account)
    .where(
        col(Account.id) == bindparam("of_id"),
        or_(
            col(Account.is_limited).is_(False),
            col(Account.debits_pending)
            + bindparam("debits_pending")
            + col(Account.debits_posted)
            + bindparam("debits_posted")
            <= col(Account.credits_posted) + bindparam("credits_posted"),
        ),
    )
    .values(
        {
            name: getattr(Account, name) + bindparam(name, type_=BigInteger())
            for name in ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
        }
    )
)
OPEN_ACCOUNT = Statement(
    inserting(
        Account,
        "kind",
        "program_id",
        "shop_id",
        "is_limited",
        "debits_pending",
        "debits_posted",
        "credits_pending",
        "credits_posted",
    ).returning(col(Account.id))
)
PROGRAM_ACCOUNT = Statement(
    select(col(Account.id)).where(
        col(Account.program_id) == bindparam("program_id"), col(Account.kind) == bindparam("kind")
    )
)
OPEN_HOLDS = Statement(
    select(
        col(Transfer.id),
        col(Transfer.debit_account_id),
        col(Transfer.credit_account_id),
        col(Transfer.amount_jeon),
        col(Transfer.run_id),
        col(Transfer.chunk_id),
    )
    .where(
        col(Transfer.chunk_id) == bindparam("chunk_id"),
        col(Transfer.phase) == Phase.HOLD,
        ~exists(select(literal(1)).where(col(Resolution.hold_id) == col(Transfer.id))),
    )
    .order_by(col(Transfer.id))
)
LAPSED = (
    select(total(col(Transfer.amount_jeon)))
    .where(
        col(Transfer.debit_account_id) == col(Grant.account_id),
        col(Transfer.code) == TransferCode.LAPSE,
    )
    .scalar_subquery()
    .label("lapsed_jeon")
)
GRANT = (
    col(Grant.id),
    col(Grant.shop_id),
    col(Grant.account_id),
    col(Grant.amount_jeon),
    col(Grant.pays),
    col(Grant.granted_at),
    col(Grant.start_by),
    col(Grant.started_at),
    col(Grant.expires_at),
    col(Account.debits_pending),
    col(Account.debits_posted),
    col(Account.credits_posted),
    LAPSED,
)
GRANTS = select(*GRANT).join(Account, col(Account.id) == col(Grant.account_id))
GRANTS_OF_SHOP = Statement(
    GRANTS.where(col(Grant.shop_id) == bindparam("of_shop")).order_by(
        col(Grant.expires_at), col(Grant.id)
    )
)
GRANTS_PAST = Statement(
    GRANTS.where(
        col(Grant.expires_at) <= bindparam("now"),
        col(Account.credits_posted) > col(Account.debits_posted) + col(Account.debits_pending),
    )
    .order_by(col(Grant.id))
    .limit(100)
)
GRANTS_NEVER_STARTED = Statement(
    GRANTS.where(
        col(Grant.started_at).is_(None),
        col(Grant.start_by) <= bindparam("now"),
        col(Account.credits_posted) > col(Account.debits_posted) + col(Account.debits_pending),
    )
    .order_by(col(Grant.id))
    .limit(100)
)
INSERT_GRANT = Statement(
    inserting(
        Grant,
        "program_id",
        "shop_id",
        "account_id",
        "amount_jeon",
        "pays",
        "granted_at",
        "start_by",
        "expires_at",
    ).returning(col(Grant.id))
)
GRANT_OF_KEY = Statement(
    select(col(Grant.id))
    .join(Transfer, col(Transfer.credit_account_id) == col(Grant.account_id))
    .where(col(Transfer.key) == bindparam("key"))
)
START_GRANT = Statement(
    update(Grant)
    .where(
        col(Grant.id) == bindparam("of_id"),
        col(Grant.shop_id) == bindparam("of_shop"),
        col(Grant.started_at).is_(None),
    )
    .values(started_at=bindparam("at"))
)
PROGRAM_OF_GRANT = Statement(
    select(col(Grant.program_id)).where(col(Grant.id) == bindparam("of_id"))
)
PRICE_AT = Statement(
    select(
        col(PriceTable.id),
        col(PriceTable.sender),
        col(PriceTable.kind),
        col(PriceTable.net_jeon),
        col(PriceTable.vat_percent),
        col(PriceTable.valid_from),
    )
    .where(
        col(PriceTable.sender) == bindparam("of_sender"),
        col(PriceTable.kind) == bindparam("of_kind"),
        col(PriceTable.valid_from) <= bindparam("at"),
    )
    .order_by(col(PriceTable.valid_from).desc())
    .limit(1)
)
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
    tx: Tx, entries: Sequence[Entry], *, happened_at: datetime, recorded_at: datetime
) -> None:
    listed = orjson.dumps(list(entries)).decode()
    tx.run(INSERT_ENTRIES, entries=listed, happened_at=happened_at, recorded_at=recorded_at)


def move_account(tx: Tx, change: Totals) -> bool:
    """Adds a change to an account's totals; False when that would overdraw it."""
    return bool(
        tx.run(
            MOVE_ACCOUNT,
            of_id=change.account_id,
            debits_pending=change.debits_pending,
            debits_posted=change.debits_posted,
            credits_pending=change.credits_pending,
            credits_posted=change.credits_posted,
        )
    )


def open_account(
    tx: Tx, kind: AccountKind, program_id: ProgramId, shop_id: ShopId | None = None
) -> AccountId:
    row = tx.one(
        OPEN_ACCOUNT,
        kind=kind,
        program_id=program_id,
        shop_id=shop_id,
        is_limited=kind in (AccountKind.PROGRAM, AccountKind.GRANT, AccountKind.WALLET),
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


def list_open_holds(tx: Tx, chunk_id: ChunkId) -> list[OpenHold]:
    return [OpenHold(*row) for row in tx.all(OPEN_HOLDS, chunk_id=chunk_id)]


def list_grants(tx: Tx, shop_id: ShopId) -> list[GrantRow]:
    return [GrantRow(*row) for row in tx.all(GRANTS_OF_SHOP, of_shop=shop_id)]


def list_grants_to_lapse(tx: Tx, now: datetime) -> list[GrantRow]:
    """Grants with free money that is past its date, or was never started in time (F2)."""
    rows = tx.all(GRANTS_PAST, now=now) + tx.all(GRANTS_NEVER_STARTED, now=now)
    return list({row[0]: GrantRow(*row) for row in rows}.values())


def list_lots(tx: Tx, shop_id: ShopId, pays: str, now: datetime) -> list[Lot]:
    """Started, unexpired grants of this shop that may pay for this kind of message."""
    return [
        Lot(
            account_id=grant.account_id,
            grant_id=grant.grant_id,
            expires_at=grant.expires_at,
            left_jeon=grant.left_jeon,
        )
        for grant in list_grants(tx, shop_id)
        if grant.started_at is not None
        and grant.started_at <= now < grant.expires_at
        and pays in grant.pays.split(",")
    ]


def insert_grant(tx: Tx, **facts: object) -> GrantId:
    """`facts` are the columns of Grant by name."""
    row = tx.one(INSERT_GRANT, **facts)
    assert row is not None
    return GrantId(row[0])


def find_grant_by_key(tx: Tx, key: str) -> GrantId | None:
    row = tx.one(GRANT_OF_KEY, key=key)
    return GrantId(row[0]) if row else None


def start_grant(tx: Tx, shop_id: ShopId, grant_id: GrantId, at: datetime) -> bool:
    """False when it was started already; a start cannot be repeated or undone (F4)."""
    return bool(tx.run(START_GRANT, of_id=grant_id, of_shop=shop_id, at=at))


def get_program_of_grant(tx: Tx, grant_id: GrantId) -> ProgramId:
    row = tx.one(PROGRAM_OF_GRANT, of_id=grant_id)
    assert row is not None
    return ProgramId(row[0])


def find_price(tx: Tx, sender: SenderName, kind: MessageKind, at: datetime) -> Price | None:
    row = tx.one(PRICE_AT, of_sender=sender, of_kind=kind, at=at)
    if row is None:
        return None
    return Price(
        price_id=row[0],
        sender=row[1],
        kind=row[2],
        net_jeon=Jeon(row[3]),
        vat_percent=row[4],
        valid_from=row[5],
    )


def sum_by_kind(tx: Tx, program_id: ProgramId) -> dict[AccountKind, tuple[int, int, int]]:
    """Pending debits, posted debits and posted credits of a program's accounts by kind."""
    rows = tx.all(SUM_BY_KIND, of_program=program_id)
    return {AccountKind(row[0]): (row[1], row[2], row[3]) for row in rows}
