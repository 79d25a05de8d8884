"""What repeats itself, or follows something that happened: each time books a campaign.

Times that were missed while nobody worked are not made up for.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campaigns.booking import Draft, DryRun, book_as_is, cancel_campaign, dry_run
from campaigns.draft_text import draft_of, draft_text
from domain.audit import Act, shop_book
from domain.campaigns import LATE_AFTER_DEFAULT, CampaignState
from domain.gate import SENDER_DAY
from domain.people import SeriesId, ShopId, StaffId
from domain.refusals import Conflict, Invalid, NotFound, Refusal
from domain.schedule import Repeat, SeriesNote, SeriesState, ShopDays, next_time
from domain.segments import check_segment
from storage.desk import Tx
from storage.queries import series as books
from storage.queries.journal import append_audit
from storage.queries.series import Sent, SeriesView
from storage.queries.shop_days import get_shop_days

BOOKED_AHEAD = timedelta(minutes=10)
"""So it leaves at its minute, however long the sweep takes."""

STUCK_MAX = 3
"""So often in a row the money may be short; then it is not tried again before its owner says so."""

SERIES_MAX = 20
NAME_MAX = 40
PROGRAM = "program"
NOTHING_YET = Sent(0, 0)


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One series as its owner looks at it; `next_at` is None when no time comes."""

    view: SeriesView
    draft: Draft
    sent: Sent
    next_at: datetime | None


def start_series(
    tx: Tx,
    shop_id: ShopId,
    draft: Draft,
    repeat: Repeat,
    *,
    form_key: str,
    staff_id: StaffId | None,
    at: datetime,
    name: str = "",
) -> SeriesId:
    """From its next time on. The same form starts one, however often its button is pressed.

    Without a name its words are its name. Raises Invalid beside the field, NotFound(`offer`).
    """
    if known := books.find_series_by_key(tx, shop_id, form_key):
        return known
    kept = _kept(draft)
    _check(tx, shop_id, kept, repeat, at)
    series_id, is_new = books.insert_series_once(
        tx,
        shop_id=shop_id,
        form_key=form_key,
        name=(name.strip() or " ".join(draft.body.split()))[:NAME_MAX],
        draft=draft_text(kept),
        repeat=repeat,
        next_at=next_time(repeat, at),
        staff_id=staff_id,
        created_at=at,
    )
    if is_new:
        actor = f"owner:{staff_id}" if staff_id else PROGRAM
        _note_act(tx, shop_id, series_id, "start_series", actor=actor, at=at)
    return series_id


def book_due_series(tx: Tx, at: datetime) -> bool:
    """Books one time of the series that has been due the longest; False when none is."""
    series = books.find_due_series(tx, at + BOOKED_AHEAD)
    if series is None:
        return False
    if books.move_on(tx, series, next_time(series.repeat, max(series.next_at, at))):
        _book_time(tx, series, at)
    return True


def list_lines(tx: Tx, shop_id: ShopId, at: datetime) -> list[SeriesLine]:
    """Those that have not ended, the newest first."""
    sent = books.count_sent(tx, shop_id)
    days = get_shop_days(tx, shop_id)
    return [
        _line(view, days, sent.get(view.series_id, NOTHING_YET), at)
        for view in books.list_series(tx, shop_id)
    ]


def pause_series(tx: Tx, shop_id: ShopId, series_id: SeriesId, *, actor: str, at: datetime) -> None:
    """What it has booked and has not begun is canceled. Raises NotFound, Conflict(`series_state`)."""
    series = _lock(tx, shop_id, series_id)
    if series.state is not SeriesState.PAUSED:
        _set_state(tx, series, SeriesState.PAUSED, actor=actor, at=at)
        _cancel(tx, series, CampaignState.BOOKED, actor=actor, at=at)


def resume_series(
    tx: Tx, shop_id: ShopId, series_id: SeriesId, *, actor: str, at: datetime
) -> None:
    """From its next time on; times that wait for money are given up. Raises as `pause_series`."""
    series = _lock(tx, shop_id, series_id)
    if series.state is not SeriesState.ON:
        _set_state(tx, series, SeriesState.ON, actor=actor, at=at)
        _cancel(tx, series, CampaignState.STUCK, actor=actor, at=at)
        books.note_series(tx, series, None, None)


def end_series(tx: Tx, shop_id: ShopId, series_id: SeriesId, *, actor: str, at: datetime) -> None:
    """For good. What it has booked and has not begun is canceled. Raises NotFound."""
    series = books.lock_series(tx, shop_id, series_id)
    if series is None:
        raise NotFound("series")
    if series.state is not SeriesState.ENDED:
        _set_state(tx, series, SeriesState.ENDED, actor=actor, at=at)
        _cancel(tx, series, CampaignState.BOOKED, actor=actor, at=at)


def _kept(draft: Draft) -> Draft:
    """Without a time of its own. What follows something that happened to a person keeps its day:
    on the next, other people would be meant.
    """
    keeps_day = draft.keeps_day or draft.segment.event is not None
    return replace(draft, due_at=None, not_later_than=None, series_id=None, keeps_day=keeps_day)


def _check(tx: Tx, shop_id: ShopId, draft: Draft, repeat: Repeat, at: datetime) -> None:
    check_segment(draft.segment)
    if not SENDER_DAY[draft.sender].contains(next_time(repeat, at)):
        raise Invalid({"clock_time": "광고는 오전 8시부터 오후 8시 50분까지만 나가요."})
    if len(books.list_series(tx, shop_id)) >= SERIES_MAX:
        raise Invalid({"when": f"저절로 나가는 소식은 {SERIES_MAX}개까지 둘 수 있어요."})
    dry_run(tx, shop_id, draft, at)


def _book_time(tx: Tx, series: SeriesView, at: datetime) -> None:
    if series.next_at < at - LATE_AFTER_DEFAULT:
        books.note_series(tx, series, SeriesNote.LATE, series.next_at)
        return
    if _is_out_of_money(tx, series):
        _pause_itself(tx, series, SeriesNote.MONEY, at)
        return
    draft = draft_of(series.draft)
    due_at = _open_time(series, get_shop_days(tx, series.shop_id), keeps_day=draft.keeps_day)
    if due_at is None:
        books.note_series(tx, series, SeriesNote.CLOSED, series.next_at)
        return
    try:
        tried = dry_run(tx, series.shop_id, _at_time(draft, series, due_at), at)
    except Refusal:
        _pause_itself(tx, series, SeriesNote.BROKEN, at)
        return
    _book_tried_time(tx, series, tried, at)


def _book_tried_time(tx: Tx, series: SeriesView, tried: DryRun, at: datetime) -> None:
    if tried.people == 0:
        books.note_series(tx, series, SeriesNote.NOBODY, series.next_at)
        return
    book_as_is(
        tx,
        series.shop_id,
        tried,
        form_key=f"series:{series.series_id}:{int(series.next_at.timestamp())}",
        staff_id=series.staff_id,
        at=at,
    )
    books.note_series(tx, series, None, None)


def _at_time(draft: Draft, series: SeriesView, due_at: datetime) -> Draft:
    return replace(
        draft,
        due_at=due_at,
        not_later_than=due_at + LATE_AFTER_DEFAULT,
        series_id=series.series_id,
    )


def _open_time(series: SeriesView, days: ShopDays, *, keeps_day: bool) -> datetime | None:
    """This time, or the same hour of the next open day if that comes before the next time."""
    due_at = series.next_at
    moved = due_at if keeps_day else days.next_open(due_at)
    if moved is None or (moved > due_at and moved >= next_time(series.repeat, due_at)):
        return None
    return moved


def _is_out_of_money(tx: Tx, series: SeriesView) -> bool:
    times = books.list_times(tx, series.shop_id, series.series_id)[:STUCK_MAX]
    return len(times) == STUCK_MAX and all(state is CampaignState.STUCK for _, state in times)


def _pause_itself(tx: Tx, series: SeriesView, note: SeriesNote, at: datetime) -> None:
    books.set_series_state(tx, series, SeriesState.PAUSED, series.next_at, None)
    books.note_series(tx, series, note, series.next_at)
    _note_act(tx, series.shop_id, series.series_id, "pause_series", actor=PROGRAM, at=at)


def _line(view: SeriesView, days: ShopDays, sent: Sent, at: datetime) -> SeriesLine:
    draft = draft_of(view.draft)
    next_at: datetime | None = view.next_at
    if view.state is SeriesState.ON:
        coming = view._replace(next_at=max(view.next_at, at))
        next_at = _open_time(coming, days, keeps_day=draft.keeps_day) or next_at
    return SeriesLine(view, draft, sent, next_at if view.state is SeriesState.ON else None)


def _lock(tx: Tx, shop_id: ShopId, series_id: SeriesId) -> SeriesView:
    series = books.lock_series(tx, shop_id, series_id)
    if series is None:
        raise NotFound("series")
    if series.state is SeriesState.ENDED:
        raise Conflict("series_state", state=series.state)
    return series


ACTS = {
    SeriesState.ON: "resume_series",
    SeriesState.PAUSED: "pause_series",
    SeriesState.ENDED: "end_series",
}


def _set_state(tx: Tx, series: SeriesView, state: SeriesState, *, actor: str, at: datetime) -> None:
    next_at = next_time(series.repeat, at) if state is SeriesState.ON else series.next_at
    ended_at = at if state is SeriesState.ENDED else None
    if not books.set_series_state(tx, series, state, next_at, ended_at):
        raise Conflict("series_state", state=series.state)
    _note_act(tx, series.shop_id, series.series_id, ACTS[state], actor=actor, at=at)


def _cancel(
    tx: Tx, series: SeriesView, waiting: CampaignState, *, actor: str, at: datetime
) -> None:
    times = books.list_times(tx, series.shop_id, series.series_id)
    canceled = [campaign_id for campaign_id, state in times if state is waiting]
    for campaign_id in canceled:
        with suppress(Conflict):  # its time has begun meanwhile, and is not ours to take back
            cancel_campaign(tx, series.shop_id, campaign_id, actor=actor, at=at)


def _note_act(
    tx: Tx, shop_id: ShopId, series_id: SeriesId, act: str, *, actor: str, at: datetime
) -> None:
    line = Act(actor=actor, act=act, subject=f"series:{series_id}", at=at)
    append_audit(tx, shop_book(shop_id), line)
