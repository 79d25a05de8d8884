"""The buttons of staff, typed by hand: each does what it says, and is never the news itself."""

import re
from collections.abc import Mapping

from bot.hearing.spelling import squeezed
from bot.words import say

SAME = (
    *("owner_send", "owner_time", "owner_edit", "owner_keep", "owner_cancel", "owner_stop"),
    *("owner_money", "owner_results", "owner_today", "owner_stamp", "owner_unstamp"),
    *("owner_coupon", "owner_give_back", "owner_enquiries", "owner_answer", "owner_close"),
    *("owner_console", "owner_idea", "owner_idea_skip", "owner_idea_when", "owner_customer"),
    *("owner_more", "owner_whom", "owner_pause", "owner_resume", "owner_series"),
    "owner_sell_again",
)
INSTEAD: Mapping[str, str] = {
    "owner_stop_all": "owner_stop",
    "owner_part": "owner_part_ask",
    "owner_good": "owner_at",
    "owner_mend": "owner_edit",
    "owner_begin": "owner_preview",
    "owner_keep_day": "owner_time",
    "owner_end": "owner_end",
    "owner_end_yes": "owner_end",
    "owner_series_end_yes": "owner_series",
    "owner_cancel_yes": "owner_cancel",
    "owner_longest_unseen": "owner_order",
    "owner_closest_to_full": "owner_order",
    "owner_newest": "owner_order",
    "owner_own_none": "owner_own",
    "owner_next": "owner_enquiries",
    "owner_idea_send": "owner_idea",
    "owner_idea_yes": "owner_idea",
    "owner_idea_no": "owner_idea",
    "open_console": "owner_console",
    "open_counter": "owner_console",
}
"""Away from what it was shown under, a yes or a no only shows the question again."""

OWN_MAX = re.compile(r"내돈[\d,]{1,13}원까지(?:쓰기)?")
"""A button that names an amount."""

TYPED: Mapping[str, str] = {
    **{squeezed(say("owner_buttons", name)): name for name in SAME},
    **{squeezed(say("owner_buttons", name)): do for name, do in INSTEAD.items()},
    squeezed(say("buttons", "owner_menu")): "owner_menu",
    "보기": "owner_idea",
}
"""But for `그만`, which is a customer's word as well: see `NOT_NOW` in conversation.py."""

SKIP = squeezed(say("owner_buttons", "owner_idea_skip"))
NUMBERED = re.compile(r"(?P<number>[1-9])번(?P<what>답하기|취소|쉬게하기|다시켜기|끝내기)")
DOES_NUMBERED: Mapping[str, str] = {"답하기": "owner_answer", "취소": "owner_cancel"}
SERIES = "owner_series"
"""Typed, a series' button shows the list again, where it can be pressed."""


def typed(words: str) -> str | None:
    bare = squeezed(words)
    numbered = NUMBERED.fullmatch(bare)
    if OWN_MAX.fullmatch(bare):
        return "owner_own"
    return DOES_NUMBERED.get(numbered["what"], SERIES) if numbered else TYPED.get(bare)


def number_in(words: str) -> int | None:
    """Which of a numbered list."""
    numbered = NUMBERED.fullmatch(squeezed(words))
    return int(numbered["number"]) if numbered else None
