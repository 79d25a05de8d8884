"""Grants, lots and holds: which money pays for what (F1-F8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.money import JEON_PER_WON, Jeon, Price, cost_jeon
from domain.people import AccountId, GrantId
from domain.refusals import OverBudget


class GrantState(StrEnum):
    OFFERED = "offered"
    STARTED = "started"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    LAPSED_UNUSED = "lapsed_unused"
    CLAWED_BACK = "clawed_back"


class AccountKind(StrEnum):
    """`FUNDER` is the outside world; all accounts together always sum to zero.

    `POT` is a grant that the shops of one market share. `OPERATING` pays what the program
    itself has to say: nudges, answers, statutory notices. `SPENT` is what the program's money
    bought, `OWN_SPENT` what the shops' own did.
    """

    FUNDER = "funder"
    PROGRAM = "program"
    GRANT = "grant"
    POT = "pot"
    WALLET = "wallet"
    SPENT = "spent"
    OWN_SPENT = "own_spent"
    LAPSED = "lapsed"
    OPERATING = "operating"


LIMITED = frozenset(
    {
        AccountKind.PROGRAM,
        AccountKind.GRANT,
        AccountKind.POT,
        AccountKind.WALLET,
        AccountKind.OPERATING,
    }
)
"""Accounts that the database itself never lets go below nothing (I2)."""


class TransferCode(StrEnum):
    """Why money moves. `RESTORE` undoes a `CLAW_BACK`; `MOVE` is from grant to grant; `BY_HAND`
    pays for channel messages that somebody sent in Kakao's own centre.
    """

    FUND = "fund"
    GRANT = "grant"
    TOP_UP = "top_up"
    REFUND = "refund"
    MESSAGE = "message"
    BY_HAND = "by_hand"
    LAPSE = "lapse"
    CLAW_BACK = "claw_back"
    RESTORE = "restore"
    MOVE = "move"


class Phase(StrEnum):
    """Single moves at once; a hold is posted at most once, in part or whole, and the rest of it
    voided, or expired when its time ran out before anything left.
    """

    SINGLE = "single"
    HOLD = "hold"
    POST = "post"
    VOID = "void"
    EXPIRE = "expire"


RESOLVING = (Phase.POST, Phase.VOID, Phase.EXPIRE)
GIVING_BACK = (Phase.VOID, Phase.EXPIRE)


class VatRule(StrEnum):
    """Whether free cash is drawn at the price with VAT (F8: unsettled, so a program's terms say)."""

    WITH_VAT = "with_vat"
    WITHOUT_VAT = "without_vat"


class WalletState(StrEnum):
    """F6: stopped by the owner (top-up and refund, no spending), suspended (refund only)."""

    IN_USE = "in_use"
    STOPPED = "stopped"
    SUSPENDED = "suspended"


class FairOrder(StrEnum):
    """Who comes first when the money is not enough for everybody."""

    LONGEST_UNSEEN = "longest_unseen"
    CLOSEST_TO_FULL = "closest_to_full"
    NEWEST = "newest"


class ProposalKind(StrEnum):
    """A manager's act that is looked at before it happens."""

    GRANTS = "grants"
    CLAW_BACK = "claw_back"
    CLOSE_PROGRAM = "close_program"


NEEDS_SECOND = frozenset({ProposalKind.CLAW_BACK, ProposalKind.CLOSE_PROGRAM})
"""Decided by somebody else than who made it, who was there before it."""


class ProposalState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DISMISSED = "dismissed"
    UNDONE = "undone"


def grant_state(
    *,
    started_at: datetime | None,
    start_by: datetime,
    expires_at: datetime,
    clawed_back_at: datetime | None,
    left_jeon: int,
    at: datetime,
) -> GrantState:
    """A grant's state follows from its dates and what is left (F1, F2)."""
    if clawed_back_at is not None and clawed_back_at <= at:
        return GrantState.CLAWED_BACK
    if at >= expires_at:
        return GrantState.EXPIRED
    if started_at is None:
        return GrantState.OFFERED if at < start_by else GrantState.LAPSED_UNUSED
    return GrantState.STARTED if left_jeon > 0 else GrantState.EXHAUSTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Money of one kind that may pay now: a started grant, a market's pot, the program's operating
    account, or the shop's wallet (`is_own`).

    `left_jeon` is what this shop may use; `cap_jeon` the most it may ever use of a pot.
    """

    account_id: AccountId
    grant_id: GrantId | None
    expires_at: datetime | None
    left_jeon: Jeon
    vat_rule: VatRule = VatRule.WITH_VAT
    is_own: bool = False
    is_pot: bool = False
    cap_jeon: Jeon | None = None


def burn_order(lots: Sequence[Lot]) -> list[Lot]:
    """Free cash before own money (F3), soonest expiry first, then the older account."""
    return sorted(
        lots,
        key=lambda lot: (
            lot.is_own,
            lot.expires_at.timestamp() if lot.expires_at else float("inf"),
            lot.account_id,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How a broadcast would be paid: `people` is for how many of those asked for there is money.

    `held_jeon` is what it holds until it is settled: each chunk its own cost rounded up, which may
    be a little more than `cost_jeon`, the cost of the whole. Only `lots` may be drawn at this price.
    """

    lots: tuple[Lot, ...]
    unit_jeon: Jeon
    people: int
    cost_jeon: Jeon
    held_jeon: Jeon
    free_jeon: Jeon
    own_jeon: Jeon


def pay(lots: Sequence[Lot], price: Price, people: int, chunk_size: int) -> Payment:
    """What `people` messages cost and which money pays; fewer people where it does not reach.

    One price for all of a broadcast (F8): either the free cash that is drawn without VAT pays
    alone at the net price, or everything pays at the price with VAT; whichever reaches more
    people, and the net price when both reach as many.
    """
    without = [lot for lot in lots if not lot.is_own and lot.vat_rule is VatRule.WITHOUT_VAT]
    net = _pay(without, price.net_jeon, price.rounds_to_jeon, people, chunk_size)
    gross = _pay(lots, price.unit_jeon, price.rounds_to_jeon, people, chunk_size)
    return net if without and net.people >= gross.people else gross


def keep_back(lots: Sequence[Lot], amount_jeon: int) -> list[Lot]:
    """The same lots with so much free cash less: what is promised to others burns first."""
    kept = []
    for lot in burn_order(lots):
        taken = 0 if lot.is_own else min(amount_jeon, max(lot.left_jeon, 0))
        amount_jeon -= taken
        kept.append(replace(lot, left_jeon=Jeon(lot.left_jeon - taken)))
    return kept


def _pay(
    lots: Sequence[Lot], unit_jeon: int, rounds_to_jeon: int, people: int, chunk_size: int
) -> Payment:
    free = sum(max(lot.left_jeon, 0) for lot in lots if not lot.is_own)
    own = sum(max(lot.left_jeon, 0) for lot in lots if lot.is_own)
    reached = min(people, _most_people(free + own, unit_jeon, rounds_to_jeon, chunk_size))
    cost = cost_jeon(unit_jeon, reached, rounds_to_jeon)
    return Payment(
        lots=tuple(lots),
        unit_jeon=Jeon(unit_jeon),
        people=reached,
        cost_jeon=cost,
        held_jeon=held_jeon(unit_jeon, rounds_to_jeon, reached, chunk_size),
        free_jeon=Jeon(min(cost, free)),
        own_jeon=Jeon(max(cost - free, 0)),
    )


def held_jeon(unit_jeon: int, rounds_to_jeon: int, people: int, chunk_size: int) -> Jeon:
    """What a broadcast to so many people holds until it is settled."""
    return Jeon(
        sum(cost_jeon(unit_jeon, size, rounds_to_jeon) for size in chunk_sizes(people, chunk_size))
    )


def _most_people(left_jeon: int, unit_jeon: int, rounds_to_jeon: int, chunk_size: int) -> int:
    """For how many people the holds of all chunks fit into this money."""
    whole, rest = divmod(left_jeon, cost_jeon(unit_jeon, chunk_size, rounds_to_jeon))
    return whole * chunk_size + rest // rounds_to_jeon * rounds_to_jeon // unit_jeon


def chunk_sizes(people: int, chunk_size: int) -> list[int]:
    whole, rest = divmod(people, chunk_size)
    return [chunk_size] * whole + ([rest] if rest else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPart:
    """What one lot contributes to one chunk."""

    chunk_number: int
    account_id: AccountId
    amount_jeon: Jeon


def plan_holds(
    lots: Sequence[Lot],
    unit_jeon: int,
    sizes: Sequence[int],
    rounds_to_jeon: int = JEON_PER_WON,
) -> list[HoldPart]:
    """One hold per chunk and lot, filled in burn order; raises OverBudget when it cannot be.

    Each chunk holds its own cost rounded up, so that it can be settled alone whatever the others
    did (see docs/decisions/0004).
    """
    parts: list[HoldPart] = []
    purse = [[lot.account_id, lot.left_jeon] for lot in burn_order(lots)]
    for number, size in enumerate(sizes):
        need = int(cost_jeon(unit_jeon, size, rounds_to_jeon))
        for lot in purse:
            taken = min(need, lot[1])
            if taken > 0:
                parts.append(
                    HoldPart(
                        chunk_number=number,
                        account_id=AccountId(lot[0]),
                        amount_jeon=Jeon(taken),
                    )
                )
                lot[1] -= taken
                need -= taken
        if need > 0:
            needed = sum(cost_jeon(unit_jeon, size, rounds_to_jeon) for size in sizes)
            raise OverBudget("short", needed_jeon=needed, left_jeon=sum(x.left_jeon for x in lots))
    return parts
