"""What waited to be told is said first in a person's next turn, and is free so (K14, K15)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from bot.kakao_out import Reply
from bot.limits import OUTPUTS_MAX, TEXT_MAX
from bot.turns import Turn
from bot.words import say
from domain.bubbles import Text
from domain.notices import NoticeKind, NoticeState
from storage.queries.notices import NoticeView, list_waiting, settle_notices

WORDS = {
    NoticeKind.STAMP_SAVED: "stamp_saved",
    NoticeKind.COUPON_EARNED: "coupon_earned",
    NoticeKind.COUPON_LAPSING: "coupon_lapsing",
}
ROOM_FOR_REST = 100


def say_first(turn: Turn, reply: Reply) -> Reply:
    """The reply with its news; where there is no room they are left for the next turn."""
    shops = [shop.shop_id for shop in turn.meeting.shops if shop.has_news]
    if not shops or reply.stands_alone or len(reply.bubbles) >= OUTPUTS_MAX:
        return reply
    waiting = list_waiting(turn.tx, turn.customer_id, turn.at)
    settle_notices(turn.tx, turn.customer_id, shops, NoticeState.SAID, turn.at)
    if not waiting:
        return reply
    return replace(reply, bubbles=(Text(_told(turn, waiting)), *reply.bubbles))


def _told(turn: Turn, waiting: Sequence[NoticeView]) -> str:
    """As many lines as one bubble holds, and how many there are besides."""
    lines = [_line(turn, notice) for notice in waiting]
    told = lines[:1]
    while len(told) < len(lines):
        if sum(map(len, told)) + len(told) + len(lines[len(told)]) > TEXT_MAX - ROOM_FOR_REST:
            told.append(say("notices", "others", count=len(lines) - len(told)))
            break
        told.append(lines[len(told)])
    return "\n".join(told)


def _line(turn: Turn, notice: NoticeView) -> str:
    facts = orjson.loads(notice.facts)
    if "expires_at" in facts:
        facts["expires_at"] = datetime.fromisoformat(facts["expires_at"])
    shop = turn.meeting.shop(notice.shop_id).name
    return say("notices", WORDS[notice.kind], shop=shop, **facts)
