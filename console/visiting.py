"""Pages on a customer's phone at the counter: six digits to say in the chat, behind a QR.

Opening one changes nothing: KakaoTalk opens links to draw a preview.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from console.answers import html
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, SETTINGS
from console.owner.counter_words import new_key
from console.pages import render
from console.shopfront import get_by_slug
from domain.refusals import Conflict
from domain.visits import TRIES_WINDOW, VisitWay
from loyalty.codes import ShownCode, issue_counter_code
from loyalty.links import press_token, read_press_token, read_qr_token
from loyalty.pins import check_pin, has_pin
from storage.desk import Tx
from storage.queries.places import ShopView, get_shop

KEY = re.compile(r"[0-9a-f]{16}")
PIN_SENTENCES: Mapping[str, str] = {
    "wrong_pin": "번호가 달라요. 다시 눌러 주세요.",
    "too_many_tries": "여러 번 틀려서 잠시 쉬어야 해요. "
    f"{TRIES_WINDOW.seconds // 60}분 뒤에 다시 하거나, 손님 휴대폰의 네 자리 번호로 찍어 주세요.",
    "too_many_today": "오늘은 여러 번 틀려서 더 누를 수 없어요. "
    "손님 휴대폰의 네 자리 번호로 찍어 주세요.",
}


async def show_scanned(request: web.Request) -> web.Response:
    """Behind the QR that changes: a button, good for a while longer than the QR itself."""
    token, at = request.match_info["token"], request.app[NOW]()
    shop, press = await request.app[BOOKS].read(read_scanned, token, at)
    return html(render("public/stamp.html", shop=shop, token=press, key=new_key()))


def read_scanned(tx: Tx, token: str, at: datetime) -> tuple[ShopView, str]:
    """Raises NotFound(`link`) and Conflict(`qr_lapsed`)."""
    shop_id = read_qr_token(tx, token, at)
    return get_shop(tx, shop_id), press_token(tx, shop_id, at)


async def press_scanned(request: web.Request) -> web.Response:
    token, at = request.match_info["token"], request.app[NOW]()
    key = key_of(await read_form(request))
    shop, code = await request.app[BOOKS].write(issue_scanned, token, key, at)
    return _show_code(request, shop, code)


def issue_scanned(tx: Tx, token: str, key: str, at: datetime) -> tuple[ShopView, ShownCode]:
    """Raises NotFound(`link`) and Conflict(`qr_lapsed`)."""
    shop = get_shop(tx, read_press_token(tx, token, at))
    return shop, _issue(tx, shop, VisitWay.ROTATING_QR, key, at)


async def show_pin(request: web.Request) -> web.Response:
    """Behind the printed QR: a field for the staff's PIN, on the customer's phone."""
    shop, is_set = await request.app[BOOKS].read(read_pinned, request.match_info["slug"])
    return _show_pin(shop, {} if is_set else {"pin": "no_pin"})


def read_pinned(tx: Tx, slug: str) -> tuple[ShopView, bool]:
    """Raises NotFound(`shop`)."""
    shop = get_by_slug(tx, slug)
    return shop, has_pin(tx, shop.shop_id)


async def press_pin(request: web.Request) -> web.Response:
    form, at = await read_form(request), request.app[NOW]()
    shop, code = await request.app[BOOKS].write(
        issue_pinned, request.match_info["slug"], form.text("pin"), key_of(form), at
    )
    if isinstance(code, Conflict):
        return _show_pin(shop, {"pin": code.reason})
    return _show_code(request, shop, code)


def issue_pinned(
    tx: Tx, slug: str, pin: str, key: str, at: datetime
) -> tuple[ShopView, ShownCode | Conflict]:
    """A refusal is a value: the wrong try behind it is to be counted."""
    shop = get_by_slug(tx, slug)
    refusal = check_pin(tx, shop.shop_id, pin, at)
    return shop, refusal or _issue(tx, shop, VisitWay.PIN, key, at)


def key_of(form: Form) -> str:
    key = form.text("key")
    return key if KEY.fullmatch(key) else new_key()


def _issue(tx: Tx, shop: ShopView, way: VisitWay, key: str, at: datetime) -> ShownCode:
    issue = f"{shop.shop_id}:{key}"
    return issue_counter_code(tx, shop.channel_id, shop.shop_id, way, at, issue=issue)


def _show_code(request: web.Request, shop: ShopView, code: ShownCode) -> web.Response:
    channel = request.app[SETTINGS].chat_url(shop.channel_public_id)
    return html(render("public/stamp_code.html", shop=shop, code=code, channel=channel))


def _show_pin(shop: ShopView, reasons: Mapping[str, str]) -> web.Response:
    wrong = {name: PIN_SENTENCES.get(reason, "") for name, reason in reasons.items()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if any(wrong.values()) else HTTPStatus.OK
    is_set = "no_pin" not in reasons.values()
    page = render("public/stamp_pin.html", shop=shop, key=new_key(), wrong=wrong, is_set=is_set)
    return html(page, status=status)
