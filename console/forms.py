"""What a person typed into a form, read once and made sound."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler
from aiohttp.web_request import FileField

from domain.money import JEON_PER_WON, Jeon
from domain.people import clean_text
from domain.refusals import Invalid
from domain.time import KST, kst_instant

UPLOAD_BYTES_MAX = 12 * 1024 * 1024
"""A phone's photo has 3 to 8 MB."""

NEWS_BYTES_MAX = 50 * 1024 * 1024
"""News has a photo of its own and up to five cards with one each: without scripts they all come in
one form, and what was typed must not be lost over them.
"""

NEWS_PATH = "/owner/send"

WON_MAX = 10_000_000_000
WON_DIGITS_MAX = len(str(WON_MAX))
DIGITS_MAX = 15
"""No id, count or sum of ours has more."""

KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name; `files` holds only what was really chosen."""

    texts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return clean_text(self.raw(name))

    def raw(self, name: str) -> str:
        """As it was typed, for words that a rule of their own checks."""
        return self.texts.get(name, "")

    def file(self, name: str) -> bytes | None:
        return self.files.get(name)


BROKEN = (
    ValueError,
    LookupError,
    RuntimeError,
    HttpProcessingError,
    web.RequestPayloadError,
)
"""What aiohttp raises for bodies that contradict their own headers."""

FORM = web.RequestKey("form", Form)


def new_key() -> str:
    """A form's own: pressed twice, it counts once."""
    return secrets.token_hex(KEY_BYTES)


def whole_number(text: str, digits_max: int = DIGITS_MAX) -> int | None:
    """A whole number as our own pages write one; None for anything else and for too many digits."""
    is_number = text.isascii() and text.isdigit() and len(text) <= digits_max
    return int(text) if is_number else None


async def read_form(request: web.Request) -> Form:
    """Read once a request. Raises HTTPBadRequest for what no browser would send."""
    if FORM not in request:
        try:
            request[FORM] = _sorted_out(await request.post())
        except BROKEN as error:
            raise web.HTTPBadRequest from error
    return request[FORM]


def _sorted_out(posted: Mapping[str, object]) -> Form:
    texts: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, value in posted.items():
        if isinstance(value, str):
            texts[name] = value.replace("\r\n", "\n")
        elif isinstance(value, FileField):
            with value.file as file:
                files[name] = file.read()
    return Form(texts, files)


@web.middleware
async def room_for_pictures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The size limit is the outer application's and small; owners also send photographs."""
    if request.method == "POST":
        room = NEWS_BYTES_MAX if request.path.startswith(NEWS_PATH) else UPLOAD_BYTES_MAX
        request = request.clone(client_max_size=room)
    return await handler(request)


def read_won(form: Form, name: str) -> Jeon:
    """Whole won as people type them (`300,000원`); raises Invalid."""
    digits = form.text(name).replace(",", "").removesuffix("원").strip()
    if not (digits.isascii() and digits.isdigit()):
        raise Invalid({name: "금액을 숫자로 적어 주세요. 예: 300000"})
    counted = digits.lstrip("0") or "0"
    # The length first: Python refuses to read numbers of thousands of digits.
    if len(counted) > WON_DIGITS_MAX or int(counted) > WON_MAX:
        raise Invalid({name: f"{WON_MAX:,}원까지 적을 수 있어요."})
    return Jeon(int(counted) * JEON_PER_WON)


def read_last_day(form: Form, name: str) -> datetime:
    """The end of a Korean day: `until the 30th` includes the 30th. Raises Invalid."""
    try:
        day = date.fromisoformat(form.text(name))
        return kst_instant(day + timedelta(days=1), time())
    except (ValueError, OverflowError):
        raise Invalid({name: "날짜를 골라 주세요."}) from None


def read_moment(text: str, name: str) -> datetime:
    """What a datetime-local field says, in Korean time; raises Invalid."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=KST).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid({name: "날짜와 시각을 골라 주세요."}) from None
