"""What an auditor asks of the books; every list is empty when a promise is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import col

from domain.campaigns import BubbleKind, MessageKind, MessageState, SenderName
from domain.consent import Choice, Purpose
from domain.people import CampaignId
from domain.subsidy import RESOLVING, Phase
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.customers import ConsentChoice
from storage.models.ledger import Transfer
from storage.models.places import Channel, Shop
from storage.queries.ledger_invariants import sum_of
from storage.statements import Statement, one_of


@dataclass(frozen=True, slots=True)
class RunSums:
    run_id: int
    recipients: int
    unit_jeon: int
    rounds_to_jeon: int
    charged: int
    is_finished: int
    messages: int
    charged_messages: int
    posted_jeon: int
    open_jeon: int


@dataclass(frozen=True, slots=True)
class CampaignWords:
    campaign_id: CampaignId
    sender: SenderName
    bubble: BubbleKind
    body: str
    parts: str
    shop_name: str
    contact: str
    opt_out: str | None


PEOPLE_OF_RUN = (
    select(
        col(Message.run_id).label("run_id"),
        func.count().label("messages"),
        func.count(
            case((and_(col(Message.is_charged), col(Chunk.settled_at).is_not(None)), 1))
        ).label("charged"),
    )
    .outerjoin(Chunk, col(Chunk.id) == col(Message.chunk_id))
    .group_by(col(Message.run_id))
    .subquery()
)
MONEY_OF_RUN = (
    select(
        col(Transfer.run_id).label("run_id"),
        sum_of(Phase.POST).label("posted"),
        sum_of(Phase.HOLD, minus=RESOLVING).label("open"),
    )
    .where(col(Transfer.run_id).is_not(None))
    .group_by(col(Transfer.run_id))
    .subquery()
)
RUNS = Statement(
    select(
        col(Run.id),
        col(Run.recipients),
        col(Run.unit_jeon),
        col(Run.rounds_to_jeon),
        col(Run.charged),
        col(Run.finished_at).is_not(None),
        func.coalesce(PEOPLE_OF_RUN.c.messages, 0),
        func.coalesce(PEOPLE_OF_RUN.c.charged, 0),
        func.coalesce(MONEY_OF_RUN.c.posted, 0),
        func.coalesce(MONEY_OF_RUN.c.open, 0),
    )
    .outerjoin(PEOPLE_OF_RUN, PEOPLE_OF_RUN.c.run_id == col(Run.id))
    .outerjoin(MONEY_OF_RUN, MONEY_OF_RUN.c.run_id == col(Run.id))
    .order_by(col(Run.id))
)
OUTCOMES = (
    select(
        col(Message.chunk_id).label("chunk_id"),
        func.count(case((col(Message.state) == MessageState.DELIVERED, 1))).label("delivered"),
        func.count(case((col(Message.state) == MessageState.FAILED, 1))).label("failed"),
    )
    .where(col(Message.chunk_id).is_not(None))
    .group_by(col(Message.chunk_id))
    .subquery()
)
MISCOUNTED = Statement(
    select(col(Chunk.id))
    .join(OUTCOMES, OUTCOMES.c.chunk_id == col(Chunk.id))
    .where(
        col(Chunk.settled_at).is_not(None),
        or_(
            col(Chunk.delivered) != OUTCOMES.c.delivered,
            col(Chunk.failed) != OUTCOMES.c.failed,
        ),
    )
    .order_by(col(Chunk.id))
    .limit(100)
)
DOUBLES = Statement(
    select(col(Message.run_id), col(Message.customer_id))
    .group_by(col(Message.run_id), col(Message.customer_id))
    .having(func.count() > 1)
)
LEFT_AT = func.coalesce(col(Message.shown_at), col(Chunk.started_at))
REACHED = (MessageState.DELIVERED, MessageState.FAILED, MessageState.UNKNOWN)
LAST_CHOICE = (
    select(col(ConsentChoice.choice))
    .where(
        col(ConsentChoice.shop_id) == col(Message.shop_id),
        col(ConsentChoice.customer_id) == col(Message.customer_id),
        col(ConsentChoice.purpose) == Purpose.ADVERTISING,
        col(ConsentChoice.counts_from) <= LEFT_AT,
    )
    .order_by(col(ConsentChoice.id).desc())
    .limit(1)
    .correlate(Message, Chunk)
    .scalar_subquery()
)
STILL_KNOWN = (
    select(col(ConsentChoice.id))
    .where(col(ConsentChoice.customer_id) == col(Message.customer_id))
    .correlate(Message)
    .exists()
)


IS_ADVERTISEMENT = (
    select(col(Campaign.id))
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .where(col(Run.id) == col(Chunk.run_id), col(Campaign.kind) == MessageKind.ADVERTISEMENT)
    .correlate(Chunk)
    .exists()
)


def _left(*conditions: ColumnElement[bool]) -> Statement:
    """Advertisements that left, of people who have not been deleted since."""
    return Statement(
        select(col(Message.id))
        .join(Chunk, col(Chunk.id) == col(Message.chunk_id))
        .where(
            one_of(col(Message.state), *REACHED),
            col(Chunk.started_at).is_not(None),
            IS_ADVERTISEMENT,
            STILL_KNOWN,
            *conditions,
        )
        .limit(100)
    )


WITHOUT_CONSENT = _left(func.coalesce(LAST_CHOICE, Choice.DECLINED.value) != Choice.GRANTED.value)
AFTER_REFUSAL = _left(func.coalesce(LAST_CHOICE, Choice.DECLINED.value) == Choice.WITHDRAWN.value)
STARTED = Statement(
    select(col(Chunk.id), col(Chunk.sender), col(Chunk.started_at)).where(
        col(Chunk.started_at).is_not(None), IS_ADVERTISEMENT
    )
)
SHOWN = Statement(
    select(col(Chunk.id), col(Chunk.sender), col(Message.shown_at))
    .join(Message, col(Message.chunk_id) == col(Chunk.id))
    .where(col(Message.shown_at).is_not(None), IS_ADVERTISEMENT)
)
WORDS = Statement(
    select(
        col(Campaign.id),
        col(Campaign.sender),
        col(Campaign.bubble),
        col(Campaign.body),
        col(Campaign.parts),
        col(Shop.name),
        col(Run.contact),
        col(Channel.opt_out_number),
    )
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .join(Shop, col(Shop.id) == col(Campaign.shop_id))
    .join(Channel, col(Channel.id) == col(Shop.channel_id))
    .where(col(Campaign.kind) == MessageKind.ADVERTISEMENT)
)


def list_runs(tx: Tx) -> list[RunSums]:
    return [RunSums(*map(int, row)) for row in tx.all(RUNS)]


def list_miscounted(tx: Tx) -> list[int]:
    """Settled chunks whose counts are not what their people's states add up to."""
    return _ids(tx, MISCOUNTED)


def list_doubles(tx: Tx) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in tx.all(DOUBLES)]


def list_without_consent(tx: Tx) -> list[int]:
    return _ids(tx, WITHOUT_CONSENT)


def list_after_refusal(tx: Tx) -> list[int]:
    return _ids(tx, AFTER_REFUSAL)


def list_leavings(tx: Tx) -> Sequence[tuple[int, str, datetime]]:
    """Chunk, sender and instant of each advertisement that left, or that our skill showed."""
    return [(row[0], str(row[1]), row[2]) for row in tx.all(STARTED) + tx.all(SHOWN)]


def list_words(tx: Tx) -> list[CampaignWords]:
    return [CampaignWords(*row) for row in tx.all(WORDS)]


def _ids(tx: Tx, statement: Statement) -> list[int]:
    return [row[0] for row in tx.all(statement)]
