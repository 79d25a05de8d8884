"""Questions to a shop: asked with a promise, taken back, answered, set aside.

The words are sealed and never stand in a log; whoever asked reads the answer in the chat.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson

from domain.audit import Act, shop_book
from domain.enquiries import (
    OPEN_MAX,
    EnquiryState,
    check_answer,
    promised_by,
    sound_question,
)
from domain.notices import GOOD_FOR, NoticeKind
from domain.people import CustomerId, EnquiryId, ShopId
from domain.refusals import Conflict, NotFound
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.enquiries import (
    EnquiryView,
    find_enquiry,
    find_enquiry_by_key,
    find_enquiry_of,
    insert_enquiry_once,
    list_open,
    list_open_of_person,
    reopen_enquiry,
    save_answer,
    settle_enquiry,
    words_mark,
)
from storage.queries.journal import append_audit
from storage.queries.notices import NewNotice, insert_notice_once, note_news


@dataclass(frozen=True, slots=True)
class Asked:
    """`is_new` is false where the same had been asked and stands as `enquiry` says."""

    enquiry: EnquiryView
    is_new: bool


def ask_shop(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    words: str,
    *,
    reply_hours: int,
    at: datetime,
) -> Asked:
    """Passes a question on, once: the same words are one question while it is open, and on the
    same (Korean) day. Raises Conflict(`too_many_questions`).
    """
    question = sound_question(words)
    assert question, "the caller has words to pass on"
    mark = f"{customer_id}:{words_mark(tx, question)}"
    waiting = list_open_of_person(tx, shop_id, customer_id)
    for one in waiting:
        if one.key.rpartition(":")[0] == mark:
            return Asked(one, is_new=False)
    key = f"{mark}:{in_kst(at):%y%m%d}"
    known = find_enquiry_by_key(tx, shop_id, key)
    if known is not None and known.state is EnquiryState.ANSWERED:
        return Asked(known, is_new=False)
    if len(waiting) >= OPEN_MAX:
        raise Conflict("too_many_questions", count=OPEN_MAX)
    by = promised_by(at, reply_hours)
    if known is not None:
        reopen_enquiry(tx, known, at, by)
    else:
        person = shop_id, customer_id
        insert_enquiry_once(tx, person, question, key=key, asked_at=at, promised_by=by)
    enquiry = find_enquiry_by_key(tx, shop_id, key)
    assert enquiry is not None, "it was asked now or before"
    _audit(tx, enquiry, "ask_shop", actor=f"customer:{customer_id}", at=at)
    return Asked(enquiry, is_new=True)


def take_back(tx: Tx, customer_id: CustomerId, enquiry_id: EnquiryId, at: datetime) -> EnquiryView:
    """What was not meant for the shop; harmless when repeated, and too late once answered.

    Raises NotFound(`enquiry`) for somebody else's.
    """
    enquiry = find_enquiry_of(tx, customer_id, enquiry_id)
    if enquiry is None:
        raise NotFound("enquiry")
    _close(tx, enquiry, actor=f"customer:{customer_id}", at=at)
    return _get(tx, enquiry.shop_id, enquiry_id)


def list_open_enquiries(tx: Tx, shop_id: ShopId) -> list[EnquiryView]:
    """What waits for an answer, 50 at most; whose promise ends first, first."""
    return list_open(tx, shop_id)


def settle_with_answer(
    tx: Tx, shop_id: ShopId, enquiry_id: EnquiryId, answer: str, *, actor: str, at: datetime
) -> EnquiryView:
    """Keeps the answer; it waits for the next word of who asked. `campaigns/answering.py` also
    brings them the news at once.

    The same answer again changes nothing. Raises Invalid(answer), NotFound(`enquiry`) and
    Conflict(`enquiry_settled`).
    """
    check_answer(answer)
    enquiry = _get(tx, shop_id, enquiry_id)
    answered = EnquiryState.ANSWERED
    if settle_enquiry(tx, enquiry, answered, answer=answer, actor=actor, at=at):
        _leave_notice(tx, enquiry, at)
        _audit(tx, enquiry, "answer_enquiry", actor=actor, at=at)
        return _get(tx, shop_id, enquiry_id)
    settled = _get(tx, shop_id, enquiry_id)
    if settled.answer != answer:
        raise Conflict("enquiry_settled")
    return settled


def keep_answer(
    tx: Tx, shop_id: ShopId, enquiry_id: EnquiryId, answer: str, *, actor: str
) -> EnquiryView:
    """Words that are not sent yet: nobody who asked reads them while the question is open.

    Raises Invalid(answer), NotFound(`enquiry`) and Conflict(`enquiry_settled`).
    """
    check_answer(answer)
    enquiry = _get(tx, shop_id, enquiry_id)
    if not save_answer(tx, enquiry, answer, actor=actor):
        raise Conflict("enquiry_settled")
    return enquiry._replace(answer=answer, actor=actor)


def answer_mark(tx: Tx, enquiry: EnquiryView) -> str:
    """Another for every other answer."""
    return words_mark(tx, enquiry.answer or "")


def close_enquiry(
    tx: Tx, shop_id: ShopId, enquiry_id: EnquiryId, *, actor: str, at: datetime
) -> EnquiryView:
    """Set aside without an answer; who asked is told so in their next turn, for a promise was
    made. Harmless when repeated. Raises NotFound(`enquiry`).
    """
    enquiry = _get(tx, shop_id, enquiry_id)
    if _close(tx, enquiry, actor=actor, at=at):
        _leave_notice(tx, enquiry, at)
    return _get(tx, shop_id, enquiry_id)


def _close(tx: Tx, enquiry: EnquiryView, *, actor: str, at: datetime) -> bool:
    closed = EnquiryState.CLOSED
    is_closed = settle_enquiry(tx, enquiry, closed, answer=None, actor=actor, at=at)
    if is_closed:
        _audit(tx, enquiry, "close_enquiry", actor=actor, at=at)
    return is_closed


def _get(tx: Tx, shop_id: ShopId, enquiry_id: EnquiryId) -> EnquiryView:
    enquiry = find_enquiry(tx, shop_id, enquiry_id)
    if enquiry is None:
        raise NotFound("enquiry")
    return enquiry


def _leave_notice(tx: Tx, enquiry: EnquiryView, at: datetime) -> None:
    """Whatever notices the shop or the person has switched off: they asked for this one."""
    notice = NewNotice(
        shop_id=enquiry.shop_id,
        customer_id=enquiry.customer_id,
        key=f"enquiry:{enquiry.enquiry_id}:{at:%y%m%d%H%M%S%f}",
        kind=NoticeKind.ENQUIRY_ANSWERED,
        facts=orjson.dumps({"enquiry": enquiry.enquiry_id}).decode(),
        made_at=at,
        drop_at=at + GOOD_FOR[NoticeKind.ENQUIRY_ANSWERED],
    )
    if insert_notice_once(tx, notice):
        note_news(tx, enquiry.customer_id)


def _audit(tx: Tx, enquiry: EnquiryView, act: str, *, actor: str, at: datetime) -> None:
    line = Act(
        actor=actor,
        act=act,
        subject=f"customer:{enquiry.customer_id}",
        details=f"enquiry:{enquiry.enquiry_id}",
        at=at,
    )
    append_audit(tx, shop_book(enquiry.shop_id), line)
