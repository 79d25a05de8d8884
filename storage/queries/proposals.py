"""Managers' proposals: acts that are looked at before they happen."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, case, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.people import MarketId, ProgramId, ProposalId, StaffId
from domain.subsidy import NEEDS_SECOND, ProposalKind, ProposalState
from storage.desk import Tx
from storage.models.grants import Proposal
from storage.models.staff import Staff
from storage.statements import Statement, insert_once

LISTED_MAX = 100
EVERY_MARKET = 0
"""Ids begin at 1."""

Maker, Decider, Undoer = aliased(Staff), aliased(Staff), aliased(Staff)
NAMES = (
    "program_id",
    "market_id",
    "kind",
    "state",
    "content",
    "form_key",
    "made_by",
    "made_at",
)


@dataclass(frozen=True, slots=True)
class ProposalView:
    """`market_id` None concerns the whole program; `content` is the JSON of its kind."""

    proposal_id: ProposalId
    program_id: ProgramId
    market_id: MarketId | None
    kind: ProposalKind
    state: ProposalState
    content: str
    made_by: StaffId
    made_at: datetime
    decided_by: StaffId | None
    decided_at: datetime | None
    undone_by: StaffId | None
    undone_at: datetime | None
    maker_name: str
    decider_name: str | None
    undoer_name: str | None


IN_REACH = (
    col(Proposal.program_id) == bindparam("of_program"),
    or_(
        bindparam("of_market", type_=BigInteger()) == EVERY_MARKET,
        col(Proposal.market_id) == bindparam("of_market"),
    ),
)
PROPOSALS = (
    select(
        col(Proposal.id),
        col(Proposal.program_id),
        col(Proposal.market_id),
        col(Proposal.kind),
        col(Proposal.state),
        col(Proposal.content),
        col(Proposal.made_by),
        col(Proposal.made_at),
        col(Proposal.decided_by),
        col(Proposal.decided_at),
        col(Proposal.undone_by),
        col(Proposal.undone_at),
        col(Maker.name),
        col(Decider.name),
        col(Undoer.name),
    )
    .join(Maker, col(Maker.id) == col(Proposal.made_by))
    .outerjoin(Decider, col(Decider.id) == col(Proposal.decided_by))
    .outerjoin(Undoer, col(Undoer.id) == col(Proposal.undone_by))
)
FIND = Statement(PROPOSALS.where(col(Proposal.id) == bindparam("of_id"), *IN_REACH))
LIST = Statement(
    PROPOSALS.where(*IN_REACH)
    .order_by(
        case((col(Proposal.state) == ProposalState.OPEN, 0), else_=1), col(Proposal.id).desc()
    )
    .limit(LISTED_MAX)
)
LOCK = Statement(
    select(col(Proposal.id)).where(col(Proposal.id) == bindparam("of_id")).with_for_update()
)
INSERT_ONCE = Statement(
    lambda dialect: insert_once(dialect, Proposal, **{name: bindparam(name) for name in NAMES})
)
BY_KEY = Statement(
    select(col(Proposal.id)).where(
        col(Proposal.form_key) == bindparam("of_key"),
        col(Proposal.program_id) == bindparam("of_program"),
    )
)
DECIDE = Statement(
    update(Proposal)
    .where(col(Proposal.id) == bindparam("of_id"), col(Proposal.state) == ProposalState.OPEN)
    .values(
        state=bindparam("new_state"), decided_by=bindparam("by_staff"), decided_at=bindparam("at")
    )
)
UNDO = Statement(
    update(Proposal)
    .where(col(Proposal.id) == bindparam("of_id"), col(Proposal.state) == ProposalState.DONE)
    .values(
        state=bindparam("new_state"), undone_by=bindparam("by_staff"), undone_at=bindparam("at")
    )
)


DONE_ALIKE = Statement(
    select(col(Proposal.decided_at))
    .where(
        col(Proposal.program_id) == bindparam("of_program"),
        col(Proposal.kind) == bindparam("of_kind"),
        col(Proposal.state) == ProposalState.DONE,
        col(Proposal.content) == bindparam("of_content"),
        col(Proposal.id) != bindparam("of_id"),
    )
    .order_by(col(Proposal.id).desc())
    .limit(1)
)
WAITING = Statement(
    select(func.count()).where(
        *IN_REACH,
        col(Proposal.state) == ProposalState.OPEN,
        or_(*(col(Proposal.kind) == one for one in sorted(NEEDS_SECOND))),
        col(Proposal.made_by) != bindparam("by_staff"),
        col(Proposal.made_at) >= bindparam("came_at"),
    )
)


def insert_proposal_once(tx: Tx, **facts: object) -> tuple[ProposalId, bool]:
    """`facts` are the columns of Proposal by name; its id, and whether it is new."""
    is_new = bool(tx.run(INSERT_ONCE, **facts))
    row = tx.one(BY_KEY, of_key=facts["form_key"], of_program=facts["program_id"])
    assert row is not None, "a form's key belongs to one program"
    return ProposalId(row[0]), is_new


def find_proposal(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, proposal_id: ProposalId
) -> ProposalView | None:
    """None also for one that reaches beyond this market."""
    row = tx.one(
        FIND, of_id=proposal_id, of_program=program_id, of_market=market_id or EVERY_MARKET
    )
    return ProposalView(*row) if row else None


def lock_proposal(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, proposal_id: ProposalId
) -> ProposalView | None:
    """As `find_proposal`, and nobody else decides it meanwhile."""
    tx.one(LOCK, of_id=proposal_id)
    return find_proposal(tx, program_id, market_id, proposal_id)


def list_proposals(tx: Tx, program_id: ProgramId, market_id: MarketId | None) -> list[ProposalView]:
    """The open ones first, then the newest; at most 100."""
    rows = tx.all(LIST, of_program=program_id, of_market=market_id or EVERY_MARKET)
    return [ProposalView(*row) for row in rows]


def find_done_alike(tx: Tx, proposal: ProposalView) -> datetime | None:
    """When another one with the same content was done last; None when there is none."""
    row = tx.one(
        DONE_ALIKE,
        of_program=proposal.program_id,
        of_kind=proposal.kind,
        of_content=proposal.content,
        of_id=proposal.proposal_id,
    )
    return row[0] if row else None


def count_waiting(
    tx: Tx,
    program_id: ProgramId,
    market_id: MarketId | None,
    *,
    staff_id: StaffId,
    came_at: datetime,
) -> int:
    """Open ones that need a second person, made by others and not before this one came."""
    row = tx.one(
        WAITING,
        of_program=program_id,
        of_market=market_id or EVERY_MARKET,
        by_staff=staff_id,
        came_at=came_at,
    )
    return int(row[0]) if row else 0


def decide_once(
    tx: Tx, proposal_id: ProposalId, state: ProposalState, staff_id: StaffId, at: datetime
) -> bool:
    """False when it is not open any more."""
    return bool(tx.run(DECIDE, of_id=proposal_id, new_state=state, by_staff=staff_id, at=at))


def undo_once(tx: Tx, proposal_id: ProposalId, staff_id: StaffId, at: datetime) -> bool:
    """False when it is not done, or undone already."""
    return bool(
        tx.run(UNDO, of_id=proposal_id, new_state=ProposalState.UNDONE, by_staff=staff_id, at=at)
    )
