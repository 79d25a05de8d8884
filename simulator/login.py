"""Kakao Login in the browser: who are you, what may the app know (kakao-chatbot.md 5.4)."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from simulator import screens
from simulator.login_book import (
    CODE,
    ITEMS,
    OPENID,
    QUESTION,
    SESSION,
    SESSION_KEPT,
    Code,
    LoginBook,
    Question,
    Session,
)
from simulator.pages import page, see_other
from simulator.values import LoginApp
from simulator.world import World

COOKIE = "sim_kakao_account"
PROMPTS = ("", "none", "login", "consent", "select_account")
ASKING_AGAIN = ("login", "select_account")
SAME_SITE = ("same-origin", "none")
LENGTH_MAX = 2_000

Query = Mapping[str, str]


class RefusedError(Exception):
    """An error the app may hear of, sent back to its own address."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description


class Browser(NamedTuple):
    session: Session
    is_new: bool
    """Just signed in, for this very question."""


class Login:
    def __init__(self, world: World, book: LoginBook) -> None:
        self._world = world
        self._book = book

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/oauth/authorize", self.authorize),
            web.get("/oauth/authorize/account", self.who),
            web.post("/oauth/authorize/account", self.choose),
            web.post("/oauth/authorize/consent", self.consent),
        ]

    async def authorize(self, request: web.Request) -> web.Response:
        app = self._app(request.query)
        redirect_uri = request.query["redirect_uri"]
        try:
            question = _question(request.query, app)
            session = self._book.sessions.find(request.cookies.get(COOKIE, ""))
            if session and session.person_id not in self._world.people:
                session = None
            return self._next(question, Browser(session, is_new=False) if session else None)
        except RefusedError as refused:
            state = request.query.get("state", "")
            return _back(redirect_uri, state, _told(refused))

    def _app(self, query: Query) -> LoginApp:
        """Nobody is sent to an address that is not registered: those mistakes are told here."""
        app = self._world.apps.get(query.get("client_id", ""))
        if app is None:
            raise _bad("없는 앱이에요. client_id(REST API 키)를 확인해 주세요.")
        if query.get("redirect_uri", "") not in app.redirect_uris:
            raise _bad("등록되지 않은 redirect_uri예요. 앱에 등록한 주소와 글자까지 같아야 해요.")
        return app

    def _next(self, question: Question, browser: Browser | None) -> web.Response:
        """The next thing to ask, or the code when nothing is left to ask."""
        if browser is None or (question.prompt in ASKING_AGAIN and not browser.is_new):
            if question.prompt == "none":
                raise RefusedError("login_required", "user authentication required")
            return self._people(question, question.login_hint, 1)
        person_id = browser.session.person_id
        agreed = self._book.agreed(question.client_id, person_id)
        if set(question.scopes) <= agreed and question.prompt != "consent":
            return self._send_code(question, browser.session, agreed)
        if question.prompt == "none":
            raise RefusedError("consent_required", "user consent required")
        return page(
            "consent",
            app=self._world.apps[question.client_id],
            person=self._world.person(person_id),
            items=[(one, ITEMS[one]) for one in question.scopes if one != OPENID],
            question=self._book.questions.put(question, QUESTION),
        )

    def _people(self, question: Question, query: str, number: int) -> web.Response:
        people = screens.people_page(self._world, query.strip(), number)
        if not people.total:
            people = screens.people_page(self._world, "", 1)
        return page(
            "account",
            app=self._world.apps[question.client_id],
            people=people,
            question=self._book.questions.put(question, QUESTION),
        )

    async def who(self, request: web.Request) -> web.Response:
        """The list of people again, searched or turned over."""
        question = self._book.questions.find(request.query.get("question", ""))
        if question is None or question.client_id not in self._world.apps:
            raise _bad("로그인이 오래 멈춰 있었어요. 앱에서 다시 시작해 주세요.")
        number = request.query.get("page", "")
        query = request.query.get("q", "")
        return self._people(question, query, int(number) if number.isdecimal() else 1)

    async def choose(self, request: web.Request) -> web.Response:
        question, form = await self._answered(request)
        person_id = form.get("person", "")
        if person_id not in self._world.people:
            raise _bad("그런 사람은 없어요.")
        session = Session(person_id, self._world.now())
        is_kept = form.get("keep") == "on"
        try:
            response = self._next(question, Browser(session, is_new=True))
        except RefusedError as refused:
            response = _back(question.redirect_uri, question.state, _told(refused))
        name = self._book.sessions.put(session, SESSION_KEPT if is_kept else SESSION)
        response.set_cookie(COOKIE, name, httponly=True, samesite="Lax", path="/oauth")
        return response

    async def consent(self, request: web.Request) -> web.Response:
        question, form = await self._answered(request)
        session = self._book.sessions.find(request.cookies.get(COOKIE, ""))
        if session is None or session.person_id not in self._world.people:
            raise _bad("로그인이 풀렸어요. 앱에서 다시 시작해 주세요.")
        if form.get("do") != "agree":
            refused = RefusedError("access_denied", "User denied access")
            return _back(question.redirect_uri, question.state, _told(refused))
        app = self._world.apps[question.client_id]
        chosen = {one for one in question.scopes if one in form or one in app.required}
        if OPENID in question.scopes:
            chosen.add(OPENID)
        self._book.agree(app.client_id, session.person_id, chosen)
        if "plusfriends" in question.scopes:
            self._world.share_channel_state(session.person_id, shares="plusfriends" in chosen)
        return self._send_code(question, session, frozenset(chosen))

    async def _answered(self, request: web.Request) -> tuple[Question, dict[str, str]]:
        """A form of ours, and the question it answers: once."""
        if request.headers.get("Sec-Fetch-Site", "none") not in SAME_SITE:
            raise web.HTTPForbidden(text="다른 사이트에서 온 요청이에요.")
        form = {name: str(value) for name, value in (await request.post()).items()}
        question = self._book.questions.take(form.get("question", ""))
        if question is None or question.client_id not in self._world.apps:
            raise _bad("로그인이 오래 멈춰 있었어요. 앱에서 다시 시작해 주세요.")
        return question, form

    def _send_code(
        self, question: Question, session: Session, agreed: frozenset[str]
    ) -> web.Response:
        self._world.connect(session.person_id)
        scopes = agreed & frozenset(question.scopes)
        code = self._book.codes.put(Code(question, session, scopes), CODE)
        return _back(question.redirect_uri, question.state, {"code": code})


def _question(query: Query, app: LoginApp) -> Question:
    prompt, challenge = query.get("prompt", ""), query.get("code_challenge", "")
    # Whether a comma or a space parts the scopes is not certain (5.4): either does.
    scopes = tuple(dict.fromkeys(query.get("scope", "").replace(",", " ").split()))
    if any(len(value) > LENGTH_MAX for value in query.values()):
        raise RefusedError("invalid_request", "a parameter is too long")
    if query.get("response_type") != "code":
        raise RefusedError("unsupported_response_type", "response_type must be code")
    if prompt not in PROMPTS:
        raise RefusedError("invalid_request", "unknown prompt")
    if any(one not in ITEMS and one != OPENID for one in scopes):
        raise RefusedError("invalid_scope", "unknown consent item")
    if challenge and query.get("code_challenge_method") != "S256":
        raise RefusedError("invalid_request", "code_challenge_method must be S256")
    return Question(
        client_id=app.client_id,
        redirect_uri=query["redirect_uri"],
        scopes=tuple(dict.fromkeys((*sorted(app.required), *scopes))),
        state=query.get("state", ""),
        nonce=query.get("nonce", ""),
        prompt=prompt,
        login_hint=query.get("login_hint", ""),
        challenge=challenge,
    )


def _told(refused: RefusedError) -> dict[str, str]:
    return {"error": refused.code, "error_description": refused.description}


def _back(redirect_uri: str, state: str, answer: dict[str, str]) -> web.Response:
    """To the app, with its own `state`."""
    query = urlencode({**answer, **({"state": state} if state else {})})
    return see_other(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}")


def _bad(sentence: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=sentence)
