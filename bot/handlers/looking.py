"""The button under a message that only says that there is news: the news stands above this."""

from bot.kakao_out import Reply
from bot.turns import Turn, plain
from bot.words import say


def look(turn: Turn) -> Reply:
    return plain(turn, say("notices", "looked"))
