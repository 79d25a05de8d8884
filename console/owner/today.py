"""Today: what is left, who listens, how the last news went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from campaigns.ideas import find_idea_now
from campaigns.results import CampaignLine, list_campaigns
from console.answers import show
from console.keys import BOOKS, NOW, OWNER
from console.owner.grants import USABLE, last_use, waiting_grants
from domain.ideas import DAY_PROPOSED, HOUR_PROPOSED, IdeaTime
from domain.money import Jeon
from domain.people import GrantId, ShopId
from domain.visits import kst_day
from storage.desk import Tx
from storage.queries.account_history import CalledBack, find_called_back
from storage.queries.day_counts import DayCounts, count_since
from storage.queries.enquiries import count_open
from storage.queries.ideas import IdeaView, get_time
from storage.queries.overview import count_regulars
from storage.queries.places import ShopView, get_shop
from storage.queries.programs import TermsView
from subsidy.grants import GrantView, list_grants
from subsidy.money import shop_money
from subsidy.terms import get_terms_of_grant

LATEST_MAX = 3
CALLED_BACK_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """`left_jeon` leaves out what has not been started yet (F1); `first_jeon` of it ends first.
    `pot_left_jeon` may be used of what the market shares, `own_left_jeon` is the shop's own money.
    """

    shop: ShopView
    regulars: int
    consented: int
    left_jeon: Jeon
    first_jeon: Jeon
    until: datetime | None
    pot_left_jeon: Jeon
    own_left_jeon: Jeon
    called_back: CalledBack | None
    waiting: list[GrantView]
    terms: Mapping[GrantId, TermsView]
    latest: list[CampaignLine]
    idea: IdeaView | None
    is_idea_offered: bool
    questions: int
    late_questions: int


async def show_today(request: web.Request) -> web.Response:
    """A clerk sees the day, and nothing of the money."""
    owner = request[OWNER]
    if owner.is_clerk:
        shop, counts = await request.app[BOOKS].read(
            read_clerks_today, owner.shop_id, request.app[NOW]()
        )
        return await show(request, "owner/clerk_today.html", shop=shop, counts=counts)
    today = await request.app[BOOKS].read(read_today, owner.shop_id, request.app[NOW]())
    proposed = IdeaTime(day=DAY_PROPOSED, hour=HOUR_PROPOSED)
    return await show(request, "owner/today.html", today=today, owner=owner, proposed=proposed)


def read_clerks_today(tx: Tx, shop_id: ShopId, at: datetime) -> tuple[ShopView, DayCounts]:
    midnight, _ = kst_day(at)
    return get_shop(tx, shop_id), count_since(tx, shop_id, midnight)


def read_today(tx: Tx, shop_id: ShopId, at: datetime) -> Today:
    grants = list_grants(tx, shop_id, at)
    usable = [(last_use(grant), grant.left_jeon) for grant in grants if grant.state in USABLE]
    until = min((ends_at for ends_at, left_jeon in usable if left_jeon), default=None)
    money, waiting = shop_money(tx, shop_id, at), waiting_grants(grants)
    questions, late_questions = count_open(tx, shop_id, at)
    idea_time, asked_at = get_time(tx, shop_id)
    regulars, consented = count_regulars(tx, shop_id)
    return Today(
        shop=get_shop(tx, shop_id),
        regulars=regulars,
        consented=consented,
        left_jeon=Jeon(sum(left_jeon for _, left_jeon in usable)),
        first_jeon=Jeon(sum(left_jeon for ends_at, left_jeon in usable if ends_at == until)),
        until=until,
        pot_left_jeon=money.pot_left_jeon,
        own_left_jeon=money.own_left_jeon,
        called_back=find_called_back(tx, shop_id, at - CALLED_BACK_SHOWN),
        waiting=waiting,
        terms={one.grant_id: get_terms_of_grant(tx, shop_id, one.grant_id) for one in waiting},
        latest=list_campaigns(tx, shop_id, LATEST_MAX),
        idea=find_idea_now(tx, shop_id, at),
        is_idea_offered=idea_time.day is None and asked_at is None,
        questions=questions,
        late_questions=late_questions,
    )
