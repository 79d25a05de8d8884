"""보내는 길: which way carries what first, what that means for a shop, and what providers hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from http import HTTPStatus
from typing import NamedTuple

from aiohttp import web

from campaigns.balances import AccountView, list_accounts
from campaigns.booking import Draft
from campaigns.ways import weigh
from console.answers import say, see_other, show
from console.forms import Form, read_form, read_won, whole_number
from console.keys import BOOKS, MANAGER, NOW, SETTINGS
from console.manager.reading import Mistakes, read_whole
from domain.campaigns import BubbleKind, MessageKind, SenderName
from domain.money import JEON_PER_WON, Jeon
from domain.people import ProgramId
from domain.refusals import Conflict, Invalid
from domain.time import Window
from domain.ways import WAYS_FOR, Order, Proposal, WayLine
from storage.desk import Tx
from storage.queries.overview import ShopCounts, list_shop_counts
from storage.queries.way_rules import find_version, get_orders, list_versions
from subsidy.ways import LEAST_MAX_JEON, LEAST_WRONG, Orders, check_orders, set_orders

PAGE = "/manager/ways"
NOTHING = Jeon(0)
UP, DOWN = "up", "down"
AD = MessageKind.ADVERTISEMENT
SHOWN_MAX = 10
"""Earlier orders on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A way as the form has it, as text; `is_on`: it stands in the order."""

    sender: SenderName
    is_on: bool
    least: str = ""
    opens: str = ""
    closes: str = ""


Rows = Mapping[MessageKind, Sequence[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What an order means now for the shop in the middle, the words alone, to all its regulars."""

    shop: ShopCounts
    proposal: Proposal


class Written(NamedTuple):
    """An earlier order; `ways` are those for news."""

    version: int
    made_at: datetime
    ways: Sequence[SenderName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    version: int
    versions: Sequence[Written]
    orders: Orders
    accounts: Sequence[AccountView]


async def show_ways(request: web.Request) -> web.Response:
    """`?version=` puts an earlier order into the form; nothing is written."""
    seen = await request.app[BOOKS].read(
        find_earlier, request[MANAGER].program_id, whole_number(request.query.get("version", ""))
    )
    return await _show(request, rows=rows_of(seen), typed=seen) if seen else await _show(request)


def find_earlier(tx: Tx, program_id: ProgramId, version: int | None) -> Orders | None:
    if version is None or not 1 <= version <= find_version(tx, program_id):
        return None
    return get_orders(tx, program_id, version)


async def change(request: web.Request) -> web.Response:
    """A row one up or down, or what the order as it is typed would mean; nothing is written."""
    form = await read_form(request)
    rows = moved(read_rows(form), form.text("move"))
    wrong: Mapping[str, str] = {}
    try:
        orders = read_orders(rows)
    except Invalid as refusal:
        wrong = {} if form.text("move") else refusal.fields
        return await _show(request, rows=rows, after=form.text("after"), wrong=wrong)
    return await _show(request, rows=rows, after=form.text("after"), typed=orders)


async def save(request: web.Request) -> web.Response:
    manager, form, at = request[MANAGER], await read_form(request), request.app[NOW]()
    rows = read_rows(form)
    try:
        orders, after = read_orders(rows), read_whole(form, "after")
        await request.app[BOOKS].write(
            set_orders, manager.program_id, orders, after=after, actor=manager.actor, at=at
        )
    except Invalid as refusal:
        return await _show(request, rows=rows, after=form.text("after"), wrong=refusal.fields)
    except Conflict as refusal:
        if refusal.reason != "ways_changed":
            raise
        return await _show(request, rows=rows, typed=orders, is_late=True)
    await say(request, "ways_saved")
    return see_other(PAGE)


def read_rows(form: Form) -> Rows:
    """As typed; a way that the form does not name stands last and is off."""
    return {kind: _rows_of(form, kind) for kind in MessageKind}


def _rows_of(form: Form, kind: MessageKind) -> list[Row]:
    known = {sender.value: sender for sender in WAYS_FOR[kind]}
    rows: dict[SenderName, Row] = {}
    for place in range(len(known)):
        sender = known.get(form.text(f"{kind}_{place}_sender"))
        if sender is not None and sender not in rows:
            rows[sender] = Row(
                sender=sender,
                is_on=bool(form.text(f"{kind}_{place}_on")),
                **{name: form.text(f"{kind}_{place}_{name}") for name in _TYPED},
            )
    missing = (one for one in SenderName if one in WAYS_FOR[kind] and one not in rows)
    return [*rows.values(), *(Row(sender=one, is_on=False) for one in missing)]


_TYPED = ("least", "opens", "closes")


def moved(rows: Rows, press: str) -> Rows:
    """`up:advertisement:1` changes the second row with the first; anything else nothing."""
    way, _, where = press.partition(":")
    name, _, number = where.partition(":")
    kind = next((one for one in MessageKind if one.value == name), None)
    if kind is None or way not in (UP, DOWN) or not number.isdecimal():
        return rows
    changed = list(rows[kind])
    first = int(number) - 1 if way == UP else int(number)
    if 0 <= first < len(changed) - 1:
        changed[first : first + 2] = changed[first + 1], changed[first]
    return {**rows, kind: changed}


def read_orders(rows: Rows) -> Orders:
    """Raises Invalid with everything that is wrong at once, each beside its row."""
    mistakes = Mistakes()
    orders = {
        kind: [
            _line(mistakes, f"{kind}_{place}", row)
            for place, row in enumerate(rows[kind])
            if row.is_on
        ]
        for kind in MessageKind
    }
    if mistakes.found:
        raise Invalid(mistakes.found)
    check_orders(orders)
    return orders


def _line(mistakes: Mistakes, name: str, row: Row) -> WayLine:
    least = mistakes.read(_least, Form({f"{name}_least": row.least}), f"{name}_least") or NOTHING
    hours = mistakes.read(_hours, Form({"opens": row.opens, "closes": row.closes}), name)
    return WayLine(sender=row.sender, least_jeon=least, hours=hours)


def _least(form: Form, name: str) -> Jeon:
    if not form.text(name):
        return NOTHING
    least_jeon = read_won(form, name)
    if least_jeon > LEAST_MAX_JEON:
        raise Invalid({name: LEAST_WRONG})
    return least_jeon


def _hours(form: Form, name: str) -> Window | None:
    opens, closes = form.text("opens"), form.text("closes")
    if not opens and not closes:
        return None
    try:
        first, last = time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError:
        raise Invalid({f"{name}_hours": "시각을 둘 다 적거나 둘 다 비워 주세요."}) from None
    if first.tzinfo or last.tzinfo or first >= last:
        raise Invalid({f"{name}_hours": "끝나는 시각을 시작하는 시각보다 늦게 적어 주세요."})
    return Window(first.replace(second=0, microsecond=0), last.replace(second=0, microsecond=0))


def rows_of(orders: Orders) -> Rows:
    return {kind: _rows_in(kind, order) for kind, order in orders.items()}


def _rows_in(kind: MessageKind, order: Order) -> list[Row]:
    on = [
        Row(
            sender=line.sender,
            is_on=True,
            least=f"{line.least_jeon // JEON_PER_WON:,}" if line.least_jeon else "",
            opens=f"{line.hours.opens:%H:%M}" if line.hours else "",
            closes=f"{line.hours.closes:%H:%M}" if line.hours else "",
        )
        for line in order
    ]
    there = {row.sender for row in on}
    off = (one for one in SenderName if one in WAYS_FOR[kind] and one not in there)
    return [*on, *(Row(sender=one, is_on=False) for one in off)]


def read_seen(tx: Tx, program_id: ProgramId, at: datetime) -> Seen:
    return Seen(
        version=find_version(tx, program_id),
        versions=[
            Written(
                version, made_at, [one.sender for one in get_orders(tx, program_id, version)[AD]]
            )
            for version, made_at in list_versions(tx, program_id)[:SHOWN_MAX]
        ],
        orders=get_orders(tx, program_id),
        accounts=list_accounts(tx, program_id, at),
    )


def read_example(
    tx: Tx, program_id: ProgramId, order: Order, offered: Collection[SenderName], at: datetime
) -> Example | None:
    """Of the first hundred shops; None where none has a regular who agreed to news."""
    shops = [one for one in list_shop_counts(tx, program_id) if one.consented]
    if not shops:
        return None
    shop = sorted(shops, key=lambda one: one.consented)[len(shops) // 2]
    draft = Draft(sender=SenderName.KAKAO_EVENT, bubble=BubbleKind.LIST, body="")
    weighed = weigh(tx, shop.shop_id, draft, offered, at, order=order)
    return Example(shop=shop, proposal=weighed.proposal)


async def _show(
    request: web.Request,
    *,
    rows: Rows | None = None,
    after: str = "",
    typed: Orders | None = None,
    wrong: Mapping[str, str] | None = None,
    is_late: bool = False,
) -> web.Response:
    """`is_late`: somebody else's order was written meanwhile; it stands beside what was typed."""
    manager, at = request[MANAGER], request.app[NOW]()
    books, offered = request.app[BOOKS], request.app[SETTINGS].senders
    seen = await books.read(read_seen, manager.program_id, at)
    program_id = manager.program_id
    example = await books.read(read_example, program_id, seen.orders[AD], offered, at)
    # What is typed wrong means nothing yet.
    then = None if wrong else example
    if typed and list(typed[AD]) != list(seen.orders[AD]):
        then = await books.read(read_example, program_id, typed[AD], offered, at)
    return await show(
        request,
        "manager/ways.html",
        status=HTTPStatus.CONFLICT if is_late else 422 if wrong else 200,
        seen=seen,
        rows=rows or rows_of(seen.orders),
        is_changed=rows is not None,
        after=after or str(seen.version),
        example=then,
        is_late=is_late,
        is_same_way=then is not example and _way(then) == _way(example),
        wrong=wrong or {},
        offered=offered,
        manager=manager,
    )


def _way(example: Example | None) -> SenderName | None:
    chosen = example.proposal.chosen if example else None
    return chosen.sender if chosen else None
