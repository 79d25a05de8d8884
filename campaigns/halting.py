"""The kill switch (L21): a shop's, a market's or a whole program's advertising stops at once.

While a halt is in force nothing of it is planned, and nothing leaves (`campaigns.dispatch` asks
in the transaction that lets a chunk leave). Statutory notices and information to one person go
on: the law wants them, or the person does.
"""

from datetime import datetime

from domain.audit import Act, program_book, shop_book
from domain.campaigns import CampaignState
from domain.people import HaltId, MarketId, ProgramId, ShopId
from domain.refusals import Invalid, NotAllowed, NotFound
from storage.desk import Tx
from storage.queries import halts as books
from storage.queries.halts import HaltView, Scope, find_halt_of, list_halts
from storage.queries.journal import append_audit
from storage.queries.stopping import let_go_on, move_begun

__all__ = ["HaltView", "find_halt_of", "halt_sending", "lift_halt", "list_halts"]

REASON_MAX = 200
OWNER = "owner:"


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
    further. Pressed twice it is the same halt. Raises Invalid(reason), and NotFound(`market`,
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
    if is_new:
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
    `halt_sending`: a market's manager lifts none of the program's, an owner none that another
    than an owner has set (NotAllowed `halted_by_program`). Harmless when repeated. Raises
    NotFound(`halt`).
    """
    halt = books.find_halt(tx, program_id, halt_id)
    if halt is None or not _concerns(halt, market_id, shop_id):
        raise NotFound("halt")
    if _is_above(halt, market_id, shop_id):
        raise NotAllowed("halted_by_program")
    if not books.lift_once(tx, halt_id, actor=actor, at=at):
        return
    scope = Scope(halt.program_id, halt.market_id, halt.shop_id)
    held = books.list_held(tx, scope, at)
    for one in held:
        move_begun(tx, one.shop_id, one.campaign_id, CampaignState.RUNNING)
        let_go_on(tx, one.shop_id, one.campaign_id, at)
    _note(tx, scope, _act("lift_halt", halt_id, actor, at, len(held)))


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


def _is_above(halt: HaltView, market_id: MarketId | None, shop_id: ShopId | None) -> bool:
    if shop_id is not None:
        return halt.shop_id is None or not halt.actor.startswith(OWNER)
    return market_id is not None and halt.market_id is None


def _note(tx: Tx, scope: Scope, act: Act) -> None:
    """In the shop's book, or the program's where it reaches further."""
    shop_id, program_id = scope.shop_id, scope.program_id
    append_audit(tx, program_book(program_id) if shop_id is None else shop_book(shop_id), act)


def _act(act: str, halt_id: HaltId, actor: str, at: datetime, campaigns: int) -> Act:
    """`campaigns`: how many were paused, or go on."""
    subject, details = f"halt:{halt_id}", f"campaigns={campaigns}"
    return Act(actor=actor, act=act, subject=subject, at=at, details=details)
