"""Channel messages that somebody sent in Kakao's own centre, as told afterwards."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId, ShopId
from domain.subsidy import Phase, TransferCode
from storage.desk import Tx
from storage.models.ledger import Transfer
from storage.models.statements import HandSending
from storage.statements import Statement, insert_once

LISTED_MAX = 50


@dataclass(frozen=True, slots=True)
class HandView:
    """`paid_jeon` of `cost_jeon` came from free cash. A correction has the numbers of what it
    takes back, below zero.
    """

    hand_id: int
    form_key: str
    sent_on: date
    is_targeted: bool
    people: int
    price_id: int
    cost_jeon: Jeon
    paid_jeon: Jeon
    recorded_at: datetime


VIEW = (
    col(HandSending.id),
    col(HandSending.form_key),
    col(HandSending.sent_on),
    col(HandSending.is_targeted),
    col(HandSending.people),
    col(HandSending.price_id),
    col(HandSending.cost_jeon),
    col(HandSending.paid_jeon),
    col(HandSending.recorded_at),
)
OF_SHOP = col(HandSending.shop_id) == bindparam("of_shop")
BY_KEY = Statement(select(*VIEW).where(OF_SHOP, col(HandSending.form_key) == bindparam("of_key")))
BY_ID = Statement(select(*VIEW).where(OF_SHOP, col(HandSending.id) == bindparam("of_id")))
NEWEST = Statement(
    select(*VIEW).where(OF_SHOP).order_by(col(HandSending.id).desc()).limit(LISTED_MAX)
)
INSERT_ONCE = Statement(
    lambda dialect: insert_once(
        dialect,
        HandSending,
        **{
            name: bindparam(name)
            for name in (
                "shop_id",
                "form_key",
                "sent_on",
                "is_targeted",
                "people",
                "price_id",
                "cost_jeon",
                "paid_jeon",
                "recorded_at",
                "actor",
            )
        },
    )
)
PAID_BY = Statement(
    select(col(Transfer.debit_account_id), col(Transfer.amount_jeon))
    .where(
        col(Transfer.shop_id) == bindparam("of_shop"),
        col(Transfer.code) == TransferCode.BY_HAND,
        col(Transfer.phase) == Phase.SINGLE,
        col(Transfer.reference) == bindparam("of_reference"),
    )
    .order_by(col(Transfer.id))
)


def find_hand_sending(tx: Tx, shop_id: ShopId, hand_id: int) -> HandView | None:
    row = tx.one(BY_ID, of_shop=shop_id, of_id=hand_id)
    return HandView(*row) if row else None


def find_by_form_key(tx: Tx, shop_id: ShopId, form_key: str) -> HandView | None:
    row = tx.one(BY_KEY, of_shop=shop_id, of_key=form_key)
    return HandView(*row) if row else None


def list_hand_sendings(tx: Tx, shop_id: ShopId) -> list[HandView]:
    """The newest first, corrections among them; at most 50."""
    return [HandView(*row) for row in tx.all(NEWEST, of_shop=shop_id)]


def insert_hand_sending_once(tx: Tx, **facts: object) -> bool:
    """`facts` are the columns of HandSending by name; False when this form was recorded."""
    return bool(tx.run(INSERT_ONCE, **facts))


def list_paid_by(tx: Tx, shop_id: ShopId, reference: str) -> list[tuple[AccountId, Jeon]]:
    """Which accounts paid how much of what a reference names."""
    rows = tx.all(PAID_BY, of_shop=shop_id, of_reference=reference)
    return [(AccountId(account_id), Jeon(jeon)) for account_id, jeon in rows]
