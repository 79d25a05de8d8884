"""Who runs or reads a program: managers, market managers, auditors, and their open invitations."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from domain.people import MarketId, ProgramId, Role, StaffId
from domain.refusals import NotFound
from storage.desk import Tx
from storage.models.places import Market
from storage.models.staff import Invitation, Staff
from storage.queries.staff import STAYS
from storage.statements import Statement

PEOPLE_MAX = 200


@dataclass(frozen=True, slots=True)
class DeskMember:
    """`market_id` and `market_name` of a market manager."""

    staff_id: StaffId
    role: Role
    name: str
    market_id: MarketId | None
    market_name: str | None
    came_at: datetime


@dataclass(frozen=True, slots=True)
class OpenDeskInvitation:
    """A link that nobody has used yet."""

    invitation_id: int
    role: Role
    name: str
    market_name: str | None
    expires_at: datetime


OF_PROGRAM = (
    select(
        col(Staff.id),
        col(Staff.role),
        col(Staff.name),
        col(Staff.market_id),
        col(Market.name),
        col(Staff.created_at),
    )
    .outerjoin(Market, col(Market.id) == col(Staff.market_id))
    .where(col(Staff.program_id) == bindparam("of_program"), STAYS)
    .order_by(col(Staff.id))
    .limit(PEOPLE_MAX)
)
PEOPLE = Statement(OF_PROGRAM)
LOCK_PEOPLE = Statement(OF_PROGRAM.with_for_update(of=Staff))
CAME_AT = Statement(
    select(col(Staff.created_at)).where(
        col(Staff.id) == bindparam("of_id"), col(Staff.program_id) == bindparam("of_program")
    )
)
LEAVE = Statement(
    update(Staff)
    .where(
        col(Staff.id) == bindparam("of_id"),
        col(Staff.program_id) == bindparam("of_program"),
        STAYS,
    )
    .values(left_at=bindparam("at"))
)
IS_OPEN = (
    col(Invitation.program_id) == bindparam("of_program"),
    col(Invitation.used_at).is_(None),
    col(Invitation.expires_at) > bindparam("at"),
)
OPEN_INVITATIONS = Statement(
    select(
        col(Invitation.id),
        col(Invitation.role),
        col(Invitation.name),
        col(Market.name),
        col(Invitation.expires_at),
    )
    .outerjoin(Market, col(Market.id) == col(Invitation.market_id))
    .where(*IS_OPEN)
    .order_by(col(Invitation.id))
    .limit(PEOPLE_MAX)
)
END_INVITATIONS = Statement(update(Invitation).where(*IS_OPEN).values(expires_at=bindparam("at")))
END_INVITATION = Statement(
    update(Invitation)
    .where(col(Invitation.id) == bindparam("of_id"), *IS_OPEN)
    .values(expires_at=bindparam("at"))
)


def list_desk(tx: Tx, program_id: ProgramId) -> list[DeskMember]:
    """Who works for a program now."""
    return [DeskMember(*row) for row in tx.all(PEOPLE, of_program=program_id)]


def get_came_at(tx: Tx, program_id: ProgramId, staff_id: StaffId) -> datetime:
    """Since when somebody belongs to a program. Raises NotFound(staff)."""
    row = tx.one(CAME_AT, of_id=staff_id, of_program=program_id)
    if row is None:
        raise NotFound("staff")
    came_at: datetime = row[0]
    return came_at


def lock_desk(tx: Tx, program_id: ProgramId) -> list[DeskMember]:
    """The same, held: of two managers who go at once the second sees the first gone."""
    tx.all(LOCK_PEOPLE, of_program=program_id)
    return list_desk(tx, program_id)


def leave_desk_once(tx: Tx, program_id: ProgramId, staff_id: StaffId, at: datetime) -> bool:
    """False when this person had left, or never belonged to this program."""
    return bool(tx.run(LEAVE, of_id=staff_id, of_program=program_id, at=at))


def list_open_desk_invitations(
    tx: Tx, program_id: ProgramId, at: datetime
) -> list[OpenDeskInvitation]:
    rows = tx.all(OPEN_INVITATIONS, of_program=program_id, at=at)
    return [OpenDeskInvitation(*row) for row in rows]


def end_desk_invitations(tx: Tx, program_id: ProgramId, at: datetime) -> int:
    """Closes the links that nobody has used yet; how many."""
    return tx.run(END_INVITATIONS, of_program=program_id, at=at)


def end_desk_invitation_once(
    tx: Tx, program_id: ProgramId, invitation_id: int, at: datetime
) -> bool:
    """False when it was used, is past its time, or another program's."""
    return bool(tx.run(END_INVITATION, of_id=invitation_id, of_program=program_id, at=at))
