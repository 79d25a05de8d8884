"""Acts on many that are looked at before they happen: made, then decided once, at times undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from domain.audit import Act, program_book
from domain.people import MarketId, ProgramId, ProposalId, StaffId
from domain.refusals import Conflict, NotAllowed, NotFound
from domain.subsidy import NEEDS_SECOND, ProposalKind, ProposalState
from storage.desk import Tx
from storage.queries import proposals as books
from storage.queries.journal import append_audit
from storage.queries.program_staff import get_came_at
from storage.queries.proposals import ProposalView
from subsidy.acting import Acting
from subsidy.form_keys import digest_of


def propose(
    tx: Tx,
    acting: Acting,
    kind: ProposalKind,
    content: Mapping[str, Any],
    *,
    form_key: str,
    at: datetime,
) -> ProposalId:
    """The same form with the same content is the same proposal. Raises Invalid(form_key)."""
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
    proposal_id, is_new = books.insert_proposal_once(
        tx,
        program_id=acting.program_id,
        market_id=acting.market_id,
        kind=kind,
        state=ProposalState.OPEN,
        content=text,
        form_key=digest_of(form_key, acting.program_id, acting.staff_id, kind, text),
        made_by=acting.staff_id,
        made_at=at,
    )
    if is_new:
        write_down(tx, acting, "propose", proposal_id, at, f"kind={kind}")
    return proposal_id


def get_proposal(tx: Tx, acting: Acting, proposal_id: ProposalId) -> ProposalView:
    """Raises NotFound(proposal)."""
    return _present(books.find_proposal(tx, acting.program_id, acting.market_id, proposal_id))


def lock_proposal(tx: Tx, acting: Acting, proposal_id: ProposalId) -> ProposalView:
    """As `get_proposal`, and nobody else decides it meanwhile."""
    return _present(books.lock_proposal(tx, acting.program_id, acting.market_id, proposal_id))


def lock_undecided(
    tx: Tx, acting: Acting, proposal_id: ProposalId, kind: ProposalKind
) -> ProposalView | None:
    """None when it was done already: pressing again is harmless.

    Raises NotFound(proposal), Conflict(proposal_settled) for what was dismissed or undone, and
    NotAllowed as `why_not_by` says.
    """
    proposal = lock_proposal(tx, acting, proposal_id)
    if proposal.kind is not kind:
        raise NotFound("proposal")
    if proposal.state is ProposalState.DONE:
        return None
    if proposal.state is not ProposalState.OPEN:
        raise Conflict("proposal_settled")
    if reason := why_not_by(tx, acting, proposal):
        raise NotAllowed(reason)
    return proposal


def why_not_by(tx: Tx, acting: Acting, proposal: ProposalView) -> str:
    """Why this person may not decide it, empty when they may: `second_person` for its maker,
    `came_after` for who joined when it was made already, for the maker may have let them in.
    """
    if proposal.kind not in NEEDS_SECOND:
        return ""
    if acting.staff_id == proposal.made_by:
        return "second_person"
    came_at = get_came_at(tx, acting.program_id, acting.staff_id)
    return "came_after" if came_at > proposal.made_at else ""


def count_waiting(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, staff_id: StaffId
) -> int:
    """What this person may approve as the second one."""
    came_at = get_came_at(tx, program_id, staff_id)
    return books.count_waiting(tx, program_id, market_id, staff_id=staff_id, came_at=came_at)


def mark_done(tx: Tx, acting: Acting, proposal: ProposalView, at: datetime, details: str) -> None:
    """The last step of what it proposed, in the same transaction."""
    if not books.decide_once(tx, proposal.proposal_id, ProposalState.DONE, acting.staff_id, at):
        raise Conflict("proposal_settled")
    write_down(tx, acting, f"do_{proposal.kind}", proposal.proposal_id, at, details)


def dismiss(tx: Tx, acting: Acting, proposal_id: ProposalId, at: datetime) -> None:
    """Puts it away undone; pressing again is harmless. Raises NotFound, Conflict."""
    proposal = lock_proposal(tx, acting, proposal_id)
    if proposal.state is ProposalState.DISMISSED:
        return
    if not books.decide_once(tx, proposal_id, ProposalState.DISMISSED, acting.staff_id, at):
        raise Conflict("proposal_settled")
    write_down(tx, acting, "dismiss", proposal_id, at, f"kind={proposal.kind}")


def reference_of(proposal_id: ProposalId) -> str:
    """What stands on the transfers of an act."""
    return f"proposal:{proposal_id}"


def write_down(
    tx: Tx, acting: Acting, what: str, proposal_id: ProposalId, at: datetime, details: str
) -> None:
    act = Act(
        actor=acting.actor, act=what, subject=reference_of(proposal_id), at=at, details=details
    )
    append_audit(tx, program_book(acting.program_id), act)


def _present(found: ProposalView | None) -> ProposalView:
    if found is None:
        raise NotFound("proposal")
    return found
