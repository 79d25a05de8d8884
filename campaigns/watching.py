"""A campaign while it leaves: how far it has come, how long still, what a stop would leave."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.results import Result, campaign_result
from domain.campaigns import CampaignState
from domain.money import Jeon
from domain.people import CampaignId, ShopId
from storage.desk import Tx
from storage.queries.progress import LATELY, Progress, find_progress, sum_not_left
from storage.queries.results import find_run

SHORTEST = timedelta(seconds=1)
SOON = timedelta(minutes=2)
NOTHING = Progress(0, 0, 0, 0, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """`seconds_left`: how long what waits will take at this pace, None when nothing leaves.
    `leaves_at`: when it goes on, where that is later.
    """

    result: Result
    progress: Progress
    seconds_left: int | None
    leaves_at: datetime | None
    is_moving: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What stopping now would mean: who has it already or will get it, who will not, and how
    much of the grants' and of the shop's own money comes back at once.
    """

    result: Result
    left: int
    waiting: int
    back_jeon: Jeon
    own_back_jeon: Jeon


def watch(tx: Tx, shop_id: ShopId, campaign_id: CampaignId, at: datetime) -> Watched:
    """Raises NotFound, also for another shop's."""
    result = campaign_result(tx, shop_id, campaign_id)
    run = find_run(tx, shop_id, campaign_id)
    progress = find_progress(tx, shop_id, run.run_id, at) if run else NOTHING
    is_running = result.state is CampaignState.RUNNING
    next_at = progress.next_at if is_running else None
    return Watched(
        result=result,
        progress=progress,
        seconds_left=seconds_left(progress, at) if is_running else None,
        leaves_at=next_at if next_at and next_at > at + SOON else None,
        is_moving=_is_moving(result, progress, at),
    )


def seconds_left(progress: Progress, at: datetime) -> int | None:
    """At the pace of the last minute."""
    if progress.began_at is None or not progress.recently:
        return None
    span = max(min(LATELY, at - progress.began_at), SHORTEST)
    return round(progress.waiting * span.total_seconds() / progress.recently)


def look_at_stop(tx: Tx, shop_id: ShopId, campaign_id: CampaignId, at: datetime) -> Stop:
    """Changes nothing. Raises NotFound, also for another shop's."""
    watched = watch(tx, shop_id, campaign_id, at)
    run = find_run(tx, shop_id, campaign_id)
    back_jeon, own_back_jeon = sum_not_left(tx, shop_id, run.run_id) if run else (Jeon(0), Jeon(0))
    return Stop(
        result=watched.result,
        left=watched.progress.left,
        waiting=watched.progress.waiting,
        back_jeon=back_jeon,
        own_back_jeon=own_back_jeon,
    )


def _is_moving(result: Result, progress: Progress, at: datetime) -> bool:
    """Whether looking again in a few seconds may show something new."""
    is_waiting = progress.next_at is None or progress.next_at <= at + SOON
    match result.state:
        case CampaignState.BOOKED:
            return result.due_at <= at + SOON
        case CampaignState.RUNNING if progress.waiting or not result.recipients:
            return is_waiting or progress.in_flight > 0
        case CampaignState.STOPPED if progress.waiting:
            return True  # what does not leave any more is put back piece by piece
        case _:
            return progress.in_flight > 0
