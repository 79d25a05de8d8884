"""Sending news: write, look at it as a customer will, press once."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple

from aiohttp import web

from campaigns.booking import Draft, book_campaign, leaving_at
from campaigns.ready_texts import keep_text, use_text
from campaigns.series import start_series
from console.answers import html, say, see_other, show
from console.forms import Form, read_form
from console.headers import with_scripts
from console.keys import BOOKS, NOW, OWNER, SETTINGS, Owner
from console.owner.parts_typed import pressed_rows
from console.owner.photos import with_photos
from console.owner.reward import whole
from console.owner.shapes import limits_of
from console.owner.trying import meant_draft, try_out
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
from console.owner.writing import read_frame, read_look, read_parts_sheet, read_sheets
from console.pages import render
from domain.campaigns import BODY_MAX, LinkButton, MessageKind, SenderName
from domain.parts import parts_of
from domain.people import CampaignId, ReadyTextId, ShopId, clean_text
from domain.refusals import Conflict, Invalid, NotFound
from storage.desk import Tx
from storage.queries.campaigns import find_by_form_key, find_campaign
from storage.queries.places import get_shop
from storage.queries.ready_texts import TEXTS_MAX

UNSENT = frozenset({"no_money", "no_audience", "later", "way"})
"""What only the last press found out: the preview says it, as things stand now."""

LATER_BY = timedelta(minutes=5)
"""Booked later than shown by more than this, it is shown again first."""


class Shown(NamedTuple):
    """When and by which way the preview said that it leaves; None and empty where nothing that can
    be read was said.
    """

    at: datetime | None
    sender: str


UNSEEN = Shown(None, "")

TEXTS_FULL: Mapping[str, str] = {
    "name": f"내 글은 {TEXTS_MAX}개까지예요. 안 쓰는 글을 먼저 지워 주세요."
}


async def show_empty(request: web.Request) -> web.Response:
    """`?body=` comes from suggestions, `?text=` is an own text, `?again=` is news that was sent;
    nothing is sent before it was looked at.
    """
    text_id, again_id = (whole(request.query.get(name, "")) for name in ("text", "again"))
    body = clean_text(request.query.get("body", ""))
    words = await request.app[BOOKS].read(
        first_words, request[OWNER].shop_id, text_id, again_id, body
    )
    return await _show_form(request, words, {})


def first_words(
    tx: Tx, shop_id: ShopId, text_id: int | None, again_id: int | None, body: str
) -> Words:
    """Raises NotFound(`text`) or NotFound(`campaign`)."""
    picture_id = get_shop(tx, shop_id).picture_id
    if again_id is not None:
        return words_of(_draft_again(tx, shop_id, CampaignId(again_id)), picture_id)
    if text_id is not None:
        return words_of(use_text(tx, shop_id, ReadyTextId(text_id)), picture_id)
    return empty_words(picture_id, body)


def _draft_again(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> Draft:
    """What a message said and showed, for everybody and now."""
    sent = find_campaign(tx, shop_id, campaign_id)
    if sent is None or sent.kind is not MessageKind.ADVERTISEMENT:
        raise NotFound("campaign")
    has_button = sent.button_label is not None and sent.button_url is not None
    return Draft(
        sender=sent.sender,
        bubble=sent.bubble,
        body=sent.body,
        parts=parts_of(sent.parts),
        picture_id=sent.picture_id,
        offer_id=sent.offer_id,
        button=LinkButton(sent.button_label or "", sent.button_url or "") if has_button else None,
    )


async def show_again(request: web.Request) -> web.Response:
    """The form with its words kept, after a sample, the name, 저절로 고치기 or 고치기 was pressed."""
    form = await read_form(request)
    words, wrong = await with_photos(request, read_words(form), form)
    frame = await request.app[BOOKS].read(read_frame, request[OWNER].shop_id, words)
    return await _show_form(request, pressed(words, form, frame), wrong, form.text("name"))


async def show_look(request: web.Request) -> web.Response:
    """The part of the form that follows the typing: what is wrong, and how it looks."""
    words = read_words(await read_form(request))
    look = await request.app[BOOKS].read(
        read_look, request[OWNER].shop_id, words, request.app[SETTINGS].senders, request.app[NOW]()
    )
    return html(render("owner/send_typing.html", look=look, words=words))


async def show_parts(request: web.Request) -> web.Response:
    """The parts of the message after a button of theirs, another shape or a new photograph."""
    form = await read_form(request)
    words, wrong = await with_photos(request, read_words(form), form)
    limits, press = limits_of(words.way), form.text("part")
    words = replace(words, rows=pressed_rows(words.rows, press, limits))
    parts = await request.app[BOOKS].read(read_parts_sheet, request[OWNER].shop_id, words)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return html(render("owner/send_parts.html", parts=parts, wrong=wrong), status=status)


async def keep(request: web.Request) -> web.Response:
    """Saves the message as the shop's own text; the form stays as it is."""
    form, owner = await read_form(request), request[OWNER]
    name = form.text("name")
    words, wrong = await with_photos(request, read_words(form), form)
    if wrong:
        return await _show_form(request, words, wrong, name)
    try:
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
    words, wrong = await with_photos(request, read_words(form), form)
    if wrong:
        return await _show_form(request, words, wrong, form.text("name"))
    try:
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
            book_pressed, owner, words, request.app[SETTINGS].senders, at, _shown(form)
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
    shown: Shown = UNSEEN,
) -> str:
    """Where what this form has booked is shown; that is found first: its time may have passed
    meanwhile. Raises Invalid and Conflict as `book_campaign` and `start_series` do, and
    Conflict(`later`) or Conflict(`way`) when it would leave later, or by another way, than its
    owner was shown.
    """
    if known := find_by_form_key(tx, owner.shop_id, words.form_key):
        return f"/owner/campaigns/{known}"
    when = when_of(words.when, at)
    draft = meant_draft(tx, owner.shop_id, words, when, offered, at)
    if shown.sender not in ("", draft.sender):
        raise Conflict("way")
    key, staff_id = words.form_key, owner.staff_id
    if when.repeat is not None:
        start_series(tx, owner.shop_id, draft, when.repeat, form_key=key, staff_id=staff_id, at=at)
        return "/owner/series"
    if shown.at is not None and leaving_at(draft, at) > max(shown.at, at) + LATER_BY:
        raise Conflict("later")
    campaign_id = book_campaign(tx, owner.shop_id, draft, form_key=key, staff_id=staff_id, at=at)
    return f"/owner/campaigns/{campaign_id}"


def _shown(form: Form) -> Shown:
    try:
        shown_at = datetime.fromisoformat(form.text("leaves_at"))
    except ValueError:
        shown_at = None
    is_whole = shown_at is not None and shown_at.tzinfo is not None
    return Shown(shown_at if is_whole else None, form.text("leaves_by"))


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
