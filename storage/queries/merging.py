"""A chat and a phone number that are one person: all of the number's moves to the chat."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, delete, exists, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from domain.consent import Choice, Purpose
from domain.people import CustomerId, ShopId
from storage.desk import Tx
from storage.models.cards import GivenStamps, Tally
from storage.models.coupons import Coupon
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.journal import InboundEvent
from storage.models.places import Shop
from storage.models.questions import Enquiry
from storage.models.regulars import Note, Notice, StatutoryNotice, TillRequest
from storage.models.visits import CounterCode, Visit
from storage.queries.paper import PAPER
from storage.statements import Statement, one_of


class Identity(NamedTuple):
    customer_id: CustomerId
    bot_user_key: str

    @property
    def is_paper(self) -> bool:
        """Known by a phone number alone: no chat."""
        return self.bot_user_key.startswith(PAPER)


class Standing(NamedTuple):
    """How one of the two stands with one shop; `said` is their last word on advertising."""

    shop_id: ShopId
    customer_id: CustomerId
    joined_at: datetime
    name: str | None
    advertising_since: datetime | None
    is_told: bool
    has_news: bool
    said: Choice | None
    said_at: datetime | None


BOTH: tuple[BindParameter[Any], ...] = (bindparam("one"), bindparam("other"))
IDENTITIES = (
    select(col(Customer.id), col(Customer.bot_user_key))
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
        col(Membership.name),
        col(Membership.advertising_since),
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
    .values({name: bindparam(name) for name in ("joined_at", "name", "is_told", "has_news")})
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
    holder = table.__table__.c.customer_id  # type: ignore[attr-defined]  # SQLModel hides it
    return Statement(
        update(table)
        .where(holder == bindparam("of_customer"))
        .values(customer_id=bindparam("to_customer"))
    )


HANDED_OVER = (
    CounterCode,
    Coupon,
    Enquiry,
    GivenStamps,
    InboundEvent,
    Note,
    Notice,
    StatutoryNotice,
    Tally,
    TillRequest,
    Visit,
)
HAND_OVER = tuple(_hand_over(table) for table in HANDED_OVER)
Gone = aliased(Customer)
OF_GONE = col(Gone.id) == bindparam("of_gone")
HAS_FORGOTTEN = exists().where(
    col(ConsentChoice.customer_id) == bindparam("of_customer"),
    col(ConsentChoice.purpose) == Purpose.PHONE,
    col(ConsentChoice.choice) == Choice.WITHDRAWN,
)
FILL_PHONE = Statement(
    update(Customer)
    .where(
        col(Customer.id) == bindparam("of_customer"),
        col(Customer.phone_hash).is_(None),
        ~HAS_FORGOTTEN,
    )
    .values(
        phone=select(col(Gone.phone)).where(OF_GONE).scalar_subquery(),
        phone_hash=select(col(Gone.phone_hash)).where(OF_GONE).scalar_subquery(),
    )
)
DELETE_CUSTOMER = Statement(delete(Customer).where(col(Customer.id) == bindparam("of_customer")))
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
    """Of both, in every shop of the channel."""
    return [Standing._make(row) for row in tx.all(STANDINGS, one=one, other=other)]


def save_standing(tx: Tx, standing: Standing) -> None:
    tx.run(
        SAVE_STANDING,
        of_shop=standing.shop_id,
        of_customer=standing.customer_id,
        joined_at=standing.joined_at,
        name=standing.name,
        is_told=standing.is_told,
        has_news=standing.has_news,
    )


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


def fill_phone(tx: Tx, kept: CustomerId, gone: CustomerId) -> None:
    """The number of the one who goes, where the other has none.

    One that was taken back in the chat stays away; what is filled in gives no right to send.
    """
    tx.run(FILL_PHONE, of_customer=kept, of_gone=gone)


def delete_customer(tx: Tx, customer_id: CustomerId) -> None:
    tx.run(DELETE_CUSTOMER, of_customer=customer_id)
