"""A provider's bill beside our record: evidence to look at, nothing of the ledger changes."""

import asyncio
import csv
import io
from collections import Counter
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from campaigns.bills import Compared, compare_bill
from console.answers import show
from console.forms import Form, read_form
from console.headers import in_no_cache
from console.keys import BOOKS, MANAGER, NOW
from console.manager.bill_form import (
    Asked,
    Sheet,
    choose_columns,
    keep_bill,
    keep_sheet,
    months_until,
    open_sheet,
    read_asked,
    read_lines,
    reopen_bill,
)
from console.pages import moment
from console.spreadsheets import won_in_cell, words_in_cell
from domain.bills import Bill, Columns, Kind, Pair, fits
from domain.campaigns import SenderName
from domain.refusals import Invalid
from domain.statements import month_of
from domain.tables import text_of

SHOWN_MAX = 200
BAD_SHOWN_MAX = 50
MATCHED_SHOWN_MAX = 50
KIND_WORDS: Mapping[Kind, str] = {
    Kind.DIFFERENT: "건수나 금액이 달라요",
    Kind.NOT_OURS: "우리 기록에 없어요",
    Kind.NOT_THEIRS: "청구서에 없어요",
    Kind.OPEN: "결과를 기다려요",
    Kind.MATCHED: "맞아요",
    Kind.ELSEWHERE: "다른 프로그램 것",
}
SENDER_WORDS: Mapping[SenderName, str] = {
    SenderName.KAKAO_EVENT: "카카오 챗봇 이벤트 메시지",
    SenderName.SOLAPI: "SOLAPI 브랜드 메시지",
    SenderName.SOLAPI_ALIMTALK: "SOLAPI 알림톡",
    SenderName.SOLAPI_LMS: "SOLAPI 문자",
    SenderName.NHN: "NHN 브랜드 메시지",
    SenderName.NHN_ALIMTALK: "NHN 알림톡",
}
CSV_TITLES = (
    "구분", "번호", "가게", "보낸 때", "청구 건수", "우리 건수", "청구 금액", "우리 금액", "묶음",
)  # fmt: skip


async def show_bills(request: web.Request) -> web.Response:
    return await _ask(request, Form(), {})


async def compare(request: web.Request) -> web.Response:
    """Writes nothing; a bill whose columns we do not know is answered by asking."""
    form = await read_form(request)
    try:
        asked = read_asked(form, request.app[NOW]())
        sheet = await asyncio.to_thread(open_sheet, form)
    except Invalid as refusal:
        return await _ask(request, form, refusal.fields)
    try:
        columns = choose_columns(form, sheet.titles)
        if columns is None:
            return await _ask_columns(request, form, sheet, {})
        bill = await asyncio.to_thread(read_lines, sheet, columns)
    except Invalid as refusal:
        return await _ask_columns(request, form, sheet, refusal.fields)
    return await _show_compared(request, asked, bill, sheet, columns)


async def send_differences(request: web.Request) -> web.Response:
    """The differences as CSV, from the bill that the page handed back."""
    form = await read_form(request)
    try:
        asked = read_asked(form, request.app[NOW]())
        bill = await asyncio.to_thread(reopen_bill, form)
    except Invalid as refusal:
        return await _ask(request, form, refusal.fields)
    compared = await _compare(request, asked, bill)
    name = quote(f"청구서_차이_{asked.month:%Y-%m}.csv")
    return web.Response(
        body=_csv(compared).encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        },
    )


async def _compare(request: web.Request, asked: Asked, bill: Bill) -> Compared:
    return await request.app[BOOKS].read(
        compare_bill,
        request[MANAGER].program_id,
        asked.sender,
        asked.month,
        bill,
        has_vat=asked.has_vat,
    )


async def _show_compared(
    request: web.Request, asked: Asked, bill: Bill, sheet: Sheet, columns: Columns
) -> web.Response:
    compared = await _compare(request, asked, bill)
    differences = compared.differences()
    page = await show(
        request,
        "manager/bill.html",
        manager=request[MANAGER],
        asked=asked,
        compared=compared,
        kinds=Kind,
        kind_words=KIND_WORDS,
        sender_words=SENDER_WORDS,
        differences=differences[:SHOWN_MAX],
        difference_count=len(differences),
        matched=compared.of(Kind.MATCHED)[:MATCHED_SHOWN_MAX],
        other_months=_other_months(compared, asked.month),
        bad=bill.bad[:BAD_SHOWN_MAX],
        bad_count=len(bill.bad),
        names=_names(sheet, columns),
        kept=await asyncio.to_thread(keep_bill, bill),
    )
    return in_no_cache(page)


def _other_months(compared: Compared, chosen: date) -> Mapping[date, int]:
    """In which other months lines of this bill went out, and how many."""
    pairs = [pair for pair in compared.pairs if pair.billed is not None]
    months = Counter(month_of(pair.ours.started_at) for pair in pairs if pair.ours is not None)
    return {month: count for month, count in sorted(months.items()) if month != chosen}


def _names(sheet: Sheet, columns: Columns) -> Mapping[str, str]:
    """What we took each column for, in the bill's own words."""
    chosen = {"번호": columns.reference, "건수": columns.count, "금액": columns.amount}
    return {name: sheet.titles.names[index] for name, index in chosen.items() if index is not None}


def _csv(compared: Compared) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CSV_TITLES)
    writer.writerows(_csv_line(pair) for pair in compared.differences())
    return text.getvalue()


def _csv_line(pair: Pair) -> tuple[object, ...]:
    billed, ours = pair.billed, pair.ours
    reference = billed.reference if billed else (ours.reference if ours else None)
    return (
        KIND_WORDS[pair.kind],
        words_in_cell(reference or ""),
        words_in_cell(ours.shop_name if ours else ""),
        moment(ours.started_at) if ours else "",
        billed.count if billed else "",
        ours.count if ours else "",
        won_in_cell(billed.amount_jeon) if billed else "",
        won_in_cell(ours.amount_jeon) if ours else "",
        ours.chunk_id if ours else "",
    )


async def _ask(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    return await show(
        request,
        "manager/bills.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        manager=request[MANAGER],
        form=form,
        wrong=wrong,
        months=months_until(request.app[NOW]()),
        sender_words=SENDER_WORDS,
    )


async def _ask_columns(
    request: web.Request, form: Form, sheet: Sheet, wrong: Mapping[str, str]
) -> web.Response:
    try:
        kept = form.raw("kept") or await asyncio.to_thread(keep_sheet, sheet)
    except Invalid as refusal:
        return await _ask(request, form, refusal.fields)
    first = sheet.rows[sheet.titles.begin] if len(sheet.rows) > sheet.titles.begin else ()
    page = await show(
        request,
        "manager/bill_columns.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        manager=request[MANAGER],
        form=form,
        wrong=wrong,
        titles=sheet.titles,
        examples=[words if fits(words) else "" for words in map(text_of, first)],
        kept=kept,
    )
    return in_no_cache(page)
