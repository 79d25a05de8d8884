"""Whom a campaign has not reached and another way would: offered to its owner, and booked as a
second campaign of the same words, whose audience is just those.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from campaigns.booking import Draft, DryRun, book_campaign, dry_run
from campaigns.compose import longest_words, read_words
from campaigns.results import Result, campaign_result
from campaigns.ways import weigh_rest
from domain.campaigns import (
    BODY_MAX,
    CampaignState,
    LinkButton,
    MessageKind,
    PauseReason,
    SenderName,
)
from domain.compliance import LINES_MAX
from domain.parts import in_words, parts_of
from domain.people import CampaignId, ShopId, StaffId
from domain.refusals import Conflict, Invalid, NotFound
from domain.time import in_kst
from domain.ways import WayFacts
from storage.desk import Tx
from storage.queries.campaigns import CampaignRow, find_by_form_key, find_campaign
from storage.queries.places import get_shop
from storage.queries.results import find_run
from storage.queries.segments import segment_of

OVER = (CampaignState.FINISHED, CampaignState.STOPPED)


def find_rest(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, offered: Collection[SenderName], at: datetime
) -> WayFacts | None:
    """The cheapest other way for those whom a campaign has not reached; None while it may still
    reach somebody, when its day is over, or when no other way reaches anybody.

    Of one that waits because its own way is closed, the next way for all of its people: it can be
    sent by that when the first has been stopped. Raises NotFound(`campaign`).
    """
    campaign = _get(tx, shop_id, campaign_id)
    if campaign.kind is not MessageKind.ADVERTISEMENT:
        return None
    if campaign.state is CampaignState.PAUSED and campaign.paused_for is PauseReason.WAY:
        run = find_run(tx, shop_id, campaign_id)
        run_id = run.run_id if run else None
        return weigh_rest(tx, shop_id, _draft(campaign), offered, at, but=run_id)
    if campaign.state not in OVER:
        return None
    way = weigh_rest(tx, shop_id, _for_others(campaign), offered, at)
    if way is None or not _is_news(campaign, way.leaves_at):
        return None
    is_booked = find_by_form_key(tx, shop_id, _key(campaign_id, way.sender)) is not None
    return None if is_booked else way


def send_rest(
    tx: Tx,
    shop_id: ShopId,
    campaign_id: CampaignId,
    sender: SenderName,
    *,
    staff_id: StaffId | None,
    at: datetime,
) -> CampaignId:
    """Books it by the way that was shown, once; by no other, if that cannot carry it any more.

    Raises NotFound(`campaign`), Conflict(`no_rest`), and Invalid and Conflict as `book_campaign`
    does.
    """
    key = _key(campaign_id, sender)
    if known := find_by_form_key(tx, shop_id, key):
        return known
    campaign = _get(tx, shop_id, campaign_id)
    way = find_rest(tx, shop_id, campaign_id, {sender}, at) if campaign.state in OVER else None
    if way is None or way.bubble is None:
        raise Conflict("no_rest")
    second = _by(tx, shop_id, _for_others(campaign), way)
    return book_campaign(tx, shop_id, second, form_key=key, staff_id=staff_id, at=at)


def try_rest(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, way: WayFacts, at: datetime
) -> DryRun | None:
    """What the others would get by the way that `find_rest` offers; None where it could not be
    booked like this any more. Raises NotFound(`campaign`).
    """
    draft = _by(tx, shop_id, _for_others(_get(tx, shop_id, campaign_id)), way)
    try:
        return dry_run(tx, shop_id, draft, at)
    except (Invalid, Conflict):  # a picture, the phone number or the coupon is gone meanwhile
        return None


def list_rests(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> list[Result]:
    """What became of the second campaigns of the same words, one at most for each way."""
    keys = [_key(campaign_id, sender) for sender in SenderName]
    found = [find_by_form_key(tx, shop_id, key) for key in keys]
    return [campaign_result(tx, shop_id, one) for one in found if one is not None]


def _key(campaign_id: CampaignId, sender: SenderName) -> str:
    return f"rest:{campaign_id}:{sender}"


def _get(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> CampaignRow:
    campaign = find_campaign(tx, shop_id, campaign_id)
    if campaign is None:
        raise NotFound("campaign")
    return campaign


def _is_news(campaign: CampaignRow, leaves_at: datetime) -> bool:
    """What was true at three is told on the same day or not at all."""
    same_day = in_kst(leaves_at).date() == in_kst(campaign.due_at).date()
    return same_day or leaves_at <= campaign.not_later_than


def _for_others(campaign: CampaignRow) -> Draft:
    draft = _draft(campaign)
    but = (*draft.segment.but, campaign.campaign_id)
    return replace(draft, segment=replace(draft.segment, but=but))


def _by(tx: Tx, shop_id: ShopId, draft: Draft, way: WayFacts) -> Draft:
    """As a way carries it; where that has the words alone, its parts are told among them."""
    assert way.bubble is not None, "a way without a bubble is not offered"
    if way.bubble is draft.bubble:
        return replace(draft, sender=way.sender)
    name = get_shop(tx, shop_id).name
    grows = len(longest_words(read_words(draft.body, name), name)) - len(draft.body)
    body = in_words(draft.body, draft.parts, letters=BODY_MAX - max(grows, 0), lines=LINES_MAX)
    return replace(draft, sender=way.sender, bubble=way.bubble, body=body, parts=())


def _draft(campaign: CampaignRow) -> Draft:
    """The same words, now, without the shop's own money."""
    button = None
    if campaign.button_label is not None and campaign.button_url is not None:
        button = LinkButton(campaign.button_label, campaign.button_url)
    return Draft(
        sender=campaign.sender,
        bubble=campaign.bubble,
        body=campaign.body,
        parts=parts_of(campaign.parts),
        picture_id=campaign.picture_id,
        offer_id=campaign.offer_id,
        fair_order=campaign.fair_order,
        segment=segment_of(campaign.segment),
        button=button,
        keeps_day=campaign.keeps_day,
    )
