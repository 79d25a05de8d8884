"""One story, lived over real HTTP: someone joins and gets a stamp, the owner sends, everyone
gets it once.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.door import SEEN_AFTER_SECONDS
from campaigns.booking import Draft, book_campaign
from campaigns.invariants import check_invariants
from campaigns.results import Result, campaign_result
from campaigns.segments import count_people
from campaigns.series import BOOKED_AHEAD, end_series, start_series
from campaigns.stopping import stop_campaign
from campaigns.worker import SENDING_AT_ONCE
from dangol.browser import Browser
from dangol.demo import Options, Stage, open_stage
from dangol.reading import is_marked
from dangol.stage import free_port
from dangol.street import OpenShop
from domain.campaigns import CHUNK_SIZE, BubbleKind, CampaignState, SenderName
from domain.cards import NEEDED_DEFAULT
from domain.people import CampaignId, Role, RunId
from domain.schedule import Every, Repeat
from domain.segments import EVERYBODY, Condition, Segment, What
from domain.time import KAKAO_DAY, in_kst
from simulator.faults import Fault
from storage.desk import Tx
from storage.queries.results import find_run
from storage.queries.series import list_times
from subsidy.invitations import invite
from subsidy.money import shop_money

P = ParamSpec("P")
T = TypeVar("T")

WORDS = "#{고객명}님, 오늘 3시 식빵 나와요"
SHAPES: Mapping[SenderName, str] = {SenderName.KAKAO_EVENT: "picture", SenderName.SOLAPI: "list"}
CODE = re.compile(r"(?<!\d)(\d{2}) (\d{2})(?!\d)")
FIRST_STAMP = f"1 / {NEEDED_DEFAULT}개"
NUMBER_KEPT = "번호를 저장했어요"
READING_SECONDS = SEEN_AFTER_SECONDS + 0.3
"""A number typed before its text can have been read is asked for again (L42)."""

WEEK = timedelta(days=7, minutes=5)
SOON = timedelta(minutes=15)
DAYS_UNSEEN = range(1, 60)
TALK = "POST /v2/bots/*/talk"
SLOW_SECONDS, FEW_REQUESTS = 0.5, 100
LEAVE_AT_ONCE = SENDING_AT_ONCE * CHUNK_SIZE[SenderName.KAKAO_EVENT]
"""So many people may get it before anybody can stop it."""

OVER = (CampaignState.FINISHED, CampaignState.STOPPED)
UNDER_WAY = (CampaignState.BOOKED, CampaignState.RUNNING, *OVER)

LOOK_EVERY_SECONDS = 0.2
PATIENCE_SECONDS = 120


class StoryError(Exception):
    """The story did not go as it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One campaign's outcome in our books, and on the handsets."""

    result: Result
    received: int
    most_per_person: int
    are_marked: bool
    are_in_hours: bool


async def check(options: Options) -> Mapping[str, Any]:
    """One whole campaign through each sender; counts, won and invariants."""
    async with open_stage(options, port=free_port(), world_port=free_port()) as stage:
        return await live_story(stage)


async def live_story(stage: Stage) -> Mapping[str, Any]:
    """Joins, sends through each sender, then what repeats itself, what follows something that
    happened, and what is stopped; waits for the money to settle, and counts.

    A week lies between two advertisements of one shop: nobody gets more.
    """
    await _join(stage)
    sent = {}
    async with Browser(stage.address) as owner:
        await _come_in(stage, owner)
        await _stamp(stage, owner)
        sent[SenderName.KAKAO_EVENT.value] = await _send(stage, owner, SenderName.KAKAO_EVENT)
    sent["repeating"] = await _repeat(stage)
    sent["event_driven"] = await _follow(stage)
    next_week(stage)
    async with Browser(stage.address) as owner:
        await _come_in(stage, owner)
        sent[SenderName.SOLAPI.value] = await _send(stage, owner, SenderName.SOLAPI)
    next_week(stage)
    sent["stopped"] = await _stop(stage)
    return await _outcome(stage, sent)


def next_week(stage: Stage) -> None:
    """The same hour on the next day on which the shop has had its week."""
    stage.clock.push_to(stage.now() + WEEK)


async def _join(stage: Stage) -> None:
    """A newcomer opens the chat, joins, agrees to advertising and leaves a number."""
    bot_id, kakao = stage.street.shops[0].channel.bot_id, stage.kakao
    visitor = stage.world.person(stage.visitor_id)
    stage.world.add_friend(visitor.person_id, bot_id, notify=True)
    await kakao.enter(visitor.person_id, bot_id)
    await kakao.say(visitor.person_id, bot_id, "단골 되기")
    for label in ("네, 14세 이상이에요", "네, 소식 받을래요"):
        await kakao.press_label(visitor.person_id, bot_id, label)
    await asyncio.sleep(READING_SECONDS)
    entries = await kakao.say(visitor.person_id, bot_id, visitor.phone)
    if not any(NUMBER_KEPT in f"{entry.text} {entry.content}" for entry in entries):
        raise StoryError(f"the chat broke: {entries}")


async def _come_in(stage: Stage, owner: Browser) -> None:
    """By a real invitation, as an owner does."""
    shop_id = stage.street.shops[0].shop_id
    token = await stage.house.books.write(
        invite, Role.OWNER, shop_id=shop_id, name="김사장", at=stage.now()
    )
    await owner.open(f"/join/{token}")
    await owner.submit(f"/join/{token}", {})


async def _stamp(stage: Stage, owner: Browser) -> None:
    """The newcomer asks for a number, the owner types it, the chat shows the card."""
    shown = await _say(stage, "도장 받기")
    code = CODE.search(shown)
    if code is None:
        raise StoryError(f"no number was shown: {shown}")
    await owner.open("/owner/counter")
    await owner.submit("/owner/counter", {"who": "".join(code.groups())})
    card = await _say(stage, "내 도장")
    if FIRST_STAMP not in card:
        raise StoryError(f"the stamp is not on the card: {card}")


async def _say(stage: Stage, words: str) -> str:
    """What the chat answers the newcomer, as text."""
    bot_id = stage.street.shops[0].channel.bot_id
    entries = await stage.kakao.say(stage.visitor_id, bot_id, words)
    return " ".join(f"{one.text} {one.content}" for one in entries if one.via == "reply")


async def _send(stage: Stage, owner: Browser, sender: SenderName) -> Sent:
    await owner.open("/owner/send")
    fields = {"body": WORDS, "way": SHAPES[sender], "sender": sender, "when": "now"}
    await owner.submit("/owner/send", fields)
    await owner.submit("/owner/campaigns", {})
    campaign_id = CampaignId(int(owner.url.rsplit("/", 1)[-1]))
    return await _wait(stage, stage.street.shops[0], campaign_id)


async def _repeat(stage: Stage) -> Sent:
    """The second shop's news goes out every day at a time that is near."""
    shop = stage.street.shops[1]
    soon = in_kst(stage.now() + SOON).time().replace(second=0, microsecond=0)
    return await _wait_for_series(stage, shop, EVERYBODY, soon)


async def _follow(stage: Stage) -> Sent:
    """The third shop writes to whom it has not seen for so many days, on that day."""
    shop = stage.street.shops[2]
    soon = in_kst(stage.now() + SOON).time().replace(second=0, microsecond=0)
    for days in DAYS_UNSEEN:
        segment = Segment(event=Condition(What.SEEN_DAYS_AGO, days))
        counted = await stage.house.books.read(count_people, shop.shop_id, segment, stage.now())
        if counted.people:
            return await _wait_for_series(stage, shop, segment, soon)
    raise StoryError("the third shop has no regulars who stay away")


async def _wait_for_series(stage: Stage, shop: OpenShop, segment: Segment, at: time) -> Sent:
    draft = Draft(
        sender=SenderName.KAKAO_EVENT, bubble=BubbleKind.LIST, body=WORDS, segment=segment
    )
    series_id = await stage.house.books.write(
        start_series,
        shop.shop_id,
        draft,
        Repeat(every=Every.DAY, clock_time=at),
        form_key=f"story:{shop.shop_id}",
        staff_id=shop.owner_id,
        at=stage.now(),
    )
    stage.clock.push_to(stage.now() + SOON - BOOKED_AHEAD)
    await stage.house.worker.sweep()  # for the jobs of PostgreSQL no minute has passed
    times = await _look_until(stage, list_times, shop.shop_id, series_id)
    stage.clock.push_to(stage.now() + SOON)
    sent = await _wait(stage, shop, times[0][0])
    await stage.house.books.write(
        end_series, shop.shop_id, series_id, actor=f"owner:{shop.owner_id}", at=stage.now()
    )
    return sent


async def _look_until(
    stage: Stage, look: Callable[Concatenate[Tx, P], T | None], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """What is read, as soon as there is something."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if found := await stage.house.books.read(look, *args, **kwargs):
                return found
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _stop(stage: Stage) -> Sent:
    """Kakao answers slowly, and after the first handset has it the owner stops it."""
    shop = stage.street.shops[0]
    stage.faults.arm(Fault(endpoint=TALK, kind="slow", times=FEW_REQUESTS, seconds=SLOW_SECONDS))
    draft = Draft(sender=SenderName.KAKAO_EVENT, bubble=BubbleKind.LIST, body=WORDS)
    campaign_id = await stage.house.books.write(
        book_campaign,
        shop.shop_id,
        draft,
        form_key="story:stopped",
        staff_id=shop.owner_id,
        at=stage.now(),
    )
    await _first_arrival(stage, len(stage.world.handset))
    await stage.house.books.write(
        stop_campaign,
        shop.shop_id,
        campaign_id,
        actor=f"owner:{shop.owner_id}",
        at=stage.now(),
    )
    sent = await _wait(stage, shop, campaign_id)
    if not sent.result.canceled and sent.result.recipients > LEAVE_AT_ONCE:
        raise StoryError("it was stopped, and yet it went to everybody")
    return sent


async def _first_arrival(stage: Stage, before: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if len(stage.world.handset) > before:
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS / 10)


async def _wait(stage: Stage, shop: OpenShop, campaign_id: CampaignId) -> Sent:
    """Until everybody's message has come to its end, in our books and on the handsets."""

    def look(tx: Tx) -> tuple[Result, RunId] | None:
        result = campaign_result(tx, shop.shop_id, campaign_id)
        if result.state not in UNDER_WAY:
            raise StoryError(f"the campaign is {result.state}")
        run = find_run(tx, shop.shop_id, campaign_id)
        is_over = result.state in OVER and not result.waiting and not result.held_jeon
        return (result, run.run_id) if run and is_over else None

    result, run_id = await _look_until(stage, look)
    per_person = stage.world.handset.deliveries("run", str(run_id))
    arrived = [
        one for one in stage.world.handset.all_deliveries() if one.tags.get("run") == str(run_id)
    ]
    plan = shop.plan
    return Sent(
        result=result,
        received=len(per_person),
        most_per_person=max(per_person.values(), default=0),
        are_marked=all(is_marked(one.shown_text, plan.name, plan.contact) for one in arrived),
        are_in_hours=all(KAKAO_DAY.contains(one.at) for one in arrived),
    )


async def _outcome(stage: Stage, sent: Mapping[str, Sent]) -> Mapping[str, Any]:
    shop_id = stage.street.shops[0].shop_id
    money = await stage.house.books.read(shop_money, shop_id, stage.now())
    found = await stage.house.books.read(check_invariants)
    results = [one.result for one in sent.values()]
    refused: dict[str, int] = {}
    for result in results:
        for rule, count in result.refused.items():
            refused[rule] = refused.get(rule, 0) + count
    return {
        "recipients": sum(result.recipients for result in results),
        "delivered": sum(result.delivered for result in results),
        "failed": sum(result.failed for result in results),
        "refused": refused,
        "granted_jeon": money.granted_jeon,
        "held_jeon": money.held_jeon,
        "spent_jeon": money.spent_jeon,
        "left_jeon": money.left_jeon,
        "campaigns": {name: _facts(one) for name, one in sent.items()},
        "invariants": _kept(found, sent),
        "violations": {name: wrong for name, wrong in found.items() if wrong},
    }


def _facts(sent: Sent) -> Mapping[str, Any]:
    result = sent.result
    return {
        "recipients": result.recipients,
        "delivered": result.delivered,
        "failed": result.failed,
        "refused": dict(result.refused),
        "canceled": result.canceled,
        "waiting": result.waiting,
        "unknown": result.unknown,
        "held_jeon": result.held_jeon,
        "spent_jeon": result.spent_jeon,
        "handsets": sent.received,
        "most_per_handset": sent.most_per_person,
    }


def _kept(found: Mapping[str, list[str]], sent: Mapping[str, Sent]) -> Mapping[str, bool]:
    """The books' own word, and for I4, I5, I7 and I8 the handsets' as well."""
    kept = {name: not wrong for name, wrong in found.items()}
    for one in sent.values():
        counts = one.result
        parts = counts.delivered + counts.failed + counts.refused_total + counts.canceled
        adds_up = counts.recipients == parts + counts.waiting + counts.unknown
        kept["I4"] &= adds_up and one.received == counts.delivered
        kept["I5"] &= one.most_per_person <= 1
        kept["I7"] &= one.are_in_hours
        kept["I8"] &= one.are_marked
    return kept
