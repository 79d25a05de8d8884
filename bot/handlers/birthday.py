"""The optional birthday: month and day, asked with its reason, kept, forgotten (L65, L68)."""

from bot.hearing.understanding import Meaning, day_in
from bot.kakao_out import Reply
from bot.turns import Turn, listed_names, plain, press, usual
from bot.words import say
from domain.bubbles import Text
from domain.refusals import Invalid
from loyalty.birthdays import forget_birthday, leave_birthday
from storage.queries.birthdays import find_birthday

QUESTION = "birthday"


def ask(turn: Turn) -> Reply:
    """L42: its text comes first, also for who has just said the day."""
    if not turn.meeting.joined:
        return plain(turn, say("birthday", "not_regular"))
    question = Text(say("joining", "birthday", shops=listed_names(turn.meeting.joined)))
    return Reply((question,), (press("phone_skip", "birthday_skip"),), question=QUESTION)


def answer(turn: Turn, meaning: Meaning) -> Reply | None:
    """None when the words are not about the question. A day consents to its text, so it is not
    taken before that was seen (L42).
    """
    if not turn.meeting.joined:
        return None
    match meaning:
        case Meaning.NO:
            return skip(turn)
        case Meaning.UNKNOWN | Meaning.BIRTHDAY | Meaning.PAIR:  # 19900305
            return ask(turn) if turn.is_blind else _keep(turn)
        case Meaning.YES:
            return _again()
        case _:
            return None


def skip(turn: Turn) -> Reply:
    return plain(turn, say("birthday", "skipped"))


def forget(turn: Turn) -> Reply:
    if find_birthday(turn.tx, turn.customer_id) is None:
        return plain(turn, say("birthday", "none"))
    forget_birthday(turn.tx, turn.customer_id, turn.at)
    return plain(turn, say("birthday", "forgotten", at=turn.at))


def _keep(turn: Turn) -> Reply:
    try:
        month, day = leave_birthday(turn.tx, turn.customer_id, day_in(turn.said.words), turn.at)
    except Invalid:
        return _again()
    kept = Text(say("birthday", "kept", month=month, day=day))
    return Reply((kept,), (press("birthday_forget"), *usual(turn.meeting)))


def _again() -> Reply:
    skip_it = press("phone_skip", "birthday_skip")
    return Reply((Text(say("birthday", "again")),), (skip_it,), question=QUESTION)
