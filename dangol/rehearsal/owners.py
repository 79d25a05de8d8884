"""What owners do on a day: send, take the weekly idea or forget it, cancel, stop everything."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from campaigns.booking import Draft, book_campaign, cancel_campaign
from campaigns.drafts import propose_draft, send_draft
from campaigns.ideas import find_idea_now, take_idea
from campaigns.series import end_series, list_lines, start_series
from campaigns.stopping import pause_campaign, resume_campaign, stop_all, stop_campaign
from dangol.rehearsal.scene import Scene
from dangol.rehearsal.values import Part, Place
from domain.campaigns import BubbleKind, SenderName
from domain.money import Jeon, won
from domain.occasions import BLANK, has_blank
from domain.people import CampaignId
from domain.refusals import Conflict
from domain.schedule import Every, Repeat
from domain.segments import EVERYBODY, Condition, Segment, What
from domain.subsidy import FairOrder
from domain.time import kst_instant
from storage.desk import Tx
from subsidy.pairing import make_pairing_code

FORGETS = 0.8
"""A year after the training one merchant in five still sent (programme-and-law.md 1.6): an owner
who is left alone sends in so many weeks not.
"""

TAKES = 0.9
WORDS = (
    "#{고객명}님, 오늘 3시에 식빵 나와요",
    "비 오는 날엔 따뜻한 팥죽이에요",
    "이번 주 새로 나온 쑥떡이에요",
    "내일은 쉬어요, 오늘 들러 주세요",
    "주말에 딸기가 들어와요",
)
OWN_MAX = won(10_000)
MONDAY, THURSDAY = 0, 3
UNSURE_EVERY_DAYS = 4

SERIES: Final[Sequence[tuple[Segment, Repeat]]] = (
    (EVERYBODY, Repeat(every=Every.WEEK, clock_time=time(15), weekday=THURSDAY)),
    (
        Segment(event=Condition(What.SEEN_DAYS_AGO, 10)),
        Repeat(every=Every.DAY, clock_time=time(9, 30)),
    ),
    (
        Segment(event=Condition(What.JOINED_DAYS_AGO, 1)),
        Repeat(every=Every.DAY, clock_time=time(10, 30)),
    ),
)
"""Every Thursday; ten days after a last visit; the day after somebody joined."""

Deed = tuple[datetime, str, Place]


def deeds(scene: Scene, day: date) -> Iterator[Deed]:
    """When which owner does what today; looked at in the morning. Series need nobody."""
    for place in scene.places:
        rng = _chance(scene, place, day, "day")
        minutes = timedelta(minutes=rng.randint(0, 30))
        match place.part:
            case Part.NUDGED:
                yield kst_instant(day, time(11)) + minutes, "take", place
            case Part.ALONE if _remembers(scene, place, day):
                yield kst_instant(day, time(14)) + minutes, "send", place
            case Part.WEEKLY if day.weekday() in (MONDAY, THURSDAY):
                is_late = day.weekday() == MONDAY  # in the day's last minutes (K1: 20:50)
                at = time(20, 44) if is_late else time(14, 30)
                yield kst_instant(day, at) + minutes * (not is_late), "send", place
            case Part.UNSURE:
                yield kst_instant(day, time(20, 30)), "resume", place
                if day.toordinal() % UNSURE_EVERY_DAYS == 0:
                    yield kst_instant(day, time(16)) + minutes, "waver", place


def _chance(scene: Scene, place: Place, day: date, what: str) -> random.Random:
    return random.Random(  # noqa: S311 - a story, not a secret
        f"{scene.options.seed}:owner:{place.index}:{what}:{day.isoformat()}"
    )


def _remembers(scene: Scene, place: Place, day: date) -> bool:
    """One day of a week in which they remember."""
    monday = day - timedelta(days=day.weekday())
    rng = _chance(scene, place, monday, "week")
    return rng.random() >= FORGETS and rng.randrange(7) == day.weekday()


async def pair(scene: Scene, place: Place) -> None:
    """This owner's own phone, on which the idea is told."""
    number = place.index + 1
    owner = scene.world.add_person(
        person_id=f"owner{number}",
        name="사장님",
        phone=f"0109{number:07d}",
        app_user_id=f"5{number}",
    )
    scene.world.add_friend(owner.person_id, place.bot_id)
    code = await scene.write(make_pairing_code, place.owner_id, scene.clock.tick())
    scene.listen(await scene.kakao.say(owner.person_id, place.bot_id, code.digits))


async def take(scene: Scene, place: Place) -> None:
    """The idea that waits, by one tap, its blanks filled; now and then it is left lying."""
    at = scene.clock.tick()
    idea = await scene.books.read(find_idea_now, place.shop_id, at)
    if idea is None or _chance(scene, place, idea.week, "idea").random() >= TAKES:
        return
    try:
        await scene.write(_take, place, at=at)
    except Conflict as refusal:
        _note_refusal(scene, place, refusal)
    else:
        scene.diary.note("booked", place.index)


def _take(tx: Tx, place: Place, *, at: datetime) -> CampaignId:
    idea = find_idea_now(tx, place.shop_id, at)
    assert idea is not None, "nobody else takes this shop's ideas"
    if not has_blank(idea.body):
        return take_idea(tx, place.owner_id, place.shop_id, idea.idea_id, at=at)
    body = BLANK.sub("빵", idea.body)
    owner = place.owner_id, place.shop_id
    draft = propose_draft(tx, *owner, body, idea_id=idea.idea_id, at=at)
    return send_draft(tx, *owner, draft.form_key, at=at)


async def send(scene: Scene, place: Place) -> CampaignId | None:
    """News in the owner's own words; None when it cannot be booked."""
    at = scene.clock.tick()
    draft = _draft(place, at)
    try:
        key = f"{place.index}:{at.isoformat()}"
        campaign_id = await scene.write(
            book_campaign, place.shop_id, draft, form_key=key, staff_id=place.owner_id, at=at
        )
    except Conflict as refusal:
        _note_refusal(scene, place, refusal)
        return None
    scene.diary.note("booked", place.index)
    return campaign_id


def _draft(place: Place, at: datetime) -> Draft:
    is_brand = place.part is Part.WEEKLY
    week = at.isocalendar().week
    return Draft(
        sender=SenderName.SOLAPI if is_brand else SenderName.KAKAO_EVENT,
        bubble=BubbleKind.TEXT if is_brand else BubbleKind.LIST,
        body=WORDS[(week + place.index + at.day) % len(WORDS)],
        own_max_jeon=OWN_MAX if is_brand else Jeon(0),
        fair_order=FairOrder.NEWEST if is_brand else None,
        due_at=at + timedelta(hours=3) if place.part is Part.UNSURE else None,
    )


async def waver(scene: Scene, place: Place) -> None:
    """Books for the evening and thinks better of it: cancels at once, or while it leaves pauses
    it for a while, stops it, or stops everything.
    """
    campaign_id = await send(scene, place)
    if campaign_id is None:
        return
    rng = _chance(scene, place, scene.clock.now().date(), "waver")
    match rng.randrange(5):
        case 0:
            await _cancel(scene, place, campaign_id)
        case 1:
            scene.before_next[place.shop_id] = partial(_pause, scene, place, campaign_id)
        case 2:
            scene.before_next[place.shop_id] = partial(_stop, scene, place, campaign_id)
        case 3:
            scene.before_next[place.shop_id] = partial(_stop_all, scene, place)
        case _:
            return


async def _cancel(scene: Scene, place: Place, campaign_id: CampaignId) -> None:
    at = scene.clock.tick()
    await scene.write(cancel_campaign, place.shop_id, campaign_id, actor=place.owner, at=at)
    scene.diary.note("canceled", place.index)


async def _pause(scene: Scene, place: Place, campaign_id: CampaignId) -> None:
    """Nothing leaves from here on; in the evening's round it goes on, if there is still time."""
    at = scene.clock.tick()
    await scene.write(pause_campaign, place.shop_id, campaign_id, actor=place.owner, at=at)
    scene.diary.note("paused", place.index)
    scene.paused[place.shop_id] = campaign_id


async def resume(scene: Scene, place: Place) -> None:
    """What this owner has paused goes on, or is stopped where it is too late."""
    campaign_id = scene.paused.pop(place.shop_id, None)
    if campaign_id is None:
        return
    at = scene.clock.tick()
    try:
        await scene.write(resume_campaign, place.shop_id, campaign_id, actor=place.owner, at=at)
        scene.diary.note("resumed", place.index)
    except Conflict as refusal:
        _note_refusal(scene, place, refusal)
        if refusal.reason in ("too_late", "closed"):
            await _stop(scene, place, campaign_id)


async def _stop(scene: Scene, place: Place, campaign_id: CampaignId) -> None:
    at = scene.clock.tick()
    await scene.write(stop_campaign, place.shop_id, campaign_id, actor=place.owner, at=at)
    scene.diary.note("stopped", place.index)


async def _stop_all(scene: Scene, place: Place) -> None:
    """전부 멈춤: what has not left stays here."""
    at = scene.clock.tick()
    await scene.write(stop_all, place.shop_id, actor=place.owner, at=at)
    scene.diary.note("stopped_all", place.index)


async def begin_series(scene: Scene, place: Place) -> None:
    """On the first day, all of them at once."""
    for number, (segment, repeat) in enumerate(SERIES):
        at = scene.clock.tick()
        draft = replace(_draft(place, at), body=WORDS[number], segment=segment)
        try:
            await scene.write(
                start_series,
                place.shop_id,
                draft,
                repeat,
                form_key=f"series:{place.index}:{number}",
                staff_id=place.owner_id,
                at=at,
            )
            scene.diary.note("series", place.index)
        except Conflict as refusal:
            _note_refusal(scene, place, refusal)


async def end_all_series(scene: Scene, place: Place) -> None:
    """On the last day, so that a life has an end."""
    at = scene.clock.tick()
    for line in await scene.books.read(list_lines, place.shop_id, at):
        series_id = line.view.series_id
        await scene.write(end_series, place.shop_id, series_id, actor=place.owner, at=at)


def _note_refusal(scene: Scene, place: Place, refusal: Conflict) -> None:
    """Honestly told no: no audience, no money, too late. Counted, for somebody will ask."""
    scene.diary.note(f"told_no_{refusal.reason}", place.index)
