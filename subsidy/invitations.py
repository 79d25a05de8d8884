"""Letting people of programs and shops in: a link that works once, within seven days."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.audit import Act, program_book, shop_book
from domain.people import MarketId, ProgramId, Role, ShopId, StaffId, clean_text
from domain.refusals import Conflict, Invalid, NotFound
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.places import list_markets
from storage.queries.program_staff import end_desk_invitation_once
from storage.queries.staff import (
    InvitationView,
    claim_invitation,
    end_invitation_once,
    find_invitation,
    insert_invitation,
    insert_staff,
)

TOKEN_BYTES = 24
GOOD_FOR = timedelta(days=7)
NAME_MAX = 20
DESK_ROLES = (Role.MANAGER, Role.MARKET_MANAGER, Role.AUDITOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What someone is invited to: a program or one of its markets to run, a program to read, a
    shop as its owner or clerk.
    """

    role: Role
    program_id: ProgramId | None = None
    market_id: MarketId | None = None
    shop_id: ShopId | None = None

    def __post_init__(self) -> None:
        is_shop = self.role in (Role.OWNER, Role.CLERK)
        assert (self.shop_id is not None) == is_shop, "staff have a shop, a manager has none"
        assert (self.program_id is None) == is_shop, "a manager has a program, staff have none"
        is_market = self.role is Role.MARKET_MANAGER
        assert (self.market_id is not None) == is_market, "a market manager has one market"

    @property
    def book(self) -> str:
        if self.shop_id is not None:
            return shop_book(self.shop_id)
        assert self.program_id is not None
        return program_book(self.program_id)


def token_hash(token: str) -> str:
    """All that is kept of a secret: it has 192 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def invite(
    tx: Tx,
    role: Role,
    *,
    program_id: ProgramId | None = None,
    market_id: MarketId | None = None,
    shop_id: ShopId | None = None,
    name: str,
    at: datetime,
) -> str:
    """The token for /join/{token}, told once. From the command line; raises Invalid(name)."""
    seat = Seat(role=role, program_id=program_id, market_id=market_id, shop_id=shop_id)
    return _invite(tx, seat, name, "operator", at)


def invite_owner(tx: Tx, shop_id: ShopId, *, name: str, actor: str, at: datetime) -> str:
    """The same from a manager's page, with the manager in the audit log."""
    seat = Seat(role=Role.OWNER, shop_id=shop_id)
    return _invite(tx, seat, name, actor, at)


def invite_staff(
    tx: Tx, shop_id: ShopId, role: Role, *, name: str, actor: str, at: datetime
) -> str:
    """Another owner or a clerk, from an owner's page. Raises Invalid(name)."""
    seat = Seat(role=role, shop_id=shop_id)
    return _invite(tx, seat, name, actor, at)


def invite_to_desk(
    tx: Tx,
    program_id: ProgramId,
    role: Role,
    *,
    market_id: MarketId | None = None,
    name: str,
    actor: str,
    at: datetime,
) -> str:
    """A manager, market manager or auditor, from a manager's page. Raises Invalid."""
    if role not in DESK_ROLES:
        raise Invalid({"role": "어떤 일을 할지 골라 주세요."})
    if role is not Role.MARKET_MANAGER:
        market_id = None
    elif market_id not in {one for one, _, _ in list_markets(tx, program_id)}:
        raise Invalid({"market": "어느 시장을 맡을지 골라 주세요."})
    seat = Seat(role=role, program_id=program_id, market_id=market_id)
    return _invite(tx, seat, name, actor, at)


def cancel_desk_invitation(
    tx: Tx, program_id: ProgramId, invitation_id: int, *, actor: str, at: datetime
) -> bool:
    """False when nothing was left to cancel: used, ended, or never this program's."""
    if not end_desk_invitation_once(tx, program_id, invitation_id, at):
        return False
    act = Act(actor=actor, act="cancel_invitation", subject=f"invitation:{invitation_id}", at=at)
    append_audit(tx, program_book(program_id), act)
    return True


def cancel_invitation(
    tx: Tx, shop_id: ShopId, invitation_id: int, *, actor: str, at: datetime
) -> bool:
    """False when nothing was left to cancel: used, ended, or never this shop's."""
    if not end_invitation_once(tx, shop_id, invitation_id, at):
        return False
    act = Act(actor=actor, act="cancel_invitation", subject=f"invitation:{invitation_id}", at=at)
    append_audit(tx, shop_book(shop_id), act)
    return True


def _invite(tx: Tx, seat: Seat, name: str, actor: str, at: datetime) -> str:
    name = clean_text(name)
    if not 1 <= len(name) <= NAME_MAX or "\n" in name:
        raise Invalid({"name": f"이름을 {NAME_MAX}자 안으로 적어 주세요."})
    token = secrets.token_urlsafe(TOKEN_BYTES)
    insert_invitation(
        tx,
        token_hash(token),
        role=seat.role,
        program_id=seat.program_id,
        market_id=seat.market_id,
        shop_id=seat.shop_id,
        name=name,
        created_at=at,
        expires_at=at + GOOD_FOR,
    )
    act = Act(actor=actor, act=f"invite_{seat.role}", subject=seat.book, at=at)
    append_audit(tx, seat.book, act)
    return token


def open_invitation(tx: Tx, token: str, at: datetime) -> InvitationView:
    """What a link invites to, without using it. Raises NotFound, Conflict when it is spent."""
    found = find_invitation(tx, token_hash(token))
    if found is None:
        raise NotFound("invitation")
    if found.used_at is not None:
        raise Conflict("invitation_used")
    if at >= found.expires_at:
        raise Conflict("invitation_expired")
    return found


def accept(tx: Tx, token: str, at: datetime) -> StaffId:
    """Turns an invitation into somebody who works here, once. Raises NotFound, Conflict."""
    invitation = open_invitation(tx, token, at)
    if not claim_invitation(tx, token_hash(token), at):
        raise Conflict("invitation_used")
    seat = Seat(
        role=invitation.role,
        program_id=invitation.program_id,
        market_id=invitation.market_id,
        shop_id=invitation.shop_id,
    )
    staff_id = insert_staff(
        tx,
        role=seat.role,
        program_id=seat.program_id,
        market_id=seat.market_id,
        shop_id=seat.shop_id,
        name=invitation.name,
        created_at=at,
    )
    act = Act(actor=f"{seat.role}:{staff_id}", act="accept_invitation", subject=seat.book, at=at)
    append_audit(tx, seat.book, act)
    return staff_id
