"""A person at a browser, without a screen: follows links and sends forms as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

from aiohttp import ClientSession, CookieJar


@dataclass(slots=True)
class PageForm:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class FormReader(HTMLParser):
    """Collects a page's forms with what is hidden in them or chosen already."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(given.get("action", "")))
        elif (
            tag == "input" and self.forms and (given.get("type") == "hidden" or "checked" in given)
        ):
            self.forms[-1].fields[given["name"]] = given.get("value", "")


class PageError(Exception):
    """A page did not answer as its reader must be able to expect."""


class Browser:
    """Keeps cookies; use as a context."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.page = ""
        self.url = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._session.close()

    async def open(self, path: str) -> None:
        async with self._session.get(f"{self._address}{path}") as answer:
            await self._read(answer.status, str(answer.url), await answer.text())

    async def submit(self, action: str, fields: Mapping[str, str]) -> None:
        """Sends the page's form with this action; raises PageError when there is none."""
        reader = FormReader()
        reader.feed(self.page)
        form = next((one for one in reader.forms if one.action == action), None)
        if form is None:
            raise PageError(f"{self.url} has no form that goes to {action}")
        data = {**form.fields, **fields}
        async with self._session.post(f"{self._address}{action}", data=data) as answer:
            await self._read(answer.status, str(answer.url), await answer.text())

    async def _read(self, status: int, url: str, text: str) -> None:
        if status != 200:  # noqa: PLR2004 - what a page that worked answers
            raise PageError(f"{url} answered {status}: {text[:300]}")
        self.page, self.url = text, url
