"""An old paper list: looked at first, taken over when confirmed, once."""

import re

import pytest

from storage.books import Books
from tests.console.browser import Browser, Page, token_on
from tests.console.counting import put_card
from tests.console.street import Clock, Street
from tests.factories import rows

PAGE = "/owner/paper"
LIST = """단골 목록,,
이름,휴대폰,도장
김철수,010-1234-5678,7
이영희,010-2345-6789,3개
박없음,,2
최이상,02-123-4567,2
"""
PEOPLE = (
    "SELECT membership.name FROM membership JOIN customer ON customer.id = customer_id"
    " WHERE bot_user_key LIKE 'paper:%' ORDER BY customer_id"
)


@pytest.fixture
async def with_card(street: Street, console_books: Books, console_clock: Clock) -> None:
    await console_books.write(put_card, street.shop_id, console_clock.at, 10)


async def look(owner: Browser, text: str = LIST) -> Page:
    return await owner.submit(PAGE, PAGE, files={"sheet": text.encode("cp949")})


async def confirm(owner: Browser, preview: Page) -> Page:
    fields = {"csrf": token_on(preview), "list": preview.value("list")}
    return await owner.post(f"{PAGE}/confirm", fields)


@pytest.mark.usefixtures("with_card")
async def test_looking_names_each_bad_line_and_writes_nothing(
    owner: Browser, console_books: Books
) -> None:
    page = await look(owner)

    assert page.status == 200
    assert "2명 · 도장 10개" in page.words
    assert re.search("5번째 줄 전화번호가 없어요 ?박없음", page.words)
    assert re.search("6번째 줄 휴대폰 번호 모양이 아니에요 ?최이상", page.words)
    assert "010-****-5678" in page.words
    assert await console_books.read(rows, PEOPLE) == []


@pytest.mark.usefixtures("with_card")
async def test_confirmed_it_is_taken_over_once(owner: Browser, console_books: Books) -> None:
    preview = await look(owner)
    done = await confirm(owner, preview)
    again = await confirm(owner, preview)
    later = await look(owner)

    assert "새 단골2명" in done.words.replace(" 명", "명")
    assert "찍어 드린 도장10개" in done.words
    assert "전에 옮긴 분2명" in again.words
    assert "찍어 드린 도장0개" in again.words
    assert "전에 옮긴 2명은 도장을 다시 드리지 않아요" in later.words
    assert await console_books.read(rows, PEOPLE) == [("김철수",), ("이영희",)]
    total = "SELECT sum(stamps) FROM tally"
    assert await console_books.read(rows, total) == [(10,)]


async def test_without_a_card_it_says_what_comes_first(
    owner: Browser, street: Street, console_books: Books
) -> None:
    preview = await look(owner)
    token = token_on(await owner.get(PAGE))
    pressed = await owner.post(f"{PAGE}/confirm", {"csrf": token, "list": LIST})

    assert "도장 카드가 먼저 있어야 해요" in preview.words
    assert "명 옮기기" not in preview.words
    assert pressed.status == 422
    assert await console_books.read(rows, PEOPLE) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "빈 파일이에요"),
        ("PK\x03\x04 broken", "열 수 없는 파일이에요"),
        ("이름,도장\n김,1\n", "‘전화번호’라고 적힌"),
        ("전화\n", "손님이 없어요"),
    ],
)
async def test_a_file_without_a_list_gets_a_sentence(
    owner: Browser, street: Street, text: str, sentence: str
) -> None:
    page = await look(owner, text)

    assert page.status == 422
    assert sentence in page.words


async def test_without_a_file_it_asks_for_one(owner: Browser, street: Street) -> None:
    page = await owner.submit(PAGE, PAGE)

    assert page.status == 422
    assert "파일을 먼저 골라 주세요" in page.words


@pytest.mark.usefixtures("with_card")
async def test_looking_says_what_coupons_the_stamps_earn(owner: Browser) -> None:
    listed = "이름,휴대폰,도장\n김철수,010-1234-5678,9\n이영희,010-2345-6789,23\n"
    preview = await look(owner, listed)
    await confirm(owner, preview)

    again = await look(owner, listed)

    assert "도장 23개: 쿠폰 2장이 생겨요" in preview.words
    assert preview.words.count("장이 생겨요") == 1
    assert "장이 생겨요" not in again.words


@pytest.mark.usefixtures("with_card")
async def test_the_last_visit_of_a_list_is_shown_among_the_regulars(owner: Browser) -> None:
    listed = "이름,휴대폰,도장,마지막 방문\n김철수,010-1234-5678,7,2026-11-10\n"
    await confirm(owner, await look(owner, listed))

    page = await owner.get("/owner/regulars")
    link = re.search(r'href="(/owner/regulars/\d+)"', page.html)
    assert link
    regular = await owner.get(link[1])

    assert "마지막 13일 전" in page.words
    assert "종이 목록에 적힌 마지막 방문: 13일 전" in regular.words


@pytest.mark.usefixtures("with_card")
async def test_what_comes_back_from_the_form_is_looked_at_again(
    owner: Browser, console_books: Books
) -> None:
    """A form may say anything: bad lines are left out, a broken list is refused."""
    token = token_on(await owner.get(PAGE))
    bad = "이름,전화번호,도장\n김,010-1234-5678,9999\n"

    await owner.post(f"{PAGE}/confirm", {"csrf": token, "list": bad})
    broken = await owner.post(f"{PAGE}/confirm", {"csrf": token, "list": ""})

    assert broken.status == 422
    assert await console_books.read(rows, PEOPLE) == []
