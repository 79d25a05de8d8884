"""Which shop is meant, who may do what there, and what answers each button of staff."""

from collections.abc import Callable, Mapping, Sequence

from bot.handlers import help as customers_help
from bot.hearing.spelling import squeezed
from bot.kakao_out import Reply
from bot.owner import (
    counter,
    ideas,
    money,
    pairing,
    questions,
    sending,
    series,
    stopping,
    timing,
    today,
    watching,
    whom,
)
from bot.owner.halted import halt_line
from bot.owner.turns import ASKING, ROW, OwnerTurn, called, more, own_seats, reply
from bot.replies.cutting import cut
from bot.replies.limits import OUTPUTS_MAX
from bot.turns import CHOICES_MAX, LABEL_MAX, Turn, plain
from bot.words import say
from domain.bubbles import Action, Button, Text
from domain.people import Role
from storage.queries.staff_chats import Seat

Handler = Callable[[OwnerTurn], Reply]
WHICH = "w:"
ANSWERED_FREELY = frozenset({"owner_body", "owner_edited", "owner_answered"})
"""What takes whatever is written, whichever shop is named in it."""


def explain(turn: OwnerTurn) -> Reply:
    """What can be said here, by an owner or a clerk."""
    block = "owner" if turn.seat.role is Role.OWNER else "clerk"
    menu = say("owner_menu", block, shop=turn.seat.shop_name)
    halt = halt_line(turn) if block == "owner" else ""
    return reply(turn, "\n\n".join(filter(None, (halt, menu))))


def keep(turn: OwnerTurn) -> Reply:
    return reply(turn, say("owner_menu", "kept"))


def explain_unheard(turn: OwnerTurn) -> Reply:
    return reply(turn, say("owner_menu", "unheard", who=called(turn)))


def as_customer(turn: OwnerTurn) -> Reply:
    """The customers' own menu: an owner may be a regular next door."""
    return customers_help.explain(turn.turn)


def show_more(turn: OwnerTurn) -> Reply:
    """What is wanted more rarely, a chip each."""
    is_owner = turn.seat.role is Role.OWNER
    words = halt_line(turn) if is_owner else "", say("owner_menu", "more")
    return more(turn, "\n\n".join(filter(None, words)))


DOES: Mapping[str, Handler] = {
    "owner_menu": explain,
    "owner_greet": today.greet,
    "owner_unheard": explain_unheard,
    "owner_more": show_more,
    "owner_keep": keep,
    "owner_customer": as_customer,
    "owner_send": sending.start,
    "owner_body": sending.take_body,
    "owner_arrange": timing.arrange,
    "owner_preview": timing.show_again,
    "owner_book": sending.book,
    "owner_order": sending.take_order,
    "owner_own": sending.take_own,
    "owner_time": timing.ask_when,
    "owner_keep_day": timing.keep_day,
    "owner_whom": whom.ask_whom,
    "owner_whom_at": whom.take_whom,
    "owner_pause": watching.pause,
    "owner_resume": watching.resume,
    "owner_end": watching.ask_end,
    "owner_end_yes": watching.end,
    "owner_series": series.show_series,
    "owner_series_pause": series.pause,
    "owner_series_resume": series.resume,
    "owner_series_end": series.ask_end,
    "owner_series_end_yes": series.end,
    "owner_at": timing.take_time,
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
    "owner_results": watching.show_results,
    "owner_today": today.show,
    "owner_sold_out": today.sell_out,
    "owner_sell_again": today.sell_again,
    "owner_stamp": counter.stamp,
    "owner_unstamp": counter.unstamp,
    "owner_coupon": counter.use_coupon,
    "owner_give_back": counter.give_back,
    "owner_enquiries": questions.show_open,
    "owner_answer": questions.ask_answer,
    "owner_answered": questions.take_answer,
    "owner_answer_send": questions.send_answer,
    "owner_close": questions.close,
    "owner_console": pairing.open_console,
    "owner_part_ask": pairing.ask_part,
    "owner_part": pairing.part,
}
"""What a button of staff may say, what their words mean, and what answers a question."""

CLERK_DOES = frozenset(
    {
        "owner_menu",
        "owner_greet",
        "owner_unheard",
        "owner_more",
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
        "owner_answer_send",
        "owner_close",
        "owner_console",
        "owner_part_ask",
        "owner_part",
    }
)
"""No sending, no money: the counter and the questions. See also console/gate.py."""

OWNER_BY_BLOCK = ("owner_menu", *ROW, "owner_coupon", "owner_idea", "owner_cancel", "owner_stop")
"""What a block of the bot may be set to do for staff."""


def do_as_staff(turn: Turn, do: str) -> Reply:
    """Who speaks for no shop, or not for that of the button, is told so kindly."""
    seats = own_seats(turn)
    is_elsewhere = turn.said.shop_id is not None and turn.said.do is not None
    if not seats or (is_elsewhere and turn.said.shop_id not in {one.shop_id for one in seats}):
        return plain(turn, say("owner_menu", "nobody"))
    seat = _seat(turn, seats, do)
    if seat is None:
        return _which(turn, seats, do)
    owner_turn = OwnerTurn(turn, seat)
    if seat.role is not Role.OWNER and do not in CLERK_DOES:
        return reply(owner_turn, say("owner_menu", "only_owner"))
    return DOES[do](owner_turn)


def do_for_all(turn: Turn, do: str) -> Reply | None:
    """What needs no one shop; who works in several then chooses one."""
    seats = own_seats(turn)
    if len(seats) < 2:  # noqa: PLR2004 - several
        return DOES[do](OwnerTurn(turn, seats[0])) if seats else None
    told = [DOES[do](OwnerTurn(turn, seat)).bubbles for seat in seats[:OUTPUTS_MAX]]
    return Reply(
        tuple(dict.fromkeys(one for bubbles in told for one in bubbles)),
        _shops(seats, "owner_menu"),
    )


def _seat(turn: Turn, seats: Sequence[Seat], do: str) -> Seat | None:
    """The shop that is meant: pressed, named, asked about, or the only one.

    Whatever shop is named in free words, they answer the one that asked.
    """
    if len(seats) == 1:
        return seats[0]
    by_shop = {seat.shop_id: seat for seat in seats}
    if turn.said.shop_id in by_shop:
        return by_shop[turn.said.shop_id]
    person = turn.meeting.person
    is_asked = (person.asking or "").startswith(ASKING) and person.asking_shop_id in by_shop
    asking = by_shop[person.asking_shop_id] if is_asked and person.asking_shop_id else None
    if asking and do in ANSWERED_FREELY:
        return asking
    bare = squeezed(turn.said.words)
    named = [seat for seat in seats if squeezed(seat.shop_name) in bare]
    return named[0] if len(named) == 1 else asking


def _which(turn: Turn, seats: Sequence[Seat], do: str) -> Reply:
    """A button a shop that says the same words again, so that nothing need be typed twice."""
    return Reply(
        (Text(say("owner_menu", "which")),),
        _shops(seats, do, turn.said.words),
        question=f"{ASKING}{WHICH}{do.removeprefix('owner_')}",
    )


def _shops(seats: Sequence[Seat], do: str, words: str = "") -> tuple[Button, ...]:
    return tuple(
        Button(
            label=cut(seat.shop_name, LABEL_MAX),
            action=Action.SAY,
            target=words or seat.shop_name,
            extra={"do": do, "shop": str(seat.shop_id)},
        )
        for seat in seats[:CHOICES_MAX]
    )
