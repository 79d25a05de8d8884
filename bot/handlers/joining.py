"""Becoming a regular: age, membership, then advertising asked apart (L40, L42, L44, L67)."""

from bot.handlers.consent import QUESTION as ADS_QUESTION
from bot.handlers.consent import ads_buttons, ads_question
from bot.kakao_out import Reply
from bot.turns import Turn, plain, press, which_shop
from bot.understanding import Meaning
from bot.words import say
from domain.bubbles import Bubble, Text
from loyalty.joining import join_shop
from storage.queries.customers import ShopStanding

QUESTION = "age"


def start(turn: Turn) -> Reply:
    shop = turn.shop()
    if shop is None:
        strange = [one for one in turn.meeting.shops if not one.is_member]
        return which_shop(say("help", "which_join"), "join", strange or turn.meeting.shops)
    if shop.is_member or turn.meeting.person.of_age_at is not None:
        return _join(turn, shop)
    return _ask_age(shop, "age")


def answer_age(turn: Turn, meaning: Meaning) -> Reply | None:
    match meaning:
        case Meaning.YES:
            return confirm_age(turn)
        case Meaning.NO:
            return decline_young(turn)
        case Meaning.UNKNOWN:
            shop = turn.shop()
            return _ask_age(shop, "age_again") if shop else None
        case _:
            return None


def confirm_age(turn: Turn) -> Reply:
    shop = turn.shop()
    return _join(turn, shop) if shop else start(turn)


def decline_young(_turn: Turn) -> Reply:
    """Nothing is kept of the answer: asking again later is welcome."""
    again = press("shop_info"), press("help")
    return Reply((Text(say("joining", "too_young")),), again)


def _ask_age(shop: ShopStanding, block: str) -> Reply:
    answers = press("of_age", None, shop.shop_id), press("not_of_age", None, shop.shop_id)
    question = Text(say("joining", block, shop=shop.name))
    return Reply((question,), answers, QUESTION, asked_shop_id=shop.shop_id)


def _join(turn: Turn, shop: ShopStanding) -> Reply:
    if shop.is_member and shop.advertising_since is not None:
        return plain(turn, _already(shop))
    join_shop(turn.tx, shop.shop_id, turn.customer_id, pressed=turn.said.words[:60], at=turn.at)
    first: Bubble = Text(
        _already(shop) if shop.is_member else say("joining", "joined", shop=shop.name)
    )
    return Reply(
        (first, ads_question(shop)),
        ads_buttons(shop.shop_id),
        ADS_QUESTION,
        asked_shop_id=shop.shop_id,
    )


def _already(shop: ShopStanding) -> str:
    return say("joining", "already", shop=shop.name, since=shop.joined_at)
