"""Closing a program: what is free goes back to its budget; shops keep all that is their own.

What is set aside for the program's own messages stays where it is: the shops go on, and answers
and statutory notices to their regulars are still owed (docs/decisions/0016).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import orjson

from domain.money import Jeon
from domain.people import AccountId, GrantId, ProposalId, ShopId
from domain.refusals import Conflict
from domain.subsidy import AccountKind, Phase, ProposalKind, TransferCode
from storage.desk import Tx
from storage.queries.closing import (
    MoneyOut,
    OutGrant,
    list_grants_out,
    mark_all_clawed_back,
    sum_money_out,
)
from storage.queries.ledger import get_program_account, lock_accounts
from storage.queries.places import get_shop
from storage.queries.programs import close_program_once, get_program_view
from storage.queries.proposals import ProposalView
from subsidy.acting import Acting, must_reach_everything
from subsidy.ledger import Move, transfer
from subsidy.offering import get_open_program
from subsidy.proposals import lock_undecided, mark_done, propose, reference_of


def look_at_closing(tx: Tx, acting: Acting, at: datetime) -> MoneyOut:
    """What the program has out with its shops now."""
    must_reach_everything(acting)
    return sum_money_out(tx, acting.program_id, at)


def propose_closing(tx: Tx, acting: Acting, *, form_key: str, at: datetime) -> ProposalId:
    """For a second person to approve. Raises Conflict(program_closed), NotAllowed."""
    must_reach_everything(acting)
    get_open_program(tx, acting.program_id)
    out = sum_money_out(tx, acting.program_id, at)
    content = {
        "grants": out.grants,
        "offered": out.offered_jeon,
        "free": out.free_jeon,
        "pots": out.pots_jeon,
        "held": out.held_jeon,
    }
    return propose(tx, acting, ProposalKind.CLOSE_PROGRAM, content, form_key=form_key, at=at)


def shown_out(proposal: ProposalView) -> tuple[int, int]:
    """How much would have gone home when it was proposed (jeon), out of how many grants."""
    facts: Mapping[str, int] = orjson.loads(proposal.content)
    return facts["offered"] + facts["free"] + facts["pots"], facts["grants"]


def close_program(tx: Tx, acting: Acting, proposal_id: ProposalId, at: datetime) -> None:
    """No new grants from now on; what is free goes home, and what is held follows once settled.

    Approved again it changes nothing. Raises NotAllowed as `lock_undecided`,
    Conflict(program_closed, proposal_settled), NotFound.
    """
    must_reach_everything(acting)
    proposal = lock_undecided(tx, acting, proposal_id, ProposalKind.CLOSE_PROGRAM)
    if proposal is None:
        return
    budget = get_program_account(tx, acting.program_id, AccountKind.PROGRAM)
    # The budget first: nobody offers a grant between the list and its end.
    lock_accounts(tx, [budget])
    if not close_program_once(tx, acting.program_id, at):
        raise Conflict("program_closed")
    listed = list_grants_out(tx, acting.program_id, at)
    lock_accounts(tx, [budget, *(one.account_id for one in listed)])
    moves = _ways_home(list_grants_out(tx, acting.program_id, at), budget, proposal_id)
    if moves:
        transfer(tx, moves, happened_at=at, recorded_at=at)
    mark_all_clawed_back(tx, acting.program_id, at)
    taken = sum(one.amount_jeon for one in moves if one.credit == budget)
    mark_done(tx, acting, proposal, at, f"grants={len(moves)} jeon={taken}")


def find_end(tx: Tx, shop_id: ShopId) -> datetime | None:
    """When the shop's program was closed; None while it runs."""
    return get_program_view(tx, get_shop(tx, shop_id).program_id).closed_at


def _ways_home(listed: list[OutGrant], budget: AccountId, proposal_id: ProposalId) -> list[Move]:
    """Shops' own grants first: what was carved out of a pot goes home through the pot."""
    pots = {one.grant_id: one for one in listed if one.is_pot}
    carved = Counter[GrantId]()
    moves = []
    for one in listed:
        if one.is_pot or one.left_jeon <= 0:
            continue
        home = pots.get(one.parent_id) if one.parent_id is not None else None
        if home is not None:
            carved[home.grant_id] += one.left_jeon
        moves.append(_move(one, home.account_id if home else budget, one.left_jeon, proposal_id))
    for pot in pots.values():
        left = pot.left_jeon + carved[pot.grant_id]
        if left > 0:
            moves.append(_move(pot, budget, left, proposal_id))
    return moves


def _move(one: OutGrant, to: AccountId, amount_jeon: int, proposal_id: ProposalId) -> Move:
    reference = reference_of(proposal_id)
    return Move(
        key=f"{TransferCode.CLAW_BACK}:{reference}:{one.grant_id}",
        code=TransferCode.CLAW_BACK,
        phase=Phase.SINGLE,
        debit=one.account_id,
        credit=to,
        amount_jeon=Jeon(amount_jeon),
        shop_id=one.shop_id,
        reference=reference,
    )
