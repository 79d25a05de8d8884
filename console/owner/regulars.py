"""The shop's regulars: who they are, who has grown quiet, and what is owed to them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER
from domain.people import CustomerId, ShopId, clean_text, normal_phone
from domain.refusals import NotFound
from domain.regulars import RewardDebt, Tier, tier_of
from loyalty.debt import estimate_debt
from loyalty.merging import merge_customers
from storage.desk import Tx
from storage.queries.cards import get_rules, list_cards
from storage.queries.customers import list_by_phone
from storage.queries.holdings import (
    CardInHand,
    count_ways,
    list_cards_of,
    list_coupons_of,
)
from storage.queries.places import get_shop
from storage.queries.regulars import (
    FIRST_PAGE,
    Cursor,
    RegularView,
    count_quiet,
    count_with_coupons,
    list_by_ids,
    list_by_name,
    list_ending_with,
    list_page,
    list_page_of_quiet,
    list_page_with_coupons,
    list_same_phone,
)
from storage.queries.tiers import count_by_tier, list_page_of_tier, list_times_of, tier_slots

PAGE_SIZE = 30
RECENT = timedelta(days=30)
ID_DIGITS_MAX = 15
LAST_DIGITS = 4
MICROSECOND = timedelta(microseconds=1)
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
ALL, QUIET, COUPONS = "all", "quiet", "coupons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One regular on the list."""

    regular: RegularView
    tier: str
    is_quiet: bool
    card: CardInHand | None
    coupons: int
    owed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A way to look at the list, and how many that are."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What stands above the list."""

    filters: list[Filter]
    debt: RewardDebt
    has_card: bool
    visits: int
    proven: int
    pairs: list[tuple[RegularView, RegularView]]

    @property
    def proven_percent(self) -> int:
        return math.floor(100 * self.proven / self.visits) if self.visits else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    name: str
    words: str
    after: Cursor


async def show_regulars(request: web.Request) -> web.Response:
    owner, at, asked = request[OWNER], request.app[NOW](), _asked(request)
    books = request.app[BOOKS]
    crowd = await books.read(read_crowd, owner.shop_id, at)
    lines = await books.read(read_lines, owner.shop_id, asked, at)
    more = _cursor(lines[PAGE_SIZE - 1].regular) if len(lines) > PAGE_SIZE else None
    return await show(
        request,
        "owner/regulars.html",
        crowd=crowd,
        lines=lines[:PAGE_SIZE],
        asked=asked,
        more=more,
    )


async def merge(request: web.Request) -> web.Response:
    form, owner = await read_form(request), request[OWNER]
    merged = await request.app[BOOKS].write(
        merge_customers,
        owner.shop_id,
        _customer_id(form, "keep"),
        _customer_id(form, "other"),
        actor=owner.actor,
        at=request.app[NOW](),
    )
    await say(request, "customers_merged")
    return see_other(f"/owner/regulars/{merged.kept_id}")


def read_crowd(tx: Tx, shop_id: ShopId, at: datetime) -> Crowd:
    visits, proven = count_ways(tx, shop_id, at - RECENT)
    pairs = list_same_phone(tx, shop_id)
    known = {
        one.customer_id: one
        for one in list_by_ids(tx, shop_id, [who for pair in pairs for who in pair])
    }
    return Crowd(
        filters=_filters(tx, shop_id, at),
        debt=estimate_debt(tx, shop_id, at),
        has_card=bool(list_cards(tx, shop_id)),
        visits=visits,
        proven=proven,
        pairs=[(known[one], known[other]) for one, other in pairs],
    )


def _filters(tx: Tx, shop_id: ShopId, at: datetime) -> list[Filter]:
    tiers = get_rules(tx, shop_id).tiers
    slots = tier_slots(tiers, at)
    counts = count_by_tier(tx, shop_id, slots)
    return [
        Filter(name=ALL, label="모두", count=sum(counts.values())),
        *(
            Filter(
                name=f"tier-{number}",
                label=tier.name,
                count=counts.get(slots.slot_of(tier), 0),
            )
            for number, tier in enumerate(tiers)
        ),
        Filter(name=QUIET, label="뜸해진 손님", count=count_quiet(tx, shop_id, at)),
        Filter(name=COUPONS, label="쿠폰 있는 손님", count=count_with_coupons(tx, shop_id, at)),
    ]


def read_lines(tx: Tx, shop_id: ShopId, asked: Asked, at: datetime) -> list[Line]:
    """One more than a page, when there is more."""
    tiers = get_rules(tx, shop_id).tiers
    found = find_people(tx, shop_id, asked.words) if asked.words else None
    regulars = _page(tx, shop_id, asked, tiers, at) if found is None else found
    ids = [one.customer_id for one in regulars]
    since = at - timedelta(days=max(tier.days for tier in tiers))
    times = list_times_of(tx, shop_id, ids, since)
    cards = list_cards_of(tx, shop_id, ids, at)
    coupons = list_coupons_of(tx, shop_id, ids, at)
    return [
        Line(
            regular=one,
            tier=tier_of(tiers, times[one.customer_id], at).name,
            is_quiet=one.rhythm.is_quiet(at),
            card=cards.get(one.customer_id),
            coupons=coupons.get(one.customer_id, (0, 0))[0],
            owed=coupons.get(one.customer_id, (0, 0))[1],
        )
        for one in regulars
    ]


def find_people(tx: Tx, shop_id: ShopId, words: str) -> list[RegularView]:
    """By a whole number, by its last four digits, or by a part of the name."""
    digits = normal_phone(words)
    if digits:
        known = list_by_phone(tx, get_shop(tx, shop_id).channel_id, digits)
        return list_by_ids(tx, shop_id, known)
    if words.isascii() and words.isdigit() and len(words) == LAST_DIGITS:
        return list_by_ids(tx, shop_id, list_ending_with(tx, shop_id, words))
    return list_by_name(tx, shop_id, words)[:PAGE_SIZE]


def _page(
    tx: Tx, shop_id: ShopId, asked: Asked, tiers: Sequence[Tier], at: datetime
) -> list[RegularView]:
    after, limit = asked.after, PAGE_SIZE + 1
    if asked.name == QUIET:
        return list_page_of_quiet(tx, shop_id, after, limit, at)
    if asked.name == COUPONS:
        return list_page_with_coupons(tx, shop_id, after, limit, at)
    for number, tier in enumerate(tiers):
        if asked.name == f"tier-{number}":
            slots = tier_slots(tiers, at)
            return list_page_of_tier(tx, shop_id, slots, slots.slot_of(tier), after, limit)
    return list_page(tx, shop_id, after, limit)


def _asked(request: web.Request) -> Asked:
    query = request.query
    return Asked(
        name=query.get("show", ALL),
        words=clean_text(query.get("q", ""))[:30],
        after=_after(query.get("before", "")),
    )


def _cursor(regular: RegularView) -> str:
    micros = (regular.seen_at - BEGIN) // MICROSECOND
    return f"{micros}-{regular.customer_id}"


def _after(text: str) -> Cursor:
    """Where the page before ended; an address that nobody made begins at the beginning."""
    micros, _, number = text.partition("-")
    if not (micros.isascii() and micros.isdigit() and number.isascii() and number.isdigit()):
        return FIRST_PAGE
    if len(micros) > ID_DIGITS_MAX + 2 or len(number) > ID_DIGITS_MAX:
        return FIRST_PAGE
    try:
        return Cursor(BEGIN + int(micros) * MICROSECOND, CustomerId(int(number)))
    except OverflowError:
        return FIRST_PAGE


def _customer_id(form: Form, name: str) -> CustomerId:
    """Raises NotFound for what is no number of anybody."""
    text = form.text(name)
    if not (text.isascii() and text.isdigit() and len(text) <= ID_DIGITS_MAX):
        raise NotFound("customer")
    return CustomerId(int(text))
