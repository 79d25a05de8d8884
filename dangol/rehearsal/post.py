"""Whoever carries the platforms' webhooks to us: in time, late, twice, in another order, never."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import ClientSession, web

from dangol.rehearsal.luck import Luck
from domain.time import Now

KEPT_HEADERS = (
    "Authorization",
    "Content-Type",
    "X-Kakao-Resource-ID",
    "X-Solapi-Event-Name",
    "X-Solapi-Secret",
)
HELD_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Letter:
    path: str
    headers: Mapping[str, str]
    body: bytes


class Post:
    """Answers the sender at once, as if all was well; our own answer it keeps to itself."""

    def __init__(self, luck: Luck, now: Now) -> None:
        """`heard` is called with what our house has taken and written down."""
        self._luck = luck
        self._now = now
        self.heard: Callable[[Letter], None] = lambda _: None
        self._held: list[tuple[datetime, Letter]] = []
        self._overtaken: list[Letter] = []
        self.address = self.door = ""
        self.refused: list[str] = []

    def build(self, session: ClientSession) -> web.Application:
        self._session = session
        app = web.Application()
        app.router.add_post("/{path:.*}", self.take)
        return app

    async def take(self, request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
        letter = Letter(request.path, headers, await request.read())
        match self._luck.way_of_post():
            case "lost":
                return web.Response()
            case "late" if len(self._held) < HELD_MAX:
                self._held.append((self._now() + self._luck.lateness(), letter))
                return web.Response()
            case "out_of_order" if len(self._overtaken) < HELD_MAX:
                self._overtaken.append(letter)
                return web.Response()
            case "doubled":
                await self._deliver(letter)
        await self._deliver(letter)
        await self._deliver_overtaken()
        return web.Response()

    @property
    def next_at(self) -> datetime | None:
        return min((at for at, _ in self._held), default=None)

    async def deliver_due(self, *, everything: bool = False) -> None:
        """Brings what was late; at the end of a life everything that still lies around."""
        now = self._now()
        due = [one for one in self._held if everything or one[0] <= now]
        self._held = [one for one in self._held if one not in due]
        for _, letter in sorted(due, key=lambda one: one[0]):
            await self._deliver(letter)
        if everything:
            await self._deliver_overtaken()

    async def _deliver_overtaken(self) -> None:
        overtaken, self._overtaken = self._overtaken, []
        for letter in reversed(overtaken):
            await self._deliver(letter)

    async def _deliver(self, letter: Letter) -> None:
        url = f"{self.door}{letter.path}"
        async with self._session.post(url, headers=letter.headers, data=letter.body) as reply:
            if reply.status == web.HTTPOk.status_code:
                self.heard(letter)
            else:
                self.refused.append(f"{letter.path}: {reply.status} {await reply.text()}")
