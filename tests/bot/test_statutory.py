"""What the law wants said about a choice: alone before the answer, once, in its exact words."""

from datetime import timedelta

from domain.people import CustomerId
from domain.statutory import confirm_deadlines
from loyalty.consent import stop_advertising
from storage.desk import Tx
from storage.queries.statutory import note_statutory
from tests.bot.conftest import Bot
from tests.factories import rows

DAY = timedelta(days=1)


def somebody(tx: Tx) -> CustomerId:
    return CustomerId(rows(tx, "SELECT min(customer_id) FROM membership")[0][0])


def refuse_unheard(tx: Tx, bot: Bot) -> None:
    """The provider's list says so; nobody has told the person yet."""
    stop_advertising(tx, somebody(tx), pressed="list", at=bot.clock.at, is_told=False)


async def test_a_result_is_said_first_and_once(bot: Bot) -> None:
    """L13: who, which choice, its date, what came of it."""
    chat = await bot.joined()
    await bot.books.write(refuse_unheard, bot)
    chosen_on = bot.clock.at + timedelta(hours=9)
    bot.clock.pass_(days=2)

    said = (await chat.say("도움말")).body["template"]["outputs"]

    assert said[0]["simpleText"]["text"] == (
        "[광고 수신 동의 철회 처리 결과]\n"
        "· 보내는 곳: 연남빵집\n"
        "· 고르신 것: 광고 수신 동의 철회\n"
        f"· 고르신 날: {chosen_on.year}년 {chosen_on.month}월 {chosen_on.day}일\n"
        "· 처리 결과: 철회하신 대로 처리했어요. 광고를 보내지 않아요."
    )
    assert len(said) > 1
    assert "처리 결과" not in (await chat.say("도움말")).texts


async def test_who_wants_no_news_is_told_the_result_all_the_same(bot: Bot) -> None:
    chat = await bot.joined()
    await chat.say("도장 알림 끄기")
    await bot.books.write(refuse_unheard, bot)

    assert "철회하신 대로 처리했어요" in (await chat.say("도움말")).texts


async def test_a_consent_is_confirmed_with_its_date_and_the_way_out(bot: Bot) -> None:
    """L14; and the way out works from there (L11)."""
    chat = await bot.joined()
    given_at = bot.clock.at
    bot.clock.at = confirm_deadlines(given_at, 1).say_from
    await bot.books.write(lambda tx: note_statutory(tx, bot.shop_id, somebody(tx)))

    said = await chat.say("도움말")
    assert "[광고 수신 동의 확인]" in said.texts
    on_day = given_at + timedelta(hours=9)
    assert f"동의하신 날: {on_day.year}년 {on_day.month}월 {on_day.day}일" in said.texts

    assert "[광고 수신 동의 확인]" not in (await chat.say("도움말")).texts
    await chat.say("무료 수신거부")
    open_ones = "SELECT count(*) FROM statutory_notice WHERE state = 'waiting'"
    assert await bot.books.read(rows, open_ones) == [(0,)]


async def test_an_answer_that_says_it_owes_nothing(bot: Bot) -> None:
    """L13: the answer to a stop in the chat is the notice."""
    chat = await bot.joined()
    await chat.say("무료 수신거부")

    kinds = "SELECT count(*) FROM statutory_notice WHERE kind = 'result'"
    assert await bot.books.read(rows, kinds) == [(0,)]
