"""오늘: visits, new regulars and used coupons since midnight."""

from bot.kakao_out import Reply
from bot.owner.turns import OwnerTurn, button, called, reply
from bot.words import say
from campaigns.shop_days import say_sold_out
from domain.visits import kst_day
from storage.queries.day_counts import count_since
from storage.queries.overview import count_regulars


def show(turn: OwnerTurn) -> Reply:
    regulars, _ = count_regulars(turn.tx, turn.shop_id)
    return reply(turn, _told(turn, "today", regulars=regulars))


def greet(turn: OwnerTurn) -> Reply:
    """The day in one line."""
    return reply(turn, _told(turn, "greeting", who=called(turn)))


def sell_out(turn: OwnerTurn) -> Reply:
    """Nobody is called to an empty counter for the rest of the day."""
    say_sold_out(turn.tx, turn.shop_id, is_sold_out=True, actor=turn.actor, at=turn.at)
    return reply(turn, say("owner_menu", "sold_out"), button(turn, "owner_sell_again"))


def sell_again(turn: OwnerTurn) -> Reply:
    say_sold_out(turn.tx, turn.shop_id, is_sold_out=False, actor=turn.actor, at=turn.at)
    return reply(turn, say("owner_menu", "sold_again"))


def _told(turn: OwnerTurn, block: str, **more: object) -> str:
    midnight, _ = kst_day(turn.at)
    counts = count_since(turn.tx, turn.shop_id, midnight)
    facts: dict[str, object] = {**counts._asdict(), **more}
    return say("owner_menu", block, shop=turn.seat.shop_name, **facts)
