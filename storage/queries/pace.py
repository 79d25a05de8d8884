"""What shops' sends cost week by week, and the free cash that waits for them, many at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Date, Select, and_, bindparam, case, func, select
from sqlmodel import col

from domain.campaigns import MessageKind
from domain.forecast import WEEK, WEEKS_SEEN, Pace
from domain.money import Jeon
from domain.people import MarketId, ProgramId, ShopId
from domain.subsidy import GIVING_BACK, Lot, Phase, TransferCode, VatRule
from domain.time import in_kst
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Run
from storage.models.grants import Grant, PotShare
from storage.models.ledger import Account, Transfer
from storage.models.places import Market, Shop
from storage.models.statements import HandSending
from storage.queries.grants import HAS_MONEY, LEFT
from storage.statements import Statement, one_of, total

FROM = [f"from_{week}" for week in range(WEEKS_SEEN)]
AFTER = [f"after_{week}" for week in range(WEEKS_SEEN)]

IN_SCOPE = and_(
    col(Market.program_id) == bindparam("of_program"),
    col(Market.id) == func.coalesce(bindparam("of_market", type_=BigInteger()), col(Market.id)),
)
SHOPS = select(col(Shop.id)).join(Market, col(Market.id) == col(Shop.market_id)).where(IN_SCOPE)
RUN_WEEK = case(
    *[
        (col(Run.planned_at) >= bindparam(name, type_=INSTANT), week)
        for week, name in enumerate(FROM)
    ]
)
HAND_WEEK = case(
    *[
        (col(HandSending.sent_on) > bindparam(name, type_=Date()), week)
        for week, name in enumerate(AFTER)
    ]
)
KEPT = total(
    case(
        (col(Transfer.phase) == Phase.HOLD, col(Transfer.amount_jeon)),
        (one_of(col(Transfer.phase), *GIVING_BACK), -col(Transfer.amount_jeon)),
        else_=0,
    )
)
"""What was held and not given back: spent, or about to be."""

RUNS = (
    select(col(Run.shop_id), RUN_WEEK.label("week"), func.count(col(Run.id).distinct()), KEPT)
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .join(
        Transfer,
        and_(col(Transfer.run_id) == col(Run.id), col(Transfer.code) == TransferCode.MESSAGE),
    )
    .where(
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
        col(Run.planned_at) >= bindparam(FROM[-1], type_=INSTANT),
    )
    .group_by(col(Run.shop_id), RUN_WEEK)
)
# What corrects a record has its numbers below zero, and so takes it back.
BY_HAND = (
    select(
        col(HandSending.shop_id),
        HAND_WEEK.label("week"),
        total(case((col(HandSending.people) > 0, 1), else_=-1)),
        total(col(HandSending.paid_jeon)),
    )
    .where(col(HandSending.sent_on) > bindparam(AFTER[-1], type_=Date()))
    .group_by(col(HandSending.shop_id), HAND_WEEK)
)
FIRST = (
    select(col(Run.shop_id), func.min(col(Run.planned_at)))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(col(Campaign.kind) == MessageKind.ADVERTISEMENT)
    .group_by(col(Run.shop_id))
)


def _of_shop(query: Select[*tuple[Any, ...]], shop: Any) -> Statement:
    return Statement(query.where(shop == bindparam("of_shop")))


def _of_many(query: Select[*tuple[Any, ...]], shop: Any) -> Statement:
    return Statement(query.where(shop.in_(SHOPS)))


RUNS_OF_SHOP, RUNS_OF_MANY = _of_shop(RUNS, col(Run.shop_id)), _of_many(RUNS, col(Run.shop_id))
HAND_OF_SHOP = _of_shop(BY_HAND, col(HandSending.shop_id))
HAND_OF_MANY = _of_many(BY_HAND, col(HandSending.shop_id))
FIRST_OF_SHOP, FIRST_OF_MANY = _of_shop(FIRST, col(Run.shop_id)), _of_many(FIRST, col(Run.shop_id))
BURNING = and_(
    col(Grant.started_at) <= bindparam("now"),
    col(Grant.clawed_back_at).is_(None),
    col(Grant.expires_at) > bindparam("now"),
    HAS_MONEY,
)
UNSTARTED = and_(
    col(Grant.started_at).is_(None),
    col(Grant.clawed_back_at).is_(None),
    col(Grant.start_by) > bindparam("now"),
    HAS_MONEY,
)


def _lot_until(ends: Any) -> tuple[Any, ...]:
    return (col(Grant.id), col(Grant.account_id), ends, col(Grant.vat_rule), LEFT)


def _of_shops(ends: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(Shop.id),
            col(Shop.name),
            col(Market.name),
            col(Shop.market_id),
            *_lot_until(ends),
        )
        .join(Market, col(Market.id) == col(Shop.market_id))
        .join(Grant, col(Grant.shop_id) == col(Shop.id))
        .join(Account, col(Account.id) == col(Grant.account_id))
        .where(IN_SCOPE)
    )


SHOP_LOTS = Statement(_of_shops(col(Grant.expires_at)).where(BURNING))
UNSTARTED_LOTS = Statement(_of_shops(col(Grant.start_by)).where(UNSTARTED))
POT_LOTS = Statement(
    select(col(Grant.market_id), col(Grant.shop_cap_jeon), *_lot_until(col(Grant.expires_at)))
    .join(Account, col(Account.id) == col(Grant.account_id))
    .join(Market, col(Market.id) == col(Grant.market_id))
    .where(IN_SCOPE, BURNING)
)
SHARES = Statement(
    select(
        col(PotShare.account_id),
        col(PotShare.shop_id),
        col(PotShare.cap_jeon) - col(PotShare.used_jeon),
    ).where(col(PotShare.shop_id).in_(SHOPS))
)


@dataclass(frozen=True, slots=True)
class Purse:
    """A shop that has grants of its own, and what may pay for it: those it has started, and its
    market's pots as far as it may use them. `unstarted` end where they have to be started.
    """

    shop_id: ShopId
    name: str
    market_name: str
    lots: list[Lot]
    unstarted: list[Lot]


def find_pace(tx: Tx, shop_id: ShopId, at: datetime) -> Pace:
    """The weeks count back from now, to the shop's first send and `WEEKS_SEEN` at most."""
    scope = {"of_shop": shop_id}
    weeks = _weeks(
        [
            *tx.all(RUNS_OF_SHOP, **scope, **_instants(at)),
            *tx.all(HAND_OF_SHOP, **scope, **_days(at)),
        ]
    )
    first = dict(tx.all(FIRST_OF_SHOP, **scope))
    return _pace(weeks[shop_id], first.get(shop_id), at)


def find_paces(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, at: datetime
) -> dict[ShopId, Pace]:
    """Of all shops of a program, or of one of its markets; who never sent has none."""
    scope = {"of_program": program_id, "of_market": market_id}
    weeks = _weeks(
        [
            *tx.all(RUNS_OF_MANY, **scope, **_instants(at)),
            *tx.all(HAND_OF_MANY, **scope, **_days(at)),
        ]
    )
    first = dict(tx.all(FIRST_OF_MANY, **scope))
    return {shop_id: _pace(found, first.get(shop_id), at) for shop_id, found in weeks.items()}


def list_purses(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, at: datetime
) -> list[Purse]:
    """One for each shop with free cash of its own that may be used now, or once it is started."""
    scope = {"of_program": program_id, "of_market": market_id}
    shares = {(row[0], row[1]): row[2] for row in tx.all(SHARES, **scope)}
    pots = defaultdict(list)
    for market, cap, *lot in tx.all(POT_LOTS, **scope, now=at):
        pots[market].append((cap, lot))
    shops: dict[ShopId, Purse] = {}
    for statement in (SHOP_LOTS, UNSTARTED_LOTS):
        for shop_id, name, market_name, market, *lot in tx.all(statement, **scope, now=at):
            if shop_id not in shops:
                shared = [_pot_lot(pot, cap, shares, shop_id) for cap, pot in pots[market]]
                shops[shop_id] = Purse(shop_id, name, market_name, shared, [])
            purse = shops[shop_id]
            kept = purse.lots if statement is SHOP_LOTS else purse.unstarted
            kept.append(_lot(*lot))
    return list(shops.values())


Weeks = defaultdict[ShopId, dict[int, tuple[int, int]]]


def _weeks(found: Sequence[tuple[Any, ...]]) -> Weeks:
    """Sends and their cost by shop and week."""
    weeks: Weeks = defaultdict(dict)
    for shop_id, week, sends, jeon in found:
        known = weeks[shop_id].get(week, (0, 0))
        weeks[shop_id][week] = known[0] + sends, known[1] + jeon
    return weeks


def _pace(weeks: dict[int, tuple[int, int]], first_at: datetime | None, at: datetime) -> Pace:
    since_first = -((first_at - at) // WEEK) if first_at else 0
    count = min(max(since_first, *(week + 1 for week in weeks), 0), WEEKS_SEEN)
    return Pace(
        sends=sum(sends for sends, _ in weeks.values()),
        weeks=[max(weeks.get(week, (0, 0))[1], 0) for week in range(count)],
    )


def _instants(at: datetime) -> dict[str, datetime]:
    return {name: at - WEEK * (week + 1) for week, name in enumerate(FROM)}


def _days(at: datetime) -> dict[str, Any]:
    today = in_kst(at).date()
    return {name: today - WEEK * (week + 1) for week, name in enumerate(AFTER)}


def _lot(grant_id: Any, account_id: Any, expires_at: Any, vat_rule: Any, left: int) -> Lot:
    return Lot(
        account_id=account_id,
        grant_id=grant_id,
        expires_at=expires_at,
        left_jeon=Jeon(left),
        vat_rule=VatRule(vat_rule),
    )


def _pot_lot(
    lot: Sequence[Any], cap: Jeon | None, shares: dict[tuple[int, int], int], shop_id: ShopId
) -> Lot:
    pot = _lot(*lot)
    may_use = shares.get((pot.account_id, shop_id), cap)
    left = pot.left_jeon if may_use is None else Jeon(min(pot.left_jeon, may_use))
    return replace(pot, left_jeon=left, is_pot=True, cap_jeon=cap)
