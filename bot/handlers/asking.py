"""Questions for the owner: passed on with a promise, taken back, read by who asked (L48)."""

from datetime import datetime

from bot.handlers.knowing import answer_from_shop, pass_on_button, shop_meant
from bot.hearing.understanding import Meaning, squeezed
from bot.hearing.wondering import is_question
from bot.kakao_out import Reply
from bot.turns import Turn, plain, press, usual_after, which_shop, which_with_words
from bot.words import say
from domain.bubbles import Action, Button, Text
from domain.enquiries import WORDS_MAX, EnquiryState
from domain.people import EnquiryId
from domain.refusals import Conflict, NotFound
from domain.time import in_kst
from loyalty.enquiries import Asked, ask_shop, take_back
from storage.queries.customers import ShopStanding
from storage.queries.enquiries import EnquiryView, list_of_person

QUESTION = "ask"
WISH_LENGTH_MAX, COMMAND_LENGTH_MAX = 6, 10
"""A known wish in so few syllables (내 도장) is that wish, not what they want to ask; one that
asks nothing (도장 찍어 주세요) may be a little longer.
"""

GIVING_UP_LENGTH_MAX = 12
RIGHTS = (Meaning.LEAVE, Meaning.FORGET_PHONE, Meaning.FORGET_BIRTHDAY, Meaning.MY_INFO)
"""Answered here and at once (L48, L49), however it is said."""

NO_QUESTION = (Meaning.YES, Meaning.ENQUIRY)
"""Words that only say that there is something to ask."""

CONTENT_LENGTH_MIN = 12
"""Who says so much besides wanting to ask has asked already."""

WAITING_SHOWN_MAX = 3
NOON = 12
DAYS = {-1: "어제", 0: "오늘", 1: "내일"}


def start(turn: Turn) -> Reply:
    """Asks what to ask; what waits already is told with its promise."""
    shop = shop_meant(turn)
    if shop is None:
        return which_shop(say("asking", "which"), "ask", turn.meeting.joined or turn.meeting.shops)
    waiting = _waiting(turn, shop)
    parts = [_status(turn, one) for one in waiting[:WAITING_SHOWN_MAX]]
    parts.append(say("asking", "what", shop=shop.name))
    said = turn.said.words
    has_content = turn.said.do is None and len(squeezed(said)) >= CONTENT_LENGTH_MIN
    first = (pass_on_button(said, shop),) if has_content else ()
    return Reply(
        (Text("\n\n".join(parts)),),
        (*first, press("ask_no"), press("shop_info"), press("help")),
        question=QUESTION,
        asked_shop_id=shop.shop_id,
    )


def answer(turn: Turn, meaning: Meaning) -> Reply | None:
    """The next words are the question, unless they are plainly another wish."""
    shop = turn.asked_shop()
    if shop is None or _gives_up(turn, meaning):
        return give_up(turn)
    if meaning in RIGHTS or _is_wish(turn, meaning):
        return None
    words = turn.said.words
    if meaning in NO_QUESTION and len(squeezed(words)) < CONTENT_LENGTH_MIN:
        return start(turn)
    return answer_from_shop(turn, shop, meaning) or ask_owner(turn, shop, words)


def give_up(turn: Turn) -> Reply:
    return plain(turn, say("asking", "given_up"))


def pass_on(turn: Turn) -> Reply:
    """The button that says the words again: now they go to the owner."""
    words = turn.said.words
    shop = shop_meant(turn)
    if shop is None:
        shops = turn.meeting.joined or turn.meeting.shops
        return which_with_words(say("asking", "which_words"), "pass_on", shops, words)
    return ask_owner(turn, shop, words)


def ask_owner(turn: Turn, shop: ShopStanding, words: str) -> Reply:
    """Passes the words on and says by when; one tap takes them back."""
    if not squeezed(words):
        return start(turn)
    try:
        asked = ask_shop(
            turn.tx,
            shop.shop_id,
            turn.customer_id,
            words,
            reply_hours=shop.reply_hours,
            at=turn.at,
        )
    except Conflict as refusal:
        return plain(turn, say("asking", "too_many", shop=shop.name, **refusal.facts))
    if not asked.is_new:
        return _asked_before(turn, shop, asked)
    facts = {"shop": shop.name, "by": by_when(asked.enquiry.promised_by, turn.at)}
    is_cut = len(words) > WORDS_MAX
    text = say("asking", "passed_on", words=asked.enquiry.words, is_cut=is_cut, **facts)
    return Reply((Text(text),), usual_after(turn.meeting, _unask_button(asked.enquiry)))


def unask(turn: Turn) -> Reply:
    """Raises NotFound for somebody else's question."""
    if turn.said.about is None:
        raise NotFound("enquiry")
    enquiry = take_back(turn.tx, turn.customer_id, EnquiryId(turn.said.about), turn.at)
    is_late = enquiry.state is EnquiryState.ANSWERED
    return plain(turn, say("asking", "too_late" if is_late else "taken_back"))


def _gives_up(turn: Turn, meaning: Meaning) -> bool:
    """A no or a thank you that asks nothing: `취소 가능한가요?` is a question."""
    is_over = meaning is Meaning.NO or turn.meaning is Meaning.THANKS
    words = turn.said.words
    return is_over and not is_question(words) and len(squeezed(words)) <= GIVING_UP_LENGTH_MAX


def _is_wish(turn: Turn, meaning: Meaning) -> bool:
    if meaning in (Meaning.UNKNOWN, Meaning.NO, *NO_QUESTION):
        return False
    length_max = WISH_LENGTH_MAX if is_question(turn.said.words) else COMMAND_LENGTH_MAX
    return len(squeezed(turn.said.words)) <= length_max


def by_when(by: datetime, at: datetime) -> str:
    """오늘 오후 3시, 내일 오전 9시, 11월 25일 오후 3시."""
    local, today = in_kst(by), in_kst(at).date()
    day = DAYS.get((local.date() - today).days, f"{local.month}월 {local.day}일")
    half = "오전" if local.hour < NOON else "오후"
    return f"{day} {half} {(local.hour - 1) % NOON + 1}시"


def _waiting(turn: Turn, shop: ShopStanding) -> list[EnquiryView]:
    return [
        one
        for one in list_of_person(turn.tx, turn.customer_id)
        if one.shop_id == shop.shop_id and one.state is EnquiryState.OPEN
    ]


def _asked_before(turn: Turn, shop: ShopStanding, asked: Asked) -> Reply:
    enquiry = asked.enquiry
    if enquiry.state is EnquiryState.ANSWERED:
        text = say("asking", "answered", shop=shop.name, answer=enquiry.answer)
        return plain(turn, text)
    return Reply((Text(_status(turn, enquiry)),), usual_after(turn.meeting, _unask_button(enquiry)))


def _status(turn: Turn, enquiry: EnquiryView) -> str:
    """The truth about a promise, also when it is broken."""
    shop = turn.meeting.shop(enquiry.shop_id)
    block = "late" if enquiry.is_late(turn.at) else "waiting"
    by = by_when(enquiry.promised_by, turn.at)
    return say(
        "asking", block, shop=shop.name, contact=shop.contact, words=enquiry.words[:60], by=by
    )


def _unask_button(enquiry: EnquiryView) -> Button:
    label = say("buttons", "unask")
    extra = {"do": "unask", "about": str(enquiry.enquiry_id)}
    return Button(label=label, action=Action.SAY, target=label, extra=extra)
