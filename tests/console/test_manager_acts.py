"""A manager's acts on many, in a browser: looked at, approved by another, undone."""

import re
from datetime import timedelta

import pytest_asyncio

from domain.people import Role
from domain.subsidy import GrantState
from storage.books import Books
from subsidy.grants import list_grants
from tests.console.browser import Browser, Browsers, Page
from tests.console.hiring import hire
from tests.console.street import MONDAY_TEN, Clock, Street, give_grant
from tests.factories import rows

ACTS = "/manager/acts"


@pytest_asyncio.fixture
async def quiet(console_books: Books, console_clock: Clock, street: Street) -> Street:
    """A started grant that nobody has used for 40 days."""
    await console_books.write(give_grant, street, is_started=True)
    console_clock.pass_(days=40)
    return street


@pytest_asyncio.fixture
async def manager(browsers: Browsers, quiet: Street) -> Browser:
    """Signed in after those days."""
    return await browsers.open(quiet.manager)


@pytest_asyncio.fixture
async def second(browsers: Browsers, console_books: Books, quiet: Street) -> Browser:
    return await browsers.open(await console_books.write(hire, quiet))


@pytest_asyncio.fixture
async def of_market(browsers: Browsers, console_books: Books, quiet: Street) -> Browser:
    return await browsers.open(await console_books.write(hire, quiet, Role.MARKET_MANAGER))


@pytest_asyncio.fixture
async def auditor(browsers: Browsers, console_books: Books, quiet: Street) -> Browser:
    return await browsers.open(await console_books.write(hire, quiet, Role.AUDITOR))


async def propose(manager: Browser, **changed: str) -> Page:
    page = await manager.get("/manager/claw-back")
    fields = {"form_key": page.value("form_key"), "days": "30", **changed}
    return await manager.submit("/manager/claw-back", "/manager/claw-back", fields)


async def state_of(books: Books, street: Street) -> GrantState:
    (grant,) = await books.read(list_grants, street.shop_id, MONDAY_TEN + timedelta(days=40))
    return grant.state


async def test_called_back_by_two_and_undone(
    browsers: Browsers, manager: Browser, second: Browser, quiet: Street, console_books: Books
) -> None:
    looked = await manager.get("/manager/claw-back")
    made = await propose(manager)
    page = await manager.get(made.location)
    refused = await manager.submit(made.location, f"{made.location}/approve")
    assert "보람빵집" in looked.words
    assert "남은 돈은 모두 300,000원" in looked.words
    assert "올렸어요" in page.words
    assert "올린 분은 승인할 수 없어요" in page.words
    assert f'action="{made.location}/approve"' not in page.html
    assert (refused.status, await state_of(console_books, quiet)) == (403, GrantState.STARTED)

    approved = await second.submit(made.location, f"{made.location}/approve")
    after = await second.get(approved.location)
    owner = await browsers.open(quiet.owner)
    assert "회수됐어요" in (await owner.get("/owner/grants")).words
    again = await second.submit(made.location, f"{made.location}/approve")
    assert await state_of(console_books, quiet) is GrantState.CLAWED_BACK
    assert "회수한 돈 300,000원을 같은 지원금으로" in after.words
    assert "회수한 돈300,000원" in after.words
    assert again.status == 303

    undone = await manager.submit(made.location, f"{made.location}/undo")
    assert "되돌렸어요" in (await manager.get(undone.location)).words
    assert await state_of(console_books, quiet) is GrantState.STARTED
    assert "안 쓰는 지원금 회수하기" in (await manager.get(ACTS)).words


async def test_pressing_propose_twice_makes_one(
    manager: Browser, quiet: Street, console_books: Books
) -> None:
    made = [await propose(manager, form_key="one") for _ in range(2)]

    assert made[0].location == made[1].location
    assert await console_books.read(rows, "SELECT count(*) FROM proposal") == [(1,)]


async def test_what_is_left_out_is_not_proposed(manager: Browser, quiet: Street) -> None:
    page = await propose(manager, leave_1="1")

    assert page.status == 422
    assert "고른 지원금이 없어요" in page.words
    assert re.search(r'name="leave_1"[^>]* checked', page.html)


async def test_dismissed_it_is_put_away(manager: Browser, second: Browser, quiet: Street) -> None:
    made = await propose(manager)

    put_away = await manager.submit(made.location, f"{made.location}/dismiss")
    late = await second.submit(made.location, f"{made.location}/approve")

    assert "하지 않기로 했어요" in (await manager.get(put_away.location)).words
    assert late.status == 409
    assert "이미 처리한 일이에요" in late.words


async def test_an_undo_that_comes_too_late_says_so(
    manager: Browser, second: Browser, quiet: Street, console_clock: Clock
) -> None:
    made = await propose(manager)
    await second.submit(made.location, f"{made.location}/approve")
    console_clock.pass_(days=20)

    page = await manager.submit(made.location, f"{made.location}/undo")

    assert page.status == 422
    assert "기한이 모두 지나" in page.words


async def test_a_market_manager_sees_no_act_of_the_whole_program(
    manager: Browser, of_market: Browser, quiet: Street
) -> None:
    made = await propose(manager)

    assert (await of_market.get(made.location)).status == 404
    assert (await of_market.submit(ACTS, f"{made.location}/approve")).status == 404
    assert (await of_market.get("/manager/closing")).status == 403
    assert "보람빵집" in (await of_market.get("/manager/claw-back")).words


async def test_another_programs_manager_finds_nothing(
    browsers: Browsers, other_street: Street, manager: Browser, quiet: Street
) -> None:
    made = await propose(manager)
    stranger = await browsers.open(other_street.manager)

    assert (await stranger.get(made.location)).status == 404
    for act in ("approve", "dismiss", "undo"):
        assert (await stranger.submit(ACTS, f"{made.location}/{act}")).status == 404
    assert (await stranger.get("/manager/grants/1")).status == 404
    assert (
        await stranger.submit(ACTS, "/manager/grants/1/extend", {"expires_at": "2027-02-01"})
    ).status == 404


async def test_an_auditor_looks_and_presses_nothing(
    manager: Browser, auditor: Browser, quiet: Street
) -> None:
    made = await propose(manager)

    for path in (
        ACTS,
        made.location,
        "/manager/bulk",
        "/manager/claw-back",
        "/manager/extend",
        "/manager/closing",
        "/manager/grants/1",
        "/manager/pots",
    ):
        page = await auditor.get(path)
        assert page.status == 200, path
        assert page.html.count('method="post"') == 1, path
    assert (await auditor.submit(ACTS, f"{made.location}/approve")).status == 403


async def test_the_program_is_closed_by_two_and_says_what_is_left(
    browsers: Browsers, manager: Browser, second: Browser, quiet: Street, console_books: Books
) -> None:
    looked = await manager.get("/manager/closing")
    key = {"form_key": looked.value("form_key")}
    made = await manager.submit("/manager/closing", "/manager/closing", key)

    await second.submit(made.location, f"{made.location}/approve")

    assert "300,000원" in looked.words
    assert "파일 하나로 내려받을 수 있어요" in looked.words
    assert await state_of(console_books, quiet) is GrantState.CLAWED_BACK
    assert "닫은 프로그램이에요" in (await manager.get(ACTS)).words
    sheet = "/manager/shops/1"
    offer = {"amount": "1", "start_by": "2027-01-10", "expires_at": "2027-01-10", "form_key": "x"}
    late = await manager.submit(sheet, f"{sheet}/grants", offer)
    assert late.status == 409
    assert "닫은 프로그램" in late.words
    owner = await browsers.open(quiet.owner)
    told = await owner.get("/owner/grants")
    assert "지원 사업이 끝났어요" in told.words
    assert "단골, 도장, 쿠폰과 채팅은 그대로예요" in told.words
    assert 'href="/owner/wallet"' in told.html
    assert (await owner.submit("/owner/grants", "/owner/export.xlsx")).status == 200


async def test_one_grant_gets_more_time_and_wrong_dates_stay_in_the_form(
    manager: Browser, quiet: Street, console_books: Books
) -> None:
    path = "/manager/grants/1"

    wrong = await manager.submit(path, f"{path}/extend", {"expires_at": "2027-03-01"})
    right = await manager.submit(path, f"{path}/extend", {"expires_at": "2027-02-28"})

    assert wrong.status == 422
    assert "2027년 2월 28일까지만" in wrong.words
    assert wrong.value("expires_at") == "2027-03-01"
    assert "기한을 늘렸어요" in (await manager.get(right.location)).words
    assert "2월 28일 (일)까지" in (await manager.get(path)).words


async def test_many_grants_get_more_time(
    manager: Browser, quiet: Street, console_books: Books
) -> None:
    path = "/manager/extend"

    wrong = await manager.submit(path, path, {"days": "30", "expires_at": "2027-03-01"})
    right = await manager.submit(path, path, {"days": "30", "expires_at": "2027-02-28"})

    assert wrong.status == 422
    assert "지원금 1건을 늘릴 수 없어서 하나도 늘리지 않았어요" in wrong.words
    assert "고른 지원금의 기한을 늘렸어요" in (await manager.get(right.location)).words


async def test_money_moves_to_a_grant_that_is_looked_for_by_its_shop(
    manager: Browser, quiet: Street, console_books: Books
) -> None:
    await console_books.write(
        give_grant, quiet, is_started=False, key="two", at=MONDAY_TEN + timedelta(days=30)
    )
    slug = quiet.slug
    looked = await manager.get(f"/manager/grants/1?to={slug}")
    fields = {
        "form_key": looked.value("form_key"),
        "to_shop": slug,
        "to": "2",
        "amount": "400000",
    }

    wrong = await manager.submit("/manager/grants/1", "/manager/grants/1/move", fields)
    right = await manager.submit(
        "/manager/grants/1", "/manager/grants/1/move", {**fields, "amount": "100,000원"}
    )

    assert "보람빵집의 어느 지원금으로" in looked.words
    assert wrong.status == 422
    assert "1원에서 300,000원 사이" in wrong.words
    assert wrong.value("amount") == "400000"
    assert right.status == 303
    assert "남음200,000원" in (await manager.get("/manager/grants/1")).words.replace(" ", "")


async def test_a_shop_that_is_not_there_is_said(manager: Browser, quiet: Street) -> None:
    assert "그런 가게가 없어요" in (await manager.get("/manager/grants/1?to=nowhere")).words
