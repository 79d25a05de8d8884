"""Messages of a chunk: whom they go to, what becomes of them."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlmodel import col

from domain.campaigns import MessageState
from domain.people import ChannelId, ChunkId, CustomerId, Friend, MessageId, RunId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Chunk, Message
from storage.models.customers import Customer, Membership
from storage.queries.customers import PHONE
from storage.statements import Statement, one_of


class Addressee(NamedTuple):
    """One waiting message with all that gate and sender need of its person."""

    message_id: MessageId
    customer_id: CustomerId
    name: str | None
    bot_user_key: str | None
    phone: str | None
    friend: Friend
    is_of_age: bool
    has_consent: bool
    has_withdrawn: bool
    hears_texts: bool
    paused_at: datetime | None
    paused_until: datetime | None


class ChunkCount(NamedTuple):
    """How many messages of a chunk are open, charged, and ended how."""

    open: int
    charged: int
    delivered: int
    failed: int


WIDTH = len(Addressee._fields)
OPEN_STATES = (MessageState.WAITING, MessageState.UNKNOWN)


ADDRESSEE = (
    col(Message.id),
    col(Message.customer_id),
    col(Membership.name),
    col(Customer.bot_user_key),
    case((col(Membership.phone_granted_at).is_not(None), col(Customer.phone))),
    col(Customer.friend),
    col(Customer.of_age_at).is_not(None),
    col(Membership.advertising_since).is_not(None),
    col(Membership.withdrawn_at).is_not(None),
    col(Membership.texts_since).is_not(None),
    col(Membership.paused_at),
    col(Membership.paused_until),
)


STANDING = and_(
    col(Membership.customer_id) == col(Message.customer_id),
    col(Membership.shop_id) == col(Message.shop_id),
)


EVERYBODY = (
    select(*ADDRESSEE)
    .outerjoin(Customer, col(Customer.id) == col(Message.customer_id))
    .outerjoin(Membership, STANDING)
    .where(col(Message.chunk_id) == bindparam("of_chunk"))
    .order_by(col(Message.id))
)


ALL_OF_CHUNK = Statement(EVERYBODY)


SENT_OF_CHUNK = Statement(
    EVERYBODY.join(Chunk, col(Chunk.id) == col(Message.chunk_id)).where(
        or_(
            col(Message.state) != MessageState.REFUSED,
            col(Message.settled_at) > col(Chunk.started_at),
        )
    )
)


OPEN_OF_CHUNK = Statement(EVERYBODY.where(one_of(col(Message.state), *OPEN_STATES)))


IS_REGULAR = and_(
    col(Customer.friend) == Friend.ADDED,
    col(Customer.of_age_at).is_not(None),
    col(Membership.advertising_since).is_not(None),
    col(Membership.withdrawn_at).is_(None),
    col(Membership.paused_at).is_(None),
)
HAS_ADDRESS = {
    False: col(Customer.bot_user_key).is_not(None),
    True: and_(col(Membership.phone_granted_at).is_not(None), col(Customer.phone).is_not(None)),
}
IRREGULAR_OF_CHUNK = {
    by_phone: Statement(
        EVERYBODY.where(
            one_of(col(Message.state), *OPEN_STATES),
            case((and_(IS_REGULAR, has_address), 1), else_=0) == 0,
        )
    )
    for by_phone, has_address in HAS_ADDRESS.items()
}


ONE_MESSAGE = Statement(
    select(*ADDRESSEE, col(Message.state), col(Message.shop_id))
    .join(Chunk, col(Chunk.id) == col(Message.chunk_id))
    .join(Customer, col(Customer.id) == col(Message.customer_id))
    .outerjoin(Membership, STANDING)
    .where(
        col(Message.run_id) == bindparam("of_run"),
        col(Message.customer_id) == bindparam("of_customer"),
        col(Message.chunk_id) == bindparam("of_chunk"),
        col(Customer.channel_id) == bindparam("of_channel"),
        col(Chunk.started_at).is_not(None),
    )
)


LOCK_STANDINGS = Statement(
    select(col(Membership.customer_id))
    .join(Message, STANDING)
    .where(col(Message.chunk_id) == bindparam("of_chunk"))
    .order_by(col(Membership.customer_id))
    .with_for_update(read=True, of=Membership)
)


LOCK_STANDING = Statement(
    select(col(Membership.customer_id))
    .join(Chunk, col(Chunk.shop_id) == col(Membership.shop_id))
    .where(
        col(Chunk.id) == bindparam("of_chunk"),
        col(Membership.customer_id) == bindparam("of_customer"),
    )
    .with_for_update(read=True, of=Membership)
)


LAST_LEFT = Statement(
    select(func.max(func.coalesce(col(Message.shown_at), col(Chunk.started_at))))
    .join(Chunk, col(Chunk.id) == col(Message.chunk_id))
    .where(
        col(Chunk.shop_id) == bindparam("of_shop"),
        col(Chunk.started_at) >= bindparam("since"),
        col(Message.customer_id) == bindparam("of_customer"),
    )
)


COUNT_CHUNK = Statement(
    select(
        func.count(case((one_of(col(Message.state), *OPEN_STATES), 1))),
        func.count(case((col(Message.is_charged), 1))),
        func.count(case((col(Message.state) == MessageState.DELIVERED, 1))),
        func.count(case((col(Message.state) == MessageState.FAILED, 1))),
    ).where(col(Message.chunk_id) == bindparam("of_chunk"))
)


SHOW = Statement(
    update(Message)
    .where(col(Message.id) == bindparam("of_message"), col(Message.shown_at).is_(None))
    .values(shown_at=bindparam("at"))
)


CLOSE_OPEN = Statement(
    update(Message)
    .where(col(Message.chunk_id) == bindparam("of_chunk"), one_of(col(Message.state), *OPEN_STATES))
    .values(
        state=case(
            (col(Message.shown_at).is_not(None), MessageState.DELIVERED),
            else_=bindparam("else_state", type_=col(Message.state).type),  # type: ignore[attr-defined]  # `col` hides the column
        ),
        code=case((col(Message.shown_at).is_not(None), "SHOWN"), else_=bindparam("code")),
        is_charged=col(Message.shown_at).is_not(None),
        settled_at=bindparam("at"),
    )
)


def _addressee(tx: Tx, row: tuple[Any, ...], *, opens_phone: bool = True) -> Addressee:
    sealed, friend = row[4], row[5]
    phone = "" if sealed else None
    if sealed and opens_phone:
        phone = tx.vault.unseal(sealed, purpose=PHONE)
    return Addressee._make((*row[:4], phone, friend or Friend.NONE, *row[6:WIDTH]))


def list_open(tx: Tx, chunk_id: ChunkId) -> list[Addressee]:
    """Who is still open in this chunk; a deleted person is there, without any address."""
    return [_addressee(tx, row) for row in tx.all(OPEN_OF_CHUNK, of_chunk=chunk_id)]


def list_irregular(tx: Tx, chunk_id: ChunkId, *, by_phone: bool) -> list[Addressee]:
    """Who of those still open is not as nearly everybody is (domain/gate.py `REGULAR`), or has no
    address of that kind. Their numbers stay sealed: "" where there is one.
    """
    rows = tx.all(IRREGULAR_OF_CHUNK[by_phone], of_chunk=chunk_id)
    return [_addressee(tx, row, opens_phone=False) for row in rows]


def list_all(tx: Tx, chunk_id: ChunkId) -> list[Addressee]:
    """Everybody who was ever in this chunk."""
    return [_addressee(tx, row) for row in tx.all(ALL_OF_CHUNK, of_chunk=chunk_id)]


def list_sent(tx: Tx, chunk_id: ChunkId) -> list[Addressee]:
    """Everybody whom this chunk's request named: not those refused before it left."""
    return [_addressee(tx, row) for row in tx.all(SENT_OF_CHUNK, of_chunk=chunk_id)]


def lock_standings(tx: Tx, chunk_id: ChunkId) -> None:
    """Waits for whoever is just refusing, and keeps others until we are done (I9)."""
    tx.all(LOCK_STANDINGS, of_chunk=chunk_id)


def lock_standing(tx: Tx, chunk_id: ChunkId, customer_id: CustomerId) -> None:
    """The same for one person of it."""
    tx.all(LOCK_STANDING, of_chunk=chunk_id, of_customer=customer_id)


def find_left_since(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, since: datetime
) -> datetime | None:
    """When the last of this shop's messages to this person left, if not before `since`."""
    row = tx.one(LAST_LEFT, of_shop=shop_id, of_customer=customer_id, since=since)
    return row[0] if row else None


def find_message(
    tx: Tx, *, channel_id: ChannelId, run_id: RunId, chunk_id: ChunkId, customer_id: CustomerId
) -> tuple[Addressee, MessageState, ShopId] | None:
    """A message of a chunk that has left, if it is this person's in this channel."""
    row = tx.one(
        ONE_MESSAGE,
        of_run=run_id,
        of_customer=customer_id,
        of_chunk=chunk_id,
        of_channel=channel_id,
    )
    if row is None:
        return None
    return _addressee(tx, row), MessageState(row[WIDTH]), ShopId(row[WIDTH + 1])


def close_open(tx: Tx, chunk_id: ChunkId, state: MessageState, code: str, at: datetime) -> None:
    """Who is still open becomes `state`, but whom our skill has shown it is delivered."""
    tx.run(CLOSE_OPEN, of_chunk=chunk_id, else_state=state, code=code, at=at)


def count_chunk(tx: Tx, chunk_id: ChunkId) -> ChunkCount:
    row = tx.one(COUNT_CHUNK, of_chunk=chunk_id)
    assert row is not None
    return ChunkCount(*row)


def note_shown(tx: Tx, message_id: MessageId, at: datetime) -> None:
    tx.run(SHOW, of_message=message_id, at=at)
