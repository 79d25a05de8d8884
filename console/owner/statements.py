"""The shop's own months in plain words: what was there, what came, what it bought, what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form, whole_number
from console.keys import BOOKS, NOW, OWNER
from domain.money import Jeon
from domain.people import ShopId
from domain.refusals import Invalid, NotFound
from domain.statements import Line, last_month, month_of, next_month
from storage.desk import Tx
from storage.queries.places import get_shop
from storage.queries.statements import LateRow, list_late
from subsidy.grants import list_grants
from subsidy.money import sum_grants
from subsidy.posts import tell_posts
from subsidy.statements import Sheet, get_shop_line, open_sheet

POSTS_DIGITS_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`before` and `after` are None where there is no statement of this shop to go to.
    `offered_jeon`: how much of what is there now cannot pay yet, because it is not started (F1).
    """

    sheet: Sheet
    line: Line
    offered_jeon: Jeon
    late: Sequence[LateRow]
    before: date | None
    after: date | None


async def show_statement(request: web.Request) -> web.Response:
    return await _show(request, Form(), {})


async def save_posts(request: web.Request) -> web.Response:
    form, owner = await read_form(request), request[OWNER]
    at = request.app[NOW]()
    month = _month(form.text("month"), at)
    try:
        posts = _read_posts(form)
        await request.app[BOOKS].write(_tell, owner.shop_id, month, posts, owner.actor, at)
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    await say(request, "posts_saved")
    return see_other(f"/owner/statements?month={month:%Y-%m}")


def _tell(tx: Tx, shop_id: ShopId, month: date, posts: int, actor: str, at: datetime) -> None:
    tell_posts(tx, _sheet(tx, shop_id, month, at), shop_id, posts, actor=actor, at=at)


def _read_posts(form: Form) -> int:
    posts = whole_number(form.text("posts").removesuffix("개").strip(), POSTS_DIGITS_MAX)
    if posts is None:
        raise Invalid({"posts": "게시글 수를 숫자로 적어 주세요. 예: 4"})
    return posts


async def _show(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    at = request.app[NOW]()
    month = _month(form.text("month") or request.query.get("month", ""), at)
    seen = await request.app[BOOKS].read(read_month, request[OWNER].shop_id, month, at)
    return await show(
        request,
        "owner/statements.html",
        status=422 if wrong else 200,
        seen=seen,
        form=form,
        wrong=wrong,
    )


def read_month(tx: Tx, shop_id: ShopId, month: date, at: datetime) -> Month:
    """Raises NotFound for a month before the program, or one that has not begun."""
    sheet = _sheet(tx, shop_id, month, at)
    is_now = month == month_of(at)
    offered = sum_grants(list_grants(tx, shop_id, at)).offered_jeon if is_now else Jeon(0)
    return Month(
        sheet=sheet,
        line=get_shop_line(tx, sheet, shop_id),
        offered_jeon=offered,
        late=list_late(tx, shop_id, sheet.since, sheet.until),
        before=_if_there(tx, shop_id, last_month(month), at),
        after=_if_there(tx, shop_id, next_month(month), at),
    )


def _if_there(tx: Tx, shop_id: ShopId, month: date, at: datetime) -> date | None:
    try:
        get_shop_line(tx, _sheet(tx, shop_id, month, at), shop_id)
    except NotFound:
        return None
    return month


def _sheet(tx: Tx, shop_id: ShopId, month: date, at: datetime) -> Sheet:
    return open_sheet(tx, get_shop(tx, shop_id).program_id, month, at)


def _month(text: str, at: datetime) -> date:
    """This month unless another was asked for; raises NotFound(month) for what is none."""
    if not text:
        return month_of(at)
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise NotFound("month") from None
