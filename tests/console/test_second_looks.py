"""What a manager sees before money goes: a list given twice, a wrong grant, a move, who waits."""

import pytest
import pytest_asyncio

from domain.money import won
from domain.people import Role
from domain.subsidy import GrantState
from storage.books import Books
from subsidy.enrolling import enroll_shop
from subsidy.grants import list_grants
from tests.console.browser import Browser, Browsers, Page
from tests.console.hiring import hire
from tests.console.street import MONDAY_TEN, Street, give_grant
from tests.factories import QUALIFIED

LIST = "가게 주소,금액,시작 기한,만료일\nbakery-1,300000,2026-12-31,2027-02-28\n"
OTHER = LIST.replace("300000", "300001")
ACTS = "/manager/acts"
GRANT = "/manager/grants/1"


@pytest_asyncio.fixture
async def quiet(console_books: Books, street: Street) -> Street:
    """A started grant that nobody has used."""
    await console_books.write(give_grant, street, is_started=True)
    return street


@pytest_asyncio.fixture
async def manager(browsers: Browsers, street: Street) -> Browser:
    return await browsers.open(street.manager)


async def ask_back(manager: Browser) -> Page:
    key = (await manager.get(GRANT)).value("form_key")
    return await manager.submit(GRANT, f"{GRANT}/claw-back", {"form_key": key})


async def upload(manager: Browser, text: str) -> Page:
    page = await manager.get("/manager/bulk")
    fields = {"form_key": page.value("form_key")}
    return await manager.submit(
        "/manager/bulk", "/manager/bulk", fields, files={"sheet": text.encode()}
    )


async def test_the_same_list_again_is_said_before_it_is_given_again(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(
        enroll_shop, street.program_id, street.shop_id, QUALIFIED, actor="test", at=MONDAY_TEN
    )
    first = await upload(manager, LIST)
    before = await manager.get(first.location)
    await manager.submit(first.location, f"{first.location}/approve")

    again = await manager.get((await upload(manager, LIST)).location)
    other = await manager.get((await upload(manager, OTHER)).location)

    said = "똑같은 목록을 이미 드렸어요"
    assert [said in page.words for page in (before, again, other)] == [False, True, False]
    listed = (await manager.get(ACTS)).words
    assert "300,000원1건" in listed.replace(" ", "")
    assert "300,001원1건" in listed.replace(" ", "")


async def test_one_wrong_grant_is_called_back_by_two_and_can_be_undone(
    manager: Browser, street: Street, browsers: Browsers, console_books: Books
) -> None:
    """Though it was given just now, and nobody has started it."""
    await console_books.write(give_grant, street, is_started=False)
    second = await browsers.open(await console_books.write(hire, street))

    made = await ask_back(manager)
    refused = await manager.submit(made.location, f"{made.location}/approve")
    approved = await second.submit(made.location, f"{made.location}/approve")
    (taken,) = await console_books.read(list_grants, street.shop_id, MONDAY_TEN)
    gone = await manager.submit(GRANT, f"{GRANT}/claw-back", {"form_key": "late"})
    await second.submit(made.location, f"{made.location}/undo")

    assert (refused.status, approved.status) == (403, 303)
    assert (taken.state, taken.left_jeon) == (GrantState.CLAWED_BACK, 0)
    assert gone.status == 409
    (back,) = await console_books.read(list_grants, street.shop_id, MONDAY_TEN)
    assert back.state is GrantState.OFFERED
    undone = (await manager.get(made.location)).words
    assert "회수했다가 돌려드린 돈300,000원" in undone
    assert "회수한 돈" not in undone


async def test_another_programs_grant_cannot_be_called_back(
    browsers: Browsers, other_street: Street, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=False)
    stranger = await browsers.open(other_street.manager)

    page = await stranger.submit(ACTS, f"{GRANT}/claw-back", {"form_key": "x"})

    assert page.status == 404


async def test_what_waits_stands_in_the_menu_of_who_may_approve_it(
    manager: Browser, quiet: Street, browsers: Browsers, console_books: Books
) -> None:
    second = await browsers.open(await console_books.write(hire, quiet))
    auditor = await browsers.open(await console_books.write(hire, quiet, Role.AUDITOR))
    of_market = await browsers.open(await console_books.write(hire, quiet, Role.MARKET_MANAGER))
    made = await ask_back(manager)

    said = "1건이 승인을 기다려요"
    everyone = (manager, second, auditor, of_market)
    has_number = [said in (await one.get("/manager")).words for one in everyone]
    in_words = "승인을 기다리는 일이 1건 있어요" in (await second.get("/manager")).words
    await second.submit(made.location, f"{made.location}/approve")

    assert has_number == [False, True, False, False]
    assert in_words
    assert said not in (await second.get("/manager/prices")).words


@pytest.mark.parametrize("days", ["0", "abc", "3651", "-1"])
@pytest.mark.parametrize("path", ["/manager/claw-back", "/manager/extend"])
async def test_days_that_are_none_are_said_beside_the_field(
    manager: Browser, quiet: Street, path: str, days: str
) -> None:
    looked = await manager.get(f"{path}?days={days}")
    pressed = await manager.submit(path, path, {"days": days, "form_key": "x"})

    assert [looked.status, pressed.status] == [422, 422]
    assert "1일에서 3,650일 사이로" in looked.html.partition('id="days-mistake"')[2][:80]
    assert looked.value("days") == days


async def test_an_empty_answer_says_whom_it_leaves_out(manager: Browser, street: Street) -> None:
    page = await manager.get("/manager/claw-back?days=20")

    assert "받은 지 20일이 안 된 지원금" in page.words


async def test_a_shops_grants_have_a_link_to_what_may_be_done(
    manager: Browser, quiet: Street, browsers: Browsers, console_books: Books
) -> None:
    auditor = await browsers.open(await console_books.write(hire, quiet, Role.AUDITOR))
    sheet = f"/manager/shops/{quiet.shop_id}"

    assert "늘리기·옮기기" in (await manager.get(sheet)).words
    assert "늘리기·옮기기" not in (await auditor.get(sheet)).words


async def test_money_moves_to_a_grant_that_is_looked_for_by_its_shop(
    manager: Browser, quiet: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, quiet, is_started=False, key="two")
    slug = quiet.slug
    looked = await manager.get(f"/manager/grants/1?to={slug}")
    fields = {
        "form_key": looked.value("form_key"),
        "to_shop": slug,
        "to": "2",
        "amount": "400000",
    }

    wrong = await manager.submit("/manager/grants/1", "/manager/grants/1/move", fields)
    fields["amount"] = "100,000원"
    asked = await manager.submit("/manager/grants/1", "/manager/grants/1/move", fields)
    before = await manager.get("/manager/grants/1")
    fields["agreed"] = asked.value("agreed")
    other = await manager.submit(
        "/manager/grants/1", "/manager/grants/1/move", {**fields, "amount": "120000"}
    )
    right = await manager.submit("/manager/grants/1", "/manager/grants/1/move", fields)

    assert "보람빵집의 어느 지원금으로" in looked.words
    assert wrong.status == 422
    assert "1원에서 300,000원 사이" in wrong.words
    assert wrong.value("amount") == "400000"
    assert '<option value="bakery-1" selected>보람빵집' in looked.html
    assert "이 지원금에는 200,000원, 보람빵집의 지원금에는 400,000원이 남아요" in asked.words
    assert "남음300,000원" in before.words.replace(" ", "")
    assert "이 지원금에는 180,000원" in other.words, "what was agreed to was something else"
    assert right.status == 303
    assert "남음200,000원" in (await manager.get("/manager/grants/1")).words.replace(" ", "")


async def test_a_grant_that_was_moved_away_is_not_called_used_up(
    manager: Browser, browsers: Browsers, quiet: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, quiet, is_started=False, key="two")
    looked = await manager.get(f"{GRANT}?to={quiet.slug}")
    fields = {"form_key": looked.value("form_key"), "to_shop": quiet.slug, "to": "2"}
    all_of_it = {**fields, "amount": "300,000", "agreed": f"2:{won(300_000)}"}
    await manager.submit(GRANT, f"{GRANT}/move", all_of_it)
    owner = await browsers.open(quiet.owner)

    pages = [
        await manager.get(GRANT),
        await manager.get(f"/manager/shops/{quiet.shop_id}"),
        await owner.get("/owner/grants"),
    ]

    assert all("다 쓰거나 옮겼어요" in page.words for page in pages)
    assert not any("다 썼어요" in page.words for page in pages)


async def test_a_shop_that_is_not_there_is_said(manager: Browser, quiet: Street) -> None:
    assert "그런 가게가 없어요" in (await manager.get("/manager/grants/1?to=nowhere")).words
