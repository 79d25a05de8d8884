"""Messages that the owner sent by hand in Kakao's own centre, told afterwards."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, new_key, read_form
from console.hand_sendings import read_agreed, read_hand_desk, read_sending
from console.keys import BOOKS, NOW, OWNER
from domain.audit import shop_book
from domain.refusals import Conflict, Invalid
from subsidy.by_hand import record_by_hand, take_back


async def show_by_hand(request: web.Request) -> web.Response:
    return await _show(request, Form(), {})


async def record(request: web.Request) -> web.Response:
    """The first press is answered with the amount, the second one records it."""
    form, owner, at = await read_form(request), request[OWNER], request.app[NOW]()
    try:
        await request.app[BOOKS].write(
            record_by_hand,
            owner.shop_id,
            read_sending(form),
            form_key=form.text("form_key"),
            agreed_jeon=read_agreed(form),
            book=shop_book(owner.shop_id),
            actor=owner.actor,
            at=at,
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    except Conflict as refusal:
        if refusal.reason != "by_hand_amount":
            raise
        return await _show(request, form, {}, asked=refusal.facts)
    await say(request, "by_hand_recorded")
    return see_other("/owner/by-hand")


async def correct(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    hand_id = int(request.match_info["id"])
    await request.app[BOOKS].write(
        take_back,
        owner.shop_id,
        hand_id,
        is_owner=True,
        book=shop_book(owner.shop_id),
        actor=owner.actor,
        at=at,
    )
    await say(request, "by_hand_taken_back")
    return see_other("/owner/by-hand")


async def _show(
    request: web.Request,
    form: Form,
    wrong: Mapping[str, str],
    *,
    asked: Mapping[str, object] | None = None,
) -> web.Response:
    """`asked`: what it costs and what the grants pay of it, before it is recorded."""
    at = request.app[NOW]()
    desk = await request.app[BOOKS].read(read_hand_desk, request[OWNER].shop_id, at)
    return await show(
        request,
        "owner/by_hand.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        desk=desk,
        form=form,
        wrong=wrong,
        asked=asked,
        form_key=form.text("form_key") or new_key(),
    )
