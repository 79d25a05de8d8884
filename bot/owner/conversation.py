"""What staff say and press in the chat: which shop is meant, who may, and who answers."""

import re
from collections.abc import Callable, Mapping, Sequence

from bot.handlers import help as customers_help
from bot.hearing.meanings import Meaning
from bot.hearing.owner_words import OwnerMeaning, understand_owner
from bot.hearing.spelling import squeezed
from bot.kakao_out import Reply
from bot.owner import counter, ideas, money, pairing, questions, sending, stopping, today
from bot.owner.times import is_only_time
from bot.owner.turns import ASKING, CLERKS_ROW, ROW, OwnerTurn, reply
from bot.turns import CHOICES_MAX, LABEL_MAX, Turn, plain
from bot.words import say
from domain.bubbles import Action, Button, Text
from domain.people import Role
from storage.queries.staff_chats import Seat, list_seats

Handler = Callable[[OwnerTurn], Reply]


def explain(turn: OwnerTurn) -> Reply:
    """What can be said here, by an owner or a clerk."""
    block = "owner" if turn.seat.role is Role.OWNER else "clerk"
    return reply(turn, say("owner_menu", block, shop=turn.seat.shop_name))


def keep(turn: OwnerTurn) -> Reply:
    return reply(turn, say("owner_menu", "kept"))


def as_customer(turn: OwnerTurn) -> Reply:
    """The customers' own menu: an owner may be a regular next door."""
    return customers_help.explain(turn.turn)


DOES: Mapping[str, Handler] = {
    "owner_menu": explain,
    "owner_keep": keep,
    "owner_customer": as_customer,
    "owner_send": sending.start,
    "owner_body": sending.take_body,
    "owner_preview": sending.show_again,
    "owner_book": sending.book,
    "owner_time": sending.ask_time,
    "owner_at": sending.take_time,
    "owner_edit": sending.edit,
    "owner_edited": sending.take_edit,
    "owner_drop": sending.drop,
    "owner_shown": sending.explain_refusal,
    "owner_idea": ideas.show,
    "owner_idea_send": ideas.send,
    "owner_idea_edit": ideas.change,
    "owner_idea_skip": ideas.skip,
    "owner_idea_yes": ideas.accept,
    "owner_idea_when": ideas.ask_when,
    "owner_idea_at": ideas.take_when,
    "owner_idea_no": ideas.refuse,
    "owner_cancel": stopping.cancel,
    "owner_stop": stopping.ask_stop,
    "owner_stop_all": stopping.stop,
    "owner_money": money.show_money,
    "owner_results": money.show_results,
    "owner_today": today.show,
    "owner_stamp": counter.stamp,
    "owner_unstamp": counter.unstamp,
    "owner_coupon": counter.use_coupon,
    "owner_give_back": counter.give_back,
    "owner_enquiries": questions.show_open,
    "owner_answer": questions.ask_answer,
    "owner_answered": questions.take_answer,
    "owner_close": questions.close,
    "owner_console": pairing.open_console,
    "owner_part_ask": pairing.ask_part,
    "owner_part": pairing.part,
}
"""What a button of staff may say, what their words mean, and what answers a question."""

CLERK_DOES = frozenset(
    {
        "owner_menu",
        "owner_keep",
        "owner_customer",
        "owner_today",
        "owner_stamp",
        "owner_unstamp",
        "owner_coupon",
        "owner_give_back",
        "owner_enquiries",
        "owner_answer",
        "owner_answered",
        "owner_close",
        "owner_console",
        "owner_part_ask",
        "owner_part",
    }
)
"""No sending, no money: the counter and the questions. See also console/gate.py."""

OWNER_BY_BLOCK = ("owner_menu", *ROW, "owner_coupon", "owner_idea", "owner_cancel", "owner_stop")
"""What a block of the bot may be set to do for staff."""

MEANT: Mapping[OwnerMeaning, str] = {
    OwnerMeaning.SEND: "owner_send",
    OwnerMeaning.MONEY: "owner_money",
    OwnerMeaning.TODAY: "owner_today",
    OwnerMeaning.RESULTS: "owner_results",
    OwnerMeaning.STAMP: "owner_stamp",
    OwnerMeaning.COUPON: "owner_coupon",
    OwnerMeaning.ENQUIRIES: "owner_enquiries",
    OwnerMeaning.CANCEL_BOOKED: "owner_cancel",
    OwnerMeaning.STOP_ALL: "owner_stop",
    OwnerMeaning.CONSOLE: "owner_console",
    OwnerMeaning.IDEA: "owner_idea",
    OwnerMeaning.UNPAIR: "owner_part_ask",
    OwnerMeaning.OWNER_HELP: "owner_menu",
}
FREE_WORDS: Mapping[str, str] = {
    sending.BODY: "owner_body",
    sending.EDIT: "owner_edited",
    questions.ANSWER: "owner_answered",
}
"""Questions that take whatever is written, but for a short wish of another kind."""

CONFIRMED: Mapping[str, str] = {stopping.STOP: "owner_stop_all", pairing.PART: "owner_part"}
"""Questions that a clear yes answers."""

WISH_LENGTH_MAX = 8
WHICH = "w:"
LABELS: Mapping[str, str] = {
    "보내기": "owner_book",
    "보내": "owner_book",
    "보내줘": "owner_book",
    "이대로보내기": "owner_book",
    "시간정하기": "owner_time",
    "고치기": "owner_edit",
}
"""The buttons of a preview, typed."""

TYPED: Mapping[str, str] = {
    squeezed(say("owner_buttons", name)): name for name in (*ROW, *CLERKS_ROW, "owner_customer")
}
"""The usual buttons, typed."""

NOT_NOW = re.compile(
    r"(?:아니|아뇨|그냥)?(?:그만(?:할게|할래|하기|둘게|둘래)?|취소(?:할게|할래|해|하기)?|됐어|관둘래|관둘게"
    r"|안보낼래|안보낼게|안할래|안할게|나중에|다음에|그대로둘게|그대로두기)?요?"
)
"""Said under an open question it is about that question, and no customer's stop."""


def press_owner(turn: Turn) -> Reply:
    """A button of staff, from whoever pressed it."""
    assert turn.said.do is not None, "only a button comes here"
    return _do(turn, turn.said.do)


def answer_owner(turn: Turn, meaning: Meaning) -> Reply | None:
    """The words of somebody whose chat speaks for a shop; None where they speak as a customer.

    `meaning` is what the words would mean from any customer: a clear stop stays one.
    """
    asked = turn.meeting.person.asking or ""
    meant = understand_owner(turn.said.words)
    if asked.startswith(ASKING):
        bare = squeezed(turn.said.words)
        if bare and NOT_NOW.fullmatch(bare):
            return _do(turn, _dropping(asked))
        if do := ideas.answering(turn, asked.removeprefix(ASKING), meaning):
            return _do(turn, do)
        if meant is None and _is_customers(turn, meaning):
            return None
        if do := _answering(turn, asked.removeprefix(ASKING), meaning, meant):
            return _do(turn, do)
    elif asked and meant in (OwnerMeaning.STAMP, OwnerMeaning.COUPON):
        return None  # digits that answer a customer's question, such as a birthday
    do = TYPED.get(squeezed(turn.said.words)) or (MEANT[meant] if meant else None)
    return _do(turn, do) if do else None


def _is_customers(turn: Turn, meaning: Meaning) -> bool:
    """Whoever is sent advertisements and clearly refuses them is heard as a customer first.

    Of a pause only where no free words are asked for: `내일은 쉬어요` is news to be told.
    """
    hears = any(shop.advertising_since for shop in turn.meeting.shops)
    question = (turn.meeting.person.asking or "").removeprefix(ASKING)
    is_free = any(question.startswith(name) for name in FREE_WORDS)
    return (meaning is Meaning.STOP and hears) or (meaning is Meaning.PAUSE and not is_free)


def _dropping(asked: str) -> str:
    question = asked.removeprefix(ASKING)
    if question == ideas.WHEN:
        return "owner_idea_no"
    is_draft = question in (sending.BODY, sending.EDIT, sending.PREVIEW, sending.TIME)
    return "owner_drop" if is_draft else "owner_keep"


def _answering(
    turn: Turn, question: str, meaning: Meaning, meant: OwnerMeaning | None
) -> str | None:
    """What the open question makes of these words; None where they are a wish of their own."""
    free = next((do for name, do in FREE_WORDS.items() if question.startswith(name)), None)
    if free:
        is_other = meant not in (None, OwnerMeaning.SEND)
        is_wish = is_other and len(squeezed(turn.said.words)) <= WISH_LENGTH_MAX
        return None if is_wish else free
    if question == sending.PREVIEW:
        return _under_preview(turn, meaning, meant)
    if question in CONFIRMED:
        return CONFIRMED[question] if meaning is Meaning.YES else None
    if question == counter.COUPON:
        return "owner_coupon" if meant is OwnerMeaning.STAMP else None
    if question == sending.TIME and is_only_time(turn.said.words, turn.at):
        return "owner_at"
    return None if meant else _named(question)


def _named(question: str) -> str | None:
    """A time, or a shop's name."""
    if question.startswith(WHICH):
        return f"owner_{question.removeprefix(WHICH)}"
    return "owner_at" if question == sending.TIME else None


def _under_preview(turn: Turn, meaning: Meaning, meant: OwnerMeaning | None) -> str | None:
    bare = squeezed(turn.said.words)
    if bare in LABELS:
        return LABELS[bare]
    if meaning is Meaning.YES:
        return "owner_book"
    if is_only_time(turn.said.words, turn.at):
        return "owner_at"
    return "owner_preview" if meant is None and meaning is Meaning.UNKNOWN else None


def _do(turn: Turn, do: str) -> Reply:
    """Who speaks for no shop, or not for that of the button, is told so kindly."""
    seats = _seats(turn)
    is_elsewhere = turn.said.shop_id is not None and turn.said.do is not None
    if not seats or (is_elsewhere and turn.said.shop_id not in {one.shop_id for one in seats}):
        return plain(turn, say("owner_menu", "nobody"))
    seat = _seat(turn, seats)
    if seat is None:
        return _which(turn, seats, do)
    owner_turn = OwnerTurn(turn, seat)
    if seat.role is not Role.OWNER and do not in CLERK_DOES:
        return reply(owner_turn, say("owner_menu", "only_owner"))
    return DOES[do](owner_turn)


def _seats(turn: Turn) -> list[Seat]:
    """One a shop: who is owner and clerk of the same shop is its owner."""
    seats: dict[int, Seat] = {}
    for seat in list_seats(turn.tx, turn.customer_id):
        if seat.shop_id not in seats or seat.role is Role.OWNER:
            seats[seat.shop_id] = seat
    return list(seats.values())


def _seat(turn: Turn, seats: Sequence[Seat]) -> Seat | None:
    """The shop that is meant: pressed, named, asked about, or the only one."""
    if len(seats) == 1:
        return seats[0]
    by_shop = {seat.shop_id: seat for seat in seats}
    if turn.said.shop_id in by_shop:
        return by_shop[turn.said.shop_id]
    bare = squeezed(turn.said.words)
    named = [seat for seat in seats if squeezed(seat.shop_name) in bare]
    if len(named) == 1:
        return named[0]
    person = turn.meeting.person
    if (person.asking or "").startswith(ASKING) and person.asking_shop_id in by_shop:
        return by_shop[person.asking_shop_id]
    return None


def _which(turn: Turn, seats: Sequence[Seat], do: str) -> Reply:
    """A button a shop that says the same words again, so that nothing need be typed twice."""
    words = turn.said.words
    buttons = tuple(
        Button(
            label=seat.shop_name[:LABEL_MAX].strip(),
            action=Action.SAY,
            target=words or seat.shop_name,
            extra={"do": do, "shop": str(seat.shop_id)},
        )
        for seat in seats[:CHOICES_MAX]
    )
    return Reply(
        (Text(say("owner_menu", "which")),),
        buttons,
        question=f"{ASKING}{WHICH}{do.removeprefix('owner_')}",
    )
