"""One shop of the program: its money, its grants, its news, and who looks after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from campaigns.learning import Learned, learn_latest
from campaigns.results import CampaignLine, list_campaigns
from console.answers import show
from console.forms import Form, new_key
from console.keys import BOOKS, MANAGER, NOW, SETTINGS, Manager
from domain.eligibility import Standing, bar_words
from domain.people import CohortId, Role, ShopId
from domain.refusals import NotFound
from domain.subsidy import GrantState
from domain.visits import CANCEL_WITHIN, Place
from storage.desk import Tx
from storage.queries.overview import count_regulars
from storage.queries.places import ShopView, get_shop
from storage.queries.programs import CohortView, find_enrollment, list_cohorts
from storage.queries.staff import StaffView, list_staff
from storage.queries.visits import find_place, list_doubted
from subsidy.enrolling import list_bars
from subsidy.forecast import Forecast, read_forecast
from subsidy.grants import GrantView, list_grants, list_pots
from subsidy.money import Money, shop_money
from subsidy.offering import NOT_SHOWN, get_terms

GIVES = (GrantState.OFFERED, GrantState.STARTED)
"""A pot that money may still be carved out of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    shop: ShopView
    regulars: int
    consented: int
    money: Money
    grants: Sequence[GrantView]
    campaigns: Sequence[CampaignLine]
    learned: Learned | None
    owners: Sequence[StaffView]
    standing: Standing
    cohort_id: CohortId | None
    cohorts: Sequence[CohortView]
    bars: Sequence[str]
    pots: Sequence[GrantView]
    forecast: Forecast
    place: Place | None
    doubted: Sequence[datetime]


async def show_shop(request: web.Request) -> web.Response:
    return await show_sheet(request)


async def show_sheet(
    request: web.Request,
    *,
    form: Form | None = None,
    wrong: Mapping[str, str] | None = None,
    invited_url: str | None = None,
) -> web.Response:
    """The sheet, with a form that was not right yet, or a link that is told only now."""
    manager, at = request[MANAGER], request.app[NOW]()
    sheet = await request.app[BOOKS].read(read_sheet, manager, shop_id_of(request), at)
    form = form or Form()
    return await show(
        request,
        "manager/shop.html",
        status=422 if wrong else 200,
        sheet=sheet,
        form=form,
        wrong=wrong or {},
        invited_url=invited_url,
        shop_url=request.app[SETTINGS].shop_url(sheet.shop.slug),
        form_key=form.text("form_key") or new_key(),
        manager=manager,
    )


def read_sheet(tx: Tx, manager: Manager, shop_id: ShopId, at: datetime) -> Sheet:
    shop = get_own_shop(tx, manager, shop_id)
    regulars, consented = count_regulars(tx, shop_id)
    cohort_id, standing = find_enrollment(tx, shop_id) or (None, NOT_SHOWN)
    asked = get_terms(tx, manager.program_id, at).conditions
    bars = list_bars(tx, manager.program_id, shop_id, at)
    campaigns = list_campaigns(tx, shop_id)
    return Sheet(
        shop=shop,
        regulars=regulars,
        consented=consented,
        money=shop_money(tx, shop_id, at),
        grants=list_grants(tx, shop_id, at),
        campaigns=campaigns,
        learned=learn_latest(tx, shop_id, campaigns, at),
        owners=[one for one in list_staff(tx, shop_id) if one.role is Role.OWNER],
        standing=standing,
        cohort_id=cohort_id,
        cohorts=list_cohorts(tx, manager.program_id),
        bars=[bar_words(bar, standing, asked) for bar in bars],
        pots=[one for one in list_pots(tx, shop.market_id, at) if one.state in GIVES],
        forecast=read_forecast(tx, shop_id, at),
        place=find_place(tx, shop_id),
        doubted=list_doubted(tx, shop_id, at - CANCEL_WITHIN),
    )


def get_own_shop(tx: Tx, manager: Manager, shop_id: ShopId) -> ShopView:
    """Raises NotFound for another program's shop, and for one of a market this manager does not
    look after.
    """
    shop = get_shop(tx, shop_id)
    if shop.program_id != manager.program_id or not manager.sees_market(shop.market_id):
        raise NotFound("shop")
    return shop


def shop_id_of(request: web.Request) -> ShopId:
    return ShopId(int(request.match_info["id"]))
