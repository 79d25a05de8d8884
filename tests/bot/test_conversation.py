"""Greeting, help, information, several shops in one channel, and what was not understood."""

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.conversation import BY_BLOCK, MEANT, PRESSED
from bot.hearing.understanding import Meaning
from domain.people import ShopId
from storage.models.customers import ConsentChoice, Customer, Membership
from tests.bot.conftest import Bot, add_channel, add_shop

FOLDED_AT = 500
"""KakaoTalk folds what a bubble says beyond."""

COUNTS = select(
    select(func.count(col(Customer.id))).scalar_subquery(),
    select(func.count()).select_from(Membership).scalar_subquery(),
    select(func.count(col(ConsentChoice.id))).scalar_subquery(),
)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("안녕하세요~", "매일 아침 굽는 빵집이에요."),
        ("도움말", "'무료 수신거부'"),
        ("몇 시까지 해요?", "매일 9시–20시"),
        ("내 정보", "아직 단골이 아니셔서"),
        ("탈퇴할래요", "저장된 단골 정보가 없어요"),
        ("내 도장", "아직 모은 도장이 없어요"),
        ("내 쿠폰", "지금 쓸 수 있는 쿠폰이 없어요"),
        ("쿠폰 쓸게요", "지금 쓸 수 있는 쿠폰이 없어요"),
        ("도장 알림 꺼 주세요", "보내 드리는 알림이 없어요"),
        ("생일 남기기", "단골만 남기실 수 있어요"),
        ("아무말 대잔치", "잘 못 알아들었어요"),
        ("", "잘 못 알아들었어요"),
        ("네", "잘 못 알아들었어요"),
    ],
)
async def test_a_stranger_gets_an_answer_and_a_way_on(bot: Bot, words: str, part: str) -> None:
    said = await bot.chat.say(words)

    assert part in said.texts
    assert {"도장 받기", "단골 되기", "매장 안내", "문의하기", "도움말"} <= set(said.labels)


async def test_a_regular_is_greeted_as_one(bot: Bot) -> None:
    chat = await bot.joined()
    said = await chat.say("안녕하세요")

    assert "연남빵집 단골" in said.texts
    assert said.labels == [
        "도장 받기",
        "내 도장",
        "내 쿠폰",
        "내 정보",
        "매장 안내",
        "문의하기",
        "알림 설정",
        "무료 수신거부",
        "도움말",
    ]


async def test_my_info_shows_all_that_is_held(bot: Bot) -> None:
    """L48: since when, consents with dates, what for, until when, how to end it."""
    chat = await bot.joined()
    await chat.say("01012345678")
    bot.clock.pass_(days=3)
    said = await chat.say("내 정보 보여 주세요")

    card = said.body["template"]["outputs"][0]["itemCard"]
    assert card["head"] == {"title": "연남빵집"}
    assert [(one["title"], one["description"]) for one in card["itemList"]] == [
        ("단골", "2026년 11월 22일부터"),
        ("방문", "0번"),
        ("도장", "없음"),
        ("쿠폰", "0장"),
        ("소식", "2026년 11월 22일부터 받는 중"),
        ("도장 알림", "받는 중"),
        ("전화번호", "010-****-5678"),
        ("생일", "남기지 않음"),
    ]
    ways = said.body["template"]["outputs"][1]["simpleText"]["text"]
    assert ways.splitlines()[1] == "· 단골 그만두고 모두 지우기: '내 정보 삭제'"
    assert card["buttons"][0]["label"] == "내 정보 삭제"
    assert all(
        word in said.texts
        for word in (
            "2026년 11월 22일 광고 수신 동의",
            "전화번호 동의",
            "쓰는 곳과 기간",
            "소식 보내기와 번호로 도장 찍기",
            "'무료 수신거부'",
            "'전화번호 삭제'",
            "02-345-6789",
        )
    )


async def test_my_info_after_many_choices_still_fits(bot: Bot) -> None:
    chat = await bot.joined()
    for _ in range(20):
        await chat.say("수신거부")
        await chat.press("다시 받을래요")
    said = await chat.say("내 정보")
    pages = [await chat.press("내 기록 모두 보기")]
    while "이어서 보기" in pages[-1].labels:
        pages.append(await chat.press("이어서 보기"))
    record = "".join(page.texts for page in pages)

    assert said.body["template"]["outputs"][0]["itemCard"]["head"]["title"] == "연남빵집"
    ways = said.body["template"]["outputs"][1]["simpleText"]["text"]
    assert len(ways) <= FOLDED_AT
    assert "그 밖에 38건: '내 기록 모두 보기'" in ways
    assert len(pages) > 1
    assert "[동의 내역 42건]" in record
    assert record.count("광고 수신 철회") == 20
    assert "[동의 내역 42건]" in (await chat.say("내 기록 모두 보기")).texts


async def test_someone_whose_shops_are_several_is_asked_which(bot: Bot) -> None:
    second = await bot.books.write(
        add_shop, bot.market_id, bot.channel_id, "성산꽃집 & 작은 식물 가게"
    )
    chat = bot.chat
    asked = await chat.say("단골 되기")
    assert asked.labels == ["연남빵집", "성산꽃집 & 작은 식물…"]
    assert "성산꽃집 & 작은 식물 가게 단골이" in (await chat.press("성산꽃집 & 작은 식물…")).texts
    await chat.press("네, 14세 이상이에요")

    shops = await bot.rows(select(col(Membership.shop_id)))
    assert shops == [(second,)]


async def test_a_shop_may_be_named_in_words(bot: Bot) -> None:
    await bot.books.write(add_shop, bot.market_id, bot.channel_id, "성산꽃집")
    chat = bot.chat

    assert "연남빵집 단골이 되시겠어요" in (await chat.say("연남 빵집 단골 할래요")).texts
    assert '"title":"성산꽃집"' in (await chat.say("성산꽃집 어디예요?")).texts
    await chat.say("단골 되기")
    assert "성산꽃집 단골이 되시겠어요" in (await chat.say("성산꽃집이요")).texts


async def test_a_street_of_many_shops_lists_ten_and_takes_names(bot: Bot) -> None:
    for number in range(14):
        await bot.books.write(add_shop, bot.market_id, bot.channel_id, f"가게 {number:02}")
    chat = bot.chat
    said = await chat.say("단골 되기")

    assert len(said.labels) == 10
    assert "가게 이름을 적어 주세요" in said.texts
    assert "가게 13 단골이" in (await chat.say("가게 13")).texts
    assert "15곳의 가게" in (await chat.say("안녕")).texts


async def test_a_shop_of_another_channel_is_not_found(bot: Bot) -> None:
    """A button cannot be made to reach across channels; nothing of the turn is kept."""
    other = await bot.books.write(add_channel, bot.market_id, bot_id="b2", public_id="_b2")
    foreign = await bot.books.write(add_shop, bot.market_id, other, "남의 가게")
    said = await bot.chat.say("단골 되기", {"do": "of_age", "shop": str(foreign)})

    assert said.status == 200
    assert "여기에 없어요" in said.texts
    assert await bot.rows(COUNTS) == [(0, 0, 0)]


@pytest.mark.parametrize("do", [*PRESSED, "no_such_thing", "", "__class__"])
@pytest.mark.parametrize("shop", [None, "0", "1", "99999", "-1", "한", "9" * 30])
async def test_no_button_breaks_anything(bot: Bot, do: str, shop: str | None) -> None:
    said = await bot.chat.say("눌렀어요", {"do": do, "shop": shop})

    assert said.status == 200
    assert "문제가 생겨서" not in said.texts
    assert said.labels


async def test_a_channel_without_shops_still_answers(bot: Bot) -> None:
    await bot.books.write(add_channel, bot.market_id, bot_id="empty", public_id="_empty")
    chat = bot.chat
    chat.bot_id = "empty"
    for words in ("안녕", "단골 되기", "내 정보", "영업시간", "수신거부", "탈퇴", "도움말", "?"):
        assert "문제가 생겨서" not in (await chat.say(words)).texts, words


def test_each_meaning_has_a_handler() -> None:
    assert set(MEANT) == set(Meaning)
    assert ShopId(1) == 1


def test_a_block_may_begin_a_conversation_and_answer_none() -> None:
    """L42: what answers a question is nothing without the text that was shown before it."""
    answers = {"of_age", "of_age_stamp", "not_of_age", "ads_yes", "ads_no", "erase", "erase_no"}

    assert set(PRESSED) >= BY_BLOCK
    assert not answers & BY_BLOCK
    assert answers <= set(PRESSED)
