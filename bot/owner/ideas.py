"""아이디어: one ready message a week, said before the answer, and sent by a tap alone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.hearing.meanings import Meaning
from bot.hearing.spelling import squeezed
from bot.kakao_out import Reply
from bot.owner import previews, sending
from bot.owner.halted import halt_line
from bot.owner.short_money import again_day
from bot.owner.times import WEEKDAYS, is_only_when, spoken, spoken_hour, time_in
from bot.owner.turns import OwnerTurn, ask, button, fitted, own_seats, reply, with_row
from bot.replies.limits import OUTPUTS_MAX
from bot.turns import Turn
from bot.words import say
from campaigns.fairness import own_offer
from campaigns.ideas import (
    ShownIdea,
    change_idea,
    choose_time,
    find_idea_now,
    show_idea,
    skip_idea,
    take_idea,
)
from domain.bubbles import Button, Text
from domain.ideas import DAY_PROPOSED, GOOD_FOR, HOUR_PROPOSED, IdeaState, IdeaTime
from domain.money import format_won
from domain.occasions import week_of
from domain.people import IdeaId, Role
from domain.refusals import Conflict, Invalid
from domain.time import in_kst, kst_instant
from storage.queries.drafts import DraftView
from storage.queries.ideas import (
    IdeaView,
    find_idea,
    get_time,
    list_ideas_since,
    note_asked_once,
    say_idea_once,
)
from storage.queries.staff_chats import list_seats

IDEA, WHEN = "idea", "idea_when"
OWN = "owner_idea"
EVERY_WEEK = re.compile(r"매주|마다|^\s*(?:네|예)[,. ]")
"""What may stand around a weekday, as in `매주 화요일 10시`."""

LABELS: Mapping[str, str] = {
    "이대로보내기": "owner_idea_send",
    "이대로보내": "owner_idea_send",
    "이대로보내줘": "owner_idea_send",
    "고치기": "owner_idea_edit",
    "이번주는쉬기": "owner_idea_skip",
    "이번주는쉴게": "owner_idea_skip",
    "이번주는쉴게요": "owner_idea_skip",
    "이번주쉬기": "owner_idea_skip",
}
"""The buttons under an idea, typed. A bare yes sends nothing: it may be meant for the answer."""


WHEN_LABELS: Mapping[str, str] = {
    squeezed(say("owner_buttons", name)): name
    for name in ("owner_idea_yes", "owner_idea_when", "owner_idea_no")
}


def say_first(turn: Turn, answer: Reply) -> Reply:
    """The answer with this week's idea before it, once; where there is no room, next time.

    Who has not been asked yet is asked, once, if they want ideas.
    """
    if answer.question or answer.stands_alone or len(answer.bubbles) >= OUTPUTS_MAX:
        return answer
    for seat in list_seats(turn.tx, turn.customer_id):
        if seat.role is Role.OWNER and (first := _first(OwnerTurn(turn, seat))):
            return _before(first, answer)
    return answer


def is_there(turn: Turn) -> bool:
    """Whether an idea waits in a shop of theirs, said before or not."""
    return any(
        find_idea_now(turn.tx, seat.shop_id, turn.at) is not None
        for seat in own_seats(turn)
        if seat.role is Role.OWNER and turn.said.shop_id in (None, seat.shop_id)
    )


def show(turn: OwnerTurn) -> Reply:
    """This week's idea, however often they ask; else when the next one comes."""
    idea = find_idea_now(turn.tx, turn.shop_id, turn.at)
    if idea:
        return _shown(turn, idea)
    chosen, _ = get_time(turn.tx, turn.shop_id)
    if chosen.day is None:
        return _offer(turn, say("owner_ideas", "never"))
    words = say("owner_ideas", _why_none(turn), **_time_facts(turn, chosen))
    return reply(turn, words, button(turn, "owner_idea_when"), button(turn, "owner_idea_no"))


def send(turn: OwnerTurn) -> Reply:
    """Pressed again, or by another owner, it is the same message."""
    idea = _meant(turn)
    if idea is None:
        return reply(turn, say("owner_ideas", "over"))
    if idea.campaign_id is not None:
        return sending.already(turn, idea.campaign_id)
    shown = _look(turn, idea)
    if _may_choose(shown) or (shown.dry and halt_line(turn)):
        return _as_draft(turn, idea, previews.preview)
    about = turn.staff_id, turn.shop_id, idea.idea_id
    try:
        campaign_id = take_idea(turn.tx, *about, tried=shown.dry, at=turn.at)
    except Conflict as refusal:
        # Nobody to write to or no money: the idea itself says which.
        return _refused(turn, refusal) or _told(turn, shown)
    assert shown.dry is not None, "what has a blank is not taken"
    return sending.booked(turn, campaign_id, shown.dry)


def change(turn: OwnerTurn) -> Reply:
    idea = _meant(turn)
    if idea is None:
        return reply(turn, say("owner_ideas", "over"))
    return _as_draft(turn, idea, lambda turn, _: sending.edit(turn))


def _as_draft(
    turn: OwnerTurn, idea: IdeaView, show_draft: Callable[[OwnerTurn, DraftView], Reply]
) -> Reply:
    """The idea's words are news of the owner's own from here on."""
    about = turn.staff_id, turn.shop_id, idea.idea_id
    try:
        draft, replaced = change_idea(turn.tx, *about, at=turn.at)
    except Conflict as refusal:
        return _settled(turn, refusal)
    asked = show_draft(turn, draft)
    if replaced is None:
        return asked
    lost = Text(say("owner_ideas", "replaced", words=replaced.body))
    return replace(asked, bubbles=(lost, *asked.bubbles))


def skip(turn: OwnerTurn) -> Reply:
    idea = _meant(turn)
    if idea is None:
        return reply(turn, say("owner_ideas", "over"))
    try:
        skip_idea(turn.tx, turn.shop_id, idea.idea_id, actor=turn.actor, at=turn.at)
    except Conflict as refusal:
        return _settled(turn, refusal)
    return reply(turn, say("owner_ideas", "skipped"))


def accept(turn: OwnerTurn) -> Reply:
    """The day and hour that were proposed."""
    return _choose(turn, IdeaTime(day=DAY_PROPOSED, hour=HOUR_PROPOSED))


def ask_when(turn: OwnerTurn) -> Reply:
    return _ask_when(turn, say("owner_ideas", "when"))


def take_when(turn: OwnerTurn) -> Reply:
    """A weekday and an hour, pressed or said."""
    at = time_in(turn.said.words, turn.at)
    if at is None:
        return _ask_when(turn, say("owner_ideas", "which_time"))
    local = in_kst(at)
    try:
        return _choose(turn, IdeaTime(day=local.weekday(), hour=local.hour))
    except Invalid as refusal:
        return _ask_when(turn, " ".join(refusal.fields.values()))


def refuse(turn: OwnerTurn) -> Reply:
    never = IdeaTime(day=None)
    choose_time(turn.tx, turn.shop_id, never, actor=turn.actor, at=turn.at)
    return reply(turn, say("owner_ideas", "unwanted"))


def answering(turn: Turn, question: str, meaning: Meaning) -> str | None:
    """What an open question of these makes of the words; None where they are another wish."""
    bare = squeezed(turn.said.words)
    if question == IDEA:
        return LABELS.get(bare)
    if question != WHEN:
        return None
    if do := WHEN_LABELS.get(bare):
        return do
    answers = {Meaning.YES: "owner_idea_yes", Meaning.NO: "owner_idea_no"}
    has_day = any(f"{day}요일" in bare for day in WEEKDAYS)
    is_when = has_day and is_only_when(EVERY_WEEK.sub("", turn.said.words))
    return "owner_idea_at" if is_when else answers.get(meaning)


def _first(turn: OwnerTurn) -> Reply | None:
    idea = find_idea_now(turn.tx, turn.shop_id, turn.at)
    if idea and idea.state is IdeaState.WAITING:
        try:
            return _shown(turn, idea)
        except Invalid:  # the shop lacks a number: said when they ask, not before each answer
            return None
    chosen, asked_at = get_time(turn.tx, turn.shop_id)
    is_new = chosen.day is None and asked_at is None
    if is_new and note_asked_once(turn.tx, turn.shop_id, turn.at):
        return _offer(turn, say("owner_ideas", "ask"))
    return None


def _before(first: Reply, answer: Reply) -> Reply:
    """Its own buttons, then all that the answer offers."""
    own = [one for one in first.quick_replies if one.extra.get("do", "").startswith(OWN)]
    return replace(
        answer,
        bubbles=(*first.bubbles, *answer.bubbles),
        quick_replies=fitted([*own, *(one for one in answer.quick_replies if one not in own)]),
        question=first.question,
        asked_shop_id=first.asked_shop_id,
    )


def _shown(turn: OwnerTurn, idea: IdeaView) -> Reply:
    """From now on the owner has seen it."""
    shown = _look(turn, idea)
    say_idea_once(turn.tx, turn.shop_id, idea.idea_id)
    return _told(turn, shown)


def _look(turn: OwnerTurn, idea: IdeaView) -> ShownIdea:
    return show_idea(turn.tx, turn.shop_id, idea, turn.at, public_url=turn.turn.public_url)


def _told(turn: OwnerTurn, shown: ShownIdea) -> Reply:
    """With people, cost and time before the tap."""
    facts: dict[str, object] = {"why": shown.why, "words": shown.words}
    change_it, skip_it = (
        button(turn, name, about=shown.idea.idea_id)
        for name in ("owner_idea_edit", "owner_idea_skip")
    )
    if shown.dry is None:
        words = say("owner_ideas", "with_blank", **facts)
        return _asked(turn, words, IDEA, change_it, skip_it)
    dry = shown.dry
    facts |= {
        "people": dry.people,
        "again": again_day(turn, dry),
        "halt": halt_line(turn),
        "is_enough": dry.is_enough,
        "reached": dry.reached,
        "missed": dry.people - dry.reached,
        "may_choose": _may_choose(shown),
        "cost": format_won(dry.cost_jeon),
        "left": format_won(dry.left_jeon),
        "leaves": spoken(dry.leaves_at, turn.at) if dry.leaves_at > turn.at else "",
    }
    may_go = dry.can_leave or _may_choose(shown)
    send_it = (button(turn, "owner_idea_send", about=shown.idea.idea_id),) if may_go else ()
    return _asked(turn, say("owner_ideas", "idea", **facts), IDEA, *send_it, change_it, skip_it)


def _may_choose(shown: ShownIdea) -> bool:
    """Whether short money leaves its owner a choice: who comes first, or own money."""
    dry = shown.dry
    return dry is not None and not dry.is_enough and (dry.reached > 0 or own_offer(dry) > 0)


def _meant(turn: OwnerTurn) -> IdeaView | None:
    """The idea whose button was pressed, else the one that waits."""
    if turn.said.about is not None:
        return find_idea(turn.tx, turn.shop_id, IdeaId(turn.said.about))
    return find_idea_now(turn.tx, turn.shop_id, turn.at)


def _refused(turn: OwnerTurn, refusal: Conflict) -> Reply | None:
    """None where the idea could still be sent if something else were different."""
    if refusal.reason == "idea_blank":
        return change(turn)
    is_settled = refusal.reason in ("idea_over", "idea_taken")
    return _settled(turn, refusal) if is_settled else None


def _settled(turn: OwnerTurn, refusal: Conflict) -> Reply:
    if refusal.reason == "idea_taken":
        return reply(turn, say("owner_ideas", "taken"), button(turn, "owner_results"))
    return reply(turn, say("owner_ideas", "over"))


def _choose(turn: OwnerTurn, chosen: IdeaTime) -> Reply:
    known, _ = get_time(turn.tx, turn.shop_id)
    chosen = replace(chosen, is_sent=known.is_sent)
    choose_time(turn.tx, turn.shop_id, chosen, actor=turn.actor, at=turn.at)
    return reply(turn, say("owner_ideas", "chosen", **_time_facts(turn, chosen)))


def _this_week(turn: OwnerTurn) -> IdeaView | None:
    newest = next(iter(list_ideas_since(turn.tx, turn.shop_id, turn.at - GOOD_FOR)), None)
    return newest if newest and newest.week == week_of(in_kst(turn.at).date()) else None


def _why_none(turn: OwnerTurn) -> str:
    """The block that says what became of this week's."""
    idea = _this_week(turn)
    blocks = {IdeaState.TAKEN: "none_after_taken", IdeaState.SKIPPED: "none_after_skipped"}
    return blocks.get(idea.state, "none") if idea else "none"


def _time_facts(turn: OwnerTurn, chosen: IdeaTime) -> dict[str, object]:
    assert chosen.day is not None, "a time that was chosen"
    return {
        "weekday": WEEKDAYS[chosen.day],
        "hour": spoken_hour(chosen.hour),
        "next_at": spoken(_next_at(turn, chosen.day, chosen.hour), turn.at),
    }


def _next_at(turn: OwnerTurn, day: int, hour: int) -> datetime:
    """When the next idea comes: one a week, at the hour that was chosen."""
    today = in_kst(turn.at).date()
    coming = today + timedelta(days=(day - today.weekday()) % 7)
    idea = _this_week(turn)
    is_had = idea is not None and week_of(coming) == idea.week
    is_over = kst_instant(coming, time(hour)) <= turn.at
    return kst_instant(coming + timedelta(weeks=is_had or is_over), time(hour))


def _offer(turn: OwnerTurn, words: str) -> Reply:
    names = ("owner_idea_yes", "owner_idea_when", "owner_idea_no")
    return _asked(turn, words, WHEN, *(button(turn, name) for name in names))


def _ask_when(turn: OwnerTurn, words: str) -> Reply:
    days = [button(turn, "owner_idea_at", label=f"{day}요일 {HOUR_PROPOSED}시") for day in WEEKDAYS]
    return _asked(turn, words, WHEN, *days, button(turn, "owner_idea_no"))


def _asked(turn: OwnerTurn, words: str, question: str, *buttons: Button) -> Reply:
    """A question that may be passed over: the usual buttons stand behind its own."""
    return ask(turn, (Text(words),), question, *with_row(turn, *buttons))
