"""A browser without scripts: it opens pages and fills in their forms."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from console.app import setup
from console.keys import ConsoleSettings
from console.sessions import BookSessions
from domain.people import StaffId
from domain.time import Now
from storage.books import Books

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
SMALL_BODY = 64 * 1024
TAGS = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    html: str
    headers: Mapping[str, str]

    @property
    def words(self) -> str:
        """What stands on the page, without its tags."""
        return " ".join(unescape(TAGS.sub("", self.html)).split())

    @property
    def location(self) -> str:
        return self.headers["Location"]

    def value(self, name: str) -> str:
        """What a hidden or text field holds."""
        found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', self.html)
        assert found, f"no field {name} on this page"
        return unescape(found[1])


@dataclass(frozen=True, slots=True)
class Browser:
    client: TestClient[web.Request, web.Application]

    async def get(self, path: str) -> Page:
        async with self.client.get(path, allow_redirects=False) as response:
            return Page(response.status, await response.text(errors="replace"), response.headers)

    async def post(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Sends a form exactly as given, without a token."""
        form = FormData(dict(fields or {}))
        for name, body in (files or {}).items():
            form.add_field(
                name, io.BytesIO(body), filename=f"{name}.jpg", content_type="image/jpeg"
            )
        async with self.client.post(
            path, data=form, headers=headers, allow_redirects=False
        ) as response:
            return Page(response.status, await response.text(errors="replace"), response.headers)

    async def submit(
        self,
        page: str,
        path: str,
        fields: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, bytes] | None = None,
    ) -> Page:
        """Opens a page and sends a form of it, with its token."""
        shown = await self.get(page)
        return await self.post(path, {"csrf": token_on(shown), **(fields or {})}, files=files)


@dataclass(slots=True)
class Browsers:
    """Opens browsers, each with its own cookies, on one console."""

    books: Books
    now: Now
    settings: ConsoleSettings
    opened: list[Browser] = field(default_factory=list)

    async def open(self, staff_id: StaffId | None = None) -> Browser:
        app = web.Application(client_max_size=SMALL_BODY)
        setup(app, books=self.books, now=self.now, settings=self.settings)
        client = TestClient(TestServer(app))
        await client.start_server()
        if staff_id is not None:
            sessions = BookSessions(self.books, self.now, self.settings)
            token = await sessions.open(staff_id)
            client.session.cookie_jar.update_cookies(
                {sessions.cookie_name: token}, client.make_url("/")
            )
        self.opened.append(Browser(client))
        return self.opened[-1]


def token_on(page: Page) -> str:
    found = CSRF.search(page.html)
    assert found, f"no form on this page ({page.status})"
    return found[1]
