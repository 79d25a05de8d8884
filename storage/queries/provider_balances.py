"""What an account at a provider held when it was last asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.campaigns import SenderName
from domain.money import Jeon
from storage.desk import Tx
from storage.models.ways import ProviderBalance
from storage.statements import Statement, upsert


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


def save_balance(tx: Tx, sender: SenderName, balance_jeon: Jeon, at: datetime) -> None:
    tx.run(SAVE, sender=sender, balance_jeon=balance_jeon, asked_at=at)
