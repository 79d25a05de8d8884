"""How long a shop's free cash lasts as it sends now, and which shops will lose theirs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from domain.campaigns import MessageKind, SenderName
from domain.forecast import WEEK, Outlook, Pace, look_ahead, lost_by
from domain.money import Jeon, Price, Tariff
from domain.people import MarketId, ProgramId, ShopId
from domain.subsidy import Lot, VatRule
from domain.time import day_end
from storage.desk import Tx
from storage.queries.grants import list_lots
from storage.queries.pace import Purse, find_pace, find_paces, list_purses
from storage.queries.prices import find_price

USUAL = SenderName.KAKAO_EVENT
"""What a message costs when nobody has said how it is sent."""

DAYS_AHEAD = 30

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
    """What a shop will have lost in the next 30 days; all that ends then, where its pace is not
    known. `unstarted_jeon` of it is lost unless the shop starts it, the first before `start_by`.
    """

    shop_id: ShopId
    name: str
    market_name: str
    lost_jeon: Jeon
    unstarted_jeon: Jeon
    lost_people: int
    ends_at: datetime
    start_by: datetime | None
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
    """The shops whose own grants will lapse within 30 days with money in them, or for not being
    started, the largest loss first; of the whole program, or of one of its markets.
    """
    until = day_end(at, DAYS_AHEAD)
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
    ending = [lot for lot in purse.lots if _ends_by(lot, until)]
    own = [lot for lot in ending if not lot.is_pot]
    unstarted = [lot for lot in purse.unstarted if _ends_by(lot, until)]
    weekly = pace.weekly_jeon if pace.is_known else 0
    lost = lost_by(ending, weekly, at, until)
    people = people_for(price, lost, own[0].vat_rule) if own else 0
    people += sum(people_for(price, lot.left_jeon, lot.vat_rule) for lot in unstarted)
    if not people:
        return None
    unstarted_jeon = sum(lot.left_jeon for lot in unstarted)
    return Losing(
        shop_id=purse.shop_id,
        name=purse.name,
        market_name=purse.market_name,
        lost_jeon=Jeon(lost + unstarted_jeon),
        unstarted_jeon=Jeon(unstarted_jeon),
        lost_people=people,
        ends_at=min(lot.expires_at for lot in (*own, *unstarted) if lot.expires_at),
        start_by=min((lot.expires_at for lot in unstarted if lot.expires_at), default=None),
        pace=pace,
    )


def _ends_by(lot: Lot, until: datetime) -> bool:
    return lot.expires_at is not None and lot.expires_at <= until


def _price(tx: Tx, at: datetime) -> Price | None:
    return find_price(tx, Tariff(USUAL), MessageKind.ADVERTISEMENT, at)
