"""One person known twice in a channel: everything of the other moves to the one that is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, delete, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from domain.consent import Choice, Purpose
from domain.coupons import CouponState
from domain.people import ChannelId, CouponId, CustomerId, Friend, ShopId
from storage.desk import Tx
from storage.models.cards import GivenStamps, Tally
from storage.models.coupons import Coupon
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.journal import InboundEvent
from storage.models.places import Shop
from storage.models.regulars import Note, Notice, TillRequest
from storage.models.visits import CounterCode, Visit
from storage.queries.paper import PAPER
from storage.statements import Statement, one_of


class Identity(NamedTuple):
    """What the channel knows of one person; the sealed values move as they are."""

    customer_id: CustomerId
    channel_id: ChannelId
    bot_user_key: str
    friend: Friend
    name: str | None
    phone: bytes | None
    phone_hash: str | None
    birthday: bytes | None
    birthday_hash: str | None
    of_age_at: datetime | None
    created_at: datetime

    @property
    def is_paper(self) -> bool:
        """Known by a phone number alone: no chat."""
        return self.bot_user_key.startswith(PAPER)


class Standing(NamedTuple):
    """How one of the two stands with one shop; `said` is their last word on advertising."""

    shop_id: ShopId
    customer_id: CustomerId
    joined_at: datetime
    advertising_since: datetime | None
    withdrawn_at: datetime | None
    is_told: bool
    has_news: bool
    said: Choice | None
    said_at: datetime | None


class Twins(NamedTuple):
    """The same gift, given to both: the one of who goes, and the one of who stays."""

    coupon_id: CouponId
    state: CouponState
    expires_at: datetime
    key: str
    kept_id: CouponId
    kept_state: CouponState
    kept_expires_at: datetime


BOTH: tuple[BindParameter[Any], ...] = (bindparam("one"), bindparam("other"))
IDENTITIES = (
    select(
        *(
            col(getattr(Customer, "id" if name == "customer_id" else name))
            for name in Identity._fields
        )
    )
    .where(one_of(col(Customer.id), *BOTH))
    .order_by(col(Customer.id))
)
# First what a turn of theirs would hold, then what the counter would; only then what deleting
# needs: the other way round a stamp in progress and we would wait for each other.
LOCK_TURNS = Statement(IDENTITIES.with_for_update(key_share=True))
LOCK_MEMBERS = Statement(
    select(col(Membership.shop_id))
    .where(one_of(col(Membership.customer_id), *BOTH))
    .order_by(col(Membership.shop_id), col(Membership.customer_id))
    .with_for_update()
)
LOCK_IDENTITIES = Statement(IDENTITIES.with_for_update())
LAST_WORD = (
    select(func.max(col(ConsentChoice.id)))
    .where(
        col(ConsentChoice.shop_id) == col(Membership.shop_id),
        col(ConsentChoice.customer_id) == col(Membership.customer_id),
        col(ConsentChoice.purpose) == Purpose.ADVERTISING,
    )
    .correlate(Membership)
    .scalar_subquery()
)
STANDINGS = Statement(
    select(
        col(Membership.shop_id),
        col(Membership.customer_id),
        col(Membership.joined_at),
        col(Membership.advertising_since),
        col(Membership.withdrawn_at),
        col(Membership.is_told),
        col(Membership.has_news),
        col(ConsentChoice.choice),
        col(ConsentChoice.chosen_at),
    )
    .outerjoin(ConsentChoice, col(ConsentChoice.id) == LAST_WORD)
    .where(one_of(col(Membership.customer_id), *BOTH))
    .order_by(col(Membership.shop_id), col(Membership.customer_id))
)
THEIRS = (
    col(Membership.shop_id) == bindparam("of_shop"),
    col(Membership.customer_id) == bindparam("of_customer"),
)
SAVE_STANDING = Statement(
    update(Membership)
    .where(*THEIRS)
    .values(
        {
            name: bindparam(name)
            for name in (
                "joined_at",
                "advertising_since",
                "withdrawn_at",
                "is_told",
                "has_news",
            )
        }
    )
)
HAND_OVER_MEMBER = Statement(
    update(Membership).where(*THEIRS).values(customer_id=bindparam("to_customer"))
)
DELETE_MEMBER = Statement(delete(Membership).where(*THEIRS))
MOVE_CHOICES = Statement(
    update(ConsentChoice)
    .where(
        col(ConsentChoice.shop_id) == bindparam("of_shop"),
        col(ConsentChoice.customer_id) == bindparam("of_customer"),
    )
    .values(customer_id=bindparam("to_customer"), counts_from=bindparam("counts_from"))
)


def _hand_over(table: type[SQLModel]) -> Statement:
    holder = table.__table__.c.customer_id  # type: ignore[attr-defined]
    return Statement(
        update(table)
        .where(holder == bindparam("of_customer"))
        .values(customer_id=bindparam("to_customer"))
    )


HANDED_OVER = (
    CounterCode,
    Coupon,
    GivenStamps,
    InboundEvent,
    Note,
    Notice,
    Tally,
    TillRequest,
    Visit,
)
HAND_OVER = tuple(_hand_over(table) for table in HANDED_OVER)
FILLED = ("name", "phone", "phone_hash", "birthday", "birthday_hash", "of_age_at", "created_at")
FILL_IN = Statement(
    update(Customer)
    .where(col(Customer.id) == bindparam("of_customer"))
    .values({name: bindparam(name) for name in FILLED})
)
DELETE_CUSTOMER = Statement(delete(Customer).where(col(Customer.id) == bindparam("of_customer")))

Twin = aliased(Coupon)
TWINS = Statement(
    select(
        col(Coupon.id),
        col(Coupon.state),
        col(Coupon.expires_at),
        col(Coupon.key),
        col(Twin.id),
        col(Twin.state),
        col(Twin.expires_at),
    )
    .join(
        Twin,
        and_(col(Twin.offer_id) == col(Coupon.offer_id), col(Twin.key) == col(Coupon.key)),
    )
    .where(
        col(Coupon.customer_id) == bindparam("of_customer"),
        col(Twin.customer_id) == bindparam("twin_of"),
    )
    .order_by(col(Coupon.id))
)
RENAME_COUPON = Statement(
    update(Coupon).where(col(Coupon.id) == bindparam("of_coupon")).values(key=bindparam("key"))
)
IN_SHOP = Statement(
    select(col(Customer.id))
    .join(Membership, col(Membership.customer_id) == col(Customer.id))
    .join(
        Shop,
        and_(
            col(Shop.id) == col(Membership.shop_id),
            col(Shop.channel_id) == col(Customer.channel_id),
        ),
    )
    .where(col(Shop.id) == bindparam("of_shop"), one_of(col(Customer.id), *BOTH))
)


def lock_both(
    tx: Tx, shop_id: ShopId, one: CustomerId, other: CustomerId
) -> Mapping[CustomerId, Identity]:
    """Both people with all that turns and counters would hold of them; only regulars of this
    shop are found.
    """
    both = {"one": one, "other": other}
    tx.all(LOCK_TURNS, **both)
    tx.all(LOCK_MEMBERS, **both)
    found = [Identity._make(row) for row in tx.all(LOCK_IDENTITIES, **both)]
    here = {row[0] for row in tx.all(IN_SHOP, of_shop=shop_id, **both)}
    return {who.customer_id: who for who in found if who.customer_id in here}


def list_standings(tx: Tx, one: CustomerId, other: CustomerId) -> list[Standing]:
    return [Standing._make(row) for row in tx.all(STANDINGS, one=one, other=other)]


def save_standing(tx: Tx, standing: Standing) -> None:
    tx.run(
        SAVE_STANDING,
        of_shop=standing.shop_id,
        of_customer=standing.customer_id,
        joined_at=standing.joined_at,
        advertising_since=standing.advertising_since,
        withdrawn_at=standing.withdrawn_at,
        is_told=standing.is_told,
        has_news=standing.has_news,
    )


def hand_over_member(tx: Tx, shop_id: ShopId, gone: CustomerId, kept: CustomerId) -> None:
    tx.run(HAND_OVER_MEMBER, of_shop=shop_id, of_customer=gone, to_customer=kept)


def delete_member(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> None:
    tx.run(DELETE_MEMBER, of_shop=shop_id, of_customer=customer_id)


def move_choices(
    tx: Tx, shop_id: ShopId, gone: CustomerId, kept: CustomerId, counts_from: datetime
) -> None:
    """The kept person's books have these choices from now on: what left before could not know."""
    tx.run(
        MOVE_CHOICES,
        of_shop=shop_id,
        of_customer=gone,
        to_customer=kept,
        counts_from=counts_from,
    )


def hand_over(tx: Tx, gone: CustomerId, kept: CustomerId) -> None:
    """Everything that carries the person's id, but memberships and choices."""
    for statement in HAND_OVER:
        tx.run(statement, of_customer=gone, to_customer=kept)


def fill_in(tx: Tx, who: Identity) -> None:
    fields = who._asdict()
    tx.run(FILL_IN, of_customer=who.customer_id, **{name: fields[name] for name in FILLED})


def delete_customer(tx: Tx, customer_id: CustomerId) -> None:
    tx.run(DELETE_CUSTOMER, of_customer=customer_id)


def list_twins(tx: Tx, gone: CustomerId, kept: CustomerId) -> list[Twins]:
    return [Twins._make(row) for row in tx.all(TWINS, of_customer=gone, twin_of=kept)]


def rename_coupon(tx: Tx, coupon_id: CouponId, key: str) -> None:
    tx.run(RENAME_COUPON, of_coupon=coupon_id, key=key)
