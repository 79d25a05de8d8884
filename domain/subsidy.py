"""Grants, lots and holds: which money pays for what (F1-F8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money import Jeon, cost_jeon
from domain.people import AccountId, GrantId
from domain.refusals import OverBudget


class GrantState(StrEnum):
    OFFERED = "offered"
    STARTED = "started"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    LAPSED_UNUSED = "lapsed_unused"


class AccountKind(StrEnum):
    """`FUNDER` is the outside world; all accounts together always sum to zero.

    `OPERATING` pays what the program itself has to say: nudges, answers, statutory notices.
    """

    FUNDER = "funder"
    PROGRAM = "program"
    GRANT = "grant"
    WALLET = "wallet"
    SPENT = "spent"
    LAPSED = "lapsed"
    OPERATING = "operating"


class TransferCode(StrEnum):
    FUND = "fund"
    GRANT = "grant"
    TOP_UP = "top_up"
    MESSAGE = "message"
    LAPSE = "lapse"


class Phase(StrEnum):
    """Single moves at once; a hold is posted at most once, and the rest of it voided."""

    SINGLE = "single"
    HOLD = "hold"
    POST = "post"
    VOID = "void"


def grant_state(
    *,
    started_at: datetime | None,
    start_by: datetime,
    expires_at: datetime,
    left_jeon: int,
    at: datetime,
) -> GrantState:
    """A grant's state follows from its dates and what is left (F1, F2)."""
    if at >= expires_at:
        return GrantState.EXPIRED
    if started_at is None:
        return GrantState.OFFERED if at < start_by else GrantState.LAPSED_UNUSED
    return GrantState.STARTED if left_jeon > 0 else GrantState.EXHAUSTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Money of one kind that may pay now: a started grant, or the shop's wallet."""

    account_id: AccountId
    grant_id: GrantId | None
    expires_at: datetime | None
    left_jeon: Jeon


def burn_order(lots: Sequence[Lot]) -> list[Lot]:
    """Free cash before own money (F3), soonest expiry first, then the older account."""
    return sorted(
        lots,
        key=lambda lot: (
            lot.grant_id is None,
            lot.expires_at.timestamp() if lot.expires_at else float("inf"),
            lot.account_id,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPart:
    """What one lot contributes to one chunk."""

    chunk_number: int
    account_id: AccountId
    amount_jeon: Jeon


def plan_holds(lots: Sequence[Lot], unit_jeon: int, chunk_sizes: Sequence[int]) -> list[HoldPart]:
    """One hold per chunk and lot, filled in burn order; raises OverBudget when it cannot be.

    Each chunk holds its own cost rounded up to whole won, so that it can be settled
    alone whatever the others did (see docs/decisions/0004).
    """
    parts: list[HoldPart] = []
    purse = [[lot.account_id, lot.left_jeon] for lot in burn_order(lots)]
    for number, size in enumerate(chunk_sizes):
        need = int(cost_jeon(unit_jeon, size))
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
            needed = sum(cost_jeon(unit_jeon, size) for size in chunk_sizes)
            raise OverBudget("short", needed_jeon=needed, left_jeon=sum(x.left_jeon for x in lots))
    return parts
