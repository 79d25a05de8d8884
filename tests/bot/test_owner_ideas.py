"""The weekly idea in the owner's chat: said once, in its place, and never in the way."""

import pytest

from campaigns.ideas import propose_ideas, take_idea
from domain.ideas import IdeaTime
from domain.people import CustomerId, Role, ShopId, StaffId
from storage.desk import Tx
from storage.queries.ideas import save_time
from storage.queries.staff import insert_staff
from storage.queries.staff_chats import save_chat
from tests.bot.conftest import SUNDAY_TEN, Bot, Chat, add_shop
from tests.bot.office import Office
from tests.factories import change, rows

SUNDAYS = IdeaTime(day=6, hour=10)
IDEA = "이번 주에 보낼 만한 소식이에요"


def colleague_of(tx: Tx, shop_id: ShopId) -> StaffId:
    return insert_staff(
        tx,
        role=Role.OWNER,
        program_id=None,
        shop_id=shop_id,
        name="김사장",
        created_at=SUNDAY_TEN,
    )


def own(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> None:
    save_chat(tx, colleague_of(tx, shop_id), customer_id, SUNDAY_TEN)
    save_time(tx, shop_id, SUNDAYS, SUNDAY_TEN)


async def owner_of(bot: Bot, *others: str) -> Chat:
    """Somebody who owns these shops and hears their news: their ideas wait."""
    chat = await bot.joined()
    ((customer_id,),) = await bot.books.read(rows, "SELECT id FROM customer")
    place = bot.market_id, bot.channel_id
    shops = [await bot.books.write(add_shop, *place, name) for name in others]
    for shop_id in (bot.shop_id, *shops):
        await bot.books.write(own, shop_id, customer_id)
        await bot.books.write(
            change,
            "INSERT INTO membership (shop_id, customer_id, joined_at, advertising_since, visits,"
            " visit_days, is_told, has_news) SELECT :shop, customer_id, joined_at,"
            " advertising_since, 0, 0, is_told, has_news FROM membership WHERE shop_id = :first"
            " ON CONFLICT DO NOTHING",
            shop=shop_id,
            first=bot.shop_id,
        )
    await bot.books.write(propose_ideas, bot.clock.at)
    return chat


async def test_the_button_under_the_paid_message_shows_it(bot: Bot) -> None:
    chat = await owner_of(bot)

    said = await chat.say("보기", {"do": "news", "shop": str(bot.shop_id)})

    assert IDEA in said.texts
    assert "이대로 보내기" not in said.labels  # there is no money yet
    assert {"고치기", "이번 주는 쉬기"} <= set(said.labels)


async def test_it_waits_while_a_question_is_open(bot: Bot) -> None:
    chat = await owner_of(bot)

    asked = await chat.say("보내기")
    dropped = await chat.say("그만")

    assert IDEA not in asked.texts
    assert IDEA in dropped.texts


async def test_the_answers_own_buttons_stand_behind_those_of_the_idea(bot: Bot) -> None:
    chat = await owner_of(bot)

    said = await chat.say("오늘 현황")

    assert said.labels[:3] == ["고치기", "이번 주는 쉬기", "보내기"]
    assert len(said.labels) == len(set(said.labels)) == 10


async def test_an_owner_of_two_shops_gets_both_in_turn(bot: Bot) -> None:
    chat = await owner_of(bot, "연남꽃집")

    told = [IDEA in (await chat.say("안녕하세요")).texts for _ in range(3)]

    assert told == [True, True, False]


async def test_a_shop_that_can_not_send_hears_why_only_when_it_asks(bot: Bot) -> None:
    chat = await owner_of(bot)
    await bot.books.write(change, "UPDATE shop SET contact = NULL")
    await bot.books.write(change, "UPDATE channel SET service_number = NULL")

    answered = await chat.say("오늘 현황")
    asked = await chat.say("아이디어")

    assert IDEA not in answered.texts
    assert "연락처가 꼭 있어야 해요" in asked.texts


@pytest.mark.parametrize("do", ["owner_idea_send", "owner_idea_edit", "owner_idea_skip"])
async def test_a_button_of_no_idea_does_nothing(bot: Bot, do: str) -> None:
    chat = await owner_of(bot)

    said = await chat.say("누름", {"do": do, "shop": str(bot.shop_id), "about": "999"})

    assert "때가 지났어요" in said.texts
    assert await bot.books.read(rows, "SELECT 1 FROM campaign") == []


@pytest.mark.parametrize("label", ["고치기", "이번 주는 쉬기"])
async def test_a_button_under_an_idea_that_was_sent_says_so(bot: Bot, label: str) -> None:
    chat = await owner_of(bot)
    await Office(bot).do("지원금", "30,000 연남빵집")
    shown = await chat.say("아이디어")
    await chat.say("이대로 보내기", shown.quick("이대로 보내기")["extra"])

    said = await chat.say(label, shown.quick(label)["extra"])

    assert "그 소식은 이미 보내기로 하셨어요." in said.texts


async def test_the_owners_own_words_are_shown_when_the_idea_takes_their_place(bot: Bot) -> None:
    chat = await owner_of(bot)
    shown = await chat.say("아이디어")
    await chat.say("보내기")
    await chat.say("소금빵이 새로 나왔어요. 갓 구운 빵 드시러 오세요.")

    said = await chat.say("고치기", shown.quick("고치기")["extra"])

    assert "쓰시던 소식은 이 소식으로 바뀌었어요." in said.texts
    assert "소금빵이 새로 나왔어요." in said.texts


async def test_what_another_owner_has_sent_is_not_sent_again_with_other_words(bot: Bot) -> None:
    """It can still go as news of their own, by one more tap."""
    chat = await owner_of(bot)
    await Office(bot).do("지원금", "30,000 연남빵집")
    await chat.say("고치기", (await chat.say("아이디어")).quick("고치기")["extra"])
    preview = await chat.say("수고 많으셨어요. 소금빵 드시러 오세요.")
    colleague = await bot.books.write(colleague_of, bot.shop_id)
    ((idea_id,),) = await bot.books.read(rows, "SELECT id FROM idea")
    await bot.books.write(take_idea, colleague, bot.shop_id, idea_id, at=bot.clock.at)

    told = await chat.say("보내기", preview.quick("보내기")["extra"])
    count = await bot.books.read(rows, "SELECT count(*) FROM campaign")
    await chat.say("보내기", told.quick("보내기")["extra"])

    assert "이번 주 소식은 그사이에 이미 보내기로 하셨어요." in told.texts
    assert count == [(1,)]
    assert await bot.books.read(rows, "SELECT count(*) FROM campaign") == [(2,)]


async def test_a_bare_yes_sends_nothing(bot: Bot) -> None:
    chat = await owner_of(bot)
    await chat.say("오늘 현황")

    await chat.say("네")

    assert await bot.books.read(rows, "SELECT 1 FROM campaign") == []


async def test_a_customer_can_not_press_an_owners_button(bot: Bot) -> None:
    await owner_of(bot)
    stranger = Chat(bot.client, user="7" * 66, app_user_id="555")

    said = await stranger.say(
        "이대로 보내기", {"do": "owner_idea_send", "shop": str(bot.shop_id), "about": "1"}
    )

    assert "사장님" in said.texts
    assert await bot.books.read(rows, "SELECT state FROM idea") == [("waiting",)]
