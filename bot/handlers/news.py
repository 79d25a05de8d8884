"""What waited to be told is said first in a person's next turn, and is free so (K14, K15)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from bot.handlers.statutory import say_owed
from bot.kakao_out import Reply
from bot.replies.limits import OUTPUTS_MAX, TEXT_MAX
from bot.turns import Turn
from bot.words import say
from domain.bubbles import Text
from domain.enquiries import EnquiryState
from domain.notices import NoticeKind, NoticeState
from domain.people import EnquiryId
from storage.queries.enquiries import find_enquiry
from storage.queries.notices import NoticeView, list_waiting, settle_notices, wait_again

WORDS = {
    NoticeKind.STAMP_SAVED: "stamp_saved",
    NoticeKind.COUPON_EARNED: "coupon_earned",
    NoticeKind.COUPON_LAPSING: "coupon_lapsing",
}
ROOM_FOR_REST = 100
QUESTION_SHOWN_MAX = 100


def say_first(turn: Turn, reply: Reply) -> Reply:
    """The reply with its news; where there is no room they are left for the next turn."""
    shops = [shop.shop_id for shop in turn.meeting.shops if shop.has_news]
    # No membership could tell of news for who has asked a question and is nobody's regular.
    may_have_news = bool(shops) or not turn.meeting.joined
    if not may_have_news or reply.stands_alone or len(reply.bubbles) >= OUTPUTS_MAX:
        return reply
    if shops and (owed := say_owed(turn)):
        # What the law wants said comes alone, and the other news with the next turn.
        return replace(reply, bubbles=(Text(owed), *reply.bubbles))
    waiting = list_waiting(turn.tx, turn.customer_id, turn.at)
    if not shops and not waiting:
        return reply
    settle_notices(turn.tx, turn.customer_id, shops, NoticeState.SAID, turn.at)
    if not waiting:
        return reply
    answers_first = sorted(waiting, key=lambda one: not _is_answer(one))
    return replace(reply, bubbles=(Text(_told(turn, answers_first)), *reply.bubbles))


def _told(turn: Turn, waiting: Sequence[NoticeView]) -> str:
    """As many lines as one bubble holds, and how many there are besides: the cards and coupons
    show those themselves, an answer waits for the next turn.
    """
    lines = [_line(turn, notice) for notice in waiting]
    told = lines[:1]
    while len(told) < len(lines):
        if sum(map(len, told)) + len(told) + len(lines[len(told)]) > TEXT_MAX - ROOM_FOR_REST:
            left = waiting[len(told) :]
            told += _left(turn, left)
            break
        told.append(lines[len(told)])
    return "\n".join(told)


def _left(turn: Turn, left: Sequence[NoticeView]) -> list[str]:
    answers = [one for one in left if _is_answer(one)]
    for one in answers:
        wait_again(turn.tx, one.shop_id, turn.customer_id, one.notice_id)
    said = [say("notices", "more_answers", count=len(answers))] if answers else []
    others = len(left) - len(answers)
    return [*said, say("notices", "others", count=others)] if others else said


def _line(turn: Turn, notice: NoticeView) -> str:
    facts = orjson.loads(notice.facts)
    shop = turn.meeting.shop(notice.shop_id)
    if _is_answer(notice):
        return _answer(turn, notice, facts["enquiry"])
    if "expires_at" in facts:
        facts["expires_at"] = datetime.fromisoformat(facts["expires_at"])
    return say("notices", WORDS[notice.kind], shop=shop.name, **facts)


def _answer(turn: Turn, notice: NoticeView, enquiry_id: int) -> str:
    """The words themselves stand sealed in the question's row alone."""
    enquiry = find_enquiry(turn.tx, notice.shop_id, EnquiryId(enquiry_id))
    assert enquiry is not None, "a notice is not kept longer than its question"
    shop = turn.meeting.shop(notice.shop_id)
    question = enquiry.words
    if len(question) > QUESTION_SHOWN_MAX:
        question = f"{question[:QUESTION_SHOWN_MAX]}…"
    block = "answered" if enquiry.state is EnquiryState.ANSWERED else "not_answered"
    facts = {"question": question, "answer": enquiry.answer, "contact": shop.contact}
    return say("notices", block, shop=shop.name, **facts)


def _is_answer(notice: NoticeView) -> bool:
    return notice.kind is NoticeKind.ENQUIRY_ANSWERED
