"""Invitations: shown without being used, used once, seven days long, told only once."""

import sqlite3
from pathlib import Path

import pytest

from domain.people import Role
from domain.refusals import Invalid
from storage.books import Books
from storage.queries.journal import list_audit
from subsidy.invitations import accept, invite
from tests.console.browser import Browser, Browsers
from tests.console.street import MONDAY_TEN, Clock, Street


@pytest.fixture
async def invitation(console_books: Books, street: Street) -> str:
    """The link's path."""
    token = await console_books.write(
        invite, Role.OWNER, shop_id=street.shop_id, name="박새로", at=MONDAY_TEN
    )
    return f"/join/{token}"


async def test_an_invitation_says_who_is_invited_to_what(
    stranger: Browser, invitation: str
) -> None:
    page = await stranger.get(invitation)

    assert page.status == 200
    assert "박새로 사장님" in page.words
    assert "보람빵집" in page.words


async def test_a_link_preview_does_not_use_it_up(stranger: Browser, invitation: str) -> None:
    for _ in range(3):
        await stranger.get(invitation)

    assert (await stranger.post(invitation)).status == 303


async def test_pressing_the_button_opens_the_owners_page(
    stranger: Browser, invitation: str
) -> None:
    joined = await stranger.post(invitation)

    assert joined.location == "/owner"
    assert (await stranger.get("/owner")).status == 200


async def test_a_manager_comes_to_the_managers_page(
    stranger: Browser, street: Street, console_books: Books
) -> None:
    token = await console_books.write(
        invite, Role.MANAGER, program_id=street.program_id, name="최담", at=MONDAY_TEN
    )

    assert "최담 담당자" in (await stranger.get(f"/join/{token}")).words
    assert (await stranger.post(f"/join/{token}")).location == "/manager"
    assert (await stranger.get("/manager")).status == 200


async def test_an_invitation_works_once(
    stranger: Browser, invitation: str, browsers: Browsers
) -> None:
    await stranger.post(invitation)
    second = await browsers.open()

    for page in (await second.get(invitation), await second.post(invitation)):
        assert page.status == 409
        assert "이미 쓴 초대" in page.words
    assert (await second.get("/owner")).status == 403


async def test_an_invitation_ends_after_seven_days(
    stranger: Browser, invitation: str, console_clock: Clock
) -> None:
    console_clock.pass_(days=7)

    page = await stranger.post(invitation)

    assert page.status == 409
    assert "기한이 지났어요" in page.words


@pytest.mark.parametrize("token", ["none", "가나다", "%00", "a" * 500])
async def test_an_unknown_link_is_not_found(stranger: Browser, street: Street, token: str) -> None:
    assert (await stranger.get(f"/join/{token}")).status == 404
    assert (await stranger.post(f"/join/{token}")).status == 404


async def test_only_a_hash_of_the_token_is_kept(invitation: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "console.db") as connection:
        rows = connection.execute("SELECT * FROM invitation").fetchall()
    connection.close()

    assert invitation.removeprefix("/join/") not in str(rows)


@pytest.mark.parametrize("name", ["", "   ", "가" * 21, "둘째\n줄"])
async def test_an_invitation_needs_a_name_that_fits(
    console_books: Books, street: Street, name: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await console_books.write(
            invite, Role.OWNER, shop_id=street.shop_id, name=name, at=MONDAY_TEN
        )

    assert "name" in refusal.value.fields


async def test_inviting_and_coming_in_stand_in_the_audit_log(
    console_books: Books, street: Street
) -> None:
    """I12: each change by a person has one line."""
    token = await console_books.write(
        invite, Role.OWNER, shop_id=street.shop_id, name="박새로", at=MONDAY_TEN
    )
    staff_id = await console_books.write(accept, token, MONDAY_TEN)

    lines = [line[2] for line in await console_books.read(list_audit)]
    invited, accepted = [act for act in lines if act.subject == f"shop:{street.shop_id}"][-2:]
    assert (invited.act, invited.actor) == ("invite_owner", "operator")
    assert (accepted.act, accepted.actor) == ("accept_invitation", f"owner:{staff_id}")
