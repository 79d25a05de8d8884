"""Sending news: write, look at it as a customer will, press once."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from campaigns.booking import DryRun, book_campaign, dry_run
from campaigns.fairness import LeftOut, left_out, own_offer
from console.answers import see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS, Owner
from console.owner.words import Words, draft_of, due_of, empty_words, pressed, read_words
from domain.campaigns import BODY_MAX, MessageKind, SenderName
from domain.coupons import CouponSource
from domain.money import Jeon, Tariff
from domain.people import CampaignId, ShopId, clean_text
from domain.refusals import Conflict, Invalid
from storage.desk import Tx
from storage.queries.campaigns import find_by_form_key
from storage.queries.offers import OfferView, list_open_offers
from storage.queries.places import ShopView, get_shop, list_pictures
from storage.queries.prices import find_price
from storage.queries.wallets import WalletView, find_wallet
from subsidy.money import shop_money
from subsidy.shops import add_picture, card_picture

NOBODY: Mapping[str, str] = {"audience": "지금은 보낼 수 있는 단골이 없어요. 보내지 않았어요."}
"""What only the last press found out, beside its field: the way decides who."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the form offers: the shop, its pictures, its coupons and what each way costs."""

    shop: ShopView
    pictures: list[str]
    coupons: list[OfferView]
    prices: Mapping[str, Jeon | None]
    senders: Collection[SenderName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`own_offer_jeon`: how much of the shop's own money would help; `unstarted_jeon` stands in
    grants that wait to be started.
    """

    dry: DryRun
    due_at: datetime | None
    shop_name: str
    left_out: LeftOut
    own_offer_jeon: Jeon
    unstarted_jeon: Jeon
    wallet: WalletView | None


async def show_empty(request: web.Request) -> web.Response:
    """`?body=` and `?coupon=` come from suggestions; nothing is sent before it was looked at."""
    desk = await _desk(request)
    picture_id = desk.shop.picture_id or next(iter(desk.pictures), None)
    body, coupon = (clean_text(request.query.get(name, "")) for name in ("body", "coupon"))
    return await _show_form(request, empty_words(picture_id, body, coupon), {})


async def show_again(request: web.Request) -> web.Response:
    """The form with its words kept, after a sample, the name or 고치기 was pressed."""
    form = await read_form(request)
    words = pressed(read_words(form), form)
    try:
        words = await _with_picture(request, words, form)
    except Invalid as refusal:
        return await _show_form(request, words, refusal.fields)
    return await _show_form(request, words, {})


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
        is_moved=tried.dry.leaves_at > (tried.due_at or at),
    )


def try_out(
    tx: Tx, shop_id: ShopId, words: Words, offered: Collection[SenderName], at: datetime
) -> Trial:
    """Raises Invalid with everything that is wrong at once, in the time and in the words.

    The picture of the preview comes from where the page came from: no address before it.
    """
    wrong: dict[str, str] = {}
    due_at = None
    try:
        due_at = due_of(words, at)
    except Invalid as refusal:
        wrong.update(refusal.fields)
    try:
        dry = dry_run(tx, shop_id, draft_of(words, due_at, offered), at)
    except Invalid as refusal:
        raise Invalid({**wrong, **refusal.fields}) from None
    if wrong:
        raise Invalid(wrong)
    return Trial(
        dry=dry,
        due_at=due_at,
        shop_name=get_shop(tx, shop_id).name,
        left_out=left_out(tx, shop_id, dry, at),
        own_offer_jeon=own_offer(dry),
        unstarted_jeon=shop_money(tx, shop_id, at).offered_jeon,
        wallet=find_wallet(tx, shop_id),
    )


async def book(request: web.Request) -> web.Response:
    words = read_words(await read_form(request))
    owner, at = request[OWNER], request.app[NOW]()
    try:
        campaign_id = await request.app[BOOKS].write(
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
    return see_other(f"/owner/campaigns/{campaign_id}")


def book_pressed(
    tx: Tx, owner: Owner, words: Words, offered: Collection[SenderName], at: datetime
) -> CampaignId:
    """What this form has booked is found first: its time may have passed meanwhile.

    Raises Invalid and Conflict as `book_campaign` does.
    """
    if known := find_by_form_key(tx, owner.shop_id, words.form_key):
        return known
    return book_campaign(
        tx,
        owner.shop_id,
        draft_of(words, due_of(words, at), offered),
        form_key=words.form_key,
        staff_id=owner.staff_id,
        at=at,
    )


async def _with_picture(request: web.Request, words: Words, form: Form) -> Words:
    """The words with a picture that came along, kept even when something else is wrong."""
    body = form.file("photo")
    if body is None:
        return words
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    # Cutting a large photograph takes a while: not on the thread that everyone waits for.
    card = await asyncio.to_thread(card_picture, body)
    picture_id = await request.app[BOOKS].write(add_picture, shop_id, card, at)
    return replace(words, picture_id=picture_id)


async def _show_form(
    request: web.Request, words: Words, wrong: Mapping[str, str], *, status: int | None = None
) -> web.Response:
    desk = await _desk(request)
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)
    return await show(
        request,
        "owner/send.html",
        status=status,
        desk=desk,
        words=words,
        wrong=wrong,
        body_max=BODY_MAX,
    )


async def _desk(request: web.Request) -> Desk:
    at = request.app[NOW]()
    offered = request.app[SETTINGS].senders
    return await request.app[BOOKS].read(read_desk, request[OWNER].shop_id, offered, at)


def read_desk(tx: Tx, shop_id: ShopId, offered: Collection[SenderName], at: datetime) -> Desk:
    prices = {
        name: find_price(tx, Tariff(name), MessageKind.ADVERTISEMENT, at) for name in SenderName
    }
    return Desk(
        shop=get_shop(tx, shop_id),
        pictures=list_pictures(tx, shop_id),
        coupons=list_open_offers(tx, shop_id, CouponSource.CAMPAIGN),
        prices={name: price.unit_jeon if price else None for name, price in prices.items()},
        senders=offered,
    )
