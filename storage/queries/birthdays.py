"""Birthdays, sealed, and the gifts that are due on them."""

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
    exists,
    select,
    true,
    update,
)
from sqlmodel import col

from domain.birthdays import Birthday, birthday_of
from domain.consent import Choice, Purpose
from domain.coupons import CouponSource, CouponState, CouponTerms
from domain.people import CustomerId, OfferId, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.coupons import Coupon, CouponOffer
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.statements import Statement, insert_rows_once, json_rows
from storage.terms import COUPON_TERMS

BIRTHDAY = "customer.birthday"
PEOPLE_MAX = 500


class Due(NamedTuple):
    """A birthday gift that has not been given yet."""

    offer_id: OfferId
    shop_id: ShopId
    terms: CouponTerms
    customer_id: CustomerId


class Gift(NamedTuple):
    shop_id: ShopId
    customer_id: CustomerId
    offer_id: OfferId


LAST_WORD_ON_BIRTHDAY = (
    select(col(ConsentChoice.choice))
    .where(
        col(ConsentChoice.shop_id) == col(Membership.shop_id),
        col(ConsentChoice.customer_id) == col(Membership.customer_id),
        col(ConsentChoice.purpose) == Purpose.BIRTHDAY,
    )
    .order_by(col(ConsentChoice.id).desc())
    .limit(1)
    .correlate(Membership)
    .scalar_subquery()
)
KNOWS_BIRTHDAY = LAST_WORD_ON_BIRTHDAY == Choice.GRANTED
"""Whether a membership's shop was told the birthday itself, not another of the channel (L54)."""

SAVE = Statement(
    update(Customer)
    .where(col(Customer.id) == bindparam("of_customer"))
    .values(birthday=bindparam("birthday"), birthday_hash=bindparam("birthday_hash"))
)
READ = Statement(select(col(Customer.birthday)).where(col(Customer.id) == bindparam("of_customer")))


def _due(dialect: str) -> Executable:
    """The memberships are held, so that nobody among them is deleted meanwhile."""
    days = json_rows(dialect, "days", hash=String())
    given = exists().where(
        col(Coupon.offer_id) == col(CouponOffer.id),
        col(Coupon.customer_id) == col(Customer.id),
        col(Coupon.key) == bindparam("key"),
    )
    return (
        select(
            col(CouponOffer.id),
            col(CouponOffer.shop_id),
            col(CouponOffer.terms),
            col(Membership.customer_id),
        )
        .select_from(Customer)
        .join(days, days.c.hash == col(Customer.birthday_hash))
        .join(Membership, col(Membership.customer_id) == col(Customer.id))
        .join(
            CouponOffer,
            and_(
                col(CouponOffer.shop_id) == col(Membership.shop_id),
                col(CouponOffer.source) == CouponSource.BIRTHDAY,
                col(CouponOffer.closed_at).is_(None),
            ),
        )
        .where(~given, KNOWS_BIRTHDAY)
        .order_by(col(Membership.shop_id), col(Membership.customer_id), col(CouponOffer.id))
        .limit(PEOPLE_MAX)
        .with_for_update(read=True, of=Membership)
    )


def _give(dialect: str) -> Executable:
    kinds = {"shop_id": BigInteger(), "customer_id": BigInteger(), "offer_id": BigInteger()}
    rows = json_rows(dialect, "gifts", **kinds)
    shared = {
        "key": bindparam("key", type_=String()),
        "state": bindparam("state", type_=String()),
        "issued_at": bindparam("issued_at", type_=INSTANT),
        "expires_at": bindparam("expires_at", type_=INSTANT),
    }
    source = select(*rows.c, *shared.values()).where(true())
    return insert_rows_once(dialect, Coupon, source, [*rows.c.keys(), *shared])


DUE = Statement(_due)
GIVE = Statement(_give)


def save_birthday(tx: Tx, customer_id: CustomerId, birthday: Birthday | None) -> None:
    """Seals month and day and keeps a keyed hash to find them by; None forgets both."""
    tx.run(
        SAVE,
        of_customer=customer_id,
        birthday=tx.vault.seal(str(birthday), purpose=BIRTHDAY) if birthday else None,
        birthday_hash=_hash(tx, birthday) if birthday else None,
    )


def find_birthday(tx: Tx, customer_id: CustomerId) -> Birthday | None:
    row = tx.one(READ, of_customer=customer_id)
    return birthday_of(tx.vault.unseal(row[0], purpose=BIRTHDAY)) if row and row[0] else None


def list_due_gifts(tx: Tx, days: Sequence[Birthday], key: str) -> list[Due]:
    """Open birthday offers and whom they have not been given to for `key`, in all shops."""
    rows = tx.all(DUE, days=_hashes(tx, days), key=key)
    return [Due(OfferId(row[0]), row[1], COUPON_TERMS.read(row[2]), row[3]) for row in rows]


def give_once(
    tx: Tx, gifts: Sequence[Gift], key: str, issued_at: datetime, expires_at: datetime
) -> None:
    """A set of coupons that end together; who has one for the same key is left alone."""
    tx.run(
        GIVE,
        key=key,
        gifts=orjson.dumps([gift._asdict() for gift in gifts]).decode(),
        state=CouponState.READY,
        issued_at=issued_at,
        expires_at=expires_at,
    )


def _hash(tx: Tx, birthday: Birthday) -> str:
    return tx.vault.fingerprint(str(birthday), purpose=BIRTHDAY)


def _hashes(tx: Tx, days: Sequence[Birthday]) -> str:
    return orjson.dumps([{"hash": _hash(tx, day)} for day in days]).decode()
