"""받는 분 바꾸기: whom news is for, chosen in words or by a button that tells how many they are."""

from collections.abc import Mapping
from dataclasses import replace

from bot.hearing.spelling import squeezed
from bot.hearing.whom import whom_alone
from bot.kakao_out import Reply
from bot.owner.groups import segment_for
from bot.owner.previews import BODY, WHOM, drop_button, pressed_draft, preview
from bot.owner.turns import OwnerTurn, asking, button
from bot.words import say
from campaigns.drafts import change_draft
from campaigns.segments import count_people
from domain.bubbles import Button
from domain.segments import READY, Ready
from storage.queries.drafts import DraftView, lock_draft
from storage.queries.overview import count_regulars

COUNTED_MAX = 20_000
"""Of more regulars each count takes a moment: then it is said of the one that was chosen."""

SHORT: Mapping[str, Ready] = {squeezed(say("owner_whom", f"short_{one}")): one for one in READY}
"""The buttons, typed; their number is left out."""


def ask_whom(turn: OwnerTurn) -> Reply:
    """Every ready group with somebody in it, and how many of them would get it."""
    draft = pressed_draft(turn)
    if isinstance(draft, Reply):
        return draft
    return _ask(turn, draft, say("owner_whom", "ask"))


def take_whom(turn: OwnerTurn) -> Reply:
    """Whom was pressed or said; without words to send, those are asked for."""
    which = _which(turn)
    draft = lock_draft(turn.tx, turn.staff_id)
    if draft is None and which is not None:
        words = say("owner_whom", "what", whom=say("owner_whom", f"title_{which}"))
        return asking(turn, words, f"{BODY}:{READY.index(which)}", drop_button(turn))
    pressed = pressed_draft(turn)
    if isinstance(pressed, Reply):
        return pressed
    if which is None:
        return _ask(turn, pressed, say("owner_whom", "which"))
    changed = replace(pressed, segment=segment_for(turn, which))
    return preview(turn, change_draft(turn.tx, turn.staff_id, pressed, changed, turn.at))


def _which(turn: OwnerTurn) -> Ready | None:
    about = turn.said.about
    if about is not None:
        return READY[about] if 0 <= about < len(READY) else None
    return whom_alone(turn.said.words) or short_in(turn.said.words)


def short_in(words: str) -> Ready | None:
    bare = squeezed(words)
    return SHORT.get(bare) or SHORT.get(bare.rstrip("명").rstrip("0123456789"))


def _ask(turn: OwnerTurn, draft: DraftView, words: str) -> Reply:
    regulars, _ = count_regulars(turn.tx, turn.shop_id)
    is_counted = regulars <= COUNTED_MAX
    offered = [_choice(turn, draft, which, is_counted=is_counted) for which in READY]
    buttons = [one for one in offered if one]
    return asking(turn, words, WHOM, *buttons, drop_button(turn, draft))


def _choice(turn: OwnerTurn, draft: DraftView, which: Ready, *, is_counted: bool) -> Button | None:
    label = say("owner_whom", f"short_{which}")
    if is_counted:
        at = max(draft.due_at or turn.at, turn.at)
        counted = count_people(turn.tx, turn.shop_id, segment_for(turn, which), at)
        if not counted.people and which is not Ready.EVERYBODY:
            return None
        label = f"{label} {counted.people:,}명"
    about = READY.index(which)
    return button(
        turn, "owner_whom", "owner_whom_at", about=about, form_key=draft.form_key, label=label
    )
