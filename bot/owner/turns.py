"""One turn of somebody who works in a shop, and the buttons that staff are offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.kakao_in import Utterance
from bot.kakao_out import Reply
from bot.turns import Turn
from bot.words import say
from domain.bubbles import Action, Bubble, Button, Text
from domain.people import Role, ShopId, StaffId
from storage.desk import Tx
from storage.queries.staff_chats import Seat, list_seats

QUICK_REPLIES_MAX = 10
ASKING = "owner:"
"""What a question to staff begins with: see `Person.asking` (at most 20 letters)."""

ROW = (
    "owner_send",
    "owner_today",
    "owner_stamp",
    "owner_money",
    "owner_results",
    "owner_enquiries",
    "owner_console",
)
MORE = ("owner_coupon", "owner_idea", "owner_cancel", "owner_stop", "owner_series", "owner_results")
CLERKS_MORE = ("owner_coupon",)
CLERKS_ROW = ("owner_stamp", "owner_coupon", "owner_today", "owner_enquiries", "owner_console")


@dataclass(frozen=True, slots=True)
class OwnerTurn:
    """Handlers take it and return a Reply, like those of customers; `seat` is the shop's."""

    turn: Turn
    seat: Seat

    @property
    def tx(self) -> Tx:
        return self.turn.tx

    @property
    def said(self) -> Utterance:
        return self.turn.said

    @property
    def at(self) -> datetime:
        return self.turn.at

    @property
    def shop_id(self) -> ShopId:
        return self.seat.shop_id

    @property
    def staff_id(self) -> StaffId:
        return self.seat.staff_id

    @property
    def actor(self) -> str:
        return self.seat.actor


def own_seats(turn: Turn) -> list[Seat]:
    """One a shop: who is owner and clerk of the same shop is its owner."""
    seats: dict[int, Seat] = {}
    for seat in list_seats(turn.tx, turn.customer_id):
        if seat.shop_id not in seats or seat.role is Role.OWNER:
            seats[seat.shop_id] = seat
    return list(seats.values())


def called(turn: OwnerTurn) -> str:
    return "사장님" if turn.seat.role is Role.OWNER else "직원님"


def button(
    turn: OwnerTurn,
    block: str,
    do: str | None = None,
    *,
    about: int | None = None,
    form_key: str | None = None,
    label: str | None = None,
) -> Button:
    """Says its own label; `do`, the shop and what it is about come along unseen."""
    words = label or say("owner_buttons", block)
    extra = {"do": do or block, "shop": str(turn.shop_id)}
    if about is not None:
        extra["about"] = str(about)
    if form_key is not None:
        extra["form_key"] = form_key
    return Button(label=words, action=Action.SAY, target=words, extra=extra)


def row(turn: OwnerTurn) -> tuple[Button, ...]:
    """What nearly every reply to staff offers at its end."""
    is_owner = turn.seat.role is Role.OWNER
    names = (*ROW, "owner_customer", "owner_more") if is_owner else (*CLERKS_ROW, "owner_customer")
    return tuple(button(turn, name) for name in names)


def with_row(turn: OwnerTurn, *first: Button) -> tuple[Button, ...]:
    """`first`, then the usual ones; none twice, and the way to the rest is always there."""
    every = {one.label: one for one in reversed((*first, *row(turn)))}
    return fitted([every[label] for label in reversed(every)])


def fitted(buttons: Sequence[Button]) -> tuple[Button, ...]:
    if len(buttons) <= QUICK_REPLIES_MAX:
        return tuple(buttons)
    last = [one for one in buttons if one.extra.get("do") == "owner_more"]
    others = [one for one in buttons if one not in last]
    return *others[: QUICK_REPLIES_MAX - len(last)], *last


def more(turn: OwnerTurn, text: str) -> Reply:
    names = MORE if turn.seat.role is Role.OWNER else CLERKS_MORE
    return reply(turn, text, *(button(turn, name) for name in names))


def at_counter() -> tuple[Button, ...]:
    """For what is said outside of a turn: which shop is meant is found out when pressed."""
    labels = [(name, say("owner_buttons", name)) for name in CLERKS_ROW]
    return tuple(
        Button(label=words, action=Action.SAY, target=words, extra={"do": name})
        for name, words in labels
    )


def reply(turn: OwnerTurn, text: str, *first: Button) -> Reply:
    """One bubble of words; `first` stand before the usual buttons. Nothing is left open."""
    return show(turn, (Text(text),), *first)


def show(turn: OwnerTurn, bubbles: Sequence[Bubble], *first: Button) -> Reply:
    return Reply(tuple(bubbles), with_row(turn, *first))


def asking(turn: OwnerTurn, text: str, question: str, *buttons: Button) -> Reply:
    """Leaves a question open; the next words are its answer, or a wish of their own."""
    return ask(turn, (Text(text),), question, *buttons)


def ask(turn: OwnerTurn, bubbles: Sequence[Bubble], question: str, *buttons: Button) -> Reply:
    return Reply(
        tuple(bubbles), buttons, question=f"{ASKING}{question}", asked_shop_id=turn.shop_id
    )
