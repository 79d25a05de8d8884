"""The chat goes by the proposed way, and names it only where it is not the chatbot itself."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from domain.campaigns import MessageKind, SenderName
from domain.ways import DEFAULT_ORDER, WayLine
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from storage.queries.way_rules import insert_orders
from tests.bot.conftest import SUNDAY_TEN, Bot, Clock, Web, open_shop, settings, whole
from tests.bot.office import Office
from tests.bot.test_owner import paired
from tests.factories import change, rows

BOTH = frozenset({SenderName.KAKAO_EVENT, SenderName.SOLAPI})
PHONE = "UPDATE customer SET phone_hash = 'h'"
GRANTED = "UPDATE membership SET phone_granted_at = joined_at"


def close_chatbot(tx: Tx, bot: Bot) -> None:
    orders = {
        MessageKind.ADVERTISEMENT: [WayLine(sender=SenderName.SOLAPI)],
        MessageKind.INFORMATION: DEFAULT_ORDER[MessageKind.INFORMATION],
    }
    insert_orders(tx, get_shop(tx, bot.shop_id).program_id, 1, orders, SUNDAY_TEN)


@pytest.mark.parametrize("is_closed", [False, True])
async def test_an_unusual_way_is_named_and_booked(
    bot_books: Books,
    clock: Clock,
    open_client: Callable[[web.Application], Awaitable[Web]],
    is_closed: bool,
) -> None:
    client = await open_client(whole(bot_books, clock, settings(senders=BOTH)))
    bot = Bot(client, bot_books, clock, *await bot_books.write(open_shop), [])
    await bot.joined()
    await Office(bot).do("지원금", "30,000 연남빵집")
    for sql in (PHONE, GRANTED, "UPDATE channel SET pf_id = 'PF01'"):
        await bot_books.write(change, sql)
    if is_closed:
        await bot_books.write(close_chatbot, bot)
    chat = await paired(bot)

    shown = await chat.say("오늘 식빵 20% 할인 보내줘")
    await chat.say("보내기")

    assert ("보내는 길: 카카오톡(번호)" in shown.texts) is is_closed
    assert ("보내는 길" in shown.texts) is is_closed
    booked = await bot_books.read(rows, "SELECT sender, bubble FROM campaign")
    assert booked == [("solapi", "text") if is_closed else ("kakao_event", "list")]
