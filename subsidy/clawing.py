"""Calling unused money back from shops that have gone quiet, and giving it back again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from domain.money import Jeon
from domain.people import AccountId, CohortId, GrantId, MarketId, ProposalId
from domain.refusals import Conflict, NotAllowed, NotFound
from domain.subsidy import Phase, ProposalKind, ProposalState, TransferCode
from storage.desk import Tx
from storage.queries.clawing import (
    ShopGrant,
    list_grants_among,
    list_quiet_grants,
    mark_many_clawed_back,
    sum_called_back_by,
    unmark_many_clawed_back,
)
from storage.queries.ledger import lock_accounts
from storage.queries.proposals import ProposalView, undo_once
from subsidy.acting import Acting
from subsidy.ending import source_account
from subsidy.ledger import Move, transfer
from subsidy.offering import get_open_program
from subsidy.proposals import (
    lock_proposal,
    lock_undecided,
    mark_done,
    propose,
    reference_of,
    write_down,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Which shops are meant: nothing sent for so many days, also by hand, and nothing booked; of
    one market or cohort if named.
    """

    days: int
    market_id: MarketId | None = None
    cohort_id: CohortId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """One grant of a proposal: what was free when it was looked at, and what is taken now."""

    grant: ShopGrant
    shown_jeon: Jeon
    taken_jeon: Jeon


def look_for_quiet(tx: Tx, acting: Acting, quiet: Quiet, at: datetime) -> Sequence[ShopGrant]:
    """Unused money that could be called back; what was given within those days is left alone."""
    market_id = acting.market_id or quiet.market_id
    since = at - timedelta(days=quiet.days)
    return list_quiet_grants(tx, acting.program_id, market_id, quiet.cohort_id, since=since, now=at)


def propose_claw_back(
    tx: Tx,
    acting: Acting,
    quiet: Quiet,
    grant_ids: Sequence[GrantId],
    *,
    form_key: str,
    at: datetime,
) -> ProposalId:
    """Keeps what was chosen among the quiet ones, for a second person to approve.

    Raises Conflict(program_closed, nothing_chosen).
    """
    get_open_program(tx, acting.program_id)
    wanted = set(grant_ids)
    chosen = [one for one in look_for_quiet(tx, acting, quiet, at) if one.grant_id in wanted]
    if not chosen:
        raise Conflict("nothing_chosen")
    content = {
        "days": quiet.days,
        "market": quiet.market_id,
        "cohort": quiet.cohort_id,
        "grants": [(one.grant_id, one.left_jeon) for one in chosen],
    }
    return propose(tx, acting, ProposalKind.CLAW_BACK, content, form_key=form_key, at=at)


def propose_claw_back_of(
    tx: Tx, acting: Acting, grant_id: GrantId, *, form_key: str, at: datetime
) -> ProposalId:
    """One shop's grant, however lively the shop: it was given wrongly.

    Raises Conflict(program_closed, nothing_chosen), NotFound(grant).
    """
    get_open_program(tx, acting.program_id)
    rows = list_grants_among(tx, acting.program_id, acting.market_id, [grant_id])
    if not rows:
        raise NotFound("grant")
    if not rows[0].works(at) or rows[0].left_jeon <= 0:
        raise Conflict("nothing_chosen")
    content = {"grants": [(grant_id, rows[0].left_jeon)]}
    return propose(tx, acting, ProposalKind.CLAW_BACK, content, form_key=form_key, at=at)


def look_at_taking(tx: Tx, acting: Acting, proposal: ProposalView, at: datetime) -> list[Taking]:
    """What the proposal would take now: what is free, never more than was shown, and nothing of
    a shop that has sent, told or booked something meanwhile; once it is done, what it took.
    """
    shown = shown_jeon(proposal)
    rows = list_grants_among(tx, acting.program_id, acting.market_id, list(shown))
    took = _took(tx, proposal, rows)
    days = quiet_days(proposal)
    since = None if days is None else proposal.made_at - timedelta(days=days)
    return [
        Taking(
            grant=row,
            shown_jeon=shown[row.grant_id],
            taken_jeon=took.get(row.account_id, (Jeon(0),))[0]
            if proposal.decided_at is not None
            else _taken(row, shown[row.grant_id], since, at),
        )
        for row in rows
    ]


def shown_jeon(proposal: ProposalView) -> Mapping[GrantId, Jeon]:
    facts: Mapping[str, Any] = orjson.loads(proposal.content)
    return {GrantId(grant_id): Jeon(jeon) for grant_id, jeon in facts["grants"]}


def quiet_days(proposal: ProposalView) -> int | None:
    """For how long the shops had been quiet; None for one grant that was chosen by itself."""
    facts: Mapping[str, Any] = orjson.loads(proposal.content)
    return facts.get("days")


def claw_back(tx: Tx, acting: Acting, proposal_id: ProposalId, at: datetime) -> None:
    """Takes it all in one step; held money is left alone. Approved again it changes nothing.

    Raises NotAllowed as `lock_undecided`, Conflict(program_closed, proposal_settled),
    NotFound.
    """
    proposal = lock_undecided(tx, acting, proposal_id, ProposalKind.CLAW_BACK)
    if proposal is None:
        return
    get_open_program(tx, acting.program_id)
    sources = _lock_all(tx, acting, proposal)
    takings = [one for one in look_at_taking(tx, acting, proposal, at) if one.taken_jeon > 0]
    reference = reference_of(proposal_id)
    moves = [
        Move(
            key=f"{TransferCode.CLAW_BACK}:{reference}:{one.grant.grant_id}",
            code=TransferCode.CLAW_BACK,
            phase=Phase.SINGLE,
            debit=one.grant.account_id,
            credit=sources[one.grant.grant_id],
            amount_jeon=one.taken_jeon,
            shop_id=one.grant.shop_id,
            reference=reference,
        )
        for one in takings
    ]
    if moves:
        transfer(tx, moves, happened_at=at, recorded_at=at)
    # Where more is free than was shown the rest stays, and the grant goes on working.
    emptied = [one.grant.grant_id for one in takings if one.taken_jeon == one.grant.left_jeon]
    mark_many_clawed_back(tx, emptied, at)
    taken = sum(one.taken_jeon for one in takings)
    mark_done(tx, acting, proposal, at, f"grants={len(takings)} jeon={taken}")


def undo_claw_back(tx: Tx, acting: Acting, proposal_id: ProposalId, at: datetime) -> None:
    """Gives everything back to the grants it was taken from, also what came home later; they work
    again. A grant whose date has passed meanwhile is left out. Undone again it changes nothing.

    Raises NotAllowed(act_of_others) for a third person, Conflict(program_closed,
    proposal_settled, undo_late), OverBudget when the budget does not have it any more.
    """
    proposal = lock_proposal(tx, acting, proposal_id)
    if proposal.kind is not ProposalKind.CLAW_BACK:
        raise NotFound("proposal")
    if proposal.state is ProposalState.UNDONE:
        return
    if proposal.state is not ProposalState.DONE:
        raise Conflict("proposal_settled")
    if acting.staff_id not in (proposal.made_by, proposal.decided_by):
        raise NotAllowed("act_of_others")
    sources = _lock_all(tx, acting, proposal)
    # Asked behind the lock: it may have been closed while this waited.
    get_open_program(tx, acting.program_id)
    moves = _ways_back(tx, acting, proposal, sources, at)
    if not moves:
        raise Conflict("undo_late")
    assert proposal.decided_at is not None, "what is done was decided"
    unmark_many_clawed_back(tx, list(moves), proposal.decided_at)
    transfer(tx, list(moves.values()), happened_at=at, recorded_at=at)
    undo_once(tx, proposal_id, acting.staff_id, at)
    given = sum(one.amount_jeon for one in moves.values())
    write_down(tx, acting, "undo_claw_back", proposal_id, at, f"grants={len(moves)} jeon={given}")


def restorable(
    tx: Tx, acting: Acting, proposal: ProposalView, at: datetime
) -> Mapping[GrantId, Jeon]:
    """What an undo would give back now, to grants whose date has not passed."""
    rows = list_grants_among(tx, acting.program_id, acting.market_id, list(shown_jeon(proposal)))
    return {row.grant_id: jeon for row, jeon in _amounts_back(tx, proposal, rows, at)}


def _lock_all(tx: Tx, acting: Acting, proposal: ProposalView) -> Mapping[GrantId, AccountId]:
    """Where each grant's money came from; these and the grants' own accounts are locked."""
    ids = list(shown_jeon(proposal))
    rows = list_grants_among(tx, acting.program_id, acting.market_id, ids)
    parents = {row.parent_id for row in rows}
    sources = {one: source_account(tx, acting.program_id, one) for one in parents}
    lock_accounts(tx, [*sources.values(), *(row.account_id for row in rows)])
    return {row.grant_id: sources[row.parent_id] for row in rows}


def _taken(row: ShopGrant, shown: Jeon, since: datetime | None, at: datetime) -> Jeon:
    """Of who was quiet since then when it was proposed: nothing if they are no more."""
    if not row.works(at) or (since is not None and not row.is_quiet(since)):
        return Jeon(0)
    return Jeon(max(min(row.left_jeon, shown), 0))


def _ways_back(
    tx: Tx,
    acting: Acting,
    proposal: ProposalView,
    sources: Mapping[GrantId, AccountId],
    at: datetime,
) -> dict[GrantId, Move]:
    rows = list_grants_among(tx, acting.program_id, acting.market_id, list(sources))
    reference = reference_of(proposal.proposal_id)
    return {
        row.grant_id: Move(
            key=f"{TransferCode.RESTORE}:{reference}:{row.grant_id}",
            code=TransferCode.RESTORE,
            phase=Phase.SINGLE,
            debit=sources[row.grant_id],
            credit=row.account_id,
            amount_jeon=jeon,
            shop_id=row.shop_id,
            reference=reference,
        )
        for row, jeon in _amounts_back(tx, proposal, rows, at)
    }


def _amounts_back(
    tx: Tx, proposal: ProposalView, rows: Sequence[ShopGrant], at: datetime
) -> list[tuple[ShopGrant, Jeon]]:
    decided_at = proposal.decided_at
    sums = _took(tx, proposal, rows)
    found = []
    for row in rows:
        taken, came_later = sums.get(row.account_id, (Jeon(0), Jeon(0)))
        was_emptied = row.clawed_back_at == decided_at
        back = Jeon(taken + came_later if was_emptied else taken)
        is_other_act = row.clawed_back_at is not None and not was_emptied
        is_in_time = at < row.expires_at and (row.started_at is not None or at < row.start_by)
        if back > 0 and is_in_time and not is_other_act:
            found.append((row, back))
    return found


def _took(
    tx: Tx, proposal: ProposalView, rows: Sequence[ShopGrant]
) -> Mapping[AccountId, tuple[Jeon, Jeon]]:
    """By account: what this act took, and what went home by itself from then on."""
    if proposal.decided_at is None:
        return {}
    reference = reference_of(proposal.proposal_id)
    accounts = [row.account_id for row in rows]
    return sum_called_back_by(tx, accounts, reference, proposal.decided_at)
