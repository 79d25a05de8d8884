"""Sessions: what the cookie says, what the books keep, how long it lasts."""

import sqlite3
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path

from aiohttp import web

from console.keys import ConsoleSettings
from console.sessions import sign_in_directly
from storage.books import Books
from tests.console.browser import Browser
from tests.console.street import Clock, Street


async def hand_out(
    books: Books, now: Clock, settings: ConsoleSettings, street: Street
) -> SimpleCookie:
    response = web.Response()
    await sign_in_directly(response, street.owner, books=books, now=now, settings=settings)
    return response.cookies


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    console_books: Books, console_clock: Clock, console_settings: ConsoleSettings, street: Street
) -> None:
    cookie = (await hand_out(console_books, console_clock, console_settings, street))["dangol"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["secure"]
    assert int(cookie["max-age"]) == 30 * 24 * 3600


async def test_over_https_the_cookie_is_bound_to_the_host(
    console_books: Books, console_clock: Clock, console_settings: ConsoleSettings, street: Street
) -> None:
    settings = replace(console_settings, public_url="https://dangol.example")

    cookies = await hand_out(console_books, console_clock, settings, street)

    assert cookies["__Host-dangol"]["secure"]
    assert not cookies["__Host-dangol"]["domain"]


async def test_only_a_hash_of_the_cookie_is_kept(
    console_books: Books,
    console_clock: Clock,
    console_settings: ConsoleSettings,
    street: Street,
    tmp_path: Path,
) -> None:
    cookies = await hand_out(console_books, console_clock, console_settings, street)

    with sqlite3.connect(tmp_path / "console.db") as connection:
        rows = connection.execute("SELECT * FROM web_session").fetchall()
    connection.close()

    assert len(rows) == 1
    assert cookies["dangol"].value not in str(rows)


async def test_a_session_ends_after_thirty_days_without_a_visit(
    owner: Browser, console_clock: Clock
) -> None:
    console_clock.pass_(days=29, hours=23)
    assert (await owner.get("/owner")).status == 200

    console_clock.pass_(days=30, hours=1)
    assert (await owner.get("/owner")).status == 403


async def test_who_comes_each_month_never_has_to_ask_again(
    owner: Browser, console_clock: Clock
) -> None:
    for _ in range(4):
        console_clock.pass_(days=20)
        assert (await owner.get("/owner")).status == 200


async def test_a_made_up_cookie_opens_nothing(stranger: Browser, street: Street) -> None:
    stranger.client.session.cookie_jar.update_cookies({"dangol": "made-up"})

    assert (await stranger.get("/owner")).status == 403


async def test_leaving_ends_the_session_in_the_books(owner: Browser, console_books: Books) -> None:
    kept = {cookie.key: cookie.value for cookie in owner.client.session.cookie_jar}

    left = await owner.submit("/owner/shop", "/owner/leave")
    owner.client.session.cookie_jar.update_cookies(kept)

    assert left.status == 200
    assert "나왔어요" in left.words
    assert (await owner.get("/owner")).status == 403


async def test_a_manager_leaves_too(manager: Browser) -> None:
    await manager.submit("/manager", "/manager/leave")

    assert (await manager.get("/manager")).status == 403
