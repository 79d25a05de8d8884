"""The program's months: open ones live, closed ones frozen with their hash, and as files."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form, whole_number
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.reading import read_whole
from console.manager.statement_files import (
    FREE_CAME,
    FREE_WENT,
    OWN_CAME,
    OWN_WENT,
    TARIFF_WORDS,
    write_csv,
    write_xlsx,
)
from domain.people import MarketId, ProgramId, ShopId
from domain.refusals import Invalid, NotFound
from domain.statements import Line, Subject, net_of, sum_of
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import list_markets
from storage.queries.statements import LateRow, list_late
from subsidy.closing_months import close_month
from subsidy.posts import tell_posts
from subsidy.statements import Sheet, get_shop_line, list_lines, list_months, open_sheet

SHOPS_SHOWN = 100
WHOLE = "프로그램"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
WORDS = {
    "free_came": FREE_CAME,
    "free_went": FREE_WENT,
    "own_came": OWN_CAME,
    "own_went": OWN_WENT,
    "tariffs": TARIFF_WORDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stands on the page of a month; `more_after` is where the next shops begin."""

    sheet: Sheet
    whole: Line
    of_markets: Sequence[Line]
    own: Sequence[Line]
    shops: Sequence[Line]
    shop_count: int
    more_after: int | None


async def show_months(request: web.Request) -> web.Response:
    manager = request[MANAGER]
    months = await request.app[BOOKS].read(list_months, manager.program_id, request.app[NOW]())
    return await show(request, "manager/statements.html", months=months, manager=manager)


async def show_month(request: web.Request) -> web.Response:
    sheet, books = await sheet_of(request), request.app[BOOKS]
    markets = await books.read(list_markets, sheet.program_id)
    months = await books.read(list_months, sheet.program_id, request.app[NOW]())
    return await show(
        request,
        "manager/statement.html",
        seen=await look_over(books, sheet, _after(request)),
        markets=[one for one in markets if request[MANAGER].sees_market(one[0])],
        may_close=any(one.month == sheet.month and one.may_close for one in months),
        words=WORDS,
        manager=request[MANAGER],
    )


async def close(request: web.Request) -> web.Response:
    """In a batch: it may take seconds, and nobody's turn in the chat waits for it."""
    manager, at = request[MANAGER], request.app[NOW]()
    month = month_in(request)
    await request.app[BOOKS].write_batch(
        close_month, manager.program_id, month, actor=manager.actor, at=at
    )
    await say(request, "month_closed_now")
    return see_other(f"/manager/statements/{month:%Y-%m}")


async def show_shop(request: web.Request) -> web.Response:
    return await _show_shop(request, Form(), {})


async def save_posts(request: web.Request) -> web.Response:
    form, shop_id = await read_form(request), shop_id_in(request)
    try:
        await request.app[BOOKS].write(
            _tell,
            request[MANAGER],
            month_in(request),
            shop_id,
            read_whole(form, "posts"),
            request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show_shop(request, form, refusal.fields)
    await say(request, "posts_saved")
    return see_other(f"/manager/statements/{month_in(request):%Y-%m}/shops/{shop_id}")


def _tell(tx: Tx, manager: Manager, month: date, shop_id: ShopId, posts: int, at: datetime) -> None:
    sheet = open_sheet(tx, manager.program_id, month, at, market_id=manager.market_id)
    tell_posts(tx, sheet, shop_id, posts, actor=manager.actor, at=at)


async def _show_shop(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    sheet, shop_id = await sheet_of(request), shop_id_in(request)
    line, late = await request.app[BOOKS].read(read_shop, sheet, shop_id)
    return await show(
        request,
        "manager/shop_statement.html",
        status=422 if wrong else 200,
        sheet=sheet,
        line=line,
        late=late,
        form=form,
        wrong=wrong,
        words=WORDS,
        manager=request[MANAGER],
    )


def read_shop(tx: Tx, sheet: Sheet, shop_id: ShopId) -> tuple[Line, Sequence[LateRow]]:
    line = get_shop_line(tx, sheet, shop_id)
    return line, list_late(tx, shop_id, sheet.since, sheet.until)


async def send_csv(request: web.Request) -> web.Response:
    sheet = await sheet_of(request)
    pages = with_sum(pages_of(request.app[BOOKS], sheet))
    return _file(sheet, "csv", CSV, write_csv(pages, sheet.closed))


async def send_xlsx(request: web.Request) -> web.Response:
    sheet = await sheet_of(request)
    pages = with_sum(pages_of(request.app[BOOKS], sheet))
    body = await write_xlsx(pages, sheet.closed, f"{sheet.month:%Y-%m}")
    return _file(sheet, "xlsx", XLSX, body)


def _file(sheet: Sheet, ending: str, content_type: str, body: object) -> web.Response:
    state = "" if sheet.closed else "_마감전"
    name = quote(f"명세서_{sheet.month:%Y-%m}{state}.{ending}")
    return web.Response(
        body=body,
        content_type=content_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        },
    )


async def pages_of(books: Books, sheet: Sheet) -> AsyncIterator[Sequence[Line]]:
    """Each page is a reading of its own, so that other readers come in between."""
    after: int | None = 0
    while after is not None:
        lines, after = await books.read(list_lines, sheet, after)
        yield lines


async def with_sum(pages: AsyncIterator[Sequence[Line]]) -> AsyncIterator[Sequence[Line]]:
    """The sum of exactly these lines stands under them."""
    whole = sum_of(WHOLE, ())
    async for lines in pages:
        whole = sum_of(WHOLE, (whole, *lines))
        yield lines
    yield [whole]


async def look_over(books: Books, sheet: Sheet, after: int) -> Seen:
    """All lines are counted, of the shops a hundred are kept for the screen."""
    whole = sum_of(WHOLE, ())
    of_markets: dict[MarketId, Line] = {}
    own: list[Line] = []
    shops: list[Line] = []
    count = 0
    async for lines in pages_of(books, sheet):
        whole = sum_of(WHOLE, (whole, *lines))
        _add_markets(of_markets, lines)
        own += [one for one in lines if one.subject is not Subject.SHOP]
        of_shops = [one for one in lines if one.shop_id is not None]
        count += len(of_shops)
        missing = SHOPS_SHOWN + 1 - len(shops)
        shops += [one for one in of_shops if (one.shop_id or 0) > after][:missing]
    return Seen(
        sheet=sheet,
        whole=net_of(whole),
        of_markets=list(of_markets.values()),
        own=own,
        shops=shops[:SHOPS_SHOWN],
        shop_count=count,
        more_after=shops[SHOPS_SHOWN - 1].shop_id if len(shops) > SHOPS_SHOWN else None,
    )


def _add_markets(known: dict[MarketId, Line], lines: Sequence[Line]) -> None:
    by_market: dict[MarketId, list[Line]] = {}
    for line in lines:
        if line.market_id is not None:
            by_market.setdefault(line.market_id, []).append(line)
    for market_id, some in by_market.items():
        before = [known[market_id]] if market_id in known else []
        known[market_id] = sum_of(some[0].market_name, [*before, *some])


async def sheet_of(request: web.Request) -> Sheet:
    """The month in the address, of the market that was chosen or is this manager's.

    Raises NotFound(month, market).
    """
    return await request.app[BOOKS].read(
        _open, request[MANAGER], month_in(request), request.query.get("market"), request.app[NOW]()
    )


def _open(tx: Tx, manager: Manager, month: date, chosen: str | None, at: datetime) -> Sheet:
    market_id = manager.market_id
    if chosen:
        of_program = {str(one): one for one in markets_of(tx, manager.program_id)}
        found = of_program.get(chosen)
        if found is None or not manager.sees_market(found):
            raise NotFound("market")
        market_id = found
    return open_sheet(tx, manager.program_id, month, at, market_id=market_id)


def markets_of(tx: Tx, program_id: ProgramId) -> list[MarketId]:
    return [market_id for market_id, _, _ in list_markets(tx, program_id)]


def month_in(request: web.Request) -> date:
    """The routes let only `2026-11` through; raises NotFound(month) for `2026-13`."""
    try:
        return date.fromisoformat(f"{request.match_info['month']}-01")
    except ValueError:
        raise NotFound("month") from None


def shop_id_in(request: web.Request) -> ShopId:
    return ShopId(int(request.match_info["id"]))


def _after(request: web.Request) -> int:
    return whole_number(request.query.get("after", "")) or 0
