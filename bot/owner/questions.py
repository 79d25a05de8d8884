"""문의: what customers ask the shop, answered with the next words that are written."""

from dataclasses import replace

from bot.kakao_out import Reply
from bot.owner.times import spoken
from bot.owner.turns import ASKING, OwnerTurn, ask, button, reply
from bot.words import say
from campaigns.answering import answer_enquiry
from domain.bubbles import Button, Text
from domain.enquiries import EnquiryState
from domain.people import EnquiryId
from domain.refusals import Conflict, Invalid, NotFound
from loyalty.enquiries import close_enquiry, list_open_enquiries
from storage.queries.enquiries import EnquiryView, find_enquiry

ANSWER = "a:"
SHOWN_MAX = 4
"""With a button each, beside the usual ones."""

WORDS_SHOWN_MAX = 120


def show_open(turn: OwnerTurn) -> Reply:
    found = list_open_enquiries(turn.tx, turn.shop_id)
    if not found:
        return reply(turn, say("owner_questions", "none"))
    shown = found[:SHOWN_MAX]
    lines = [_line(turn, one) for one in shown]
    words = say("owner_questions", "open", lines=lines, rest=len(found) - len(shown))
    buttons = [
        _answer_button(turn, one, say("owner_questions", "answer_one", number=number))
        for number, one in enumerate(shown, 1)
    ]
    return reply(turn, words, *buttons)


def ask_answer(turn: OwnerTurn) -> Reply:
    """For the pressed question, or the one that waits longest."""
    enquiry = _meant(turn)
    if enquiry is None:
        return show_open(turn)
    words = say("owner_questions", "write", words=enquiry.words, name=enquiry.name or "")
    close = button(turn, "owner_close", about=enquiry.enquiry_id)
    question = f"{ANSWER}{enquiry.enquiry_id}"
    return ask(turn, (Text(words),), question, close, button(turn, "owner_keep"))


def take_answer(turn: OwnerTurn) -> Reply:
    """The words that follow are the answer, as they are."""
    number = (turn.turn.meeting.person.asking or "").removeprefix(f"{ASKING}{ANSWER}")
    if not number.isdecimal():  # a button of another time: nothing is being answered
        return show_open(turn)
    enquiry_id = EnquiryId(int(number))
    try:
        answered = answer_enquiry(
            turn.tx, turn.shop_id, enquiry_id, turn.said.words, actor=turn.actor, at=turn.at
        )
    except Invalid as refusal:
        words = " ".join(refusal.fields.values())
        return ask(turn, (Text(words),), f"{ANSWER}{number}", button(turn, "owner_keep"))
    except Conflict:
        return _settled(turn, enquiry_id)
    block = "told" if answered.is_told else "kept"
    told = reply(turn, say("owner_questions", block), *_next(turn))
    return replace(told, has_work=answered.is_told)


def close(turn: OwnerTurn) -> Reply:
    """Raises NotFound for another shop's."""
    if turn.said.about is None:
        return show_open(turn)
    enquiry_id = EnquiryId(turn.said.about)
    try:
        close_enquiry(turn.tx, turn.shop_id, enquiry_id, actor=turn.actor, at=turn.at)
    except Conflict:
        return _settled(turn, enquiry_id)
    return reply(turn, say("owner_questions", "closed"), *_next(turn))


def _meant(turn: OwnerTurn) -> EnquiryView | None:
    """Raises NotFound for another shop's; None when nothing (more) is to be answered."""
    if turn.said.about is None:
        return next(iter(list_open_enquiries(turn.tx, turn.shop_id)), None)
    enquiry = find_enquiry(turn.tx, turn.shop_id, EnquiryId(turn.said.about))
    if enquiry is None:
        raise NotFound("enquiry")
    return enquiry if enquiry.state is EnquiryState.OPEN else None


def _line(turn: OwnerTurn, enquiry: EnquiryView) -> dict[str, object]:
    words = " ".join(enquiry.words.split())
    return {
        "words": words if len(words) <= WORDS_SHOWN_MAX else f"{words[:WORDS_SHOWN_MAX]}…",
        "name": enquiry.name or "",
        "until": spoken(enquiry.promised_by, turn.at),
        "is_late": enquiry.promised_by < turn.at,
    }


def _answer_button(turn: OwnerTurn, enquiry: EnquiryView, label: str | None = None) -> Button:
    return button(turn, "owner_answer", about=enquiry.enquiry_id, label=label)


def _next(turn: OwnerTurn) -> tuple[Button, ...]:
    waiting = list_open_enquiries(turn.tx, turn.shop_id)
    return (button(turn, "owner_next", "owner_enquiries"),) if waiting else ()


def _settled(turn: OwnerTurn, enquiry_id: EnquiryId) -> Reply:
    """Answered from the console, or taken back, while the words were being written."""
    enquiry = find_enquiry(turn.tx, turn.shop_id, enquiry_id)
    answer = enquiry.answer if enquiry else None
    return reply(turn, say("owner_questions", "settled", answer=answer or ""))
