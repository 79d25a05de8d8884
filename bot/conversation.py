"""Which handler answers: the pressed button, then a stop, the open question, the meaning."""

from collections.abc import Callable, Mapping

from bot.handlers import (
    birthday,
    consent,
    coupons,
    help,  # noqa: A004
    joining,
    leaving,
    my_info,
    phone,
    shop_info,
    stamps,
    telling,
    welcome,
)
from bot.handlers.news import say_first
from bot.kakao_in import Utterance
from bot.kakao_out import Reply, text_reply
from bot.turns import Turn, press
from bot.understanding import Meaning, understand
from bot.words import say
from domain.refusals import Conflict, Invalid, NotFound, Refusal
from loyalty.meeting import Meeting, ask, meet
from storage.desk import Tx
from storage.queries.customers import Call

Handler = Callable[[Turn], Reply]
Answerer = Callable[[Turn, Meaning], Reply | None]

PRESSED: Mapping[str, Handler] = {
    "join": joining.start,
    "of_age": joining.confirm_age,
    "of_age_stamp": joining.confirm_age_for_stamp,
    "not_of_age": joining.decline_young,
    "ads_ask": consent.ask_ads,
    "ads_yes": consent.agree_ads,
    "ads_no": consent.decline_ads,
    "stop": consent.stop,
    "my_info": my_info.show,
    "shop_info": shop_info.show,
    "help": help.explain,
    "phone_ask": phone.ask_phone,
    "phone_skip": phone.skip_phone,
    "phone_forget": phone.forget,
    "stamp_code": stamps.show_code,
    "my_stamps": stamps.show,
    "my_coupons": coupons.show,
    "use_coupon": coupons.use,
    "told_off": telling.turn_off,
    "told_on": telling.turn_on,
    "birthday_ask": birthday.ask,
    "birthday_skip": birthday.skip,
    "birthday_forget": birthday.forget,
    "erase_ask": leaving.ask,
    "erase": leaving.erase,
    "erase_no": leaving.stay,
}
"""What `extra.do` of our own buttons may say."""

WHICH = "which_"
ASKED: Mapping[str, Answerer] = {
    joining.QUESTION: joining.answer_age,
    joining.FOR_STAMP: joining.answer_age_for_stamp,
    consent.QUESTION: consent.answer_ads,
    phone.QUESTION: phone.answer_phone,
    birthday.QUESTION: birthday.answer,
    leaving.QUESTION: leaving.answer,
}
MEANT: Mapping[Meaning, Handler] = {
    Meaning.JOIN: joining.start,
    Meaning.MY_INFO: my_info.show,
    Meaning.HELP: help.explain,
    Meaning.STOP: consent.stop,
    Meaning.AGREE_ADS: consent.ask_ads,
    Meaning.YES: help.fall_back,
    Meaning.NO: help.fall_back,
    Meaning.PHONE: phone.ask_phone,
    Meaning.LEAVE_PHONE: phone.ask_phone,
    Meaning.FORGET_PHONE: phone.forget,
    Meaning.LEAVE: leaving.ask,
    Meaning.ERASE: leaving.ask,
    Meaning.MY_STAMPS: stamps.show,
    Meaning.STAMP_CODE: stamps.show_code,
    Meaning.CLAIM: stamps.claim,
    Meaning.MY_COUPONS: coupons.show,
    Meaning.USE_COUPON: coupons.use,
    Meaning.TOLD_OFF: telling.turn_off,
    Meaning.TOLD_ON: telling.turn_on,
    Meaning.BIRTHDAY: birthday.ask,
    Meaning.FORGET_BIRTHDAY: birthday.forget,
    Meaning.SHOP_INFO: shop_info.show,
    Meaning.GREETING: welcome.greet,
    Meaning.UNKNOWN: help.fall_back,
}


def converse(tx: Tx, met: Meeting | None, call: Call, said: Utterance, public_url: str) -> Reply:
    """One whole turn in one transaction; saying it twice does no harm.

    `met` is None for who has just spoken in the same moment: then they are met anew.
    """
    meeting = met or meet(tx, call.channel_id, call.caller, call.at)
    turn = Turn(tx, meeting, said, call.at, call.channel_id, public_url)
    reply = say_first(turn, _answer(turn))
    ask(tx, turn.meeting, reply.question, reply.asked_shop_id)
    return reply


def reply_to_test(channel_name: str) -> Reply:
    """For Kakao's test surfaces: an answer that needs and leaves nothing."""
    words = say("trouble", "test", channel=channel_name)
    return text_reply(words, press("join"), press("shop_info"), press("help"))


def refusal_words(refusal: Refusal) -> Reply:
    """What the rules do not allow, said kindly."""
    match refusal:
        case Invalid():
            words = "\n".join(refusal.fields.values())
        case NotFound():
            words = say("trouble", "not_found")
        case Conflict(reason="codes_busy"):
            words = say("trouble", "codes_busy")
        case Conflict():
            words = say("trouble", "conflict")
        case _:
            words = say("trouble", "refused")
    return text_reply(words, press("my_info"), press("shop_info"), press("help"))


def apology() -> Reply:
    return text_reply(say("trouble", "bug"), press("help"))


def _answer(turn: Turn) -> Reply:
    pressed = PRESSED.get(turn.said.do) if turn.said.do else None
    if pressed:
        return pressed(turn)
    meaning = understand(turn.said.words)
    if meaning is Meaning.STOP:  # L11: beats whatever was asked
        return consent.stop(turn)
    asking = turn.meeting.person.asking
    answered = _answer_question(turn, asking, meaning) if asking else None
    return answered or MEANT[meaning](turn)


def _answer_question(turn: Turn, asking: str, meaning: Meaning) -> Reply | None:
    if asking.startswith(WHICH):
        is_named = turn.shop() is not None
        return PRESSED[asking.removeprefix(WHICH)](turn) if is_named else None
    answerer = ASKED.get(asking)
    return answerer(turn, meaning) if answerer else None
