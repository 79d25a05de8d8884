"""What the webhook handlers are given: settings, books, clock and the few things kept open."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from bot.channels import Channels
from bot.deadline import BUDGET_SECONDS, Callbacks
from bot.gathering import Gathering
from bot.pacing import Lines, Paces
from domain.campaigns import SenderName
from domain.time import Now
from storage.books import Books

EmptyAnswer = Literal["empty", "neutral"]
SEEN_AFTER_SECONDS = 0.7
"""Nobody has read a question and typed an answer sooner after it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSettings:
    """`empty_answer`: what an event block says to someone who refused meanwhile.

    `wake` tells the worker to look for work; nothing depends on it. `senders`: the ways that this
    installation has an account for.
    """

    public_url: str
    solapi_webhook_secret: str = field(repr=False)
    nhn_webhook_signature: str = field(default="", repr=False)
    empty_answer: EmptyAnswer = "empty"
    callback_host: str = "bot-api.kakao.com"
    budget_seconds: float = BUDGET_SECONDS
    paces: Callable[[], Paces] = Paces
    seen_after_seconds: float = SEEN_AFTER_SECONDS
    wake: Callable[[], None] = lambda: None
    senders: frozenset[SenderName] = frozenset({SenderName.KAKAO_EVENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    books: Books
    now: Now
    settings: BotSettings
    channels: Channels
    callbacks: Callbacks
    paces: Paces
    lines: Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsDoor:
    books: Books
    now: Now
    settings: BotSettings
    gathering: Gathering


DOOR = web.AppKey("door", Door)
REPORTS_DOOR = web.AppKey("reports_door", ReportsDoor)
