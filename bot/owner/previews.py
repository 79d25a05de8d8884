"""The dry run of an owner's news in one bubble, and what is asked where it cannot leave like this."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.kakao_out import Reply
from bot.owner.halted import halt_line
from bot.owner.short_money import short_choices, told
from bot.owner.times import choices, spoken
from bot.owner.turns import OwnerTurn, ask, asking, button, reply
from bot.words import say
from campaigns.booking import DryRun, sign_of
from campaigns.compose import frame_of
from campaigns.drafts import renew_draft, try_draft
from campaigns.shop_days import move_to_open_day, shop_days
from domain.bubbles import Action, Bubble, Button, ImageCard, Letter, ListCard, Text
from domain.campaigns import SenderName
from domain.checking import Finding, Frame, check_words
from domain.gate import SENDER_DAY
from domain.refusals import Invalid
from domain.time import in_kst
from storage.queries.drafts import DraftView, lock_draft
from storage.queries.places import get_shop

BODY, EDIT, PREVIEW, TIME, WHOM = "body", "edit", "preview", "time", "whom"
SHOWN_FOR = timedelta(hours=1)
"""So long a preview may be said yes to, and not beyond the day: `오늘` is another day then."""

WHY = "/w/"
MENDED_MAX = 5
WINDOW = SENDER_DAY[SenderName.KAKAO_EVENT]


def preview(turn: OwnerTurn, draft: DraftView, lead: str = "") -> Reply:
    """The card as customers will see it, what it costs, and when it leaves."""
    if is_old(turn, draft):
        draft = renew_draft(turn.tx, turn.staff_id, draft, turn.at)
    try:
        dry = try_draft(
            turn.tx,
            turn.shop_id,
            draft,
            turn.at,
            public_url=turn.turn.public_url,
            offered=turn.turn.senders,
        )
    except Invalid as refusal:
        return unfit(turn, draft, refusal)
    return preview_tried(turn, draft, dry, lead)


def preview_tried(turn: OwnerTurn, draft: DraftView, dry: DryRun, lead: str = "") -> Reply:
    advice = _advice(turn, draft.body)
    hint = advice.sentence if advice else ""
    halt = halt_line(turn)
    # Of who is halted nobody may have it: their number tells nothing.
    counted = "" if halt and not draft.repeat else told(turn, draft, dry)
    words = "\n\n".join(filter(None, (halt, lead, counted, hint)))
    go = tuple(button(turn, *name, form_key=draft.form_key) for name in _go(draft, dry))
    change = [button(turn, name, form_key=draft.form_key) for name in ("owner_whom", "owner_edit")]
    mends = (_mend_button(turn, advice, "owner_edited"),) if advice and advice.mended else ()
    console = () if dry.can_leave or draft.repeat else (button(turn, "owner_console"),)
    drop = drop_button(turn, draft)
    buttons = *go, *short_choices(turn, draft, dry), *change, *mends, drop, *console
    return ask(turn, (_as_shown(turn, dry.preview), Text(words)), PREVIEW, *buttons)


def _go(draft: DraftView, dry: DryRun) -> tuple[tuple[str, ...], ...]:
    """What repeats itself may begin though nobody is meant today; it is counted each time."""
    if draft.repeat:
        return ("owner_begin", "owner_book"), ("owner_time",)
    return (("owner_book",), ("owner_time",)) if dry.can_leave else ()


def pressed_draft(turn: OwnerTurn) -> DraftView | Reply:
    """The draft that is meant; a reply where it was changed or is gone."""
    draft = lock_draft(turn.tx, turn.staff_id)
    if draft is None:
        return reply(turn, say("owner_sending", "no_draft"))
    if turn.said.form_key not in (None, draft.form_key):
        return preview(turn, draft, say("owner_sending", "changed"))
    return draft


def is_old(turn: OwnerTurn, draft: DraftView) -> bool:
    made_at = draft.made_at
    if made_at is None:
        return False
    return turn.at - made_at > SHOWN_FOR or in_kst(made_at).date() != in_kst(turn.at).date()


def ask_again(turn: OwnerTurn, refusal: Invalid, question: str, body: str = "") -> Reply:
    """What is wrong with the words; where it can be mended, the words as they could be, for a tap."""
    sentences = " ".join(refusal.fields.values())
    finding = _mended(turn, body)
    drop = drop_button(turn)
    if finding is None:
        return asking(turn, say("owner_sending", "unfit", sentences=sentences), question, drop)
    words = say("owner_sending", "mended", sentences=sentences, body=finding.mended)
    do = "owner_edited" if question == EDIT else "owner_body"
    return asking(turn, words, question, _mend_button(turn, finding, do), drop)


def unfit(turn: OwnerTurn, draft: DraftView, refusal: Invalid) -> Reply:
    """What the words alone cannot mend: the time, or the shop's missing telephone number."""
    if "due_at" in refusal.fields:
        return _ask_open_day(turn, draft) or ask_time(turn, draft, refusal.fields["due_at"])
    if "body" in refusal.fields:
        return ask_again(turn, refusal, EDIT, draft.body)
    sentences = " ".join(refusal.fields.values())
    return reply(turn, sentences, button(turn, "owner_console"))


def ask_time(turn: OwnerTurn, draft: DraftView, words: str, *first: Button) -> Reply:
    times = [
        button(turn, "owner_at", form_key=draft.form_key, label=spoken(at, turn.at))
        for at in choices(turn.at)
    ]
    good = button(turn, "owner_good", "owner_at", form_key=draft.form_key)
    return asking(turn, words, TIME, *first, good, *times, drop_button(turn, draft))


def drop_button(turn: OwnerTurn, draft: DraftView | None = None) -> Button:
    return button(turn, "owner_drop", form_key=draft.form_key if draft else None)


def _ask_open_day(turn: OwnerTurn, draft: DraftView) -> Reply | None:
    """On a closed day: the next open one for a tap; None where the day is not what is wrong."""
    wanted = WINDOW.next_open(max(draft.due_at or turn.at, turn.at))
    if _is_over(turn, draft) or shop_days(turn.tx, turn.shop_id).is_open(wanted):
        return None
    moved = move_to_open_day(turn.tx, turn.shop_id, wanted, WINDOW)
    key = draft.form_key
    nearest = (
        (button(turn, "owner_at", form_key=key, label=spoken(moved, turn.at)),) if moved else ()
    )
    words = say("owner_sending", "closed_day", when=_day(wanted, turn), open_at=_when(moved, turn))
    keep = button(turn, "owner_keep_day", form_key=key)
    return asking(turn, words, TIME, *nearest, keep, drop_button(turn, draft))


def _is_over(turn: OwnerTurn, draft: DraftView) -> bool:
    return draft.repeat is not None or (draft.due_at is not None and draft.due_at <= turn.at)


def _day(at: datetime, turn: OwnerTurn) -> str:
    return spoken(at, turn.at).rsplit(" 오", 1)[0]


def _when(at: datetime | None, turn: OwnerTurn) -> str:
    return spoken(at, turn.at) if at else ""


def _findings(turn: OwnerTurn, body: str) -> tuple[Frame, Sequence[Finding]]:
    shop = get_shop(turn.tx, turn.shop_id)
    sign = sign_of(turn.tx, shop)
    frame = frame_of(shop.name, sign.contact if sign else None)
    return frame, check_words(body, frame)


def _advice(turn: OwnerTurn, body: str) -> Finding | None:
    _, findings = _findings(turn, body)
    return next((one for one in findings if one.is_advice), None)


def _mended(turn: OwnerTurn, body: str) -> Finding | None:
    """With every fault mended that only its writer does not have to; None where one is left."""
    frame, findings = _findings(turn, body)
    last: Finding | None = None
    for _round in range(MENDED_MAX):
        grave = next((one for one in findings if not one.is_advice), None)
        if grave is None:
            return last
        if not grave.mended:
            return None
        last, findings = grave, check_words(grave.mended, frame)
    return None


def _mend_button(turn: OwnerTurn, finding: Finding, do: str) -> Button:
    """Says the mended words themselves, as if they had been written."""
    shown = button(turn, "owner_mend", do)
    return replace(shown, target=finding.mended or "")


def _as_shown(turn: OwnerTurn, bubble: Bubble) -> Bubble:
    """As customers see it; but under the owner's own finger its buttons only tell what they do."""
    if isinstance(bubble, Letter):
        return Text(bubble.text)
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
