"""One story, lived over real HTTP: someone joins and gets a stamp, the owner sends, everyone
gets it once.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.door import SEEN_AFTER_SECONDS
from campaigns.invariants import check_invariants
from campaigns.results import Result, campaign_result
from dangol.browser import Browser
from dangol.demo import Options, Stage, open_stage
from dangol.stage import free_port
from domain.campaigns import CampaignState, SenderName
from domain.cards import NEEDED_DEFAULT
from domain.compliance import AD_MARK, REFUSE_LABEL
from domain.people import CampaignId, Role
from domain.time import KAKAO_DAY
from storage.desk import Tx
from storage.queries.results import find_run
from subsidy.invitations import invite
from subsidy.money import shop_money

WORDS = "#{고객명}님, 오늘 3시 식빵 나와요"
WAYS: Mapping[SenderName, str] = {SenderName.KAKAO_EVENT: "picture", SenderName.SOLAPI: "text"}
CODE = re.compile(r"(?<!\d)(\d{2}) (\d{2})(?!\d)")
FIRST_STAMP = f"1 / {NEEDED_DEFAULT}개"
NUMBER_KEPT = "번호를 저장했어요"
READING_SECONDS = SEEN_AFTER_SECONDS + 0.3
"""A number typed before its text can have been read is asked for again (L42)."""

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
    """Joins, sends through each sender, waits for the money to settle, and counts."""
    await _join(stage)
    async with Browser(stage.address) as owner:
        await _come_in(stage, owner)
        await _stamp(stage, owner)
        sent = {sender: await _send(stage, owner, sender) for sender in SenderName}
    return await _outcome(stage, sent)


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
    fields = {"body": WORDS, "way": WAYS[sender], "when": "now"}
    await owner.submit("/owner/send", fields)
    await owner.submit("/owner/campaigns", {})
    campaign_id = CampaignId(int(owner.url.rsplit("/", 1)[-1]))
    result, run_id = await _wait(stage, campaign_id)
    per_person = stage.world.handset.deliveries("run", str(run_id))
    arrived = [
        one for one in stage.world.handset.all_deliveries() if one.tags.get("run") == str(run_id)
    ]
    plan = stage.street.shops[0].plan
    return Sent(
        result=result,
        received=len(per_person),
        most_per_person=max(per_person.values(), default=0),
        are_marked=all(_is_marked(one.shown_text, plan.name, plan.contact) for one in arrived),
        are_in_hours=all(KAKAO_DAY.contains(one.at) for one in arrived),
    )


def _is_marked(text: str, name: str, contact: str) -> bool:
    """What a person reads: mark first, name and contact, the free way to refuse last (I8).

    On a brand message the platform may write its own way to refuse below ours.
    """
    lines = text.strip().splitlines()
    has_sign = name in text and contact in text
    return lines[0].startswith(AD_MARK) and has_sign and REFUSE_LABEL in lines[-1]


async def _wait(stage: Stage, campaign_id: CampaignId) -> tuple[Result, int]:
    shop_id = stage.street.shops[0].shop_id

    def look(tx: Tx) -> tuple[Result, int | None]:
        run = find_run(tx, shop_id, campaign_id)
        return campaign_result(tx, shop_id, campaign_id), run.run_id if run else None

    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            result, run_id = await stage.house.books.read(look)
            if result.state is CampaignState.FINISHED and run_id is not None:
                return result, run_id
            if result.state not in (CampaignState.BOOKED, CampaignState.RUNNING):
                raise StoryError(f"the campaign is {result.state}")
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _outcome(stage: Stage, sent: Mapping[SenderName, Sent]) -> Mapping[str, Any]:
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
        "campaigns": {sender: _facts(one) for sender, one in sent.items()},
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


def _kept(found: Mapping[str, list[str]], sent: Mapping[SenderName, Sent]) -> Mapping[str, bool]:
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
