"""Accounts, transfers, grants and prices. Only `subsidy/ledger.py` writes transfers."""

from datetime import datetime

from sqlalchemy import DDL, CheckConstraint, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from domain.campaigns import MessageKind, SenderName
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.columns import choice, jeon, maybe_ref, primary, ref


class Account(SQLModel, table=True):
    """Running totals; a limited account can never be overdrawn, holds counted (I2)."""

    __table_args__ = (
        CheckConstraint(
            "debits_pending >= 0 AND debits_posted >= 0"
            " AND credits_pending >= 0 AND credits_posted >= 0",
            name="not_negative",
        ),
        CheckConstraint(
            "NOT is_limited OR debits_pending + debits_posted <= credits_posted",
            name="not_overdrawn",
        ),
    )

    id: int = primary()
    kind: AccountKind = Field(sa_type=choice(AccountKind))
    program_id: int = ref("program.id", index=True)
    shop_id: int | None = maybe_ref("shop.id", index=True)
    is_limited: bool
    debits_pending: int = jeon()
    debits_posted: int = jeon()
    credits_pending: int = jeon()
    credits_posted: int = jeon()


class Transfer(SQLModel, table=True):
    """One movement of money, never changed. Balances are what an account may still spend."""

    __table_args__ = (
        UniqueConstraint("hold_id", "phase"),
        CheckConstraint("amount_jeon > 0", name="positive"),
        CheckConstraint("(phase IN ('post', 'void')) = (hold_id IS NOT NULL)", name="resolves"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
    )

    id: int = primary()
    key: str = Field(max_length=60, unique=True)
    code: TransferCode = Field(sa_type=choice(TransferCode))
    phase: Phase = Field(sa_type=choice(Phase))
    debit_account_id: int = ref("account.id", index=True)
    credit_account_id: int = ref("account.id", index=True)
    amount_jeon: int = jeon()
    hold_id: int | None = maybe_ref("transfer.id")
    run_id: int | None = maybe_ref("run.id", index=True)
    chunk_id: int | None = maybe_ref("chunk.id", index=True)
    debit_before_jeon: int = jeon()
    debit_after_jeon: int = jeon()
    credit_before_jeon: int = jeon()
    credit_after_jeon: int = jeon()
    happened_at: datetime
    recorded_at: datetime


class Grant(SQLModel, table=True):
    """Free cash for one shop (F1-F8); what it holds stands in its account."""

    id: int = primary()
    program_id: int = ref("program.id", index=True)
    shop_id: int = ref("shop.id", index=True)
    account_id: int = Field(foreign_key="account.id", unique=True)
    amount_jeon: int = jeon()
    pays: str = Field(max_length=200)
    granted_at: datetime
    start_by: datetime
    started_at: datetime | None = None
    expires_at: datetime = Field(index=True)


class Price(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("sender", "kind", "valid_from"),)

    id: int = primary()
    sender: SenderName = Field(sa_type=choice(SenderName))
    kind: MessageKind = Field(sa_type=choice(MessageKind))
    net_jeon: int = jeon()
    vat_percent: int
    valid_from: datetime


SQLITE_REFUSE = """
CREATE TRIGGER transfer_no_{act} BEFORE {act} ON transfer
BEGIN SELECT RAISE(ABORT, 'transfers are never changed'); END
"""
POSTGRES_REFUSE = """
CREATE FUNCTION transfer_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'transfers are never changed'; END $$
"""
POSTGRES_GUARD = """
CREATE TRIGGER transfer_no_change BEFORE UPDATE OR DELETE ON transfer
FOR EACH ROW EXECUTE FUNCTION transfer_refuse()
"""
FORBID_CHANGE = {
    "sqlite": [SQLITE_REFUSE.format(act=act) for act in ("update", "delete")],
    "postgresql": [POSTGRES_REFUSE, POSTGRES_GUARD],
}
"""Nothing is ever updated or deleted in the transfer table, whatever the code does."""

for _dialect, _statements in FORBID_CHANGE.items():
    for _statement in _statements:
        event.listen(
            SQLModel.metadata.tables["transfer"],
            "after_create",
            DDL(_statement).execute_if(  # type: ignore[no-untyped-call]
                dialect=_dialect
            ),
        )
