"""A coupon on its holder's phone, to be shown at the counter.

Opening it changes nothing; the link ends by itself (loyalty.links.py).
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from console.answers import html, see_other
from console.forms import read_form
from console.headers import with_scripts
from console.keys import BOOKS, NOW, SETTINGS
from console.owner.counter_coupons import obstacle_of
from console.owner.counter_words import new_key, sentence
from console.owner.qr import inline_code
from console.pages import render
from console.visiting import key_of
from domain.coupons import CouponState, CouponWay
from domain.refusals import Conflict, NotFound
from loyalty.codes import ShownCode, issue_customer_code
from loyalty.coupons import Showing, use_coupon
from loyalty.links import read_coupon_token
from storage.desk import Tx
from storage.queries.codes import find_live_code
from storage.queries.coupons import CouponView, find_coupon
from storage.queries.places import ShopView, get_shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`code` is the four digits that still stand for this coupon; `obstacle` says why it cannot
    be used now.
    """

    shop: ShopView
    coupon: CouponView
    code: ShownCode | None
    obstacle: str | None

    @property
    def is_usable(self) -> bool:
        return self.obstacle is None and self.coupon.state in (CouponState.READY, CouponState.HELD)


async def show_coupon(request: web.Request) -> web.Response:
    return await _show(request)


async def slide(request: web.Request) -> web.Response:
    """The shop's staff pulled the slide on the customer's phone."""
    token, at = request.match_info["token"], request.app[NOW]()
    key = key_of(await read_form(request))
    try:
        await request.app[BOOKS].write(use_shown, token, key, at)
    except Conflict as refusal:
        if refusal.reason == "link_lapsed":
            raise
        return await _show(request, wrong=sentence(refusal))
    return see_other(f"/c/{token}")


def use_shown(tx: Tx, token: str, key: str, at: datetime) -> None:
    """Harmless when repeated: what has been used by this page is not used again.

    Raises NotFound(`link`, `coupon`), Conflict(`link_lapsed`) and as `use_coupon` does.
    """
    shop_id, coupon_id = read_coupon_token(tx, token, at)
    coupon = get_shown(tx, token, at)
    if coupon.state is CouponState.USED:
        return
    actor = f"customer:{coupon.customer_id}"
    showing = Showing(key=f"slide:{coupon_id}:{key}", way=CouponWay.SLIDE, actor=actor)
    use_coupon(tx, shop_id, coupon_id, showing, at)


async def renew_code(request: web.Request) -> web.Response:
    token, at = request.match_info["token"], request.app[NOW]()
    await request.app[BOOKS].write(issue_shown, token, at)
    return see_other(f"/c/{token}")


def issue_shown(tx: Tx, token: str, at: datetime) -> ShownCode:
    """The code in the chat lives three minutes; who waited in a queue gets another one here."""
    coupon = get_shown(tx, token, at)
    channel_id = get_shop(tx, coupon.shop_id).channel_id
    pair = coupon.shop_id, coupon.coupon_id
    return issue_customer_code(tx, channel_id, coupon.customer_id, at, coupon=pair)


def read_shown(tx: Tx, token: str, at: datetime) -> Shown:
    """Raises as `get_shown` does."""
    coupon = get_shown(tx, token, at)
    live = find_live_code(tx, coupon.customer_id, coupon.coupon_id, at)
    return Shown(
        shop=get_shop(tx, coupon.shop_id),
        coupon=coupon,
        code=ShownCode(*live) if live else None,
        obstacle=obstacle_of(coupon, at),
    )


def get_shown(tx: Tx, token: str, at: datetime) -> CouponView:
    """Raises NotFound(`link`, `coupon`) and Conflict(`link_lapsed`)."""
    coupon = find_coupon(tx, *read_coupon_token(tx, token, at))
    if coupon is None:
        raise NotFound("coupon")
    return coupon


async def _show(request: web.Request, *, wrong: str | None = None) -> web.Response:
    token, at = request.match_info["token"], request.app[NOW]()
    shown = await request.app[BOOKS].read(read_shown, token, at)
    code = shown.code
    drawing = inline_code(request.app[SETTINGS].counter_url(code.digits)) if code else None
    page = render(
        "public/coupon.html",
        shown=shown,
        drawing=drawing,
        token=token,
        key=new_key(),
        wrong=wrong,
        now=at,
    )
    status = HTTPStatus.CONFLICT if wrong else HTTPStatus.OK
    return with_scripts(html(page, status=status))
