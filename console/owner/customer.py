"""One regular: who they are, their card and coupons, and all that happened between you."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import read_form
from console.keys import BOOKS, NOW, OWNER
from console.owner.counter_words import sentence
from console.owner.regulars import find_people
from console.owner.reward import whole
from console.owner.story import Event, read_story
from domain.coupons import CouponSource, CouponState, CouponWay
from domain.people import CouponId, CustomerId, NoteId, OfferId, ShopId, clean_text
from domain.refusals import Conflict, Invalid, NotFound
from domain.regulars import tier_of
from loyalty.coupons import Redeemed, Showing, use_coupon
from loyalty.notes import delete_note, write_note
from loyalty.privacy import erase_regular
from loyalty.regulars import give_by_hand, give_stamps, name_regular
from loyalty.tallies import CardStanding, find_standing
from storage.desk import Tx
from storage.queries.cards import get_rules
from storage.queries.coupons import CouponView, find_coupon
from storage.queries.notes import NoteView, list_notes
from storage.queries.offers import OfferView, list_open_offers
from storage.queries.regulars import RegularView, find_regular
from storage.queries.timeline import list_coupons_of_person
from storage.queries.visits import list_visit_times

KEY_BYTES = 8
KEY_LENGTH = 40
NO_CARD = "도장 카드가 아직 없어요. 카드를 먼저 만들어 주세요."


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A regular as their page shows them."""

    regular: RegularView
    tier: str
    gap_days: int | None
    away_days: int | None
    is_quiet: bool
    card: CardStanding | None
    usable: list[CouponView]
    owed: list[CouponView]
    offers: list[OfferView]
    notes: list[NoteView]
    story: list[Event]


async def show_customer(request: web.Request) -> web.Response:
    return await _show(request, {})


async def save_name(request: web.Request) -> web.Response:
    owner, form = request[OWNER], await read_form(request)
    try:
        await request.app[BOOKS].write(
            name_regular,
            owner.shop_id,
            _customer_id(request),
            form.text("name"),
            actor=owner.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, refusal.fields)
    return await _back(request, "name_saved")


async def save_note(request: web.Request) -> web.Response:
    owner, form = request[OWNER], await read_form(request)
    words = form.text("note")
    try:
        await request.app[BOOKS].write(
            write_note,
            owner.shop_id,
            _customer_id(request),
            words,
            actor=owner.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, refusal.fields, note=words)
    return await _back(request, "note_saved")


async def remove_note(request: web.Request) -> web.Response:
    owner = request[OWNER]
    await request.app[BOOKS].write(
        delete_note,
        owner.shop_id,
        _customer_id(request),
        NoteId(int(request.match_info["note"])),
        actor=owner.actor,
        at=request.app[NOW](),
    )
    return await _back(request, "note_deleted")


async def give_coupon(request: web.Request) -> web.Response:
    """One of the offers that are given by hand; pressed twice it is given once."""
    owner, form = request[OWNER], await read_form(request)
    offer_id = whole(form.text("offer")) or 0
    await request.app[BOOKS].write(
        give_by_hand,
        owner.shop_id,
        _customer_id(request),
        OfferId(offer_id),
        key=f"hand:{form.text('key')[:KEY_LENGTH]}",
        actor=owner.actor,
        at=request.app[NOW](),
    )
    return await _back(request, "coupon_given")


async def use_by_hand(request: web.Request) -> web.Response:
    """For whoever has no chat to show a coupon in; the coupon's page takes it back."""
    owner, form, who = request[OWNER], await read_form(request), _customer_id(request)
    coupon_id = CouponId(int(request.match_info["coupon"]))
    key = f"hand:{coupon_id}:{form.text('key')[:KEY_LENGTH]}"
    showing = Showing(key=key, way=CouponWay.HAND, actor=owner.actor)
    holder = owner.shop_id, who
    try:
        await request.app[BOOKS].write(use_of, holder, coupon_id, showing, request.app[NOW]())
    except Conflict as refusal:
        return await _show(request, {"coupon": sentence(refusal)})
    return see_other(f"/owner/counter/coupons/{coupon_id}")


def use_of(
    tx: Tx,
    holder: tuple[ShopId, CustomerId],
    coupon_id: CouponId,
    showing: Showing,
    at: datetime,
) -> Redeemed:
    """Raises NotFound(`coupon`) for somebody else's, and as `use_coupon` does."""
    shop_id, customer_id = holder
    coupon = find_coupon(tx, shop_id, coupon_id)
    if coupon is None or coupon.customer_id != customer_id:
        raise NotFound("coupon")
    return use_coupon(tx, shop_id, coupon_id, showing, at)


async def add_stamps(request: web.Request) -> web.Response:
    owner, form = request[OWNER], await read_form(request)
    try:
        await request.app[BOOKS].write(
            give_stamps,
            owner.shop_id,
            _customer_id(request),
            whole(form.text("stamps")) or 0,
            key=f"hand:{form.text('key')[:KEY_LENGTH]}",
            actor=owner.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, refusal.fields)
    except Conflict as refusal:
        if refusal.reason != "no_card":
            raise
        return await _show(request, {"stamps": NO_CARD})
    return await _back(request, "stamps_given")


async def show_erasing(request: web.Request) -> web.Response:
    """What would go, before anything goes."""
    known = await _known(request)
    return await show(request, "owner/customer_erase.html", known=known)


async def erase(request: web.Request) -> web.Response:
    """At the customer's own wish (L49): what is kept, and why, is told at once."""
    owner = request[OWNER]
    known = await _known(request)
    erased = await request.app[BOOKS].write(
        erase_regular,
        owner.shop_id,
        known.regular.customer_id,
        actor=owner.actor,
        at=request.app[NOW](),
    )
    return await show(request, "owner/customer_erased.html", erased=erased)


async def show_same(request: web.Request) -> web.Response:
    """Others who may be the same person: a number for a chat, a chat for a number."""
    known = await _known(request)
    words = clean_text(request.query.get("q", ""))[:30]
    shop_id = request[OWNER].shop_id
    found = await request.app[BOOKS].read(find_people, shop_id, words) if words else []
    others = [one for one in found if one.is_paper is not known.regular.is_paper]
    return await show(request, "owner/customer_same.html", known=known, others=others, words=words)


def read_known(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> Known:
    """Raises NotFound(`customer`) for whoever is no regular of this shop."""
    regular = find_regular(tx, shop_id, customer_id)
    if regular is None:
        raise NotFound("customer")
    gap, last_at = regular.rhythm.mean_gap_days, regular.last_visit_at
    coupons = list_coupons_of_person(tx, shop_id, customer_id)
    ready = (CouponState.READY, CouponState.HELD)
    tiers = get_rules(tx, shop_id).tiers
    return Known(
        regular=regular,
        tier=tier_of(tiers, list_visit_times(tx, shop_id, customer_id), at).name,
        gap_days=max(1, round(gap)) if gap is not None else None,
        away_days=(at - last_at) // timedelta(days=1) if last_at else None,
        is_quiet=regular.rhythm.is_quiet(at),
        card=find_standing(tx, shop_id, customer_id, at),
        usable=[one for one in coupons if one.state in ready and one.expires_at > at],
        owed=[one for one in coupons if one.owed_at],
        offers=list_open_offers(tx, shop_id, CouponSource.HAND),
        notes=list_notes(tx, shop_id, customer_id),
        story=read_story(tx, (shop_id, customer_id), coupons, regular.joined_at, at),
    )


async def _known(request: web.Request) -> Known:
    return await request.app[BOOKS].read(
        read_known, request[OWNER].shop_id, _customer_id(request), request.app[NOW]()
    )


async def _show(request: web.Request, wrong: Mapping[str, str], *, note: str = "") -> web.Response:
    known = await _known(request)
    return await show(
        request,
        "owner/customer.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        known=known,
        key=secrets.token_hex(KEY_BYTES),
        note=note,
        wrong=wrong,
    )


async def _back(request: web.Request, word: str) -> web.Response:
    await say(request, word)
    return see_other(f"/owner/regulars/{_customer_id(request)}")


def _customer_id(request: web.Request) -> CustomerId:
    return CustomerId(int(request.match_info["id"]))
