"""An owner's idea: tried without sending, booked once, canceled while there is time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.audience import audience_of, count_by_rule
from campaigns.compose import Copy, check_body, draw, own_button, with_button
from campaigns.fitting import PICTURELESS, check_copy, check_shown
from domain.audit import Act, shop_book
from domain.bubbles import Bubble, Button
from domain.campaigns import (
    CHUNK_SIZE,
    LATE_AFTER_DEFAULT,
    PEOPLE_A_SECOND,
    BubbleKind,
    CampaignEvent,
    CampaignState,
    LinkButton,
    MessageKind,
    SenderName,
    next_state,
)
from domain.compliance import Sign
from domain.coupons import CouponSource
from domain.gate import SENDER_DAY
from domain.holdout import SEED_MAX, draw_of
from domain.money import Jeon, Price, Tariff
from domain.parts import Part, parts_text
from domain.people import CampaignId, OfferId, SeriesId, ShopId, StaffId
from domain.refusals import Conflict, Invalid, NotFound
from domain.segments import EVERYBODY, PERCENT_MAX, Segment, check_segment
from domain.subsidy import FairOrder, Payment, held_jeon, keep_back, pay
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.audience import Audience
from storage.queries.campaigns import (
    book_once,
    claim_state,
    find_by_form_key,
    find_campaign,
    sum_promised,
)
from storage.queries.journal import append_audit
from storage.queries.offers import OfferView, find_offer
from storage.queries.pictures import has_picture
from storage.queries.places import ShopView, get_channel, get_shop
from storage.queries.prices import find_price
from storage.queries.segments import segment_text
from subsidy.holding import lots_of, pays_for, spendable

AD = MessageKind.ADVERTISEMENT
NOTHING = Jeon(0)
BOOKED_AHEAD_MAX = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`due_at` is None for "now"; `offer_id` is a coupon that comes along.

    `own_max_jeon`: how much of the shop's own money the owner agrees to; `fair_order`: who comes
    first if the money does not reach all, None when it then does not leave. `holdout_percent` are
    left out by lot; `not_later_than` is None for two hours after it should leave. `keeps_day`: leaves
    on its day though the shop is closed. `series_id`: one time of what repeats itself. `parts`: what
    its bubble shows beside the words.
    """

    sender: SenderName
    bubble: BubbleKind
    body: str
    picture_id: str | None = None
    parts: tuple[Part, ...] = ()
    due_at: datetime | None = None
    offer_id: OfferId | None = None
    own_max_jeon: Jeon = NOTHING
    fair_order: FairOrder | None = None
    segment: Segment = EVERYBODY
    holdout_percent: int = 0
    button: LinkButton | None = None
    not_later_than: datetime | None = None
    keeps_day: bool = False
    series_id: SeriesId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What would happen to a draft: who, what it costs, when it leaves, which coupon comes
    along. Nothing is written.

    `people` may get it, `reached` of them the money is enough for. `cost_jeon` is for those who
    get it, or for all when it cannot leave like this; `needed_jeon` must be there for all.
    `left_jeon` is the free cash that may pay (`pot_jeon` of it is shared by the market), without
    the `promised_jeon` of what is booked already; `own_left_jeon` is what the shop's wallet could
    add if its owner agrees. `seconds`: how long the reached take, about. `button`: the owner's own, which
    the preview of a text does not show.
    """

    draft: Draft
    people: int
    reached: int
    refused: Mapping[str, int]
    cost_jeon: Jeon
    free_jeon: Jeon
    own_jeon: Jeon
    needed_jeon: Jeon
    promised_jeon: Jeon
    unit_jeon: Jeon
    left_jeon: Jeon
    pot_jeon: Jeon
    own_left_jeon: Jeon
    leaves_at: datetime
    seconds: int
    preview: Bubble
    button: Button | None
    offer: OfferView | None

    @property
    def is_enough(self) -> bool:
        return self.reached == self.people

    @property
    def ends_at(self) -> datetime:
        """About when the last of them has it."""
        return self.leaves_at + timedelta(seconds=self.seconds)

    @property
    def can_leave(self) -> bool:
        """Also when some are left out by an order the owner chose."""
        return self.reached > 0 and (self.is_enough or self.draft.fair_order is not None)

    @property
    def own_needed_jeon(self) -> Jeon:
        """What the shop's own money would have to add so that everybody gets it."""
        return Jeon(max(self.needed_jeon - self.left_jeon, 0))


def sign_of(tx: Tx, shop: ShopView) -> Sign | None:
    """The shop's name and contact, else its channel's customer-service number (L7)."""
    channel = get_channel(tx, shop.channel_id)
    contact = shop.contact or channel.service_number
    opt_out = channel.opt_out_number
    return Sign(name=shop.name, contact=contact, opt_out=opt_out) if contact else None


def get_price(tx: Tx, sender: SenderName, at: datetime, kind: MessageKind = AD) -> Price:
    price = find_price(tx, Tariff(sender), kind, at)
    assert price is not None, "what may be sent has had a price since the first migration"
    return price


def dry_run(tx: Tx, shop_id: ShopId, draft: Draft, at: datetime, *, public_url: str = "") -> DryRun:
    """Tries a draft at the instant it would leave.

    Raises Invalid beside the field, NotFound(`offer`) for another shop's coupon.
    """
    shop = get_shop(tx, shop_id)
    sign = _check(tx, shop, draft, at)
    offer = _offer_of(tx, shop_id, draft)
    leaves_at = leaving_at(draft, at)
    audience = audience_tried(tx, shop, draft, leaves_at)
    people, refused = count_by_rule(tx, shop, audience, draft.sender)
    price = get_price(tx, draft.sender, leaves_at)
    size = CHUNK_SIZE[draft.sender]
    promised = sum_promised(tx, shop_id)
    pays = pays_for(draft.sender, AD)
    there = lots_of(tx, shop_id, pays, leaves_at, own_max_jeon=draft.own_max_jeon)
    lots = keep_back(there, promised)
    paid = pay(lots, price, people, size)
    preview = preview_of(draft, sign, public_url)
    check_shown(draft.button, preview, sign)
    return DryRun(
        draft=draft,
        people=people,
        reached=paid.people,
        refused=refused,
        cost_jeon=_cost(paid, people, price, draft),
        free_jeon=paid.free_jeon,
        own_jeon=paid.own_jeon,
        needed_jeon=held_jeon(price.unit_jeon, price.rounds_to_jeon, people, size),
        promised_jeon=promised,
        unit_jeon=paid.unit_jeon,
        left_jeon=Jeon(sum(lot.left_jeon for lot in lots if not lot.is_own)),
        pot_jeon=Jeon(sum(lot.left_jeon for lot in lots if lot.is_pot)),
        own_left_jeon=spendable(tx, shop_id),
        leaves_at=leaves_at,
        seconds=-(-paid.people // PEOPLE_A_SECOND[draft.sender]),
        preview=preview,
        button=button_of(draft),
        offer=offer,
    )


def leaving_at(draft: Draft, at: datetime) -> datetime:
    return SENDER_DAY[draft.sender].next_open(max(draft.due_at or at, at))


def preview_of(draft: Draft, sign: Sign, public_url: str) -> Bubble:
    """As somebody without a name gets it. Raises Invalid(body)."""
    why_url = f"{public_url}/w/"
    bubble = draw(_copy_of(draft), sign, name=None, public_url=public_url, why_url=why_url)
    return with_button(draft.bubble, bubble, button_of(draft))


def _copy_of(draft: Draft) -> Copy:
    return Copy(draft.sender, draft.bubble, draft.body, draft.picture_id, draft.parts)


def button_of(draft: Draft) -> Button | None:
    label, url = (draft.button.label, draft.button.url) if draft.button else (None, None)
    return own_button(label, url, has_coupon=draft.offer_id is not None)


def _cost(paid: Payment, people: int, price: Price, draft: Draft) -> Jeon:
    is_for_them = paid.people == people or (paid.people > 0 and draft.fair_order is not None)
    return paid.cost_jeon if is_for_them else price.cost_jeon(people)


def audience_tried(tx: Tx, shop: ShopView, draft: Draft, leaves_at: datetime) -> Audience:
    """Whom a draft is for at the instant at which it would leave; lots as they will be drawn."""
    draw = draw_of(_seed_of(tx, shop.shop_id, draft, leaves_at), draft.holdout_percent)
    return audience_of(tx, shop, draft.segment, draw, leaves_at)


def _seed_of(tx: Tx, shop_id: ShopId, draft: Draft, leaves_at: datetime) -> int:
    """The same for the same words on the same day, so that what was tried is what is booked; new
    for each time of what repeats itself.
    """
    words = f"{shop_id}:{in_kst(leaves_at).date()}:{draft.body}"
    return int(tx.vault.fingerprint(words, purpose="holdout"), 16) & SEED_MAX


def _check(tx: Tx, shop: ShopView, draft: Draft, at: datetime) -> Sign:
    """Everything an owner can mend, found before any money is asked about."""
    check_body(draft.body, shop.name)
    if draft.due_at is not None and draft.due_at < at - LATE_AFTER_DEFAULT:
        raise Invalid({"due_at": "이미 지난 시각이에요. 앞으로 올 시각을 골라 주세요."})
    check_segment(draft.segment)
    if not 0 <= draft.holdout_percent <= PERCENT_MAX:
        raise Invalid({"holdout": f"비교하려고 남겨 두는 분은 {PERCENT_MAX}%까지 정할 수 있어요."})
    refuse_far("due_at", draft.due_at, at)
    refuse_far("not_later_than", draft.not_later_than, at)
    shown = (draft.picture_id, *(part.picture_id for part in draft.parts))
    own = [one for one in shown if one is not None and has_picture(tx, shop.shop_id, one)]
    return check_copy(_copy_of(draft), sign_of(tx, shop), own)


def refuse_far(field: str, wanted: datetime | None, at: datetime) -> None:
    """Asked before a time is reckoned with: behind the year 9999 there is none. Raises Invalid."""
    if wanted is not None and wanted > at + BOOKED_AHEAD_MAX:
        raise Invalid({field: f"{BOOKED_AHEAD_MAX.days}일 안의 날짜를 골라 주세요."})


def _offer_of(tx: Tx, shop_id: ShopId, draft: Draft) -> OfferView | None:
    if draft.offer_id is None:
        return None
    offer = find_offer(tx, shop_id, draft.offer_id)
    if offer is None:
        raise NotFound("offer")
    if offer.source is not CouponSource.CAMPAIGN:
        raise Invalid({"coupon": "소식과 함께 드리는 쿠폰을 골라 주세요."})
    if offer.closed_at is not None:
        raise Invalid({"coupon": "이제 드리지 않는 쿠폰이에요. 다른 쿠폰을 골라 주세요."})
    return offer


def book_campaign(
    tx: Tx, shop_id: ShopId, draft: Draft, *, form_key: str, staff_id: StaffId | None, at: datetime
) -> CampaignId:
    """Books a draft. The same form books once, however often its button is pressed.

    Raises Invalid for what can be mended, NotFound(`offer`) for another shop's coupon,
    Conflict when nobody would get it or the money does not cover it.
    """
    if known := find_by_form_key(tx, shop_id, form_key):
        return known
    tried = dry_run(tx, shop_id, draft, at)
    return book_tried(tx, shop_id, tried, form_key=form_key, staff_id=staff_id, at=at)


def book_tried(
    tx: Tx, shop_id: ShopId, tried: DryRun, *, form_key: str, staff_id: StaffId | None, at: datetime
) -> CampaignId:
    """Books what was tried at this very instant. Raises Conflict as `book_campaign` does."""
    _refuse_hopeless(tried)
    return book_as_is(tx, shop_id, tried, form_key=form_key, staff_id=staff_id, at=at)


def book_as_is(
    tx: Tx, shop_id: ShopId, tried: DryRun, *, form_key: str, staff_id: StaffId | None, at: datetime
) -> CampaignId:
    """Books it also where the money is short: then planning finds that out, and asks its owner."""
    draft = tried.draft
    campaign_id, is_new = book_once(
        tx,
        shop_id=shop_id,
        form_key=form_key,
        kind=AD,
        customer_id=None,
        sender=draft.sender,
        bubble=draft.bubble,
        body=draft.body,
        parts=parts_text(draft.parts),
        picture_id=None if draft.bubble in PICTURELESS else draft.picture_id,
        offer_id=draft.offer_id,
        segment=segment_text(draft.segment),
        holdout_percent=draft.holdout_percent,
        seed=_seed_of(tx, shop_id, draft, tried.leaves_at),
        keeps_day=draft.keeps_day,
        button_label=draft.button.label if draft.button else None,
        button_url=draft.button.url if draft.button else None,
        series_id=draft.series_id,
        state=CampaignState.BOOKED,
        due_at=tried.leaves_at,
        not_later_than=draft.not_later_than or tried.leaves_at + LATE_AFTER_DEFAULT,
        promised_jeon=tried.free_jeon,
        own_max_jeon=draft.own_max_jeon,
        fair_order=draft.fair_order,
        staff_id=staff_id,
        created_at=at,
    )
    if is_new:
        actor = f"owner:{staff_id}" if staff_id else "program"
        act = Act(actor=actor, act="book_campaign", subject=f"campaign:{campaign_id}", at=at)
        append_audit(tx, shop_book(shop_id), act)
    return campaign_id


def _refuse_hopeless(tried: DryRun) -> None:
    if tried.people == 0:
        raise Conflict("no_audience")
    if not tried.can_leave:
        raise Conflict("no_money", needed_jeon=tried.cost_jeon, left_jeon=tried.left_jeon)


def cancel_campaign(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, *, actor: str, at: datetime
) -> None:
    """Cancels what has not begun. Raises NotFound, and Conflict when it has."""
    campaign = find_campaign(tx, shop_id, campaign_id)
    if campaign is None:
        raise NotFound("campaign")
    if campaign.state is CampaignState.CANCELED:
        return
    new = next_state(campaign.state, CampaignEvent.CANCEL)
    if not claim_state(tx, shop_id, campaign_id, campaign.state, new):
        raise Conflict("campaign_state", state=campaign.state)
    act = Act(actor=actor, act="cancel_campaign", subject=f"campaign:{campaign_id}", at=at)
    append_audit(tx, shop_book(shop_id), act)
