"""Sending news: write, look at it as a customer will, press once."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp import web

from campaigns.booking import DryRun, book_campaign, dry_run
from campaigns.compose import check_body
from campaigns.fairness import LeftOut, left_out, own_offer
from campaigns.ready_texts import keep_text, use_text
from campaigns.series import start_series
from campaigns.when import When, timed_draft
from console.answers import html, say, see_other, show
from console.forms import Form, read_form
from console.headers import with_scripts
from console.keys import BOOKS, NOW, OWNER, SETTINGS, Owner
from console.owner.reward import whole
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
from domain.classifying import classify
from domain.gate import SENDER_DAY
from domain.money import Jeon
from domain.people import ReadyTextId, ShopId, clean_text
from domain.refusals import Conflict, Invalid
from storage.desk import Tx
from storage.queries.campaigns import find_by_form_key
from storage.queries.places import get_shop, list_pictures
from storage.queries.ready_texts import TEXTS_MAX
from storage.queries.wallets import WalletView, find_wallet
from subsidy.money import shop_money
from subsidy.shops import Focus, add_picture, card_picture

NOBODY: Mapping[str, str] = {"audience": "지금은 보낼 수 있는 단골이 없어요. 보내지 않았어요."}
"""What only the last press found out, beside its field: the way decides who."""

FOCUSES = frozenset(Focus)
MINUTE = timedelta(minutes=1)
TEXTS_FULL: Mapping[str, str] = {
    "name": f"내 글은 {TEXTS_MAX}개까지예요. 안 쓰는 글을 먼저 지워 주세요."
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`own_offer_jeon`: how much of the shop's own money would help; `unstarted_jeon` stands in
    grants that wait to be started.
    """

    dry: DryRun
    when: When
    shop_name: str
    why: str
    left_out: LeftOut
    own_offer_jeon: Jeon
    unstarted_jeon: Jeon
    wallet: WalletView | None

    @property
    def ends_by(self) -> datetime:
        """The full minute before which the last of them has it."""
        return self.dry.ends_at.replace(second=0, microsecond=0) + MINUTE

    @property
    def is_in_time(self) -> bool:
        """Otherwise some of them are left when the sender's day closes."""
        return SENDER_DAY[self.dry.draft.sender].contains(self.dry.ends_at)


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
        return await _show_form(request, words, refusal.fields)
    return await _show_form(request, words, {})


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
    words = read_words(form)
    try:
        words = await _with_picture(request, words, form)
        await request.app[BOOKS].write(
            keep_pressed,
            owner,
            words,
            form.text("name"),
            request.app[SETTINGS].senders,
            request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show_form(request, words, refusal.fields)
    except Conflict as refusal:
        if refusal.reason != "texts_full":
            raise
        return await _show_form(request, words, TEXTS_FULL)
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
        return await _show_form(request, words, refusal.fields)


async def _show_tried(
    request: web.Request, words: Words, *, was_pressed: bool = False
) -> web.Response:
    """The preview; `was_pressed` when only the last press found the money short. Raises Invalid."""
    at = request.app[NOW]()
    tried = await request.app[BOOKS].read(
        try_out, request[OWNER].shop_id, words, request.app[SETTINGS].senders, at
    )
    return await show(
        request,
        "owner/preview.html",
        status=HTTPStatus.CONFLICT if was_pressed else HTTPStatus.OK,
        words=words,
        tried=tried,
        was_pressed=was_pressed,
        is_moved=tried.dry.leaves_at > (tried.dry.draft.due_at or at),
    )


def try_out(
    tx: Tx, shop_id: ShopId, words: Words, offered: Collection[SenderName], at: datetime
) -> Trial:
    """Raises Invalid with everything that is wrong at once, in the words, the people and the time.

    The picture of the preview comes from where the page came from: no address before it.
    """
    shop = get_shop(tx, shop_id)
    wrong: dict[str, str] = {}
    with _noted(wrong):
        check_body(words.body, shop.name)
    when, draft = When(), None
    with _noted(wrong):
        when = when_of(words.when, at)
    with _noted(wrong):
        draft = draft_of(words, offered)
        draft = timed_draft(tx, shop_id, draft, when, at)
    dry = None
    if draft is not None:
        with _noted(wrong):
            dry = dry_run(tx, shop_id, draft, at)
    if wrong or dry is None:
        raise Invalid(wrong)
    return Trial(
        dry=dry,
        when=when,
        shop_name=shop.name,
        why=classify(words.body).why,
        left_out=left_out(tx, shop_id, dry, at),
        own_offer_jeon=own_offer(dry),
        unstarted_jeon=shop_money(tx, shop_id, at).offered_jeon,
        wallet=find_wallet(tx, shop_id),
    )


@contextmanager
def _noted(wrong: dict[str, str]) -> Iterator[None]:
    """What is found wrong is noted beside its field, and the next thing is looked at."""
    try:
        yield
    except Invalid as refusal:
        wrong.update(refusal.fields)


async def book(request: web.Request) -> web.Response:
    form = await read_form(request)
    words = read_words(form)
    owner, at = request[OWNER], request.app[NOW]()
    try:
        location = await request.app[BOOKS].write(
            book_pressed, owner, words, request.app[SETTINGS].senders, at
        )
    except Invalid as refusal:
        return await _show_form(request, words, refusal.fields)
    except Conflict as refusal:
        if refusal.reason == "no_money":
            return await _show_tried(request, words, was_pressed=True)
        if refusal.reason != "no_audience":
            raise
        return await _show_form(request, words, NOBODY, status=HTTPStatus.CONFLICT)
    request.app[SETTINGS].wake()
    return see_other(location)


def book_pressed(
    tx: Tx, owner: Owner, words: Words, offered: Collection[SenderName], at: datetime
) -> str:
    """Where what this form has booked is shown; that is found first: its time may have passed
    meanwhile. Raises Invalid and Conflict as `book_campaign` and `start_series` do.
    """
    if known := find_by_form_key(tx, owner.shop_id, words.form_key):
        return f"/owner/campaigns/{known}"
    when = when_of(words.when, at)
    draft = timed_draft(tx, owner.shop_id, draft_of(words, offered), when, at)
    key, staff_id = words.form_key, owner.staff_id
    if when.repeat is not None:
        start_series(tx, owner.shop_id, draft, when.repeat, form_key=key, staff_id=staff_id, at=at)
        return "/owner/series"
    campaign_id = book_campaign(tx, owner.shop_id, draft, form_key=key, staff_id=staff_id, at=at)
    return f"/owner/campaigns/{campaign_id}"


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
    request: web.Request, words: Words, wrong: Mapping[str, str], *, status: int | None = None
) -> web.Response:
    shop_id, offered = request[OWNER].shop_id, request.app[SETTINGS].senders
    sheets = await request.app[BOOKS].read(read_sheets, shop_id, words, offered, request.app[NOW]())
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)
    shown = await show(
        request,
        "owner/send.html",
        status=status,
        **sheets._asdict(),
        words=words,
        wrong=wrong,
        body_max=BODY_MAX,
    )
    return with_scripts(shown)
