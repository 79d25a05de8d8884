"""손님 질문: what waits for an answer, what was answered, and the answers kept ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from campaigns.answering import answer_enquiry
from campaigns.catalog import trade_of
from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS
from domain.enquiries import ANSWER_MAX, READY_ANSWERS_MAX, READY_QUESTION_MAX
from domain.people import AnswerId, EnquiryId, ShopId
from domain.ready_questions import common_questions
from domain.refusals import Conflict, Invalid
from loyalty.enquiries import close_enquiry, list_open_enquiries
from loyalty.ready_answers import add_ready_answer, change_ready_answer, delete_ready_answer
from storage.desk import Tx
from storage.queries.enquiries import EnquiryView, list_answered
from storage.queries.places import get_shop
from storage.queries.ready_answers import ReadyView, list_ready_answers

PAGE = "/owner/questions"
ANSWERED_SHOWN_MAX = 10
NEW = 0
"""Where a mistake belongs: to a question's or answer's id, or to the form for a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    waiting: Sequence[EnquiryView]
    answered: Sequence[EnquiryView]
    ready: Sequence[ReadyView]
    common: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What was typed, where, and what is wrong with it."""

    at_id: int
    words: Mapping[str, str]
    wrong: Mapping[str, str]


NO_MISTAKE = Mistake(at_id=NEW, words={}, wrong={})


async def show_questions(request: web.Request) -> web.Response:
    return await _show(request, NO_MISTAKE)


async def send_answer(request: web.Request) -> web.Response:
    """Says honestly whether a message tells them now, or their next word brings it."""
    owner, form, enquiry_id = request[OWNER], await read_form(request), _id(request)
    try:
        answered = await request.app[BOOKS].write(
            answer_enquiry,
            owner.shop_id,
            EnquiryId(enquiry_id),
            form.text("answer"),
            actor=owner.actor,
            at=request.app[NOW](),
            offered=request.app[SETTINGS].senders,
        )
    except Invalid as refusal:
        return await _show(request, _mistake(enquiry_id, form, refusal.fields))
    except Conflict:
        return await _back(request, "enquiry_settled")
    return await _back(request, "answer_sent" if answered.is_told else "answer_waits")


async def close(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    enquiry_id = EnquiryId(_id(request))
    await request.app[BOOKS].write(
        close_enquiry, owner.shop_id, enquiry_id, actor=owner.actor, at=at
    )
    return await _back(request, "enquiry_closed")


async def add_ready(request: web.Request) -> web.Response:
    owner, form = request[OWNER], await read_form(request)
    try:
        await request.app[BOOKS].write(
            add_ready_answer,
            owner.shop_id,
            form.text("question"),
            form.text("answer"),
            actor=owner.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, _mistake(NEW, form, refusal.fields))
    return await _back(request, "ready_saved")


async def change_ready(request: web.Request) -> web.Response:
    owner, form, answer_id = request[OWNER], await read_form(request), _id(request)
    ready = ReadyView(AnswerId(answer_id), form.text("question"), form.text("answer"))
    try:
        await request.app[BOOKS].write(
            change_ready_answer, owner.shop_id, ready, actor=owner.actor, at=request.app[NOW]()
        )
    except Invalid as refusal:
        return await _show(request, _mistake(answer_id, form, refusal.fields))
    return await _back(request, "ready_saved")


async def remove_ready(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    answer_id = AnswerId(_id(request))
    await request.app[BOOKS].write(
        delete_ready_answer, owner.shop_id, answer_id, actor=owner.actor, at=at
    )
    return await _back(request, "ready_deleted")


def read_questions(tx: Tx, shop_id: ShopId) -> Questions:
    """The common questions of the trade are offered until they are answered."""
    ready = list_ready_answers(tx, shop_id)
    known = {one.question for one in ready}
    common = common_questions(trade_of(get_shop(tx, shop_id).trade))
    return Questions(
        waiting=list_open_enquiries(tx, shop_id),
        answered=list_answered(tx, shop_id)[:ANSWERED_SHOWN_MAX],
        ready=ready,
        common=[one for one in common if one not in known],
    )


async def _show(request: web.Request, mistake: Mistake) -> web.Response:
    at: datetime = request.app[NOW]()
    questions = await request.app[BOOKS].read(read_questions, request[OWNER].shop_id)
    return await show(
        request,
        "owner/questions.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if mistake.wrong else HTTPStatus.OK,
        questions=questions,
        late=[one.enquiry_id for one in questions.waiting if one.is_late(at)],
        mistake=mistake,
        asked=request.query.get("q", "")[:READY_QUESTION_MAX],
        limits={
            "answer": ANSWER_MAX,
            "question": READY_QUESTION_MAX,
            "ready": READY_ANSWERS_MAX,
        },
    )


def _mistake(at_id: int, form: Form, wrong: Mapping[str, str]) -> Mistake:
    words = {name: form.text(name) for name in ("question", "answer")}
    return Mistake(at_id=at_id, words=words, wrong=wrong)


async def _back(request: web.Request, word: str) -> web.Response:
    await say(request, word)
    return see_other(PAGE)


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])
