"""The five seconds: a time budget, and the late answer by callback (kakao-chatbot.md 1.9, 3)."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from typing import TypeVar
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

BUDGET_SECONDS = 3.5
CALLBACK_SECONDS = 60.0
CALLBACK_POST_SECONDS = 10.0
CLOSE_SECONDS = 20.0
LATE_MAX = 1_000
LOCAL_HOSTS = ("127.0.0.1", "localhost")
LOG = logging.getLogger(__name__)

T = TypeVar("T")


class Late(Exception):
    """The budget is used up; the work goes on."""


async def within(work: "asyncio.Future[T]", seconds: float) -> T:
    """The result of work that goes on when time is up; raises Late then.

    By hand, because `asyncio.wait` and a task of its own cost as much as the turn itself.
    """
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[None] = loop.create_future()
    timer = loop.call_later(seconds, _wake, waiter)
    work.add_done_callback(lambda _: _wake(waiter))
    await waiter
    timer.cancel()
    if not work.done():
        raise Late
    return work.result()


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)


def is_allowed(url: str, host: str) -> bool:
    """Only the platform's own address: whoever knows the secret may still not send us elsewhere."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in LOCAL_HOSTS  # the simulator's
    )
    return is_safe and parts.netloc == host


class Callbacks:
    """Answers that are still being made, each sent once to its own address."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._session: ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, session: ClientSession) -> None:
        self._session = session

    async def close(self) -> None:
        """Waits a while for what was promised, then lets go of the rest."""
        if self._tasks:
            _, open_ = await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
            for task in open_:
                task.cancel()
        self._session = None

    def promise(self, url: str | None, late: Awaitable[bytes]) -> bool:
        """Whether the answer will follow; if not, its outcome is watched all the same."""
        can_follow = url is not None and is_allowed(url, self._host) and len(self._tasks) < LATE_MAX
        if url is not None and not can_follow:
            LOG.warning("no late answer to %s", urlsplit(url).netloc)
        self._keep(self._follow(url if can_follow else None, late))
        return can_follow

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self, url: str | None, late: Awaitable[bytes]) -> None:
        try:
            async with asyncio.timeout(CALLBACK_SECONDS - BUDGET_SECONDS):
                answer = await late
                if url is not None:
                    await self._post(url, answer)
        except TimeoutError:
            LOG.warning("an answer came too late even for its callback")
        except Exception:
            LOG.exception("a late turn failed")

    async def _post(self, url: str, body: bytes) -> None:
        """Once: the address is used up by the first call, whatever becomes of it."""
        assert self._session is not None, "opened with the application"
        headers = {"Content-Type": "application/json"}
        timeout = ClientTimeout(total=CALLBACK_POST_SECONDS)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                LOG.info("late answer: HTTP %d", response.status)
        except (ClientError, TimeoutError) as error:
            LOG.warning("late answer not delivered: %s", error or type(error).__name__)
