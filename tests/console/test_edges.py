"""What no browser would send, a bug, and how numbers and instants are said."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from console.errors import errors_as_pages
from console.pages import ago, at_time, moment, on_day, phone, spoken, until_day
from tests.console.browser import Browser
from tests.console.street import MONDAY_TEN

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"csrf=\xff\xfe", FORM),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"no parts", "multipart/form-data"),
        (b"a=b", f"{FORM}; charset=none"),
        (b'{"csrf": 1}', "application/json"),
    ],
)
async def test_a_broken_form_is_answered_with_a_page(
    owner: Browser, body: bytes, kind: str
) -> None:
    response = await owner.client.post("/owner/shop", data=body, headers={"Content-Type": kind})

    assert response.status in (400, 403, 415)
    assert "<h1>" in await response.text()


async def test_a_bug_is_a_page_that_says_sorry(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_request: web.Request) -> web.Response:
        raise ZeroDivisionError

    app = web.Application(middlewares=[errors_as_pages])
    app.router.add_get("/", fail)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/")

        assert response.status == 500
        assert "저희 쪽에 문제가" in await response.text()
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "방금"),
        (timedelta(minutes=5), "5분 전"),
        (timedelta(hours=3), "3시간 전"),
        (timedelta(hours=11), "어제"),
        (timedelta(days=12), "12일 전"),
        (timedelta(days=40), "10월 14일 (수)"),
    ],
)
def test_how_long_ago(before: timedelta, words: str) -> None:
    assert ago(MONDAY_TEN - before, MONDAY_TEN) == words


def test_instants_are_said_in_korean_time() -> None:
    midnight = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)

    assert on_day(midnight) == "12월 1일 (화)"
    assert until_day(midnight) == "11월 30일 (월)"
    assert at_time(midnight) == "오전 12:00"
    assert at_time(midnight + timedelta(hours=12)) == "오후 12:00"
    assert moment(MONDAY_TEN) == "11월 23일 (월) 오전 10:00"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("0212345678", "02-1234-5678"),
        ("02-123-4567", "02-123-4567"),
        ("01012345678", "010-1234-5678"),
        ("0311234567", "031-123-4567"),
        ("1588-1234", "1588-1234"),
    ],
)
def test_a_number_is_shown_as_it_is_spoken(typed: str, shown: str) -> None:
    assert phone(typed) == shown


def test_a_text_is_read_with_a_place_for_the_name() -> None:
    assert spoken("#{고객명}님, 안녕하세요") == "단골님, 안녕하세요"
