"""One run: claim the campaign, gather its people, hold the money for all of them.

A step is one transaction. People come in pieces (campaigns/gathering.py) until everybody is there;
only then is the money held, and only then may the first chunk leave. A coupon that comes along
is given in the same transaction.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from campaigns.booking import get_price, sign_of
from campaigns.failing import pause_for_errors
from campaigns.fairness import in_order
from campaigns.gate import free_from, gate_regular
from campaigns.gathering import PIECE, forget_people, gather_piece, undo_piece
from campaigns.shop_days import move_to_open_day
from domain.campaigns import (
    CHUNK_SIZE,
    NO_MONEY,
    CampaignEvent,
    CampaignState,
    ChunkState,
    MessageKind,
    MessageState,
    next_state,
)
from domain.gate import day_of
from domain.money import Price
from domain.people import CustomerId, ProgramId
from domain.refusals import Conflict, OverBudget, Refusal, Unlawful
from domain.subsidy import Lot, Payment, pay, plan_holds
from loyalty.gifts import give_campaign_coupons
from storage.desk import Tx
from storage.errors import is_passing
from storage.queries import campaigns as books
from storage.queries import gathering
from storage.queries.audience import Span
from storage.queries.campaigns import CampaignRow, NewMessage
from storage.queries.gathering import Gathering
from storage.queries.places import get_shop
from subsidy.holding import Holder, hold, lots_of, pays_for
from subsidy.operating import operating_lot

AFTER_BUG = timedelta(minutes=1)
FAILURES_MAX = 3


class CannotStart(Exception):
    """This campaign lacks money, people or lawful words: the owner is asked; this step has
    written nothing.
    """

    def __init__(self, campaign: CampaignRow, reason: Refusal) -> None:
        super().__init__(reason.reason)
        self.campaign = campaign
        self.reason = reason


class Broken(Exception):
    """A bug, while this campaign was planned; this step has written nothing."""

    def __init__(self, campaign: CampaignRow) -> None:
        super().__init__(f"campaign {campaign.campaign_id} cannot be planned")
        self.campaign = campaign


def plan_next(tx: Tx, at: datetime, *, piece: int = PIECE) -> bool:
    """One step of planning; False when there is nothing to do.

    First what is due begins, the longest due first; then the run with the fewest people yet takes
    in its next piece; then what was given up half gathered is taken back. So ten people never
    wait for a million. `piece`: so many regulars a step; an audience below it is planned whole.

    Raises CannotStart and Broken, with everything of this step rolled back.
    """
    campaign = books.find_due(tx, at)
    if campaign is not None:
        with _named(campaign):
            _begin(tx, campaign, at, piece)
        return True
    run = gathering.find_gathering(tx)
    if run is None:
        return undo_piece(tx, piece)
    campaign = _campaign_of(tx, run)
    with _named(campaign):
        _go_on(tx, campaign, run, at, piece)
    return True


@contextmanager
def _named(campaign: CampaignRow) -> Iterator[None]:
    """A bug is this campaign's; trouble of the database is nobody's."""
    try:
        yield
    except CannotStart:
        raise
    except Exception as bug:
        if is_passing(bug):
            raise
        raise Broken(campaign) from bug


def _begin(tx: Tx, campaign: CampaignRow, at: datetime, piece: int) -> None:
    opens_at = _opens_at(tx, campaign, at)
    if opens_at is None or max(at, opens_at) > campaign.not_later_than:
        _move(tx, campaign, CampaignEvent.COME_TOO_LATE)
    elif opens_at > at:
        books.postpone(tx, campaign.shop_id, campaign.campaign_id, opens_at)
    elif _move(tx, campaign, CampaignEvent.START):
        try:
            run = _open_run(tx, campaign, at)
        except Refusal as reason:
            raise CannotStart(campaign, reason) from reason
        _go_on(tx, campaign, run, at, piece)


def _opens_at(tx: Tx, campaign: CampaignRow, at: datetime) -> datetime | None:
    """From when it may leave: after a sanction (K8), in its hours and, an advertisement, on a day
    on which the shop is open; None when it never is.
    """
    window = day_of(campaign.kind, campaign.sender)
    free_at = free_from(tx, campaign.shop_id, at)
    if campaign.kind is MessageKind.INFORMATION:
        return window.next_open(free_at)
    return move_to_open_day(tx, campaign.shop_id, free_at, window, keeps_day=campaign.keeps_day)


def _go_on(tx: Tx, campaign: CampaignRow, run: Gathering, at: datetime, piece: int) -> None:
    """The next piece, and the money once everybody is there."""
    try:
        if campaign.kind is MessageKind.INFORMATION:
            recipients: int | None = _take_in_one(tx, campaign, run)
        else:
            recipients = gather_piece(tx, campaign, run, piece)
        if recipients == 0:
            raise Conflict("no_audience")
        if recipients is not None:
            _pay(tx, campaign, run, at)
    except Refusal as reason:
        raise CannotStart(campaign, reason) from reason


def set_aside(tx: Tx, campaign: CampaignRow) -> None:
    """Marks a campaign that cannot start, so that its owner is asked.

    What was gathered of it is taken back by the next steps of planning.
    """
    _move(tx, campaign, CampaignEvent.LACK)


def put_back(tx: Tx, campaign: CampaignRow, at: datetime, *, times: int) -> None:
    """After a bug, so that the others go on: what has not begun waits a minute; what was being
    gathered is paused once it has failed so many `times` in a row, and its owner is asked.
    """
    if campaign.state is CampaignState.BOOKED:
        books.postpone(tx, campaign.shop_id, campaign.campaign_id, at + AFTER_BUG)
    elif times >= FAILURES_MAX:
        pause_for_errors(tx, campaign.shop_id, campaign.campaign_id, at)


def _move(tx: Tx, campaign: CampaignRow, event: CampaignEvent) -> bool:
    new = next_state(campaign.state, event)
    return books.claim_state(tx, campaign.shop_id, campaign.campaign_id, campaign.state, new)


def _campaign_of(tx: Tx, run: Gathering) -> CampaignRow:
    campaign = books.find_campaign(tx, run.shop_id, run.campaign_id)
    assert campaign is not None, "a run has its campaign"
    return campaign


def _open_run(tx: Tx, campaign: CampaignRow, at: datetime) -> Gathering:
    """A run without people yet; what it costs is known once they are there."""
    sign = sign_of(tx, get_shop(tx, campaign.shop_id))
    if sign is None:
        raise Unlawful("L7")
    price = get_price(tx, campaign.sender, at, campaign.kind)
    run_id = books.insert_run(
        tx,
        shop_id=campaign.shop_id,
        campaign_id=campaign.campaign_id,
        price_id=price.price_id,
        unit_jeon=price.unit_jeon,
        rounds_to_jeon=price.rounds_to_jeon,
        contact=sign.contact,
        recipients=0,
        gathered_to=0,
        planned_at=at,
    )
    return Gathering(run_id, campaign.campaign_id, campaign.shop_id, at, low=0)


def _take_in_one(tx: Tx, campaign: CampaignRow, run: Gathering) -> int:
    """Information goes to the one person it is about, regular or not; how many that is."""
    assert campaign.customer_id is not None, "information is for somebody"
    person = books.find_person(tx, campaign.shop_id, campaign.customer_id)
    if person is None:
        return 0
    rule = gate_regular(campaign.kind, campaign.sender, person, run.planned_at).rule
    chunk_ids = books.insert_chunks(
        tx,
        sizes=[] if rule else [1],
        send_keys=[] if rule else [uuid4().hex],
        state=ChunkState.GATHERED,
        shop_id=campaign.shop_id,
        run_id=run.run_id,
        sender=campaign.sender,
        act_at=run.planned_at,
    )
    message = NewMessage(
        customer_id=campaign.customer_id,
        chunk_id=chunk_ids[0] if chunk_ids else None,
        state=MessageState.REFUSED if rule else MessageState.WAITING,
        code=rule,
    )
    books.insert_messages(tx, campaign.shop_id, run.run_id, [message])
    return gathering.move_on(tx, run.run_id, campaign.customer_id, 1)


def _pay(tx: Tx, campaign: CampaignRow, run: Gathering, at: datetime) -> None:
    """Holds the money for everybody who is there and lets the chunks go.

    Raises OverBudget when it is not enough and the owner chose no order.
    """
    program_id = get_shop(tx, campaign.shop_id).program_id
    price = get_price(tx, campaign.sender, at, campaign.kind)
    people = gathering.count_placed(tx, run.run_id)
    lots = _lots(tx, campaign, program_id, at)
    payment = pay(lots, price, people, CHUNK_SIZE[campaign.sender])
    if payment.people < people:
        _leave_out(tx, campaign, run, people, payment)
    gathering.save_payment(
        tx,
        run.run_id,
        price_id=price.price_id,
        unit_jeon=payment.unit_jeon,
        rounds_to_jeon=price.rounds_to_jeon,
    )
    if campaign.offer_id is not None:
        give_campaign_coupons(tx, campaign.shop_id, run.run_id, campaign.offer_id, at)
    holder = Holder(
        program_id=program_id,
        shop_id=campaign.shop_id,
        run_id=run.run_id,
        until=campaign.not_later_than,
    )
    _hold(tx, holder, payment, price, at)
    gathering.release_chunks(tx, run.run_id, at)
    if payment.people == 0 and books.finish_run(tx, run.run_id, at):
        done = next_state(CampaignState.RUNNING, CampaignEvent.FINISH)
        whose = campaign.shop_id, campaign.campaign_id
        books.claim_state(tx, *whose, CampaignState.RUNNING, done)


def _hold(tx: Tx, holder: Holder, payment: Payment, price: Price, at: datetime) -> None:
    chunks = gathering.list_chunks(tx, holder.run_id)
    sizes = [one.size for one in chunks]
    parts = plan_holds(payment.lots, payment.unit_jeon, sizes, price.rounds_to_jeon)
    placed = [(part, chunks[part.chunk_number].chunk_id) for part in parts]
    hold(tx, holder, payment.lots, placed, at)


def _lots(tx: Tx, campaign: CampaignRow, program_id: ProgramId, at: datetime) -> Sequence[Lot]:
    if campaign.kind is MessageKind.INFORMATION:
        return [operating_lot(tx, program_id)]
    pays = pays_for(campaign.sender, campaign.kind)
    return lots_of(tx, campaign.shop_id, pays, at, own_max_jeon=campaign.own_max_jeon)


def _leave_out(
    tx: Tx, campaign: CampaignRow, run: Gathering, people: int, payment: Payment
) -> None:
    """The money does not reach all: who is behind, in the order that the owner chose, is left out.

    They are written anew in that order, who would have been next first; the others close up.
    """
    if campaign.fair_order is None or payment.people == 0:
        raise OverBudget("short", people=people, reached=payment.people)
    waiting = gathering.list_waiting(tx, run.run_id, Span())
    ranked = in_order(tx, campaign.shop_id, campaign.fair_order, set(waiting))
    # Who withdrew since they were gathered has no place in the order any more.
    gone = sorted(set(waiting) - set(ranked))
    left_out = [*ranked, *gone][payment.people :]
    forget_people(tx, run, left_out)
    gathering.drop_people(tx, run.run_id, left_out)
    books.insert_messages(tx, campaign.shop_id, run.run_id, [_left_out(one) for one in left_out])
    gathering.close_up(tx, run.run_id, CHUNK_SIZE[campaign.sender])


def _left_out(customer_id: CustomerId) -> NewMessage:
    return NewMessage(
        customer_id=customer_id, chunk_id=None, state=MessageState.REFUSED, code=NO_MONEY
    )
