"""What staff say in the chat: the open question, the buttons typed by hand, then what they mean."""

import re
from collections.abc import Mapping

from bot.handlers import knowing, pausing, welcome
from bot.handlers.consent import named_in_agreement
from bot.handlers.looking import look
from bot.hearing.meanings import Meaning
from bot.hearing.owner_words import OwnerMeaning, command_in, tells_news, understand_owner
from bot.hearing.spelling import squeezed
from bot.kakao_out import Reply
from bot.owner import (
    counter,
    ideas,
    labels,
    pairing,
    previews,
    questions,
    refusing,
    series,
    stopping,
    watching,
    whom,
)
from bot.owner.arranging import arranged_in
from bot.owner.repeats import is_plan
from bot.owner.rights import DOES, OWNER_BY_BLOCK, WHICH, do_as_staff, do_for_all
from bot.owner.times import is_only_when, time_in
from bot.owner.turns import ASKING
from bot.turns import Turn
from bot.words import say

__all__ = ["DOES", "OWNER_BY_BLOCK", "answer_owner", "look_at_news", "press_owner"]

MEANT: Mapping[OwnerMeaning, str] = {
    OwnerMeaning.SEND: "owner_send",
    OwnerMeaning.MONEY: "owner_money",
    OwnerMeaning.TODAY: "owner_today",
    OwnerMeaning.RESULTS: "owner_results",
    OwnerMeaning.STAMP: "owner_stamp",
    OwnerMeaning.COUPON: "owner_coupon",
    OwnerMeaning.ENQUIRIES: "owner_enquiries",
    OwnerMeaning.CANCEL_BOOKED: "owner_cancel",
    OwnerMeaning.STOP_ALL: "owner_stop",
    OwnerMeaning.CONSOLE: "owner_console",
    OwnerMeaning.IDEA: "owner_idea",
    OwnerMeaning.UNPAIR: "owner_part_ask",
    OwnerMeaning.WHOM: "owner_whom_at",
    OwnerMeaning.SERIES: "owner_series",
    OwnerMeaning.SOLD_OUT: "owner_sold_out",
    OwnerMeaning.OWNER_HELP: "owner_menu",
}
FREE_WORDS: Mapping[str, str] = {
    previews.BODY: "owner_body",
    previews.EDIT: "owner_edited",
    questions.ANSWER: "owner_answered",
    questions.CHECK: "owner_answered",
}
"""Questions that take whatever is written, but for what is wholly a wish of another kind."""

CONFIRMED: Mapping[str, str] = {
    stopping.STOP: "owner_stop_all",
    pairing.PART: "owner_part",
    stopping.CANCEL: "owner_cancel",
    watching.END: "owner_end_yes",
    series.END: "owner_series_end_yes",
}
"""Questions that a clear yes answers; some name what they are about behind a colon."""

LABELS: Mapping[str, str] = {
    "보내기": "owner_book",
    "보내": "owner_book",
    "보내줘": "owner_book",
    "이대로보내기": "owner_book",
    "시간정하기": "owner_time",
    "고치기": "owner_edit",
}
"""The buttons of a preview, typed."""

CHECK_LABELS: Mapping[str, str] = {
    "보내기": "owner_answer_send",
    "보내": "owner_answer_send",
    "보내줘": "owner_answer_send",
    "고치기": "owner_answer",
}
"""The buttons under an answer, typed."""

DRAFTED = (previews.BODY, previews.EDIT, previews.PREVIEW, previews.TIME, previews.WHOM)
NOT_NOW = re.compile(
    r"(?:아니|아뇨|그냥|다|전부|모두)?(?:그만(?:할게|할래|하기|둘게|둘래)?|취소(?:할게|할래|해|하기)?|됐어|관둘래|관둘게"
    r"|안보낼래|안보낼게|안할래|안할게|나중에|다음에|그대로둘게|그대로두기)?요?"
)
"""Said under an open question it is about that question."""

WHEN_ALONE: Mapping[str, str] = {"owner_body": "owner_send", "owner_edited": "owner_at"}
"""A time alone is no news."""

TODAY = squeezed(say("owner_buttons", "owner_today"))
DROP = squeezed(say("owner_buttons", "owner_drop"))


def press_owner(turn: Turn) -> Reply:
    """A button of staff, from whoever pressed it."""
    assert turn.said.do is not None, "only a button comes here"
    return do_as_staff(turn, turn.said.do)


def answer_owner(turn: Turn, meaning: Meaning) -> Reply | None:
    """The words of somebody whose chat speaks for a shop; None where they speak as a customer.

    `meaning` is what the words would mean from any customer: a clear stop stays one.
    """
    asked = turn.meeting.person.asking or ""
    meant = understand_owner(turn.said.words)
    bare = squeezed(turn.said.words)
    if meaning is Meaning.PAIR and "-" not in turn.said.words:
        return None  # the digits of a console, whatever was asked
    question = asked.removeprefix(ASKING) if asked.startswith(ASKING) else None
    if question is not None and (_is_not_now(bare, question) or _stops_draft(turn, question)):
        return _not_now(turn, meaning, question)
    is_skip = bare == labels.SKIP and refusing.is_owner(turn)
    is_free = bool(question and _free(question))
    if not is_skip and refusing.is_refusal(turn, meaning, is_free=is_free):
        return refusing.hear(turn, meaning, meant)
    if asked and question is None and meant in (OwnerMeaning.STAMP, OwnerMeaning.COUPON):
        return None  # digits that answer a customer's question, such as a birthday
    if do := _meant(turn, question, meaning, meant):
        return do_as_staff(turn, do)
    return None if asked and question is None else _unheard(turn, meaning)


def _meant(
    turn: Turn, question: str | None, meaning: Meaning, meant: OwnerMeaning | None
) -> str | None:
    do = _answering(turn, question, meaning, meant) if question is not None else None
    typed = labels.typed(turn.said.words)
    do = do or typed or watching.steered(turn) or (MEANT[meant] if meant else None)
    if do or (turn.meeting.person.asking and question is None):
        return do  # a customer's question may be answered with a stop
    return "owner_stop" if watching.says_stop(turn) and refusing.is_owner(turn) else None


def look_at_news(turn: Turn) -> Reply:
    """보기 under a message that only says that there is news: an owner's may be the week's idea."""
    if turn.meeting.person.is_staff and ideas.is_there(turn):
        return do_as_staff(turn, "owner_idea")
    return look(turn)


def _unheard(turn: Turn, meaning: Meaning) -> Reply | None:
    """Staff are not answered as customers are, unless a customer's wish is clear."""
    if meaning is Meaning.GREETING:
        return do_for_all(turn, "owner_greet")
    if meaning is Meaning.HELP:
        return do_as_staff(turn, "owner_menu")
    if meaning not in (Meaning.UNKNOWN, Meaning.YES) or named_in_agreement(turn):
        return None
    shop = knowing.shop_meant(turn)
    ready = knowing.ready_reply(turn, shop, turn.said.words) if shop else None
    return ready or welcome.greet_named(turn, meaning) or do_for_all(turn, "owner_unheard")


def _is_not_now(bare: str, question: str) -> bool:
    """Where it is asked what shall be canceled, `취소해` is a yes."""
    is_yes = question.startswith(stopping.CANCEL) and bare.startswith("취소")
    return not is_yes and NOT_NOW.fullmatch(bare) is not None


def _stops_draft(turn: Turn, question: str) -> bool:
    """`멈춰줘` under what has not left; who is sent advertisements may refuse them with it."""
    is_draft = question.partition(":")[0] in DRAFTED
    may_refuse = pausing.hears(turn) or not refusing.is_owner(turn)
    return is_draft and watching.says_stop(turn) and not may_refuse and not watching.steered(turn)


def _not_now(turn: Turn, meaning: Meaning, question: str) -> Reply:
    """About the open question; where no button beside it said so, perhaps a refusal as well."""
    do = _dropping(question)
    left = do_as_staff(turn, do)
    is_button = do == "owner_drop" and squeezed(turn.said.words) == DROP
    return left if is_button else refusing.doubt_behind(turn, meaning, left)


def _dropping(question: str) -> str:
    if question == ideas.WHEN:
        return "owner_idea_no"
    is_draft = question.partition(":")[0] in DRAFTED
    return "owner_drop" if is_draft else "owner_keep"


def _answering(
    turn: Turn, question: str, meaning: Meaning, meant: OwnerMeaning | None
) -> str | None:
    """What the open question makes of these words; None where they are a wish of their own."""
    do, free = ideas.answering(turn, question, meaning), _free(question)
    if do or free:
        return do or _under_free(turn, question, free or "", meaning)
    if question == previews.WHOM and whom.short_in(turn.said.words):
        return "owner_whom_at"
    if question == previews.PREVIEW:
        return _under_preview(turn, meaning, meant)
    if _confirming(question):
        return _confirmed(turn, question, meaning)
    if question == counter.COUPON and meant is OwnerMeaning.STAMP:
        return "owner_coupon"
    return _under_time(turn, question, meant)


def _under_time(turn: Turn, question: str, meant: OwnerMeaning | None) -> str | None:
    """A button typed by hand, a time, or a shop's name."""
    do = labels.typed(turn.said.words)
    if do and (question != previews.TIME or do != "owner_send"):
        return do
    is_time = question == previews.TIME and _is_time(turn, meant)
    return "owner_at" if is_time else None if meant else _named(question)


def _confirmed(turn: Turn, question: str, meaning: Meaning) -> str | None:
    is_cancel = question.startswith(stopping.CANCEL) and stopping.says_cancel(turn.said.words)
    if turn.is_blind or not (is_cancel or meaning is Meaning.YES):
        return None
    return _confirming(question)


def _confirming(question: str) -> str | None:
    """What a yes does."""
    name, colon, _ = question.partition(":")
    return CONFIRMED.get(f"{name}{colon}")


def _free(question: str) -> str | None:
    """What takes the words that were asked for."""
    return next((do for name, do in FREE_WORDS.items() if question.startswith(name)), None)


def _under_free(turn: Turn, question: str, free: str, meaning: Meaning) -> str:
    """What was asked for, but for what is wholly a wish; `오늘` may answer a customer."""
    bare = squeezed(turn.said.words)
    if question.startswith(questions.CHECK) and (meaning is Meaning.YES or bare in CHECK_LABELS):
        return CHECK_LABELS.get(bare, "owner_answer_send")
    is_when = is_only_when(ideas.EVERY_WEEK.sub("", turn.said.words))
    if free == "owner_answered" and (is_when or bare == TODAY):
        return free
    if question == previews.EDIT and bare in LABELS:
        return "owner_edit" if LABELS[bare] == "owner_edit" else "owner_preview"
    command = command_in(turn.said.words)
    wish = MEANT[command] if command else labels.typed(turn.said.words)
    return wish or (WHEN_ALONE.get(free, free) if is_when else free)


def _is_time(turn: Turn, meant: OwnerMeaning | None) -> bool:
    """Whatever is to be sent then is the news that was shown, unless other news is told."""
    words = turn.said.words
    if is_plan(words):
        return True
    if is_only_when(words):
        return meant in (None, OwnerMeaning.SEND) or time_in(words, turn.at) is not None
    return meant in (None, OwnerMeaning.SEND) and not tells_news(words)


def _named(question: str) -> str | None:
    """A time, or a shop's name."""
    if question.startswith(WHICH):
        return f"owner_{question.removeprefix(WHICH)}"
    return "owner_at" if question == previews.TIME else None


def _under_preview(turn: Turn, meaning: Meaning, meant: OwnerMeaning | None) -> str | None:
    bare = squeezed(turn.said.words)
    if bare in LABELS:
        return LABELS[bare]
    if meaning is Meaning.YES:
        return "owner_preview" if turn.is_blind else "owner_book"
    is_when = is_only_when(turn.said.words) and meant in (None, OwnerMeaning.SEND)
    if is_when or is_plan(turn.said.words):
        return "owner_at"
    if (arranged := arranged_in(turn.said.words, turn.at)) and not arranged.rest:
        return "owner_arrange"
    if do := labels.typed(turn.said.words):
        return do
    return "owner_preview" if meant is None and meaning is Meaning.UNKNOWN else None
