"""One HTTP request, made once, told apart by what is known afterwards (providers.md E)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    ServerDisconnectedError,
    TCPConnector,
)

from domain.refusals import Retryable, TooMany, Unknown

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 30.0
REPLY_BYTES_MAX = 32 * 1024 * 1024
READ_BYTES = 64 * 1024
AFTER_SECONDS_MAX = 600.0
SECONDS = re.compile(r"[0-9]{1,9}")

NOT_CONNECTED = (ClientConnectorError, ConnectionTimeoutError)


class Answer(NamedTuple):
    """What the other side said: 2xx, or 4xx that it will not; `after` how long it wants us to
    wait, in seconds.
    """

    status: int
    body: bytes
    after: float | None = None

    @property
    def is_success(self) -> bool:
        return self.status < HTTPStatus.MULTIPLE_CHOICES


class Line:
    """The way to one host; it owns its connections, which open with the first request."""

    def __init__(self, base_url: str, *, timeout_seconds: float = TOTAL_SECONDS) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = ClientTimeout(
            total=timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)
        )
        self._session: ClientSession | None = None

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """Retryable when nothing can have been done, Unknown when it may have been."""
        answer = await self._ask(method, path, headers, body)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise TooMany(f"HTTP_{answer.status}", after_seconds=answer.after)
        # 408 comes from something in between that gave up waiting, so it proves nothing.
        is_clear = answer.is_success or 400 <= answer.status < 500  # noqa: PLR2004 - "4xx"
        if not is_clear or answer.status == HTTPStatus.REQUEST_TIMEOUT:
            raise Unknown(f"HTTP_{answer.status}")
        return answer

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        request = self._connections().request(
            method, self._base_url + path, headers=headers, data=body, allow_redirects=False
        )
        try:
            async with request as response:
                after = after_seconds(response.headers)
                return Answer(response.status, await _read(response), after)
        except NOT_CONNECTED as error:
            raise Retryable("CONNECT", type(error).__name__) from error
        except TimeoutError as error:
            raise Unknown("TIMEOUT") from error
        except (ClientError, OSError) as error:
            raise Unknown("RESET", type(error).__name__) from error

    def _connections(self) -> ClientSession:
        if self._session is None:
            # A fresh connection per request: a kept one that the server just closed would
            # look like a lost answer, and for advertisements that is an unknown chunk.
            self._session = ClientSession(
                connector=TCPConnector(force_close=True),
                timeout=self._timeout,
                middlewares=(_once,),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def after_seconds(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` (RFC 9110, 10.2.3): seconds, or a date beside the answer's own; None when it
    is not there or makes no sense. Documented by neither provider, so it is believed up to
    `AFTER_SECONDS_MAX` (kakao-chatbot.md: clients honour it).
    """
    told = headers.get("Retry-After", "").strip()
    seconds = float(told) if SECONDS.fullmatch(told) else _until(told, headers.get("Date"))
    return None if seconds is None else min(max(seconds, 0.0), AFTER_SECONDS_MAX)


def _until(told: str, said: str | None) -> float | None:
    """Their clock is not ours: the date is counted from when they say they answered."""
    try:
        until = parsedate_to_datetime(told)
        since = parsedate_to_datetime(said) if said else datetime.now(UTC)
        return (until - since).total_seconds()
    except (ValueError, TypeError):
        return None


async def _once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keeps aiohttp from repeating PUT, DELETE and GET by itself after a lost answer.

    It does so on fresh connections too (aiohttp 3.14, `ClientSession._request`), so that
    `force_close` alone does not keep us from providers.md trap 2. Unknown is none of the
    errors that it repeats.
    """
    try:
        return await handler(request)
    except NOT_CONNECTED:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise Unknown("RESET", type(error).__name__) from error


async def _read(response: ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_chunked(READ_BYTES):
        body += part
        if len(body) > REPLY_BYTES_MAX:
            raise Unknown("REPLY_TOO_LONG")
    return bytes(body)
