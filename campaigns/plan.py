"""One run: claim the campaign, freeze its audience, gate each person, chunk, hold the money.

A coupon that comes along is given in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from campaigns.booking import get_price, sign_of
from campaigns.gate import gate_regular
from domain.campaigns import (
    CHUNK_SIZE,
    CampaignEvent,
    MessageKind,
    MessageState,
    next_state,
)
from domain.compliance import day_of
from domain.money import Price
from domain.people import ChunkId, CustomerId, RunId
from domain.refusals import Conflict, Refusal, Unlawful
from domain.subsidy import AccountKind, HoldPart, Phase, TransferCode, plan_holds
from loyalty.gifts import give_campaign_coupons
from storage.desk import Tx
from storage.queries import campaigns as books
from storage.queries.campaigns import CampaignRow, NewMessage, PersonFacts
from storage.queries.ledger import get_program_account, list_lots
from storage.queries.places import get_shop
from subsidy.grants import pays_for
from subsidy.ledger import Move, transfer
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
    sign = sign_of(tx, get_shop(tx, campaign.shop_id))
    if sign is None:
        raise Unlawful("L7")
    gated = _gate(campaign, _audience(tx, campaign), at)
    if not gated.allowed and not gated.refused:
        raise Conflict("no_audience")
    price = get_price(tx, campaign.sender, at, campaign.kind)
    sizes = _chunk_sizes(len(gated.allowed), CHUNK_SIZE[campaign.sender])
    parts = _holds(tx, campaign, price, sizes, at)
    run_id = books.insert_run(
        tx,
        shop_id=campaign.shop_id,
        campaign_id=campaign.campaign_id,
        price_id=price.price_id,
        unit_jeon=price.unit_jeon,
        contact=sign.contact,
        recipients=len(gated.allowed) + len(gated.refused),
        planned_at=at,
    )
    chunk_ids = books.insert_chunks(
        tx,
        sizes=sizes,
        send_keys=[uuid4().hex for _ in sizes],
        shop_id=campaign.shop_id,
        run_id=run_id,
        sender=campaign.sender,
        act_at=at,
    )
    messages = _messages(gated, chunk_ids, CHUNK_SIZE[campaign.sender])
    books.insert_messages(tx, campaign.shop_id, run_id, messages)
    if campaign.offer_id is not None:
        give_campaign_coupons(tx, campaign.shop_id, run_id, campaign.offer_id, at)
    placed = [(part, chunk_ids[part.chunk_number]) for part in parts]
    _hold(tx, campaign, run_id, placed, at)
    if not chunk_ids and books.finish_run(tx, run_id, at):
        started = next_state(campaign.state, CampaignEvent.START)
        finished = next_state(started, CampaignEvent.FINISH)
        books.claim_state(tx, campaign.shop_id, campaign.campaign_id, started, finished)


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


def _chunk_sizes(count: int, size: int) -> list[int]:
    whole, rest = divmod(count, size)
    return [size] * whole + ([rest] if rest else [])


def _holds(
    tx: Tx, campaign: CampaignRow, price: Price, sizes: Sequence[int], at: datetime
) -> list[HoldPart]:
    if campaign.kind is MessageKind.INFORMATION:
        lots = [operating_lot(tx, get_shop(tx, campaign.shop_id).program_id)]
    else:
        pays = pays_for(campaign.sender, campaign.kind)
        lots = list_lots(tx, campaign.shop_id, pays, at)
    return plan_holds(lots, price.unit_jeon, sizes)


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


def _hold(
    tx: Tx,
    campaign: CampaignRow,
    run_id: RunId,
    parts: Sequence[tuple[HoldPart, ChunkId]],
    at: datetime,
) -> None:
    """One hold per chunk and lot, all of a run in one step."""
    if not parts:
        return
    program_id = get_shop(tx, campaign.shop_id).program_id
    spent = get_program_account(tx, program_id, AccountKind.SPENT)
    moves = [
        Move(
            key=f"hold:{chunk_id}:{part.account_id}",
            code=TransferCode.MESSAGE,
            phase=Phase.HOLD,
            debit=part.account_id,
            credit=spent,
            amount_jeon=part.amount_jeon,
            run_id=run_id,
            chunk_id=chunk_id,
        )
        for part, chunk_id in parts
    ]
    transfer(tx, moves, happened_at=at, recorded_at=at)
