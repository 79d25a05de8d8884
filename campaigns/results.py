"""What became of an owner's campaigns, in people and in won (I4)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.campaigns import (
    HELD_OUT,
    NO_MONEY,
    BubbleKind,
    CampaignState,
    LinkButton,
    MessageState,
    PauseReason,
    SenderName,
)
from domain.money import Jeon
from domain.people import CampaignId, CustomerId, OfferId, ShopId
from domain.refusals import NotFound
from domain.subsidy import RESOLVING, AccountKind, FairOrder, Phase
from loyalty.gifts import run_key
from storage.desk import Tx
from storage.queries.campaigns import CampaignRow, find_campaign
from storage.queries.campaigns import list_campaigns as list_rows
from storage.queries.offer_counts import OfferCounts
from storage.queries.offers import find_offer
from storage.queries.results import (
    Counts,
    RunRow,
    Sums,
    count_messages,
    find_run,
    find_runs,
    list_left_out,
    sum_run_money,
)
from storage.queries.run_coupons import count_given_for
from storage.queries.segments import segment_of

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLine:
    """`pot_spent_jeon` and `own_spent_jeon`: how much of what was spent came out of the market's
    pots and out of the shop's own money. `is_asking` and `rest_of` as in `Result`.
    """

    campaign_id: CampaignId
    body: str
    state: CampaignState
    due_at: datetime
    people: int
    delivered: int
    failed: int
    left_out: int
    spent_jeon: Jeon
    pot_spent_jeon: Jeon
    own_spent_jeon: Jeon
    is_asking: bool
    rest_of: CampaignId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponResult:
    """The coupon that came along; those of people who were deleted are no longer counted."""

    offer_id: OfferId
    title: str
    given: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`recipients` is always the sum of the six counts behind it. `own_…` is how much of what was
    held and spent was the shop's own money, `pot_…` the market's pots'; `fair_order` is the order
    its owner chose in case that the money would not reach all. `rest_of`: the campaign whose rest
    gets it.
    """

    campaign_id: CampaignId
    body: str
    bubble: BubbleKind
    sender: SenderName
    state: CampaignState
    paused_for: PauseReason | None
    due_at: datetime
    not_later_than: datetime
    button: LinkButton | None
    recipients: int
    delivered: int
    failed: int
    refused_total: int
    canceled: int
    waiting: int
    unknown: int
    refused: Mapping[str, int]
    failures: Mapping[str, int]
    held_jeon: Jeon
    spent_jeon: Jeon
    own_held_jeon: Jeon
    own_spent_jeon: Jeon
    pot_spent_jeon: Jeon
    unit_jeon: Jeon
    fair_order: FairOrder | None
    rest_of: CampaignId | None
    coupon: CouponResult | None = None

    @property
    def is_asking(self) -> bool:
        """Nothing of it leaves any more, and of some nobody knows yet whether it has left."""
        is_running = self.state is CampaignState.RUNNING
        return is_running and self.unknown > 0 and not self.waiting

    @property
    def left_out(self) -> int:
        """Refused because there was no money for them."""
        return self.refused.get(NO_MONEY, 0)

    @property
    def held_out(self) -> int:
        """Left out by lot, to be compared with."""
        return self.refused.get(HELD_OUT, 0)


def list_campaigns(tx: Tx, shop_id: ShopId, most: int = SHOWN_MAX) -> list[CampaignLine]:
    """The newest first, in four statements however many they are."""
    return [_line(one) for one in _results(tx, shop_id, list_rows(tx, shop_id, most))]


def campaign_result(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> Result:
    """Raises NotFound, also for another shop's."""
    row = find_campaign(tx, shop_id, campaign_id)
    if row is None:
        raise NotFound("campaign")
    (result,) = _results(tx, shop_id, [row])
    return replace(result, coupon=_coupon(tx, row))


def left_out_of(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> list[CustomerId]:
    """For whom a campaign had no money, first who would have been next."""
    run = find_run(tx, shop_id, campaign_id)
    return list_left_out(tx, shop_id, run.run_id) if run else []


def _line(result: Result) -> CampaignLine:
    return CampaignLine(
        campaign_id=result.campaign_id,
        body=result.body,
        state=result.state,
        due_at=result.due_at,
        people=result.recipients - result.refused_total,
        delivered=result.delivered,
        failed=result.failed,
        left_out=result.left_out,
        spent_jeon=result.spent_jeon,
        pot_spent_jeon=result.pot_spent_jeon,
        own_spent_jeon=result.own_spent_jeon,
        is_asking=result.is_asking,
        rest_of=result.rest_of,
    )


def _results(tx: Tx, shop_id: ShopId, rows: Sequence[CampaignRow]) -> Iterator[Result]:
    runs = find_runs(tx, shop_id, [row.campaign_id for row in rows])
    planned = [run.run_id for run in runs.values()]
    counts, money = count_messages(tx, planned), sum_run_money(tx, planned)
    for row in rows:
        run = runs.get(row.campaign_id)
        if run is None:
            yield _result(row, None, Counter(), Counter())
        else:
            yield _result(row, run, counts[run.run_id], money[run.run_id])


def _result(row: CampaignRow, run: RunRow | None, counts: Counts, money: Sums) -> Result:
    totals = Counter[MessageState]()
    for (state, _), count in counts.items():
        totals[state] += count
    return Result(
        campaign_id=row.campaign_id,
        body=row.body,
        bubble=row.bubble,
        sender=row.sender,
        state=row.state,
        paused_for=row.paused_for,
        due_at=row.due_at,
        not_later_than=row.not_later_than,
        button=_button(row),
        recipients=run.recipients if run else 0,
        delivered=totals[MessageState.DELIVERED],
        failed=totals[MessageState.FAILED],
        refused_total=totals[MessageState.REFUSED],
        canceled=totals[MessageState.CANCELED],
        waiting=totals[MessageState.WAITING],
        unknown=totals[MessageState.UNKNOWN],
        refused=_by_code(counts, MessageState.REFUSED),
        failures=_by_code(counts, MessageState.FAILED),
        held_jeon=Jeon(sum(_held(money, kind) for kind in AccountKind)),
        spent_jeon=Jeon(sum(money[Phase.POST, kind] for kind in AccountKind)),
        own_held_jeon=Jeon(_held(money, AccountKind.WALLET)),
        own_spent_jeon=Jeon(money[Phase.POST, AccountKind.WALLET]),
        pot_spent_jeon=Jeon(money[Phase.POST, AccountKind.POT]),
        unit_jeon=Jeon(run.unit_jeon if run else 0),
        fair_order=row.fair_order,
        rest_of=next(reversed(segment_of(row.segment).but), None),
    )


def _button(row: CampaignRow) -> LinkButton | None:
    if row.button_label is None or row.button_url is None:
        return None
    return LinkButton(row.button_label, row.button_url)


def _held(money: Sums, kind: AccountKind) -> int:
    return money[Phase.HOLD, kind] - sum(money[one, kind] for one in RESOLVING)


def _by_code(counts: Counts, wanted: MessageState) -> Mapping[str, int]:
    return {code or "": count for (state, code), count in counts.items() if state is wanted}


def _coupon(tx: Tx, row: CampaignRow) -> CouponResult | None:
    """None given yet while it is booked."""
    offer = find_offer(tx, row.shop_id, row.offer_id) if row.offer_id else None
    if offer is None:
        return None
    run = find_run(tx, row.shop_id, row.campaign_id)
    counts = OfferCounts()
    if run:
        counts = count_given_for(tx, row.shop_id, offer.offer_id, run_key(run.run_id))
    return CouponResult(offer_id=offer.offer_id, title=offer.terms.title, **counts._asdict())
