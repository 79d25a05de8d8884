"""Who works for a program: invited by its managers, removed at once, never the last manager."""

import asyncio
import re

import pytest

from domain.people import Role
from domain.refusals import Conflict
from storage.books import Books
from storage.queries.journal import list_audit
from storage.queries.program_staff import list_desk
from subsidy.staff import remove_from_desk
from tests.console.browser import Browser, Browsers
from tests.console.desk import hire, market_of
from tests.console.street import MONDAY_TEN, Street, build_street

PEOPLE = "/manager/people"
LINK = re.compile(r"/(join/[\w-]+)")
CANCEL = re.compile(r"/manager/people/invitations/\d+/cancel")


async def invited(manager: Browser, **fields: str) -> str:
    page = await manager.submit(PEOPLE, f"{PEOPLE}/invitations", fields)
    found = LINK.search(page.html)
    assert found, page.words
    return f"/{found[1]}"


async def test_an_invited_auditor_comes_in_and_reads(
    manager: Browser, stranger: Browser, street: Street
) -> None:
    path = await invited(manager, role="auditor", name="감사님")

    assert path not in (await manager.get(PEOPLE)).html
    assert "보기만 할 수 있어요" in (await stranger.get(path)).words
    assert (await stranger.post(path)).location == "/manager"
    assert "감사님 감사" in (await stranger.get("/manager")).words
    assert "감사님" in (await manager.get(PEOPLE)).words


async def test_an_invited_market_manager_looks_after_that_market(
    manager: Browser, stranger: Browser, street: Street, console_books: Books
) -> None:
    market = await console_books.read(market_of, street)
    path = await invited(
        manager, role="market_manager", name="시장님", market=str(market.market_id)
    )

    assert "보람시장의 가게와 지원금" in (await stranger.get(path)).words
    await stranger.post(path)
    assert "시장님 시장 담당자" in (await stranger.get("/manager")).words
    assert "시장 담당자 · 보람시장" in (await manager.get(PEOPLE)).words


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"role": "manager", "name": ""}, "이름을"),
        ({"role": "owner", "name": "도둑"}, "어떤 일을"),
        ({"role": "", "name": "도둑"}, "어떤 일을"),
        ({"role": "market_manager", "name": "시장님"}, "어느 시장을"),
        ({"role": "market_manager", "name": "시장님", "market": "가"}, "어느 시장을"),
        ({"role": "market_manager", "name": "시장님", "market": "2"}, "어느 시장을"),
        ({"role": "market_manager", "name": "시장님", "market": "9" * 40}, "어느 시장을"),
    ],
)
async def test_a_wrong_invitation_gets_a_sentence_and_no_link(
    manager: Browser, street: Street, other_street: Street, fields: dict[str, str], sentence: str
) -> None:
    """Market 2 is another program's."""
    page = await manager.submit(PEOPLE, f"{PEOPLE}/invitations", fields)

    assert page.status == 422
    assert sentence in page.words
    assert page.value("name") == fields["name"]
    assert "/join/" not in page.html


async def test_a_canceled_link_opens_nothing(
    manager: Browser, stranger: Browser, street: Street
) -> None:
    path = await invited(manager, role="auditor", name="감사님")
    found = CANCEL.search((await manager.get(PEOPLE)).html)
    assert found

    await manager.submit(PEOPLE, found[0])

    assert "초대를 취소했어요" in (await manager.get(PEOPLE)).words
    assert (await stranger.post(path)).status == 409


async def test_who_is_removed_is_out_at_once_with_every_open_link(
    manager: Browser, browsers: Browsers, stranger: Browser, street: Street, console_books: Books
) -> None:
    leaver = await console_books.write(hire, street.program_id, Role.MANAGER)
    leaving = await browsers.open(leaver)
    path = await invited(leaving, role="manager", name="뒷문")

    await manager.submit(PEOPLE, f"{PEOPLE}/{leaver}/remove")

    assert "그분의 화면이 닫혔어요" in (await manager.get(PEOPLE)).words
    assert (await leaving.get("/manager")).status == 403
    assert (await stranger.post(path)).status == 409


async def test_the_only_manager_stays(manager: Browser, street: Street) -> None:
    await manager.submit(PEOPLE, f"{PEOPLE}/{street.manager}/remove")

    assert "담당자가 한 분뿐이라" in (await manager.get(PEOPLE)).words


async def test_another_programs_people_cannot_be_touched(
    manager: Browser, other_street: Street, console_books: Books, browsers: Browsers
) -> None:
    neighbor = await browsers.open(other_street.manager)
    path = await invited(neighbor, role="auditor", name="남의 감사")
    found = CANCEL.search((await neighbor.get(PEOPLE)).html)
    assert found

    await manager.submit(PEOPLE, f"{PEOPLE}/{other_street.manager}/remove")
    await manager.submit(PEOPLE, found[0])

    assert len(await console_books.read(list_desk, other_street.program_id)) == 1
    assert "남의 감사" not in (await manager.get(PEOPLE)).words
    assert (await (await browsers.open()).post(path)).status == 303


async def test_of_two_managers_who_remove_each_other_one_stays(books: Books) -> None:
    street = await books.write(build_street, "보람")
    second = await books.write(hire, street.program_id, Role.MANAGER)

    results = await asyncio.gather(
        *(
            books.write(remove_from_desk, street.program_id, one, actor="test", at=MONDAY_TEN)
            for one in (street.manager, second)
        ),
        return_exceptions=True,
    )

    assert [one.reason for one in results if isinstance(one, Conflict)] == ["last_manager"]
    assert len(await books.read(list_desk, street.program_id)) == 1


async def test_inviting_canceling_and_removing_stand_in_the_programs_log(
    manager: Browser, street: Street, console_books: Books
) -> None:
    """I12"""
    gone = await console_books.write(hire, street.program_id, Role.AUDITOR)
    book = f"program:{street.program_id}"

    await invited(manager, role="auditor", name="감사님")
    found = CANCEL.search((await manager.get(PEOPLE)).html)
    assert found
    for _ in range(2):
        await manager.submit(PEOPLE, found[0])
        await manager.submit(PEOPLE, f"{PEOPLE}/{gone}/remove")

    lines = [line[2] for line in await console_books.read(list_audit) if line[0] == book][-3:]
    assert [(act.act, act.actor) for act in lines] == [
        ("invite_auditor", f"manager:{street.manager}"),
        ("cancel_invitation", f"manager:{street.manager}"),
        ("remove_staff", f"manager:{street.manager}"),
    ]
