"""Prices: by whose list, for what, from when on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.campaigns import MessageKind
from domain.money import Jeon, Price, Tariff
from storage.desk import Tx
from storage.models.ledger import Price as PriceTable
from storage.statements import Statement, inserting

COLUMNS = (
    col(PriceTable.id),
    col(PriceTable.tariff),
    col(PriceTable.kind),
    col(PriceTable.is_targeted),
    col(PriceTable.net_jeon),
    col(PriceTable.vat_percent),
    col(PriceTable.rounds_to_jeon),
    col(PriceTable.valid_from),
)
PRICE_AT = Statement(
    select(*COLUMNS)
    .where(
        col(PriceTable.tariff) == bindparam("of_tariff"),
        col(PriceTable.kind) == bindparam("of_kind"),
        col(PriceTable.is_targeted) == bindparam("targeted"),
        col(PriceTable.valid_from) <= bindparam("at"),
    )
    .order_by(col(PriceTable.valid_from).desc())
    .limit(1)
)
PRICES = Statement(
    select(*COLUMNS)
    .order_by(
        col(PriceTable.tariff),
        col(PriceTable.kind),
        col(PriceTable.is_targeted),
        col(PriceTable.valid_from),
    )
    .limit(1_000)
)
INSERT_PRICE = Statement(
    inserting(
        PriceTable,
        "tariff",
        "kind",
        "is_targeted",
        "net_jeon",
        "vat_percent",
        "rounds_to_jeon",
        "valid_from",
    ).returning(col(PriceTable.id))
)


def find_price(
    tx: Tx, tariff: Tariff, kind: MessageKind, at: datetime, *, is_targeted: bool = False
) -> Price | None:
    row = tx.one(PRICE_AT, of_tariff=tariff, of_kind=kind, targeted=is_targeted, at=at)
    return _price(row) if row else None


def list_prices(tx: Tx) -> list[Price]:
    """All there ever were, oldest first within each list."""
    return [_price(row) for row in tx.all(PRICES)]


def insert_price(tx: Tx, **facts: object) -> int:
    """`facts` are the columns of Price by name."""
    row = tx.one(INSERT_PRICE, **facts)
    assert row is not None
    return int(row[0])


def _price(row: Sequence[Any]) -> Price:
    return Price(
        price_id=row[0],
        tariff=Tariff(row[1]),
        kind=row[2],
        is_targeted=bool(row[3]),
        net_jeon=Jeon(row[4]),
        vat_percent=row[5],
        rounds_to_jeon=row[6],
        valid_from=row[7],
    )
