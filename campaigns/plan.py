"""One run: claim the campaign, freeze its audience, gate each person, chunk, hold the money.

A coupon that comes along is given in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from campaigns.booking import get_price, sign_of
from campaigns.fairness import in_order
from campaigns.gate import gate_regular
from domain.campaigns import (
    CHUNK_SIZE,
    NO_MONEY,
    CampaignEvent,
    MessageKind,
    MessageState,
    next_state,
)
from domain.compliance import day_of
from domain.people import ChunkId, CustomerId, ProgramId, RunId
from domain.refusals import Conflict, OverBudget, Refusal, Unlawful
from domain.subsidy import Lot, Payment, chunk_sizes, pay, plan_holds
from loyalty.gifts import give_campaign_coupons
from storage.desk import Tx
from storage.queries import campaigns as books
from storage.queries.campaigns import CampaignRow, NewMessage, PersonFacts
from storage.queries.places import get_shop
from subsidy.holding import Holder, hold, lots_of, pays_for
from subsidy.operating import operating_lot

AFTER_BUG = timedelta(minutes=1)


class CannotStart(Exception):
    """This campaign lacks money or people: the owner is asked, nothing was written."""

    def __init__(self, campaign: CampaignRow, reason: Refusal) -> None:
        super().__init__(reason.reason)
        self.campaign = campaign
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Gated:
    """The audience, split by the gate."""

    allowed: list[CustomerId]
    refused: list[tuple[CustomerId, str]]


def plan_next(tx: Tx, at: datetime) -> bool:
    """Plans the campaign that has been due the longest; False when none is due.

    Raises CannotStart, with everything rolled back.
    """
    campaign = books.find_due(tx, at)
    if campaign is None:
        return False
    opens_at = day_of(campaign.kind, campaign.sender).next_open(at)
    if max(at, opens_at) > campaign.not_later_than:
        _move(tx, campaign, CampaignEvent.COME_TOO_LATE)
    elif opens_at > at:
        books.postpone(tx, campaign.shop_id, campaign.campaign_id, opens_at)
    elif _move(tx, campaign, CampaignEvent.START):
        try:
            _plan_run(tx, campaign, at)
        except Refusal as reason:
            raise CannotStart(campaign, reason) from reason
    return True


def set_aside(tx: Tx, campaign: CampaignRow) -> None:
    """Marks a campaign that cannot start, so that its owner is asked."""
    _move(tx, campaign, CampaignEvent.LACK)


def put_back(tx: Tx, at: datetime) -> bool:
    """After a bug: the campaign that was first waits a minute, so that the others go on."""
    campaign = books.find_due(tx, at)
    if campaign is not None:
        books.postpone(tx, campaign.shop_id, campaign.campaign_id, at + AFTER_BUG)
    return campaign is not None


def _move(tx: Tx, campaign: CampaignRow, event: CampaignEvent) -> bool:
    new = next_state(campaign.state, event)
    return books.claim_state(tx, campaign.shop_id, campaign.campaign_id, campaign.state, new)


def _plan_run(tx: Tx, campaign: CampaignRow, at: datetime) -> None:
    shop = get_shop(tx, campaign.shop_id)
    sign = sign_of(tx, shop)
    if sign is None:
        raise Unlawful("L7")
    gated = _gate(campaign, _audience(tx, campaign), at)
    if not gated.allowed and not gated.refused:
        raise Conflict("no_audience")
    price = get_price(tx, campaign.sender, at, campaign.kind)
    lots = _lots(tx, campaign, shop.program_id, at)
    payment = pay(lots, price, len(gated.allowed), CHUNK_SIZE[campaign.sender])
    reached = _reached(tx, campaign, gated, payment)
    run_id = books.insert_run(
        tx,
        shop_id=campaign.shop_id,
        campaign_id=campaign.campaign_id,
        price_id=price.price_id,
        unit_jeon=payment.unit_jeon,
        rounds_to_jeon=price.rounds_to_jeon,
        contact=sign.contact,
        recipients=len(reached.allowed) + len(reached.refused),
        planned_at=at,
    )
    sizes = _write_people(tx, campaign, run_id, reached, at)
    if campaign.offer_id is not None:
        give_campaign_coupons(tx, campaign.shop_id, run_id, campaign.offer_id, at)
    holder = Holder(
        program_id=shop.program_id,
        shop_id=campaign.shop_id,
        run_id=run_id,
        until=campaign.not_later_than,
    )
    parts = plan_holds(payment.lots, payment.unit_jeon, [*sizes.values()], price.rounds_to_jeon)
    chunk_ids = [*sizes]
    hold(tx, holder, payment.lots, [(part, chunk_ids[part.chunk_number]) for part in parts], at)
    if not chunk_ids and books.finish_run(tx, run_id, at):
        started = next_state(campaign.state, CampaignEvent.START)
        finished = next_state(started, CampaignEvent.FINISH)
        books.claim_state(tx, campaign.shop_id, campaign.campaign_id, started, finished)


def _write_people(
    tx: Tx, campaign: CampaignRow, run_id: RunId, gated: Gated, at: datetime
) -> Mapping[ChunkId, int]:
    """The run's chunks with their sizes, in order, and a message for everybody."""
    size = CHUNK_SIZE[campaign.sender]
    sizes = chunk_sizes(len(gated.allowed), size)
    chunk_ids = books.insert_chunks(
        tx,
        sizes=sizes,
        send_keys=[uuid4().hex for _ in sizes],
        shop_id=campaign.shop_id,
        run_id=run_id,
        sender=campaign.sender,
        act_at=at,
    )
    books.insert_messages(tx, campaign.shop_id, run_id, _messages(gated, chunk_ids, size))
    return dict(zip(chunk_ids, sizes, strict=True))


def _lots(tx: Tx, campaign: CampaignRow, program_id: ProgramId, at: datetime) -> Sequence[Lot]:
    if campaign.kind is MessageKind.INFORMATION:
        return [operating_lot(tx, program_id)]
    pays = pays_for(campaign.sender, campaign.kind)
    return lots_of(tx, campaign.shop_id, pays, at, own_max_jeon=campaign.own_max_jeon)


def _reached(tx: Tx, campaign: CampaignRow, gated: Gated, payment: Payment) -> Gated:
    """The people the money reaches: all, or the first in the order that the owner chose.

    Raises OverBudget when it is not enough and the owner chose none.
    """
    if payment.people == len(gated.allowed):
        return gated
    if campaign.fair_order is None or payment.people == 0:
        raise OverBudget("short", people=len(gated.allowed), reached=payment.people)
    ranked = in_order(tx, campaign.shop_id, campaign.fair_order, set(gated.allowed))
    left_out = [(one, NO_MONEY) for one in ranked[payment.people :]]
    return Gated(sorted(ranked[: payment.people]), [*gated.refused, *left_out])


def _audience(tx: Tx, campaign: CampaignRow) -> Sequence[PersonFacts]:
    """Who agreed to advertising; information goes to the one person it is about."""
    if campaign.kind is MessageKind.ADVERTISEMENT:
        return books.list_audience(tx, campaign.shop_id)
    assert campaign.customer_id is not None, "information is for somebody"
    person = books.find_person(tx, campaign.shop_id, campaign.customer_id)
    return [person] if person else []


def _gate(campaign: CampaignRow, audience: Sequence[PersonFacts], at: datetime) -> Gated:
    gated = Gated([], [])
    for person in audience:
        rule = gate_regular(campaign.kind, campaign.sender, person, at).rule
        if rule is None:
            gated.allowed.append(person.customer_id)
        else:
            gated.refused.append((person.customer_id, rule))
    return gated


def _messages(gated: Gated, chunk_ids: Sequence[ChunkId], size: int) -> list[NewMessage]:
    waiting = [
        NewMessage(
            customer_id=customer_id,
            chunk_id=chunk_ids[index // size],
            state=MessageState.WAITING,
            code=None,
        )
        for index, customer_id in enumerate(gated.allowed)
    ]
    refused = [
        NewMessage(customer_id=customer_id, chunk_id=None, state=MessageState.REFUSED, code=rule)
        for customer_id, rule in gated.refused
    ]
    return waiting + refused
