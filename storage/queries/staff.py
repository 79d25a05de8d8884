"""Staff and managers, their invitations, their sessions, and the channels to choose from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlmodel import col

from domain.people import ChannelId, MarketId, ProgramId, Role, ShopId, StaffId
from domain.refusals import NotFound
from storage.desk import Tx
from storage.models.places import Channel, Market, Program, Shop
from storage.models.staff import Invitation, Staff, WebSession
from storage.statements import Statement, inserting

STAFF_MAX = 50


@dataclass(frozen=True, slots=True)
class StaffView:
    """An owner or clerk has a shop, all others a program, a market manager one market of it too."""

    staff_id: StaffId
    role: Role
    program_id: ProgramId | None
    market_id: MarketId | None
    shop_id: ShopId | None
    name: str


@dataclass(frozen=True, slots=True)
class InvitationView:
    """`place_name` is the shop's name, or the market's, or the program's."""

    role: Role
    program_id: ProgramId | None
    market_id: MarketId | None
    shop_id: ShopId | None
    name: str
    expires_at: datetime
    used_at: datetime | None
    place_name: str


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """A link that nobody has used yet."""

    invitation_id: int
    role: Role
    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    staff_id: StaffId
    content: str
    expires_at: datetime


STAFF = (
    col(Staff.id),
    col(Staff.role),
    col(Staff.program_id),
    col(Staff.market_id),
    col(Staff.shop_id),
    col(Staff.name),
)
STAYS = col(Staff.left_at).is_(None)
STAFF_BY_ID = Statement(select(*STAFF).where(col(Staff.id) == bindparam("of_id"), STAYS))
OF_SHOP = (
    select(*STAFF)
    .where(col(Staff.shop_id) == bindparam("of_shop"), STAYS)
    .order_by(col(Staff.id))
    .limit(STAFF_MAX)
)
STAFF_OF_SHOP = Statement(OF_SHOP)
LOCK_STAFF_OF_SHOP = Statement(OF_SHOP.with_for_update())
LEAVE = Statement(
    update(Staff)
    .where(col(Staff.id) == bindparam("of_id"), col(Staff.shop_id) == bindparam("of_shop"), STAYS)
    .values(left_at=bindparam("at"))
)
DELETE_SESSIONS_OF = Statement(
    delete(WebSession).where(
        col(WebSession.staff_id) == bindparam("of_staff"),
        col(WebSession.token_hash) != bindparam("but"),
    )
)
IS_OPEN = (
    col(Invitation.shop_id) == bindparam("of_shop"),
    col(Invitation.used_at).is_(None),
    col(Invitation.expires_at) > bindparam("at"),
)
END_INVITATIONS = Statement(update(Invitation).where(*IS_OPEN).values(expires_at=bindparam("at")))
OPEN_INVITATIONS = Statement(
    select(
        col(Invitation.id), col(Invitation.role), col(Invitation.name), col(Invitation.expires_at)
    )
    .where(*IS_OPEN)
    .order_by(col(Invitation.id))
    .limit(STAFF_MAX)
)
END_INVITATION = Statement(
    update(Invitation)
    .where(col(Invitation.id) == bindparam("of_id"), *IS_OPEN)
    .values(expires_at=bindparam("at"))
)
INSERT_STAFF = Statement(
    inserting(Staff, "role", "program_id", "market_id", "shop_id", "name", "created_at").returning(
        col(Staff.id)
    )
)
INSERT_INVITATION = Statement(
    inserting(
        Invitation,
        "token_hash",
        "role",
        "program_id",
        "market_id",
        "shop_id",
        "name",
        "created_at",
        "expires_at",
    )
)
INVITATION_BY_TOKEN = Statement(
    select(
        col(Invitation.role),
        col(Invitation.program_id),
        col(Invitation.market_id),
        col(Invitation.shop_id),
        col(Invitation.name),
        col(Invitation.expires_at),
        col(Invitation.used_at),
        func.coalesce(col(Shop.name), col(Market.name), col(Program.name), "").label("place_name"),
    )
    .outerjoin(Shop, col(Shop.id) == col(Invitation.shop_id))
    .outerjoin(Market, col(Market.id) == col(Invitation.market_id))
    .outerjoin(Program, col(Program.id) == col(Invitation.program_id))
    .where(col(Invitation.token_hash) == bindparam("of_token"))
)
USE_INVITATION = Statement(
    update(Invitation)
    .where(
        col(Invitation.token_hash) == bindparam("of_token"),
        col(Invitation.used_at).is_(None),
        col(Invitation.expires_at) > bindparam("at"),
    )
    .values(used_at=bindparam("used_at"))
)
INSERT_SESSION = Statement(inserting(WebSession, "token_hash", "staff_id", "content", "expires_at"))
SESSION_BY_TOKEN = Statement(
    select(col(WebSession.staff_id), col(WebSession.content), col(WebSession.expires_at)).where(
        col(WebSession.token_hash) == bindparam("of_token"),
        col(WebSession.expires_at) > bindparam("at"),
    )
)
SAVE_SESSION = Statement(
    update(WebSession)
    .where(col(WebSession.token_hash) == bindparam("of_token"))
    .values(content=bindparam("content"), expires_at=bindparam("expires_at"))
)
DELETE_SESSION = Statement(
    delete(WebSession).where(col(WebSession.token_hash) == bindparam("of_token"))
)
DELETE_EXPIRED = Statement(delete(WebSession).where(col(WebSession.expires_at) <= bindparam("at")))
CHANNELS_OF_PROGRAM = Statement(
    select(col(Channel.id), col(Channel.market_id), col(Channel.name))
    .join(Market, col(Market.id) == col(Channel.market_id))
    .where(col(Market.program_id) == bindparam("of_program"))
    .order_by(col(Channel.id))
    .limit(200)
)


def get_staff(tx: Tx, staff_id: StaffId) -> StaffView:
    """Who is still here; raises NotFound."""
    row = tx.one(STAFF_BY_ID, of_id=staff_id)
    if row is None:
        raise NotFound("staff")
    return StaffView(*row)


def list_staff(tx: Tx, shop_id: ShopId) -> list[StaffView]:
    """Who works in a shop now."""
    return [StaffView(*row) for row in tx.all(STAFF_OF_SHOP, of_shop=shop_id)]


def lock_staff(tx: Tx, shop_id: ShopId) -> list[StaffView]:
    """The same, held: of two who go at once the second sees the first gone."""
    tx.all(LOCK_STAFF_OF_SHOP, of_shop=shop_id)
    return list_staff(tx, shop_id)


def leave_once(tx: Tx, shop_id: ShopId, staff_id: StaffId, at: datetime) -> bool:
    """False when this person had left, or never belonged to this shop."""
    return bool(tx.run(LEAVE, of_id=staff_id, of_shop=shop_id, at=at))


def delete_sessions_of(tx: Tx, staff_id: StaffId, *, but: str = "") -> None:
    """All of them, or all but the one with this hash."""
    tx.run(DELETE_SESSIONS_OF, of_staff=staff_id, but=but)


def end_invitations(tx: Tx, shop_id: ShopId, at: datetime) -> int:
    """Closes the links that nobody has used yet; how many."""
    return tx.run(END_INVITATIONS, of_shop=shop_id, at=at)


def list_open_invitations(tx: Tx, shop_id: ShopId, at: datetime) -> list[OpenInvitation]:
    return [OpenInvitation(*row) for row in tx.all(OPEN_INVITATIONS, of_shop=shop_id, at=at)]


def end_invitation_once(tx: Tx, shop_id: ShopId, invitation_id: int, at: datetime) -> bool:
    """False when it was used, is past its time, or another shop's."""
    return bool(tx.run(END_INVITATION, of_id=invitation_id, of_shop=shop_id, at=at))


def insert_staff(tx: Tx, *, market_id: MarketId | None = None, **facts: object) -> StaffId:
    """`facts` are the other columns of Staff by name."""
    row = tx.one(INSERT_STAFF, market_id=market_id, **facts)
    assert row is not None
    return StaffId(row[0])


def insert_invitation(tx: Tx, token_hash: str, **facts: object) -> None:
    """`facts`: role, program_id, market_id, shop_id, name, created_at, expires_at."""
    tx.run(INSERT_INVITATION, token_hash=token_hash, **facts)


def find_invitation(tx: Tx, token_hash: str) -> InvitationView | None:
    row = tx.one(INVITATION_BY_TOKEN, of_token=token_hash)
    return InvitationView(*row) if row else None


def claim_invitation(tx: Tx, token_hash: str, at: datetime) -> bool:
    """False when it was used or is past its time; only one caller ever gets True."""
    return bool(tx.run(USE_INVITATION, of_token=token_hash, at=at, used_at=at))


def insert_session(
    tx: Tx, token_hash: str, staff_id: StaffId, *, content: str, expires_at: datetime
) -> None:
    tx.run(
        INSERT_SESSION,
        token_hash=token_hash,
        staff_id=staff_id,
        content=content,
        expires_at=expires_at,
    )


def find_session(tx: Tx, token_hash: str, at: datetime) -> SessionRow | None:
    row: tuple[Any, ...] | None = tx.one(SESSION_BY_TOKEN, of_token=token_hash, at=at)
    return SessionRow(*row) if row else None


def save_session(tx: Tx, token_hash: str, *, content: str, expires_at: datetime) -> None:
    tx.run(SAVE_SESSION, of_token=token_hash, content=content, expires_at=expires_at)


def delete_session(tx: Tx, token_hash: str) -> None:
    tx.run(DELETE_SESSION, of_token=token_hash)


def delete_expired_sessions(tx: Tx, at: datetime) -> int:
    return tx.run(DELETE_EXPIRED, at=at)


def list_channels(tx: Tx, program_id: ProgramId) -> list[tuple[ChannelId, MarketId, str]]:
    """Id, market and name of a program's channels."""
    rows = tx.all(CHANNELS_OF_PROGRAM, of_program=program_id)
    return [(ChannelId(row[0]), MarketId(row[1]), row[2]) for row in rows]
