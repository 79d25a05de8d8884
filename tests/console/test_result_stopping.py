"""A campaign on its owner's page while it leaves: live, paused, gone on with, stopped."""

import re
from datetime import timedelta

import pytest
import pytest_asyncio

from campaigns.plan import plan_next
from campaigns.watching import seconds_left
from console.app import OWNER_ROUTES
from domain.campaigns import PauseReason
from domain.people import CampaignId
from storage.books import Books
from storage.queries.progress import Progress
from tests.console.browser import Browser, Browsers
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

SCRIPT = "/static/result.js"
STARTED = "UPDATE chunk SET state = 'started', started_at = act_at"
ACTS = ("pause", "resume", "stop")


@pytest_asyncio.fixture
async def running(console_books: Books, street: Street) -> CampaignId:
    """Ten people in one chunk that waits to leave."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 10)
    campaign_id = await console_books.write(book_news, street)
    await console_books.write(plan_next, MONDAY_TEN)
    return campaign_id


@pytest.fixture
def path(running: CampaignId) -> str:
    return f"/owner/campaigns/{running}"


async def states(books: Books) -> tuple[str, str | None]:
    ((state, reason),) = await books.read(rows, "SELECT state, paused_for FROM campaign")
    return state, reason


async def test_the_page_looks_again_by_a_script_or_without_one(owner: Browser, path: str) -> None:
    page = await owner.get(path)

    assert SCRIPT in page.html
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert '<noscript><meta http-equiv="refresh"' in page.html
    assert "잠깐 멈춤" in page.words
    assert "그만 보내기" in page.words
    assert "지금 다시 보기" in page.words


async def test_the_part_that_is_asked_for_again_says_how_far_it_has_come(
    owner: Browser, path: str, console_books: Books
) -> None:
    before = await owner.get(f"{path}/now")
    await console_books.write(change, STARTED)
    left = await owner.get(f"{path}/now")
    await console_books.write(report_all, 10, 0)
    settled = await owner.get(f"{path}/now")

    assert "10명 중 0명에게 나갔어요곧 나가요" in before.words
    assert "10명 중 10명에게 나갔어요모두 나갔어요. 받으셨는지 확인하고 있어요" in left.words
    assert "받으셨어요10명" in settled.words
    assert "data-moving" in before.html
    assert "<html" not in before.html
    assert 'data-state="finished"' in settled.html
    assert "data-moving" not in settled.html


async def test_a_pause_holds_it_and_going_on_lets_it_go(
    owner: Browser, path: str, console_books: Books
) -> None:
    paused = await owner.submit(path, f"{path}/pause")
    page = await owner.get(path)
    held = await states(console_books)
    resumed = await owner.submit(path, f"{path}/resume")

    assert [paused.location, resumed.location] == [path, path]
    assert held == ("paused", "owner")
    assert "남은 10명이 기다려요" in page.words
    assert "다시 보내기" in page.words
    assert SCRIPT not in page.html
    assert await states(console_books) == ("running", None)


async def test_stopping_says_first_what_it_means_and_changes_nothing_by_that(
    owner: Browser, path: str, console_books: Books
) -> None:
    asked = await owner.get(f"{path}/stop")

    assert "이미 나가서 되돌릴 수 없는 분0명" in asked.words
    assert "이 소식을 받지 않게 되는 분10명" in asked.words
    assert "바로 돌아오는 지원금165원" in asked.words
    assert await states(console_books) == ("running", None)


async def test_a_stop_ends_it_and_its_money_comes_back(
    owner: Browser, path: str, console_books: Books
) -> None:
    done = await owner.submit(f"{path}/stop", f"{path}/stop")
    page = await owner.get(path)

    assert done.location == path
    assert "그만 보냈어요" in page.words
    assert "취소했어요10명" in page.words
    assert "잡아 둔 지원금0원" in page.words
    assert "이 말로 다시 쓰기" in page.words
    assert (await states(console_books))[0] == "stopped"


async def test_what_is_leaving_cannot_be_stopped_and_is_said_to_be_gone(
    owner: Browser, path: str, console_books: Books
) -> None:
    await console_books.write(change, STARTED)

    asked = await owner.get(f"{path}/stop")
    page = await owner.get(path)

    assert "이미 나가서 되돌릴 수 없는 분10명" in asked.words
    assert "바로 돌아오는 지원금0원" in asked.words
    assert "그만 보내기" not in page.words


@pytest.mark.parametrize(
    ("reason", "words", "may_resume"),
    [
        (PauseReason.OWNER, "남은 10명이 기다려요", True),
        (PauseReason.ERRORS, "저절로 멈췄어요", True),
        (PauseReason.HALT, "멈춤이 풀리면 남은 분께 저절로 이어서 나가요", False),
    ],
)
async def test_each_pause_says_why_and_what_to_do(
    owner: Browser,
    path: str,
    console_books: Books,
    reason: PauseReason,
    words: str,
    may_resume: bool,
) -> None:
    sql = "UPDATE campaign SET state = 'paused', paused_for = :reason"
    await console_books.write(change, sql, reason=reason.value)
    await console_books.write(change, "UPDATE chunk SET state = 'paused'")

    page = await owner.get(path)

    assert words in page.words
    assert (f'action="{path}/resume"' in page.html) == may_resume


async def test_another_shops_campaign_is_not_there_to_be_held(
    browsers: Browsers, other_street: Street, path: str, console_books: Books
) -> None:
    neighbor = await browsers.open(other_street.owner)

    pages = [await neighbor.submit("/owner/shop", f"{path}/{act}") for act in ACTS]
    pages += [await neighbor.get(f"{path}/now"), await neighbor.get(f"{path}/stop")]

    assert [page.status for page in pages] == [404] * 5
    assert not any("식빵" in page.words for page in pages)
    assert await states(console_books) == ("running", None)


@pytest.mark.parametrize("act", ACTS)
async def test_holding_without_a_token_is_refused(
    owner: Browser, path: str, console_books: Books, act: str
) -> None:
    page = await owner.post(f"{path}/{act}")

    assert page.status == 403
    assert await states(console_books) == ("running", None)


def test_every_way_to_hold_it_is_a_press_not_a_link() -> None:
    """A link could be followed by a machine that looks ahead."""
    methods = {
        (one.method, one.path.rsplit("/", 1)[1])
        for one in OWNER_ROUTES
        if re.fullmatch(r"/campaigns/\{.*\}/(pause|resume|stop)", one.path)
    }
    assert methods == {("POST", "pause"), ("POST", "resume"), ("POST", "stop"), ("GET", "stop")}


@pytest.mark.parametrize(
    ("recently", "began_seconds_ago", "waiting", "left"),
    [
        (600, 60, 600, 60),  # ten a second
        (600, 3_600, 600, 60),  # only the last minute counts
        (100, 1, 300, 3),
        (0, 3_600, 300, None),
        (50, 0, 100, 2),  # just begun: as if a second had passed
    ],
)
def test_how_long_still_follows_the_pace_of_the_last_minute(
    recently: int, began_seconds_ago: int, waiting: int, left: int | None
) -> None:
    began_at = MONDAY_TEN - timedelta(seconds=began_seconds_ago)
    progress = Progress(recently, waiting, 0, recently, began_at, MONDAY_TEN)

    assert seconds_left(progress, MONDAY_TEN) == left


async def test_what_goes_on_tomorrow_says_when_and_stands_still(
    owner: Browser, path: str, console_books: Books, console_clock: Clock
) -> None:
    console_clock.pass_(hours=-3)

    page = await owner.get(path)

    assert "11월 23일 (월) 오전 10:00에 이어서 나가요" in page.words
    assert SCRIPT not in page.html


@pytest.mark.parametrize(
    ("campaign", "chunk", "doubted_minutes_ago", "is_moving"),
    [
        ("stopped", "paused", 0, True),  # many are put back piece by piece
        ("paused", "paused", 0, False),
        ("paused", "started", 0, True),  # what had left is still answered for
        ("finished", "settled", 0, False),
        ("running", "unknown", 1, True),  # asked about again within minutes
        ("running", "unknown", 60, False),
    ],
)
async def test_it_looks_again_only_while_something_may_change(
    owner: Browser,
    path: str,
    console_books: Books,
    *,
    campaign: str,
    chunk: str,
    doubted_minutes_ago: int,
    is_moving: bool,
) -> None:
    doubted_at = MONDAY_TEN - timedelta(minutes=doubted_minutes_ago)
    await console_books.write(change, "UPDATE campaign SET state = :state", state=campaign)
    await console_books.write(
        change,
        "UPDATE chunk SET state = :state, doubted_at = :at",
        state=chunk,
        at=doubted_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
    )

    page = await owner.get(path)

    assert (SCRIPT in page.html) == is_moving
