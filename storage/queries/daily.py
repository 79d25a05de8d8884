"""What the daily sweep finds, writes and throws away; each a bounded set."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    Executable,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlmodel import col

from domain.coupons import CouponSource, CouponState, CouponTerms
from domain.notices import BY_VISIT, NoticeKind, NoticeState, is_information
from domain.people import CouponId, CustomerId, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.cards import ShopRules
from storage.models.coupons import Coupon, CouponOffer
from storage.models.customers import JoinCode, Membership
from storage.models.journal import InboundEvent
from storage.models.regulars import Notice, TillRequest
from storage.models.visits import CounterCode, Tries
from storage.statements import Statement, insert_rows_once, json_rows, one_of
from storage.terms import COUPON_TERMS

AT_ONCE_MAX = 500
LAPSING = "lapsing:"


class Lapsing(NamedTuple):
    """An earned coupon that lapses soon, of somebody who wants to be told."""

    shop_id: ShopId
    customer_id: CustomerId
    coupon_id: CouponId
    terms: CouponTerms
    expires_at: datetime


TOLD = exists().where(
    col(Notice.shop_id) == col(Coupon.shop_id),
    col(Notice.key) == LAPSING + cast(col(Coupon.id), String),
)
# The rules are JSON written by ourselves; a shop without any has the default, which tells.
TELLS = or_(
    col(ShopRules.rules).is_(None),
    col(ShopRules.rules).contains(f'"{NoticeKind.COUPON_LAPSING}"', autoescape=True),
)
LAPSING_SOON = Statement(
    select(
        col(Coupon.shop_id),
        col(Coupon.customer_id),
        col(Coupon.id),
        col(CouponOffer.terms),
        col(Coupon.expires_at),
    )
    .join(CouponOffer, col(CouponOffer.id) == col(Coupon.offer_id))
    .join(
        Membership,
        and_(
            col(Membership.shop_id) == col(Coupon.shop_id),
            col(Membership.customer_id) == col(Coupon.customer_id),
        ),
    )
    .outerjoin(ShopRules, col(ShopRules.shop_id) == col(Coupon.shop_id))
    .where(
        col(Coupon.state) == CouponState.READY,
        col(Coupon.expires_at) > bindparam("at"),
        col(Coupon.expires_at) <= bindparam("until"),
        one_of(col(CouponOffer.source), *(one for one in CouponSource if is_information(one))),
        col(Coupon.key).startswith(BY_VISIT),
        col(Coupon.issued_at) <= bindparam("issued_before"),
        col(Membership.is_told),
        TELLS,
        ~TOLD,
    )
    .order_by(col(Coupon.expires_at), col(Coupon.id))
    .limit(AT_ONCE_MAX)
    .with_for_update(key_share=True, of=Membership)  # they are changed next
)
SHOPS_KIND = {"shop_id": BigInteger(), "customer_id": BigInteger()}


def _write(dialect: str) -> Executable:
    rows = json_rows(dialect, "news", **SHOPS_KIND, key=String(), facts=String())
    told = {
        "kind": bindparam("kind", type_=String()),
        "state": bindparam("state", type_=String()),
        "made_at": bindparam("at", type_=INSTANT),
        "drop_at": bindparam("drop_at", type_=INSTANT),
    }
    source = select(*rows.c, *told.values()).where(true())
    return insert_rows_once(dialect, Notice, source, [*rows.c.keys(), *told])


def _set_news(dialect: str) -> Executable:
    rows = json_rows(dialect, "news", **SHOPS_KIND)
    return (
        update(Membership)
        .where(
            col(Membership.shop_id) == rows.c.shop_id,
            col(Membership.customer_id) == rows.c.customer_id,
        )
        .values(has_news=True)
    )


WRITE = Statement(_write)
SET_NEWS = Statement(_set_news)
ENDED = (
    select(col(CounterCode.issue))
    .where(col(CounterCode.expires_at) <= bindparam("before"))
    .limit(AT_ONCE_MAX)
)
FORGET_CODES = Statement(delete(CounterCode).where(col(CounterCode.issue).in_(ENDED)))
JOINING = (col(JoinCode.channel_id), col(JoinCode.digits))
ENDED_JOINING = select(*JOINING).where(col(JoinCode.expires_at) <= bindparam("before"))
FORGET_JOIN_CODES = Statement(
    delete(JoinCode).where(tuple_(*JOINING).in_(ENDED_JOINING.limit(AT_ONCE_MAX)))
)
TRIED = select(col(Tries.key)).where(col(Tries.since) <= bindparam("before")).limit(AT_ONCE_MAX)
FORGET_TRIES = Statement(delete(Tries).where(col(Tries.key).in_(TRIED)))
# In the order they came: only the oldest are looked at.
OLDEST = select(col(InboundEvent.id)).order_by(col(InboundEvent.id)).limit(AT_ONCE_MAX)
FORGET_WEBHOOKS = Statement(
    delete(InboundEvent).where(
        col(InboundEvent.id).in_(OLDEST), col(InboundEvent.received_at) <= bindparam("before")
    )
)
ASKED = (col(TillRequest.token_id), col(TillRequest.key))
OLD_REQUESTS = select(*ASKED).where(col(TillRequest.asked_at) <= bindparam("before"))
FORGET_REQUESTS = Statement(
    delete(TillRequest).where(tuple_(*ASKED).in_(OLD_REQUESTS.limit(AT_ONCE_MAX)))
)
SETTLED = [one for one in NoticeState if one is not NoticeState.WAITING]
OLD_NOTICES = (
    select(col(Notice.id))
    .where(one_of(col(Notice.state), *SETTLED), col(Notice.drop_at) <= bindparam("before"))
    .limit(AT_ONCE_MAX)
)
FORGET_NOTICES = Statement(delete(Notice).where(col(Notice.id).in_(OLD_NOTICES)))


def list_lapsing(tx: Tx, at: datetime, until: datetime, issued_before: datetime) -> list[Lapsing]:
    """Earned coupons that lapse by then, given before, of which nobody has been told yet."""
    rows = tx.all(LAPSING_SOON, at=at, until=until, issued_before=issued_before)
    return [Lapsing(row[0], row[1], row[2], COUPON_TERMS.read(row[3]), row[4]) for row in rows]


def write_lapsing(tx: Tx, lapsing: Sequence[Lapsing], at: datetime, drop_at: datetime) -> None:
    """One waiting notice for each, and the persons' next turns will look for it."""
    news = [
        {
            "shop_id": one.shop_id,
            "customer_id": one.customer_id,
            "key": f"{LAPSING}{one.coupon_id}",
            "facts": orjson.dumps(
                {"title": one.terms.title, "expires_at": one.expires_at}
            ).decode(),
        }
        for one in lapsing
    ]
    listed = orjson.dumps(news).decode()
    kind, state = NoticeKind.COUPON_LAPSING, NoticeState.WAITING
    tx.run(WRITE, news=listed, kind=kind, state=state, at=at, drop_at=drop_at)
    tx.run(SET_NEWS, news=listed)


def forget_codes(tx: Tx, before: datetime) -> int:
    """Codes that ended before then, and whose they were."""
    return tx.run(FORGET_CODES, before=before)


def forget_join_codes(tx: Tx, before: datetime) -> int:
    return tx.run(FORGET_JOIN_CODES, before=before)


def forget_tries(tx: Tx, before: datetime) -> int:
    return tx.run(FORGET_TRIES, before=before)


def forget_webhooks(tx: Tx, before: datetime) -> int:
    return tx.run(FORGET_WEBHOOKS, before=before)


def forget_requests(tx: Tx, before: datetime) -> int:
    return tx.run(FORGET_REQUESTS, before=before)


def forget_notices(tx: Tx, before: datetime) -> int:
    """Those that were told or came too late, and had lost their use before then."""
    return tx.run(FORGET_NOTICES, before=before)
