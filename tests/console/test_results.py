"""Results: numbers that add up, reasons in words, only the shop's own."""

import pytest

from campaigns.plan import plan_next, set_aside
from campaigns.results import campaign_result
from console.charts import shares
from domain.people import CampaignId
from storage.books import Books
from storage.queries.campaigns import find_campaign
from tests.console.browser import Browser, Browsers
from tests.console.street import (
    MONDAY_TEN,
    Clock,
    Street,
    add_regular,
    add_regulars,
    book_news,
    give_grant,
    report_all,
)

REFRESH = '<meta http-equiv="refresh"'


@pytest.fixture
async def booked(console_books: Books, street: Street) -> CampaignId:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 10)
    await console_books.write(add_regular, street.shop_id, "away", is_friend=False)
    return await console_books.write(book_news, street)


async def test_a_campaign_about_to_leave_refreshes_by_itself(
    owner: Browser, booked: CampaignId
) -> None:
    page = await owner.get(f"/owner/campaigns/{booked}")

    assert "곧 나가요" in page.words
    assert REFRESH in page.html


async def test_while_it_is_sent_the_numbers_say_so(
    owner: Browser, booked: CampaignId, console_books: Books
) -> None:
    await console_books.write(plan_next, MONDAY_TEN)

    page = await owner.get(f"/owner/campaigns/{booked}")

    assert "보내는 중10명" in page.words
    assert "보내지 않았어요1명" in page.words
    assert "잡아 둔 지원금165원" in page.words
    assert REFRESH in page.html


async def test_a_settled_campaign_stands_still_and_says_what_it_cost(
    owner: Browser, booked: CampaignId, console_books: Books
) -> None:
    await console_books.write(report_all, 8, 2)

    page = await owner.get(f"/owner/campaigns/{booked}")

    assert "8명이 받으셨어요" in page.words
    assert "쓴 지원금132원" in page.words
    assert "잡아 둔 지원금0원" in page.words
    assert "카카오톡을 쓰지 않는 번호2명" in page.words
    assert "톡채널 친구가 아닌 분1명" in page.words
    assert REFRESH not in page.html


async def test_today_and_the_list_show_the_latest(
    owner: Browser, booked: CampaignId, console_books: Books
) -> None:
    await console_books.write(report_all, 8, 2)

    for path in ("/owner", "/owner/campaigns"):
        page = await owner.get(path)
        assert "오늘 3시 식빵 나와요" in page.words
        assert "8명 받음 · 132원" in page.words


async def test_another_shops_campaign_is_not_there(
    browsers: Browsers, other_street: Street, booked: CampaignId
) -> None:
    neighbor = await browsers.open(other_street.owner)

    seen = await neighbor.get(f"/owner/campaigns/{booked}")
    stopped = await neighbor.submit("/owner/shop", f"/owner/campaigns/{booked}/cancel")

    assert seen.status == 404
    assert stopped.status == 404
    assert "식빵" not in seen.words


async def test_a_booked_campaign_can_be_canceled_until_it_leaves(
    owner: Browser, booked: CampaignId, console_books: Books
) -> None:
    path = f"/owner/campaigns/{booked}"

    canceled = await owner.submit(path, f"{path}/cancel")
    page = await owner.get(path)

    assert canceled.location == path
    assert "지원금도 쓰지 않았어요" in page.words
    assert "이 말로 다시 쓰기" in page.words
    assert "지원금도 쓰지 않았어요" not in (await owner.get(path)).words


async def test_what_has_left_cannot_be_called_back(
    owner: Browser, booked: CampaignId, console_books: Books
) -> None:
    await console_books.write(plan_next, MONDAY_TEN)

    page = await owner.submit("/owner/shop", f"/owner/campaigns/{booked}/cancel")

    assert page.status == 409
    assert "되돌릴 수 없어요" in page.words


async def test_a_campaign_that_could_not_start_claims_no_reason(
    owner: Browser, booked: CampaignId, console_books: Books, street: Street
) -> None:
    campaign = await console_books.read(find_campaign, street.shop_id, booked)
    assert campaign is not None
    await console_books.write(set_aside, campaign)

    page = await owner.get(f"/owner/campaigns/{booked}")

    assert "지원금, 받을 단골, 매장 전화번호를 확인하고 다시 보내 주세요" in page.words
    assert "모자라" not in page.words
    assert "모자라" not in (await owner.get("/owner/campaigns")).words
    assert REFRESH not in page.html


async def test_a_campaign_for_later_waits_without_refreshing(
    owner: Browser, booked: CampaignId, console_clock: Clock
) -> None:
    console_clock.pass_(hours=-5)

    page = await owner.get(f"/owner/campaigns/{booked}")

    assert "언제든 취소" in page.words
    assert REFRESH not in page.html


async def test_the_bars_parts_fill_it_exactly(
    booked: CampaignId, console_books: Books, street: Street
) -> None:
    empty = await console_books.read(campaign_result, street.shop_id, booked)
    assert shares(empty) == []

    await console_books.write(report_all, 3, 2)
    parts = shares(await console_books.read(campaign_result, street.shop_id, booked))

    assert [part.name for part in parts] == ["delivered", "waiting", "failed", "refused"]
    assert sum(part.width for part in parts) == pytest.approx(100, abs=0.05)
    assert parts[0].start == 0
    assert parts[1].start == parts[0].width
