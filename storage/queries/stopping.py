"""What can still be stopped: booked campaigns, running ones, and their chunks that have not left."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, bindparam, exists, select, update
from sqlmodel import col

from domain.campaigns import CampaignState, ChunkState, MessageKind, PauseReason
from domain.people import CampaignId, ChunkId, RunId, ShopId
from domain.time import NEVER
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Run
from storage.queries.chunks import ChunkRow
from storage.queries.halts import is_halted_at
from storage.queries.jobs import JobKind, nudge
from storage.statements import Statement, one_of

BOOKED_MAX = 200
NOT_LEFT = (ChunkState.GATHERED, ChunkState.PLANNED, ChunkState.PAUSED)
UNDER_WAY = (CampaignState.RUNNING, CampaignState.PAUSED)


class BookedCampaign(NamedTuple):
    campaign_id: CampaignId
    body: str
    due_at: datetime


class ChunkSize(NamedTuple):
    chunk_id: ChunkId
    people: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A campaign as it stands while somebody pauses, resumes or stops it."""

    shop_id: ShopId
    campaign_id: CampaignId
    kind: MessageKind
    state: CampaignState
    paused_for: PauseReason | None
    not_later_than: datetime
    keeps_day: bool
    is_halted: bool


IS_ADVERTISING = col(Campaign.kind) == MessageKind.ADVERTISEMENT
OF_SHOP = col(Campaign.shop_id) == bindparam("of_shop")
BEGUN = (
    col(Campaign.shop_id),
    col(Campaign.id),
    col(Campaign.kind),
    col(Campaign.state),
    col(Campaign.paused_for),
    col(Campaign.not_later_than),
    col(Campaign.keeps_day),
    is_halted_at(col(Campaign.shop_id)),
)
BOOKED = Statement(
    select(col(Campaign.id), col(Campaign.body), col(Campaign.due_at))
    .where(OF_SHOP, col(Campaign.state) == CampaignState.BOOKED, IS_ADVERTISING)
    .order_by(col(Campaign.due_at), col(Campaign.id))
    .limit(BOOKED_MAX)
)
ADVERTISING_UNDER_WAY = Statement(
    select(col(Campaign.id))
    .where(OF_SHOP, one_of(col(Campaign.state), *UNDER_WAY), IS_ADVERTISING)
    .order_by(col(Campaign.id))
)
HAS_NOT_LEFT = Statement(
    select(
        exists(
            select(col(Chunk.id))
            .join(Run, col(Run.id) == col(Chunk.run_id))
            .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
            .where(
                col(Chunk.shop_id) == bindparam("of_shop"),
                one_of(col(Chunk.state), *NOT_LEFT),
                one_of(col(Campaign.state), *UNDER_WAY),
                IS_ADVERTISING,
            )
        )
    )
)
LOCK_BEGUN = Statement(
    select(*BEGUN)
    .where(OF_SHOP, col(Campaign.id) == bindparam("of_campaign"))
    .with_for_update(of=Campaign)
)
BEGUN_OF_RUN = Statement(
    select(*BEGUN)
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .where(col(Run.id) == bindparam("of_run"))
)
LOCK_OF_RUN = Statement(
    select(*BEGUN)
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .where(col(Run.id) == bindparam("of_run"))
    .with_for_update(of=Campaign)
)
FORGOTTEN = Statement(
    select(col(Campaign.shop_id), col(Campaign.id))
    .where(
        col(Campaign.state) == CampaignState.PAUSED,
        col(Campaign.not_later_than) < bindparam("before"),
    )
    .order_by(col(Campaign.due_at), col(Campaign.id))
    .limit(1)
)
MOVE = Statement(
    update(Campaign)
    .where(
        OF_SHOP,
        col(Campaign.id) == bindparam("of_campaign"),
        one_of(col(Campaign.state), *UNDER_WAY),
    )
    .values(state=bindparam("new_state"), paused_for=bindparam("reason"), pause_said_at=None)
)


def runs_of(*which: object) -> Select[int]:
    """The runs of campaigns of which all of that is true."""
    joined = select(col(Run.id)).join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    return joined.where(*which)  # type: ignore[arg-type]  # conditions of any kind


ITS_RUN = runs_of(OF_SHOP, col(Campaign.id) == bindparam("of_campaign"))
HOLD_BACK = Statement(
    update(Chunk)
    .where(col(Chunk.run_id).in_(ITS_RUN), col(Chunk.state) == ChunkState.PLANNED)
    .values(state=ChunkState.PAUSED, act_at=NEVER, tries=col(Chunk.tries) + 1)
)
LET_GO_ON = Statement(
    update(Chunk)
    .where(col(Chunk.run_id).in_(ITS_RUN), col(Chunk.state) == ChunkState.PAUSED)
    .values(state=ChunkState.PLANNED, act_at=bindparam("at"))
    .returning(col(Chunk.id))
)
GIVE_UP = Statement(
    update(Chunk)
    .where(col(Chunk.run_id).in_(ITS_RUN), one_of(col(Chunk.state), *NOT_LEFT))
    .values(state=ChunkState.PAUSED, act_at=bindparam("at"), tries=col(Chunk.tries) + 1)
    .returning(col(Chunk.id), col(Chunk.size))
)
PARK = Statement(
    update(Chunk)
    .where(
        col(Chunk.id) == bindparam("of_chunk"),
        col(Chunk.tries) == bindparam("of_try"),
        col(Chunk.state) == ChunkState.PLANNED,
    )
    .values(state=ChunkState.PAUSED, act_at=bindparam("act_at"), tries=col(Chunk.tries) + 1)
)
STOP_GATHERING = Statement(
    update(Run)
    .where(col(Run.id).in_(ITS_RUN), col(Run.gathered_to).is_not(None))
    .values(gathered_to=None)
)
RUN_OF = Statement(ITS_RUN)
LATEST_SETTLED = Statement(
    select(col(Chunk.delivered), col(Chunk.failed))
    .where(
        col(Chunk.run_id) == bindparam("of_run"),
        col(Chunk.state) == ChunkState.SETTLED,
        col(Chunk.delivered) + col(Chunk.failed) > 0,
    )
    .order_by(col(Chunk.settled_at).desc(), col(Chunk.id).desc())
    .limit(bindparam("most"))
)


def list_booked(tx: Tx, shop_id: ShopId) -> list[BookedCampaign]:
    """What will leave, the next one first."""
    return [BookedCampaign._make(row) for row in tx.all(BOOKED, of_shop=shop_id)]


def list_under_way(tx: Tx, shop_id: ShopId) -> list[CampaignId]:
    """Advertising that has begun and is not over, paused or not."""
    return [CampaignId(row[0]) for row in tx.all(ADVERTISING_UNDER_WAY, of_shop=shop_id)]


def has_not_left(tx: Tx, shop_id: ShopId) -> bool:
    """Whether some of what has begun can still be kept from leaving."""
    row = tx.one(HAS_NOT_LEFT, of_shop=shop_id)
    assert row is not None
    return bool(row[0])


def lock_begun(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> Begun | None:
    """Whoever gathers, pauses, resumes or stops this campaign waits for us."""
    row = tx.one(LOCK_BEGUN, of_shop=shop_id, of_campaign=campaign_id)
    return Begun(*row) if row else None


def get_begun(tx: Tx, run_id: RunId) -> Begun:
    """The campaign of a run, not locked."""
    row = tx.one(BEGUN_OF_RUN, of_run=run_id)
    assert row is not None
    return Begun(*row)


def lock_begun_of(tx: Tx, run_id: RunId) -> Begun:
    """The same, locked: who pauses, stops or halts it comes before us or waits."""
    row = tx.one(LOCK_OF_RUN, of_run=run_id)
    assert row is not None
    return Begun(*row)


def find_forgotten(tx: Tx, before: datetime) -> tuple[ShopId, CampaignId] | None:
    """A paused campaign whose last possible moment was before that."""
    row = tx.one(FORGOTTEN, before=before)
    return (ShopId(row[0]), CampaignId(row[1])) if row else None


def move_begun(
    tx: Tx,
    shop_id: ShopId,
    campaign_id: CampaignId,
    state: CampaignState,
    reason: PauseReason | None = None,
) -> bool:
    """False when it is over. `reason` only for a pause."""
    return bool(
        tx.run(MOVE, of_shop=shop_id, of_campaign=campaign_id, new_state=state, reason=reason)
    )


def finish_begun(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> bool:
    """Its last chunk is settled. In one step: a pause or its end meanwhile must not hide it."""
    return move_begun(tx, shop_id, campaign_id, CampaignState.FINISHED)


def hold_back(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> int:
    """Pauses every chunk that has not left; who holds the lease of one loses it."""
    return tx.run(HOLD_BACK, of_shop=shop_id, of_campaign=campaign_id)


def let_go_on(tx: Tx, shop_id: ShopId, campaign_id: CampaignId, at: datetime) -> None:
    rows = tx.all(LET_GO_ON, of_shop=shop_id, of_campaign=campaign_id, at=at)
    nudge(tx, JobKind.PLAN, [campaign_id], now=at, act_at=at)
    nudge(tx, JobKind.SEND, [row[0] for row in rows], now=at, act_at=at)


def give_up(tx: Tx, shop_id: ShopId, campaign_id: CampaignId, at: datetime) -> list[ChunkSize]:
    """Makes every chunk that has not left wait for its end (PAUSED and due), in order."""
    rows = tx.all(GIVE_UP, of_shop=shop_id, of_campaign=campaign_id, at=at)
    nudge(tx, JobKind.ASK, [row[0] for row in rows], now=at, act_at=at)
    return sorted(ChunkSize(ChunkId(row[0]), row[1]) for row in rows)


def stop_gathering(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> RunId | None:
    """Its run, of which nobody more is gathered; None when there is none."""
    tx.run(STOP_GATHERING, of_shop=shop_id, of_campaign=campaign_id)
    row = tx.one(RUN_OF, of_shop=shop_id, of_campaign=campaign_id)
    return RunId(row[0]) if row else None


def park_chunk(tx: Tx, chunk: ChunkRow, act_at: datetime) -> bool:
    """A leased chunk that may not leave now is paused; False when the lease was lost."""
    return bool(tx.run(PARK, of_chunk=chunk.chunk_id, of_try=chunk.tries, act_at=act_at))


def list_latest_settled(tx: Tx, run_id: RunId, most: int) -> list[tuple[int, int]]:
    """How many each of the last settled chunks reached and did not reach, the newest first."""
    return [(row[0], row[1]) for row in tx.all(LATEST_SETTLED, of_run=run_id, most=most)]
