"""The audit log: who did what and when, whether its chains are whole, and all of it as a file."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import orjson
from aiohttp import web

from console.answers import show
from console.keys import BOOKS, MANAGER
from console.manager.audit_words import Names, Told, read_names, told
from console.manager.trail import cut, number_in, sight_of
from domain.audit import Chains, shop_book
from domain.people import ShopId
from domain.refusals import NotFound
from domain.time import kst_instant
from storage.books import Books
from storage.desk import Tx
from storage.queries.audit_log import Sought, list_chain, list_ends_seen, list_entries
from storage.queries.audit_names import Actor, list_actors, list_shops_to_choose
from storage.queries.journal import FIRST_LINE, Line
from storage.queries.trail import Sight

LINES_MAX = 2_000
"""Read at once; a file or a check of any size is made of such pages."""

FLAWS_SHOWN_MAX = 50
FIELDS = ("book", "number", "at", "actor", "act", "subject", "details", "previous_hash", "hash")
FILTERS = ("actor", "act", "shop", "since", "until")
TEXT_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Lines, the names behind their numbers, and what there is to look for."""

    lines: Sequence[Told]
    names: Names
    actors: Sequence[Actor]
    shops: Sequence[tuple[ShopId, str]]
    next_before: int | None


async def show_log(request: web.Request) -> web.Response:
    typed = {name: request.query.get(name, "").strip()[:TEXT_MAX] for name in FILTERS}
    typed["shop"] = str(number_in(request, "shop") or "")
    page = await request.app[BOOKS].read(
        read_log,
        sight_of(request),
        _sought(request),
        request[MANAGER].actor,
        number_in(request, "before"),
    )
    next_before = page.next_before
    following = {name: text for name, text in typed.items() if text}
    return await show(
        request,
        "manager/audit.html",
        manager=request[MANAGER],
        page=page,
        typed=typed,
        next_link=request.rel_url.with_query(following | {"before": str(next_before)})
        if next_before
        else None,
    )


def read_log(tx: Tx, sight: Sight, sought: Sought, reader: str, before: int | None) -> LogPage:
    entries = list_entries(tx, sight, sought, reader=reader, before=before)
    entries, next_before = cut(entries, lambda one: one.line_id)
    lines = told(entries)
    return LogPage(
        lines=lines,
        names=read_names(tx, sight, lines),
        actors=list_actors(tx, sight),
        shops=list_shops_to_choose(tx, sight),
        next_before=next_before,
    )


async def show_check(request: web.Request) -> web.Response:
    """Follows every chain within sight; the books may be written on meanwhile."""
    books, sight = request.app[BOOKS], sight_of(request)
    chains = Chains(await books.read(list_ends_seen, sight), may_grow=True)
    async for lines in _pages(books, sight, None):
        await asyncio.to_thread(_follow, chains, lines)
    flaws = chains.finish()
    return await show(
        request,
        "manager/audit_check.html",
        manager=request[MANAGER],
        chains=chains,
        flaws=flaws[:FLAWS_SHOWN_MAX],
    )


async def download(request: web.Request) -> web.Response:
    """Whole books, because a part of a chain proves nothing; streamed, whatever their length."""
    write, content_type = FORMATS[request.match_info["format"]]
    shop_id = number_in(request, "shop")
    book = shop_book(shop_id) if shop_id else None
    sight, books = sight_of(request), request.app[BOOKS]
    if book and not await books.read(list_chain, sight, book, FIRST_LINE, 1):
        raise NotFound("book")

    async def body() -> AsyncIterator[bytes]:
        yield write(None)
        async for lines in _pages(books, sight, book):
            yield await asyncio.to_thread(_written, write, lines)

    name = f"audit.{request.match_info['format']}"
    return web.Response(
        body=body(),
        content_type=content_type,
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def as_jsonl(line: Line | None) -> bytes:
    """One line of the log as one of the file; None is what stands above all lines: nothing."""
    return orjson.dumps(dict(zip(FIELDS, _fields(line), strict=True))) + b"\n" if line else b""


def as_csv(line: Line | None) -> bytes:
    """The same for a table, whose first line names the columns."""
    out = io.StringIO()
    csv.writer(out).writerow(_fields(line) if line else FIELDS)
    return out.getvalue().encode()


Write = Callable[[Line | None], bytes]
FORMATS: dict[str, tuple[Write, str]] = {
    "jsonl": (as_jsonl, "application/jsonl"),
    "csv": (as_csv, "text/csv"),
}


def _fields(line: Line) -> tuple[str | int, ...]:
    book, number, act, previous_hash, digest = line
    at = act.at.astimezone(UTC).isoformat(timespec="microseconds")
    return book, number, at, act.actor, act.act, act.subject, act.details, previous_hash, digest


def _written(write: Write, lines: list[Line]) -> bytes:
    return b"".join(write(line) for line in lines)


def _follow(chains: Chains, lines: list[Line]) -> None:
    for line in lines:
        chains.follow(*line)


async def _pages(books: Books, sight: Sight, book: str | None) -> AsyncIterator[list[Line]]:
    """Read page by page, so that other readers come in between."""
    after = FIRST_LINE
    while lines := await books.read(list_chain, sight, book, after, LINES_MAX):
        yield lines
        after = lines[-1][0], lines[-1][1]


def _sought(request: web.Request) -> Sought:
    shop_id = number_in(request, "shop")
    since, until = _day_in(request, "since"), _day_in(request, "until")
    return Sought(
        actor=request.query.get("actor", "").strip()[:TEXT_MAX] or None,
        act=request.query.get("act", "").strip()[:TEXT_MAX] or None,
        book=shop_book(shop_id) if shop_id is not None else None,
        since=since,
        until=until + timedelta(days=1) if until else None,
    )


def _day_in(request: web.Request, name: str) -> datetime | None:
    """The beginning of a Korean day; anything else is as if it were not there."""
    try:
        return kst_instant(date.fromisoformat(request.query.get(name, "")), time())
    except (ValueError, OverflowError):
        return None
