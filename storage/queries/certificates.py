"""Whether a provider may carry others' advertising as text messages, and a shop wants it (L18)."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import col

from domain.campaigns import SenderName
from domain.people import ShopId
from domain.time import kst_instant
from storage.desk import Tx
from storage.models.places import Shop
from storage.models.ways import SenderCertificate
from storage.statements import Statement, upsert

CERTIFIED = Statement(
    select(col(SenderCertificate.until)).where(col(SenderCertificate.sender) == bindparam("of"))
)
CERTIFIED_FOR = Statement(
    select(col(SenderCertificate.until))
    .join(Shop, col(Shop.id) == bindparam("of_shop"))
    .where(col(SenderCertificate.sender) == bindparam("of"), col(Shop.may_text))
)
MAY_TEXT = Statement(select(col(Shop.may_text)).where(col(Shop.id) == bindparam("of_shop")))
SAVE = Statement(
    lambda dialect: upsert(
        dialect,
        SenderCertificate,
        ("sender",),
        {name: bindparam(name) for name in ("sender", "number", "until")},
        lambda fresh: {"number": fresh.number, "until": fresh.until},
    )
)
FORGET = Statement(
    delete(SenderCertificate).where(col(SenderCertificate.sender) == bindparam("of"))
)
SAVE_MAY_TEXT = Statement(
    update(Shop).where(col(Shop.id) == bindparam("of_shop")).values(may_text=bindparam("may_text"))
)


def save_certificate(tx: Tx, sender: SenderName, number: str, until: date) -> None:
    """As the installation's settings have it now."""
    tx.run(SAVE, sender=sender, number=number, until=until)


def forget_certificate(tx: Tx, sender: SenderName) -> None:
    tx.run(FORGET, of=sender)


def find_certified_until(tx: Tx, sender: SenderName) -> date | None:
    """The last day (KST) on which the provider of a way is certified."""
    row = tx.one(CERTIFIED, of=sender)
    return row[0] if row else None


def find_texts_until(tx: Tx, shop_id: ShopId, sender: SenderName) -> datetime | None:
    """The first instant at which a shop's news may no longer go by it; None when it never may."""
    row = tx.one(CERTIFIED_FOR, of_shop=shop_id, of=sender)
    return kst_instant(row[0] + timedelta(days=1), time()) if row else None


def may_text(tx: Tx, shop_id: ShopId) -> bool:
    """Whether its owner lets its news go as text messages."""
    row = tx.one(MAY_TEXT, of_shop=shop_id)
    return row is not None and bool(row[0])


def save_may_text(tx: Tx, shop_id: ShopId, *, is_on: bool) -> None:
    tx.run(SAVE_MAY_TEXT, of_shop=shop_id, may_text=is_on)
