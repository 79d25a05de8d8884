"""Becoming a regular: age, membership, then advertising asked apart (L40, L42, L44, L67)."""

from bot.handlers.codes import visit_code
from bot.handlers.consent import QUESTION as ADS_QUESTION
from bot.handlers.consent import ads_buttons, ads_question
from bot.hearing.understanding import Meaning
from bot.kakao_out import Reply
from bot.turns import Turn, press, usual, which_shop
from bot.words import say
from domain.bubbles import Bubble, Text
from loyalty.joining import join_shop
from storage.queries.customers import ShopStanding

QUESTION = "age"
FOR_STAMP = "age_stamp"
"""The same question to someone who wants a stamp: the number follows the answer."""

WISHES = {QUESTION: ("join", "of_age"), FOR_STAMP: ("stamp_code", "of_age_stamp")}
"""What begins each of the two conversations, and what confirms the age in it."""


def start(turn: Turn) -> Reply:
    return _begin(turn, turn.shop(), QUESTION)


def start_in(turn: Turn, shop: ShopStanding) -> Reply:
    """For who has named the shop by its page's code or by its name."""
    return _begin(turn, shop, QUESTION)


def start_for_stamp(turn: Turn) -> Reply:
    return _begin(turn, turn.shop(), FOR_STAMP)


def answer_age(turn: Turn, meaning: Meaning) -> Reply | None:
    return _answer(turn, meaning, QUESTION)


def answer_age_for_stamp(turn: Turn, meaning: Meaning) -> Reply | None:
    return _answer(turn, meaning, FOR_STAMP)


def confirm_age(turn: Turn) -> Reply:
    shop = turn.shop()
    return _join(turn, shop) if shop else start(turn)


def confirm_age_for_stamp(turn: Turn) -> Reply:
    shop = turn.shop()
    return _join(turn, shop, visit_code(turn)) if shop else start_for_stamp(turn)


def decline_young(_turn: Turn) -> Reply:
    """Nothing is kept of the answer: asking again later is welcome."""
    again = press("shop_info"), press("help")
    return Reply((Text(say("joining", "too_young")),), again)


def welcome(turn: Turn, shop: ShopStanding, first: Bubble) -> Reply:
    """For who has just become a regular by a first visit: its words, the notice, the question."""
    return _with_ads(shop, first, _notice(turn, shop))


def _begin(turn: Turn, shop: ShopStanding | None, question: str) -> Reply:
    if shop is None:
        strange = [one for one in turn.meeting.shops if not one.is_member]
        shops = strange or turn.meeting.shops
        wish, _ = WISHES[question]
        return which_shop(say("help", "which_join"), wish, turn.near(shops) or shops)
    if turn.meeting.person.of_age_at is not None:
        return _join(turn, shop)
    return _ask_age(shop, "age", question)


def _answer(turn: Turn, meaning: Meaning, question: str) -> Reply | None:
    match meaning:
        case Meaning.YES:
            return (confirm_age if question == QUESTION else confirm_age_for_stamp)(turn)
        case Meaning.NO:
            return decline_young(turn)
        case Meaning.UNKNOWN:
            shop = turn.shop()
            return _ask_age(shop, "age_again", question) if shop else None
        case _:
            return None


def _ask_age(shop: ShopStanding, block: str, question: str) -> Reply:
    _, confirms = WISHES[question]
    answers = press("of_age", confirms, shop.shop_id), press("not_of_age", None, shop.shop_id)
    asked = Text(say("joining", block, shop=shop.name))
    return Reply((asked,), answers, question, asked_shop_id=shop.shop_id)


def _join(turn: Turn, shop: ShopStanding, *more: Bubble) -> Reply:
    if shop.is_member and shop.advertising_since is not None:
        return Reply((Text(_already(shop)), *more), usual(turn.meeting))
    join_shop(turn.tx, shop.shop_id, turn.customer_id, pressed=turn.said.words[:60], at=turn.at)
    first = Text(_already(shop)) if shop.is_member else _notice(turn, shop)
    return _with_ads(shop, first, *more)


def _notice(turn: Turn, shop: ShopStanding) -> Bubble:
    """What is kept, why, until when and by whom; the whole of it stands on the shop's page."""
    page = f"{turn.public_url}/s/{shop.slug}/privacy"
    return Text(say("joining", "joined", shop=shop.name, page=page))


def _with_ads(shop: ShopStanding, *bubbles: Bubble) -> Reply:
    return Reply(
        (*bubbles, ads_question(shop)),
        ads_buttons(shop.shop_id),
        ADS_QUESTION,
        asked_shop_id=shop.shop_id,
    )


def _already(shop: ShopStanding) -> str:
    return say("joining", "already", shop=shop.name, since=shop.joined_at)
