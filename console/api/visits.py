"""Visits from a till: one, a kept list of them, looked at and undone."""

import asyncio
import logging
from http import HTTPStatus
from typing import Any

from console.api.bodies import (
    Card,
    ListAnswer,
    ListAnswers,
    ListedVisit,
    NewVisit,
    Undone,
    Visit,
    VisitList,
)
from console.api.coupons import coupon_of
from console.api.operations import Answer, Call, Operation
from console.api.problems import plain_problem, problem_of
from domain.people import VisitId
from domain.refusals import Refusal
from domain.visits import PROVEN, Line, Purchase
from loyalty.tallies import CardStanding
from loyalty.till_visits import Receipt, Sold, read_receipt, stamp_at_till, undo_at_till

LOG = logging.getLogger(__name__)


async def add_visit(call: Call[NewVisit]) -> Answer:
    receipt, is_repeated = await _stamp(call, call.body, call.key)
    return Answer(visit_of(receipt), _status(is_repeated), is_repeated)


async def add_list(call: Call[VisitList]) -> Answer:
    """Each in a transaction of its own, in their order: a refusal stops none of the others."""
    call.take_more(len(call.body.visits) - 1)
    works = [_stamp(call, _alone(one), one.key) for one in call.body.visits]
    results = await asyncio.gather(*works, return_exceptions=True)
    answers = [
        _list_answer(one.key, number, result)
        for number, (one, result) in enumerate(zip(call.body.visits, results, strict=True))
    ]
    return Answer(ListAnswers(answers=answers))


async def show_visit(call: Call[None]) -> Answer:
    receipt = await call.books.read(read_receipt, call.till.shop_id, VisitId(call.id), call.at)
    return Answer(visit_of(receipt))


async def undo_visit(call: Call[None]) -> Answer:
    undone = await call.books.write(undo_at_till, call.till, VisitId(call.id), call.at)
    body = Undone(
        visit=visit_of(undone.receipt), canceled=list(undone.canceled), owed=list(undone.owed)
    )
    return Answer(body, is_replayed=undone.is_repeated)


async def _stamp(call: Call[Any], said: NewVisit, key: str) -> tuple[Receipt, bool]:
    asked, sold = call.asked(said, key), _sold(said)
    return await call.write_counted(lambda tx: stamp_at_till(tx, call.till, asked, sold, call.at))


def visit_of(receipt: Receipt) -> Visit:
    visit = receipt.visit
    return Visit(
        id=visit.visit_id,
        way=visit.way,
        is_proven=visit.way in PROVEN,
        stamps=visit.stamps,
        items=visit.items,
        spend_won=visit.spend_won,
        visited_at=visit.visited_at,
        recorded_at=visit.recorded_at,
        canceled_at=visit.canceled_at,
        visits=receipt.visits,
        card=_card_of(receipt.card),
        earned=[coupon_of(coupon) for coupon in receipt.earned],
    )


def _card_of(card: CardStanding | None) -> Card | None:
    if card is None:
        return None
    return Card(
        stamps=card.stamps, needed=card.needed, number=card.number, lapses_at=card.lapses_at
    )


def _sold(said: NewVisit) -> Sold:
    lines = tuple(Line(line.name, line.count) for line in said.lines)
    return Sold(
        code=said.code,
        phone=said.phone,
        purchase=Purchase(items=said.items, spend_won=said.spend_won, lines=lines),
        happened_at=said.visited_at,
    )


def _alone(listed: ListedVisit) -> NewVisit:
    """The same visit as if it had been sent by itself: either way it is the same request."""
    return NewVisit.model_validate(listed.model_dump(exclude={"key"}, exclude_unset=True))


def _list_answer(key: str, number: int, result: tuple[Receipt, bool] | BaseException) -> ListAnswer:
    if isinstance(result, tuple):
        receipt, is_repeated = result
        return ListAnswer(
            key=key, status=_status(is_repeated), visit=visit_of(receipt), problem=None
        )
    if isinstance(result, Refusal):
        problem = problem_of(result, ("visits", number))
    else:
        LOG.error("failed in a list", exc_info=result)
        problem = plain_problem(HTTPStatus.INTERNAL_SERVER_ERROR)
    return ListAnswer(key=key, status=problem.status, visit=None, problem=problem)


def _status(is_repeated: bool) -> HTTPStatus:
    return HTTPStatus.OK if is_repeated else HTTPStatus.CREATED


REPEATED = "되풀이한 요청: 앞서 적은 것 그대로예요."
VISIT_OPERATIONS = (
    Operation(
        name="addVisit",
        method="POST",
        path="/visits",
        summary="방문을 적고 도장을 찍어요",
        work=add_visit,
        body=NewVisit,
        answer=Visit,
        answers={201: "적었어요.", 200: REPEATED},
        refusals=(404, 409),
        has_key=True,
    ),
    Operation(
        name="addVisitList",
        method="POST",
        path="/visits/batch",
        summary="모아 둔 방문들을 보내요",
        work=add_list,
        body=VisitList,
        answer=ListAnswers,
        answers={200: "방문마다 답이 하나씩 있어요."},
    ),
    Operation(
        name="showVisit",
        method="GET",
        path="/visits/{id}",
        summary="방문을 다시 봐요",
        work=show_visit,
        body=type(None),
        answer=Visit,
        answers={200: "지금 모습이에요."},
        refusals=(404,),
    ),
    Operation(
        name="undoVisit",
        method="DELETE",
        path="/visits/{id}",
        summary="방문을 취소해요: 도장, 그 도장으로 받은 쿠폰, 횟수가 함께 돌아가요",
        work=undo_visit,
        body=type(None),
        answer=Undone,
        answers={200: "취소했어요. 되풀이해도 괜찮아요."},
        refusals=(404, 409),
    ),
)
