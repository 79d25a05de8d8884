"""Whom news may be for: how many those are while the owner chooses, and a shop's own segments."""

from collections.abc import Mapping

from aiohttp import web

from campaigns.segments import drop_segment, keep_segment
from campaigns.ways import rank_ways
from console.answers import html, say, see_other, show
from console.forms import new_key, read_form
from console.headers import with_scripts
from console.keys import BOOKS, NOW, OWNER, SETTINGS
from console.owner.people_chosen import (
    OWN_CHOICE,
    PeopleSheet,
    PeopleWords,
    own_segment,
    people_words,
    read_people_sheet,
)
from console.owner.shapes import carrier_of
from console.owner.words import key_of
from console.pages import render
from domain.campaigns import SenderName
from domain.people import OwnSegmentId
from domain.refusals import Invalid


async def show_count(request: web.Request) -> web.Response:
    """Only how many, and what it costs: for the sending page while somebody chooses."""
    form = await read_form(request)
    ranked = await request.app[BOOKS].read(
        rank_ways, request[OWNER].shop_id, request.app[SETTINGS].senders, request.app[NOW]()
    )
    carrier = carrier_of(form.text("way"), form.text("sender"), ranked)
    sender = carrier.sender if carrier else SenderName.KAKAO_EVENT
    whom = await _sheet(request, people_words(form), sender)
    return html(render("owner/send_count.html", whom=whom))


async def show_segments(request: web.Request) -> web.Response:
    return await _show(request, PeopleWords(), {})


async def keep(request: web.Request) -> web.Response:
    """`look` only counts them."""
    form, owner, at = await read_form(request), request[OWNER], request.app[NOW]()
    words = people_words(form)
    name = form.text("segment_name")
    if form.text("look"):
        return await _show(request, words, {}, name)
    try:
        await request.app[BOOKS].write(
            keep_segment,
            owner.shop_id,
            own_segment(words),
            name=name,
            form_key=_form_key(words, name, form.text("key")),
            actor=owner.actor,
            at=at,
        )
    except Invalid as refusal:
        return await _show(request, words, refusal.fields, name)
    await say(request, "segment_kept")
    return see_other("/owner/segments")


def _form_key(words: PeopleWords, name: str, key: str) -> str:
    """Equal only for the same conditions under the same name: changed after Back, they are new."""
    return key_of("segment", name, *(part for pair in words.kept for part in pair), key)


async def drop(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    segment_id = OwnSegmentId(int(request.match_info["id"]))
    await request.app[BOOKS].write(
        drop_segment, owner.shop_id, segment_id, actor=owner.actor, at=at
    )
    await say(request, "segment_dropped")
    return see_other("/owner/segments")


async def _sheet(request: web.Request, words: PeopleWords, sender: SenderName) -> PeopleSheet:
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    return await request.app[BOOKS].read(read_people_sheet, shop_id, words, sender, at)


async def _show(
    request: web.Request, words: PeopleWords, wrong: Mapping[str, str], name: str = ""
) -> web.Response:
    people = PeopleWords({**words.texts, "who": OWN_CHOICE})
    form = await read_form(request) if request.method == "POST" else None
    page = await show(
        request,
        "owner/segments.html",
        status=422 if wrong else 200,
        people=people,
        whom=await _sheet(request, people, SenderName.KAKAO_EVENT),
        is_counted=bool(words.text("s0_what")),
        name=name,
        wrong=wrong,
        key=form.text("key") if form else new_key(),
    )
    return with_scripts(page)
