"""The buttons of staff typed by hand and words nobody knows: never the text of an advertisement."""

import re
from dataclasses import replace

import pytest

from bot.words import FOLDER, say
from tests.bot.conftest import Bot
from tests.bot.test_owner import paired, place
from tests.factories import rows

__all__ = ["place"]
NAMES = re.findall(r"block (\w+)", (FOLDER / "owner_buttons.j2").read_text(encoding="utf-8"))
LABELS = {say("owner_buttons", name) for name in NAMES}
NUMBERED = {"1번 답하기", "2번 답하기", "1번 취소", "2번 취소", "쿠폰 1234 쓰기"}
SALE = "오늘 식빵 20% 할인"
OPEN = {
    "body": ["보내기"],
    "edit": [f"{SALE} 보내줘", "고치기"],
    "preview": [f"{SALE} 보내줘"],
    "time": [f"{SALE} 보내줘", "시간 정하기"],
    "idea_when": ["아이디어"],
    "stamp": ["도장 찍기"],
    "coupon": ["쿠폰 사용"],
    "part": ["연결 끊기"],
    "none": ["오늘"],
}


@pytest.mark.parametrize("question", OPEN)
async def test_no_label_becomes_news(place: Bot, question: str) -> None:
    chat = await paired(place)

    for label in sorted(LABELS | NUMBERED):
        for words in OPEN[question]:
            await chat.say(words)
        said = await chat.say(label)
        bodies = await place.books.read(rows, "SELECT body FROM chat_draft")
        sent = await place.books.read(rows, "SELECT body FROM campaign")

        assert said.status == 200
        assert {body for (body,) in (*bodies, *sent)} <= {SALE}, label
        if label == say("owner_buttons", "owner_part") and question == "part":
            break


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("뷁뷁뷁", "사장님, 그 말은 아직 못 알아들어요."),
        ("안녕", "오늘은 방문 0번"),
        ("예약한거 보여줘", "예약한 소식이 없어요"),
        ("손님이 뭐 물어봤어?", "답을 기다리는 문의가 없어요"),
        ("단골 몇명이야", "지금까지 모인 단골 1명"),
        ("이번달에 얼마썼어", "남은 지원금은"),
        ("사장님 메뉴", "이렇게 말씀해 주시면 돼요"),
        ("쿠폰", "손님 쿠폰 화면의 네 자리"),
        ("더 보기", "아래에서 골라 주세요"),
    ],
)
async def test_an_owner_is_answered_as_an_owner(place: Bot, words: str, told: str) -> None:
    chat = await paired(place)

    said = await chat.say(words)

    assert told in said.texts
    assert "사장님께 전하기" not in said.labels
    assert len(said.labels) == len(set(said.labels)) <= 10


async def test_after_a_wrong_number_the_question_stays_open(place: Bot) -> None:
    chat = await paired(place)
    await chat.say("도장 찍기")
    wrong = await chat.say("0000")

    left = await chat.say("그만")

    assert "그런 번호가 없어요" in wrong.texts
    assert "그대로 둘게요" in left.texts


async def test_one_booked_is_shown_before_it_is_canceled(place: Bot) -> None:
    chat = await paired(place)
    await chat.say(f"내일 3시에 보내줘: {SALE}")
    await chat.press("보내기")
    money = await chat.say("남은 지원금")

    asked = await chat.say("1번 취소")
    before = await place.books.read(rows, "SELECT state FROM campaign")
    done = await chat.say("네, 취소해요")

    assert "예약한 소식에 쓸 돈" in money.texts
    assert "내일 오후 3시에 보낼 소식을 취소할까요?" in asked.texts
    assert before == [("booked",)]
    assert "취소했어요" in done.texts


async def test_more_stamps_than_the_card_gives_are_explained(place: Bot) -> None:
    chat = await paired(place)
    customer = replace(place.chat)
    code = re.findall(r"\d(?: ?\d){3}", (await customer.say("도장 받기")).texts)[0]

    said = await chat.say(f"{code.replace(' ', '')} 다섯 개")

    assert "한 번 오실 때 한 번만 찍어요" in said.texts
    assert "두 개" not in (await chat.say("도장 찍기")).texts
