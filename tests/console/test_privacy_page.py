"""A shop's privacy page (L54, L60): who holds what, why, until when, and how to end it."""

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.hearing.understanding import Meaning, understand
from console.app import setup
from console.keys import ConsoleSettings
from domain.campaigns import SenderName
from domain.keeping import DUTIES, What
from storage.books import Books
from tests.console.browser import Browser
from tests.console.street import Clock, Street

WORDS_OF_RIGHTS = {
    "내 정보": Meaning.MY_INFO,
    "이름 고치기": Meaning.NAME,
    "내 정보 삭제": Meaning.LEAVE,
    "무료 수신거부": Meaning.STOP,
    "30일 쉬기": Meaning.PAUSE,
    "전화번호 삭제": Meaning.FORGET_PHONE,
    "생일 지우기": Meaning.FORGET_BIRTHDAY,
    "문의하기": Meaning.ENQUIRY,
    "소식 받기": Meaning.AGREE_ADS,
    "쉬기 끝내기": Meaning.RESUME,
}
"""What this page and “왜 받았나요?” tell people to say."""


async def test_it_says_who_holds_what_why_and_until_when(stranger: Browser, street: Street) -> None:
    page = await stranger.get(f"/s/{street.slug}/privacy")

    assert page.status == 200
    for words in (
        "책임지는 곳보람빵집",
        "처리를 맡은 곳단골 서비스 (보람 프로그램)",
        "카카오톡 이용자 식별값, 방문·도장·쿠폰 기록",
        "단골을 그만두실 때까지",
        "거부하실 때까지",
        "답이 끝나고 90일까지",
        DUTIES[What.ADVERTISING_PROOF].ground,
        "따로 6개월",
        "02-123-4567",
        "만 14세부터",
    ):
        assert words in page.words, words
    assert "<script" not in page.html


async def test_the_words_it_tells_people_to_say_are_understood(
    stranger: Browser, street: Street
) -> None:
    """L48: in the chat, where the data was taken, and no harder than joining."""
    page = await stranger.get(f"/s/{street.slug}/privacy")

    assert {words: understand(words) for words in WORDS_OF_RIGHTS} == WORDS_OF_RIGHTS
    told = [words for words in WORDS_OF_RIGHTS if words in page.words]
    assert len(told) >= len(WORDS_OF_RIGHTS) - 3


@pytest.mark.parametrize(
    ("senders", "told"),
    [
        ({"kakao_event"}, []),
        (set(SenderName), ["솔라피(SOLAPI) 카카오톡·문자", "NHN 클라우드(NHN Cloud) 카카오톡"]),
        ({"kakao_event", "solapi", "solapi_alimtalk"}, ["솔라피(SOLAPI) 카카오톡"]),
        ({"kakao_event", "solapi_lms"}, ["솔라피(SOLAPI) 문자"]),
        ({"kakao_event", "nhn_alimtalk"}, ["NHN 클라우드(NHN Cloud) 카카오톡"]),
    ],
)
async def test_everybody_who_takes_phone_numbers_is_named_and_nobody_else(
    console_books: Books, console_clock: Clock, street: Street, senders: set[str], told: list[str]
) -> None:
    app = web.Application()
    settings = ConsoleSettings(
        public_url="http://x", senders=frozenset(SenderName(one) for one in senders)
    )
    setup(app, books=console_books, now=console_clock, settings=settings)
    async with TestClient(TestServer(app)) as client:
        text = await (await client.get(f"/s/{street.slug}/privacy")).text()

    found = re.findall(r"<br>([^<]+)<br><small>전화번호를 남기신 분께 ([^<]+) 전달</small>", text)
    assert [" ".join(one) for one in found] == told


async def test_an_unknown_shop_has_none(stranger: Browser, street: Street) -> None:
    assert (await stranger.get("/s/none/privacy")).status == 404
