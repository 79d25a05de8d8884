"""More time for a grant: never beyond where its money came from, never after it is over (F1, F7)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.audit import Act, program_book
from domain.people import CohortId, GrantId, MarketId, ProgramId
from domain.refusals import Conflict, Invalid, NotFound
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.clawing import ShopGrant, list_ending_grants
from storage.queries.extending import list_in_reach, save_ends, save_starts
from storage.queries.grants import GrantRow
from storage.queries.journal import append_audits
from storage.queries.ledger import lock_accounts
from subsidy.acting import Acting, get_grant_in_reach, must_reach_everything
from subsidy.grants import OVER, view_grant
from subsidy.offering import get_open_program, last_instant

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """New dates; None leaves the old one. A grant that has been started keeps its `start_by`."""

    start_by: datetime | None = None
    expires_at: datetime | None = None


class TooLate(Invalid):
    """Some of many grants cannot have these dates; `grants` names them with their reasons."""

    def __init__(self, grants: Sequence[tuple[GrantId, str]]) -> None:
        super().__init__({"expires_at": grants[0][1]})
        self.grants = grants


def list_ending(
    tx: Tx,
    acting: Acting,
    market_id: MarketId | None,
    cohort_id: CohortId | None,
    *,
    until: datetime,
    at: datetime,
) -> list[ShopGrant]:
    """Shops' own working grants that end, or have to be started, by then; at most 500."""
    return list_ending_grants(
        tx,
        acting.program_id,
        acting.market_id or market_id,
        cohort_id,
        until=until,
        now=at,
        most=AT_ONCE,
    )


def latest_end(tx: Tx, row: GrantRow) -> datetime:
    """The instant that this grant may not outlive: its pot's end, else the program's."""
    return _latest_ends(tx, row.program_id, [row])[row.grant_id]


def extend_grant(tx: Tx, acting: Acting, grant_id: GrantId, dates: Dates, at: datetime) -> None:
    """One grant or pot. The same dates again change nothing.

    Raises Invalid (start_by, expires_at), NotFound(grant), Conflict(program_closed, grant_over),
    NotAllowed for a pot when only one market is managed.
    """
    row = get_grant_in_reach(tx, acting, grant_id)
    if row.shop_id is None:
        must_reach_everything(acting)
    lock_accounts(tx, [row.account_id])
    row = get_grant_in_reach(tx, acting, grant_id)
    if view_grant(row, at).state in OVER:
        raise Conflict("extend_over")
    _check(row, dates, latest_end(tx, row), at)
    _save(tx, acting, [(row, dates)], at)


def extend_grants(
    tx: Tx, acting: Acting, grant_ids: Sequence[GrantId], dates: Dates, at: datetime
) -> int:
    """Many at once, all or none; how many changed. One that ends later already stays as it is.

    Raises TooLate with each that cannot, Conflict(nothing_chosen, program_closed), NotFound.
    """
    if not 0 < len(grant_ids) <= AT_ONCE:
        raise Conflict("nothing_chosen")
    lock_accounts(tx, [row.account_id for row in _list_rows(tx, acting, grant_ids)])
    rows = _list_rows(tx, acting, grant_ids)
    ends = _latest_ends(tx, acting.program_id, rows)
    kept = [(row, _later(row, dates)) for row in rows]
    wrong = [
        (row.grant_id, reason)
        for row, own in kept
        if (reason := _why_not(row, own, ends[row.grant_id], at))
    ]
    if wrong:
        raise TooLate(wrong)
    return _save(tx, acting, kept, at)


def _list_rows(tx: Tx, acting: Acting, grant_ids: Sequence[GrantId]) -> list[GrantRow]:
    rows = list_in_reach(tx, acting.program_id, acting.market_id, grant_ids)
    if len(rows) != len(set(grant_ids)):
        raise NotFound("grant")
    return rows


def _latest_ends(
    tx: Tx, program_id: ProgramId, rows: Sequence[GrantRow]
) -> Mapping[GrantId, datetime]:
    """Raises Conflict(program_closed)."""
    ends_at = last_instant(get_open_program(tx, program_id))
    parents = {row.parent_id for row in rows if row.parent_id is not None}
    pots = {one.grant_id: one for one in list_in_reach(tx, program_id, None, list(parents))}
    return {
        row.grant_id: min(ends_at, pots[row.parent_id].expires_at)
        if row.parent_id is not None
        else ends_at
        for row in rows
    }


def _why_not(row: GrantRow, dates: Dates, ends_at: datetime, at: datetime) -> str:
    if view_grant(row, at).state in OVER:
        return "이미 끝난 지원금이에요."
    try:
        _check(row, dates, ends_at, at)
    except Invalid as refusal:
        return " ".join(refusal.fields.values())
    return ""


def _later(row: GrantRow, dates: Dates) -> Dates:
    """Of many grants, only those are changed that would end sooner."""
    is_start_later = dates.start_by is not None and dates.start_by > row.start_by
    is_end_later = dates.expires_at is not None and dates.expires_at > row.expires_at
    return Dates(
        start_by=dates.start_by if is_start_later else None,
        expires_at=dates.expires_at if is_end_later else None,
    )


def _check(row: GrantRow, dates: Dates, ends_at: datetime, at: datetime) -> None:
    wrong = {}
    start_by, expires_at = _new(row, dates)
    if start_by < row.start_by:
        wrong["start_by"] = "시작 기한은 뒤로만 미룰 수 있어요."
    elif row.started_at is None and start_by <= at:
        wrong["start_by"] = "시작 기한은 지금보다 뒤여야 해요."
    if expires_at < row.expires_at:
        wrong["expires_at"] = "만료일은 뒤로만 미룰 수 있어요."
    elif expires_at > ends_at:
        last = in_kst(ends_at - timedelta(microseconds=1))
        wrong["expires_at"] = f"{last:%Y년 %-m월 %-d일}까지만 미룰 수 있어요."
    elif row.started_at is None and expires_at < start_by:
        wrong["expires_at"] = "만료일은 시작 기한보다 앞설 수 없어요."
    if wrong:
        raise Invalid(wrong)


def _new(row: GrantRow, dates: Dates) -> tuple[datetime, datetime]:
    is_started = row.started_at is not None
    start_by = row.start_by if is_started or dates.start_by is None else dates.start_by
    return start_by, dates.expires_at or row.expires_at


def _save(tx: Tx, acting: Acting, kept: Sequence[tuple[GrantRow, Dates]], at: datetime) -> int:
    """How many of them changed: those with one new date are written as one set."""
    acts = []
    starts: dict[datetime, list[GrantId]] = defaultdict(list)
    ends: dict[tuple[datetime, datetime], list[GrantId]] = defaultdict(list)
    for row, dates in kept:
        start_by, expires_at = _new(row, dates)
        if start_by != row.start_by:
            starts[start_by].append(row.grant_id)
        if expires_at != row.expires_at:
            returned_until = expires_at + (row.returned_until - row.expires_at)
            ends[expires_at, returned_until].append(row.grant_id)
        if (start_by, expires_at) != (row.start_by, row.expires_at):
            acts.append(_act(acting, row, start_by, expires_at, at))
    for start_by, ids in starts.items():
        save_starts(tx, ids, start_by)
    for (expires_at, returned_until), ids in ends.items():
        save_ends(tx, ids, expires_at, returned_until)
    append_audits(tx, program_book(acting.program_id), acts)
    return len(acts)


def _act(
    acting: Acting, row: GrantRow, start_by: datetime, expires_at: datetime, at: datetime
) -> Act:
    details = (
        f"start_by={row.start_by.isoformat()}>{start_by.isoformat()}"
        f" expires_at={row.expires_at.isoformat()}>{expires_at.isoformat()}"
    )
    return Act(
        actor=acting.actor,
        act="extend_grant",
        subject=f"grant:{row.grant_id}",
        at=at,
        details=details,
    )
