"""Coupons that a campaign brings along: given to its people as one set, and counted."""

from datetime import datetime

from sqlalchemy import BigInteger, Executable, String, bindparam, case, func, select
from sqlmodel import col

from domain.campaigns import MessageState
from domain.coupons import CouponState
from domain.people import OfferId, RunId, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Message
from storage.models.coupons import Coupon
from storage.models.customers import Membership
from storage.queries.messages import STANDING
from storage.queries.offer_counts import OfferCounts
from storage.statements import Statement, insert_rows_once


def _give(dialect: str) -> Executable:
    """The memberships are held, so that nobody among them is deleted meanwhile."""
    shared = {
        "offer_id": bindparam("offer_id", type_=BigInteger()),
        "key": bindparam("key", type_=String()),
        "state": bindparam("state", type_=String()),
        "issued_at": bindparam("issued_at", type_=INSTANT),
        "expires_at": bindparam("expires_at", type_=INSTANT),
    }
    source = (
        select(col(Message.shop_id), col(Message.customer_id), *shared.values())
        .join(Membership, STANDING)
        .where(
            col(Message.run_id) == bindparam("of_run"),
            col(Message.shop_id) == bindparam("of_shop"),
            col(Message.state) != MessageState.REFUSED,
        )
        .order_by(col(Message.customer_id))
        .with_for_update(read=True, of=Membership)
    )
    return insert_rows_once(dialect, Coupon, source, ["shop_id", "customer_id", *shared])


GIVE = Statement(_give)
COUNT = Statement(
    select(
        func.count(case((col(Coupon.state) != CouponState.CANCELED, 1))),
        func.count(case((col(Coupon.state) == CouponState.USED, 1))),
    ).where(
        col(Coupon.shop_id) == bindparam("of_shop"),
        col(Coupon.offer_id) == bindparam("of_offer"),
        col(Coupon.key) == bindparam("of_key"),
    )
)


def give_to_run_once(
    tx: Tx,
    shop_id: ShopId,
    run_id: RunId,
    offer_id: OfferId,
    *,
    key: str,
    issued_at: datetime,
    expires_at: datetime,
) -> int:
    """One for everybody in this run who was not refused; how many were new."""
    return tx.run(
        GIVE,
        of_shop=shop_id,
        of_run=run_id,
        offer_id=offer_id,
        key=key,
        state=CouponState.READY,
        issued_at=issued_at,
        expires_at=expires_at,
    )


def count_given_for(tx: Tx, shop_id: ShopId, offer_id: OfferId, key: str) -> OfferCounts:
    """How many of an offer were given for one reason, and how many of them are used."""
    row = tx.one(COUNT, of_shop=shop_id, of_offer=offer_id, of_key=key)
    assert row is not None, "a count always answers"
    return OfferCounts(int(row[0]), int(row[1]))
