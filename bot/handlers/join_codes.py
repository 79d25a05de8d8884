"""Five digits of a shop's page: they say which shop is meant."""

from bot.handlers.joining import start_in
from bot.hearing.understanding import digits_in
from bot.kakao_out import Reply
from bot.turns import Turn, press
from bot.words import say
from domain.bubbles import Text
from domain.people import ShopId
from domain.refusals import Conflict, NotFound
from loyalty.join_codes import use_join_code

REFUSED = {"code_used": "code_used", "code_lapsed": "code_lapsed"}
"""Why a shop's number was not taken, and the words for it."""


def start_by_code(turn: Turn) -> Reply:
    digits = digits_in(turn.said.words)
    found = use_join_code(turn.tx, turn.channel_id, turn.customer_id, digits, turn.at)
    if isinstance(found, NotFound):
        return _other_way(say("join_codes", "unknown", count=len(turn.meeting.shops)))
    if not isinstance(found, Conflict):
        return start_in(turn, turn.meeting.shop(found))
    if found.reason not in REFUSED:
        return _other_way(say("join_codes", "too_many_tries"))
    return _too_late(turn, found)


def _too_late(turn: Turn, refusal: Conflict) -> Reply:
    """The number is of no more use, but which shop it was of is known: one tap goes on."""
    shop_id = refusal.facts["shop_id"]
    assert isinstance(shop_id, int), "a code is of a shop"
    shop = turn.meeting.shop(ShopId(shop_id))
    if shop.is_member:
        return start_in(turn, shop)
    words = say("join_codes", REFUSED[refusal.reason], shop=shop.name)
    return _other_way(words, shop.shop_id)


def _other_way(words: str, shop_id: ShopId | None = None) -> Reply:
    ways = press("join", None, shop_id), press("shop_info", None, shop_id), press("help")
    return Reply((Text(words),), ways)
