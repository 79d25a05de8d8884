"""The phones in the browser: forms first, a script only keeps them fresh."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

from aiohttp import web

from simulator import screens
from simulator.kakao import Kakao
from simulator.pages import STATIC, page, see_other, unchanged, web_url
from simulator.solapi import Solapi
from simulator.values import Person
from simulator.world import SMS_THREAD

WORDS_LENGTH_MAX = 1_000
PAGE_NUMBER_MAX = 100_000
STATIC_FILES = {
    "simulator.css": "text/css",
    "simulator.js": "text/javascript",
    "simulator_board.css": "text/css",
    "simulator_feed.js": "text/javascript",
}
PICTURE_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg", b"GIF8": "image/gif"}
VISITOR = "me"
"""Whose phone a link from the web opens; where nobody has this id, the first person's."""
SAME_SITE = ("same-origin", "none")

Form = Mapping[str, object]
Deed = Callable[[Person, str, Form], Awaitable[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Phones:
    def __init__(self, kakao: Kakao, solapi: Solapi) -> None:
        self._kakao = kakao
        self._solapi = solapi
        self._world = kakao.world

    def routes(self) -> list[web.RouteDef]:
        chat = "/phones/{person_id}/{thread}"
        return [
            web.get("/", self.street),
            web.get("/open", self.open_link),
            web.get("/calls", self.calls),
            web.get("/pf/{public_id}/chat", self.enter_channel),
            web.get("/pf/{public_id}/friend", self.add_channel),
            web.get("/phones/{person_id}", self.phone),
            web.get(chat, self.chat),
            web.post(f"{chat}/say", self._deed(self._say)),
            web.post(f"{chat}/chip", self._deed(self._chip)),
            web.post(f"{chat}/press", self._deed(self._press)),
            web.post(f"{chat}/friend", self._deed(self._friend)),
            web.get("/sim/static/{name}", self.static),
            web.get("/sim/files/{file_id}", self.file),
        ]

    async def street(self, request: web.Request) -> web.Response:
        number = _number(request.query.get("page"))
        people = screens.people_page(self._world, request.query.get("q", "").strip(), number)
        return page(
            "street",
            shops=screens.shops(self._world),
            people=people,
            calls=screens.calls(self._world),
            calls_version=self._world.calls_seen,
            **screens.frame(self._world, request),
        )

    async def phone(self, request: web.Request) -> web.Response:
        person = self._person(request)
        shops = screens.shops(self._world, person)
        threads = screens.threads(self._world, person)
        version = screens.threads_version(threads, shops)
        if request.query.get("version") == version:
            return unchanged()
        context = {
            "person": person,
            "shops": shops,
            "threads": threads,
            "version": version,
        }
        if "version" in request.query:
            return page("phone_screen", **context, now=self._world.now())
        return page("phone", **context, **self._beside(person, request))

    async def chat(self, request: web.Request) -> web.Response:
        person, thread = self._person(request), request.match_info["thread"]
        seen = request.query.get("version")
        if seen is None and thread in self._world.bots:
            await self._kakao.enter(person.person_id, thread)
        chat = self._world.chat(person.person_id, thread)
        chat.unread = 0  # it is on the screen
        relation = self._world.relation(person.person_id, thread)
        if seen == screens.chat_version(chat, relation):
            return unchanged()
        screen = screens.chat_screen(self._world, person, thread)
        if seen is not None:
            return page("chat_screen", screen=screen)
        return page("chat", screen=screen, **self._beside(person, request))

    async def calls(self, request: web.Request) -> web.Response:
        if request.query.get("version") == str(self._world.calls_seen):
            return unchanged()
        return page("record", **self._record())

    def _beside(self, person: Person, request: web.Request) -> dict[str, object]:
        others = screens.others(self._world, person)
        return {"others": others, **self._record(), **screens.frame(self._world, request)}

    def _record(self) -> dict[str, object]:
        return {"calls": screens.calls(self._world), "calls_version": self._world.calls_seen}

    def _deed(self, deed: Deed) -> Handler:
        """A form sent: do it, then back to the chat."""

        async def handle(request: web.Request) -> web.Response:
            if request.headers.get("Sec-Fetch-Site", "none") not in SAME_SITE:
                raise web.HTTPForbidden(text="다른 사이트에서 온 요청이에요.")
            person, thread = self._person(request), request.match_info["thread"]
            form = await request.post()
            try:
                await deed(person, thread, form)
            except (KeyError, IndexError, ValueError):
                raise web.HTTPBadRequest(text="지금은 누를 수 없는 버튼이에요.") from None
            phone = f"/phones/{quote(person.person_id)}"
            # Who has left a room stands before the list; looking at the room would reopen it.
            has_left = form.get("do") == "leave"
            return see_other(phone if has_left else f"{phone}/{quote(thread)}")

        return handle

    async def _say(self, person: Person, thread: str, form: Form) -> None:
        words = str(form.get("words", "")).strip()[:WORDS_LENGTH_MAX]
        if words:
            await self._kakao.say(person.person_id, thread, words)

    async def _chip(self, person: Person, thread: str, form: Form) -> None:
        await self._kakao.press_quick_reply(person.person_id, thread, int(str(form["index"])))

    async def _press(self, person: Person, thread: str, form: Form) -> None:
        entry, button = int(str(form["entry"])), int(str(form["button"]))
        await self._kakao.press_button(person.person_id, thread, entry, button)

    async def _friend(self, person: Person, thread: str, form: Form) -> None:
        match form["do"]:
            case "add":
                self._world.add_friend(person.person_id, thread, notify=True)
            case "block":
                self._world.block(person.person_id, thread, notify=True)
            case "unblock":
                self._world.unblock(person.person_id, thread)
            case "leave":
                self._world.leave(person.person_id, thread)
            case other:
                raise ValueError(other)

    async def open_link(self, request: web.Request) -> web.Response:
        """Follows a shop's QR page as a phone's camera would."""
        url = web_url(request.query.get("url", "").strip())
        if not url:
            raise web.HTTPBadRequest(text="http:// 또는 https://로 시작하는 주소를 넣어 주세요.")
        return see_other(url)

    async def enter_channel(self, request: web.Request) -> web.Response:
        """pf.kakao.com/…/chat: a shop's page leads here, and on to the visitor's own phone."""
        return see_other(self._door(*self._visit(request)))

    async def add_channel(self, request: web.Request) -> web.Response:
        person_id, bot_id = self._visit(request)
        if not self._world.is_friend(person_id, bot_id):
            self._world.add_friend(person_id, bot_id, notify=True)
        return see_other(self._door(person_id, bot_id))

    def _visit(self, request: web.Request) -> tuple[str, str]:
        """Who comes in from the web, and through which channel's door."""
        people = self._world.people
        bot_id = self._world.bot_id_of_channel(request.match_info["public_id"])
        if bot_id is None or not people:
            raise web.HTTPNotFound(text="그런 톡채널은 없어요.")
        return (VISITOR if VISITOR in people else next(iter(people))), bot_id

    @staticmethod
    def _door(person_id: str, bot_id: str) -> str:
        return f"/phones/{quote(person_id)}/{quote(bot_id)}"

    async def static(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in STATIC_FILES:
            raise web.HTTPNotFound
        return web.FileResponse(
            STATIC / name,
            headers={"Content-Type": f"{STATIC_FILES[name]}; charset=utf-8"},
        )

    async def file(self, request: web.Request) -> web.Response:
        """A picture stored at the provider."""
        content = self._solapi.files.get(request.match_info["file_id"])
        if content is None:
            raise web.HTTPNotFound
        kinds = (kind for head, kind in PICTURE_KINDS.items() if content.startswith(head))
        return web.Response(
            body=content,
            content_type=next(kinds, "application/octet-stream"),
            headers={"X-Content-Type-Options": "nosniff"},
        )

    def _person(self, request: web.Request) -> Person:
        person = self._world.people.get(request.match_info["person_id"])
        thread = request.match_info.get("thread", SMS_THREAD)
        is_known = thread in self._world.bots or thread.startswith(SMS_THREAD)
        if person is None or not is_known:
            raise web.HTTPNotFound(text="그런 휴대폰이나 채팅방은 없어요.")
        return person


def _number(text: str | None) -> int:
    return min(max(int(text), 1), PAGE_NUMBER_MAX) if text and text.isdecimal() else 1
