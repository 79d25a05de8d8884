"""The kill switch (L21): whose advertising does not leave now."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.campaigns import CampaignState, ChunkState, MessageKind, PauseReason
from domain.people import CampaignId, HaltId, MarketId, ProgramId, ShopId
from domain.time import NEVER
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Halt, Run
from storage.models.places import Market, Program, Shop
from storage.statements import Statement, inserting

HALTS_MAX = 200


class HaltView(NamedTuple):
    """`market_name` and `shop_name` are None where the halt reaches further."""

    halt_id: HaltId
    program_id: ProgramId
    market_id: MarketId | None
    shop_id: ShopId | None
    market_name: str | None
    shop_name: str | None
    reason: str
    actor: str
    since: datetime
    lifted_at: datetime | None
    lifted_by: str | None


class Scope(NamedTuple):
    """What is halted: a program, one market of it, or one shop of that."""

    program_id: ProgramId
    market_id: MarketId | None
    shop_id: ShopId | None


class PausedCampaign(NamedTuple):
    shop_id: ShopId
    campaign_id: CampaignId


HALT = (
    col(Halt.id),
    col(Halt.program_id),
    col(Halt.market_id),
    col(Halt.shop_id),
    col(Market.name),
    col(Shop.name),
    col(Halt.reason),
    col(Halt.actor),
    col(Halt.since),
    col(Halt.lifted_at),
    col(Halt.lifted_by),
)
PROGRAM = bindparam("of_program", type_=BigInteger())
MARKET = bindparam("of_market", type_=BigInteger())
SHOP = bindparam("of_shop", type_=BigInteger())
IS_IN_FORCE = col(Halt.lifted_at).is_(None)
Halted, HaltedMarket = aliased(Shop), aliased(Market)


def is_halted_at(shop_id: Any) -> ColumnElement[bool]:
    """True where a halt of the shop, of its market or of its program has not been lifted."""
    return exists(
        select(col(Halt.id))
        .select_from(Halted)
        .join(HaltedMarket, col(HaltedMarket.id) == col(Halted.market_id))
        .join(Halt, col(Halt.program_id) == col(HaltedMarket.program_id))
        .where(col(Halted.id) == shop_id, IS_IN_FORCE, _reaches(Halted))
    )


def _reaches(shop: Any) -> ColumnElement[bool]:
    """Whether a halt of its program reaches this shop."""
    return or_(
        col(Halt.shop_id) == col(shop.id),
        and_(col(Halt.shop_id).is_(None), col(Halt.market_id) == col(shop.market_id)),
        and_(col(Halt.shop_id).is_(None), col(Halt.market_id).is_(None)),
    )


def _named(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(*HALT)
        .outerjoin(Market, col(Market.id) == col(Halt.market_id))
        .outerjoin(Shop, col(Shop.id) == col(Halt.shop_id))
        .where(*which)
    )


def _same(column: Any, value: Any) -> ColumnElement[bool]:
    return or_(column == value, and_(column.is_(None), value.is_(None)))


IS_HALTED = Statement(select(is_halted_at(bindparam("of_shop"))))
LOCK_PROGRAM = Statement(
    select(col(Program.id)).where(col(Program.id) == PROGRAM).with_for_update()
)
MARKET_IN = Statement(
    select(col(Market.id)).where(col(Market.id) == MARKET, col(Market.program_id) == PROGRAM)
)
MARKET_OF_SHOP = Statement(
    select(col(Shop.market_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(
        col(Shop.id) == SHOP,
        col(Market.program_id) == PROGRAM,
        or_(MARKET.is_(None), col(Shop.market_id) == MARKET),
    )
)
SAME_HALT = Statement(
    select(col(Halt.id)).where(
        col(Halt.program_id) == PROGRAM,
        _same(col(Halt.market_id), MARKET),
        _same(col(Halt.shop_id), SHOP),
        IS_IN_FORCE,
    )
)
INSERT_HALT = Statement(
    inserting(Halt, "program_id", "market_id", "shop_id", "reason", "actor", "since").returning(
        col(Halt.id)
    )
)
TAKE_OVER = Statement(
    update(Halt)
    .where(col(Halt.id) == bindparam("of_halt"), IS_IN_FORCE)
    .values(reason=bindparam("words"), actor=bindparam("by"))
)
LIFT = Statement(
    update(Halt)
    .where(col(Halt.id) == bindparam("of_halt"), IS_IN_FORCE)
    .values(lifted_at=bindparam("at"), lifted_by=bindparam("actor"))
)
ONE_HALT = Statement(_named(col(Halt.id) == bindparam("of_halt"), col(Halt.program_id) == PROGRAM))
SEEN_HALTS = Statement(
    _named(
        col(Halt.program_id) == PROGRAM,
        or_(MARKET.is_(None), col(Halt.market_id).is_(None), col(Halt.market_id) == MARKET),
    )
    .order_by(col(Halt.lifted_at).is_not(None), col(Halt.id).desc())
    .limit(HALTS_MAX)
)
HALT_OF_SHOP = Statement(
    _named(IS_IN_FORCE, _reaches(Halted))
    .join(Halted, col(Halted.id) == SHOP)
    .join(
        HaltedMarket,
        and_(
            col(HaltedMarket.id) == col(Halted.market_id),
            col(HaltedMarket.program_id) == col(Halt.program_id),
        ),
    )
    .order_by(col(Halt.market_id).is_not(None), col(Halt.shop_id).is_not(None), col(Halt.id))
    .limit(1)
)
LOCK_HALTS = Statement(
    select(col(Halt.id))
    .join(HaltedMarket, col(HaltedMarket.program_id) == col(Halt.program_id))
    .join(Halted, col(Halted.market_id) == col(HaltedMarket.id))
    .where(col(Halted.id) == SHOP, IS_IN_FORCE, _reaches(Halted))
    .order_by(col(Halt.id))
    .with_for_update(read=True, of=Halt)
)
IN_SCOPE = (
    select(col(Shop.id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(
        col(Market.program_id) == PROGRAM,
        or_(MARKET.is_(None), col(Shop.market_id) == MARKET),
        or_(SHOP.is_(None), col(Shop.id) == SHOP),
    )
)
IS_HELD = and_(
    col(Campaign.state) == CampaignState.PAUSED, col(Campaign.paused_for) == PauseReason.HALT
)
PAUSE_CAMPAIGNS = Statement(
    update(Campaign)
    .where(
        col(Campaign.shop_id).in_(IN_SCOPE),
        col(Campaign.state) == CampaignState.RUNNING,
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
    )
    .values(state=CampaignState.PAUSED, paused_for=PauseReason.HALT)
)
PAUSE_CHUNKS = Statement(
    update(Chunk)
    .where(
        col(Chunk.state) == ChunkState.PLANNED,
        col(Chunk.run_id).in_(
            select(col(Run.id))
            .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
            .where(IS_HELD, col(Campaign.shop_id).in_(IN_SCOPE))
        ),
    )
    .values(state=ChunkState.PAUSED, act_at=NEVER, tries=col(Chunk.tries) + 1)
)
HELD_CAMPAIGNS = Statement(
    select(col(Campaign.shop_id), col(Campaign.id))
    .where(
        IS_HELD,
        col(Campaign.shop_id).in_(IN_SCOPE),
        col(Campaign.not_later_than) >= bindparam("at", type_=INSTANT),
        ~is_halted_at(col(Campaign.shop_id)),
    )
    .order_by(col(Campaign.id))
    .with_for_update()
)


def is_halted(tx: Tx, shop_id: ShopId) -> bool:
    row = tx.one(IS_HALTED, of_shop=shop_id)
    assert row is not None
    return bool(row[0])


def lock_halts(tx: Tx, shop_id: ShopId) -> bool:
    """Whether its advertising is halted; who lifts that comes before us or waits."""
    return bool(tx.all(LOCK_HALTS, of_shop=shop_id))


def find_market_in(tx: Tx, program_id: ProgramId, market_id: MarketId) -> MarketId | None:
    row = tx.one(MARKET_IN, of_program=program_id, of_market=market_id)
    return MarketId(row[0]) if row else None


def find_market_of_shop(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, shop_id: ShopId
) -> MarketId | None:
    """The market of a shop of that program or, where one is given, of that market."""
    row = tx.one(MARKET_OF_SHOP, of_program=program_id, of_market=market_id, of_shop=shop_id)
    return MarketId(row[0]) if row else None


def insert_halt(
    tx: Tx, scope: Scope, *, reason: str, actor: str, at: datetime
) -> tuple[HaltId, bool]:
    """The halt of exactly that scope, and whether it is new; one at a time in a program."""
    tx.one(LOCK_PROGRAM, of_program=scope.program_id)
    known = tx.all(SAME_HALT, **_params(scope))
    if known:
        return HaltId(known[0][0]), False
    row = tx.one(INSERT_HALT, **scope._asdict(), reason=reason, actor=actor, since=at)
    assert row is not None
    return HaltId(row[0]), True


def take_over(tx: Tx, halt_id: HaltId, *, reason: str, actor: str) -> None:
    tx.run(TAKE_OVER, of_halt=halt_id, words=reason, by=actor)


def find_halt(tx: Tx, program_id: ProgramId, halt_id: HaltId) -> HaltView | None:
    row = tx.one(ONE_HALT, of_program=program_id, of_halt=halt_id)
    return HaltView._make(row) if row else None


def lift_once(tx: Tx, halt_id: HaltId, *, actor: str, at: datetime) -> bool:
    return bool(tx.run(LIFT, of_halt=halt_id, actor=actor, at=at))


def list_halts(
    tx: Tx, *, program_id: ProgramId, market_id: MarketId | None = None
) -> list[HaltView]:
    """Those in force first, then those lifted, the newest first; of a market also the program's."""
    rows = tx.all(SEEN_HALTS, of_program=program_id, of_market=market_id)
    return [HaltView._make(row) for row in rows]


def find_halt_of(tx: Tx, shop_id: ShopId) -> HaltView | None:
    """The halt that reaches furthest of those that keep this shop's advertising now."""
    row = tx.one(HALT_OF_SHOP, of_shop=shop_id)
    return HaltView._make(row) if row else None


def pause_halted(tx: Tx, scope: Scope) -> int:
    """Pauses the advertising that runs there, and what of it has not left; how many campaigns."""
    paused = tx.run(PAUSE_CAMPAIGNS, **_params(scope))
    tx.run(PAUSE_CHUNKS, **_params(scope))
    return paused


def list_held(tx: Tx, scope: Scope, at: datetime) -> list[PausedCampaign]:
    """What only halts had paused, is halted no more and still in time; locked."""
    rows = tx.all(HELD_CAMPAIGNS, **_params(scope), at=at)
    return [PausedCampaign._make(row) for row in rows]


def _params(scope: Scope) -> dict[str, int | None]:
    return {
        "of_program": scope.program_id,
        "of_market": scope.market_id,
        "of_shop": scope.shop_id,
    }
