"""Grants of free cash as their owners see them: offered, started, used, over (F1-F4)."""

from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, program_book, shop_book
from domain.money import Jeon
from domain.people import GrantId, MarketId, ShopId
from domain.refusals import Conflict, NotFound
from domain.subsidy import GrantState, grant_state
from storage.desk import Tx
from storage.queries import grants as books
from storage.queries.journal import append_audit

OVER = (GrantState.EXPIRED, GrantState.LAPSED_UNUSED, GrantState.CLAWED_BACK)
"""Nothing of such a grant can be spent, moved, carved out or given more time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A grant as its owner sees it: amount = left + held + spent + lapsed + elsewhere.

    `elsewhere_jeon` was called back, moved to another grant or carved out of a pot; negative when
    more was moved in.
    """

    grant_id: GrantId
    amount_jeon: Jeon
    left_jeon: Jeon
    held_jeon: Jeon
    spent_jeon: Jeon
    lapsed_jeon: Jeon
    elsewhere_jeon: Jeon
    state: GrantState
    start_by: datetime
    started_at: datetime | None
    expires_at: datetime
    returned_until: datetime
    pays: tuple[str, ...]


def list_grants(tx: Tx, shop_id: ShopId, at: datetime) -> list[GrantView]:
    """The shop's own, soonest end first."""
    return [view_grant(row, at) for row in books.list_grants(tx, shop_id)]


def list_pots(tx: Tx, market_id: MarketId, at: datetime) -> list[GrantView]:
    """What a market's shops share."""
    return [view_grant(row, at) for row in books.list_pots(tx, market_id)]


def view_grant(row: books.GrantRow, at: datetime) -> GrantView:
    state = grant_state(
        started_at=row.started_at,
        start_by=row.start_by,
        expires_at=row.expires_at,
        clawed_back_at=row.clawed_back_at,
        left_jeon=row.left_jeon,
        at=at,
    )
    # Past its date nothing is left, also in the moments before `lapse_grants` writes it down.
    is_over = state in (GrantState.EXPIRED, GrantState.LAPSED_UNUSED) and not (
        row.lapsed_at is not None and at < row.returned_until
    )
    gone = row.debits_posted - row.spent_jeon - row.lapsed_jeon
    return GrantView(
        grant_id=row.grant_id,
        amount_jeon=row.amount_jeon,
        left_jeon=Jeon(0) if is_over else row.left_jeon,
        held_jeon=Jeon(row.debits_pending),
        spent_jeon=Jeon(row.spent_jeon),
        lapsed_jeon=Jeon(row.lapsed_jeon + (row.left_jeon if is_over else 0)),
        elsewhere_jeon=Jeon(gone - (row.credits_posted - row.amount_jeon)),
        state=state,
        start_by=row.start_by,
        started_at=row.started_at,
        expires_at=row.expires_at,
        returned_until=row.returned_until,
        pays=tuple(row.pays.split(",")),
    )


def start_grant(tx: Tx, shop_id: ShopId, grant_id: GrantId, *, actor: str, at: datetime) -> None:
    """The owner presses 사용하기 (F1); it cannot be undone (F4). Pressing again is harmless.

    Raises NotFound for another shop's grant and Conflict when its time is over.
    """
    grant = next((g for g in list_grants(tx, shop_id, at) if g.grant_id == grant_id), None)
    if grant is None:
        raise NotFound("grant")
    if grant.started_at is not None:
        return
    if grant.state is not GrantState.OFFERED:
        raise Conflict("grant_over", state=grant.state)
    if books.start_grant(tx, grant_id, at):
        act = Act(actor=actor, act="start_grant", subject=f"grant:{grant_id}", at=at)
        append_audit(tx, shop_book(shop_id), act)


def start_pot(tx: Tx, market_id: MarketId, grant_id: GrantId, *, actor: str, at: datetime) -> None:
    """A market's manager starts what its shops share; otherwise as `start_grant`."""
    pot = next((g for g in list_pots(tx, market_id, at) if g.grant_id == grant_id), None)
    if pot is None:
        raise NotFound("grant")
    if pot.started_at is not None:
        return
    if pot.state is not GrantState.OFFERED:
        raise Conflict("grant_over", state=pot.state)
    if books.start_grant(tx, grant_id, at):
        row = books.find_grant(tx, grant_id)
        assert row is not None
        act = Act(actor=actor, act="start_pot", subject=f"grant:{grant_id}", at=at)
        append_audit(tx, program_book(row.program_id), act)
