"""The switch for information messages: stamps and coupons, never advertising (K15)."""

from bot.kakao_out import Reply
from bot.turns import Turn, plain, press, usual
from bot.words import say
from domain.bubbles import Text
from loyalty.notices import switch_telling


def turn_off(turn: Turn) -> Reply:
    return _switch(turn, is_told=False)


def turn_on(turn: Turn) -> Reply:
    return _switch(turn, is_told=True)


def _switch(turn: Turn, *, is_told: bool) -> Reply:
    """For every shop of this channel at once, like a stop."""
    joined = turn.meeting.joined
    if not joined:
        return plain(turn, say("notices", "not_regular"))
    changed = [shop.shop_id for shop in joined if shop.is_told is not is_told]
    switch_telling(turn.tx, turn.customer_id, changed, is_told=is_told, at=turn.at)
    back = press("told_off" if is_told else "told_on")
    words = Text(say("notices", "on" if is_told else "off"))
    return Reply((words,), (back, *usual(turn.meeting)))
