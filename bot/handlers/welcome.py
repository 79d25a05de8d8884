"""The first words in a chat, and a greeting at any time."""

from bot.kakao_out import Reply
from bot.turns import Turn, plain
from bot.words import say


def greet(turn: Turn) -> Reply:
    joined, shops = turn.meeting.joined, turn.meeting.shops
    if joined:
        return plain(turn, say("welcome", "regular", shop=joined[0].name))
    if len(shops) != 1:
        return plain(turn, say("welcome", "street", count=len(shops)))
    shop = shops[0]
    return plain(turn, say("welcome", "stranger", shop=shop.name, welcome=shop.welcome))
