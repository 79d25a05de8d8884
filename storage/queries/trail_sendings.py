"""The trail of what was sent, as far as one may see it: campaign, chunk, message, receipt.

People are numbers here; no name and no phone number is read.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, case, func, null, or_, select
from sqlmodel import col

from domain.campaigns import CampaignState, ChunkState, MessageKind, MessageState, SenderName
from domain.people import (
    AccountId,
    CampaignId,
    ChunkId,
    CustomerId,
    GrantId,
    MessageId,
    RunId,
    ShopId,
)
from domain.subsidy import GIVING_BACK, RESOLVING, AccountKind, Phase
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.grants import Grant
from storage.models.ledger import Account, Transfer
from storage.models.places import Market, Shop
from storage.queries.ledger_invariants import sum_of
from storage.queries.trail import BEFORE, MOST, PROGRAM, ROWS_MAX, Sight, seen_in
from storage.statements import Statement

FOUND_MAX = 20
"""Chunks shown for one provider's reference; it should be one."""


@dataclass(frozen=True, slots=True)
class CampaignTrail:
    """`body` is None for what was written to one person; no run before it was planned."""

    campaign_id: CampaignId
    shop_id: ShopId
    shop_name: str
    sender: SenderName
    state: CampaignState
    body: str | None
    due_at: datetime
    run_id: RunId | None
    unit_jeon: int | None
    recipients: int | None
    charged: int | None
    planned_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Payer:
    """What one account holds, has paid and got back for a run."""

    account_id: AccountId
    kind: AccountKind
    grant_id: GrantId | None
    open_jeon: int
    posted_jeon: int
    returned_jeon: int


@dataclass(frozen=True, slots=True)
class PaidRun:
    """What one account paid of one campaign."""

    campaign_id: CampaignId
    run_id: RunId
    shop_name: str
    planned_at: datetime
    open_jeon: int
    posted_jeon: int
    returned_jeon: int


@dataclass(frozen=True, slots=True)
class ChunkTrail:
    """One request to a provider and what came back; `provider_ref` is the provider's receipt."""

    chunk_id: ChunkId
    campaign_id: CampaignId
    run_id: RunId
    shop_id: ShopId
    shop_name: str
    number: int
    sender: SenderName
    state: ChunkState
    size: int
    delivered: int
    failed: int
    send_key: str
    provider_ref: str | None
    started_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageTrail:
    """One person in one run, by number."""

    message_id: MessageId
    customer_id: CustomerId
    chunk_id: ChunkId | None
    campaign_id: CampaignId
    state: MessageState
    code: str | None
    is_charged: bool
    unit_jeon: int
    shown_at: datetime | None
    settled_at: datetime | None


CAMPAIGN = Statement(
    select(
        col(Campaign.id),
        col(Campaign.shop_id),
        col(Shop.name),
        col(Campaign.sender),
        col(Campaign.state),
        case((col(Campaign.kind) == MessageKind.ADVERTISEMENT, col(Campaign.body)), else_=null()),
        col(Campaign.due_at),
        col(Run.id),
        col(Run.unit_jeon),
        col(Run.recipients),
        col(Run.charged),
        col(Run.planned_at),
        col(Run.finished_at),
    )
    .join(Shop, col(Shop.id) == col(Campaign.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .outerjoin(Run, col(Run.campaign_id) == col(Campaign.id))
    .where(
        col(Campaign.id) == bindparam("of_id"),
        col(Market.program_id) == PROGRAM,
        seen_in(col(Market.id)),
    )
)
PAYERS = Statement(
    select(
        col(Account.id),
        col(Account.kind),
        col(Grant.id),
        sum_of(Phase.HOLD, minus=RESOLVING),
        sum_of(Phase.POST),
        sum_of(*GIVING_BACK),
    )
    .select_from(Transfer)
    .join(Account, col(Account.id) == col(Transfer.debit_account_id))
    .outerjoin(Grant, col(Grant.account_id) == col(Account.id))
    .where(col(Transfer.run_id) == bindparam("of_run"), col(Account.program_id) == PROGRAM)
    .group_by(col(Account.id), col(Account.kind), col(Grant.id))
    .order_by(col(Account.id))
    .limit(ROWS_MAX)
)
PAID_RUNS = Statement(
    select(
        col(Run.campaign_id),
        col(Run.id),
        col(Shop.name),
        col(Run.planned_at),
        sum_of(Phase.HOLD, minus=RESOLVING),
        sum_of(Phase.POST),
        sum_of(*GIVING_BACK),
    )
    .select_from(Transfer)
    .join(Run, col(Run.id) == col(Transfer.run_id))
    .join(Shop, col(Shop.id) == col(Run.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(
        col(Transfer.debit_account_id) == bindparam("of_account"),
        col(Market.program_id) == PROGRAM,
        seen_in(col(Market.id)),
        or_(BEFORE.is_(null()), col(Run.id) < BEFORE),
    )
    .group_by(col(Run.campaign_id), col(Run.id), col(Shop.name), col(Run.planned_at))
    .order_by(col(Run.id).desc())
    .limit(MOST)
)
CHUNKS = (
    select(
        col(Chunk.id),
        col(Run.campaign_id),
        col(Chunk.run_id),
        col(Chunk.shop_id),
        col(Shop.name),
        col(Chunk.number),
        col(Chunk.sender),
        col(Chunk.state),
        col(Chunk.size),
        col(Chunk.delivered),
        col(Chunk.failed),
        col(Chunk.send_key),
        col(Chunk.provider_ref),
        col(Chunk.started_at),
        col(Chunk.settled_at),
    )
    .join(Run, col(Run.id) == col(Chunk.run_id))
    .join(Shop, col(Shop.id) == col(Chunk.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(col(Market.program_id) == PROGRAM, seen_in(col(Market.id)))
)
CHUNK = Statement(CHUNKS.where(col(Chunk.id) == bindparam("of_id")))
CHUNKS_OF_RUN = Statement(
    CHUNKS.where(
        col(Chunk.run_id) == bindparam("of_run"),
        col(Chunk.number) > bindparam("after", type_=BigInteger()),
    )
    .order_by(col(Chunk.number))
    .limit(MOST)
)
CHUNKS_OF_REF = Statement(
    CHUNKS.where(col(Chunk.provider_ref) == bindparam("ref"))
    .order_by(col(Chunk.id))
    .limit(FOUND_MAX)
)
MESSAGES = (
    select(
        col(Message.id),
        col(Message.customer_id),
        col(Message.chunk_id),
        col(Run.campaign_id),
        col(Message.state),
        col(Message.code),
        col(Message.is_charged),
        col(Run.unit_jeon),
        col(Message.shown_at),
        func.coalesce(col(Message.settled_at), col(Chunk.settled_at)),
    )
    .join(Run, col(Run.id) == col(Message.run_id))
    .join(Shop, col(Shop.id) == col(Message.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .outerjoin(Chunk, col(Chunk.id) == col(Message.chunk_id))
    .where(col(Market.program_id) == PROGRAM, seen_in(col(Market.id)))
)
MESSAGE = Statement(MESSAGES.where(col(Message.id) == bindparam("of_id")))
MESSAGES_OF_CHUNK = Statement(
    MESSAGES.where(
        col(Message.chunk_id) == bindparam("of_chunk"),
        col(Message.id) > bindparam("after", type_=BigInteger()),
    )
    .order_by(col(Message.id))
    .limit(MOST)
)


def find_campaign(tx: Tx, sight: Sight, campaign_id: CampaignId) -> CampaignTrail | None:
    row = tx.one(CAMPAIGN, of_id=campaign_id, **sight.scope)
    return CampaignTrail(*row) if row else None


def list_payers(tx: Tx, sight: Sight, run_id: RunId) -> list[Payer]:
    """The caller has found the run's campaign within its sight."""
    rows = tx.all(PAYERS, of_run=run_id, of_program=sight.program_id)
    return [Payer(*row) for row in rows]


def list_paid_runs(
    tx: Tx, sight: Sight, account_id: AccountId, *, before: int | None
) -> list[PaidRun]:
    """The campaigns an account paid, newest first, with one more when another page follows."""
    rows = tx.all(PAID_RUNS, of_account=account_id, before=before, most=ROWS_MAX + 1, **sight.scope)
    return [PaidRun(*row) for row in rows]


def find_chunk(tx: Tx, sight: Sight, chunk_id: ChunkId) -> ChunkTrail | None:
    row = tx.one(CHUNK, of_id=chunk_id, **sight.scope)
    return ChunkTrail(*row) if row else None


def list_chunks(tx: Tx, sight: Sight, run_id: RunId, *, after: int) -> list[ChunkTrail]:
    """A page by the chunks' numbers in the run, and one more when another page follows."""
    rows = tx.all(CHUNKS_OF_RUN, of_run=run_id, after=after, most=ROWS_MAX + 1, **sight.scope)
    return [ChunkTrail(*row) for row in rows]


def list_chunks_by_ref(tx: Tx, sight: Sight, ref: str) -> list[ChunkTrail]:
    """Which requests a provider's own number belongs to; at most 20."""
    return [ChunkTrail(*row) for row in tx.all(CHUNKS_OF_REF, ref=ref, **sight.scope)]


def find_message(tx: Tx, sight: Sight, message_id: MessageId) -> MessageTrail | None:
    row = tx.one(MESSAGE, of_id=message_id, **sight.scope)
    return MessageTrail(*row) if row else None


def list_messages(tx: Tx, sight: Sight, chunk_id: ChunkId, *, after: int) -> list[MessageTrail]:
    """A page by id, and one more when another page follows."""
    rows = tx.all(
        MESSAGES_OF_CHUNK, of_chunk=chunk_id, after=after, most=ROWS_MAX + 1, **sight.scope
    )
    return [MessageTrail(*row) for row in rows]
