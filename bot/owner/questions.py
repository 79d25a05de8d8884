"""문의: what customers ask the shop; the next words are the answer, shown once before it goes."""

from dataclasses import replace

from bot.kakao_out import Reply
from bot.owner.labels import number_in
from bot.owner.times import spoken
from bot.owner.turns import ASKING, OwnerTurn, ask, button, reply
from bot.words import say
from campaigns.answering import answer_enquiry
from domain.bubbles import Button, Text
from domain.enquiries import EnquiryState
from domain.people import EnquiryId
from domain.refusals import Conflict, Invalid, NotFound
from loyalty.enquiries import answer_mark, close_enquiry, keep_answer, list_open_enquiries
from storage.queries.enquiries import EnquiryView, find_enquiry

ANSWER, CHECK = "a:", "ac:"
SHOWN_MAX = 4
"""With a button each, beside the usual ones."""

WORDS_SHOWN_MAX = 120


def show_open(turn: OwnerTurn) -> Reply:
    found = list_open_enquiries(turn.tx, turn.shop_id)
    if not found:
        return reply(turn, say("owner_questions", "none"))
    shown = found[:SHOWN_MAX]
    lines = [_line(turn, one) for one in shown]
    promises = {(one["until"], one["is_late"]) for one in lines}
    same = lines[0]["until"] if len(lines) > len(promises) == 1 and not lines[0]["is_late"] else ""
    rest = len(found) - len(shown)
    words = say("owner_questions", "open", lines=lines, rest=rest, same=same)
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
    kept = {"answer": enquiry.answer or ""}
    words = say("owner_questions", "write", words=enquiry.words, name=enquiry.name or "", **kept)
    close = button(turn, "owner_close", about=enquiry.enquiry_id)
    question = f"{ANSWER}{enquiry.enquiry_id}"
    return ask(turn, (Text(words),), question, close, button(turn, "owner_keep"))


def take_answer(turn: OwnerTurn) -> Reply:
    """Kept and shown; nothing has left yet."""
    enquiry_id = _asked_about(turn)
    if enquiry_id is None:  # a button of another time: nothing is being answered
        return show_open(turn)
    words = turn.said.words
    try:
        kept = keep_answer(turn.tx, turn.shop_id, enquiry_id, words, actor=turn.actor)
    except Invalid as refusal:
        sentences = " ".join(refusal.fields.values())
        question = f"{ANSWER}{enquiry_id}"
        return ask(turn, (Text(sentences),), question, button(turn, "owner_keep"))
    except Conflict:
        return _settled(turn, enquiry_id)
    return _check(turn, kept)


def send_answer(turn: OwnerTurn) -> Reply:
    """The words that were shown, and no others."""
    enquiry = _meant(turn)
    settled = turn.said.about or _asked_about(turn)
    if enquiry is None and settled is not None:
        return _settled(turn, EnquiryId(settled))
    if enquiry is None or enquiry.answer is None:
        return ask_answer(turn)
    mark = turn.said.form_key or ("" if turn.turn.is_blind else answer_mark(turn.tx, enquiry))
    if enquiry.actor != turn.actor or mark != answer_mark(turn.tx, enquiry):
        return _check(turn, enquiry)
    about = turn.shop_id, enquiry.enquiry_id, enquiry.answer
    try:
        answered = answer_enquiry(
            turn.tx, *about, actor=turn.actor, at=turn.at, offered=turn.turn.senders
        )
    except Conflict:
        return _settled(turn, enquiry.enquiry_id)
    block = "told" if answered.is_told else "kept"
    told = reply(turn, say("owner_questions", block), *_next(turn))
    return replace(told, has_work=answered.is_told)


def close(turn: OwnerTurn) -> Reply:
    """Raises NotFound for another shop's."""
    about = turn.said.about or _asked_about(turn)
    if about is None:
        return show_open(turn)
    enquiry_id = EnquiryId(about)
    try:
        close_enquiry(turn.tx, turn.shop_id, enquiry_id, actor=turn.actor, at=turn.at)
    except Conflict:
        return _settled(turn, enquiry_id)
    return reply(turn, say("owner_questions", "closed"), *_next(turn))


def _meant(turn: OwnerTurn) -> EnquiryView | None:
    """Raises NotFound for another shop's; None when nothing (more) is to be answered."""
    number = number_in(turn.said.words) if turn.said.about is None else None
    about = turn.said.about or (None if number else _asked_about(turn))
    if about is None:
        waiting = list_open_enquiries(turn.tx, turn.shop_id)
        return next(iter(waiting[(number or 1) - 1 :]), None)
    enquiry = find_enquiry(turn.tx, turn.shop_id, EnquiryId(about))
    if enquiry is None:
        raise NotFound("enquiry")
    return enquiry if enquiry.state is EnquiryState.OPEN else None


def _asked_about(turn: OwnerTurn) -> EnquiryId | None:
    asked = (turn.turn.meeting.person.asking or "").removeprefix(ASKING)
    number = asked.removeprefix(CHECK).removeprefix(ANSWER)
    return EnquiryId(int(number)) if number != asked and number.isdecimal() else None


def _check(turn: OwnerTurn, enquiry: EnquiryView) -> Reply:
    """The answer as it was written, before it goes."""
    number, mark = enquiry.enquiry_id, answer_mark(turn.tx, enquiry)
    send = button(turn, "owner_answer_send", about=number, form_key=mark)
    change = button(turn, "owner_edit", "owner_answer", about=number)
    bubbles = Text(say("owner_questions", "check")), Text(enquiry.answer or "")
    return ask(turn, bubbles, f"{CHECK}{number}", send, change, button(turn, "owner_keep"))


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
