"""The manager's desk: every won, every shop, and nothing of other programs."""

import re

import pytest

from domain.visits import Place
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import find_shop_by_slug, get_shop
from storage.queries.visits import find_place
from tests.console.browser import Browser, Browsers
from tests.console.desk import fill_pot, market_of, open_second_market
from tests.console.street import (
    Clock,
    Street,
    add_regulars,
    book_news,
    give_grant,
    report_all,
)
from tests.factories import change, make_shop

NEW_SHOP = {
    "channel": "1",
    "name": "은혜떡방",
    "trade": "떡집",
    "slug": "eunhye",
    "contact": "02-555-1234",
}


@pytest.fixture
async def busy(console_books: Books, street: Street) -> Street:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 10)
    await console_books.write(book_news, street)
    await console_books.write(report_all, 8, 2)
    return street


async def test_the_overview_shows_where_every_won_is(manager: Browser, busy: Street) -> None:
    words = (await manager.get("/manager")).words

    for tile in ("예산 10,000,000원", "지급 300,000원", "예약 0원", "사용 132원", "소멸 0원"):
        label, amount = tile.split()
        assert re.search(rf"{label} ?{amount}", words), tile
    assert re.search(r"남음 ?9,999,868원", words)


async def test_the_overview_says_what_is_not_started_and_what_the_program_told(
    manager: Browser, street: Street, console_books: Books
) -> None:
    """Else neither what was granted nor what was spent would add up with the shops below."""
    await console_books.write(give_grant, street, is_started=False)
    for kind, name in (("operating", "credits"), ("operating", "debits"), ("spent", "credits")):
        sql = f"UPDATE account SET {name}_posted = 500 WHERE kind = '{kind}'"
        await console_books.write(change, sql)
    words = (await manager.get("/manager")).words

    assert "그중 시작 전 300,000원" in words
    assert "시작 전 300,000원" in words.partition("마지막 소식")[2]
    assert "가게 소식 0원 + 운영 알림 5원" in words


async def test_the_overview_shows_each_shop(manager: Browser, busy: Street) -> None:
    words = (await manager.get("/manager")).words

    assert "보람빵집 빵집 보람시장 10 10 방금" in words
    assert "299,868원" in words


async def test_a_shop_that_sent_nothing_for_two_weeks_is_marked(
    manager: Browser, busy: Street, console_clock: Clock
) -> None:
    assert "잠자는 가게" not in (await manager.get("/manager")).words

    console_clock.pass_(days=14, minutes=1)

    assert "잠자는 가게" in (await manager.get("/manager")).words


async def test_a_shops_sheet_shows_its_grants_news_and_owners(
    manager: Browser, busy: Street
) -> None:
    words = (await manager.get(f"/manager/shops/{busy.shop_id}")).words

    for expected in ("보람빵집", "쓰는 중", "오늘 3시 식빵 나와요", "김보람", "132원"):
        assert expected in words


async def test_another_programs_shop_is_not_there(
    browsers: Browsers, other_street: Street, street: Street, console_books: Books
) -> None:
    neighbor = await browsers.open(other_street.manager)
    sheet = f"/manager/shops/{street.shop_id}"

    pages = [
        await neighbor.get(sheet),
        await neighbor.submit("/manager/shops/new", f"{sheet}/invitations", {"name": "도둑"}),
        await neighbor.submit(
            "/manager/shops/new",
            f"{sheet}/grants",
            {"amount": "1000", "start_by": "2026-12-07", "expires_at": "2027-01-22"},
        ),
        await neighbor.submit("/manager/shops/new", f"{sheet}/place", {"place": "37.5, 127.0"}),
    ]

    assert [page.status for page in pages] == [404] * 4
    assert "보람빵집" not in (await neighbor.get("/manager")).words


async def test_an_invitation_link_is_shown_once_and_works(
    manager: Browser, busy: Street, stranger: Browser
) -> None:
    sheet = f"/manager/shops/{busy.shop_id}"

    page = await manager.submit(sheet, f"{sheet}/invitations", {"name": "박새로"})

    found = re.search(r"http://127\.0\.0\.1:8080(/join/[\w-]+)", page.words)
    assert found
    assert found[1] not in (await manager.get(sheet)).html
    assert "박새로 사장님" in (await stranger.get(found[1])).words


async def test_an_invitation_without_a_name_gets_a_sentence(manager: Browser, busy: Street) -> None:
    sheet = f"/manager/shops/{busy.shop_id}"

    page = await manager.submit(sheet, f"{sheet}/invitations", {"name": " "})

    assert page.status == 422
    assert "이름을" in page.words
    assert "/join/" not in page.html


async def test_a_manager_opens_a_shop(
    manager: Browser, street: Street, console_books: Books
) -> None:
    opened = await manager.submit("/manager/shops/new", "/manager/shops", NEW_SHOP)

    shop = await console_books.read(find_shop_by_slug, "eunhye")
    assert shop is not None
    assert opened.location == f"/manager/shops/{shop.shop_id}"
    assert "가게를 열었어요" in (await manager.get(opened.location)).words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"channel": "2"}, "어느 톡채널"),
        ({"channel": "가"}, "어느 톡채널"),
        ({"name": ""}, "매장 이름을 적어 주세요"),
        ({"name": "가" * 21}, "20자까지"),
        ({"trade": ""}, "업종을"),
        ({"trade": "가" * 21}, "업종을"),
        ({"slug": "Eun Hye"}, "영문 소문자"),
        ({"slug": "bakery-1"}, "이미 쓰는 주소"),
        ({"contact": "전화"}, "전화번호 모양"),
    ],
)
async def test_a_wrong_shop_gets_a_sentence_and_keeps_the_words(
    manager: Browser,
    street: Street,
    other_street: Street,
    changes: dict[str, str],
    sentence: str,
) -> None:
    """Channel 2 is another program's."""
    page = await manager.submit("/manager/shops/new", "/manager/shops", {**NEW_SHOP, **changes})

    assert page.status == 422
    assert sentence in page.words
    assert page.value("contact") == changes.get("contact", NEW_SHOP["contact"])


async def test_a_shops_place_is_kept_as_a_map_copies_it(
    manager: Browser, street: Street, console_books: Books
) -> None:
    page = f"/manager/shops/{street.shop_id}"

    saved = await manager.submit(page, f"{page}/place", {"place": "37.5561, 126.9061"})
    place = await console_books.read(find_place, street.shop_id)
    wrong = await manager.submit(page, f"{page}/place", {"place": "126.9061, 37.5561"})

    assert saved.status == 303
    assert place == Place(37.5561, 126.9061)
    assert wrong.status == 422
    assert "위도, 경도를 적어 주세요" in wrong.words


async def test_the_overview_is_sought_through(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    across = await console_books.write(open_second_market, busy)

    async def lines(query: str) -> str:
        return (await manager.get(f"/manager?{query}")).words.partition("마지막 소식")[2]

    assert "보람빵집" in await lines("")
    assert "건너떡집" in await lines("")
    assert "보람빵집" not in await lines(f"market={across.market_id}")
    assert "건너떡집" not in await lines("q=빵")
    assert "찾는 가게가 없어요" in await lines("q=없는집")
    assert "찾는 가게가 없어요" in await lines("page=2")
    for odd in ("market=가&cohort=-1&page=0", f"market=&page={'9' * 15}", f"q={'가' * 300}"):
        assert (await manager.get(f"/manager?{odd}")).status == 200
    assert (await manager.get("/manager?market=99")).status == 404


async def test_a_markets_money_adds_up_on_its_own(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    market = await console_books.read(market_of, busy)
    await console_books.write(fill_pot, busy.program_id, market.market_id)

    words = (await manager.get(f"/manager?market={market.market_id}")).words

    assert "예산" not in words
    for tile in ("지급1,300,000원", "예약0원", "사용132원", "소멸0원", "남음1,299,868원"):
        assert tile in words, tile
    assert "공동 지원금1,000,000원" in words


async def test_a_long_overview_has_pages(
    manager: Browser, street: Street, console_books: Books
) -> None:
    def open_many(tx: Tx) -> None:
        shop = get_shop(tx, street.shop_id)
        for number in range(100):
            make_shop(tx, shop.market_id, shop.channel_id, name=f"집{number}", slug=f"s{number}")

    await console_books.write(open_many)
    first = await manager.get("/manager?q=")
    second = await manager.get("/manager?page=2")

    assert "가게 101곳" in first.words
    assert "1 / 2쪽" in first.words
    assert 'href="/manager?page=2"' in first.html
    assert "집98" in first.words
    assert "집99" not in first.words
    assert "집99" in second.words
    assert "다음 100곳" not in second.words
