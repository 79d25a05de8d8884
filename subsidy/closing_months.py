"""Closing a month: its lines are frozen and chained, so that nobody can change an old statement."""

from datetime import date, datetime, timedelta

from domain.audit import FIRST_HASH, Act, program_book
from domain.people import ProgramId
from domain.refusals import Conflict
from domain.statements import (
    head_hash,
    month_of,
    month_starts,
    next_hash,
    next_month,
    write_line,
)
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.months import (
    CLOSE_MONTH,
    ClosedMonth,
    FrozenLine,
    get_opened_at,
    insert_lines,
    insert_month,
    list_all_closed,
    list_closed,
    list_closings,
    list_frozen,
    save_hash,
)
from subsidy.statements import PAGE, Sheet, list_lines, open_sheet

SETTLES_WITHIN = timedelta(hours=1)
"""What began just before midnight is written by then: a closed month gets nothing any more."""


def close_month(
    tx: Tx, program_id: ProgramId, month: date, *, actor: str, at: datetime
) -> ClosedMonth:
    """Freezes the oldest open month. Closing again answers the same.

    Raises Conflict(month_order) while an older one is open, Conflict(month_open) until an hour
    after its end.
    """
    opened_at = get_opened_at(tx, program_id, locks=True)
    closed = list_closed(tx, program_id)
    for one in closed:
        if one.month == month:
            return one
    if month != (next_month(closed[-1].month) if closed else month_of(opened_at)):
        raise Conflict("month_order")
    if at < month_starts(next_month(month)) + SETTLES_WITHIN:
        raise Conflict("month_open")
    sheet = open_sheet(tx, program_id, month, at)
    _freeze(tx, sheet, closed[-1].hash if closed else FIRST_HASH, actor=actor, at=at)
    frozen = list_closed(tx, program_id)[-1]
    act = Act(
        actor=actor,
        act=CLOSE_MONTH,
        subject=f"program:{program_id}",
        at=at,
        details=_details(frozen),
    )
    append_audit(tx, program_book(program_id), act)
    return frozen


def _freeze(tx: Tx, sheet: Sheet, previous: str, *, actor: str, at: datetime) -> None:
    digest = head_hash(previous, sheet.program_id, sheet.month, actor=actor, closed_at=at)
    statement_id = insert_month(
        tx,
        program_id=sheet.program_id,
        month=sheet.month,
        closed_at=at,
        actor=actor,
        previous_hash=previous,
        hash=digest,
    )
    number = 0
    after: int | None = 0
    while after is not None:
        lines, after = list_lines(tx, sheet, after)
        frozen = []
        for line in lines:
            number += 1
            content = write_line(line)
            digest = next_hash(digest, number, line.market_id, line.shop_id, content)
            frozen.append(FrozenLine(number, line.market_id, line.shop_id, content, digest))
        insert_lines(tx, statement_id, frozen)
    save_hash(tx, statement_id, digest)


def check_statements(tx: Tx) -> list[str]:
    """What does not fit in the closed months, of every program: a line or a month by its name.

    A month that was taken away is missed by the audit log, which holds its hash.
    """
    wrong = []
    ends: dict[ProgramId, ClosedMonth] = {}
    for month in list_all_closed(tx):
        before = ends.get(month.program_id)
        name = f"program {month.program_id} month {month.month:%Y-%m}"
        if month.previous_hash != (before.hash if before else FIRST_HASH):
            wrong.append(f"{name}: does not follow the month before")
        if before and month.month != next_month(before.month):
            wrong.append(f"{name}: a month before is missing")
        wrong += [f"{name}: {what}" for what in _check_lines(tx, month)]
        ends[month.program_id] = month
    known = {(program_book(one.program_id), _details(one)) for one in list_all_closed(tx)}
    told = set(list_closings(tx))
    wrong += [f"{book}: closed, but not there: {details}" for book, details in sorted(told - known)]
    wrong += [
        f"{book}: there, but never closed: {details}" for book, details in sorted(known - told)
    ]
    return wrong


def _check_lines(tx: Tx, month: ClosedMonth) -> list[str]:
    """After a line that does not fit the chain goes on from what stands there."""
    wrong = []
    digest = head_hash(
        month.previous_hash,
        month.program_id,
        month.month,
        actor=month.actor,
        closed_at=month.closed_at,
    )
    number = 0
    while lines := list_frozen(tx, month.statement_id, None, number, PAGE):
        for line in lines:
            number += 1
            if line.number != number:
                wrong.append(f"line {number} is missing")
                number = line.number
            good = next_hash(digest, number, line.market_id, line.shop_id, line.content)
            if line.hash != good:
                wrong.append(f"line {number} was changed")
            digest = line.hash
    if month.hash != digest:
        wrong.append("its hash does not fit its last line")
    return wrong


def _details(month: ClosedMonth) -> str:
    return f"month={month.month:%Y-%m} hash={month.hash}"
