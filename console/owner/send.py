"""Sending news: write, look at it as a customer will, press once."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp import web

from campaigns.booking import book_campaign, leaving_at
from campaigns.ready_texts import keep_text, use_text
from campaigns.series import start_series
from campaigns.when import timed_draft
from console.answers import html, say, see_other, show
from console.forms import Form, read_form
from console.headers import with_scripts
from console.keys import BOOKS, NOW, OWNER, SETTINGS, Owner
from console.owner.reward import whole
from console.owner.trying import try_out
from console.owner.when_chosen import when_of
from console.owner.words import (
    Words,
    draft_of,
    empty_words,
    key_of,
    pressed,
    read_words,
    words_of,
)
from console.owner.writing import look_at, read_sheets
from console.pages import render
from domain.campaigns import BODY_MAX, SenderName
from domain.people import ReadyTextId, ShopId, clean_text
from domain.refusals import Conflict, Invalid
from storage.desk import Tx
from storage.queries.campaigns import find_by_form_key
from storage.queries.places import get_shop, list_pictures
from storage.queries.ready_texts import TEXTS_MAX
from subsidy.shops import Focus, add_picture, card_picture

FOCUSES = frozenset(Focus)
UNSENT = frozenset({"no_money", "no_audience", "later"})
"""What only the last press found out: the preview says it, as things stand now."""

LATER_BY = timedelta(minutes=5)
"""Booked later than shown by more than this, it is shown again first."""

TEXTS_FULL: Mapping[str, str] = {
    "name": f"내 글은 {TEXTS_MAX}개까지예요. 안 쓰는 글을 먼저 지워 주세요."
}


async def show_empty(request: web.Request) -> web.Response:
    """`?body=` and `?coupon=` come from suggestions, `?text=` is an own text; nothing is sent
    before it was looked at.
    """
    text_id = whole(request.query.get("text", ""))
    body, coupon = (clean_text(request.query.get(name, "")) for name in ("body", "coupon"))
    words = await request.app[BOOKS].read(
        first_words, request[OWNER].shop_id, text_id, body, coupon
    )
    return await _show_form(request, words, {})


def first_words(tx: Tx, shop_id: ShopId, text_id: int | None, body: str, coupon: str) -> Words:
    """Raises NotFound(`text`)."""
    picture_id = get_shop(tx, shop_id).picture_id or next(iter(list_pictures(tx, shop_id)), None)
    if text_id is None:
        return empty_words(picture_id, body, coupon)
    return words_of(use_text(tx, shop_id, ReadyTextId(text_id)), picture_id)


async def show_again(request: web.Request) -> web.Response:
    """The form with its words kept, after a sample, the name, 고쳐 주세요 or 고치기 was pressed."""
    form = await read_form(request)
    shop = await request.app[BOOKS].read(get_shop, request[OWNER].shop_id)
    words = pressed(read_words(form), form, shop.name)
    try:
        words = await _with_picture(request, words, form)
    except Invalid as refusal:
        return await _show_form(request, words, refusal.fields, form.text("name"))
    return await _show_form(request, words, {}, form.text("name"))


async def show_look(request: web.Request) -> web.Response:
    """The part of the form that follows the typing: what is wrong, and how it looks."""
    words = read_words(await read_form(request))
    look = await request.app[BOOKS].read(
        look_at, request[OWNER].shop_id, words, request.app[SETTINGS].senders
    )
    return html(render("owner/send_look.html", look=look, words=words))


async def keep(request: web.Request) -> web.Response:
    """Saves the message as the shop's own text; the form stays as it is."""
    form, owner = await read_form(request), request[OWNER]
    words, name = read_words(form), form.text("name")
    try:
        words = await _with_picture(request, words, form)
        await request.app[BOOKS].write(
            keep_pressed,
            owner,
            words,
            name,
            request.app[SETTINGS].senders,
            request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show_form(request, words, refusal.fields, name)
    except Conflict as refusal:
        if refusal.reason != "texts_full":
            raise
        return await _show_form(request, words, TEXTS_FULL, name)
    await say(request, "text_kept")
    return await _show_form(request, words, {})


def keep_pressed(
    tx: Tx, owner: Owner, words: Words, name: str, offered: Collection[SenderName], at: datetime
) -> None:
    """Raises Invalid and Conflict as `keep_text` does."""
    keep_text(
        tx,
        owner.shop_id,
        draft_of(words, offered),
        name,
        form_key=key_of("text", name, words.form_key),
        actor=owner.actor,
        at=at,
    )


async def show_preview(request: web.Request) -> web.Response:
    form = await read_form(request)
    words = read_words(form)
    try:
        words = await _with_picture(request, words, form)
        return await _show_tried(request, words)
    except Invalid as refusal:
        return await _show_form(request, words, refusal.fields, form.text("name"))


async def _show_tried(
    request: web.Request, words: Words, *, unsent: str | None = None
) -> web.Response:
    """The preview; `unsent` of `UNSENT` when the last press booked nothing. Raises Invalid."""
    at = request.app[NOW]()
    tried = await request.app[BOOKS].read(
        try_out, request[OWNER].shop_id, words, request.app[SETTINGS].senders, at
    )
    return await show(
        request,
        "owner/preview.html",
        status=HTTPStatus.CONFLICT if unsent else HTTPStatus.OK,
        words=words,
        tried=tried,
        unsent=unsent,
        is_moved=tried.dry.leaves_at > (tried.dry.draft.due_at or at),
    )


async def book(request: web.Request) -> web.Response:
    form = await read_form(request)
    words = read_words(form)
    owner, at = request[OWNER], request.app[NOW]()
    try:
        location = await request.app[BOOKS].write(
            book_pressed, owner, words, request.app[SETTINGS].senders, at, _shown_at(form)
        )
    except Invalid as refusal:
        return await _show_form(request, words, refusal.fields)
    except Conflict as refusal:
        if refusal.reason not in UNSENT:
            raise
        return await _show_tried(request, words, unsent=refusal.reason)
    request.app[SETTINGS].wake()
    return see_other(location)


def book_pressed(
    tx: Tx,
    owner: Owner,
    words: Words,
    offered: Collection[SenderName],
    at: datetime,
    shown_at: datetime | None = None,
) -> str:
    """Where what this form has booked is shown; that is found first: its time may have passed
    meanwhile. Raises Invalid and Conflict as `book_campaign` and `start_series` do, and
    Conflict(`later`) when it would leave later than its owner was shown, at `shown_at`.
    """
    if known := find_by_form_key(tx, owner.shop_id, words.form_key):
        return f"/owner/campaigns/{known}"
    when = when_of(words.when, at)
    draft = timed_draft(tx, owner.shop_id, draft_of(words, offered), when, at)
    key, staff_id = words.form_key, owner.staff_id
    if when.repeat is not None:
        start_series(tx, owner.shop_id, draft, when.repeat, form_key=key, staff_id=staff_id, at=at)
        return "/owner/series"
    if shown_at is not None and leaving_at(draft, at) > max(shown_at, at) + LATER_BY:
        raise Conflict("later")
    campaign_id = book_campaign(tx, owner.shop_id, draft, form_key=key, staff_id=staff_id, at=at)
    return f"/owner/campaigns/{campaign_id}"


def _shown_at(form: Form) -> datetime | None:
    """When the preview said that it leaves; None where nothing that can be read was said."""
    try:
        shown_at = datetime.fromisoformat(form.text("leaves_at"))
    except ValueError:
        return None
    return shown_at if shown_at.tzinfo else None


async def _with_picture(request: web.Request, words: Words, form: Form) -> Words:
    """The words with a picture that came along, kept even when something else is wrong."""
    body = form.file("photo")
    if body is None:
        return words
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    # Cutting a large photograph takes a while: not on the thread that everyone waits for.
    card = await asyncio.to_thread(card_picture, body, _focus(form))
    picture_id = await request.app[BOOKS].write(add_picture, shop_id, card, at)
    return replace(words, picture_id=picture_id, way="picture")


def _focus(form: Form) -> Focus:
    chosen = form.text("focus")
    return Focus(chosen) if chosen in FOCUSES else Focus.MIDDLE


async def _show_form(
    request: web.Request, words: Words, wrong: Mapping[str, str], name: str = ""
) -> web.Response:
    """`name` is what an own text was to be called."""
    shop_id, offered = request[OWNER].shop_id, request.app[SETTINGS].senders
    sheets = await request.app[BOOKS].read(read_sheets, shop_id, words, offered, request.app[NOW]())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    shown = await show(
        request,
        "owner/send.html",
        status=status,
        **sheets._asdict(),
        words=words,
        wrong=wrong,
        name=name,
        body_max=BODY_MAX,
    )
    return with_scripts(shown)
