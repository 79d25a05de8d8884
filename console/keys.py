"""What the console's pages are given: typed keys of the application and of a request."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from domain.campaigns import SenderName
from domain.people import MarketId, ProgramId, Role, ShopId, StaffId
from domain.time import Now
from storage.books import Books
from storage.queries.staff import StaffView

KAKAO_CHAT = "https://pf.kakao.com"
KAKAO_SAYING = "kakaoplus://plusfriend/talk/bot"
"""Opens the chat with words in it; undocumented (kakao-chatbot.md section 6), so never the only
way, and only where KakaoTalk itself is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KakaoLogin:
    """The app at Kakao Developers that people sign in to; its REST API key is the client's id."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """`chat_link` stands before `/{channel}/chat`, so that the demo can point elsewhere.

    `senders` are those this installation has an account for; no other way is offered.
    `wake` tells the worker to look for work; nothing depends on it. Without `login` nobody is
    offered to come in with a Kakao account.
    """

    public_url: str
    chat_link: str = KAKAO_CHAT
    senders: frozenset[SenderName] = frozenset(SenderName)
    wake: Callable[[], None] = lambda: None
    login: KakaoLogin | None = None

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    def shop_url(self, slug: str) -> str:
        return f"{self.public_url.rstrip('/')}/s/{slug}"

    def stamp_url(self, slug: str) -> str:
        return f"{self.shop_url(slug)}/stamp"

    def scan_url(self, token: str) -> str:
        return f"{self.public_url.rstrip('/')}/q/{token}"

    def counter_url(self, code: str) -> str:
        return f"{self.public_url.rstrip('/')}/owner/counter?code={code}"

    def chat_url(self, channel: str) -> str:
        return f"{self.chat_link}/{channel}/chat"

    def saying_url(self, search_id: str, words: str) -> str | None:
        """The chat with these words in it; None where `chat_link` is no KakaoTalk."""
        name = "@" + search_id.removeprefix("@")
        return f"{KAKAO_SAYING}/{name}/{words}" if self.chat_link == KAKAO_CHAT else None

    @property
    def login_back_url(self) -> str:
        """To be registered at Kakao Developers, letter by letter (Redirect URI)."""
        return f"{self.public_url.rstrip('/')}/login/kakao/back"

    def join_url(self, token: str) -> str:
        return f"{self.public_url.rstrip('/')}/join/{token}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is signed in on a shop's page: its owner, or a clerk on the pages clerks may open."""

    staff_id: StaffId
    shop_id: ShopId
    name: str
    role: Role = Role.OWNER

    @property
    def actor(self) -> str:
        return f"{self.role}:{self.staff_id}"

    @property
    def is_clerk(self) -> bool:
        return self.role is Role.CLERK


@dataclass(frozen=True, slots=True)
class Manager:
    """Who is signed in on a manager's page: the program's manager, the manager of one of its
    markets, or an auditor, who reads only. `market_id` is None for who sees the whole program.
    """

    staff_id: StaffId
    program_id: ProgramId
    name: str
    role: Role = Role.MANAGER
    market_id: MarketId | None = None

    @property
    def actor(self) -> str:
        return f"{self.role}:{self.staff_id}"

    @property
    def may_act(self) -> bool:
        return self.role is not Role.AUDITOR

    @property
    def runs_program(self) -> bool:
        """May do what concerns more than one market."""
        return self.role is Role.MANAGER

    def sees_market(self, market_id: MarketId | None) -> bool:
        """Of this program's markets; None is what belongs to no market."""
        return self.market_id in (None, market_id)


BOOKS = web.AppKey("books", Books)
NOW: web.AppKey[Now] = web.AppKey("now")
SETTINGS = web.AppKey("settings", ConsoleSettings)
OWNER = web.RequestKey("owner", Owner)
MANAGER = web.RequestKey("manager", Manager)
KNOWN = web.RequestKey("known", StaffView)
"""Whoever is signed in, in whatever role, on the pages about themselves."""
