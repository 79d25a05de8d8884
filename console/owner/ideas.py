"""The weekly idea: look at it, send it with one press, and choose when it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from campaigns.ideas import (
    ShownIdea,
    choose_time,
    find_idea_now,
    show_idea,
    skip_idea,
    take_idea,
)
from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS, Owner
from console.owner.reward import whole
from domain.ideas import DAY_PROPOSED, HOUR_PROPOSED, IDEA_HOURS, WEEKDAYS, IdeaTime
from domain.people import Friend, IdeaId
from domain.refusals import Conflict, Invalid
from storage.desk import Tx
from storage.queries.ideas import get_time
from storage.queries.places import get_shop
from storage.queries.staff_chats import find_friend

NEVER = "never"
HOURS = range(IDEA_HOURS.opens.hour, IDEA_HOURS.closes.hour)
PAST = frozenset({"idea_over", "idea_taken", "idea_blank"})
"""What another phone, or time, was faster at: the page that is shown again says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`lacking` is what must be mended before anything can be sent; `is_new`: not asked yet;
    `friend` tells whether a message can reach this owner's chat: None without a chat.
    """

    shop_name: str
    shown: ShownIdea | None
    lacking: str
    chosen: IdeaTime
    is_new: bool
    friend: Friend | None


async def show_ideas(request: web.Request) -> web.Response:
    return await _show(request, {})


async def save_time(request: web.Request) -> web.Response:
    """Also the one tap of the first page: the day and the hour that were proposed."""
    owner, form = request[OWNER], await read_form(request)
    try:
        chosen = _read_time(form)
        await request.app[BOOKS].write(
            choose_time, owner.shop_id, chosen, actor=owner.actor, at=request.app[NOW]()
        )
    except Invalid as refusal:
        return await _show(request, refusal.fields)
    await say(request, "idea_never" if chosen.day is None else "idea_time_saved")
    return see_other("/owner/ideas")


async def send(request: web.Request) -> web.Response:
    owner = request[OWNER]
    try:
        campaign_id = await request.app[BOOKS].write(
            take_idea, owner.staff_id, owner.shop_id, _idea(request), at=request.app[NOW]()
        )
    except Conflict as refusal:
        return await _past(request, refusal)
    request.app[SETTINGS].wake()
    return see_other(f"/owner/campaigns/{campaign_id}")


async def skip(request: web.Request) -> web.Response:
    owner = request[OWNER]
    try:
        await request.app[BOOKS].write(
            skip_idea, owner.shop_id, _idea(request), actor=owner.actor, at=request.app[NOW]()
        )
    except Conflict as refusal:
        return await _past(request, refusal)
    await say(request, "idea_skipped")
    return see_other("/owner/ideas")


def read_sheet(tx: Tx, owner: Owner, at: datetime) -> Sheet:
    """The picture of the preview comes from where the page came from: no address before it."""
    shop_id = owner.shop_id
    idea = find_idea_now(tx, shop_id, at)
    chosen, asked_at = get_time(tx, shop_id)
    shown, lacking = None, ""
    try:
        shown = show_idea(tx, shop_id, idea, at, public_url="") if idea else None
    except Invalid as refusal:
        lacking = " ".join(refusal.fields.values())
    return Sheet(
        shop_name=get_shop(tx, shop_id).name,
        shown=shown,
        lacking=lacking,
        chosen=chosen,
        is_new=chosen.day is None and asked_at is None,
        friend=find_friend(tx, owner.staff_id),
    )


def _read_time(form: Form) -> IdeaTime:
    """Raises Invalid(day, hour)."""
    is_sent = form.text("is_sent") == "1"
    if form.text("day") == NEVER:
        return IdeaTime(day=None, is_sent=is_sent)
    day, hour = whole(form.text("day")), whole(form.text("hour"))
    if day is None:
        raise Invalid({"day": "요일을 골라 주세요."})
    return IdeaTime(day=day, hour=-1 if hour is None else hour, is_sent=is_sent)


def _idea(request: web.Request) -> IdeaId:
    return IdeaId(int(request.match_info["id"]))


async def _past(request: web.Request, refusal: Conflict) -> web.Response:
    if refusal.reason not in PAST:
        raise refusal
    await say(request, refusal.reason)
    return see_other("/owner/ideas")


async def _show(request: web.Request, wrong: Mapping[str, str]) -> web.Response:
    at = request.app[NOW]()
    sheet = await request.app[BOOKS].read(read_sheet, request[OWNER], at)
    return await show(
        request,
        "owner/ideas.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        sheet=sheet,
        weekdays=WEEKDAYS,
        hours=HOURS,
        proposed=IdeaTime(day=DAY_PROPOSED, hour=HOUR_PROPOSED),
        wrong=wrong,
    )
