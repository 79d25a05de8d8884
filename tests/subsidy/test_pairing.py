"""Eight digits that tie a chat to somebody of a shop, once; and how the tie ends."""

import asyncio
from datetime import datetime, timedelta

import pytest

from domain.people import ChannelId, CustomerId, Role, ShopId, StaffId
from domain.refusals import Conflict, NotFound
from domain.visits import TRIES_MAX, TRIES_WINDOW
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from storage.queries.staff import find_session, get_staff, insert_session
from storage.queries.staff_chats import Seat, list_seats
from subsidy.invitations import accept, invite, invite_staff, token_hash
from subsidy.pairing import GOOD_FOR, make_pairing_code, pair_chat, part_chat
from subsidy.signing_in import make_link, sign_in
from subsidy.staff import list_colleagues, remove_staff
from tests.conftest import Clock
from tests.factories import (
    Street,
    make_channel,
    make_customer,
    make_shop,
    make_street,
    rows,
)

OWNER_ACTOR = "owner:1"


def hire(
    tx: Tx, shop_id: ShopId, at: datetime, role: Role = Role.OWNER, name: str = "보람"
) -> StaffId:
    return accept(tx, invite(tx, role, shop_id=shop_id, name=name, at=at), at)


def open_elsewhere(tx: Tx, street: Street) -> tuple[ChannelId, ShopId]:
    """Another shop with a channel of its own."""
    channel_id = make_channel(tx, street.market_id, number=2)
    return channel_id, make_shop(tx, street.market_id, channel_id, name="성산꽃집", slug="flowers")


async def pair(
    books: Books, street: Street, person: CustomerId, digits: str, at: datetime
) -> Seat | Conflict | NotFound:
    shop = await books.read(get_shop, street.shop_id)
    return await books.write(pair_chat, shop.channel_id, person, digits, at)


async def test_a_code_pairs_one_chat_and_changes_nothing_when_said_again(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street, people=2)
    first, second = street.customers
    staff_id = await books.write(hire, street.shop_id, clock.now())
    code = await books.write(make_pairing_code, staff_id, clock.now())

    paired = await pair(books, street, first, code.digits, clock.now())
    again = await pair(books, street, first, code.digits, clock.now())
    other = await pair(books, street, second, code.digits, clock.now())

    assert paired == again == Seat(staff_id, Role.OWNER, street.shop_id, "보람", "연남빵집")
    assert isinstance(other, Conflict)
    assert await books.read(list_seats, second) == []
    assert await _is_staff(books) == {first: True, second: False}
    lines = "SELECT count(*) FROM audit_line WHERE act = 'pair_chat'"
    assert await books.read(rows, lines) == [(1,)]


async def test_of_two_who_say_it_at_once_one_is_paired(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=2)
    staff_id = await books.write(hire, street.shop_id, clock.now())
    code = await books.write(make_pairing_code, staff_id, clock.now())

    told = await asyncio.gather(
        *(pair(books, street, one, code.digits, clock.now()) for one in street.customers)
    )

    assert sorted(isinstance(one, Seat) for one in told) == [False, True]


async def test_a_code_lapses_and_the_next_one_voids_it(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=1)
    (person,) = street.customers
    staff_id = await books.write(hire, street.shop_id, clock.now())
    old = await books.write(make_pairing_code, staff_id, clock.now())
    new = await books.write(make_pairing_code, staff_id, clock.now())

    voided = await pair(books, street, person, old.digits, clock.now())
    lapsed = await pair(books, street, person, new.digits, clock.now() + GOOD_FOR)

    assert isinstance(voided, NotFound)
    assert isinstance(lapsed, Conflict)
    assert await books.read(list_seats, person) == []


async def test_who_guesses_must_wait_even_with_the_right_digits(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=1)
    (person,) = street.customers
    staff_id = await books.write(hire, street.shop_id, clock.now())
    for number in range(TRIES_MAX):
        await pair(books, street, person, f"{number:08}", clock.now())
    code = await books.write(make_pairing_code, staff_id, clock.now() + timedelta(minutes=9))

    early = await pair(books, street, person, code.digits, clock.now() + timedelta(minutes=9))
    later = await pair(books, street, person, code.digits, clock.now() + TRIES_WINDOW)

    assert isinstance(early, Conflict)
    assert early.reason == "too_many_tries"
    assert isinstance(later, Seat)


async def test_a_code_of_another_channel_is_unknown(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=1)
    channel_id, other_shop = await books.write(open_elsewhere, street)
    person = await books.write(make_customer, channel_id, other_shop, 9)
    staff_id = await books.write(hire, street.shop_id, clock.now())
    code = await books.write(make_pairing_code, staff_id, clock.now())

    told = await books.write(pair_chat, channel_id, person, code.digits, clock.now())

    assert isinstance(told, NotFound)


async def test_a_new_phone_takes_the_place_of_the_old_one(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=2)
    first, second = street.customers
    staff_id = await books.write(hire, street.shop_id, clock.now())
    for person in (first, second):
        code = await books.write(make_pairing_code, staff_id, clock.now())
        await pair(books, street, person, code.digits, clock.now())

    assert await books.read(list_seats, first) == []
    assert await _is_staff(books) == {first: False, second: True}


async def test_parting_leaves_an_ordinary_customer(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=1)
    (person,) = street.customers
    staff_id = await books.write(hire, street.shop_id, clock.now())
    code = await books.write(make_pairing_code, staff_id, clock.now())
    await pair(books, street, person, code.digits, clock.now())

    is_first = await books.write(part_chat, staff_id, actor=OWNER_ACTOR, at=clock.now())
    is_second = await books.write(part_chat, staff_id, actor=OWNER_ACTOR, at=clock.now())

    assert (is_first, is_second) == (True, False)
    assert await books.read(list_seats, person) == []
    assert await _is_staff(books) == {person: False}


async def test_who_is_removed_gets_in_nowhere_any_more(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=1)
    (person,) = street.customers
    at = clock.now()
    await books.write(hire, street.shop_id, at)
    clerk_id = await books.write(hire, street.shop_id, at, Role.CLERK, "알바")
    code = await books.write(make_pairing_code, clerk_id, at)
    await pair(books, street, person, code.digits, at)
    unused = await books.write(make_pairing_code, clerk_id, at)
    link = await books.write(make_link, clerk_id, at)
    end = at + timedelta(days=1)
    await books.write(insert_session, token_hash("cookie"), clerk_id, content="{}", expires_at=end)
    kept = await books.write(
        invite_staff, street.shop_id, Role.OWNER, name="친구", actor=OWNER_ACTOR, at=at
    )

    await books.write(remove_staff, street.shop_id, clerk_id, actor=OWNER_ACTOR, at=at)

    assert await books.read(list_seats, person) == []
    assert await books.read(find_session, token_hash("cookie"), at) is None
    assert isinstance(await pair(books, street, person, unused.digits, at), NotFound)
    with pytest.raises(NotFound):
        await books.write(sign_in, link, at)
    with pytest.raises(NotFound):
        await books.read(get_staff, clerk_id)
    with pytest.raises(Conflict):
        await books.write(accept, kept, at)
    people = await books.read(list_colleagues, street.shop_id)
    assert [one.staff.name for one in people] == ["보람"]


async def test_the_last_owner_stays_also_when_two_leave_at_once(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=0)
    at = clock.now()
    owners = [await books.write(hire, street.shop_id, at) for _ in range(2)]
    await books.write(hire, street.shop_id, at, Role.CLERK)

    told = await asyncio.gather(
        *(
            books.write(remove_staff, street.shop_id, one, actor=OWNER_ACTOR, at=at)
            for one in owners
        ),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in told) == ["Conflict", "NoneType"]


async def test_nobody_removes_another_shops_staff(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=0)
    _, other_shop = await books.write(open_elsewhere, street)
    staff_id = await books.write(hire, street.shop_id, clock.now(), Role.CLERK)

    with pytest.raises(NotFound):
        await books.write(remove_staff, other_shop, staff_id, actor=OWNER_ACTOR, at=clock.now())


async def test_a_link_lets_in_once_and_for_five_minutes(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=0)
    staff_id = await books.write(hire, street.shop_id, clock.now())
    used = await books.write(make_link, staff_id, clock.now())

    told = await asyncio.gather(
        *(books.write(sign_in, used, clock.now()) for _ in range(5)), return_exceptions=True
    )
    late = await books.write(make_link, staff_id, clock.now())

    assert sum(not isinstance(one, Conflict) for one in told) == 1
    with pytest.raises(Conflict) as refusal:
        await books.write(sign_in, late, clock.now() + timedelta(minutes=5))
    assert refusal.value.reason == "entry_lapsed"


async def _is_staff(books: Books) -> dict[CustomerId, bool]:
    found = await books.read(rows, "SELECT id, is_staff FROM customer")
    return {CustomerId(row[0]): bool(row[1]) for row in found}
