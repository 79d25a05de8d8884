"""Shops of a street, named as people type."""

from typing import NamedTuple

import pytest

from bot.hearing.shop_names import name_like
from tests.bot.conftest import Bot, add_shop


class Shop(NamedTuple):
    name: str


NAMES = (
    *("연남빵집", "성산꽃집", "할머니떡집", "망원떡방", "홍대김밥", "수색정육점", "도장나라"),
    *("안녕국수", "은혜약국", "오복식당", "서교반찬", "미소세탁소", "영희분식", "영희네반찬"),
)
STREET = [Shop(name) for name in NAMES]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("떡 집", ["할머니떡집"]),
        ("떡찝", ["할머니떡집"]),
        ("연남빵찝 도장", ["연남빵집"]),
        ("연남 빵찝 단골 할래요", ["연남빵집"]),
        ("연냠빵집이요", ["연남빵집"]),
        ("오복식땅 메뉴", ["오복식당"]),
        ("세탁소 전화번호", ["미소세탁소"]),
        ("ㅇㅗㅂㅗㄱ식당", ["오복식당"]),
        ("반찬 가게", ["서교반찬", "영희네반찬"]),
        ("영희", ["영희분식", "영희네반찬"]),
        ("도장", []),
        ("도장 받기", []),
        ("네", []),
        ("내 정보 보여줘", []),
        ("영업시간 알려 주세요", []),
        ("오늘 비 오는데 사람 많아요?", []),
        ("010-1234-5678", []),
        ("", []),
    ],
)
def test_a_name_is_recognised_when_misspelt_or_shortened(words: str, names: list[str]) -> None:
    assert [shop.name for shop in name_like(words, STREET)] == names


def test_the_better_name_comes_first() -> None:
    shops = [Shop("연남빵집"), Shop("연남빵집 이호점"), Shop("연남방앗간")]

    assert name_like("연남빵찝 이호점", shops)[0].name == "연남빵집 이호점"


async def test_a_near_name_is_taken_and_two_near_ones_are_asked(bot: Bot) -> None:
    for name in ("성산떡집", "망원떡집", "수색정육점"):
        await bot.books.write(add_shop, bot.market_id, bot.channel_id, name)
    chat = bot.chat

    assert "연남빵집 단골이 되시겠어요" in (await chat.say("연남빵찝 단골 할래요")).texts
    await chat.say("도움말")
    asked = await chat.say("떡 찝 단골 할래요")
    assert sorted(asked.labels) == ["망원떡집", "성산떡집"]
    assert "망원떡집 단골이 되시겠어요" in (await chat.say("망언떡찝이요")).texts


async def test_who_was_just_asked_about_is_meant_before_a_near_name(bot: Bot) -> None:
    """A yes is never moved to another shop by the sound of a word."""
    await bot.books.write(add_shop, bot.market_id, bot.channel_id, "네일샵 루나")
    chat = bot.chat
    await chat.say("연남빵집 단골 할래요")

    assert "연남빵집 단골이 되셨어요" in (await chat.say("네 맞아요")).texts
