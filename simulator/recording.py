"""Who called whom: the two directions written down alike, secrets and numbers never shown."""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Protocol

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

BODY_KEPT_BYTES = 4_096
UNREAD_BYTES_MAX = 65_536
HEADERS_KEPT_MAX = 40
QUERY_KEPT_LENGTH = 500

SERVER = "서버"
KAKAO = "카카오톡"
LOGIN = "카카오 로그인"
SOLAPI = "솔라피"
NHN = "NHN 클라우드"
# Pages for people and the control are not part of what is recorded. The longest start decides:
# Kakao's two interfaces share a host here.
HOSTS: Mapping[str, str] = {
    "/v1/oidc/": LOGIN,
    "/v1/user/": LOGIN,
    "/v2/user/": LOGIN,
    "/oauth/token": LOGIN,
    "/.well-known/": LOGIN,
    "/v1/": KAKAO,
    "/v2/": KAKAO,
    "/messages/": SOLAPI,
    "/cash/": SOLAPI,
    "/storage/": SOLAPI,
    "/kakao/v2/": SOLAPI,
    "/pricing/": SOLAPI,
    "/quota/": SOLAPI,
    "/webhook/": SOLAPI,
    "/iam/": SOLAPI,
    "/alimtalk/": NHN,
    "/brand-message/": NHN,
    "/common/": NHN,
    "/friendtalk/": NHN,
    "/sms/": NHN,
}
PARTIES = (KAKAO, LOGIN, SOLAPI, NHN)

# All other headers may be somebody's secret, whatever their name.
OPEN_HEADERS = {
    "accept", "accept-encoding", "accept-language", "connection", "content-length", "content-type", "date", "host", "location", "retry-after",
    "server", "user-agent", "x-kakao-resource-id", "x-nc-api-idempotency-key",
    "x-solapi-event-name",
}  # fmt: skip
HIDDEN = "•••"
NEVER_SHOWN = (
    "access_token|refresh_token|id_token|client_secret|code|code_verifier|admin_key|rest_api_key|"
    "api_secret|apiSecret|secret|secretKey|webhook_secret|header_secret|password|token|signature|"
    "appkey|appKey|resendAppKey"
)
SECRET_IN_JSON = re.compile(rf'("(?:{NEVER_SHOWN})"\s*:\s*")(?:[^"\\]|\\.)*')
SECRET_IN_FORM = re.compile(rf"((?:^|[?&])(?:{NEVER_SHOWN})=)[^&\s]*")
SECRET_IN_PATH = re.compile(r"(/(?:callback|appkeys)/)[^\"/?\s]+")
# Whoever has such a link may be let in by it, once: nobody types so long a piece.
LINK = re.compile(r"(https?:[^\s\"'<>?#]*/)[\w~-]{16,}[\w.~-]*/?(?![\w.~/-])", re.ASCII)
# As people type them, too: other dashes, dots, the wide digits of a Korean keyboard; and as they
# stand in an address.
MARKS = r"\s.+()\-\u2010-\u2015\u2212\uff0b\uff0d\uff0e"
BETWEEN = rf"(?:[{MARKS}]|%20){{0,3}}"
PHONE = re.compile(
    rf"(?:(?<![\dA-Za-z])|(?<=%2[Bb]))((?:[8\uff18][2\uff12]{BETWEEN}(?:[0\uff10]{BETWEEN})?"
    rf"|[0\uff10])[1\uff11]\d)({BETWEEN})\d{{3,4}}({BETWEEN})(\d{{4}})(?!\d)"
)
CUT_DIGITS = re.compile(rf"(?<![\d{MARKS}])[\d{MARKS}]+$")


class Said(NamedTuple):
    """One half of a call, as far as it is kept."""

    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    length: int = 0  # of the whole body, bytes


class HttpCall(NamedTuple):
    """One line of the record; parties by the names people read."""

    at: datetime
    caller: str
    callee: str
    method: str
    path: str
    status: int  # 0: no answer
    elapsed_ms: float
    query: str = ""
    asked: Said = Said()
    answered: Said = Said()
    problem: str = ""


class Recorder(Protocol):
    def record(self, call: HttpCall) -> None: ...

    def instant(self) -> datetime: ...


def said(headers: Mapping[str, str], body: bytes) -> Said:
    """Kept as it came, in part: what may be seen of it is decided when somebody looks."""
    return Said(tuple(headers.items())[:HEADERS_KEPT_MAX], body[:BODY_KEPT_BYTES], len(body))


def host_of(path: str) -> str | None:
    starts = [start for start in HOSTS if path.startswith(start)]
    return HOSTS[max(starts, key=len)] if starts else None


def recorder(world: Recorder) -> Middleware:
    """Writes down what other programs asked of the pretended hosts, and what they got."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        callee = host_of(request.path)
        if callee is None:
            return await handler(request)
        started = time.perf_counter()
        response: web.StreamResponse | None = None
        try:
            response = await handler(request)
        finally:
            elapsed_ms = (time.perf_counter() - started) * 1000
            # A call that was cut off or that broke has no answer to show.
            heard = None if _is_cut(request) else response
            world.record(
                HttpCall(
                    at=world.instant(),
                    caller=SERVER,
                    callee=callee,
                    method=request.method,
                    path=request.path,
                    status=heard.status if heard else 0,
                    elapsed_ms=elapsed_ms,
                    query=request.query_string[:QUERY_KEPT_LENGTH],
                    asked=said(request.headers, await _read(request)),
                    answered=_answered(heard),
                )
            )
        return response

    return record


async def _read(request: web.Request) -> bytes:
    """What was asked; a long body that nobody read, or half a one, is not waited for."""
    length = request.content_length
    is_small = length is not None and length <= UNREAD_BYTES_MAX
    is_here = not request.can_read_body or (is_small and not _is_cut(request))
    return await request.read() if is_here else b""


def _is_cut(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _answered(response: web.StreamResponse | None) -> Said:
    if response is None:
        return Said()
    body = response.body if isinstance(response, web.Response) else b""
    return said(response.headers, bytes(body) if isinstance(body, bytes | bytearray) else b"")


def shown_header(name: str, value: str) -> str:
    if name.lower() in OPEN_HEADERS:
        return masked(value)
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if name.lower() == "authorization" and space else HIDDEN


def shown_body(one: Said) -> str:
    """Pretty where it is whole JSON, cut with a note where it was too long."""
    if not one.body:
        return ""
    text = one.body.decode(errors="replace")
    if one.length > len(one.body):
        cut = CUT_DIGITS.sub("", text.rstrip("\ufffd"))
        return f"{masked(cut)}\n… 모두 {one.length:,}바이트 가운데 앞부분이에요."
    with suppress(orjson.JSONDecodeError):  # a form, a page, half an answer
        text = orjson.dumps(orjson.loads(one.body), option=orjson.OPT_INDENT_2).decode()
    return masked(text)


def masked(text: str) -> str:
    """Without secrets, one-time addresses, and the middle of people's numbers."""
    text = SECRET_IN_JSON.sub(rf"\1{HIDDEN}", text)
    text = SECRET_IN_FORM.sub(rf"\1{HIDDEN}", text)
    text = SECRET_IN_PATH.sub(rf"\1{HIDDEN}", text)
    text = LINK.sub(rf"\1{HIDDEN}", text)
    return PHONE.sub(r"\1\2****\3\4", text)
