"""One shop behind a real server in this process: its books and its clock are at hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, ViewportSize

from console.app import setup
from console.keys import ConsoleSettings, KakaoLogin
from console.sessions import BookSessions
from dangol.stage import free_port
from domain.people import CustomerId
from storage.books import Books, open_books
from storage.vault import Vault
from tests.browser import measures
from tests.browser.stage import HOST, PATIENCE_MS
from tests.console.counting import put_card, show_code
from tests.console.street import Clock, Street, add_regular, build_street
from tests.factories import rows

SMALL_PHONE = ViewportSize(width=360, height=740)
STANDING = "SELECT count(*) FROM visit WHERE canceled_at IS NULL"
PHONE_NUMBER = "010-5550-0001"
TILL = "/owner/counter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One shop behind a real server, and what its books say."""

    url: str
    books: Books
    street: Street
    regular: CustomerId
    clock: Clock
    owner_cookie: tuple[str, str]
    browser: Browser

    async def open(
        self, *, is_owner: bool = True, has_worker: bool = False, has_scripts: bool = True
    ) -> Page:
        context = await self.browser.new_context(
            viewport=SMALL_PHONE,
            is_mobile=True,
            has_touch=True,
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            reduced_motion="reduce",
            java_script_enabled=has_scripts,
            service_workers="allow" if has_worker else "block",
        )
        context.set_default_timeout(PATIENCE_MS)
        if is_owner:
            name, value = self.owner_cookie
            await context.add_cookies([{"name": name, "value": value, "url": self.url}])
        return await context.new_page()

    async def code(self) -> str:
        at = self.clock.at
        return await self.books.write(show_code, self.street.shop_id, self.regular, at)

    async def count(self) -> int:
        ((count,),) = await self.books.read(rows, STANDING)
        return int(count)


@asynccontextmanager
async def open_place(
    path: Path, browser: Browser, *, login: KakaoLogin | None = None
) -> AsyncIterator[Place]:
    """On a migrated SQLite file; its windows are closed in the end."""
    clock = Clock()
    settings = ConsoleSettings(public_url=f"http://{HOST}:{free_port()}", login=login)
    async with open_books(f"sqlite:///{path}", Vault(bytes(32))) as books:
        street = await books.write(build_street, "보람")
        await books.write(put_card, street.shop_id, clock.at, 10)
        sessions = BookSessions(books, clock, settings)
        app = web.Application()
        setup(app, books=books, now=clock, settings=settings)
        async with TestServer(app, host=HOST, port=int(settings.public_url.rpartition(":")[2])):
            yield Place(
                url=settings.public_url,
                books=books,
                street=street,
                regular=await books.write(add_regular, street.shop_id, "minji", phone=PHONE_NUMBER),
                clock=clock,
                owner_cookie=(sessions.cookie_name, await sessions.open(street.owner)),
                browser=browser,
            )
            for context in browser.contexts:
                await context.close()


async def looks_right(page: Page) -> None:
    assert await measures.faults(page) == []
    assert await measures.small_targets(page) == []
