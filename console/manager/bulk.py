"""Grants for many shops from a file: the file to fill in, and the file filled in."""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from aiohttp import web
from xlsxwriter import Workbook

from console.answers import see_other, show
from console.forms import Form, new_key, read_form
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.acts import acting
from console.owner.export import XLSX
from domain.grant_list import ROWS_MAX, GrantList, read_grant_list
from domain.people import GrantId, ProposalId
from domain.refusals import Invalid
from domain.tables import BadLine
from loyalty.importing import read_sheet
from storage.desk import Tx
from storage.queries.bulk import ShopStanding, list_shops_in_reach
from subsidy.bulk import BadList, propose_grants
from subsidy.pots import Pot, list_pots

TITLES = ("가게 주소", "가게 이름", "금액 (원)", "시작 기한", "만료일")
BAD_SHOWN_MAX = 500
FILE_NAME = "dangol-grants"
WIDTH = 18


async def show_bulk(request: web.Request) -> web.Response:
    return await _show(request, Form(), {})


async def propose(request: web.Request) -> web.Response:
    """Writes nothing but the proposal; the next page is its preview."""
    form = await read_form(request)
    manager, at = request[MANAGER], request.app[NOW]()
    try:
        listed = await asyncio.to_thread(_read_file, form.file("sheet"))
        act_id = await request.app[BOOKS].write_batch(_propose, manager, form, listed, at)
    except BadList as refusal:
        return await _show(request, form, refusal.fields, refusal.bad)
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    return see_other(f"/manager/acts/{act_id}")


async def send_xlsx(request: web.Request) -> web.Response:
    """Every shop in reach with its address and name; whose row stays empty gets nothing."""
    manager = request[MANAGER]
    shops = await request.app[BOOKS].read(
        list_shops_in_reach, manager.program_id, manager.market_id, ROWS_MAX
    )
    body = await asyncio.to_thread(_workbook, shops)
    return _file(body, XLSX, "xlsx")


async def send_csv(request: web.Request) -> web.Response:
    """Only the names of the columns."""
    del request
    text = io.StringIO(newline="")
    csv.writer(text).writerow(TITLES)
    return _file(text.getvalue().encode("utf-8-sig"), "text/csv", "csv")


def _propose(tx: Tx, manager: Manager, form: Form, listed: GrantList, at: datetime) -> ProposalId:
    words = form.text("pot")
    pot_id = None
    if words:
        known = [one.view.grant_id for one in list_pots(tx, acting(manager), at)]
        pot_id = next((one for one in known if str(one) == words), None)
        if pot_id is None:
            raise Invalid({"pot": "어느 돈에서 드릴지 골라 주세요."})
    elif not manager.runs_program:
        raise Invalid({"pot": "시장의 공동 지원금을 골라 주세요."})
    return propose_grants(
        tx,
        acting(manager),
        listed,
        pot_id=GrantId(pot_id) if pot_id else None,
        form_key=form.text("form_key"),
        at=at,
    )


def _read_file(body: bytes | None) -> GrantList:
    """Raises Invalid(sheet), BadList when not one row can be read."""
    listed = read_grant_list(read_sheet(body))
    if listed.reason:
        raise Invalid({"sheet": listed.reason})
    return listed


def _workbook(shops: Sequence[ShopStanding]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("지원금")
    sheet.set_column(0, len(TITLES) - 1, WIDTH)
    sheet.write_row(0, 0, TITLES, book.add_format({"bold": True}))
    for number, shop in enumerate(shops, 1):
        sheet.write_string(number, 0, shop.slug)
        sheet.write_string(number, 1, shop.name)
    book.close()
    return out.getvalue()


def _file(body: bytes, content_type: str, ending: str) -> web.Response:
    return web.Response(
        body=body,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{FILE_NAME}.{ending}"',
            "Cache-Control": "no-store",
        },
    )


async def _show(
    request: web.Request, form: Form, wrong: Mapping[str, str], bad: Sequence[BadLine] = ()
) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    pots = await request.app[BOOKS].read(_pots, manager, at)
    return await show(
        request,
        "manager/bulk.html",
        status=422 if wrong else 200,
        form=form,
        wrong=wrong,
        bad=bad[:BAD_SHOWN_MAX],
        bad_count=len(bad),
        pots=pots,
        rows_max=ROWS_MAX,
        form_key=form.text("form_key") or new_key(),
        manager=manager,
    )


def _pots(tx: Tx, manager: Manager, at: datetime) -> list[Pot]:
    return [one for one in list_pots(tx, acting(manager), at) if not one.is_over]
