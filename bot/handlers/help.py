"""What one can say here, and the kind answer to what was not understood."""

from bot.kakao_out import Reply
from bot.turns import Turn, plain
from bot.words import say


def explain(turn: Turn) -> Reply:
    return plain(turn, say("help", "help"))


def fall_back(turn: Turn) -> Reply:
    return plain(turn, say("help", "not_understood"))
