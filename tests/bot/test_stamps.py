"""Numbers for the counter, the age before them, and turns that come twice."""

from sqlalchemy import select
from sqlmodel import col

from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.journal import AuditLine
from storage.models.visits import CounterCode, Tries
from tests.bot.conftest import Bot, add_shop
from tests.factories import change

ACTS = (
    select(col(AuditLine.act))
    .where(col(AuditLine.book).startswith("shop:"))
    .order_by(col(AuditLine.number))
)
DIGITS = select(col(CounterCode.digits))
TOLD = select(col(Membership.is_told))


async def test_a_number_is_shown_large_and_in_pairs(bot: Bot) -> None:
    chat = await bot.joined()
    said = await chat.say("도장 받기")

    ((digits,),) = await bot.rows(DIGITS)
    (card,) = [one["textCard"] for one in said.body["template"]["outputs"]]
    assert card["title"] == f"{digits[:2]} {digits[2:]}"


async def test_the_age_comes_before_any_number(bot: Bot) -> None:
    """L44: nothing is issued, counted or remembered for who has not said to be 14."""
    chat = bot.chat
    await chat.say("도장 받기")
    await chat.say("482913")
    await chat.say("쿠폰 쓸게요")

    assert await bot.rows(DIGITS) == []
    assert await bot.rows(select(col(Tries.key))) == []
    assert await bot.rows(select(col(Customer.of_age_at))) == [(None,)]


async def test_joining_for_a_stamp_may_come_twice(bot: Bot) -> None:
    chat = bot.chat
    asked = await chat.say("도장 받기")
    pressed = asked.quick("네, 14세 이상이에요")
    first = await chat.say(pressed["messageText"], pressed["extra"])
    bot.clock.pass_(seconds=3)
    again = await chat.say(pressed["messageText"], pressed["extra"])

    assert again.labels == first.labels
    assert again.body["template"]["outputs"][1:] == first.body["template"]["outputs"][1:]
    assert len(await bot.rows(DIGITS)) == 1
    purposes = select(col(ConsentChoice.purpose), col(ConsentChoice.pressed))
    assert await bot.rows(purposes) == [("service", "네, 14세 이상이에요")]


async def test_joining_for_a_stamp_after_agreeing_shows_the_number_alone(bot: Bot) -> None:
    chat = await bot.joined()
    said = await chat.say("눌렀어요", {"do": "of_age_stamp", "shop": str(bot.shop_id)})

    assert "이미 연남빵집 단골이세요" in said.texts
    assert len(await bot.rows(DIGITS)) == 1


async def test_a_member_whose_age_nobody_asked_is_asked(bot: Bot) -> None:
    """L44: known from a paper list, say, and met in the chat later."""
    chat = await bot.joined()
    await bot.books.write(change, "UPDATE customer SET of_age_at = NULL")
    assert "만 14세 이상이신가요?" in (await chat.say("단골 되기")).texts
    assert "만 14세 이상이신가요?" in (await chat.say("도장 받기")).texts


async def test_the_switch_reaches_every_shop_and_leaves_one_line_each(bot: Bot) -> None:
    """I12"""
    second = await bot.books.write(add_shop, bot.market_id, bot.channel_id, "성산꽃집")
    chat = bot.chat
    for shop_id in (bot.shop_id, second):
        await chat.say("단골 되기", {"do": "join", "shop": str(shop_id)})
        await chat.say("네", {"do": "of_age", "shop": str(shop_id)})
    for words in ("도장 알림 꺼 주세요", "도장 알림 끄기", "도장 알림 켜기"):
        await chat.say(words)
        bot.clock.pass_(seconds=3)

    acts = [act for (act,) in await bot.rows(ACTS)]
    assert acts == ["join", "join", "told_off", "told_off", "told_on", "told_on"]
    assert await bot.rows(TOLD) == [(True,), (True,)]


async def test_an_erase_button_without_its_question_asks_again(bot: Bot) -> None:
    chat = await bot.joined()
    said = await chat.say("네, 모두 지울게요", {"do": "erase"})

    assert said.labels == ["네, 모두 지울게요", "아니요"]
    assert len(await bot.rows(TOLD)) == 1


async def test_erasing_may_come_twice(bot: Bot) -> None:
    """The platform may repeat a call: the second time a stranger speaks."""
    chat = await bot.joined()
    asked = await chat.say("내 정보 삭제")
    pressed = asked.quick("네, 모두 지울게요")
    first = await chat.say(pressed["messageText"], pressed["extra"])
    again = await chat.say(pressed["messageText"], pressed["extra"])

    assert "모두 지웠어요" in first.texts
    assert "이미 지우셨다면 모두 지워진 거예요" in again.texts
    assert [act for (act,) in await bot.rows(ACTS)].count("erase_customer") == 1
    assert await bot.rows(TOLD) == []


async def test_a_stop_may_be_followed_by_the_switch(bot: Bot) -> None:
    """K15: what is no advertisement goes on, and the way to end it is named."""
    chat = await bot.joined()
    said = await chat.say("광고 그만")
    assert "도장 알림 끄기" in said.labels
    assert await bot.rows(TOLD) == [(True,)]
    await chat.press("도장 알림 끄기")
    assert await bot.rows(TOLD) == [(False,)]
    assert "도장 알림 끄기" not in (await chat.say("광고 그만")).labels
