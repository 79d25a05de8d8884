"""Numbers of what was asked, sent and received, by the hour it happened (providers.md B9)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from aiohttp import web
from multidict import MultiMapping

from simulator.clock import KST, iso_utc
from simulator.nhn_account import NhnAccount
from simulator.nhn_book import DELIVERED, Book, Recipient, Request
from simulator.nhn_wire import NhnError
from simulator.wire import Json

EVENTS = ("REQUESTED", "SENT", "RECEIVED", "SENT_FAILED", "RESENT", "RESENT_FAILED")
FORM = "%Y-%m-%d %H:%M:%S"
REQUEST_IDS_MAX = 5
# Which part of an instant (KST) an event counts to; a week's day alone is not kept apart here.
STEPS: Mapping[str, str] = {
    "NORMAL": "day", "MINUTELY": "minute", "HOURLY": "hour", "DAILY": "day", "BY_DAY": "day",
}  # fmt: skip


class Event(NamedTuple):
    name: str
    at: datetime


class Stats:
    def __init__(self, book: Callable[[], Book]) -> None:
        self._book = book

    async def by_time(self, request: web.Request, account: NhnAccount) -> Json:
        step = STEPS.get(request.query.get("statsType", ""))
        if step is None:
            raise NhnError(-4101)
        counted: dict[datetime, Counter[str]] = {}
        for event in self._events(request.query, account):
            counted.setdefault(_floor(event.at, step), Counter())[event.name] += 1
        rows = [
            {"eventDateTime": iso_utc(at), "events": {name: found[name] for name in EVENTS}}
            for at, found in sorted(counted.items())
        ]
        return {"stats": rows}

    async def total(self, request: web.Request, account: NhnAccount) -> Json:
        counted = Counter(one.name for one in self._events(request.query, account))
        return {"total": {name: counted[name] for name in EVENTS}}

    def _events(self, query: MultiMapping[str], account: NhnAccount) -> Iterator[Event]:
        since, until = _instant(query, "from"), _instant(query, "to")
        names = _values(query, "eventTypes") or EVENTS
        if len(_values(query, "requestIds")) > REQUEST_IDS_MAX:
            raise NhnError(-4101)
        for request in self._book().of(account):
            if not _is_asked_for(request, query):
                continue
            for one in request.people.values():
                for event in _of(request, one):
                    if event.name in names and since <= event.at <= until:
                        yield event


def _floor(at: datetime, step: str) -> datetime:
    at = at.astimezone(KST).replace(second=0, microsecond=0)
    if step == "minute":
        return at
    return at.replace(minute=0) if step == "hour" else at.replace(hour=0, minute=0)


def _of(request: Request, one: Recipient) -> Iterator[Event]:
    yield Event("REQUESTED", request.created_at)
    if one.updated_at is None or one.status == "CANCEL":
        return
    yield Event("SENT", request.request_at)
    name = "RECEIVED" if one.code == DELIVERED else "SENT_FAILED"
    yield Event(name, one.updated_at)
    if one.resend_status in ("RSC03", "RSC04", "RSC05"):
        yield Event("RESENT", one.updated_at)
    if one.resend_status == "RSC05":
        yield Event("RESENT_FAILED", one.updated_at)


def _is_asked_for(request: Request, query: MultiMapping[str]) -> bool:
    asked = {
        "extra1s": request.product,
        "extra2s": request.sender.sender_key,
        "templateCodes": request.text_of("templateCode"),
        "requestIds": request.request_id,
        "statsIds": request.text_of("statsId"),
    }
    return all(value in (_values(query, name) or (value,)) for name, value in asked.items())


def _values(query: MultiMapping[str], name: str) -> list[str]:
    """A list is written as `a,b` or the name repeated."""
    return [one for text in query.getall(name, []) for one in text.split(",") if one]


def _instant(query: MultiMapping[str], name: str) -> datetime:
    try:
        return datetime.strptime(query.get(name, ""), FORM).replace(tzinfo=KST)
    except ValueError:
        raise NhnError(-4101) from None
