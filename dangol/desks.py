"""The demo's desks: who sits at them, the pot they share out, the money a shop paid in."""

from collections.abc import Mapping
from datetime import datetime

from domain.money import won
from domain.people import MarketId, ProgramId, Role, ShopId, StaffId
from domain.time import day_end
from storage.desk import Tx
from subsidy.grants import start_pot
from subsidy.invitations import accept, invite
from subsidy.offering import Offer, open_pot
from subsidy.wallets import top_up

POT = won(1_000_000)
POT_CAP = won(100_000)
OWN_MONEY = won(20_000)
DESK: Mapping[str, tuple[Role, str]] = {
    "manager": (Role.MANAGER, "박담당"),
    "second": (Role.MANAGER, "최담당"),
    "market": (Role.MARKET_MANAGER, "이시장"),
    "auditor": (Role.AUDITOR, "정감사"),
}
"""Who sits at the program's desks: some acts take two managers."""


def seat_desk(
    tx: Tx, program_id: ProgramId, market_id: MarketId, at: datetime
) -> Mapping[str, StaffId]:
    return {who: _seat(tx, program_id, market_id, who, at) for who in DESK}


def _seat(tx: Tx, program_id: ProgramId, market_id: MarketId, who: str, at: datetime) -> StaffId:
    role, name = DESK[who]
    token = invite(
        tx,
        role,
        program_id=program_id,
        market_id=market_id if role is Role.MARKET_MANAGER else None,
        name=name,
        at=at,
    )
    return accept(tx, token, at)


def share_pot(
    tx: Tx, program_id: ProgramId, market_id: MarketId, desk: Mapping[str, StaffId], at: datetime
) -> None:
    """A pot that all the street's shops may use, each up to a part of it."""
    end = day_end(at, 90)
    pot = Offer(amount_jeon=POT, start_by=end, expires_at=end, shop_cap_jeon=POT_CAP)
    actor = f"manager:{desk['manager']}"
    pot_id = open_pot(tx, program_id, market_id, pot, form_key="street:pot", actor=actor, at=at)
    start_pot(tx, market_id, pot_id, actor=f"manager:{desk['market']}", at=at)


def fill_wallet(tx: Tx, shop_id: ShopId, desk: Mapping[str, StaffId], at: datetime) -> None:
    top_up(
        tx,
        shop_id,
        OWN_MONEY,
        reference=f"{at:%Y%m%d}-0001",
        form_key="street:wallet",
        actor=f"manager:{desk['manager']}",
        at=at,
    )
