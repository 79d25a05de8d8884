"""Pause, resume and stop what runs: all of it but the chunks that are leaving at this moment.

A chunk that has not left is put aside in the same statement that takes its lease away, so that
whoever was about to let it leave finds out when it wants to (`campaigns.dispatch`). The kill
switch (L21) is campaigns/halting.py; what nobody can know is campaigns/doubts.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.booking import cancel_campaign
from campaigns.leaving import STOPPED, close_many
from campaigns.series import pause_series
from campaigns.shop_days import shop_days
from domain.audit import Act, shop_book
from domain.campaigns import (
    CampaignEvent,
    CampaignState,
    MessageKind,
    MessageState,
    PauseReason,
    next_state,
)
from domain.people import CampaignId, ChunkId, ShopId
from domain.refusals import Conflict, NotFound
from storage.desk import Tx
from storage.queries import stopping as books
from storage.queries.campaigns import finish_run
from storage.queries.journal import append_audit
from storage.queries.series import list_series_on
from storage.queries.stopping import Begun, ChunkSize

PROGRAM = "program"
CLOSED_AT_ONCE = 5_000
"""People whose messages are closed while the owner waits, a tenth of a second; of a larger
campaign the rest follows piece by piece, so that no chat waits for it."""

FORGOTTEN_AFTER = timedelta(days=1)
"""How long after its last possible moment a paused campaign still waits for its owner's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Campaigns that will not start, people to whom a running one will not go, and what repeats
    itself and now rests.
    """

    campaigns: int
    people: int
    series: int


def pause_campaign(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, *, actor: str, at: datetime
) -> None:
    """Nothing more of it leaves but the chunks that are leaving now, until it is resumed.

    Harmless when repeated; of what errors or a halt had paused it makes the owner's own pause,
    which no lifted halt ends. Raises NotFound(`campaign`), Conflict(`campaign_state`).
    """
    begun = _lock(tx, shop_id, campaign_id)
    if begun.paused_for is PauseReason.OWNER:
        return
    if begun.state is not CampaignState.PAUSED:
        next_state(begun.state, CampaignEvent.PAUSE)
    books.move_begun(tx, shop_id, campaign_id, CampaignState.PAUSED, PauseReason.OWNER)
    books.hold_back(tx, shop_id, campaign_id)
    _note(tx, begun, "pause_campaign", actor, at)


def resume_campaign(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, *, actor: str, at: datetime
) -> None:
    """What was paused goes on where it was. Harmless when repeated.

    Raises NotFound(`campaign`), Conflict(`campaign_state`), Conflict(`halted`) while a halt
    keeps it, Conflict(`closed`, with `opens_at` or None) on a day on which the shop is closed,
    and Conflict(`too_late`) after its not_later_than: it can only be stopped then.
    """
    begun = _lock(tx, shop_id, campaign_id)
    if begun.state is CampaignState.RUNNING:
        return
    running = next_state(begun.state, CampaignEvent.RESUME)
    if begun.is_halted:
        raise Conflict("halted")
    if at > begun.not_later_than:
        raise Conflict("too_late", not_later_than=begun.not_later_than)
    if begun.kind is MessageKind.ADVERTISEMENT and not begun.keeps_day:
        _check_day(tx, shop_id, at)
    books.move_begun(tx, shop_id, campaign_id, running)
    books.let_go_on(tx, shop_id, campaign_id, at)
    _note(tx, begun, "resume_campaign", actor, at)


def stop_campaign(
    tx: Tx,
    shop_id: ShopId,
    campaign_id: CampaignId,
    *,
    actor: str,
    at: datetime,
    at_once: int = CLOSED_AT_ONCE,
) -> int:
    """Ends a running or paused one: to how many people it does not go any more.

    Their money comes back at once; of more people than `at_once` chunk by chunk, within seconds.
    Harmless when repeated (0). Raises NotFound(`campaign`), Conflict(`campaign_state`).
    """
    begun = _lock(tx, shop_id, campaign_id)
    if begun.state is CampaignState.STOPPED:
        return 0
    stopped = next_state(begun.state, CampaignEvent.STOP)
    books.move_begun(tx, shop_id, campaign_id, stopped)
    run_id = books.stop_gathering(tx, shop_id, campaign_id)
    kept = books.give_up(tx, shop_id, campaign_id, at)
    close_many(tx, _first(kept, at_once), MessageState.CANCELED, STOPPED, at)
    if run_id is not None:
        finish_run(tx, run_id, at)
    _note(tx, begun, "stop_campaign", actor, at)
    return sum(chunk.people for chunk in kept)


def stop_all(tx: Tx, shop_id: ShopId, *, actor: str, at: datetime) -> Stopped:
    """전부 멈춤: cancels what is booked and stops what runs, whose money goes back at once; what
    repeats itself rests until it is resumed.

    Information for one person (an answer to a question) still goes. Harmless when repeated.
    """
    canceled = 0
    for booked in books.list_booked(tx, shop_id):
        try:
            cancel_campaign(tx, shop_id, booked.campaign_id, actor=actor, at=at)
        except Conflict:
            continue  # it has begun meanwhile: it is stopped below
        canceled += 1
    series = _pause_all_series(tx, shop_id, actor=actor, at=at)
    people = sum(
        stop_campaign(tx, shop_id, campaign_id, actor=actor, at=at)
        for campaign_id in books.list_under_way(tx, shop_id)
    )
    if canceled or people or series:
        act = Act(actor=actor, act="stop_all", subject=f"shop:{shop_id}", at=at)
        append_audit(tx, shop_book(shop_id), act)
    return Stopped(campaigns=canceled, people=people, series=series)


def _pause_all_series(tx: Tx, shop_id: ShopId, *, actor: str, at: datetime) -> int:
    paused = 0
    for one in list_series_on(tx, shop_id):
        try:
            pause_series(tx, shop_id, one.series_id, actor=actor, at=at)
        except Conflict:
            continue  # somebody has just ended it
        paused += 1
    return paused


def stop_forgotten(tx: Tx, at: datetime) -> bool:
    """Stops a campaign that nobody resumed in its time, so that no money is held for ever."""
    found = books.find_forgotten(tx, at - FORGOTTEN_AFTER)
    if found is None:
        return False
    try:
        stop_campaign(tx, *found, actor=PROGRAM, at=at)
    except Conflict:
        return True  # its last report came meanwhile, so that it is over
    return True


def _check_day(tx: Tx, shop_id: ShopId, at: datetime) -> None:
    days = shop_days(tx, shop_id)
    if not days.is_open(at):
        raise Conflict("closed", opens_at=days.next_open(at))


def _lock(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> Begun:
    begun = books.lock_begun(tx, shop_id, campaign_id)
    if begun is None:
        raise NotFound("campaign")
    return begun


def _first(chunks: list[ChunkSize], people_max: int) -> list[ChunkId]:
    """As many as have so few people, at least one."""
    chosen: list[ChunkId] = []
    people = 0
    for chunk in chunks:
        people += chunk.people
        if chosen and people > people_max:
            break
        chosen.append(chunk.chunk_id)
    return chosen


def _note(tx: Tx, begun: Begun, act: str, actor: str, at: datetime) -> None:
    subject = f"campaign:{begun.campaign_id}"
    append_audit(tx, shop_book(begun.shop_id), Act(actor=actor, act=act, subject=subject, at=at))
