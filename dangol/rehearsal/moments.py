"""What happens in town at the moment a request reaches the pretend world, and what is overheard."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

OUR_LOGGERS = ("campaigns", "bot", "console", "dangol", "loyalty", "storage", "subsidy")
COMPLAINTS_MAX = 20

Act = Callable[[], Awaitable[object]]


class Moments:
    """Acts that wait for a request."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Act]] = []

    def when(self, point: str, act: Act) -> None:
        """Once, before the first request like `POST /v2/bots/*/talk` is worked on."""
        self._waiting.append((point, act))

    def clear(self) -> None:
        self._waiting.clear()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        here = f"{request.method} {request.path}"
        due = [one for one in self._waiting if fnmatchcase(here, one[0])]
        for one in due:
            self._waiting.remove(one)
            await one[1]()
        return await handler(request)


class Complaints(logging.Handler):
    """What our own code logs as a bug while a town lives: a step that failed is no success."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(OUR_LOGGERS) and len(self.heard) < COMPLAINTS_MAX:
            error = record.exc_info[1] if record.exc_info else None
            self.heard.append(f"{record.name}: {record.getMessage()} ({error!r})")

    @contextmanager
    def listening(self) -> Iterator[Self]:
        logging.getLogger().addHandler(self)
        try:
            yield self
        finally:
            logging.getLogger().removeHandler(self)
