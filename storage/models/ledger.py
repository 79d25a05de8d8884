"""Accounts, transfers and prices. Only `subsidy/ledger.py` writes transfers."""

from datetime import datetime

from sqlalchemy import DDL, CheckConstraint, Index, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from domain.campaigns import MessageKind
from domain.money import Tariff
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
    market_id: int | None = maybe_ref("market.id", index=True)
    shop_id: int | None = maybe_ref("shop.id", index=True)
    is_limited: bool
    debits_pending: int = jeon()
    debits_posted: int = jeon()
    credits_pending: int = jeon()
    credits_posted: int = jeon()


class Transfer(SQLModel, table=True):
    """One movement of money, never changed. Balances are what an account may still spend.

    `shop_id`: for whom, also where a whole market's pot pays. `expires_at`: a hold given back by
    then if nothing has left. `reference`: a bank's number for a top-up, a proposal for a bulk act.
    """

    __table_args__ = (
        UniqueConstraint("hold_id", "phase"),
        Index("ix_transfer_debit", "debit_account_id", "code", "recorded_at"),
        Index("ix_transfer_shop", "shop_id", "recorded_at"),
        CheckConstraint("amount_jeon > 0", name="positive"),
        CheckConstraint(
            "(phase IN ('post', 'void', 'expire')) = (hold_id IS NOT NULL)", name="resolves"
        ),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
    )

    id: int = primary()
    key: str = Field(max_length=60, unique=True)
    code: TransferCode = Field(sa_type=choice(TransferCode))
    phase: Phase = Field(sa_type=choice(Phase))
    debit_account_id: int = ref("account.id")
    credit_account_id: int = ref("account.id", index=True)
    amount_jeon: int = jeon()
    hold_id: int | None = maybe_ref("transfer.id")
    run_id: int | None = maybe_ref("run.id", index=True)
    chunk_id: int | None = maybe_ref("chunk.id", index=True)
    debit_before_jeon: int = jeon()
    debit_after_jeon: int = jeon()
    credit_before_jeon: int = jeon()
    credit_after_jeon: int = jeon()
    shop_id: int | None = maybe_ref("shop.id")
    reference: str | None = Field(default=None, max_length=60)
    expires_at: datetime | None = None
    happened_at: datetime
    recorded_at: datetime = Field(index=True)


class Price(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("tariff", "kind", "is_targeted", "valid_from"),)

    id: int = primary()
    tariff: Tariff = Field(sa_type=choice(Tariff))
    kind: MessageKind = Field(sa_type=choice(MessageKind))
    is_targeted: bool
    net_jeon: int = jeon()
    vat_percent: int
    rounds_to_jeon: int
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
            DDL(_statement).execute_if(  # type: ignore[no-untyped-call]  # SQLAlchemy says no types
                dialect=_dialect
            ),
        )
