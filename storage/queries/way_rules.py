"""A program's order of ways: written whole under a new version, never changed."""

from collections.abc import Mapping
from datetime import datetime, time

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon
from domain.people import ProgramId
from domain.time import Window
from domain.ways import DEFAULT_ORDER, Order, WayLine
from storage.desk import Tx
from storage.models.ways import WayRule
from storage.statements import Statement, inserting

LINES_MAX = len(SenderName) * len(MessageKind)
VERSIONS_MAX = 50
HOUR_MINUTES = 60

OF_PROGRAM = col(WayRule.program_id) == bindparam("of_program")
NEWEST = Statement(select(func.coalesce(func.max(col(WayRule.version)), 0)).where(OF_PROGRAM))
LINES = Statement(
    select(
        col(WayRule.kind),
        col(WayRule.sender),
        col(WayRule.least_jeon),
        col(WayRule.opens),
        col(WayRule.closes),
    )
    .where(OF_PROGRAM, col(WayRule.version) == bindparam("of_version"))
    .order_by(col(WayRule.kind), col(WayRule.position))
    .limit(LINES_MAX)
)
VERSIONS = Statement(
    select(col(WayRule.version), func.min(col(WayRule.made_at)))
    .where(OF_PROGRAM)
    .group_by(col(WayRule.version))
    .order_by(col(WayRule.version).desc())
    .limit(VERSIONS_MAX)
)
COLUMNS = (
    "program_id",
    "version",
    "kind",
    "position",
    "sender",
    "least_jeon",
    "opens",
    "closes",
    "made_at",
)
INSERT = Statement(inserting(WayRule, *COLUMNS))


def find_version(tx: Tx, program_id: ProgramId) -> int:
    """The newest version of a program's order, 0 while it has written none."""
    row = tx.one(NEWEST, of_program=program_id)
    assert row is not None, "a maximum always answers"
    return int(row[0])


def get_orders(
    tx: Tx, program_id: ProgramId, version: int | None = None
) -> Mapping[MessageKind, Order]:
    """A program's order for each kind, the newest if no `version` is named."""
    version = find_version(tx, program_id) if version is None else version
    if version == 0:
        return DEFAULT_ORDER
    orders: dict[MessageKind, list[WayLine]] = {kind: [] for kind in MessageKind}
    for kind, sender, least, opens, closes in tx.all(
        LINES, of_program=program_id, of_version=version
    ):
        line = WayLine(
            sender=SenderName(sender), least_jeon=Jeon(least), hours=_window(opens, closes)
        )
        orders[MessageKind(kind)].append(line)
    return orders


def list_versions(tx: Tx, program_id: ProgramId) -> list[tuple[int, datetime]]:
    """The newest first, with when each was written."""
    return [(row[0], row[1]) for row in tx.all(VERSIONS, of_program=program_id)]


def insert_orders(
    tx: Tx,
    program_id: ProgramId,
    version: int,
    orders: Mapping[MessageKind, Order],
    at: datetime,
) -> None:
    """Raises ConstraintBroken when somebody else has written this version meanwhile."""
    for kind, order in orders.items():
        for position, line in enumerate(order):
            tx.run(
                INSERT,
                program_id=program_id,
                version=version,
                kind=kind,
                position=position,
                sender=line.sender,
                least_jeon=line.least_jeon,
                opens=_minutes(line.hours.opens) if line.hours else None,
                closes=_minutes(line.hours.closes) if line.hours else None,
                made_at=at,
            )


def _window(opens: int | None, closes: int | None) -> Window | None:
    if opens is None or closes is None:
        return None
    return Window(time(*divmod(opens, HOUR_MINUTES)), time(*divmod(closes, HOUR_MINUTES)))


def _minutes(at: time) -> int:
    return at.hour * HOUR_MINUTES + at.minute
