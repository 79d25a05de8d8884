"""How a shop calls somebody: said or put right in the chat (L49)."""

from bot.hearing.understanding import Meaning, name_in
from bot.kakao_out import Reply
from bot.turns import Turn, plain, press, usual_after, which_shop, which_with_words
from bot.words import say
from domain.bubbles import Text
from domain.refusals import Invalid
from loyalty.regulars import name_regular
from storage.queries.customers import ShopStanding

QUESTION = "name"
WHICH = "which_name_ask"


def start(turn: Turn) -> Reply:
    """Words that hold the name already are enough; each shop knows its own (L54)."""
    joined = turn.meeting.joined
    if not joined:
        return plain(turn, say("name", "not_regular"))
    name = name_in(turn.said.words)
    shop = turn.shop(joined)
    if shop is None and name:
        return which_with_words(say("name", "which"), "name_ask", joined, turn.said.words)
    if shop is None:
        return which_shop(say("name", "which"), "name_ask", joined)
    if not shop.is_member:
        return plain(turn, say("name", "not_regular"))
    names_shop = turn.meeting.person.asking == WHICH  # what was said then is the shop's name
    return _keep(turn, shop, name) if name and not names_shop else _ask(shop, "question")


def answer(turn: Turn, meaning: Meaning) -> Reply | None:
    """None when the words are another wish."""
    shop = turn.asked_shop()
    if shop is None or not shop.is_member:
        return None
    match meaning:
        case Meaning.NO:
            return skip(turn)
        case Meaning.NAME | Meaning.UNKNOWN:
            name = name_in(turn.said.words)
            return _keep(turn, shop, name) if name else _ask(shop, "again")
        case _:
            return None


def skip(turn: Turn) -> Reply:
    return plain(turn, say("name", "kept_as_it_is"))


def _keep(turn: Turn, shop: ShopStanding, words: str) -> Reply:
    actor = f"customer:{turn.customer_id}"
    try:
        name = name_regular(turn.tx, shop.shop_id, turn.customer_id, words, actor=actor, at=turn.at)
    except Invalid:
        return _ask(shop, "again")
    kept = Text(say("name", "kept", shop=shop.name, name=name, at=turn.at))
    return Reply((kept,), usual_after(turn.meeting, press("name_ask", None, shop.shop_id)))


def _ask(shop: ShopStanding, block: str) -> Reply:
    skip = press("phone_skip", "name_skip")
    words = Text(say("name", block, shop=shop.name))
    return Reply((words,), (skip,), question=QUESTION, asked_shop_id=shop.shop_id)
