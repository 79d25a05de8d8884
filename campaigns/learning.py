"""What a campaign brought, as far as it can be known: visits, refusals, presses, won.

Nobody's reading is guessed at: KakaoTalk does not tell who opened a message. That people came
after a message does not say that they came because of it; only the lot can say that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.results import CampaignLine, Result, campaign_result
from domain.campaigns import CampaignState
from domain.learning import (
    LOOK_FOR,
    Range,
    Share,
    Verdict,
    difference,
    is_many_stopped,
    verdict_of,
)
from domain.money import JEON_PER_WON, Jeon
from domain.people import ShopId
from storage.desk import Tx
from storage.queries.learning import Sides, count_came, count_known, count_stopped
from storage.queries.progress import find_progress
from storage.queries.results import find_run

ENDED = (CampaignState.FINISHED, CampaignState.STOPPED)
TOLD_OF_MIN = 10


@dataclass(frozen=True, slots=True)
class Compared:
    """All to whom the lot sent it beside all whom it held out, in the same days.

    Failures stay on their side: to leave out whom it did not reach would compare people who use
    KakaoTalk with everybody.
    """

    sent: Share
    held_out: Share
    found: Range
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """`came` and `stopped` of those who got it and are still regulars; `gone` are not any more.

    `until`: these days are still counted, `is_over` says whether they have passed. `pressed` is
    None without a button. `per_visitor_jeon`: what was spent, divided by those who came, in won.
    """

    since: datetime
    until: datetime
    is_over: bool
    came: Share
    stopped: Share
    blocked: int
    gone: int
    pressed: int | None
    per_visitor_jeon: Jeon | None
    compared: Compared | None

    @property
    def is_much(self) -> bool:
        return is_many_stopped(self.stopped)


def learn_latest(
    tx: Tx, shop_id: ShopId, lines: Sequence[CampaignLine], at: datetime
) -> Learned | None:
    """Of the newest that has ended, for the program's people: of a few nothing, so that no count
    tells of anybody in particular.
    """
    for line in lines:
        if line.state in ENDED and line.delivered:
            result = campaign_result(tx, shop_id, line.campaign_id)
            learned = learn(tx, shop_id, result, at)
            return learned if learned and learned.came.people >= TOLD_OF_MIN else None
    return None


def learn(tx: Tx, shop_id: ShopId, result: Result, at: datetime) -> Learned | None:
    """None while nobody got it."""
    run = find_run(tx, shop_id, result.campaign_id)
    if run is None or not result.delivered:
        return None
    since = find_progress(tx, shop_id, run.run_id, at).began_at
    if since is None:
        return None
    until = since + LOOK_FOR
    known, pressed = count_known(tx, shop_id, run.run_id)
    came = count_came(tx, shop_id, run.run_id, since=since, until=until)
    stopped, blocked = count_stopped(tx, shop_id, run.run_id, since=since, until=until)
    return Learned(
        since=since,
        until=until,
        is_over=at >= until,
        came=Share(came.got, known.got),
        stopped=Share(stopped, known.got),
        blocked=blocked,
        gone=result.delivered - known.got,
        pressed=pressed if result.button else None,
        per_visitor_jeon=_each(result.spent_jeon, came.got),
        compared=_compared(result, known, came, is_over=at >= until),
    )


def _each(spent_jeon: Jeon, visitors: int) -> Jeon | None:
    """In whole won: what it comes to, not what anything is paid by."""
    if not visitors or not spent_jeon:
        return None
    return Jeon(round(spent_jeon / visitors / JEON_PER_WON) * JEON_PER_WON)


def _compared(result: Result, known: Sides, came: Sides, *, is_over: bool) -> Compared | None:
    """None without a lot. Who was left out for money was chosen in an order, and who was left
    out by stopping came first or last: then the two sides are not alike.
    """
    if not result.held_out:
        return None
    sent, held_out = Share(came.sent, known.sent), Share(came.held_out, known.held_out)
    is_by_lot = not result.left_out and not result.canceled
    verdict = verdict_of(sent, held_out, is_over=is_over, is_by_lot=is_by_lot)
    return Compared(sent, held_out, difference(sent, held_out), verdict)
