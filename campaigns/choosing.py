"""Which idea: the most urgent reason a shop has this week, and the words for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final, NamedTuple

from campaigns.calendar import days_between
from campaigns.catalog import Line, lines_for
from domain.campaigns import MessageKind, SenderName
from domain.coupons import CouponSource
from domain.ideas import GOOD_FOR, MONEY, NEVER_AGAIN_FOR, PACED_MONEY
from domain.money import JEON_PER_WON, Tariff
from domain.occasions import LEAD_USUAL, LEADS, Day, Occasion, is_near, season_of
from domain.people import ShopId
from domain.subsidy import GrantState
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.ideas import (
    IdeaView,
    count_lapsing_coupons,
    count_nearly_full,
    list_bodies_sent,
    list_ideas_since,
)
from storage.queries.offers import list_open_offers
from storage.queries.places import get_shop
from storage.queries.prices import find_price
from storage.queries.regulars import count_quiet
from subsidy.forecast import people_for, read_forecast
from subsidy.grants import list_grants
from subsidy.holding import pays_for

SENDER: Final = SenderName.KAKAO_EVENT
MONEY_SOON: Final = timedelta(days=14)
PACED_MONEY_SOON: Final = timedelta(days=28)
"""Who is known to send can still use it up, a little a week."""

COUPONS_SOON: Final = timedelta(days=7)
STAMPS_MISSING_MAX: Final = 2
PEOPLE_MIN: Final = 3
"""Fewer are no reason to write to everybody."""

REGULARS_AGAIN_AFTER: Final = NEVER_AGAIN_FOR / 2
AHEAD_MAX: Final = max(LEAD_USUAL.most, *(lead.most for lead in LEADS.values()))
SMALL_DAYS: Final = (Occasion.HOLIDAY, Occasion.PAYDAY)
ONE_DAY: Final = timedelta(days=1)


class LapsingMoney(NamedTuple):
    """Free cash that will be lost after a day (`on`) as the shop sends now, and how many people it
    would reach; so many messages more a `week` use it up. 0: how the shop sends is not known, so
    all that is there would be lost.
    """

    left_jeon: int
    on: date
    people: int
    week: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How a shop stands on the day of its idea; `told` are the ideas of eight weeks."""

    trade: str
    today: date
    money: LapsingMoney | None = None
    coupons: int = 0
    cards: int = 0
    quiet: int = 0
    has_birthday_gift: bool = False
    told: Sequence[IdeaView] = ()
    sent: frozenset[str] = frozenset()


class Choice(NamedTuple):
    """`facts` fill the reason's words; `about` and `day` tell what it was, `until` how long
    the words are true.
    """

    reason: str
    facts: dict[str, Any]
    body: str


def read_situation(tx: Tx, shop_id: ShopId, at: datetime) -> Situation:
    since = at - NEVER_AGAIN_FOR
    return Situation(
        trade=get_shop(tx, shop_id).trade,
        today=in_kst(at).date(),
        money=_lapsing_money(tx, shop_id, at),
        coupons=count_lapsing_coupons(tx, shop_id, at, at + COUPONS_SOON),
        cards=count_nearly_full(tx, shop_id, STAMPS_MISSING_MAX, at),
        quiet=count_quiet(tx, shop_id, at),
        has_birthday_gift=bool(list_open_offers(tx, shop_id, CouponSource.BIRTHDAY)),
        told=list_ideas_since(tx, shop_id, since),
        sent=frozenset(list_bodies_sent(tx, shop_id, since)),
    )


def choose(now: Situation) -> Choice:
    """The same situation gives the same idea.

    What the shop has sent by itself is avoided; what was proposed in eight weeks never comes
    again, and the catalog has more lines for every season than there are weeks.
    """
    proposed = frozenset(idea.body for idea in now.told)
    found = chain(_choices(now, proposed | now.sent), _choices(now, proposed))
    choice = next(found, None)
    assert choice is not None, "the catalog has more lines than eight weeks can use up"
    return _for_money(choice, now.money) if now.money else choice


def _for_money(choice: Choice, money: LapsingMoney) -> Choice:
    """Free cash that lapses is the reason; what to say with it is the next best."""
    facts = choice.facts | {
        "left": money.left_jeon,
        "on": money.on.isoformat(),
        "people": money.people,
        "week": money.week,
        "until": min(choice.facts["until"], money.on.isoformat()),
    }
    return Choice(PACED_MONEY if money.week else MONEY, facts, choice.body)


def _choices(now: Situation, avoided: frozenset[str]) -> Iterator[Choice]:
    """In the order of their urgency."""
    days = _days(now)
    yield from _of_days(now, avoided, [day for day in days if day.occasion not in SMALL_DAYS])
    yield from _of_regulars(now, avoided)
    yield from _of_days(now, avoided, [day for day in days if day.occasion in SMALL_DAYS])
    if now.has_birthday_gift and not _is_told_lately(now, Occasion.BIRTHDAY):
        yield from _of(now, avoided, Occasion.BIRTHDAY, {})
    season = season_of(now.today)
    usual = sorted((season, Occasion.THANKS, Occasion.NEW), key=lambda one: _last_told(now, one))
    for occasion in (*usual, Occasion.TODAY, Occasion.CLOSING):
        yield from _of(now, avoided, occasion, {})


def _days(now: Situation) -> list[Day]:
    """Days whose time it is, the weightiest first, of which nothing has been proposed."""
    told = {(idea.facts["about"], idea.facts.get("day")) for idea in now.told}
    coming = days_between(now.today, now.today + timedelta(days=AHEAD_MAX))
    order = list(Occasion)
    return sorted(
        (
            day
            for day in coming
            if is_near(day, now.today) and (day.occasion, day.on.isoformat()) not in told
        ),
        key=lambda day: (order.index(day.occasion), day.on),
    )


def _of_days(now: Situation, avoided: frozenset[str], days: Sequence[Day]) -> Iterator[Choice]:
    for day in days:
        # "It comes" is true until the evening before.
        until = day.on if day.occasion is Occasion.PAYDAY else day.on - ONE_DAY
        on = day.on.isoformat()
        facts = {"name": day.name, "on": on, "day": on, "until": until.isoformat()}
        yield from _of(now, avoided, day.occasion, facts)


def _of_regulars(now: Situation, avoided: frozenset[str]) -> Iterator[Choice]:
    counts = (
        (Occasion.COUPONS, now.coupons, 1),
        (Occasion.CARDS, now.cards, PEOPLE_MIN),
        (Occasion.QUIET, now.quiet, PEOPLE_MIN),
    )
    for occasion, people, least in counts:
        if people >= least and not _is_told_lately(now, occasion):
            yield from _of(now, avoided, occasion, {"people": people})


def _of(
    now: Situation, avoided: frozenset[str], occasion: Occasion, facts: dict[str, Any]
) -> Iterator[Choice]:
    """Lines that can be sent as they are before those with a blank."""
    about = {"about": occasion.value, "until": _last_day(now.today).isoformat()}
    lines: list[Line] = sorted(lines_for(now.trade, occasion), key=lambda line: line.has_blank)
    for line in lines:
        if line.text not in avoided:
            yield Choice(occasion.value, about | facts | {"line": line.line_id}, line.text)


def _last_day(today: date) -> date:
    """The last day of an idea: within a week, and still of the season."""
    days = [today + timedelta(days=count) for count in range(GOOD_FOR.days)]
    return max(day for day in days if season_of(day) is season_of(today))


def _is_told_lately(now: Situation, occasion: Occasion) -> bool:
    since = now.today - REGULARS_AGAIN_AFTER
    return any(
        idea.facts["about"] == occasion and in_kst(idea.made_at).date() > since for idea in now.told
    )


def _last_told(now: Situation, occasion: Occasion) -> date:
    days = (in_kst(idea.made_at).date() for idea in now.told if idea.facts["about"] == occasion)
    return max(days, default=date.min)


def _lapsing_money(tx: Tx, shop_id: ShopId, at: datetime) -> LapsingMoney | None:
    """Of the grants that may pay such a message, what is lost first; None when that is far, or
    the shop uses it up anyway.
    """
    pays = pays_for(SENDER, MessageKind.ADVERTISEMENT)
    forecast = read_forecast(tx, shop_id, at, pays)
    if not forecast.pace.is_known:
        return _all_that_ends(tx, shop_id, pays, at)
    soon = [
        line
        for line in forecast.lines
        if line.lost_people >= PEOPLE_MIN
        and not line.outlook.lot.is_pot
        and line.outlook.ends_at - at <= PACED_MONEY_SOON
    ]
    if not soon:
        return None
    first = soon[0]
    left = first.outlook.lost_jeon // JEON_PER_WON * JEON_PER_WON
    last_day = _last_day_of(first.outlook.ends_at)
    return LapsingMoney(left, last_day, first.lost_people, first.weekly_people)


def _all_that_ends(tx: Tx, shop_id: ShopId, pays: str, at: datetime) -> LapsingMoney | None:
    grants = [
        grant
        for grant in list_grants(tx, shop_id, at)
        if grant.state is GrantState.STARTED and pays in grant.pays
    ]
    ends_at = min((grant.expires_at for grant in grants), default=None)
    price = find_price(tx, Tariff(SENDER), MessageKind.ADVERTISEMENT, at)
    if ends_at is None or ends_at - at > MONEY_SOON:
        return None
    left = sum(grant.left_jeon for grant in grants if grant.expires_at == ends_at)
    people = people_for(price, left)
    return LapsingMoney(left, _last_day_of(ends_at), people) if people else None


def _last_day_of(ends_at: datetime) -> date:
    return in_kst(ends_at - timedelta(microseconds=1)).date()
