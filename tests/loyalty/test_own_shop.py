"""What one shop of a channel knows of a person stays with that shop (L54, L68)."""

from typing import Any

import pytest

from campaigns.gate import gate_regular
from domain.campaigns import MessageKind, SenderName
from domain.consent import Choice, Purpose
from domain.paper import PaperLine
from domain.people import ShopId
from domain.visits import VisitWay
from loyalty.birthdays import forget_birthday, leave_birthday
from loyalty.codes import issue_counter_code, issue_customer_code
from loyalty.consent import choose_advertising
from loyalty.importing import take_over
from loyalty.joining import forget_phone, leave_phone
from loyalty.merging import merge_customers
from loyalty.paper import regular_by_phone, stamp_by_phone
from loyalty.privacy import show_held
from loyalty.regulars import name_regular
from loyalty.visits import claim_visit, stamp_by_code
from storage.books import Books
from storage.desk import Tx
from storage.queries.audience import Span, list_ids
from storage.queries.campaigns import find_person
from storage.queries.counter import find_who, list_today
from storage.queries.customers import list_choices
from storage.queries.exporting import list_people_after
from storage.queries.regulars import find_regular, list_by_name, list_ending_with
from tests.conftest import START
from tests.factories import OWNER, phone_of, rows
from tests.loyalty.street import Shop, another_shop, make_sale, open_shop

NEIGHBOR = "owner:2"
PAPER_PHONE = "01099990000"


async def take_neighbor(books: Books, shop: Shop, name: str | None = None) -> ShopId:
    """The shop next door writes down a number that the first shop's regular has left there."""
    neighbor = await books.write(another_shop, shop)
    line = PaperLine(number=1, phone=phone_of(1), name=name)
    await books.write(take_over, neighbor, [line], actor=NEIGHBOR, at=START)
    return neighbor


async def test_a_name_belongs_to_the_shop_that_wrote_it(books: Books) -> None:
    shop = await open_shop(books)
    who = shop.customer_id
    await books.write(name_regular, shop.shop_id, who, "단골 김씨", actor=OWNER, at=START)
    neighbor = await take_neighbor(books, shop)
    assert (await books.read(show_held, neighbor, who, START)).name is None

    await books.write(name_regular, neighbor, who, "진상", actor=NEIGHBOR, at=START)

    for shop_id, name in ((shop.shop_id, "단골 김씨"), (neighbor, "진상")):
        held = await books.read(show_held, shop_id, who, START)
        found = await books.read(list_by_name, shop_id, name)
        exported = await books.read(list_people_after, shop_id, who - 1)
        assert (held.name, exported[0].name) == (name, name)
        assert [one.customer_id for one in found] == [who]
        assert await books.read(find_who, shop_id, who) == name
    assert await books.read(list_by_name, neighbor, "김씨") == []


async def test_a_list_names_who_has_no_name_in_that_shop_yet(books: Books) -> None:
    shop = await open_shop(books)
    await books.write(name_regular, shop.shop_id, shop.customer_id, "단골", actor=OWNER, at=START)
    line = PaperLine(number=1, phone=phone_of(1), name="종이 이름")
    await books.write(take_over, shop.shop_id, [line], actor=OWNER, at=START)

    neighbor = await take_neighbor(books, shop, "종이 이름")

    names = [
        (await books.read(show_held, one, shop.customer_id, START)).name
        for one in (shop.shop_id, neighbor)
    ]
    assert names == ["단골", "종이 이름"]


async def test_a_number_is_seen_where_it_was_left(books: Books) -> None:
    """Counter, list, search by its end, and file; the other shop only knows that it fits."""
    shop = await open_shop(books)
    who = shop.customer_id
    neighbor = await take_neighbor(books, shop)
    for shop_id in (shop.shop_id, neighbor):
        await books.write(stamp_by_phone, shop_id, phone_of(1), make_sale(), START)

    assert await books.read(shown_phones, shop.shop_id, who) == [
        *["010-****-0001"] * 3,
        phone_of(1),
        [who],
    ]
    assert await books.read(shown_phones, neighbor, who) == [None, None, None, None, []]


def shown_phones(tx: Tx, shop_id: ShopId, who: Any) -> list[object]:
    regular = find_regular(tx, shop_id, who)
    assert regular is not None
    return [
        regular.phone,
        find_who(tx, shop_id, who),
        list_today(tx, shop_id, START)[0].who,
        list_people_after(tx, shop_id, who - 1)[0].phone,
        list_ending_with(tx, shop_id, "0001"),
    ]


async def test_a_number_that_shops_alone_have_typed_is_theirs_to_see(books: Books) -> None:
    shop = await open_shop(books)
    neighbor = await books.write(another_shop, shop)
    for shop_id in (shop.shop_id, neighbor):
        stamped = await books.write(stamp_by_phone, shop_id, PAPER_PHONE, make_sale(), START)
        regular = await books.read(find_regular, shop_id, stamped.customer_id)
        assert regular is not None
        assert regular.phone == "010-****-0000"


async def test_a_birthday_is_exported_where_it_was_left(books: Books) -> None:
    """The last word counts: left, joined elsewhere, left again, taken back."""
    shop = await open_shop(books)
    who = shop.customer_id
    await books.write(leave_birthday, who, "3월 5일", START)
    neighbor = await take_neighbor(books, shop)

    async def birthdays() -> list[object]:
        pages = [await books.read(list_people_after, one, who - 1) for one in both]
        return [page[0].birthday for page in pages]

    both = shop.shop_id, neighbor
    assert await birthdays() == [(3, 5), None]
    await books.write(leave_birthday, who, "3월 6일", START)
    assert await birthdays() == [(3, 6), (3, 6)]
    await books.write(forget_birthday, who, START)
    assert await birthdays() == [None, None]


async def test_a_number_is_given_to_the_shops_of_that_moment_and_taken_back(books: Books) -> None:
    """L68: each choice that is recorded is the leave to use the number, and its end."""
    shop = await open_shop(books)
    neighbor = await take_neighbor(books, shop)
    sql = "SELECT shop_id FROM membership WHERE phone_granted_at IS NOT NULL AND customer_id = :id"

    given = [await books.read(rows, f"{sql} ORDER BY shop_id", id=shop.customer_id)]
    await books.write(leave_phone, shop.customer_id, phone_of(1), START)
    given.append(await books.read(rows, f"{sql} ORDER BY shop_id", id=shop.customer_id))
    await books.write(forget_phone, shop.customer_id, START)
    given.append(await books.read(rows, f"{sql} ORDER BY shop_id", id=shop.customer_id))

    assert given == [[(shop.shop_id,)], [(shop.shop_id,), (neighbor,)], []]


async def test_news_go_to_a_number_only_for_the_shop_it_was_left_for(books: Books) -> None:
    shop = await open_shop(books)
    neighbor = await take_neighbor(books, shop)
    who = shop.customer_id
    await books.write(
        choose_advertising, neighbor, who, Choice.GRANTED, pressed="받을게요", at=START
    )

    assert await books.read(refusals, neighbor) == ["L68"]
    await books.write(leave_phone, who, phone_of(1), START)
    assert await books.read(refusals, neighbor) == [None]


AD = MessageKind.ADVERTISEMENT


def refusals(tx: Tx, shop_id: ShopId) -> list[str | None]:
    people = [find_person(tx, shop_id, one) for one in list_ids(tx, shop_id, Span())]
    return [gate_regular(AD, SenderName.SOLAPI, one, START).rule for one in people if one]


async def test_the_merged_chat_keeps_the_name_the_shop_gave_its_number(books: Books) -> None:
    shop = await open_shop(books)
    paper = await books.write(regular_by_phone, shop.shop_id, PAPER_PHONE, actor=OWNER, at=START)
    await books.write(name_regular, shop.shop_id, paper, "김철수", actor=OWNER, at=START)
    await books.write(forget_phone, shop.customer_id, START)

    pair = shop.customer_id, paper
    await books.write(merge_customers, shop.shop_id, *pair, actor=OWNER, at=START)

    held = await books.read(show_held, shop.shop_id, shop.customer_id, START)
    assert held.name == "김철수"


@pytest.mark.parametrize("way", ["code", "phone", "list"])
async def test_who_is_made_a_regular_at_the_counter_has_pressed_nothing(
    books: Books, way: str
) -> None:
    """L43, L67: no proof is made up, and the log names who did it."""
    shop = await open_shop(books)
    neighbor = await books.write(another_shop, shop)
    if way == "code":
        code = await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)
        await books.write(stamp_by_code, neighbor, code.digits, make_sale(), START)
    elif way == "phone":
        await books.write(stamp_by_phone, neighbor, phone_of(1), make_sale(), START)
    else:
        line = PaperLine(number=1, phone=phone_of(1))
        await books.write(take_over, neighbor, [line], actor=OWNER, at=START)

    assert await books.read(list_choices, neighbor, shop.customer_id) == []
    assert await books.read(joins, neighbor) == [(OWNER, f"customer:{shop.customer_id}")]


def joins(tx: Tx, shop_id: ShopId) -> list[tuple[Any, ...]]:
    sql = "SELECT actor, subject FROM audit_line WHERE act = 'join' AND book = :book"
    return rows(tx, sql, book=f"shop:{shop_id}")


async def test_who_types_the_counters_number_in_the_chat_has_chosen(books: Books) -> None:
    shop = await open_shop(books)
    neighbor = await books.write(another_shop, shop)
    code = await books.write(
        issue_counter_code, shop.channel_id, neighbor, VisitWay.ROTATING_QR, START
    )

    await books.write(claim_visit, shop.channel_id, shop.customer_id, code.digits, START)

    (choice,) = await books.read(list_choices, neighbor, shop.customer_id)
    assert (choice.purpose, choice.choice) == (Purpose.SERVICE, Choice.GRANTED)
    who = f"customer:{shop.customer_id}"
    assert await books.read(joins, neighbor) == [(who, who)]
