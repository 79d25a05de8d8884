"""An old paper list: looked at line by line first, taken over only when the owner says so."""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from aiohttp import web

from console.answers import show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER
from domain.paper import LINES_MAX, PaperLine, PaperList, read_paper
from domain.people import ShopId, masked_phone
from domain.refusals import Conflict, Invalid
from domain.time import in_kst
from loyalty.importing import Taken, count_coupons, find_taken, read_sheet, take_over
from storage.desk import Tx
from storage.queries.cards import list_cards

AT_ONCE = 50
"""Lines in one transaction: people at the counter and in the chat are not kept waiting."""

SHOWN_MAX = 20
BAD_SHOWN_MAX = 200
TITLES = ("이름", "전화번호", "도장", "마지막 방문")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would happen; `shown` are the first lines, with their numbers masked and the coupons
    that their stamps earn.
    """

    people: int
    stamps: int
    already: int
    has_card: bool
    shown: Sequence[tuple[PaperLine, str, int]]

    @property
    def needs_card(self) -> bool:
        return self.stamps > 0 and not self.has_card


async def show_paper(request: web.Request) -> web.Response:
    return await _ask(request, {})


async def preview(request: web.Request) -> web.Response:
    """Writes nothing."""
    form = await read_form(request)
    try:
        found = await asyncio.to_thread(_read_file, form.file("sheet"), _today(request))
    except Invalid as refusal:
        return await _ask(request, refusal.fields)
    seen = await request.app[BOOKS].read(look_at, request[OWNER].shop_id, found.lines)
    return await show(
        request,
        "owner/paper_preview.html",
        preview=seen,
        bad=found.bad[:BAD_SHOWN_MAX],
        bad_count=len(found.bad),
        kept=_kept(found.lines),
    )


async def confirm(request: web.Request) -> web.Response:
    """Takes the list over, some lines at a time; stopped anywhere, it may be said again."""
    form = await read_form(request)
    owner, at = request[OWNER], request.app[NOW]()
    found = await asyncio.to_thread(_read_kept, form, _today(request))
    taken = Taken()
    try:
        for begin in range(0, len(found.lines), AT_ONCE):
            lines = found.lines[begin : begin + AT_ONCE]
            taken += await request.app[BOOKS].write(
                take_over, owner.shop_id, lines, actor=owner.actor, at=at
            )
    except Conflict as refusal:
        if refusal.reason != "no_card":
            raise
        return await _ask(request, {"sheet": "도장 카드를 먼저 만들어 주세요."})
    return await show(request, "owner/paper_done.html", taken=taken)


def look_at(tx: Tx, shop_id: ShopId, lines: Sequence[PaperLine]) -> Preview:
    taken = find_taken(tx, shop_id, lines)
    fresh = [line for line in lines if line.phone not in taken]
    return Preview(
        people=len(lines),
        stamps=sum(line.stamps for line in fresh),
        already=len(lines) - len(fresh),
        has_card=bool(list_cards(tx, shop_id)),
        shown=[
            (line, masked_phone(line.phone), count_coupons(tx, shop_id, line))
            for line in lines[:SHOWN_MAX]
        ],
    )


def _read_file(body: bytes | None, today: date) -> PaperList:
    """Raises Invalid(sheet) when there is nothing to look at."""
    found = read_paper(read_sheet(body), today)
    if found.reason:
        raise Invalid({"sheet": found.reason})
    return found


def _kept(lines: Sequence[PaperLine]) -> str:
    """The lines as a form can hold them until they are confirmed: nothing is kept here."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TITLES)
    for line in lines:
        writer.writerow((line.name or "", line.phone, line.stamps, line.last_on or ""))
    return text.getvalue()


def _read_kept(form: Form, today: date) -> PaperList:
    """Looked at again as if it had been uploaded: a form may say anything."""
    rows = csv.reader(io.StringIO(form.raw("list"), newline=""))
    lines = [list(row) for row, _ in zip(rows, range(LINES_MAX + 1), strict=False)]
    found = read_paper(lines, today)
    if found.reason:
        raise Invalid({"sheet": found.reason})
    return found


def _today(request: web.Request) -> date:
    return in_kst(request.app[NOW]()).date()


async def _ask(request: web.Request, wrong: Mapping[str, str]) -> web.Response:
    return await show(
        request,
        "owner/paper.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        lines_max=LINES_MAX,
        wrong=wrong,
    )
