"""A coupon at the counter: looked at first, used by one press, taken back by another."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from console.answers import see_other, show
from console.forms import read_form
from console.guessing import write_counted
from console.keys import BOOKS, NOW, OWNER, Owner
from console.owner.counter_page import show_form
from console.owner.counter_words import (
    KEY_LENGTH,
    Typed,
    new_key,
    read_typed,
    sentence,
    showing_of,
    wrong_of,
)
from domain.coupons import CouponWay, check_use
from domain.people import CouponId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from loyalty.coupons import Redeemed, Showing, read_coupon_code, reverse_coupon, use_by_code
from storage.desk import Tx
from storage.queries.counter import Use, find_last_use, find_who
from storage.queries.coupons import CouponView, find_coupon

GONE = frozenset({"code", "code_used", "code_lapsed", "code_of_visit", "too_many_codes"})
"""There is no coupon to show any more, only the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A coupon whose holder stands here; `obstacle` says why it cannot be used now."""

    coupon: CouponView
    who: str | None
    obstacle: str | None = None
    use: Use | None = None


async def show_found(request: web.Request, typed: Typed, wrong: Mapping[str, str]) -> web.Response:
    """Raises NotFound and Conflict as `read_coupon_code` does."""
    found = await request.app[BOOKS].read(
        read_found, request[OWNER].shop_id, typed, request.app[NOW]()
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return await show(
        request, "owner/counter_coupon.html", status=status, found=found, typed=typed, wrong=wrong
    )


def read_found(tx: Tx, shop_id: ShopId, typed: Typed, at: datetime) -> Found:
    _, coupon = read_coupon_code(tx, shop_id, typed.digits, at)
    who = find_who(tx, shop_id, coupon.customer_id)
    return Found(coupon=coupon, who=who, obstacle=obstacle_of(coupon, at))


def obstacle_of(coupon: CouponView, at: datetime) -> str | None:
    """Why a coupon cannot be used now, whatever was bought."""
    try:
        check_use(coupon.terms, expires_at=coupon.expires_at, at=at, spend_won=None)
    except Conflict as refusal:
        return sentence(refusal)
    return None


async def use(request: web.Request) -> web.Response:
    owner, at, books = request[OWNER], request.app[NOW](), request.app[BOOKS]
    typed = read_typed(await read_form(request))
    try:
        used = await write_counted(
            books, owner.shop_id, at, lambda tx: use_typed(tx, owner, typed, at)
        )
    except (Conflict, Invalid, NotFound) as refusal:
        wrong = wrong_of(refusal)
        if refusal.reason in GONE:
            return await show_form(request, typed, wrong)
        return await show_found(request, typed, wrong)
    return see_other(f"/owner/counter/coupons/{used.coupon.coupon_id}")


def use_typed(tx: Tx, owner: Owner, typed: Typed, at: datetime) -> Redeemed:
    return use_by_code(tx, owner.shop_id, typed.digits, showing_of(typed, owner), at)


async def show_coupon(request: web.Request) -> web.Response:
    """What became of a coupon that was used here."""
    found = await request.app[BOOKS].read(read_coupon, request[OWNER].shop_id, _coupon_id(request))
    return await show(request, "owner/counter_used.html", found=found, key=new_key())


def read_coupon(tx: Tx, shop_id: ShopId, coupon_id: CouponId) -> Found:
    """Raises NotFound(`coupon`)."""
    coupon = find_coupon(tx, shop_id, coupon_id)
    if coupon is None:
        raise NotFound("coupon")
    who = find_who(tx, shop_id, coupon.customer_id)
    return Found(coupon=coupon, who=who, use=find_last_use(tx, shop_id, coupon_id))


async def reverse(request: web.Request) -> web.Response:
    owner, at, coupon_id = request[OWNER], request.app[NOW](), _coupon_id(request)
    key = (await read_form(request)).text("key")[:KEY_LENGTH]
    showing = Showing(key=f"undo:{coupon_id}:{key}", way=CouponWay.CODE, actor=owner.actor)
    with suppress(Conflict):  # undone from another page meanwhile: shown as it stands
        await request.app[BOOKS].write(reverse_coupon, owner.shop_id, coupon_id, showing, at)
    return see_other(f"/owner/counter/coupons/{coupon_id}")


def _coupon_id(request: web.Request) -> CouponId:
    return CouponId(int(request.match_info["id"]))
