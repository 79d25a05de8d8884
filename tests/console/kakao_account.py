"""A browser in front of the pretend Kakao's login, on its way to and from the console."""

import re
from dataclasses import dataclass
from html import unescape

from aiohttp import ClientSession
from yarl import URL

from simulator.world import Person, World
from tests.console.browser import Browser, Page

QUESTION = re.compile(r'name="question" value="([^"]+)"')
LEADS_ON = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


@dataclass(frozen=True, slots=True)
class KakaoAccount:
    """What a person does on Kakao's pages, with cookies of their own there."""

    world: World
    session: ClientSession
    address: str

    async def answer(self, begun: Page, person: Person, *, do: str = "agree") -> str:
        """Where Kakao sends the browser back to: path and query at the console."""
        page = await self.meet(begun)
        if "/oauth/authorize" in page.path:
            page = await self._press(page, "account", person=person.person_id)
        if "/oauth/authorize" in page.path:
            page = await self._press(page, "consent", do=do)
        return page.path

    async def meet(self, begun: Page) -> "Shown":
        """What Kakao shows first, or where it sends the browser at once."""
        found = LEADS_ON.search(begun.html)
        assert found, begun.words
        return await self._open(unescape(found[1]))

    async def _open(self, address: str) -> "Shown":
        async with self.session.get(address, allow_redirects=False) as response:
            return Shown.of(response.headers.get("Location"), address, await response.text())

    async def _press(self, page: "Shown", where: str, **fields: str) -> "Shown":
        found = QUESTION.search(page.html)
        assert found, page.html
        form = {"question": unescape(found[1]), **fields}
        address = f"{self.address}/oauth/authorize/{where}"
        async with self.session.post(address, data=form, allow_redirects=False) as response:
            return Shown.of(response.headers.get("Location"), address, await response.text())


@dataclass(frozen=True, slots=True)
class Shown:
    path: str
    html: str

    @classmethod
    def of(cls, location: str | None, address: str, html: str) -> "Shown":
        return cls(URL(location or address).raw_path_qs, html)


async def come_in_with(browser: Browser, kakao: KakaoAccount, person: Person) -> Page:
    """Presses 카카오로 들어오기 and comes back from Kakao."""
    begun = await browser.post("/login/kakao")
    return await browser.get(await kakao.answer(begun, person))


async def link_to(browser: Browser, kakao: KakaoAccount, person: Person) -> Page:
    """Presses 카카오계정 이어 두기, signed in."""
    begun = await browser.submit("/account", "/account/link")
    return await browser.get(await kakao.answer(begun, person))
