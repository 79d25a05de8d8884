"""What a market's shops share: who used how much of it, and how much each may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, program_book
from domain.money import Jeon
from domain.people import GrantId, MarketId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from storage.desk import Tx
from storage.queries import pots as books
from storage.queries.grants import GrantRow
from storage.queries.journal import append_audit
from storage.queries.ledger import lock_accounts
from storage.queries.places import get_shop
from storage.queries.pots import ShopShare
from subsidy import grants, offering
from subsidy.acting import Acting, get_grant_in_reach, must_reach_everything
from subsidy.grants import OVER, GrantView, view_grant
from subsidy.offering import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Pot:
    """`shop_cap_jeon` None: a shop may use as much as there is."""

    market_id: MarketId
    market_name: str
    shop_cap_jeon: Jeon | None
    view: GrantView
    is_over: bool


def list_pots(tx: Tx, acting: Acting, at: datetime) -> list[Pot]:
    """The newest first, of the markets in reach."""
    rows = books.list_program_pots(tx, acting.program_id, acting.market_id)
    return [_pot(row, name, at) for row, name in rows]


def get_pot(tx: Tx, acting: Acting, pot_id: GrantId, at: datetime) -> Pot:
    """Raises NotFound(pot)."""
    for row, name in books.list_program_pots(tx, acting.program_id, acting.market_id):
        if row.grant_id == pot_id:
            return _pot(row, name, at)
    raise NotFound("pot")


def list_shares(tx: Tx, acting: Acting, pot_id: GrantId) -> Sequence[ShopShare]:
    """Every shop of the pot's market, who used most first."""
    row = _row(tx, acting, pot_id)
    assert row.market_id is not None, "a pot has a market"
    return books.list_shares(tx, row.account_id, row.market_id)


def open_pot(
    tx: Tx, acting: Acting, market_id: MarketId, offer: Offer, *, form_key: str, at: datetime
) -> GrantId:
    """As offering.open_pot; only who reaches the whole program may."""
    must_reach_everything(acting)
    return offering.open_pot(
        tx, acting.program_id, market_id, offer, form_key=form_key, actor=acting.actor, at=at
    )


def start_pot(tx: Tx, acting: Acting, pot_id: GrantId, at: datetime) -> None:
    """Pressing again is harmless. Raises NotFound, Conflict(grant_over)."""
    row = _row(tx, acting, pot_id)
    assert row.market_id is not None, "a pot has a market"
    grants.start_pot(tx, row.market_id, pot_id, actor=acting.actor, at=at)


def set_cap(
    tx: Tx, acting: Acting, pot_id: GrantId, shop_id: ShopId, cap_jeon: Jeon, at: datetime
) -> None:
    """How much one shop may use of a pot: raised, or lowered not below what it has used. Pressing
    again is harmless.

    Raises Invalid(cap), NotFound(pot, shop), Conflict(pot_over), NotAllowed for who manages one
    market.
    """
    must_reach_everything(acting)
    row = _row(tx, acting, pot_id)
    if get_shop(tx, shop_id).market_id != row.market_id:
        raise NotFound("shop")
    lock_accounts(tx, [row.account_id])
    row = _row(tx, acting, pot_id)
    if view_grant(row, at).state in OVER:
        raise Conflict("pot_over")
    if cap_jeon > row.amount_jeon:
        raise Invalid({"cap": "공동 지원금보다 많아요. 그보다 작게 적어 주세요."})
    if books.find_cap(tx, row.account_id, shop_id) == cap_jeon:
        return
    if not books.save_cap(tx, row.account_id, shop_id, cap_jeon):
        raise Invalid({"cap": "이미 쓴 금액보다 작아요. 그보다 크게 적어 주세요."})
    act = Act(
        actor=acting.actor,
        act="set_cap",
        subject=f"grant:{pot_id}",
        at=at,
        details=f"shop={shop_id} jeon={cap_jeon}",
    )
    append_audit(tx, program_book(acting.program_id), act)


def _row(tx: Tx, acting: Acting, pot_id: GrantId) -> GrantRow:
    row = get_grant_in_reach(tx, acting, pot_id)
    if row.market_id is None:
        raise NotFound("pot")
    return row


def _pot(row: GrantRow, market_name: str, at: datetime) -> Pot:
    assert row.market_id is not None, "a pot has a market"
    view = view_grant(row, at)
    return Pot(
        market_id=row.market_id,
        market_name=market_name,
        shop_cap_jeon=row.shop_cap_jeon,
        view=view,
        is_over=view.state in OVER,
    )
