"""A shop's own list of questions and answers, kept by its owner."""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.enquiries import READY_ANSWERS_MAX, check_ready_answer
from domain.people import AnswerId, ShopId
from domain.refusals import Invalid, NotFound
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.ready_answers import (
    ReadyView,
    delete_ready_answer_once,
    insert_ready_answer,
    list_ready_answers,
    save_ready_answer,
)


def add_ready_answer(
    tx: Tx, shop_id: ShopId, question: str, answer: str, *, actor: str, at: datetime
) -> AnswerId:
    """Keeps an answer; the same question again changes it. Raises Invalid(question, answer)."""
    check_ready_answer(question, answer)
    known = list_ready_answers(tx, shop_id)
    for one in known:
        if one.question == question:
            ready = one._replace(answer=answer)
            change_ready_answer(tx, shop_id, ready, actor=actor, at=at)
            return one.answer_id
    if len(known) >= READY_ANSWERS_MAX:
        raise Invalid({"question": f"{READY_ANSWERS_MAX}개까지예요. 쓰지 않는 것을 지워 주세요."})
    answer_id = insert_ready_answer(tx, shop_id, question, answer, actor=actor, at=at)
    _audit(tx, shop_id, "add_ready_answer", answer_id, actor=actor, at=at)
    return answer_id


def change_ready_answer(
    tx: Tx, shop_id: ShopId, ready: ReadyView, *, actor: str, at: datetime
) -> None:
    """Raises Invalid(question, answer) and NotFound(`ready_answer`)."""
    check_ready_answer(ready.question, ready.answer)
    if not save_ready_answer(tx, shop_id, ready, actor=actor, at=at):
        raise NotFound("ready_answer")
    _audit(tx, shop_id, "change_ready_answer", ready.answer_id, actor=actor, at=at)


def delete_ready_answer(
    tx: Tx, shop_id: ShopId, answer_id: AnswerId, *, actor: str, at: datetime
) -> bool:
    """False when it was gone already."""
    if not delete_ready_answer_once(tx, shop_id, answer_id):
        return False
    _audit(tx, shop_id, "delete_ready_answer", answer_id, actor=actor, at=at)
    return True


def _audit(
    tx: Tx, shop_id: ShopId, act: str, answer_id: AnswerId, *, actor: str, at: datetime
) -> None:
    subject = f"answer:{answer_id}"
    append_audit(tx, shop_book(shop_id), Act(actor=actor, act=act, subject=subject, at=at))
