"""보내기: from an idea to booked news in two taps, with a preview between them."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.hearing.owner_words import OwnerMeaning, news_in, understand_owner
from bot.kakao_out import Reply
from bot.owner.short_money import order_in, own_max_in, short_choices, told
from bot.owner.times import (
    begins_with_time,
    choices,
    is_only_time,
    is_only_when,
    spoken,
    time_in,
)
from bot.owner.turns import OwnerTurn, ask, asking, button, reply
from bot.words import say
from campaigns.booking import DryRun
from campaigns.drafts import (
    choose_for_short_money,
    drop_draft,
    propose_draft,
    renew_draft,
    send_draft,
    try_draft,
)
from domain.bubbles import Action, Bubble, Button, ImageCard, ListCard, Text
from domain.money import format_won
from domain.people import CampaignId
from domain.refusals import Conflict, Invalid
from domain.time import in_kst
from storage.queries.campaigns import find_by_form_key, find_campaign
from storage.queries.drafts import DraftView, lock_draft

BODY, EDIT, PREVIEW, TIME = "body", "edit", "preview", "time"
SHOWN_FOR = timedelta(hours=1)
"""So long a preview may be said yes to, and not beyond the day: `오늘` is another day then."""

WHY = "/w/"
SEND_AT = re.compile(
    r"\s*(?P<when>.{2,30}?)\s*(?:보내\s*(?:줘요?|주세요)|보내기)\s*[:,]\s*(?P<news>.+)", re.DOTALL
)
"""`내일 3시에 보내줘: 식빵 20% 할인`."""

SEND_HEAD = re.compile(r"^\s*(?:소식|문자|메시지|알림)?\s*보내기\s*[:,]?\s*")


def start(turn: OwnerTurn) -> Reply:
    """`오늘 식빵 20% 할인 보내줘` is looked at right away; `보내기` alone asks what."""
    words = turn.said.words
    # A block of the bot may bring any words along.
    is_news = understand_owner(words) is OwnerMeaning.SEND and not is_only_when(words)
    if is_news and (planned := SEND_AT.fullmatch(words)):
        due_at = time_in(planned["when"], turn.at)
        if due_at and due_at > turn.at and is_only_time(planned["when"], turn.at):
            return propose(turn, planned["news"], due_at)
    if is_news and (body := _news(words)):
        return propose(turn, body)
    return asking(turn, say("owner_sending", "what"), BODY, _drop(turn))


def _news(words: str) -> str | None:
    """What customers shall read: the words without the wish to send them."""
    return news_in(SEND_HEAD.sub("", words))


def take_body(turn: OwnerTurn) -> Reply:
    """The answer to what shall be sent."""
    return propose(turn, _news(turn.said.words) or turn.said.words)


def propose(turn: OwnerTurn, body: str, due_at: datetime | None = None) -> Reply:
    """A time that the words begin with may be the news' own: whether to wait for it is asked."""
    about = turn.staff_id, turn.shop_id, body
    try:
        draft = propose_draft(turn.tx, *about, due_at=due_at, at=turn.at)
    except Invalid as refusal:
        return _ask_again(turn, refusal, BODY)
    named = None if due_at else begins_with_time(body, turn.at)
    if named is None or named[0] <= turn.at:
        return preview(turn, draft)
    when = spoken(named[0], turn.at)
    shown = preview(turn, draft, say("owner_sending", "time_in_words", when=when))
    wait = button(turn, "owner_at", form_key=draft.form_key, label=when)
    return replace(shown, quick_replies=(*shown.quick_replies[:1], wait, *shown.quick_replies[1:]))


def preview(turn: OwnerTurn, draft: DraftView, lead: str = "") -> Reply:
    """The card as customers will see it, what it costs, and when it leaves."""
    if _is_old(turn, draft):
        draft = renew_draft(turn.tx, turn.staff_id, draft, turn.at)
    try:
        dry = try_draft(turn.tx, turn.shop_id, draft, turn.at, public_url=turn.turn.public_url)
    except Invalid as refusal:
        return _unfit(turn, draft, refusal)
    return _preview(turn, draft, dry, lead)


def _preview(turn: OwnerTurn, draft: DraftView, dry: DryRun, lead: str = "") -> Reply:
    words = "\n\n".join(filter(None, (lead, told(turn, draft, dry))))
    names = ("owner_book", "owner_time") if dry.can_leave else ()
    go = tuple(button(turn, name, form_key=draft.form_key) for name in names)
    change = button(turn, "owner_edit", form_key=draft.form_key)
    mend = () if dry.can_leave else (button(turn, "owner_console"),)
    buttons = *go, *short_choices(turn, draft, dry), change, _drop(turn, draft), *mend
    return ask(turn, (_as_shown(turn, dry.preview), Text(words)), PREVIEW, *buttons)


def show_again(turn: OwnerTurn) -> Reply:
    """Under a preview something was said that is neither yes nor no nor another wish."""
    draft = lock_draft(turn.tx, turn.staff_id)
    if draft is None:
        return reply(turn, say("owner_sending", "no_draft"))
    return preview(turn, draft, say("owner_sending", "still_here"))


def book(turn: OwnerTurn) -> Reply:
    """Books the words of the preview that was pressed, or the newest when it was said."""
    draft = lock_draft(turn.tx, turn.staff_id)
    form_key = turn.said.form_key or (draft.form_key if draft else "")
    if known := find_by_form_key(turn.tx, turn.shop_id, form_key):
        return already(turn, known)
    if draft is None:
        return reply(turn, say("owner_sending", "no_draft"))
    if draft.form_key != form_key:
        return preview(turn, draft, say("owner_sending", "changed"))
    if _is_old(turn, draft):
        return preview(turn, draft, say("owner_sending", "shown_long_ago"))
    return _book(turn, draft)


def _book(turn: OwnerTurn, draft: DraftView) -> Reply:
    try:
        dry = try_draft(turn.tx, turn.shop_id, draft, turn.at, public_url=turn.turn.public_url)
    except Invalid as refusal:
        return _unfit(turn, draft, refusal)
    if not dry.can_leave:
        return _preview(turn, draft, dry)  # says why not, and what can be done
    about = turn.staff_id, turn.shop_id, draft.form_key
    try:
        campaign_id = send_draft(turn.tx, *about, tried=dry, at=turn.at)
    except Conflict:
        return _idea_taken(turn, draft, dry)
    return booked(turn, campaign_id, dry)


def _idea_taken(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> Reply:
    """Somebody has sent this week's idea meanwhile: these words are news of their own now."""
    about = turn.staff_id, turn.shop_id, draft.body
    own = propose_draft(turn.tx, *about, due_at=draft.due_at, at=turn.at)
    return _preview(turn, own, dry, say("owner_sending", "idea_taken"))


def take_order(turn: OwnerTurn) -> Reply:
    """Who comes first where the money is not enough for everybody."""
    draft = _pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    about = turn.tx, turn.staff_id, draft
    order = order_in(turn.said.words)
    return preview(turn, choose_for_short_money(*about, fair_order=order, at=turn.at))


def take_own(turn: OwnerTurn) -> Reply:
    """How much of the shop's own money this news may take, at most what was named."""
    draft = _pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    about, most = (turn.tx, turn.staff_id, draft), own_max_in(turn)
    return preview(turn, choose_for_short_money(*about, own_max_jeon=most, at=turn.at))


def ask_time(turn: OwnerTurn) -> Reply:
    draft = _pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    return _ask_time(turn, draft, say("owner_sending", "when"))


def take_time(turn: OwnerTurn) -> Reply:
    """The chosen time, pressed or said."""
    draft = _pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    due_at = time_in(turn.said.words, turn.at)
    if due_at is None:
        return _ask_time(turn, draft, say("owner_sending", "which_time"))
    if due_at < turn.at:
        return _ask_time(turn, draft, say("owner_sending", "time_over"))
    changed = propose_draft(
        turn.tx,
        turn.staff_id,
        turn.shop_id,
        draft.body,
        due_at=due_at if due_at > turn.at else None,
        idea_id=draft.idea_id,
        at=turn.at,
    )
    return preview(turn, changed)


def edit(turn: OwnerTurn) -> Reply:
    """The words are kept until new ones are written."""
    draft = _pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    bubbles = Text(say("owner_sending", "edit")), Text(draft.body)
    return ask(turn, bubbles, EDIT, _drop(turn, draft))


def take_edit(turn: OwnerTurn) -> Reply:
    """New words in the place of the old: time and idea stay."""
    draft = lock_draft(turn.tx, turn.staff_id)
    if draft is None:
        return take_body(turn)
    try:
        changed = propose_draft(
            turn.tx,
            turn.staff_id,
            turn.shop_id,
            _news(turn.said.words) or turn.said.words,
            due_at=draft.due_at,
            idea_id=draft.idea_id,
            at=turn.at,
        )
    except Invalid as refusal:
        return _ask_again(turn, refusal, EDIT)
    return preview(turn, changed)


def drop(turn: OwnerTurn) -> Reply:
    drop_draft(turn.tx, turn.staff_id, turn.said.form_key)
    return reply(turn, say("owner_sending", "dropped"))


def explain_refusal(turn: OwnerTurn) -> Reply:
    """The button of the preview: under the real news it refuses at once."""
    draft = lock_draft(turn.tx, turn.staff_id)
    words = say("owner_sending", "refusal_shown")
    return preview(turn, draft, words) if draft else reply(turn, words)


def _pressed_draft(turn: OwnerTurn) -> DraftView | Reply:
    """The draft that is meant; a reply where it was changed or is gone."""
    draft = lock_draft(turn.tx, turn.staff_id)
    if draft is None:
        return reply(turn, say("owner_sending", "no_draft"))
    if turn.said.form_key not in (None, draft.form_key):
        return preview(turn, draft, say("owner_sending", "changed"))
    return draft


def _is_old(turn: OwnerTurn, draft: DraftView) -> bool:
    made_at = draft.made_at
    if made_at is None:
        return False
    return turn.at - made_at > SHOWN_FOR or in_kst(made_at).date() != in_kst(turn.at).date()


def _as_shown(turn: OwnerTurn, bubble: Bubble) -> Bubble:
    """As customers see it; but under the owner's own finger its buttons only tell what they do."""
    if not isinstance(bubble, ImageCard | ListCard):
        return bubble
    shown = tuple(
        replace(
            one,
            action=Action.SAY,
            target=one.label,
            extra={"do": "owner_shown", "shop": str(turn.shop_id)},
        )
        if one.action is Action.SAY or one.target.endswith(WHY)
        else one
        for one in bubble.buttons
    )
    return replace(bubble, buttons=shown)


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


def _ask_again(turn: OwnerTurn, refusal: Invalid, question: str) -> Reply:
    sentences = " ".join(refusal.fields.values())
    words = say("owner_sending", "unfit", sentences=sentences)
    return asking(turn, words, question, _drop(turn))


def _unfit(turn: OwnerTurn, draft: DraftView, refusal: Invalid) -> Reply:
    """What the words alone cannot mend: the time, or the shop's missing telephone number."""
    if "due_at" in refusal.fields:
        return _ask_time(turn, draft, refusal.fields["due_at"])
    if "body" in refusal.fields:
        return _ask_again(turn, refusal, EDIT)
    sentences = " ".join(refusal.fields.values())
    return reply(turn, sentences, button(turn, "owner_console"))


def _ask_time(turn: OwnerTurn, draft: DraftView, words: str) -> Reply:
    times = [
        button(turn, "owner_at", form_key=draft.form_key, label=spoken(at, turn.at))
        for at in choices(turn.at)
    ]
    return asking(turn, words, TIME, *times, _drop(turn, draft))


def _drop(turn: OwnerTurn, draft: DraftView | None = None) -> Button:
    return button(turn, "owner_drop", form_key=draft.form_key if draft else None)
