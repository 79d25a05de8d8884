"""Messages nobody can answer for: what is known, two decisions, and their won said before."""

from datetime import datetime

import pytest
import pytest_asyncio

from campaigns.plan import plan_next
from domain.campaigns import MessageKind
from domain.people import Role
from domain.ways import WAYS_FOR
from storage.books import Books
from storage.desk import Tx
from tests.campaigns.stage import broken_promises
from tests.console.browser import Browser, Browsers
from tests.console.desk import hire, market_of, open_second_market
from tests.console.street import MONDAY_TEN, Clock, Street, add_regulars, book_news, give_grant
from tests.factories import change, rows

PAGE = "/manager/doubts"
INSTANT = "%Y-%m-%d %H:%M:%S.%f"
STATES = "SELECT DISTINCT state, code, is_charged FROM message"
LINES = "SELECT actor FROM audit_line WHERE act = 'decide_unknown'"


def leave_in_doubt(tx: Tx, at: datetime = MONDAY_TEN) -> None:
    """As if the answer was lost, and that of every question since."""
    since = at.strftime(INSTANT)
    change(
        tx,
        "UPDATE chunk SET state = 'unknown', act_at = '9999-01-01 00:00:00.000000',"
        " started_at = :since, doubted_at = :since, provider_ref = NULL",
        since=since,
    )
    change(tx, "UPDATE message SET state = 'unknown', code = 'LOST'")


@pytest_asyncio.fixture
async def doubt(console_books: Books, street: Street, console_clock: Clock) -> str:
    """Four people in doubt since an hour; the address of the decision."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 4)
    await console_books.write(book_news, street)
    await console_books.write(plan_next, MONDAY_TEN)
    await console_books.write(leave_in_doubt)
    console_clock.pass_(hours=1)
    ((chunk_id,),) = await console_books.read(rows, "SELECT id FROM chunk")
    return f"{PAGE}/{chunk_id}"


async def test_what_is_known_and_what_each_decision_costs_stand_before_it(
    manager: Browser, doubt: str
) -> None:
    page = await manager.get(PAGE)

    assert "보람빵집4명" in page.words
    assert "오늘 3시 식빵 나와요" in page.words
    assert "연결이 끊겼거나 오류가 와서, 나갔는지 알 수 없어요" in page.words
    assert "저희 번호발송 1번의 묶음 1번" in page.words
    assert "받은 것으로66원쯤을 써요" in page.words
    assert "받지 못한 것으로66원쯤이 가게로 돌아가요" in page.words
    assert f'action="{doubt}"' in page.html
    assert "checked" not in page.html


@pytest.mark.parametrize("choice", ["delivered", "failed"])
async def test_a_decision_settles_people_and_money(
    manager: Browser, owner: Browser, doubt: str, console_books: Books, choice: str
) -> None:
    done = await manager.submit(PAGE, doubt, {"as": choice})
    page = await manager.get(PAGE)
    result = await owner.get("/owner/campaigns/1")

    is_reached = choice == "delivered"
    assert done.location == PAGE
    assert "확인할 소식이 없어요" in page.words
    assert await console_books.read(rows, STATES) == [(choice, "DECIDED", is_reached)]
    assert f"쓴 지원금{66 if is_reached else 0}원" in result.words
    assert "잡아 둔 지원금0원" in result.words
    assert await broken_promises(console_books) == {}


async def test_the_menu_and_the_overview_count_them_until_they_are_decided(
    manager: Browser, browsers: Browsers, doubt: str, console_books: Books, street: Street
) -> None:
    across = await console_books.write(open_second_market, street)
    far = await console_books.write(hire, street.program_id, Role.MARKET_MANAGER, across.market_id)
    elsewhere = await (await browsers.open(far)).get("/manager")
    page = await manager.get("/manager")
    await manager.submit(PAGE, doubt, {"as": "failed"})
    decided = await manager.get("/manager")

    assert "확인할 소식 1건이 기다려요" in page.words
    assert "받으셨는지 알 수 없는 소식이 1건 있어요" in page.words
    for other in (elsewhere, decided):
        assert "건이 기다려요" not in other.words
        assert "알 수 없는 소식" not in other.words


@pytest.mark.parametrize("sender", [one.value for one in WAYS_FOR[MessageKind.ADVERTISEMENT]])
async def test_each_way_has_a_name(
    manager: Browser, doubt: str, console_books: Books, sender: str
) -> None:
    await console_books.write(change, "UPDATE chunk SET sender = :sender", sender=sender)

    assert (await manager.get(PAGE)).status == 200


async def test_the_owner_sees_that_it_is_looked_into(owner: Browser, doubt: str) -> None:
    page = await owner.get("/owner/campaigns/1")

    assert "확인하는 중4명" in page.words
    assert "담당자가" in page.words


async def test_who_may_not_have_got_it_is_not_said_to_have_been_sent_to(
    owner: Browser, doubt: str, console_books: Books
) -> None:
    """Three of the four are known to have it; the last is asked about, then decided on."""
    await console_books.write(
        change, "UPDATE message SET state = 'delivered', code = 'SHOWN' WHERE id < 4"
    )
    decides = await owner.get("/owner/campaigns/1")
    listed = await owner.get("/owner/campaigns")
    fresh = MONDAY_TEN.replace(hour=2).strftime(INSTANT)
    await console_books.write(change, "UPDATE chunk SET doubted_at = :at", at=fresh)
    asked = await owner.get("/owner/campaigns/1")

    for page in (decides, asked):
        assert "3명이 받으셨고 1명은 확인하고 있어요" in page.words
        assert "보내는 중이에요" not in page.words
        assert "4명 중 3명에게 나갔어요1명은 나갔는지" in page.words
        assert "모두 나갔어요" not in page.words
    assert "1명은 나갔는지 담당자가 확인해서 정해요" in decides.words
    assert "1명은 나갔는지 확인하고 있어요" in asked.words
    assert "확인하는 중" in listed.words
    assert "보내는 중" not in listed.words


async def test_a_second_decision_changes_nothing(
    manager: Browser, doubt: str, console_books: Books
) -> None:
    await manager.submit(PAGE, doubt, {"as": "failed"})
    again = await manager.submit("/manager", doubt, {"as": "delivered"})

    assert again.status == 409
    assert "이미 정했어요" in again.words
    assert await console_books.read(rows, STATES) == [("failed", "DECIDED", 0)]
    assert len(await console_books.read(rows, LINES)) == 1


async def test_without_a_choice_nothing_is_decided(
    manager: Browser, doubt: str, console_books: Books
) -> None:
    for choice in ({}, {"as": "perhaps"}):
        page = await manager.submit(PAGE, doubt, choice)
        assert page.status == 422
        assert "둘 중 하나를 골라 주세요" in page.words

    assert await console_books.read(rows, STATES) == [("unknown", "LOST", 0)]


async def test_what_is_still_asked_about_is_not_decided(
    manager: Browser, doubt: str, console_books: Books, console_clock: Clock
) -> None:
    fresh = console_clock.at.strftime(INSTANT)
    sql = "UPDATE chunk SET act_at = :at, doubted_at = :at"
    await console_books.write(change, sql, at=fresh)

    page = await manager.get(PAGE)
    tried = await manager.submit("/manager", doubt, {"as": "failed"})

    assert "보람빵집" not in page.words
    assert tried.status == 409
    assert "아직 저희가 확인하고 있어요" in tried.words


async def test_each_role_and_each_stranger(
    browsers: Browsers, doubt: str, console_books: Books, street: Street, other_street: Street
) -> None:
    own = await console_books.read(market_of, street)
    across = await console_books.write(open_second_market, street)
    in_program = street.program_id
    market_manager, far_manager, auditor = [
        await browsers.open(await console_books.write(hire, in_program, role, market))
        for role, market in (
            (Role.MARKET_MANAGER, own.market_id),
            (Role.MARKET_MANAGER, across.market_id),
            (Role.AUDITOR, None),
        )
    ]
    foreign = await browsers.open(other_street.manager)

    seen = [await one.get(PAGE) for one in (market_manager, auditor, far_manager, foreign)]
    tried = [
        await one.submit("/manager", doubt, {"as": "failed"})
        for one in (far_manager, foreign, auditor)
    ]

    assert ["보람빵집" in page.words for page in seen] == [True, True, False, False]
    assert "<form" not in seen[1].html.split("<main")[1]
    assert [page.status for page in tried] == [404, 404, 403]
    assert await console_books.read(rows, STATES) == [("unknown", "LOST", 0)]
    decided = await market_manager.submit(PAGE, doubt, {"as": "failed"})
    assert decided.status == 303
    ((actor,),) = await console_books.read(rows, LINES)
    assert actor.startswith("market_manager:")
