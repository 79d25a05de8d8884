"""A manager's acts on many, in a browser: looked at, approved by another, undone."""

import re
from datetime import timedelta

import pytest_asyncio

from domain.money import won
from domain.people import GrantId, Role
from domain.subsidy import GrantState
from storage.books import Books
from storage.desk import Tx
from storage.queries.grants import find_grant
from subsidy.grants import list_grants, start_grant
from subsidy.invitations import accept, invite
from subsidy.offering import Offer, offer_grant
from tests.console.browser import Browser, Browsers, Page
from tests.console.desk import fill_pot, open_second_market, qualify
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
    home = (await owner.get("/owner")).words
    assert "1월 2일 (토)에 담당자가 쓰지 않은 지원금 300,000원을 회수했어요" in home
    again = await second.submit(made.location, f"{made.location}/approve")
    assert await state_of(console_books, quiet) is GrantState.CLAWED_BACK
    assert "회수한 돈 300,000원을 같은 지원금으로" in after.words
    assert "회수한 돈300,000원" in after.words
    assert again.status == 303

    undone = await manager.submit(made.location, f"{made.location}/undo")
    assert "되돌렸어요" in (await manager.get(undone.location)).words
    assert await state_of(console_books, quiet) is GrantState.STARTED
    assert "안 쓰는 지원금 회수하기" in (await manager.get(ACTS)).words
    assert "회수했어요" not in (await owner.get("/owner")).words


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

    fields = {"days": "30", "shown": (await manager.get(path)).value("shown")}

    wrong = await manager.submit(path, path, {**fields, "expires_at": "2027-03-01"})
    right = await manager.submit(path, path, {**fields, "expires_at": "2027-02-28"})

    assert wrong.status == 422
    assert "보람빵집의 지원금 1건을 늘릴 수 없어서 하나도 늘리지 않았어요" in wrong.words
    assert "고른 지원금의 기한을 늘렸어요" in (await manager.get(right.location)).words


def give_out_of_a_pot(tx: Tx, street: Street) -> GrantId:
    """To a shop of another market; pot and grant end on 22 January, the program in February."""
    market = open_second_market(tx, street)
    qualify(tx, street.program_id, market.shop_id)
    pot_id = fill_pot(tx, street.program_id, market.market_id)
    grant_id = offer_grant(
        tx,
        street.program_id,
        market.shop_id,
        Offer(
            amount_jeon=won(100_000),
            start_by=MONDAY_TEN + timedelta(days=14),
            expires_at=MONDAY_TEN + timedelta(days=60),
            pot_id=pot_id,
        ),
        form_key="carved",
        actor="test",
        at=MONDAY_TEN,
    )
    start_grant(tx, market.shop_id, grant_id, actor="test", at=MONDAY_TEN)
    return grant_id


async def test_the_shop_that_cannot_have_more_time_is_named_and_marked(
    manager: Browser, quiet: Street, console_books: Books
) -> None:
    path = "/manager/extend"
    await console_books.write(give_out_of_a_pot, quiet)
    fields = {"days": "30", "shown": (await manager.get(path)).value("shown")}

    page = await manager.submit(path, path, {**fields, "expires_at": "2027-02-10"})

    marked = page.html.split('class="is-late"')[1:]
    assert page.status == 422
    assert "건너떡집의 지원금 1건을 늘릴 수 없어서" in page.words
    assert ["건너떡집" in row.partition("</tr>")[0] for row in marked] == [True]


async def test_more_time_is_given_only_to_grants_that_stood_on_the_page(
    manager: Browser, quiet: Street, console_books: Books
) -> None:
    path = "/manager/extend"
    fields = {"days": "30", "shown": (await manager.get(path)).value("shown")}
    unseen = await console_books.write(give_out_of_a_pot, quiet)
    dates = {"expires_at": "2027-01-22"}

    nothing = await manager.submit(path, path, {"days": "30", **dates})
    done = await manager.submit(path, path, {**fields, "expires_at": "2027-02-10"})

    assert "고른 지원금이 없어요" in nothing.words
    assert done.status == 303
    row = await console_books.read(find_grant, unseen)
    assert row is not None
    assert row.expires_at == MONDAY_TEN + timedelta(days=60)


async def test_who_came_after_it_was_proposed_is_told_and_has_no_button(
    browsers: Browsers, manager: Browser, second: Browser, quiet: Street, console_books: Books
) -> None:
    made = await propose(manager)
    later = MONDAY_TEN + timedelta(days=40, seconds=1)
    token = await console_books.write(
        invite, Role.MANAGER, program_id=quiet.program_id, name="나또", at=later
    )
    newcomer = await browsers.open(await console_books.write(accept, token, later))

    page = await newcomer.get(made.location)
    refused = await newcomer.submit(made.location, f"{made.location}/approve")

    assert "올라온 뒤에 들어온 분은 승인할 수 없어요" in page.words
    assert f'action="{made.location}/approve"' not in page.html
    assert refused.status == 403
    assert "올라온 뒤에 들어온 분은 승인할 수 없어요" in refused.words
    assert f'action="{made.location}/approve"' in (await second.get(made.location)).html
