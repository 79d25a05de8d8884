"""The program, or one market of it, on one screen: the money, the shops, who has fallen asleep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from campaigns.balances import AccountView, list_accounts
from console.answers import show
from console.forms import whole_number
from console.keys import BOOKS, MANAGER, NOW, Manager
from domain.money import Jeon
from domain.people import CohortId, MarketId, clean_text
from domain.refusals import NotFound
from storage.desk import Tx
from storage.queries.overview import PAGE_SHOPS, Sought, count_shops
from storage.queries.places import list_markets
from storage.queries.programs import CohortView, get_program_view, list_cohorts
from storage.queries.shops_money import sum_not_started
from subsidy.money import (
    MarketMoney,
    ProgramMoney,
    ShopLine,
    list_shop_lines,
    market_money,
    program_money,
)

ASLEEP_AFTER = timedelta(days=14)
"""A shop that sends each week has missed twice by then."""

NAME_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`market_name` is None where the whole program is looked at; its money then is `program`,
    else `market`. `offered_jeon` was granted and is not started yet. A closed program grants
    nothing more. `low`: accounts at providers that are nearly used up.
    """

    program_name: str
    is_closed: bool
    market_name: str | None
    program: ProgramMoney | None
    market: MarketMoney | None
    offered_jeon: Jeon
    markets: Sequence[tuple[MarketId, str]]
    cohorts: Sequence[CohortView]
    shops: int
    asleep: int
    lines: Sequence[ShopLine]
    asleep_since: datetime
    low: Sequence[AccountView]

    def is_asleep(self, line: ShopLine) -> bool:
        sent_at = line.counts.last_sent_at
        return sent_at is None or sent_at < self.asleep_since

    @property
    def pages(self) -> int:
        return max(1, -(-self.shops // PAGE_SHOPS))


async def show_overview(request: web.Request) -> web.Response:
    manager = request[MANAGER]
    sought, page = read_sought(request, manager), _number(request, "page") or 1
    seen = await request.app[BOOKS].read(
        read_overview, manager, sought, page=page, at=request.app[NOW]()
    )
    return await show(
        request,
        "manager/overview.html",
        seen=seen,
        sought=sought,
        page=page,
        page_link=lambda number: _link(sought, number),
        manager=manager,
    )


def read_sought(request: web.Request, manager: Manager) -> Sought:
    """What the filters say; a market manager looks at one market whatever they say."""
    market, cohort = _number(request, "market"), _number(request, "cohort")
    return Sought(
        market_id=manager.market_id or (MarketId(market) if market else None),
        cohort_id=CohortId(cohort) if cohort else None,
        name=clean_text(request.query.get("q", ""))[:NAME_MAX],
    )


def read_overview(tx: Tx, manager: Manager, sought: Sought, *, page: int, at: datetime) -> Overview:
    """Raises NotFound for a market that is none of this program's."""
    program_id, market_id = manager.program_id, sought.market_id
    names = {one: name for one, name, _ in list_markets(tx, program_id) if manager.sees_market(one)}
    if market_id is not None and market_id not in names:
        raise NotFound("market")
    since = at - ASLEEP_AFTER
    shops, asleep = count_shops(tx, program_id, since, sought)
    program = get_program_view(tx, program_id)
    return Overview(
        program_name=program.name,
        is_closed=program.closed_at is not None,
        market_name=names[market_id] if market_id is not None else None,
        program=program_money(tx, program_id) if market_id is None else None,
        market=market_money(tx, program_id, market_id) if market_id is not None else None,
        offered_jeon=sum_not_started(tx, program_id, at, market_id),
        markets=list(names.items()),
        cohorts=list_cohorts(tx, program_id),
        shops=shops,
        asleep=asleep,
        lines=list_shop_lines(tx, program_id, sought, page=page, at=at),
        asleep_since=since,
        low=[one for one in list_accounts(tx, program_id, at) if one.is_low]
        if manager.runs_program
        else [],
    )


def _number(request: web.Request, name: str) -> int | None:
    """What is no number, or has more digits than any id of ours, counts as not said."""
    return whole_number(request.query.get(name, ""))


def _link(sought: Sought, page: int) -> str:
    said = {
        "market": sought.market_id,
        "cohort": sought.cohort_id,
        "q": sought.name,
        "page": page if page > 1 else None,
    }
    return "/manager?" + urlencode({name: value for name, value in said.items() if value})
