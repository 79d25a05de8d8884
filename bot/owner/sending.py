"""보내기: from an idea to booked news in two taps, with a preview between them."""

import re
from dataclasses import replace

from bot.hearing.owner_words import OwnerMeaning, news_in, understand_owner
from bot.hearing.whom import split_whom, whom_alone
from bot.kakao_out import Reply
from bot.owner.arranging import Arranged, arranged_in
from bot.owner.groups import called, segment_for
from bot.owner.previews import (
    BODY,
    EDIT,
    ask_again,
    drop_button,
    is_old,
    pressed_draft,
    preview,
    preview_tried,
    unfit,
)
from bot.owner.repeats import Planned, begins_with_plan, is_plan, planned_in, spoken_repeat
from bot.owner.short_money import order_in, own_max_in
from bot.owner.times import is_only_time, is_only_when, spoken
from bot.owner.timing import NOW, offer_time, segment_of, timed, try_now
from bot.owner.turns import ASKING, OwnerTurn, ask, asking, button, reply
from bot.words import say
from campaigns.booking import DryRun
from campaigns.drafts import (
    change_draft,
    choose_for_short_money,
    drop_draft,
    propose_draft,
    send_draft,
    start_draft,
)
from domain.bubbles import Text
from domain.money import format_won
from domain.people import CampaignId
from domain.refusals import Conflict, Invalid
from domain.schedule import next_time
from domain.segments import EVERYBODY, READY, Segment
from storage.queries.campaigns import find_by_form_key, find_campaign
from storage.queries.drafts import DraftView, lock_draft
from storage.queries.series import find_series_by_key

SEND_AT = re.compile(
    r"\s*(?P<when>.{2,30}?)\s*(?:보내\s*(?:줘요?|주세요)|보내기)\s*[:,]\s*(?P<news>.+)", re.DOTALL
)
"""`내일 3시에 보내줘: 식빵 20% 할인`."""

SEND_HEAD = re.compile(r"^\s*(?:소식|문자|메시지|알림)?\s*보내기\s*[:,]?\s*")


def start(turn: OwnerTurn) -> Reply:
    """`오늘 식빵 20% 할인 보내줘` is looked at right away; `보내기` alone asks what."""
    words = turn.said.words
    # A block of the bot may bring any words along.
    is_wish = understand_owner(words) is OwnerMeaning.SEND and not is_only_when(words)
    if not is_wish:
        return asking(turn, say("owner_sending", "what"), BODY, drop_button(turn))
    arranged = arranged_in(words, turn.at)
    if arranged and not arranged.rest:
        return _ask_what(turn, arranged)
    if arranged and arranged.when and (body := _news(arranged.rest)):
        return propose(turn, body, arranged.when, segment_of(turn, arranged.whom))
    segment, words = _whom(turn, words)
    if (planned := SEND_AT.fullmatch(words)) and (when := _when(turn, planned["when"])):
        return propose(turn, planned["news"], when, segment)
    if body := _news(words):
        return propose(turn, body, segment=segment)
    return asking(turn, say("owner_sending", "what"), BODY, drop_button(turn))


def _ask_what(turn: OwnerTurn, arranged: Arranged) -> Reply:
    """Whom is kept until the words come; when is asked again."""
    which = arranged.whom
    question = BODY if which is None else f"{BODY}:{READY.index(which)}"
    return asking(turn, say("owner_sending", "what_then_when"), question, drop_button(turn))


def _whom(turn: OwnerTurn, words: str) -> tuple[Segment, str]:
    """Whom the words begin with, and the rest of them."""
    found = split_whom(words)
    return (segment_for(turn, found[0]), found[1]) if found else (EVERYBODY, words)


def _when(turn: OwnerTurn, words: str) -> Planned | None:
    """None for what is no time, or is over."""
    if not (is_plan(words) or is_only_time(words, turn.at)):
        return None
    planned = planned_in(words, turn.at)
    is_over = planned is not None and planned.due_at is not None and planned.due_at <= turn.at
    return None if is_over else planned


def _news(words: str) -> str | None:
    """What customers shall read: the words without the wish to send them."""
    return news_in(SEND_HEAD.sub("", words))


def take_body(turn: OwnerTurn) -> Reply:
    """The answer to what shall be sent; whom, if that was asked before or is said now."""
    words = turn.said.words
    if which := whom_alone(words):
        said = say("owner_whom", "what", whom=say("owner_whom", f"title_{which}"))
        return asking(turn, said, f"{BODY}:{READY.index(which)}", drop_button(turn))
    segment, rest = _whom(turn, words)
    if segment == EVERYBODY:
        segment = _asked_whom(turn)
    return propose(turn, _news(rest) or rest, segment=segment)


def _asked_whom(turn: OwnerTurn) -> Segment:
    question = (turn.turn.meeting.person.asking or "").removeprefix(ASKING)
    index = question.removeprefix(f"{BODY}:")
    if not index.isdecimal() or int(index) >= len(READY):
        return EVERYBODY
    return segment_for(turn, READY[int(index)])


def propose(turn: OwnerTurn, body: str, when: Planned = NOW, segment: Segment = EVERYBODY) -> Reply:
    """A time that the words begin with may be the news' own: whether to wait for it is asked."""
    about = turn.staff_id, turn.shop_id, body
    try:
        draft = propose_draft(turn.tx, *about, due_at=when.due_at, at=turn.at)
    except Invalid as refusal:
        return ask_again(turn, refusal, BODY, body)
    changed = timed(turn, replace(draft, segment=segment), when)
    draft = change_draft(turn.tx, turn.staff_id, draft, changed, turn.at)
    named = None if when != NOW else begins_with_plan(body, turn.at)
    return offer_time(turn, draft, named[0]) if named else preview(turn, draft)


def book(turn: OwnerTurn) -> Reply:
    """Books the words of the preview that was pressed, or the newest when it was said."""
    draft = lock_draft(turn.tx, turn.staff_id)
    form_key = turn.said.form_key or (draft.form_key if draft else "")
    if known := find_by_form_key(turn.tx, turn.shop_id, form_key):
        return already(turn, known)
    if find_series_by_key(turn.tx, turn.shop_id, form_key):
        return reply(turn, say("owner_sending", "already_begun"), button(turn, "owner_series"))
    if draft is None:
        return reply(turn, say("owner_sending", "no_draft"))
    if draft.form_key != form_key:
        return preview(turn, draft, say("owner_sending", "changed"))
    if is_old(turn, draft):
        return preview(turn, draft, say("owner_sending", "shown_long_ago"))
    return _book(turn, draft)


def _book(turn: OwnerTurn, draft: DraftView) -> Reply:
    try:
        dry = try_now(turn, draft)
    except Invalid as refusal:
        return unfit(turn, draft, refusal)
    if draft.repeat:
        return _begin(turn, draft)
    if not dry.can_leave:
        return preview_tried(turn, draft, dry)  # says why not, and what can be done
    about = turn.staff_id, turn.shop_id, draft.form_key
    try:
        campaign_id = send_draft(turn.tx, *about, tried=dry, at=turn.at)
    except Conflict:
        return _idea_taken(turn, draft, dry)
    return booked(turn, campaign_id, dry)


def _begin(turn: OwnerTurn, draft: DraftView) -> Reply:
    assert draft.repeat is not None, "only what repeats itself begins"
    try:
        start_draft(turn.tx, turn.staff_id, turn.shop_id, draft, turn.at)
    except Invalid as refusal:
        return unfit(turn, draft, refusal)
    first_at = next_time(draft.repeat, turn.at)
    words = say(
        "owner_sending",
        "begun",
        when=spoken_repeat(draft.repeat),
        whom=called(turn, draft.segment),
        first=spoken(first_at, turn.at),
    )
    return replace(reply(turn, words, button(turn, "owner_series")), has_work=True)


def _idea_taken(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> Reply:
    """Somebody has sent this week's idea meanwhile: these words are news of their own now."""
    about = turn.staff_id, turn.shop_id, draft.body
    own = propose_draft(turn.tx, *about, due_at=draft.due_at, at=turn.at)
    return preview_tried(turn, own, dry, say("owner_sending", "idea_taken"))


def take_order(turn: OwnerTurn) -> Reply:
    """Who comes first where the money is not enough for everybody."""
    draft = pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    about = turn.tx, turn.staff_id, draft
    order = order_in(turn.said.words)
    return preview(turn, choose_for_short_money(*about, fair_order=order, at=turn.at))


def take_own(turn: OwnerTurn) -> Reply:
    """How much of the shop's own money this news may take, at most what was named."""
    draft = pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    about, most = (turn.tx, turn.staff_id, draft), own_max_in(turn)
    return preview(turn, choose_for_short_money(*about, own_max_jeon=most, at=turn.at))


def edit(turn: OwnerTurn) -> Reply:
    """The words are kept until new ones are written."""
    draft = pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    bubbles = Text(say("owner_sending", "edit")), Text(draft.body)
    return ask(turn, bubbles, EDIT, drop_button(turn, draft))


def take_edit(turn: OwnerTurn) -> Reply:
    """New words in the place of the old: whom, when and the idea stay."""
    draft = lock_draft(turn.tx, turn.staff_id)
    if draft is None:
        return take_body(turn)
    body = _news(turn.said.words) or turn.said.words
    about = turn.staff_id, turn.shop_id, body
    try:
        fresh = propose_draft(
            turn.tx, *about, due_at=draft.due_at, idea_id=draft.idea_id, at=turn.at
        )
    except Invalid as refusal:
        return ask_again(turn, refusal, EDIT, body)
    kept = {"segment": draft.segment, "repeat": draft.repeat, "keeps_day": draft.keeps_day}
    changed = change_draft(turn.tx, turn.staff_id, fresh, replace(fresh, **kept), turn.at)  # type: ignore[arg-type]  # by name
    return preview(turn, changed)


def drop(turn: OwnerTurn) -> Reply:
    drop_draft(turn.tx, turn.staff_id, turn.said.form_key)
    return reply(turn, say("owner_sending", "dropped"))


def explain_refusal(turn: OwnerTurn) -> Reply:
    """The button of the preview: under the real news it refuses at once."""
    draft = lock_draft(turn.tx, turn.staff_id)
    words = say("owner_sending", "refusal_shown")
    return preview(turn, draft, words) if draft else reply(turn, words)


def booked(turn: OwnerTurn, campaign_id: CampaignId, dry: DryRun) -> Reply:
    is_now = dry.leaves_at <= turn.at
    words = say(
        "owner_sending",
        "booked",
        people=dry.reached,
        missed=dry.people - dry.reached,
        cost=format_won(dry.cost_jeon),
        leaves="" if is_now else spoken(dry.leaves_at, turn.at),
    )
    first = (
        button(turn, "owner_results") if is_now else button(turn, "owner_cancel", about=campaign_id)
    )
    return replace(reply(turn, words, first), has_work=True)


def already(turn: OwnerTurn, campaign_id: CampaignId) -> Reply:
    campaign = find_campaign(turn.tx, turn.shop_id, campaign_id)
    assert campaign is not None, "it was found by its key"
    leaves = spoken(campaign.due_at, turn.at) if campaign.due_at > turn.at else ""
    first = (
        button(turn, "owner_cancel", about=campaign_id) if leaves else button(turn, "owner_results")
    )
    return reply(turn, say("owner_sending", "already", leaves=leaves), first)
