"""Templates of the phones: files only, escaped, no inline script or style."""

from datetime import datetime
from functools import cache
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulator.clock import KST, iso_utc
from simulator.recording import masked

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
STATIC = TEMPLATES / "static"
WEEKDAYS = "월화수목금토일"
TONES = 8
SEGMENT_LENGTH_MAX = 18

# Pictures of shops live on other hosts and are only ever shown.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' http: https: data:; base-uri 'none'; "
        "form-action 'self' http: https:; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def at_time(at: datetime) -> str:
    """오전 10:00, as KakaoTalk writes it."""
    local = at.astimezone(KST)
    half = "오전" if local.hour < 12 else "오후"  # noqa: PLR2004 - noon
    return f"{half} {local.hour % 12 or 12}:{local.minute:02d}"


def on_day(at: datetime) -> str:
    local = at.astimezone(KST)
    return f"{local.year}년 {local.month}월 {local.day}일 {WEEKDAYS[local.weekday()]}요일"


def short_day(at: datetime) -> str:
    local = at.astimezone(KST)
    return f"{local.month}월 {local.day}일 {WEEKDAYS[local.weekday()]}요일"


def at_second(at: datetime) -> str:
    return at.astimezone(KST).strftime("%H:%M:%S")


def initial(name: str) -> str:
    return name[:1]


def tone(name: str) -> int:
    """One of the avatar colors, always the same for the same name."""
    return sum(map(ord, name)) % TONES


def phone_number(digits: str) -> str:
    if len(digits) == 11:  # noqa: PLR2004 - 010 and eight digits
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    return digits


def web_url(url: str) -> str:
    """Only links of the web are followed; a bot may send anything."""
    return url if url.startswith(("http://", "https://")) else ""


def short_path(path: str) -> str:
    """Ids of 32 letters would fill the record; their ends tell them apart."""
    parts = (
        part if len(part) <= SEGMENT_LENGTH_MAX else f"{part[:3]}…{part[-4:]}"
        for part in path.split("/")
    )
    return "/".join(parts)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        at_time=at_time, on_day=on_day, at_second=at_second, short_day=short_day, iso=iso_utc,
        masked=masked, initial=initial, tone=tone,
        phone_number=phone_number, web_url=web_url, short_path=short_path,
    )  # fmt: skip
    return environment


def fragment(name: str, **context: object) -> str:
    """A piece of a page as text."""
    return _environment().get_template(f"simulator/{name}.html").render(context)


def page(name: str, **context: object) -> web.Response:
    """A whole page, or the part of one that the script keeps fresh: each is a file."""
    html = fragment(name, **context)
    return web.Response(text=html, content_type="text/html", headers=SECURITY_HEADERS)


def page_again(name: str, **context: object) -> web.Response:
    """The page with what was typed into it, which cannot be done."""
    response = page(name, **context)
    response.set_status(422)
    return response


def unchanged() -> web.Response:
    return web.Response(status=204, headers=SECURITY_HEADERS)


def see_other(url: str) -> web.Response:
    return web.Response(status=303, headers={"Location": url})
