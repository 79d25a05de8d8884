"""오늘: visits, new regulars and used coupons since midnight."""

from bot.kakao_out import Reply
from bot.owner.turns import OwnerTurn, reply
from bot.words import say
from domain.visits import kst_day
from storage.queries.day_counts import count_since


def show(turn: OwnerTurn) -> Reply:
    midnight, _ = kst_day(turn.at)
    counts = count_since(turn.tx, turn.shop_id, midnight)
    words = say(
        "owner_menu",
        "today",
        shop=turn.seat.shop_name,
        visits=counts.visits,
        joined=counts.joined,
        used=counts.used,
    )
    return reply(turn, words)
