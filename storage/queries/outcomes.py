"""What becomes of messages, written in sets: outcomes that were reported, refusals of the gate."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import BigInteger, Boolean, Executable, String, and_, bindparam, select, update
from sqlmodel import col

from domain.campaigns import SAME_NUMBER, MessageState, Outcome, Report
from domain.people import ChunkId, CustomerId, MessageId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Chunk, Message
from storage.models.customers import Membership
from storage.queries.messages import OPEN_STATES
from storage.statements import Statement, json_rows, one_of

OUTCOME_STATE: Mapping[Outcome, MessageState] = {
    Outcome.DELIVERED: MessageState.DELIVERED,
    Outcome.FAILED: MessageState.FAILED,
    Outcome.UNKNOWN: MessageState.UNKNOWN,
}


class Mark(NamedTuple):
    """What a message becomes."""

    id: MessageId
    state: MessageState
    code: str | None
    paid: bool = False


class Marked(NamedTuple):
    messages: int
    chunk_ids: list[ChunkId]


def _mark(dialect: str) -> Executable:
    """A report may come before our own record, twice, or late: whatever is open takes it."""
    rows = json_rows(
        dialect, "marks", id=BigInteger(), state=String(), code=String(), paid=Boolean()
    )
    return (
        update(Message)
        .where(col(Message.id) == rows.c.id, one_of(col(Message.state), *OPEN_STATES))
        .values(
            state=rows.c.state,
            code=rows.c.code,
            is_charged=rows.c.paid,
            settled_at=bindparam("at"),
        )
        .returning(col(Message.chunk_id))
    )


def _customers_of(dialect: str) -> Executable:
    rows = json_rows(dialect, "wanted", id=BigInteger())
    return (
        select(col(Message.customer_id))
        .where(col(Message.id).in_(select(rows.c.id)), one_of(col(Message.state), *OPEN_STATES))
        .order_by(col(Message.customer_id))
    )


def _consented_before(dialect: str) -> Executable:
    rows = json_rows(dialect, "wanted", id=BigInteger())
    agreed_before = and_(
        col(Membership.customer_id) == col(Message.customer_id),
        col(Membership.advertising_since) <= col(Chunk.started_at),
    )
    return (
        select(col(Membership.customer_id), col(Membership.shop_id))
        .select_from(Message)
        .join(Chunk, col(Chunk.id) == col(Message.chunk_id))
        .join(Membership, agreed_before)
        .where(col(Message.id).in_(select(rows.c.id)))
        .distinct()
        .order_by(col(Membership.customer_id), col(Membership.shop_id))
    )


MARK = Statement(_mark)
CUSTOMERS_OF = Statement(_customers_of)
CONSENTED_BEFORE = Statement(_consented_before)


def mark_messages(tx: Tx, marks: Sequence[Mark], at: datetime) -> Marked:
    """Writes outcomes in one statement; how many were still open, and their chunks in id order."""
    if not marks:
        return Marked(0, [])
    listed = [
        {"id": id_, "state": state, "code": code, "paid": paid} for id_, state, code, paid in marks
    ]
    rows = tx.all(MARK, marks=orjson.dumps(listed).decode(), at=at)
    return Marked(len(rows), sorted({ChunkId(row[0]) for row in rows if row[0] is not None}))


def marks_of(reports: Sequence[Report]) -> list[Mark]:
    """The first certain word on each message: a set may hold a message twice."""
    told: dict[MessageId, Report] = {}
    for report in reports:
        if report.message_id not in told or told[report.message_id].outcome is Outcome.UNKNOWN:
            told[report.message_id] = report
    return [
        Mark(
            id=report.message_id,
            state=_state_of(report),
            code=report.code[:24],
            paid=report.is_charged,
        )
        for report in told.values()
    ]


def _state_of(report: Report) -> MessageState:
    """Who shares a number with somebody of the same run was left out, which is no failure."""
    is_double = report.code in SAME_NUMBER and report.outcome is Outcome.FAILED
    return MessageState.REFUSED if is_double else OUTCOME_STATE[report.outcome]


def list_open_customers(tx: Tx, message_ids: Sequence[MessageId]) -> list[CustomerId]:
    """The people behind those of these messages that have no outcome yet."""
    return [CustomerId(row[0]) for row in tx.all(CUSTOMERS_OF, wanted=_wanted(message_ids))]


def list_consented_before(
    tx: Tx, message_ids: Sequence[MessageId]
) -> list[tuple[CustomerId, ShopId]]:
    """Where the people behind these messages have agreed to advertising since before they left,
    in all shops of the channel.
    """
    rows = tx.all(CONSENTED_BEFORE, wanted=_wanted(message_ids))
    return [(CustomerId(row[0]), ShopId(row[1])) for row in rows]


def _wanted(message_ids: Sequence[MessageId]) -> str:
    return orjson.dumps([{"id": one} for one in message_ids]).decode()
