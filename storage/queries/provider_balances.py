"""What an account at a provider held when it was last asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from domain.campaigns import SenderName
from domain.money import Jeon
from storage.desk import Tx
from storage.models.campaigns import Chunk
from storage.models.ways import ProviderBalance
from storage.statements import Statement, upsert

LATEST = 500
"""Among so many chunks, the newest ones, it is looked what has left last: never in all of them."""


class Balance(NamedTuple):
    balance_jeon: Jeon
    asked_at: datetime


BALANCES = Statement(
    select(
        col(ProviderBalance.sender),
        col(ProviderBalance.balance_jeon),
        col(ProviderBalance.asked_at),
    ).limit(len(SenderName))
)
NEWEST = (
    select(col(Chunk.sender), col(Chunk.started_at))
    .order_by(col(Chunk.id).desc())
    .limit(LATEST)
    .subquery()
)
LAST_SENT = Statement(
    select(NEWEST.c.sender, func.max(NEWEST.c.started_at))
    .where(NEWEST.c.started_at.is_not(None))
    .group_by(NEWEST.c.sender)
)
SAVE = Statement(
    lambda dialect: upsert(
        dialect,
        ProviderBalance,
        ("sender",),
        {name: bindparam(name) for name in ("sender", "balance_jeon", "asked_at")},
        lambda fresh: {"balance_jeon": fresh.balance_jeon, "asked_at": fresh.asked_at},
    )
)


def list_balances(tx: Tx) -> Mapping[SenderName, Balance]:
    """By the way whose account it is (`domain.ways.PAYER`)."""
    return {SenderName(row[0]): Balance(Jeon(row[1]), row[2]) for row in tx.all(BALANCES)}


def list_last_sent(tx: Tx) -> Mapping[SenderName, datetime]:
    """When something last left by each way, of those that were used lately."""
    return {SenderName(row[0]): row[1] for row in tx.all(LAST_SENT)}


def save_balance(tx: Tx, sender: SenderName, balance_jeon: Jeon, at: datetime) -> None:
    tx.run(SAVE, sender=sender, balance_jeon=balance_jeon, asked_at=at)
