"""A shop's own money as the program records it, and what the shop sent by hand (F5, F6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, new_key, read_form, read_won
from console.hand_sendings import HandDesk, read_agreed, read_hand_desk, read_sending
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.shop import get_own_shop, shop_id_of
from domain.audit import program_book
from domain.money import Jeon
from domain.people import ShopId
from domain.refusals import Conflict, Invalid, NotFound, OverBudget
from domain.subsidy import TransferCode, WalletState
from storage.desk import Tx
from storage.queries.hand_sendings import HandView
from storage.queries.places import ShopView
from storage.queries.wallets import WalletView
from subsidy.by_hand import Sending, record_by_hand, take_back
from subsidy.stories import WalletStory, wallet_story
from subsidy.wallets import change_wallet, refund, top_up

STATES = {one.value: one for one in (WalletState.IN_USE, WalletState.SUSPENDED)}
PAYMENTS = {"top-up": TransferCode.TOP_UP, "refund": TransferCode.REFUND}
TOO_MUCH = "가게 돈보다 많아요. 금액을 줄여 주세요."
REFUSED = {"wallet": TOO_MUCH, "wallet_suspended": "정지된 동안에는 충전할 수 없어요."}
"""A shop without a wallet has never paid in, so any refund is more than there is."""

RECORDED = {TransferCode.TOP_UP: "topped_up", TransferCode.REFUND: "refunded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletSheet:
    shop: ShopView
    story: WalletStory
    hand: HandDesk


async def show_wallet(request: web.Request) -> web.Response:
    return await _show(request, Form(), {})


async def pay(request: web.Request) -> web.Response:
    """Records a top-up or a refund, each under the bank's number it is found by."""
    form, code = await read_form(request), PAYMENTS[request.match_info["payment"]]
    try:
        amount_jeon = _read_payment(form)
        await request.app[BOOKS].write(
            record_payment,
            request[MANAGER],
            shop_id_of(request),
            code,
            amount_jeon,
            form,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields, act=code)
    except OverBudget:
        return await _show(request, form, {"amount": TOO_MUCH}, act=code)
    except (Conflict, NotFound) as refusal:
        if refusal.reason not in REFUSED:
            raise
        return await _show(request, form, {"amount": REFUSED[refusal.reason]}, act=code)
    await say(request, RECORDED[code])
    return see_other(_page(request))


def record_payment(
    tx: Tx,
    manager: Manager,
    shop_id: ShopId,
    code: TransferCode,
    amount_jeon: Jeon,
    form: Form,
    *,
    at: datetime,
) -> WalletView:
    """Raises NotFound for a shop out of reach, else as `top_up` and `refund` do."""
    get_own_shop(tx, manager, shop_id)
    record = top_up if code is TransferCode.TOP_UP else refund
    return record(
        tx,
        shop_id,
        amount_jeon,
        reference=form.text("reference"),
        form_key=form.text("form_key"),
        actor=manager.actor,
        at=at,
    )


async def change(request: web.Request) -> web.Response:
    new = STATES.get((await read_form(request)).text("state"))
    if new is not None:
        await request.app[BOOKS].write(
            change_own, request[MANAGER], shop_id_of(request), new, at=request.app[NOW]()
        )
        await say(request, f"wallet_{new}")
    return see_other(_page(request))


def change_own(
    tx: Tx, manager: Manager, shop_id: ShopId, new: WalletState, *, at: datetime
) -> WalletView:
    get_own_shop(tx, manager, shop_id)
    return change_wallet(tx, shop_id, new, is_owner=False, actor=manager.actor, at=at)


async def record_hand(request: web.Request) -> web.Response:
    """The first press is answered with the amount, the second one records it."""
    form = await read_form(request)
    try:
        sending = read_sending(form)
        await request.app[BOOKS].write(
            record_for,
            request[MANAGER],
            shop_id_of(request),
            sending,
            form,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields, act=TransferCode.BY_HAND)
    except Conflict as refusal:
        if refusal.reason != "by_hand_amount":
            raise
        return await _show(request, form, {}, act=TransferCode.BY_HAND, asked=refusal.facts)
    await say(request, "by_hand_recorded")
    return see_other(_page(request))


def record_for(
    tx: Tx, manager: Manager, shop_id: ShopId, sending: Sending, form: Form, *, at: datetime
) -> HandView:
    get_own_shop(tx, manager, shop_id)
    return record_by_hand(
        tx,
        shop_id,
        sending,
        form_key=form.text("form_key"),
        agreed_jeon=read_agreed(form),
        book=program_book(manager.program_id),
        actor=manager.actor,
        at=at,
    )


async def correct_hand(request: web.Request) -> web.Response:
    hand_id = int(request.match_info["hand"])
    await request.app[BOOKS].write(
        correct_for, request[MANAGER], shop_id_of(request), hand_id, at=request.app[NOW]()
    )
    await say(request, "by_hand_taken_back")
    return see_other(_page(request))


def correct_for(
    tx: Tx, manager: Manager, shop_id: ShopId, hand_id: int, *, at: datetime
) -> HandView:
    get_own_shop(tx, manager, shop_id)
    return take_back(
        tx,
        shop_id,
        hand_id,
        is_owner=False,
        book=program_book(manager.program_id),
        actor=manager.actor,
        at=at,
    )


def read_wallet(tx: Tx, manager: Manager, shop_id: ShopId, at: datetime) -> WalletSheet:
    return WalletSheet(
        shop=get_own_shop(tx, manager, shop_id),
        story=wallet_story(tx, shop_id),
        hand=read_hand_desk(tx, shop_id, at),
    )


def _read_payment(form: Form) -> Jeon:
    """Raises Invalid; the reference is looked at where it is kept."""
    if not form.text("form_key"):
        raise Invalid({"form_key": "한 번 더 눌러 주세요."})
    return read_won(form, "amount")


def _page(request: web.Request) -> str:
    return f"/manager/shops/{shop_id_of(request)}/wallet"


async def _show(
    request: web.Request,
    form: Form,
    wrong: Mapping[str, str],
    *,
    act: TransferCode | None = None,
    asked: Mapping[str, object] | None = None,
) -> web.Response:
    """`act`: whose form was not right yet; the others begin anew. `asked`: what a sending by hand
    costs and what the grants pay of it, before it is recorded.
    """
    manager, at = request[MANAGER], request.app[NOW]()
    sheet = await request.app[BOOKS].read(read_wallet, manager, shop_id_of(request), at)
    return await show(
        request,
        "manager/wallet.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        sheet=sheet,
        form=form,
        wrong=wrong,
        act=act,
        asked=asked,
        manager=manager,
        form_key=new_key(),
    )
