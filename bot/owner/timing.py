"""When news leaves and for whom, chosen under its preview; the time that its own words name."""

from dataclasses import replace

from bot.kakao_out import Reply
from bot.owner.arranging import arranged_in
from bot.owner.groups import segment_for
from bot.owner.previews import ask_time, pressed_draft, preview
from bot.owner.repeats import Planned, planned_in, spoken_repeat
from bot.owner.times import spoken
from bot.owner.turns import OwnerTurn, button, reply
from bot.words import say
from campaigns.booking import DryRun
from campaigns.drafts import change_draft, try_draft
from campaigns.good_moment import good_moment
from domain.campaigns import SenderName
from domain.gate import SENDER_DAY
from domain.refusals import Invalid
from domain.segments import EVERYBODY, Ready, Segment
from storage.queries.drafts import DraftView, lock_draft

NOW = Planned()


def ask_when(turn: OwnerTurn) -> Reply:
    draft = pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    return ask_time(turn, draft, say("owner_sending", "when"))


def take_time(turn: OwnerTurn) -> Reply:
    """The chosen time, pressed or said: once, again and again, or at a good moment."""
    draft = pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    when = planned_in(turn.said.words, turn.at)
    if when is None:
        return ask_time(turn, draft, say("owner_sending", "which_time"))
    if when.due_at and when.due_at < turn.at:
        return ask_time(turn, draft, say("owner_sending", "time_over"))
    if when.due_at == turn.at:
        when = NOW
    changed = timed(turn, draft, when)
    return preview(turn, change_draft(turn.tx, turn.staff_id, draft, changed, turn.at))


def keep_day(turn: OwnerTurn) -> Reply:
    """It may leave on a day on which the shop is closed."""
    draft = pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    changed = replace(draft, keeps_day=True)
    return preview(turn, change_draft(turn.tx, turn.staff_id, draft, changed, turn.at))


def arrange(turn: OwnerTurn) -> Reply:
    """`내일 오후 2시에 뜸해진 단골에게 보내줘`: the same words, for them, then."""
    draft = pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    arranged = arranged_in(turn.said.words, turn.at)
    if arranged is None or arranged.rest:
        return show_again(turn)
    if arranged.when and arranged.when.due_at and arranged.when.due_at < turn.at:
        return ask_time(turn, draft, say("owner_sending", "time_over"))
    changed = replace(draft, segment=segment_of(turn, arranged.whom)) if arranged.whom else draft
    if arranged.when:
        changed = timed(turn, changed, arranged.when)
    return preview(turn, change_draft(turn.tx, turn.staff_id, draft, changed, turn.at))


def show_again(turn: OwnerTurn) -> Reply:
    """Under a preview something was said that is neither yes nor no nor another wish."""
    draft = lock_draft(turn.tx, turn.staff_id)
    if draft is None:
        return reply(turn, say("owner_sending", "no_draft"))
    return preview(turn, draft, say("owner_sending", "still_here"))


def offer_time(turn: OwnerTurn, draft: DraftView, when: Planned) -> Reply:
    """The time in the words, for a tap: not where nobody could be sent it then, either."""
    label = _plan_words(turn, when)
    if not label:
        return preview(turn, draft)
    try:
        is_ready = try_now(turn, draft).can_leave
        is_hope = is_ready or when.repeat or try_now(turn, timed(turn, draft, when)).people
    except Invalid:  # the preview says which
        return preview(turn, draft)
    if not is_hope:
        return preview(turn, draft)
    words = say("owner_sending", "time_in_words", when=label, is_ready=is_ready)
    shown = preview(turn, draft, words)
    wait = button(turn, "owner_at", form_key=draft.form_key, label=label)
    head = 1 if is_ready else 0
    buttons = (*shown.quick_replies[:head], wait, *shown.quick_replies[head:])
    return replace(shown, quick_replies=buttons)


def _plan_words(turn: OwnerTurn, when: Planned) -> str:
    """Empty for what is over."""
    if when.repeat:
        return spoken_repeat(when.repeat)
    if when.due_at:
        return spoken(when.due_at, turn.at) if when.due_at > turn.at else ""
    return say("owner_buttons", "owner_good")


def timed(turn: OwnerTurn, draft: DraftView, when: Planned) -> DraftView:
    """The draft with that time, and no other. Raises Invalid(due_at) where no day is open."""
    due_at = when.due_at
    if when.is_good_moment:
        found = good_moment(turn.tx, turn.shop_id, turn.at, SENDER_DAY[SenderName.KAKAO_EVENT])
        if found is None:
            raise Invalid({"due_at": say("owner_sending", "never_open")})
        due_at = found.at
    return replace(draft, due_at=due_at, repeat=when.repeat, keeps_day=False)


def try_now(turn: OwnerTurn, draft: DraftView) -> DryRun:
    return try_draft(
        turn.tx,
        turn.shop_id,
        draft,
        turn.at,
        public_url=turn.turn.public_url,
        offered=turn.turn.senders,
    )


def segment_of(turn: OwnerTurn, which: Ready | None) -> Segment:
    return segment_for(turn, which) if which else EVERYBODY
