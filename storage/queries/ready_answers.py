"""The answers a shop keeps ready for what its customers ask again and again."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import col

from domain.enquiries import READY_ANSWERS_MAX
from domain.people import AnswerId, ShopId
from storage.desk import Tx
from storage.models.questions import ReadyAnswer
from storage.statements import Statement, inserting


class ReadyView(NamedTuple):
    answer_id: AnswerId
    question: str
    answer: str


OF_SHOP = col(ReadyAnswer.shop_id) == bindparam("of_shop")
OF_ID = col(ReadyAnswer.id) == bindparam("of_answer")
LIST = Statement(
    select(col(ReadyAnswer.id), col(ReadyAnswer.question), col(ReadyAnswer.answer))
    .where(OF_SHOP)
    .order_by(col(ReadyAnswer.id))
    .limit(READY_ANSWERS_MAX)
)
INSERT = Statement(
    inserting(ReadyAnswer, "shop_id", "question", "answer", "actor", "written_at").returning(
        col(ReadyAnswer.id)
    )
)
SAVE = Statement(
    update(ReadyAnswer)
    .where(OF_SHOP, OF_ID)
    .values({name: bindparam(name) for name in ("question", "answer", "actor", "written_at")})
)
DELETE = Statement(delete(ReadyAnswer).where(OF_SHOP, OF_ID))


def list_ready_answers(tx: Tx, shop_id: ShopId) -> list[ReadyView]:
    """All of a shop's, the oldest first."""
    return [ReadyView._make(row) for row in tx.all(LIST, of_shop=shop_id)]


def insert_ready_answer(
    tx: Tx, shop_id: ShopId, question: str, answer: str, *, actor: str, at: datetime
) -> AnswerId:
    row = tx.one(
        INSERT, shop_id=shop_id, question=question, answer=answer, actor=actor, written_at=at
    )
    assert row is not None, "an insert returns its row"
    return AnswerId(row[0])


def save_ready_answer(
    tx: Tx, shop_id: ShopId, ready: ReadyView, *, actor: str, at: datetime
) -> bool:
    """False when it is not there, or another shop's."""
    return bool(
        tx.run(
            SAVE,
            of_shop=shop_id,
            of_answer=ready.answer_id,
            question=ready.question,
            answer=ready.answer,
            actor=actor,
            written_at=at,
        )
    )


def delete_ready_answer_once(tx: Tx, shop_id: ShopId, answer_id: AnswerId) -> bool:
    return bool(tx.run(DELETE, of_shop=shop_id, of_answer=answer_id))
