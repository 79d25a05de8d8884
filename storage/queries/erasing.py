"""Deleting a person: every row about them, and every trace in what stays."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, delete, select, update
from sqlmodel import col

from domain.campaigns import ChunkState, MessageState, SenderName
from domain.consent import Choice, ConsentRecord, Purpose
from domain.coupons import CouponState
from domain.people import CustomerId, OfferId, ProgramId, ShopId
from storage.desk import Tx
from storage.models import metadata
from storage.models.campaigns import Chunk, Message
from storage.models.coupons import Coupon
from storage.models.customers import ConsentChoice, Customer
from storage.models.journal import AuditLine, InboundEvent
from storage.models.places import Channel, Market
from storage.models.regulars import ApiToken, TillRequest
from storage.models.visits import Tries
from storage.queries.customers import lock_memberships
from storage.queries.kept_records import Proof
from storage.queries.messages import OPEN_STATES
from storage.queries.statutory import TOLD_AT
from storage.statements import Statement, one_of

PROOFS_MAX = 200
ERASE_CUSTOMER, ERASE_REGULAR = "erase_customer", "erase_regular"


class Erasure(NamedTuple):
    """A deletion as the audit log has it; `book` tells the shop of an `erase_regular`."""

    at: datetime
    act: str
    subject: str
    book: str


OF_SHOP: BindParameter[int] = bindparam("of_shop")
OF_PERSON: BindParameter[int] = bindparam("of_customer")
LOCK_PERSON = Statement(
    select(col(Customer.created_at)).where(col(Customer.id) == OF_PERSON).with_for_update()
)
PROGRAM = Statement(
    select(col(Market.program_id))
    .join(Channel, col(Channel.market_id) == col(Market.id))
    .join(Customer, col(Customer.channel_id) == col(Channel.id))
    .where(col(Customer.id) == OF_PERSON)
)
PROOFS = Statement(
    select(
        col(ConsentChoice.choice),
        col(ConsentChoice.text_version),
        col(ConsentChoice.chosen_at),
        TOLD_AT,
        col(ConsentChoice.counts_from),
    )
    .where(
        col(ConsentChoice.shop_id) == OF_SHOP,
        col(ConsentChoice.customer_id) == OF_PERSON,
        col(ConsentChoice.purpose) == Purpose.ADVERTISING,
    )
    .order_by(col(ConsentChoice.id).desc())
    .limit(PROOFS_MAX)
)
HELD_PLACES = Statement(
    select(col(Coupon.offer_id))
    .where(
        col(Coupon.shop_id) == OF_SHOP,
        col(Coupon.customer_id) == OF_PERSON,
        col(Coupon.state) == CouponState.HELD,
    )
    .order_by(col(Coupon.offer_id))
)
ON_THE_WAY = select(col(Chunk.id)).where(
    one_of(col(Chunk.state), ChunkState.STARTED, ChunkState.ACCEPTED, ChunkState.UNKNOWN),
    col(Chunk.sender) == SenderName.KAKAO_EVENT,
)
NEVER_SHOWN = Statement(
    update(Message)
    .where(
        col(Message.chunk_id).in_(ON_THE_WAY),
        col(Message.shop_id) == OF_SHOP,
        col(Message.customer_id) == OF_PERSON,
        one_of(col(Message.state), *OPEN_STATES),
        col(Message.shown_at).is_(None),
    )
    .values(state=MessageState.REFUSED, code="ERASED", settled_at=bindparam("at"))
)
OWN = tuple(
    table
    for table in reversed(metadata.sorted_tables)  # who points to others goes before them
    if {"shop_id", "customer_id"} <= set(table.c.keys()) and table.c.customer_id.foreign_keys
)
"""Whatever a shop has about a person, found in the schema: a new table cannot be forgotten."""

DELETE_OWN = tuple(
    Statement(delete(table).where(table.c.shop_id == OF_SHOP, table.c.customer_id == OF_PERSON))
    for table in OWN
)
TILLS = select(col(ApiToken.id)).where(col(ApiToken.shop_id) == OF_SHOP)
FORGET_REQUESTS = Statement(
    delete(TillRequest).where(
        col(TillRequest.token_id).in_(TILLS), col(TillRequest.customer_id) == OF_PERSON
    )
)
BLANK_WEBHOOKS = Statement(
    update(InboundEvent)
    .where(col(InboundEvent.customer_id) == OF_PERSON)
    .values(body="", customer_id=None)
)
FORGET_TRIES = Statement(delete(Tries).where(col(Tries.key) == bindparam("of_key")))
DELETE_PERSON = Statement(delete(Customer).where(col(Customer.id) == OF_PERSON))
ERASURES = Statement(
    select(*(col(getattr(AuditLine, name)) for name in Erasure._fields))
    .where(
        one_of(col(AuditLine.act), ERASE_CUSTOMER, ERASE_REGULAR),
        col(AuditLine.at) > bindparam("since"),
    )
    .order_by(col(AuditLine.id))
)


def lock_person(tx: Tx, customer_id: CustomerId) -> tuple[list[ShopId], datetime | None]:
    """Their shops and since when they are known, None when they are not (any more).

    Memberships first, as everything that changes what a regular has begins there.
    """
    shops = lock_memberships(tx, customer_id)
    row = tx.one(LOCK_PERSON, of_customer=customer_id)
    return shops, row[0] if row else None


def get_program_of(tx: Tx, customer_id: CustomerId) -> ProgramId:
    row = tx.one(PROGRAM, of_customer=customer_id)
    assert row is not None, "a customer is somebody in a channel"
    return ProgramId(row[0])


def list_proofs(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[Proof]:
    """The choices about this shop's advertising, the newest 200, oldest first."""
    rows = tx.all(PROOFS, of_shop=shop_id, of_customer=customer_id)
    return [
        Proof(
            shop_id=shop_id,
            counts_from=row[4],
            record=ConsentRecord(
                purpose=Purpose.ADVERTISING,
                choice=Choice(row[0]),
                text_version=row[1],
                pressed="",
                chosen_at=row[2],
                notice_at=row[3],
            ),
        )
        for row in reversed(rows)
    ]


def list_held_places(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[OfferId]:
    """The offer of each coupon that is held for a payment."""
    rows = tx.all(HELD_PLACES, of_shop=shop_id, of_customer=customer_id)
    return [OfferId(row[0]) for row in rows]


def refuse_unseen(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> None:
    """What is on its way to a chat will not be shown there: our skill knows nobody any more.

    The platform would name this person by a key that we do not have either.
    """
    tx.run(NEVER_SHOWN, of_shop=shop_id, of_customer=customer_id, at=at)


def delete_regular(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> None:
    """Everything that one shop has about a person."""
    for statement in (*DELETE_OWN, FORGET_REQUESTS):
        tx.run(statement, of_shop=shop_id, of_customer=customer_id)


def delete_person(tx: Tx, customer_id: CustomerId) -> None:
    """The person, and whatever hangs on them; webhooks stay, so that none is taken twice."""
    tx.run(BLANK_WEBHOOKS, of_customer=customer_id)
    for kind in ("code", "pair"):
        tx.run(FORGET_TRIES, of_key=f"{kind}:{customer_id}")
    tx.run(DELETE_PERSON, of_customer=customer_id)


def list_erasures(tx: Tx, since: datetime) -> list[Erasure]:
    """Every deletion that the audit log knows of, the oldest first."""
    return [Erasure._make(row) for row in tx.all(ERASURES, since=since)]
