"""What a campaign brought, on its owner's page and in one line at the desk."""

from datetime import timedelta

import pytest
import pytest_asyncio

from console.charts import widths
from console.pages import of_hundred
from domain.learning import Share
from domain.people import CampaignId, CustomerId
from storage.books import Books
from storage.desk import Tx
from tests.campaigns.test_learning import add_visit, instant
from tests.console.browser import Browser
from tests.console.street import (
    MONDAY_TEN,
    Clock,
    Street,
    add_regulars,
    book_news,
    give_grant,
    report_all,
)
from tests.factories import change, rows

PEOPLE = 80
HELD_OUT = 40
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def sent(console_books: Books, street: Street) -> CampaignId:
    """Everybody got it."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, PEOPLE)
    campaign_id = await console_books.write(book_news, street)
    await console_books.write(report_all, PEOPLE, 0)
    await console_books.write(start_all)
    return campaign_id


def start_all(tx: Tx) -> None:
    change(tx, "UPDATE chunk SET started_at = :at", at=instant(tx, MONDAY_TEN))


def hold_out(tx: Tx, street: Street, came: int, came_held_out: int) -> None:
    """As if the lot had kept the last half of them out; so many of each half came."""
    people = [row[0] for row in rows(tx, "SELECT customer_id FROM message ORDER BY id")]
    sql = "UPDATE message SET state = 'refused', code = 'HOLDOUT', chunk_id = NULL"
    change(tx, f"{sql} WHERE customer_id >= :first", first=people[HELD_OUT])
    for customer_id in people[:came] + people[HELD_OUT : HELD_OUT + came_held_out]:
        add_visit(tx, street.shop_id, customer_id, MONDAY_TEN + HOUR, "came")


async def test_it_is_counted_and_not_guessed(
    owner: Browser, sent: CampaignId, console_books: Books, street: Street
) -> None:
    for customer_id in map(CustomerId, (1, 2, 3)):
        await console_books.write(add_visit, street.shop_id, customer_id, MONDAY_TEN + HOUR, "came")

    page = await owner.get(f"/owner/campaigns/{sent}")

    assert "다녀가신 분80명 중 3명" in page.words
    assert "다녀가신 한 분에 든 돈440원" in page.words  # 80 × 16.5 / 3
    assert "이제 소식을 안 받으시는 분0명" in page.words
    assert "11월 30일 (월)까지 다녀가신 분을 셀게요" in page.words
    assert "읽으셨는지는 알 수 없어요" in page.words
    assert "버튼을" not in page.words
    assert "안 보낸 분과 견주면" not in page.words


async def test_many_who_refuse_are_said_without_blame(
    owner: Browser, sent: CampaignId, console_books: Books
) -> None:
    calm = await owner.get(f"/owner/campaigns/{sent}")
    at = (MONDAY_TEN + HOUR).strftime("%Y-%m-%d %H:%M:%S.%f")
    sql = "UPDATE membership SET withdrawn_at = :at, advertising_since = NULL"
    await console_books.write(change, f"{sql} WHERE customer_id <= 5", at=at)
    page = await owner.get(f"/owner/campaigns/{sent}")

    assert "스무 명에 한 명" not in calm.words
    assert "이제 소식을 안 받으시는 분5명" in page.words
    assert "다음에는 조금 쉬었다가" in page.words


@pytest.mark.parametrize(
    ("days", "came", "came_held_out", "said"),
    [
        (8, 30, 5, "더 다녀가셨어요"),
        (8, 5, 30, "덜 다녀가셨어요"),
        (8, 10, 8, "소식 덕분에 더 오셨는지 아직 알 수 없어요"),
        (2, 30, 5, "11월 30일 (월)이 지나면 알려 드려요"),
    ],
)
async def test_beside_the_hold_out_nothing_is_claimed_that_is_not_known(
    owner: Browser,
    sent: CampaignId,
    console_books: Books,
    street: Street,
    console_clock: Clock,
    *,
    days: int,
    came: int,
    came_held_out: int,
    said: str,
) -> None:
    await console_books.write(hold_out, street, came, came_held_out)
    console_clock.pass_(days=days)

    page = await owner.get(f"/owner/campaigns/{sent}")

    claims = ("더 다녀가셨어요", "덜 다녀가셨어요", "아직 알 수 없어요", "지나면 알려 드려요")
    assert said in page.words
    assert [claim for claim in claims if claim in page.words] == [
        claim for claim in claims if claim in said
    ]


async def test_nothing_is_said_while_it_still_leaves(
    owner: Browser, sent: CampaignId, console_books: Books
) -> None:
    await console_books.write(change, "UPDATE campaign SET state = 'running'")

    page = await owner.get(f"/owner/campaigns/{sent}")

    assert "그 뒤 7일 동안" not in page.words


async def test_the_desk_reads_one_line_and_of_a_few_people_nothing(
    manager: Browser, sent: CampaignId, console_books: Books, street: Street
) -> None:
    sheet = f"/manager/shops/{street.shop_id}"
    told = await manager.get(sheet)
    few = "UPDATE message SET state = 'failed' WHERE customer_id > 9"
    await console_books.write(change, few)
    silent = await manager.get(sheet)

    assert "최근 소식을 받은 80명 가운데 7일 안에 다녀간 분 0명" in told.words
    assert "최근 소식을 받은" not in silent.words


def test_rates_stand_beside_each_other() -> None:
    assert widths(Share(30, 60), Share(10, 40)) == (100, 50)
    assert widths(Share(0, 60), Share(0, 40)) == (0, 0)


def test_so_many_of_a_hundred() -> None:
    assert [of_hundred(rate) for rate in (0.0, 0.0049, 0.077, 0.272)] == ["0.0", "0.5", "7.7", "27"]
