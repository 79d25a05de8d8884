"""The kill switch (L21): a shop's, a market's or a whole program's advertising stops at once.

While a halt is in force nothing of it is planned, and nothing leaves (`campaigns.dispatch` asks
in the transaction that lets a chunk leave). Statutory notices and information to one person go
on: the law wants them, or the person does.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum

from domain.audit import Act, program_book, shop_book
from domain.campaigns import CampaignState
from domain.people import HaltId, MarketId, ProgramId, Role, ShopId
from domain.refusals import Invalid, NotAllowed, NotFound
from storage.desk import Tx
from storage.queries import halts as books
from storage.queries.halts import HaltView, Scope, find_halt_of, list_halts
from storage.queries.journal import append_audit
from storage.queries.stopping import let_go_on, move_begun

__all__ = ["HaltView", "find_halt_of", "halt_sending", "is_above", "lift_halt", "list_halts"]

REASON_MAX = 200


class Reach(IntEnum):
    SHOP = 0
    MARKET = 1
    PROGRAM = 2


REACHES: Mapping[str, Reach] = {Role.OWNER: Reach.SHOP, Role.MARKET_MANAGER: Reach.MARKET}
"""By the role that an actor's name in the book begins with; all others act for the program."""


def halt_sending(
    tx: Tx,
    *,
    program_id: ProgramId,
    market_id: MarketId | None = None,
    shop_id: ShopId | None = None,
    reason: str,
    actor: str,
    at: datetime,
) -> HaltId:
    """Halts what is named: the shop, else the market, else the program; what runs is paused.

    Who manages one market passes it, an owner passes the own shop, so that neither reaches
    further; the role in `actor` tells how far they do. Pressed twice it is the same halt, and
    whoever reaches further has it for theirs. Raises Invalid(reason), and NotFound(`market`,
    `shop`) outside that program or market.
    """
    words = " ".join(reason.split())
    if not words:
        raise Invalid({"reason": "멈추는 까닭을 적어 주세요."})
    if len(words) > REASON_MAX:
        raise Invalid({"reason": f"{REASON_MAX}자까지 적을 수 있어요."})
    scope = _scope(tx, program_id, market_id, shop_id)
    halt_id, is_new = books.insert_halt(tx, scope, reason=words, actor=actor, at=at)
    paused = books.pause_halted(tx, scope)
    if is_new or _take_over(tx, scope, halt_id, words, actor):
        _note(tx, scope, _act("halt_sending", halt_id, actor, at, paused))
    return halt_id


def lift_halt(
    tx: Tx,
    halt_id: HaltId,
    *,
    program_id: ProgramId,
    market_id: MarketId | None = None,
    shop_id: ShopId | None = None,
    actor: str,
    at: datetime,
) -> None:
    """Lifts a halt; what halts alone had paused goes on if it is still in time.

    What is too late stays paused and asks. Who lifts passes how far they reach, as for
    `halt_sending`: a market's manager lifts none that the program's has set, were it for one
    shop, an owner none that another than an owner has (NotAllowed `halted_by_program`). Harmless
    when repeated. Raises NotFound(`halt`).
    """
    halt = books.find_halt(tx, program_id, halt_id)
    if halt is None or not _concerns(halt, market_id, shop_id):
        raise NotFound("halt")
    if is_above(halt, market_id, shop_id):
        raise NotAllowed("halted_by_program")
    if not books.lift_once(tx, halt_id, actor=actor, at=at):
        return
    scope = Scope(halt.program_id, halt.market_id, halt.shop_id)
    held = books.list_held(tx, scope, at)
    for one in held:
        move_begun(tx, one.shop_id, one.campaign_id, CampaignState.RUNNING)
        let_go_on(tx, one.shop_id, one.campaign_id, at)
    _note(tx, scope, _act("lift_halt", halt_id, actor, at, len(held)))


def is_above(halt: HaltView, market_id: MarketId | None, shop_id: ShopId | None = None) -> bool:
    """Whether it, or who has set it, reaches further than who lifts."""
    own = _width(market_id, shop_id)
    return max(_width(halt.market_id, halt.shop_id), _reach_of(halt.actor)) > own


def _width(market_id: MarketId | None, shop_id: ShopId | None) -> Reach:
    if shop_id is not None:
        return Reach.SHOP
    return Reach.PROGRAM if market_id is None else Reach.MARKET


def _reach_of(actor: str) -> Reach:
    return REACHES.get(actor.partition(":")[0], Reach.PROGRAM)


def _take_over(tx: Tx, scope: Scope, halt_id: HaltId, reason: str, actor: str) -> bool:
    """A halt that is in force already becomes that of who reaches further."""
    known = books.find_halt(tx, scope.program_id, halt_id)
    if known is None or _reach_of(actor) <= _reach_of(known.actor):
        return False
    books.take_over(tx, halt_id, reason=reason, actor=actor)
    return True


def _scope(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, shop_id: ShopId | None
) -> Scope:
    if shop_id is not None:
        market_id = books.find_market_of_shop(tx, program_id, market_id, shop_id)
        if market_id is None:
            raise NotFound("shop")
    elif market_id is not None and books.find_market_in(tx, program_id, market_id) is None:
        raise NotFound("market")
    return Scope(program_id, market_id, shop_id)


def _concerns(halt: HaltView, market_id: MarketId | None, shop_id: ShopId | None) -> bool:
    """Whether it reaches into this market, or to this shop."""
    if shop_id is not None and halt.shop_id not in (None, shop_id):
        return False
    return market_id is None or halt.market_id in (None, market_id)


def _note(tx: Tx, scope: Scope, act: Act) -> None:
    """In the shop's book, or the program's where it reaches further."""
    shop_id, program_id = scope.shop_id, scope.program_id
    append_audit(tx, program_book(program_id) if shop_id is None else shop_book(shop_id), act)


def _act(act: str, halt_id: HaltId, actor: str, at: datetime, campaigns: int) -> Act:
    """`campaigns`: how many were paused, or go on."""
    subject, details = f"halt:{halt_id}", f"campaigns={campaigns}"
    return Act(actor=actor, act=act, subject=subject, at=at, details=details)
