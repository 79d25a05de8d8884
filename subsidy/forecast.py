"""How long a shop's free cash lasts as it sends now, and which shops will lose theirs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from domain.campaigns import MessageKind, SenderName
from domain.forecast import WEEK, Outlook, Pace, look_ahead, lost_by
from domain.money import Jeon, Price, Tariff
from domain.people import MarketId, ProgramId, ShopId
from domain.subsidy import Lot, VatRule
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.queries.grants import list_lots
from storage.queries.pace import Purse, find_pace, find_paces, list_purses
from storage.queries.prices import find_price

USUAL = SenderName.KAKAO_EVENT
"""What a message costs when nobody has said how it is sent."""

NO_PACE = Pace(sends=0, weeks=())


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """`lost_people`: for how many messages what would lapse is enough; below one, nothing is
    really lost. So many more a week (`weekly_people`) would use it up.
    """

    outlook: Outlook
    lost_people: int
    weekly_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`waiting`: there is free cash that ends one day. No lines while the pace is not known."""

    pace: Pace
    is_waiting: bool
    lines: Sequence[LotLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Losing:
    """What a shop will have lost by the end of the month; all that ends then, where its pace is
    not known.
    """

    shop_id: ShopId
    name: str
    market_name: str
    lost_jeon: Jeon
    lost_people: int
    ends_at: datetime
    pace: Pace


def read_forecast(tx: Tx, shop_id: ShopId, at: datetime, pays: str | None = None) -> Forecast:
    """Of the shop's own grants and of what it may use of its market's pots. A pot without a cap is
    used before what ends later, but told of nowhere: the other shops use it, too. `pays`: only
    money for this kind of message.
    """
    lots = [lot for lot in list_lots(tx, shop_id, pays, at) if lot.left_jeon > 0]
    pace = find_pace(tx, shop_id, at)
    price = _price(tx, at)
    return Forecast(
        pace=pace,
        is_waiting=any(_is_told(lot) for lot in lots),
        lines=[
            _line(one, people_for(price, one.lost_jeon, one.lot.vat_rule), at)
            for one in look_ahead(lots, pace, dice, at)
            if _is_told(one.lot)
        ],
    )


def list_losing(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, at: datetime
) -> list[Losing]:
    """The shops whose own grants will lapse with money in them before this month (KST) is over,
    the largest loss first; of the whole program, or of one of its markets.
    """
    until = end_of_month(at)
    price = _price(tx, at)
    paces = find_paces(tx, program_id, market_id, at)
    found = (
        _losing(purse, paces.get(purse.shop_id, NO_PACE), price, at, until)
        for purse in list_purses(tx, program_id, market_id, at)
    )
    losing = [one for one in found if one is not None]
    return sorted(losing, key=lambda one: (-one.lost_jeon, one.shop_id))


def dice(number: int) -> Callable[[], float]:
    return Random(number).random  # noqa: S311 - a seed, so that a page says the same twice


def end_of_month(at: datetime) -> datetime:
    """When the Korean month that contains `at` is over."""
    next_month = in_kst(at).date().replace(day=28) + timedelta(days=4)
    return kst_instant(next_month.replace(day=1), time())


def people_for(price: Price | None, jeon: int, vat_rule: VatRule = VatRule.WITH_VAT) -> int:
    """How many messages that is enough for, at today's price."""
    if price is None:
        return 0
    return jeon // (price.net_jeon if vat_rule is VatRule.WITHOUT_VAT else price.unit_jeon)


def _line(outlook: Outlook, people: int, at: datetime) -> LotLine:
    weeks = max((outlook.ends_at - at) // WEEK, 1)
    return LotLine(outlook=outlook, lost_people=people, weekly_people=-(-people // weeks))


def _is_told(lot: Lot) -> bool:
    return not lot.is_pot or lot.cap_jeon is not None


def _losing(
    purse: Purse, pace: Pace, price: Price | None, at: datetime, until: datetime
) -> Losing | None:
    ending = [lot for lot in purse.lots if lot.expires_at and lot.expires_at <= until]
    own = [lot for lot in ending if not lot.is_pot]
    if not own:
        return None
    weekly = pace.weekly_jeon if pace.is_known else 0
    lost = lost_by(ending, weekly, at, until)
    people = people_for(price, lost, own[0].vat_rule)
    if not people:
        return None
    return Losing(
        shop_id=purse.shop_id,
        name=purse.name,
        market_name=purse.market_name,
        lost_jeon=lost,
        lost_people=people,
        ends_at=min(lot.expires_at for lot in own if lot.expires_at),
        pace=pace,
    )


def _price(tx: Tx, at: datetime) -> Price | None:
    return find_price(tx, Tariff(USUAL), MessageKind.ADVERTISEMENT, at)
