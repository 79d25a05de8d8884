"""What is a question to the owner while one is awaited, and what is not."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from storage.models.questions import Enquiry
from tests.bot.conftest import Bot

ASKED = select(col(Enquiry.id))


@pytest.mark.parametrize(
    "words",
    [
        "초등학생 할인 있나요?",
        "3만원 미만도 배달 되나요?",
        "취소 가능한가요?",
        "나중에 찾으러 가도 되나요?",
        "괜찮은 케이크 추천해 주세요",
        "싫어하는 재료 빼고 만들 수 있나요?",
        "네 감사합니다 그런데 딸기 케이크도 예약 되나요?",
        "문의드려요 딸기 케이크 2호 예약 되나요?",
    ],
)
async def test_a_question_that_sounds_like_a_no_is_passed_on(bot: Bot, words: str) -> None:
    chat = await bot.joined()
    await chat.say("문의하기")
    said = await chat.say(words)

    assert f"“{words}”" in said.texts
    assert len(await bot.rows(ASKED)) == 1


@pytest.mark.parametrize("words", ["네", "응", "문의", "문의할게요", "문의드릴 게 있습니다"])
async def test_who_only_says_that_there_is_something_is_asked_again(bot: Bot, words: str) -> None:
    chat = await bot.joined()
    await chat.say("문의하기")
    said = await chat.say(words)

    assert "무엇을 여쭤볼까요?" in said.texts
    assert await bot.rows(ASKED) == []


@pytest.mark.parametrize(
    ("words", "answered"),
    [
        ("내 정보 모두 삭제해 주세요", "모두 지울까요?"),
        ("단골 탈퇴할게요 정보도 지워 주세요", "모두 지울까요?"),
        ("제 개인정보 보여주세요", "연남빵집"),
        ("전화번호 지워 주세요 부탁드립니다", "남기신 전화번호를 지웠어요"),
        ("등록한 생일을 지워 주시기 바랍니다", "남기신 생일이 없어요"),
    ],
)
async def test_a_right_is_no_question_to_the_owner(bot: Bot, words: str, answered: str) -> None:
    """L48, L49: answered here, at once, however it is said."""
    chat = await bot.joined()
    await chat.say("010-1234-5678")
    await chat.say("문의하기")
    said = await chat.say(words)

    assert answered in said.texts
    assert await bot.rows(ASKED) == []


@pytest.mark.parametrize(
    "words", ["도장 찍어 주세요", "내 도장", "쿠폰 쓸게요", "아니요", "감사합니다"]
)
async def test_a_command_and_a_no_are_none_either(bot: Bot, words: str) -> None:
    chat = await bot.joined()
    await chat.say("문의하기")
    await chat.say(words)

    assert await bot.rows(ASKED) == []


async def test_typed_words_go_to_the_owner_as_they_are(bot: Bot) -> None:
    """Also under the question of something else."""
    chat = await bot.joined()
    await chat.say("전화번호 남기기")
    said = await chat.say("유모차도 주차할 데 있나요?")

    assert "“유모차도 주차할 데 있나요?”" in said.texts
