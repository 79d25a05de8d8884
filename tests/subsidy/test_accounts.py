"""Kakao accounts that let staff in, on both databases: linked, known by the chat, parted."""

from datetime import datetime

import pytest

from domain.people import Role, ShopId, StaffId
from domain.refusals import NotAllowed, NotFound
from loyalty.meeting import recognize
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from storage.queries.staff import insert_session
from storage.queries.staff_accounts import find_account
from subsidy.accounts import WaysIn, come_in, link_account, part_account, places_of, ways_in
from subsidy.invitations import accept, invite
from subsidy.pairing import make_pairing_code, pair_chat
from subsidy.staff import remove_from_desk, remove_staff
from tests.conftest import Clock
from tests.factories import REST_API_KEY, Street, make_caller, make_street, rows

ACCOUNT, OTHER = "3012345678", "3099999999"
OPERATOR = "manager:1"


def hire(tx: Tx, street: Street, role: Role, at: datetime) -> StaffId:
    if role is Role.OWNER:
        return accept(tx, invite(tx, role, shop_id=street.shop_id, name="보람", at=at), at)
    return accept(tx, invite(tx, role, program_id=street.program_id, name="이정", at=at), at)


def pair(tx: Tx, shop_id: ShopId, staff_id: StaffId, app_user_id: str, at: datetime) -> None:
    """A chat of this Kakao account speaks for them."""
    channel_id = get_shop(tx, shop_id).channel_id
    caller = make_caller(77)._replace(app_user_id=app_user_id)
    person = recognize(tx, channel_id, caller, at)
    pair_chat(tx, channel_id, person, make_pairing_code(tx, staff_id, at).digits, at)


def told(tx: Tx) -> list[str]:
    return [row[0] for row in rows(tx, "SELECT act FROM audit_line ORDER BY id DESC LIMIT 3")]


def sessions(tx: Tx) -> list[str]:
    found = rows(tx, "SELECT token_hash FROM web_session ORDER BY token_hash")
    return [row[0] for row in found]


async def test_a_linked_account_leads_to_every_place_it_was_linked_at(
    books: Books, clock: Clock
) -> None:
    street, at = await books.write(make_street, people=0), clock.now()
    owner = await books.write(hire, street, Role.OWNER, at)
    manager = await books.write(hire, street, Role.MANAGER, at)
    for staff_id in (owner, manager):
        assert await books.write(link_account, staff_id, ACCOUNT, at)
        assert not await books.write(link_account, staff_id, ACCOUNT, at)

    places = await books.read(places_of, ACCOUNT, "app")
    assert [(one.staff_id, one.role) for one in places] == [
        (owner, Role.OWNER), (manager, Role.MANAGER),
    ]  # fmt: skip
    assert all(one.place_name for one in places)
    _, count = await books.write(come_in, ACCOUNT, "app", None, at)
    assert count == 2
    assert await books.read(told) == ["link_account", "link_account", "accept_invitation"]
    staff, count = await books.write(come_in, ACCOUNT, "app", manager, at)
    assert (staff.staff_id, count) == (manager, 2)
    assert await books.read(told) == ["sign_in", "link_account", "link_account"]


async def test_who_links_another_account_is_let_in_by_that_one_alone(
    books: Books, clock: Clock
) -> None:
    street, at = await books.write(make_street, people=0), clock.now()
    owner = await books.write(hire, street, Role.OWNER, at)
    await books.write(link_account, owner, ACCOUNT, at)
    await books.write(link_account, owner, OTHER, at)
    with pytest.raises(NotAllowed):
        await books.write(come_in, ACCOUNT, "app", None, at)
    assert await books.write(part_account, owner, at)
    assert not await books.write(part_account, owner, at)
    with pytest.raises(NotAllowed):
        await books.write(come_in, OTHER, "app", None, at)


async def test_a_paired_chat_lets_in_if_its_bot_uses_the_same_app(
    books: Books, clock: Clock
) -> None:
    """Another app numbers people anew: its 3012345678 is somebody else."""
    street, at = await books.write(make_street, people=0), clock.now()
    owner = await books.write(hire, street, Role.OWNER, at)
    await books.write(pair, street.shop_id, owner, ACCOUNT, at)

    staff, _ = await books.write(come_in, ACCOUNT, REST_API_KEY, None, at)
    assert staff.staff_id == owner
    for account, app in ((ACCOUNT, "another app"), (OTHER, REST_API_KEY)):
        with pytest.raises(NotAllowed, match="login_stranger"):
            await books.write(come_in, account, app, None, at)


async def test_a_paired_chat_still_lets_in_after_parting_and_is_told(
    books: Books, clock: Clock
) -> None:
    street, at = await books.write(make_street, people=0), clock.now()
    owner = await books.write(hire, street, Role.OWNER, at)
    assert await books.read(ways_in, owner, REST_API_KEY) == WaysIn(None, by_chat=False)
    await books.write(pair, street.shop_id, owner, ACCOUNT, at)
    await books.write(link_account, owner, ACCOUNT, at)
    await books.write(part_account, owner, at)

    staff, _ = await books.write(come_in, ACCOUNT, REST_API_KEY, None, at)
    assert staff.staff_id == owner
    assert await books.read(ways_in, owner, REST_API_KEY) == WaysIn(None, by_chat=True)
    assert await books.read(ways_in, owner, "another app") == WaysIn(None, by_chat=False)


async def test_parting_and_changing_end_the_sessions_of_that_seat_elsewhere(
    books: Books, clock: Clock
) -> None:
    street, at = await books.write(make_street, people=0), clock.now()
    owner = await books.write(hire, street, Role.OWNER, at)
    neighbor = await books.write(hire, street, Role.OWNER, at)
    seats = {"a": owner, "b": owner, "c": owner, "d": neighbor}
    for name, staff_id in seats.items():
        await books.write(insert_session, name, staff_id, content="{}", expires_at=at)

    await books.write(link_account, owner, ACCOUNT, at, here="a")
    assert await books.read(sessions) == ["a", "b", "c", "d"]
    await books.write(link_account, owner, OTHER, at, here="a")
    assert await books.read(sessions) == ["a", "d"]
    await books.write(part_account, owner, at, here="b")
    assert await books.read(sessions) == ["d"]


async def test_an_account_opens_no_place_of_others(books: Books, clock: Clock) -> None:
    street, at = await books.write(make_street, people=0), clock.now()
    owner = await books.write(hire, street, Role.OWNER, at)
    neighbor = await books.write(hire, street, Role.OWNER, at)
    await books.write(link_account, owner, ACCOUNT, at)
    with pytest.raises(NotAllowed, match="login_stranger"):
        await books.write(come_in, ACCOUNT, "app", neighbor, at)


async def test_who_leaves_is_let_in_no_more(books: Books, clock: Clock) -> None:
    street, at = await books.write(make_street, people=0), clock.now()
    owner, manager = [
        (await books.write(hire, street, role, at), await books.write(hire, street, role, at))[1]
        for role in (Role.OWNER, Role.MANAGER)
    ]
    for staff_id in (owner, manager):
        await books.write(link_account, staff_id, ACCOUNT, at)
    await books.write(remove_staff, street.shop_id, owner, actor=OPERATOR, at=at)
    await books.write(remove_from_desk, street.program_id, manager, actor=OPERATOR, at=at)
    for gone in (owner, manager):
        assert await books.read(find_account, gone) is None
        with pytest.raises(NotFound):
            await books.write(link_account, gone, ACCOUNT, at)
    with pytest.raises(NotAllowed):
        await books.write(come_in, ACCOUNT, "app", None, at)
