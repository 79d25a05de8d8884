"""The optional phone number: asked with its reason, kept, forgotten (L65, L68)."""

from bot.hearing.understanding import Meaning, phone_in
from bot.kakao_out import Reply
from bot.turns import Turn, listed_names, plain, press, usual
from bot.words import say
from domain.bubbles import Bubble, Text
from domain.consent import TEXT_VERSION
from domain.people import masked_phone
from domain.refusals import Invalid
from loyalty.joining import forget_phone, leave_phone

QUESTION = f"phone:{TEXT_VERSION}"
"""With the text that was shown: a number typed under an older one is asked for again (L67)."""

DIGITS_OF_A_NUMBER = 7


def ask_phone(turn: Turn) -> Reply:
    if not turn.meeting.joined:
        return plain(turn, say("phone", "not_regular"))
    return Reply((phone_question(turn),), (press("phone_skip"),), question=QUESTION)


def phone_question(turn: Turn) -> Bubble:
    return Text(say("joining", "phone", shops=listed_names(turn.meeting.joined)))


def answer_phone(turn: Turn, meaning: Meaning) -> Reply | None:
    """None when the words are not about the question. A number consents to its text, so it is
    not taken before that was seen (L42).
    """
    if not turn.meeting.joined:
        return None
    if meaning in (Meaning.JOIN_CODE, Meaning.PAIR) and "-" in turn.said.words:
        meaning = Meaning.UNKNOWN  # 010-12, 1234-5678
    match meaning:
        case Meaning.PHONE:
            return ask_phone(turn) if turn.is_blind else _keep(turn)
        case Meaning.NO:
            return skip_phone(turn)
        case Meaning.YES | Meaning.LEAVE_PHONE:
            return _again("type_it")
        case Meaning.UNKNOWN:
            digits = sum(one.isdigit() for one in turn.said.words)
            return _again("again" if digits >= DIGITS_OF_A_NUMBER else "type_it")
        case _:
            return None


def answer_older(turn: Turn, meaning: Meaning) -> Reply | None:
    """Asked under words that have changed since, so these are shown first."""
    match meaning:
        case Meaning.PHONE | Meaning.YES | Meaning.LEAVE_PHONE:
            return ask_phone(turn)
        case Meaning.NO:
            return skip_phone(turn)
        case _:
            return None


def skip_phone(turn: Turn) -> Reply:
    return plain(turn, say("phone", "skipped"))


def forget(turn: Turn) -> Reply:
    if not turn.meeting.person.has_phone:
        return plain(turn, say("phone", "none"))
    forget_phone(turn.tx, turn.customer_id, turn.at)
    return plain(turn, say("phone", "forgotten", at=turn.at))


def _keep(turn: Turn) -> Reply:
    try:
        digits = leave_phone(turn.tx, turn.customer_id, phone_in(turn.said.words) or "", turn.at)
    except Invalid:
        return _again("again")
    kept = Text(say("phone", "kept", phone=masked_phone(digits)))
    return Reply((kept,), (*usual(turn.meeting), press("phone_forget")))


def _again(block: str) -> Reply:
    return Reply((Text(say("phone", block)),), (press("phone_skip"),), question=QUESTION)
