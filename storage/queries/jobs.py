"""Nudges: rows in PgQueuer's table that say "look at what is due" (docs/decisions/0026).

On PostgreSQL only; elsewhere everything here does nothing, and the server's own worker looks.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import orjson
from sqlalchemy import Interval, String, bindparam, literal_column, text

from storage.columns import INSTANT
from storage.desk import Tx
from storage.queries.halts import is_halted_at
from storage.statements import DIALECTS, Statement

NUDGES_MAX = 64
"""Of one kind, at one look. What is due and may not leave (a halt) is looked at in vain."""

LOG_KEPT = timedelta(days=1)
COUNTS_KEPT = timedelta(days=30)


class JobKind(StrEnum):
    """A step of the worker. It takes what is due first, not the row that the nudge names."""

    PLAN = "plan"
    SEND = "send"
    ASK = "ask"


URGENCY = {JobKind.PLAN: 2, JobKind.ASK: 1, JobKind.SEND: 0}
"""A long run's chunks wait in hundreds: what others wait for goes before them."""

NUDGE = Statement(
    text("""
        INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, status)
        SELECT :urgency, CAST(:kind AS text), convert_to(id, 'UTF8'), now() + :wait, 'queued'
        FROM jsonb_array_elements_text(CAST(:ids AS jsonb)) AS listed(id)
    """).bindparams(bindparam("wait", type_=Interval()), bindparam("ids", type_=String()))
)


def _nudge_due(due: str) -> Statement:
    """As many nudges as there are due rows more than nudges that wait to be taken."""
    return Statement(
        text(f"""
            INSERT INTO pgqueuer (priority, entrypoint, payload, status)
            SELECT :urgency, CAST(:kind AS text), convert_to(CAST(id AS text), 'UTF8'), 'queued'
            FROM ({due} LIMIT {NUDGES_MAX}) AS due
            OFFSET (
                SELECT count(*) FROM (
                    SELECT 1 FROM pgqueuer
                    WHERE entrypoint = :kind AND status = 'queued' AND execute_after <= now()
                    LIMIT {NUDGES_MAX}
                ) AS waiting
            )
        """).bindparams(bindparam("now", type_=INSTANT))  # noqa: S608 - all of it stands here
    )


def _is_halted(shop_id: str) -> str:
    """In words of PostgreSQL; nothing of it is anybody's input."""
    given = is_halted_at(literal_column(shop_id))
    return str(
        given.compile(dialect=DIALECTS["postgresql"], compile_kwargs={"literal_binds": True})
    )


# As `find_due` and whoever gathers or undoes find them: what may not go on is not looked at.
DUE = {
    JobKind.PLAN: _nudge_due(
        "SELECT id FROM campaign WHERE state = 'booked' AND due_at <= :now"  # noqa: S608 - ours
        f" AND (kind = 'information' OR NOT {_is_halted('campaign.shop_id')})"
        " UNION ALL SELECT run.campaign_id FROM run"
        " JOIN campaign ON campaign.id = run.campaign_id WHERE run.gathered_to IS NOT NULL"
        " AND (campaign.state IN ('stuck', 'canceled')"
        f" OR campaign.state = 'running' AND NOT {_is_halted('run.shop_id')})"
    ),
    JobKind.SEND: _nudge_due(
        "SELECT id FROM chunk WHERE state = 'planned' AND act_at <= :now ORDER BY act_at"
    ),
    JobKind.ASK: _nudge_due(
        "SELECT id FROM chunk WHERE state IN ('started', 'accepted', 'unknown', 'paused')"
        " AND act_at <= :now ORDER BY act_at"
    ),
}

FORGET = (
    Statement(text("DELETE FROM pgqueuer_log WHERE created < now() - CAST(:log_kept AS interval)")),
    Statement(
        text(
            "DELETE FROM pgqueuer_statistics WHERE created < now() - CAST(:counts_kept AS interval)"
        )
    ),
)


def nudge(tx: Tx, kind: JobKind, ids: Sequence[int], *, now: datetime, act_at: datetime) -> None:
    """To be called beside what is written to those rows, so that both are there or neither.

    Two instants of our clock, because the database's need not be the same.
    """
    if tx.dialect == "postgresql" and ids:
        listed = orjson.dumps([str(one) for one in ids]).decode()
        wait = max(act_at - now, timedelta())
        tx.run(NUDGE, urgency=URGENCY[kind], kind=kind.value, wait=wait, ids=listed)


def nudge_due(tx: Tx, now: datetime) -> int:
    """Nudges what is due and has been forgotten: a lost nudge costs a look, nothing else."""
    if tx.dialect != "postgresql":
        return 0
    return sum(
        tx.run(statement, urgency=URGENCY[kind], kind=kind.value, now=now)
        for kind, statement in DUE.items()
    )


def forget_old_jobs(tx: Tx, now: datetime) -> bool:
    """PgQueuer notes each job and never forgets; False: it is all done in one step."""
    del now
    if tx.dialect == "postgresql":
        tx.run(FORGET[0], log_kept=LOG_KEPT)
        tx.run(FORGET[1], counts_kept=COUNTS_KEPT)
    return False
