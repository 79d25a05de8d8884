"""The people of a shop and of a program: who they are, and how somebody leaves."""

from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, program_book, shop_book
from domain.people import ProgramId, Role, ShopId, StaffId
from domain.refusals import Conflict, NotFound
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.program_staff import end_desk_invitations, leave_desk_once, lock_desk
from storage.queries.staff import (
    StaffView,
    delete_sessions_of,
    end_invitations,
    leave_once,
    list_staff,
    lock_staff,
)
from storage.queries.staff_accounts import delete_account
from storage.queries.staff_chats import delete_chat, delete_links, delete_pairings, list_paired


@dataclass(frozen=True, slots=True)
class Colleague:
    """`paired_at` is None for who has no chat that speaks for them."""

    staff: StaffView
    paired_at: datetime | None


def list_colleagues(tx: Tx, shop_id: ShopId) -> list[Colleague]:
    paired = list_paired(tx, shop_id)
    return [Colleague(one, paired.get(one.staff_id)) for one in list_staff(tx, shop_id)]


def remove_staff(tx: Tx, shop_id: ShopId, staff_id: StaffId, *, actor: str, at: datetime) -> None:
    """Ends everything that let this person in: sessions, links, codes, the chat, the account.

    Raises NotFound(`staff`) for another shop's, Conflict(`last_owner`) for the only owner.
    """
    present = {one.staff_id: one for one in lock_staff(tx, shop_id)}
    if staff_id not in present:
        raise NotFound("staff")
    owners = [one for one in present.values() if one.role is Role.OWNER]
    if [one.staff_id for one in owners] == [staff_id]:
        raise Conflict("last_owner")
    leave_once(tx, shop_id, staff_id, at)
    delete_sessions_of(tx, staff_id)
    delete_links(tx, staff_id)
    delete_pairings(tx, staff_id)
    delete_chat(tx, staff_id)
    delete_account(tx, staff_id)
    end_invitations(tx, shop_id, at)
    act = Act(actor=actor, act="remove_staff", subject=f"staff:{staff_id}", at=at)
    append_audit(tx, shop_book(shop_id), act)


def remove_from_desk(
    tx: Tx, program_id: ProgramId, staff_id: StaffId, *, actor: str, at: datetime
) -> None:
    """Ends everything that let this person in to the program's pages.

    Raises NotFound(`staff`) for another program's, Conflict(`last_manager`) for the only manager.
    """
    present = {one.staff_id: one for one in lock_desk(tx, program_id)}
    if staff_id not in present:
        raise NotFound("staff")
    managers = [one.staff_id for one in present.values() if one.role is Role.MANAGER]
    if managers == [staff_id]:
        raise Conflict("last_manager")
    leave_desk_once(tx, program_id, staff_id, at)
    delete_sessions_of(tx, staff_id)
    delete_account(tx, staff_id)
    end_desk_invitations(tx, program_id, at)
    act = Act(actor=actor, act="remove_staff", subject=f"staff:{staff_id}", at=at)
    append_audit(tx, program_book(program_id), act)
