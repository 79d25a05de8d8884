"""Advertising: asked apart, given, declined, withdrawn in one step, asked afresh (L4, L40)."""

from dataclasses import replace

from bot.handlers.phone import QUESTION as PHONE_QUESTION
from bot.handlers.phone import phone_question
from bot.hearing.understanding import Meaning, agrees_to
from bot.kakao_out import Reply
from bot.turns import Turn, listed_names, plain, press, usual, which_shop
from bot.words import say
from domain.bubbles import Bubble, Button, Text
from domain.consent import TEXT_VERSION, Choice
from domain.people import Friend, ShopId
from loyalty.consent import choose_advertising, stop_advertising
from loyalty.meeting import Meeting
from loyalty.pausing import resume_advertising
from storage.queries.customers import ShopStanding

QUESTION = f"ads:{TEXT_VERSION}"
AGREE = f"ads_yes:{TEXT_VERSION}"
"""Both name the text that was shown: an answer to an older one consents to nothing (L2, L42)."""

TEXT_SHOWN = (QUESTION, PHONE_QUESTION)
"""Under these a consent may be given, also once more (L42); no other question shows its text."""


def ads_question(shop: ShopStanding) -> Bubble:
    """The text that a consent rests on (L2, L42)."""
    return Text(say("joining", "ads", shop=shop.name))


def ads_buttons(shop_id: ShopId) -> tuple[Button, Button]:
    return press("ads_yes", AGREE, shop_id), press("ads_no", None, shop_id)


def ask_ads(turn: Turn) -> Reply:
    """Words alone consent to nothing: the question with its text comes first."""
    joined = turn.meeting.joined
    if not joined:
        return plain(turn, say("consent", "not_regular"))
    unheard = [one for one in joined if one.advertising_since is None or one.rests(turn.at)]
    shop = turn.shop(unheard or joined)
    if shop is None:
        return which_shop(say("consent", "which"), "ads_ask", joined)
    if not shop.is_member:
        return plain(turn, say("consent", "not_regular"))
    if shop.advertising_since is not None:
        _end_rest(turn, shop)
        return _granted(turn, shop)
    return Reply(
        (ads_question(shop),), ads_buttons(shop.shop_id), QUESTION, asked_shop_id=shop.shop_id
    )


def answer_ads(turn: Turn, meaning: Meaning) -> Reply | None:
    """Only clear words decide; anything that is no answer and no other wish is asked again."""
    match meaning:
        case Meaning.YES | Meaning.AGREE_ADS:
            return agree_ads(turn)
        case Meaning.NO:
            return decline_ads(turn)
        case Meaning.UNKNOWN:
            shop = turn.asked_shop()
            named = None if turn.is_blind else named_in_agreement(turn)
            if named is not None:
                return agree_ads(turn) if named == shop else ask_ads(turn)
            if shop is None or not shop.is_member:
                return None
            again = Text(say("consent", "ads_again_question"))
            return Reply((again,), ads_buttons(shop.shop_id), QUESTION, asked_shop_id=shop.shop_id)
        case _:
            return None


def answer_older(turn: Turn, meaning: Meaning) -> Reply | None:
    """Asked under words that have changed since: a yes is asked for once more, a no is a no."""
    match meaning:
        case Meaning.YES | Meaning.AGREE_ADS:
            return ask_ads(turn)
        case Meaning.NO:
            return decline_ads(turn)
        case _:
            return None


def named_in_agreement(turn: Turn) -> ShopStanding | None:
    """The shop whose name stands in words that are otherwise a clear agreement."""
    shop = turn.shop()
    return shop if shop and agrees_to(turn.said.words, shop.name) else None


def agree_ads(turn: Turn) -> Reply:
    """Reached from a button under the text, or a clear yes right after it."""
    is_shown = turn.said.shop_id is not None or turn.meeting.person.asking in TEXT_SHOWN
    shop = turn.asked_shop() if is_shown else None
    if shop is None or not shop.is_member:
        return plain(turn, say("consent", "not_regular"))
    is_repeated = shop.advertising_since is not None
    if not is_repeated:
        _choose(turn, shop, Choice.GRANTED)
    _end_rest(turn, shop)
    if shop.phone_granted_at is not None or (
        is_repeated and turn.meeting.person.asking != PHONE_QUESTION
    ):
        return _granted(turn, shop)
    return Reply(
        (_granted_notice(turn, shop), phone_question(turn)),
        (press("phone_skip"),),
        question=PHONE_QUESTION,
        asked_shop_id=shop.shop_id,
    )


def decline_ads(turn: Turn) -> Reply:
    shop = turn.asked_shop()
    if shop is None or not shop.is_member:
        return plain(turn, say("consent", "not_regular"))
    _choose(turn, shop, Choice.DECLINED)
    notice = Text(say("consent", "declined", shop=shop.name, at=turn.at))
    return Reply((notice,), usual(_without_ads(turn.meeting, shop.shop_id)))


def stop(turn: Turn) -> Reply:
    """From anywhere, at once, for every shop of this channel; the reply is the L13 notice."""
    stopped = stop_advertising(turn.tx, turn.customer_id, pressed=turn.said.words, at=turn.at)
    if not stopped:
        return replace(plain(turn, say("consent", "not_receiving", at=turn.at)), stands_alone=True)
    has_phone = turn.meeting.person.has_phone
    names = listed_names(turn.meeting.joined)
    is_told = any(shop.is_told for shop in turn.meeting.joined)
    facts = {"at": turn.at, "has_phone": has_phone, "is_told": is_told}
    notice = say("consent", "withdrawn", shops=names, **facts)
    undo, hint = _undo(turn)
    more = [press("phone_forget")] * has_phone + [press("told_off")] * is_told
    buttons = undo, *more, press("my_info"), press("help")
    return Reply((Text(notice), *hint), buttons, stands_alone=True)


def _undo(turn: Turn) -> tuple[Button, tuple[Bubble, ...]]:
    """One tap back for one shop, as a fresh consent under its own text; else it is asked."""
    heard = [shop for shop in turn.meeting.joined if shop.advertising_since is not None]
    if len(heard) != 1:
        return press("ads_again", "ads_ask"), ()
    hint = Text(say("joining", "ads_undo", shop=heard[0].name))
    return press("ads_again", AGREE, heard[0].shop_id), (hint,)


def _without_ads(meeting: Meeting, shop_id: ShopId) -> Meeting:
    """As the person stands after declining: a consent that stood is gone."""
    shops = [
        one._replace(advertising_since=None) if one.shop_id == shop_id else one
        for one in meeting.shops
    ]
    return replace(meeting, shops=shops)


def _choose(turn: Turn, shop: ShopStanding, choice: Choice) -> None:
    choose_advertising(
        turn.tx, shop.shop_id, turn.customer_id, choice, pressed=turn.said.words, at=turn.at
    )


def _end_rest(turn: Turn, shop: ShopStanding) -> None:
    """Who wants the news does not want it to rest."""
    if shop.rests(turn.at):
        who = f"customer:{turn.customer_id}"
        resume_advertising(turn.tx, shop.shop_id, turn.customer_id, actor=who, at=turn.at)


def _granted(turn: Turn, shop: ShopStanding) -> Reply:
    last = press("stop"), press("my_info"), press("shop_info"), press("help")
    return Reply((_granted_notice(turn, shop),), last)


def _granted_notice(turn: Turn, shop: ShopStanding) -> Bubble:
    """L13; a consent that stood already keeps its first date."""
    at = shop.advertising_since or turn.at
    is_friend = turn.meeting.person.friend is Friend.ADDED  # K7: nobody else is reached
    return Text(say("consent", "granted", shop=shop.name, at=at, is_friend=is_friend))
