"""A shop's regulars as its owner looks at them: pages, searches, and sums over all of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Executable,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.consent import is_resting
from domain.coupons import CouponState
from domain.people import CustomerId, Friend, ShopId, masked_phone
from domain.regulars import QUIET_FACTOR, RHYTHM_DAYS_MIN, Rhythm
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.coupons import Coupon
from storage.models.customers import Customer, Membership
from storage.queries.customers import PHONE
from storage.queries.paper import PAPER, SHOWN_PHONE
from storage.statements import Statement, json_rows, one_of

PHONES_MAX = 10_000
"""Numbers that a search by their end opens: of those who were seen last."""

FOUND_MAX = 50
SECONDS_PER_DAY = 86_400
PAIRS_MAX = 10
LATEST = datetime(9999, 1, 1, tzinfo=UTC)


class RegularView(NamedTuple):
    """One line of the list; `seen_at` is the last visit, or the joining before the first."""

    customer_id: CustomerId
    name: str | None
    phone: str | None
    is_paper: bool
    friend: Friend
    joined_at: datetime
    advertising_since: datetime | None
    withdrawn_at: datetime | None
    visits: int
    visit_days: int
    first_visit_at: datetime | None
    last_visit_at: datetime | None
    seen_at: datetime
    paused_at: datetime | None
    paused_until: datetime | None

    def rests(self, at: datetime) -> bool:
        """Hears nothing for a while, by their own wish."""
        is_heard = self.advertising_since is not None
        return is_heard and is_resting(self.paused_at, self.paused_until, at)

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.visits, self.visit_days, self.first_visit_at, self.last_visit_at)


class Cursor(NamedTuple):
    """Behind whom a page begins."""

    seen_at: datetime
    customer_id: CustomerId


FIRST_PAGE = Cursor(LATEST, CustomerId(0))


SEEN_AT = func.coalesce(col(Membership.last_visit_at), col(Membership.joined_at))
VIEW: tuple[Any, ...] = (
    col(Customer.id),
    col(Membership.name),
    SHOWN_PHONE,
    col(Customer.bot_user_key),
    col(Customer.friend),
    col(Membership.joined_at),
    col(Membership.advertising_since),
    col(Membership.withdrawn_at),
    col(Membership.visits),
    col(Membership.visit_days),
    col(Membership.first_visit_at),
    col(Membership.last_visit_at),
    SEEN_AT,
    col(Membership.paused_at),
    col(Membership.paused_until),
)
HERE = col(Membership.shop_id) == bindparam("of_shop")
BEHIND = or_(
    bindparam("before", type_=INSTANT) > SEEN_AT,
    and_(
        bindparam("before", type_=INSTANT) == SEEN_AT,
        bindparam("before_id", type_=BigInteger()) > col(Membership.customer_id),
    ),
)
NEWEST = (SEEN_AT.desc(), col(Membership.customer_id).desc())
EVERYBODY = (
    select(*VIEW).join(Membership, col(Membership.customer_id) == col(Customer.id)).where(HERE)
)
USABLE = and_(
    one_of(col(Coupon.state), CouponState.READY, CouponState.HELD),
    col(Coupon.expires_at) > bindparam("at"),
)
HAS_COUPON = (
    select(col(Coupon.id))
    .where(
        col(Coupon.shop_id) == col(Membership.shop_id),
        col(Coupon.customer_id) == col(Membership.customer_id),
        USABLE,
    )
    .correlate(Membership)
    .exists()
)


def page_of(listed: Select[*tuple[Any, ...]]) -> Statement:
    return Statement(listed.where(BEHIND).order_by(*NEWEST).limit(bindparam("limit")))


PAGE_OF_ALL = page_of(EVERYBODY)
PAGE_WITH_COUPONS = page_of(EVERYBODY.where(HAS_COUPON))


def is_quiet(dialect: str) -> ColumnElement[bool]:
    """`Rhythm.is_quiet` for a set, days of Korea, seconds since the last."""
    first, last = col(Membership.first_visit_at), col(Membership.last_visit_at)
    at = bindparam("at", type_=INSTANT)
    if dialect == "sqlite":
        days = func.julianday(func.date(last, "+9 hours")) - func.julianday(
            func.date(first, "+9 hours")
        )
        since = _seconds(at) - _seconds(last)
    else:
        days = cast(func.timezone("Asia/Seoul", last), Date) - cast(
            func.timezone("Asia/Seoul", first), Date
        )
        since = func.extract("epoch", at - last)
    gaps = col(Membership.visit_days) - 1
    is_late = since * gaps > days * (SECONDS_PER_DAY * QUIET_FACTOR)
    return and_(col(Membership.visit_days) >= RHYTHM_DAYS_MIN, is_late)


def _seconds(at: Any) -> ColumnElement[int]:
    return cast(func.strftime("%s", at), Integer)


PAGE_OF_QUIET = Statement(
    lambda dialect: (
        EVERYBODY.where(is_quiet(dialect), BEHIND).order_by(*NEWEST).limit(bindparam("limit"))
    )
)
COUNT_QUIET = Statement(
    lambda dialect: select(func.count()).select_from(Membership).where(HERE, is_quiet(dialect))
)
BY_NAME = Statement(
    EVERYBODY.where(func.lower(col(Membership.name)).like(bindparam("pattern"), escape="/"))
    .order_by(*NEWEST)
    .limit(FOUND_MAX)
)
ONE = Statement(EVERYBODY.where(col(Customer.id) == bindparam("of_customer")))
COUNT_WITH_COUPONS = Statement(select(func.count()).select_from(Membership).where(HERE, HAS_COUPON))
PHONES = Statement(
    select(col(Customer.id), col(Customer.phone))
    .join(Membership, col(Membership.customer_id) == col(Customer.id))
    .where(HERE, SHOWN_PHONE.is_not(None))
    .order_by(*NEWEST)
    .limit(PHONES_MAX)
)


def wanted_rows(dialect: str) -> Any:
    return json_rows(dialect, "wanted", id=BigInteger())


def _by_ids(dialect: str) -> Executable:
    wanted = wanted_rows(dialect)
    return EVERYBODY.join(wanted, wanted.c.id == col(Customer.id)).order_by(*NEWEST)


BY_IDS = Statement(_by_ids)
Paper, PaperMember = aliased(Customer), aliased(Membership)
IS_PAPER = and_(
    col(Paper.channel_id) == col(Customer.channel_id),
    col(Paper.phone_hash) == col(Customer.phone_hash),
    col(Paper.bot_user_key).startswith(PAPER),
)
SAME_PHONE = Statement(
    select(col(Customer.id), col(Paper.id))
    .join(Membership, col(Membership.customer_id) == col(Customer.id))
    .join(Paper, IS_PAPER)
    .join(PaperMember, col(PaperMember.customer_id) == col(Paper.id))
    .where(
        HERE,
        col(Membership.phone_granted_at).is_not(None),
        ~col(Customer.bot_user_key).startswith(PAPER),
    )
    .group_by(col(Customer.id), col(Paper.id), col(Customer.last_seen_at))
    # Regulars of this shop alone: what other shops know is not ours to move.
    .having(
        func.min(col(PaperMember.shop_id)) == bindparam("of_shop"),
        func.max(col(PaperMember.shop_id)) == bindparam("of_shop"),
    )
    .order_by(col(Customer.last_seen_at).desc(), col(Customer.id).desc())
    .limit(PAIRS_MAX)
)


def list_page(tx: Tx, shop_id: ShopId, after: Cursor, limit: int) -> list[RegularView]:
    """Who was seen last comes first."""
    return views_of(tx, tx.all(PAGE_OF_ALL, of_shop=shop_id, **behind(after), limit=limit))


def list_page_with_coupons(
    tx: Tx, shop_id: ShopId, after: Cursor, limit: int, at: datetime
) -> list[RegularView]:
    rows = tx.all(PAGE_WITH_COUPONS, of_shop=shop_id, **behind(after), limit=limit, at=at)
    return views_of(tx, rows)


def list_page_of_quiet(
    tx: Tx, shop_id: ShopId, after: Cursor, limit: int, at: datetime
) -> list[RegularView]:
    """Who has not come for longer than is their way (C9)."""
    rows = tx.all(PAGE_OF_QUIET, of_shop=shop_id, **behind(after), limit=limit, at=at)
    return views_of(tx, rows)


def list_by_name(tx: Tx, shop_id: ShopId, words: str) -> list[RegularView]:
    """Whose name has these words in it."""
    plain = words.lower().replace("/", "//").replace("%", "/%").replace("_", "/_")
    return views_of(tx, tx.all(BY_NAME, of_shop=shop_id, pattern=f"%{plain}%"))


def list_by_ids(tx: Tx, shop_id: ShopId, ids: Sequence[CustomerId]) -> list[RegularView]:
    return views_of(tx, tx.all(BY_IDS, of_shop=shop_id, wanted=wanted_ids(ids)))


def find_regular(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> RegularView | None:
    row = tx.one(ONE, of_shop=shop_id, of_customer=customer_id)
    return _view(tx, row) if row else None


def list_ending_with(tx: Tx, shop_id: ShopId, digits: str) -> list[CustomerId]:
    """Whose number ends like this; numbers are sealed, so each is opened and forgotten."""
    found = (
        CustomerId(row[0])
        for row in tx.all(PHONES, of_shop=shop_id)
        if tx.vault.unseal(row[1], purpose=PHONE).endswith(digits)
    )
    return [one for one, _ in zip(found, range(FOUND_MAX), strict=False)]


def count_quiet(tx: Tx, shop_id: ShopId, at: datetime) -> int:
    row = tx.one(COUNT_QUIET, of_shop=shop_id, at=at)
    assert row is not None, "a count always answers"
    return int(row[0])


def count_with_coupons(tx: Tx, shop_id: ShopId, at: datetime) -> int:
    row = tx.one(COUNT_WITH_COUPONS, of_shop=shop_id, at=at)
    assert row is not None, "a count always answers"
    return int(row[0])


def list_same_phone(tx: Tx, shop_id: ShopId) -> list[tuple[CustomerId, CustomerId]]:
    """Chats that left the number of a regular without a chat; who was seen last comes first."""
    return [(CustomerId(row[0]), CustomerId(row[1])) for row in tx.all(SAME_PHONE, of_shop=shop_id)]


def behind(after: Cursor) -> dict[str, object]:
    return {"before": after.seen_at, "before_id": after.customer_id}


def wanted_ids(ids: Sequence[CustomerId]) -> str:
    return orjson.dumps([{"id": one} for one in ids]).decode()


def views_of(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> list[RegularView]:
    return [_view(tx, row) for row in rows]


def _view(tx: Tx, row: tuple[Any, ...]) -> RegularView:
    """Numbers are masked here: no list needs more of them."""
    view = RegularView._make(row)
    phone, key = row[2], str(row[3])
    digits = tx.vault.unseal(phone, purpose=PHONE) if phone else None
    return view._replace(
        phone=masked_phone(digits) if digits else None, is_paper=key.startswith(PAPER)
    )
