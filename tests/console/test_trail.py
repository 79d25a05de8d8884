"""The trail of money as a manager clicks it: forward from a grant, back from a transfer."""

import re

import pytest
import pytest_asyncio

from domain.money import won
from domain.people import MarketId, Role
from storage.books import Books
from storage.queries.trail import ROWS_MAX
from subsidy.operating import fund_operating
from tests.console.browser import Browser, Browsers, Page
from tests.console.desk import fill_pot, hire, market_of, open_second_market
from tests.console.street import (
    MONDAY_TEN,
    Street,
    add_regulars,
    book_news,
    give_grant,
    report_all,
)
from tests.factories import change, rows

PEOPLE = ROWS_MAX + 2
PRIVATE = "박비밀"


@pytest_asyncio.fixture
async def busy(console_books: Books, street: Street) -> Street:
    """A grant that paid for one piece of news to more people than a page holds."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, PEOPLE)
    await console_books.write(change, "UPDATE membership SET name = :name", name=PRIVATE)
    await console_books.write(book_news, street)
    await console_books.write(report_all, PEOPLE - 2, 2)
    await console_books.write(
        change, "UPDATE chunk SET provider_ref = 'task-77', started_at = settled_at"
    )
    return street


def links(page: Page, kind: str) -> list[str]:
    """The addresses of this kind on a page, each once, in their order."""
    return list(dict.fromkeys(re.findall(rf'href="(/manager/trail/{kind}/\d+)"', page.html)))


async def follow(browser: Browser, start: str, *kinds: str) -> Page:
    """Clicks the last link of each kind in turn."""
    page = await browser.get(start)
    for kind in kinds:
        found = links(page, kind)
        assert found, f"no {kind} on this page: {page.words[:300]}"
        page = await browser.get(found[-1])
    assert page.status == 200
    return page


async def test_a_grant_leads_to_the_person_and_the_providers_receipt(
    manager: Browser, busy: Street
) -> None:
    grant = await manager.get("/manager/trail/grants/1")
    account = await manager.get(grant.location)
    chunk = await follow(manager, grant.location, "campaigns", "chunks")
    message = await follow(manager, grant.location, "campaigns", "chunks", "messages")

    assert "보람빵집" in account.words
    assert f"{PEOPLE}명 중 받음 {PEOPLE - 2}명, 전달 못 함 2명" in chunk.words
    for expected in ("접수 번호task-77", "손님 번호", "결과받음", "값16.5원"):
        assert expected in message.words, message.words


async def test_a_chunk_shows_its_money_with_the_balances_around_it(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    """Held for all, posted for who got it, the rest given back: 52 and 50 people at 16.5."""
    chunk = await follow(manager, "/manager/trail/campaigns/1", "chunks")

    for words in (
        "메시지값 · 예약858원",
        "300,000원 → 299,142원",
        "메시지값 · 사용825원",
        "0원 → 825원",
        "메시지값 · 예약 풀림33원",
        "299,142원 → 299,175원",
    ):
        assert words in chunk.words, words


async def test_a_transfer_leads_back_to_grant_campaign_and_people(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    ((posted, hold),) = await console_books.read(
        rows, "SELECT id, hold_id FROM transfer WHERE phase = 'post'"
    )
    address = f"/manager/trail/transfers/{posted}"

    page = await follow(manager, address)

    assert f"/manager/trail/transfers/{hold}" in links(page, "transfers")
    assert (await follow(manager, address, "campaigns")).words.count("오늘 3시 식빵 나와요") == 1
    assert "task-77" in (await follow(manager, address, "chunks")).words
    assert "돈의 움직임" in (await follow(manager, address, "accounts")).words
    back = await follow(manager, f"/manager/trail/transfers/{hold}")
    assert address in links(back, "transfers")


async def test_a_providers_reference_is_found(manager: Browser, busy: Street) -> None:
    found = await manager.get("/manager/trail?ref=+task-77+")
    missing = await manager.get("/manager/trail?ref=task-78")

    assert found.status == 303
    assert "접수 번호task-77" in (await manager.get(found.location)).words
    assert "이 접수 번호로 보낸 묶음이 없어요" in missing.words


async def test_people_are_numbers(manager: Browser, busy: Street) -> None:
    """L54: a program's people learn no name."""
    chunk = await follow(manager, "/manager/trail/campaigns/1", "chunks")
    message = await follow(manager, "/manager/trail/campaigns/1", "chunks", "messages")

    assert "손님 1" in chunk.words
    assert PRIVATE not in chunk.html + message.html


async def test_long_lists_go_on(manager: Browser, busy: Street, console_books: Books) -> None:
    """Each person of a chunk stands on exactly one page."""
    first = await follow(manager, "/manager/trail/campaigns/1", "chunks")
    more = re.search(r'href="(/manager/trail/chunks/\d+\?after=\d+)"', first.html)
    assert more
    second = await manager.get(more[1])

    told = [*links(first, "messages"), *links(second, "messages")]
    ids = await console_books.read(rows, "SELECT id FROM message ORDER BY id")
    assert told == [f"/manager/trail/messages/{row[0]}" for row in ids]
    assert len(links(first, "messages")) == ROWS_MAX
    assert "after=" not in second.html


async def test_an_accounts_moves_go_on_from_page_to_page(
    manager: Browser, street: Street, console_books: Books
) -> None:
    for number in range(ROWS_MAX + 1):
        await console_books.write(
            fund_operating,
            street.program_id,
            amount_jeon=won(1),
            key=f"key-{number}",
            actor="test",
            at=MONDAY_TEN,
        )
    ((program, count),) = await console_books.read(
        rows,
        "SELECT account.id, count(*) FROM account JOIN transfer"
        " ON account.id IN (debit_account_id, credit_account_id)"
        " WHERE kind = 'program' GROUP BY account.id",
    )
    first = await manager.get(f"/manager/trail/accounts/{program}")
    more = re.search(r'href="(/manager/trail/accounts/\d+\?before=\d+)"', first.html)
    assert more
    second = await manager.get(more[1])

    told = [*links(first, "transfers"), *links(second, "transfers")]
    assert len(told) == len(set(told)) == count


async def test_a_grant_and_the_pot_it_was_carved_out_of_lead_to_each_other(
    manager: Browser, street: Street, console_books: Books
) -> None:
    market = await console_books.read(market_of, street)
    pot = await console_books.write(fill_pot, street.program_id, market.market_id)
    await console_books.write(give_grant, street, is_started=True)
    sql = 'UPDATE "grant" SET parent_id = :pot WHERE shop_id IS NOT NULL'
    await console_books.write(change, sql, pot=pot)
    pot_page = await manager.get((await manager.get(f"/manager/trail/grants/{pot}")).location)

    child = await follow(manager, (await manager.get("/manager/trail/grants/2")).location)

    assert "이 지원금을 떼어 낸 공동 지원금" in child.words
    assert "여기서 떼어 낸 지원금" in pot_page.words


async def test_a_grant_has_its_own_number_wherever_its_money_is(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    """A second pot's account has another number than the pot; nobody is told that of its money."""
    market = await console_books.read(market_of, busy)
    pot = await console_books.write(fill_pot, busy.program_id, market.market_id)
    trail = await manager.get(f"/manager/trail/grants/{pot}")
    account = trail.location.rpartition("/")[2]
    pages = [trail.location, "/manager/trail", "/manager/trail/campaigns/1"]
    of_pot, every, campaign = [(await manager.get(page)).html for page in pages]
    chunk = (await follow(manager, pages[2], "chunks")).html

    assert account != str(pot)
    for html in (of_pot, every):
        assert f"공동 지원금 {pot}번" in html
        assert f"공동 지원금 {account}번" not in html
    for html in (campaign, chunk):
        assert ">지원금 1번</a>" in html
    for page in (f"/manager/pots/{pot}", "/manager/pots", "/manager/bulk"):
        assert f"{pot}번" in (await manager.get(page)).words, page


async def test_the_messages_value_is_told_with_its_rounding_and_no_code_of_success(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    await console_books.write(
        change, "UPDATE message SET code = 'SUCCESS' WHERE state = 'delivered'"
    )
    campaign = await manager.get("/manager/trail/campaigns/1")
    chunk = await follow(manager, "/manager/trail/campaigns/1", "chunks")
    message = await manager.get("/manager/trail/messages/1")

    assert f"값을 낸 메시지{PEOPLE - 2}건" in campaign.words
    for page in (campaign, chunk, message):
        assert "31건 × 16.5원 = 511.5원이면 512원" in page.words
        assert "SUCCESS" not in page.words


async def test_the_desk_leads_to_the_trail(manager: Browser, busy: Street) -> None:
    sheet = await manager.get(f"/manager/shops/{busy.shop_id}")
    grant = await manager.get("/manager/grants/1")

    assert links(sheet, "campaigns") == ["/manager/trail/campaigns/1"]
    assert links(grant, "grants") == ["/manager/trail/grants/1"]


PAGES = (
    "/manager/trail/grants/1",
    "/manager/trail/accounts/{grant}",
    "/manager/trail/accounts/{program}",
    "/manager/trail/campaigns/1",
    "/manager/trail/chunks/1",
    "/manager/trail/messages/1",
    "/manager/trail/transfers/{hold}",
)


async def addresses(books: Books) -> list[str]:
    sql = "SELECT id FROM account WHERE kind = :kind ORDER BY id LIMIT 1"
    known = {kind: (await books.read(rows, sql, kind=kind))[0][0] for kind in ("grant", "program")}
    (found,) = (await books.read(rows, "SELECT min(id) FROM transfer WHERE phase = 'hold'"))[0]
    return [page.format(hold=found, **known) for page in PAGES]


async def test_another_program_sees_nothing_of_it(
    browsers: Browsers, console_books: Books, busy: Street, other_street: Street
) -> None:
    neighbor = await browsers.open(other_street.manager)

    statuses = [(await neighbor.get(page)).status for page in await addresses(console_books)]
    start = await neighbor.get("/manager/trail?ref=task-77")

    assert statuses == [404] * len(PAGES)
    assert start.status == 200
    assert "보람" not in start.words


async def market_manager(
    browsers: Browsers, books: Books, street: Street, market_id: MarketId
) -> Browser:
    staff_id = await books.write(hire, street.program_id, Role.MARKET_MANAGER, market_id)
    return await browsers.open(staff_id)


async def test_another_market_sees_nothing_of_it(
    browsers: Browsers, console_books: Books, busy: Street
) -> None:
    across = await console_books.write(open_second_market, busy)
    neighbor = await market_manager(browsers, console_books, busy, across.market_id)

    statuses = [(await neighbor.get(page)).status for page in await addresses(console_books)]
    start = await neighbor.get("/manager/trail?ref=task-77")

    assert statuses == [404] * len(PAGES)
    assert "보람빵집" not in start.words


async def test_a_markets_manager_sees_its_shops_and_not_the_programs_balances(
    browsers: Browsers, console_books: Books, busy: Street
) -> None:
    market = await console_books.read(market_of, busy)
    own = await market_manager(browsers, console_books, busy, market.market_id)
    pages = await addresses(console_books)

    statuses = [(await own.get(page)).status for page in pages]
    chunk = await own.get("/manager/trail/chunks/1")

    assert statuses == [303, 200, 404, 200, 200, 200, 200]
    assert "300,000원 → 299,142원" in chunk.words
    assert "0원 → 825원" not in chunk.words
    assert "볼 수 없어요" in chunk.words


async def test_an_auditor_reads_all_of_it(
    browsers: Browsers, console_books: Books, busy: Street
) -> None:
    auditor = await browsers.open(await console_books.write(hire, busy.program_id, Role.AUDITOR))

    statuses = [(await auditor.get(page)).status for page in await addresses(console_books)]

    assert statuses == [303, *[200] * (len(PAGES) - 1)]


@pytest.mark.parametrize("query", ["?before=x", "?before=99999999999999999999", "?after=-1"])
async def test_an_odd_address_is_a_page_all_the_same(
    manager: Browser, busy: Street, query: str
) -> None:
    for page in ("/manager/trail", "/manager/trail/chunks/1", "/manager/trail/accounts/1"):
        assert (await manager.get(page + query)).status == 200
