"""Staff in the chat: who may press what, what is booked once, and when the worker is told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from bot.conversation import PRESSED
from bot.hearing.owner_words import OwnerMeaning
from bot.owner.conversation import MEANT
from bot.owner.rights import CLERK_DOES, DOES
from bot.owner.turns import CLERKS_ROW, ROW
from domain.people import Role, StaffId
from storage.books import Books
from storage.desk import Tx
from subsidy.invitations import accept, invite
from subsidy.pairing import make_pairing_code
from tests.bot.conftest import SUNDAY_TEN, Bot, Chat, Clock, Said, Web, open_shop, settings, whole
from tests.bot.office import Office
from tests.factories import rows

CHANGES = (
    "SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM chat_draft),"
    " (SELECT count(*) FROM visit), (SELECT count(*) FROM staff_chat),"
    " (SELECT count(*) FROM sign_in_link), (SELECT count(*) FROM idea)"
)


@pytest_asyncio.fixture
async def place(
    books: Books,
    clock: Clock,
    open_client: Callable[[web.Application], Awaitable[Web]],
) -> Bot:
    """The bakery with money and one regular who hears its news, on both databases."""
    woken: list[int] = []
    client = await open_client(whole(books, clock, settings(wake=lambda: woken.append(1))))
    bot = Bot(client, books, clock, *await books.write(open_shop), woken)
    await bot.joined()
    await Office(bot).do("지원금", "30,000 연남빵집")
    return bot


def hire(tx: Tx, bot: Bot, role: Role) -> tuple[StaffId, str]:
    token = invite(tx, role, shop_id=bot.shop_id, name="보람", at=SUNDAY_TEN)
    staff_id = accept(tx, token, SUNDAY_TEN)
    return staff_id, make_pairing_code(tx, staff_id, SUNDAY_TEN).digits


async def paired(bot: Bot, role: Role = Role.OWNER) -> Chat:
    """A chat of staff; the question about weekly ideas has been asked."""
    _, digits = await bot.books.write(hire, bot, role)
    chat = replace(bot.chat, user="7b" + "0" * 64, app_user_id="99")
    await chat.say(digits)
    await chat.say("도움말")
    return chat


def words_of(said: Said) -> str:
    return said.texts


def press_of(said: Said, label: str) -> dict[str, Any]:
    return dict(said.quick(label)["extra"])


async def test_looking_wakes_nobody_and_booking_wakes_the_worker(place: Bot) -> None:
    chat = await paired(place)
    place.woken.clear()

    await chat.say("오늘 식빵 20% 할인 보내줘")
    looked = list(place.woken)
    await chat.press("보내기")

    assert (looked, place.woken) == ([], [1])


async def test_pressed_on_two_phones_at_once_it_is_booked_once(place: Bot) -> None:
    chat = await paired(place)
    said = await chat.say("오늘 식빵 20% 할인 보내줘")
    extra = press_of(said, "보내기")

    told = await asyncio.gather(*(replace(chat).say("보내기", extra) for _ in range(20)))

    assert {one.status for one in told} == {200}
    assert sum("보내기 시작했어요" in words_of(one) for one in told) == 1
    assert await place.books.read(rows, "SELECT count(*) FROM campaign") == [(1,)]


async def test_two_owners_write_beside_each_other(place: Bot) -> None:
    """Each has a draft of their own; neither sends the other's words."""
    first = await paired(place)
    _, digits = await place.books.write(hire, place, Role.OWNER)
    second = replace(place.chat, user="8c" + "0" * 64, app_user_id="98")
    await second.say(digits)
    await first.say("오늘 식빵 20% 할인 보내줘")
    said = await second.say("오늘 바게트 10% 할인 보내줘")

    await first.say("보내기", press_of(said, "보내기"))
    await second.say("보내기", press_of(said, "보내기"))

    bodies = await place.books.read(rows, "SELECT body FROM campaign")
    assert bodies == [("오늘 바게트 10% 할인",)]


@pytest.mark.parametrize("do", sorted(DOES))
async def test_a_strangers_press_of_a_staff_button_does_nothing(place: Bot, do: str) -> None:
    await paired(place)
    before = await place.books.read(rows, CHANGES)
    extra = {"do": do, "shop": str(place.shop_id), "about": "1", "form_key": "x"}

    said = await place.chat.say("1234", extra)

    assert "가게 사장님과 직원이 쓰는 버튼이에요" in words_of(said)
    assert await place.books.read(rows, CHANGES) == before


@pytest.mark.parametrize("do", sorted(DOES))
async def test_a_clerk_is_refused_what_is_not_in_the_table(place: Bot, do: str) -> None:
    chat = await paired(place, Role.CLERK)

    said = await chat.say("1234", {"do": do, "shop": str(place.shop_id)})

    assert ("이건 사장님만 할 수 있어요" in words_of(said)) == (do not in CLERK_DOES)


def test_every_wish_of_staff_has_an_answer_and_every_button_its_place() -> None:
    assert set(MEANT) == set(OwnerMeaning)
    assert set(MEANT.values()) <= set(DOES)
    assert {*ROW, *CLERKS_ROW} <= set(DOES) <= set(PRESSED)
    assert set(CLERKS_ROW) <= CLERK_DOES


async def test_a_button_of_another_shop_reaches_nothing(place: Bot) -> None:
    chat = await paired(place)

    said = await chat.say("보내기", {"do": "owner_send", "shop": str(place.shop_id + 1)})

    assert "가게 사장님과 직원이 쓰는 버튼이에요" in words_of(said)
