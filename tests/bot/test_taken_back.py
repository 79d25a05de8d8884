"""The owner asks what is left after money was called back, and after the program's end."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest_asyncio
from aiohttp import web

from domain.people import Role, StaffId
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from subsidy.acting import Acting
from subsidy.clawing import Quiet, claw_back, look_for_quiet, propose_claw_back
from subsidy.closing import close_program, propose_closing
from subsidy.invitations import accept, invite
from subsidy.pairing import make_pairing_code
from tests.bot.conftest import SUNDAY_TEN, Bot, Chat, Clock, Web, open_shop, settings, whole
from tests.bot.office import Office

WEEK = timedelta(days=7)


@pytest_asyncio.fixture
async def place(
    books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> Bot:
    """The bakery with money, a week after it came."""
    client = await open_client(whole(books, clock, settings()))
    bot = Bot(client, books, clock, *await books.write(open_shop), [])
    await Office(bot).do("지원금", "30,000 연남빵집")
    clock.pass_(days=7)
    return bot


async def owner_of(bot: Bot) -> Chat:
    chat = replace(bot.chat, user="7b" + "0" * 64, app_user_id="99")
    await chat.say(await bot.books.write(pair, bot))
    return chat


def pair(tx: Tx, bot: Bot) -> str:
    return make_pairing_code(tx, hire(tx, bot), SUNDAY_TEN + WEEK).digits


def hire(tx: Tx, bot: Bot) -> StaffId:
    token = invite(tx, Role.OWNER, shop_id=bot.shop_id, name="보람", at=SUNDAY_TEN)
    return accept(tx, token, SUNDAY_TEN)


def managers(tx: Tx, bot: Bot) -> list[Acting]:
    program_id = get_shop(tx, bot.shop_id).program_id
    found = []
    for name in ("담당", "확인"):
        token = invite(tx, Role.MANAGER, program_id=program_id, name=name, at=SUNDAY_TEN)
        who, actor = accept(tx, token, SUNDAY_TEN), f"manager:{name}"
        found.append(Acting(program_id=program_id, market_id=None, staff_id=who, actor=actor))
    return found


def take(tx: Tx, bot: Bot) -> None:
    maker, second = managers(tx, bot)
    at, quiet = SUNDAY_TEN + WEEK, Quiet(days=3)
    ids = [one.grant_id for one in look_for_quiet(tx, maker, quiet, at)]
    act_id = propose_claw_back(tx, maker, quiet, ids, form_key="form", at=at)
    claw_back(tx, second, act_id, at)


def close(tx: Tx, bot: Bot) -> None:
    maker, second = managers(tx, bot)
    at = SUNDAY_TEN + WEEK
    close_program(tx, second, propose_closing(tx, maker, form_key="form", at=at), at)


async def test_what_was_called_back_is_told(place: Bot) -> None:
    chat = await owner_of(place)
    before = (await chat.say("남은 지원금")).texts
    await place.books.write(take, place)

    said = (await chat.say("남은 지원금")).texts

    assert "회수된" not in before
    assert "남은 지원금은 0원이에요" in said
    assert "회수된 지원금: 30,000원" in said


async def test_after_the_programs_end_it_says_what_stays_and_who_pays(place: Bot) -> None:
    chat = await owner_of(place)
    await place.books.write(close, place)

    said = (await chat.say("남은 지원금")).texts

    assert "지원 사업이 끝나 남은 지원금은 돌아갔어요" in said
    assert "단골과 도장은 그대로" in said
    assert "내 돈에서 나가요" in said
