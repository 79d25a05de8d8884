"""News over the API: tried, booked once, watched, paused, resumed, stopped, canceled."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from campaigns.booking import Draft, DryRun, cancel_campaign, dry_run
from campaigns.by_program import book_by_program
from campaigns.drafts import words_alone
from campaigns.segments import count_people, list_choices
from campaigns.stopping import pause_campaign, resume_campaign, stop_campaign
from campaigns.watching import Watched, watch
from campaigns.ways import by_policy
from campaigns.when import When, timed_draft
from console.api.campaign_bodies import (
    Campaign,
    NewCampaign,
    Pictures,
    SegmentCount,
    Segments,
    Tried,
)
from console.api.operations import Answer, Call, Operation
from console.keys import SETTINGS
from console.owner.shapes import ALONE, carrier_of, shape_of
from domain.campaigns import SenderName
from domain.money import JEON_PER_WON, Jeon
from domain.parts import Part
from domain.people import CampaignId, OfferId, OwnSegmentId, ShopId, TokenRight
from domain.refusals import Invalid, NotFound
from domain.segments import EVERYBODY, Segment, ready_segment
from loyalty.tills import Asked, Till
from storage.desk import Tx
from storage.queries.cards import get_rules
from storage.queries.own_segments import find_own_segment
from storage.queries.pictures import list_pictures

Act = Callable[..., object]
Senders = Collection[SenderName]


async def try_campaign(call: Call[NewCampaign]) -> Answer:
    senders = call.request.app[SETTINGS].senders
    tried = await call.books.read(_try, call.till.shop_id, call.body, senders, call.at)
    return Answer(tried_of(tried))


async def book(call: Call[NewCampaign]) -> Answer:
    watched, is_repeated = await call.books.write(
        _book,
        call.till,
        call.asked(call.body),
        call.body,
        call.request.app[SETTINGS].senders,
        call.at,
    )
    call.request.app[SETTINGS].wake()
    status = HTTPStatus.OK if is_repeated else HTTPStatus.CREATED
    return Answer(campaign_of(watched), status, is_repeated)


async def show_campaign(call: Call[None]) -> Answer:
    watched = await call.books.read(watch, call.till.shop_id, CampaignId(call.id), call.at)
    return Answer(campaign_of(watched))


async def show_pictures(call: Call[None]) -> Answer:
    return Answer(Pictures(pictures=await call.books.read(list_pictures, call.till.shop_id)))


async def show_segments(call: Call[None]) -> Answer:
    return Answer(await call.books.read(_segments, call.till.shop_id, call.at))


def steering(act: Act) -> Callable[[Call[None]], Awaitable[Answer]]:
    async def steer(call: Call[None]) -> Answer:
        watched = await call.books.write(_steer, act, call.till, CampaignId(call.id), call.at)
        call.request.app[SETTINGS].wake()
        return Answer(campaign_of(watched))

    return steer


def _try(tx: Tx, shop_id: ShopId, said: NewCampaign, senders: Senders, at: datetime) -> DryRun:
    return dry_run(tx, shop_id, _draft(tx, shop_id, said, senders, at), at)


def _book(
    tx: Tx, till: Till, asked: Asked, said: NewCampaign, senders: Senders, at: datetime
) -> tuple[Watched, bool]:
    draft = _draft(tx, till.shop_id, said, senders, at)
    campaign_id, is_repeated = book_by_program(tx, till, asked, draft, at)
    return watch(tx, till.shop_id, campaign_id, at), is_repeated


def _steer(tx: Tx, act: Act, till: Till, campaign_id: CampaignId, at: datetime) -> Watched:
    act(tx, till.shop_id, campaign_id, actor=till.actor, at=at)
    return watch(tx, till.shop_id, campaign_id, at)


def _segments(tx: Tx, shop_id: ShopId, at: datetime) -> Segments:
    found = []
    for one in list_choices(tx, shop_id):
        counted = count_people(tx, shop_id, one.segment, at)
        found.append(
            SegmentCount(
                name=one.ready,
                id=one.own.segment_id if one.own else None,
                title=one.own.name if one.own else None,
                people=counted.people,
                cost_jeon=counted.cost_jeon,
            )
        )
    return Segments(segments=found)


def _draft(tx: Tx, shop_id: ShopId, said: NewCampaign, senders: Senders, at: datetime) -> Draft:
    """By the way that the program's order proposes. Raises Invalid beside the field,
    NotFound(`segment`).
    """
    draft = replace(
        _shaped(tx, shop_id, said, senders),
        segment=_segment(tx, shop_id, said),
        holdout_percent=said.holdout_percent,
        offer_id=None if said.offer_id is None else OfferId(said.offer_id),
        own_max_jeon=Jeon(said.own_max_won * JEON_PER_WON),
        fair_order=said.fair_order,
    )
    when = When(
        due_at=said.due_at,
        is_good_moment=said.is_good_moment,
        not_later_than=said.not_later_than,
        is_closing_notice=said.keeps_day,
    )
    return by_policy(tx, shop_id, timed_draft(tx, shop_id, draft, when, at), senders, at)


def _shaped(tx: Tx, shop_id: ShopId, said: NewCampaign, senders: Senders) -> Draft:
    draft = words_alone(tx, shop_id, said.body.strip())
    shape = said.shape or shape_of(draft.bubble)
    carrier = carrier_of(shape, "", senders)
    if carrier is None:
        raise Invalid({"shape": "이 모양으로 보낼 수 있는 길이 없어요."})
    parts = tuple(
        Part(
            title=one.title,
            text=one.text or "",
            picture_id=one.picture,
            link=one.link,
            price_won=one.price_won,
            sale_won=one.sale_won,
        )
        for one in said.parts
    )
    picture_id = None if shape == ALONE else said.picture or draft.picture_id
    return replace(
        draft,
        sender=carrier.sender,
        bubble=carrier.bubble,
        picture_id=picture_id,
        parts=parts,
    )


def _segment(tx: Tx, shop_id: ShopId, said: NewCampaign) -> Segment:
    if said.segment is not None and said.own_segment is not None:
        raise Invalid({"own_segment": "segment와 own_segment 가운데 하나만 적어 주세요."})
    if said.own_segment is not None:
        found = find_own_segment(tx, shop_id, OwnSegmentId(said.own_segment))
        if found is None:
            raise NotFound("segment")
        return found.segment
    if said.segment is None:
        return EVERYBODY
    return ready_segment(said.segment, get_rules(tx, shop_id).tiers)


def tried_of(dry: DryRun) -> Tried:
    return Tried(
        people=dry.people,
        reached=dry.reached,
        refused=dict(dry.refused),
        cost_jeon=dry.cost_jeon,
        free_jeon=dry.free_jeon,
        own_jeon=dry.own_jeon,
        left_jeon=dry.left_jeon,
        leaves_at=dry.leaves_at,
        ends_at=dry.ends_at,
        can_leave=dry.can_leave,
    )


def campaign_of(watched: Watched) -> Campaign:
    result = watched.result
    return Campaign(
        id=result.campaign_id,
        state=result.state,
        paused_for=result.paused_for,
        body=result.body,
        due_at=result.due_at,
        not_later_than=result.not_later_than,
        recipients=result.recipients,
        delivered=result.delivered,
        failed=result.failed,
        refused=result.refused_total,
        canceled=result.canceled,
        waiting=result.waiting,
        unknown=result.unknown,
        left=watched.progress.left,
        seconds_left=watched.seconds_left,
        held_jeon=result.held_jeon,
        spent_jeon=result.spent_jeon,
    )


def _steered(name: str, word: str, summary: str, act: Act) -> Operation[None]:
    return Operation(
        name=name,
        method="POST",
        path=f"/campaigns/{{id}}/{word}",
        summary=summary,
        work=steering(act),
        body=type(None),
        answer=Campaign,
        answers={200: "지금 모습이에요."},
        refusals=(404, 409),
        right=TokenRight.SENDING,
    )


CAMPAIGN_OPERATIONS = (
    Operation(
        name="showSegments",
        method="GET",
        path="/segments",
        summary="누구에게 보낼 수 있는지, 몇 명이고 얼마인지 봐요",
        work=show_segments,
        body=type(None),
        answer=Segments,
        answers={200: "준비된 묶음과 가게가 만든 묶음이에요."},
        right=TokenRight.SENDING,
    ),
    Operation(
        name="showPictures",
        method="GET",
        path="/pictures",
        summary="소식에 쓸 수 있는 가게 사진을 봐요",
        work=show_pictures,
        body=type(None),
        answer=Pictures,
        answers={200: "사진의 id예요. /media/ 뒤에 붙이면 보여요."},
        right=TokenRight.SENDING,
    ),
    Operation(
        name="tryCampaign",
        method="POST",
        path="/campaigns/try",
        summary="보내지 않고, 누구에게 얼마로 언제 갈지 봐요",
        work=try_campaign,
        body=NewCampaign,
        answer=Tried,
        answers={200: "이렇게 돼요."},
        refusals=(404,),
        right=TokenRight.SENDING,
    ),
    Operation(
        name="bookCampaign",
        method="POST",
        path="/campaigns",
        summary="소식을 예약하거나 바로 보내요. 같은 키로는 한 번이에요",
        work=book,
        body=NewCampaign,
        answer=Campaign,
        answers={201: "예약했어요.", 200: "되풀이한 요청: 앞서 예약한 소식이에요."},
        refusals=(404, 409),
        has_key=True,
        right=TokenRight.SENDING,
    ),
    Operation(
        name="showCampaign",
        method="GET",
        path="/campaigns/{id}",
        summary="소식이 어떻게 되었는지 봐요",
        work=show_campaign,
        body=type(None),
        answer=Campaign,
        answers={200: "지금 모습이에요."},
        refusals=(404,),
        right=TokenRight.SENDING,
    ),
    _steered("pauseCampaign", "pause", "보내는 소식을 잠깐 멈춰요", pause_campaign),
    _steered("resumeCampaign", "resume", "멈춘 소식을 다시 보내요", resume_campaign),
    _steered("stopCampaign", "stop", "보내는 소식을 그만둬요. 남은 돈은 돌아와요", stop_campaign),
    _steered("cancelCampaign", "cancel", "아직 시작하지 않은 소식을 취소해요", cancel_campaign),
)
