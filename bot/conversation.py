"""Which handler answers: the pressed button, then a stop, the open question, the meaning."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bot.handlers import (
    asking,
    birthday,
    consent,
    coupons,
    help,  # noqa: A004 - the handler is named after its word
    join_codes,
    joining,
    leaving,
    my_info,
    name,
    pausing,
    phone,
    settings,
    shop_info,
    stamps,
    telling,
    welcome,
)
from bot.handlers.news import say_first
from bot.hearing.understanding import Meaning, squeezed, understand
from bot.hearing.wishes import wish
from bot.kakao_in import Utterance
from bot.kakao_out import Reply, text_reply
from bot.owner import ideas, pairing, pauses
from bot.owner.conversation import (
    DOES,
    OWNER_BY_BLOCK,
    answer_owner,
    look_at_news,
    press_owner,
)
from bot.owner.turns import at_counter
from bot.turns import Ahead, Look, Turn, Wish, look_ahead, press
from bot.words import say
from domain.campaigns import SenderName
from domain.refusals import Conflict, Invalid, NotFound, Refusal
from loyalty.meeting import Meeting, ask, meet, meet_all
from storage.desk import Tx
from storage.queries.customers import Call


class Arrival(NamedTuple):
    """A turn before it begins."""

    call: Call
    said: Utterance
    public_url: str
    seen_after: float
    """Seconds; sooner nobody has read a question and typed an answer."""
    senders: frozenset[SenderName] = frozenset({SenderName.KAKAO_EVENT})


Handler = Callable[[Turn], Reply]
Answerer = Callable[[Turn, Meaning], Reply | None]

PRESSED: Mapping[str, Handler] = {
    "welcome": welcome.greet,
    "join": joining.start,
    "of_age": joining.confirm_age,
    "of_age_stamp": joining.confirm_age_for_stamp,
    "not_of_age": joining.decline_young,
    "ads_ask": consent.ask_ads,
    "ads_yes": consent.ask_ads,  # a button of before its text was named: asked once more
    consent.AGREE: consent.agree_ads,
    "ads_no": consent.decline_ads,
    "stop": consent.stop,
    "my_info": my_info.show,
    "my_record": my_info.show_record,
    "shop_info": shop_info.show,
    "shop_hours": shop_info.hours,
    "shop_place": shop_info.place,
    "shop_phone": shop_info.phone,
    "shop_menu": shop_info.menu,
    "shop_parking": shop_info.parking,
    "ask": asking.start,
    "ask_no": asking.give_up,
    "pass_on": asking.pass_on,
    "unask": asking.unask,
    "pause": pausing.pause,
    "resume": pausing.resume,
    "keep": pausing.keep,
    "settings": settings.show,
    "name_ask": name.start,
    "name_skip": name.skip,
    "help": help.explain,
    "news": look_at_news,
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
    **dict.fromkeys(DOES, press_owner),
}
"""What `extra.do` of our own buttons may say."""

BY_BLOCK = frozenset(
    [
        "welcome",
        "join",
        "stamp_code",
        "my_stamps",
        "my_coupons",
        "use_coupon",
        "my_info",
        "shop_info",
        "shop_hours",
        "shop_place",
        "shop_phone",
        "shop_menu",
        "shop_parking",
        "ask",
        "settings",
        "pause",
        "resume",
        "ads_ask",
        "stop",
        "name_ask",
        "phone_ask",
        "birthday_ask",
        "erase_ask",
        "told_off",
        "told_on",
        "help",
        *OWNER_BY_BLOCK,
    ]
)
"""What a block of the bot may be set to do: only what begins a conversation. An answer is
nothing without the text that was shown before it (L42).
"""

WHICH = "which_"
ASKED: Mapping[str, Answerer] = {
    joining.QUESTION: joining.answer_age,
    joining.FOR_STAMP: joining.answer_age_for_stamp,
    consent.QUESTION: consent.answer_ads,
    phone.QUESTION: phone.answer_phone,
    birthday.QUESTION: birthday.answer,
    leaving.QUESTION: leaving.answer,
    pausing.QUESTION: pausing.answer,
    asking.QUESTION: asking.answer,
    name.QUESTION: name.answer,
}
ASKED_BEFORE: Mapping[str, Answerer] = {"ads": consent.answer_older, "phone": phone.answer_older}
"""Questions whose text has changed since they were asked."""

MEANT: Mapping[Meaning, Handler] = {
    Meaning.JOIN: joining.start,
    Meaning.JOIN_CODE: join_codes.start_by_code,
    Meaning.MY_INFO: my_info.show,
    Meaning.HELP: help.explain,
    Meaning.STOP: consent.stop,
    Meaning.AGREE_ADS: consent.ask_ads,
    Meaning.YES: help.fall_back,
    Meaning.NO: pausing.doubt_a_no,
    Meaning.PHONE: phone.ask_phone,
    Meaning.LEAVE_PHONE: phone.ask_phone,
    Meaning.FORGET_PHONE: pausing.forget_number,
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
    Meaning.UNKNOWN: help.answer_unknown,
    Meaning.PAIR: pairing.pair,
    Meaning.MAYBE_STOP: pausing.doubt,
    Meaning.PAUSE: pausing.pause,
    Meaning.RESUME: pausing.resume,
    Meaning.SETTINGS: settings.show,
    Meaning.NAME: name.start,
    Meaning.SHOP_HOURS: shop_info.hours,
    Meaning.SHOP_PLACE: shop_info.place,
    Meaning.SHOP_PHONE: shop_info.phone,
    Meaning.SHOP_MENU: shop_info.menu,
    Meaning.SHOP_PARKING: shop_info.parking,
    Meaning.ENQUIRY: asking.start,
    Meaning.THANKS: help.thank,
}
WISHES: Mapping[Handler, Callable[[Turn], Sequence[Wish]]] = {
    stamps.show: stamps.wishes,
    stamps.show_code: stamps.wishes_for_code,
    coupons.show: coupons.wishes,
    my_info.show: my_info.wishes,
    welcome.greet: welcome.wishes,
}
"""What a handler is sure to ask the books, so that it is read for all turns of a moment."""

DECIDING = frozenset({Meaning.YES, Meaning.NO, Meaning.AGREE_ADS, Meaning.ERASE})
BEFORE_ALL = frozenset({Meaning.STOP, Meaning.MAYBE_STOP, Meaning.PAUSE})
"""L11: beat whatever was asked."""


def begin_all(tx: Tx, arrivals: Sequence[Arrival]) -> list[Turn | None]:
    """Begins the turns of one moment as a set: who speaks, and what they will surely be shown.

    None for who speaks again in the same moment: the first turn may change how they stand.
    """
    met = meet_all(tx, [arrival.call for arrival in arrivals])
    ahead: dict[Look[Any, Any], Mapping[Any, Any]] = {}
    turns = [
        _turn(tx, meeting, arrival, ahead) if meeting else None
        for meeting, arrival in zip(met, arrivals, strict=True)
    ]
    wishes = [wish for turn in turns if turn for wish in _sure_of(turn)]
    ahead.update(look_ahead(tx, wishes, max(arrival.call.at for arrival in arrivals)))
    return turns


def begin(tx: Tx, arrival: Arrival) -> Turn:
    call = arrival.call
    return _turn(tx, meet(tx, call.channel_id, call.caller, call.at), arrival, {})


def converse(turn: Turn, now: Callable[[], datetime]) -> Reply:
    """One whole turn in one transaction; saying it twice does no harm."""
    reply = say_first(turn, _answer(turn))
    if turn.meeting.person.is_staff:
        reply = ideas.say_first(turn, pauses.say_first(turn, reply))
    ask(turn.tx, turn.meeting, reply.question, reply.asked_shop_id, now())
    return reply


def _turn(tx: Tx, meeting: Meeting, arrival: Arrival, ahead: Ahead) -> Turn:
    call, person, said = arrival.call, meeting.person, arrival.said
    if said.is_by_block and person.asking and said.do != "stop":
        said = said._replace(do=None)  # first what is open
    seen_at = person.asked_at and person.asked_at + timedelta(seconds=arrival.seen_after)
    is_blind = seen_at is not None and call.at < seen_at
    meaning = Meaning.UNKNOWN if said.do in PRESSED else understand(said.words)
    about = said, call.at, call.channel_id, arrival.public_url, meaning
    return Turn(tx, meeting, *about, ahead, is_blind, arrival.senders)


def _sure_of(turn: Turn) -> Sequence[Wish]:
    """Only where nothing else can be meant: not under a question, not for staff."""
    person = turn.meeting.person
    handler = PRESSED.get(turn.said.do) if turn.said.do else None
    if handler is None and not person.asking and not person.is_staff:
        handler = MEANT[turn.meaning]
    wishes = WISHES.get(handler) if handler else None
    try:
        return wishes(turn) if wishes else ()
    except Refusal:  # the turn itself will say so
        return ()


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
        case Conflict(reason="day_limit"):  # at the counter: who asks for stamps is told otherwise
            return text_reply(say("owner_counter", "day_limit", **refusal.facts), *at_counter())
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
    meaning = turn.meaning
    if turn.meeting.person.is_staff and (answered := answer_owner(turn, meaning)):
        return answered
    if meaning is Meaning.MAYBE_STOP and not pausing.hears(turn):
        other = wish(squeezed(turn.said.words)) or Meaning.UNKNOWN
        return pausing.told_nothing_comes(_answer_meaning(turn, other))
    if meaning in BEFORE_ALL:
        return MEANT[meaning](turn)
    return _answer_meaning(turn, meaning)


def _answer_meaning(turn: Turn, meaning: Meaning) -> Reply:
    question = turn.meeting.person.asking
    answered = _answer_question(turn, question, meaning) if question else None
    return answered or welcome.greet_named(turn, meaning) or MEANT[meaning](turn)


def _answer_question(turn: Turn, question: str, meaning: Meaning) -> Reply | None:
    if question.startswith(WHICH):
        is_named = turn.shop() is not None
        return PRESSED[question.removeprefix(WHICH)](turn) if is_named else None
    answerer = ASKED.get(question) or ASKED_BEFORE.get(question.partition(":")[0])
    # Thanks are polite, but no answer; and nobody has agreed to a text they had not seen (L42).
    is_none = meaning is Meaning.THANKS or (turn.is_blind and meaning in DECIDING)
    answer = Meaning.UNKNOWN if is_none else meaning
    return answerer(turn, answer) if answerer else None
