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
    names = ROW if turn.seat.role is Role.OWNER else CLERKS_ROW
    return tuple(button(turn, name) for name in (*names, "owner_customer"))


def reply(turn: OwnerTurn, text: str, *first: Button) -> Reply:
    """One bubble of words; `first` stand before the usual buttons. Nothing is left open."""
    return show(turn, (Text(text),), *first)


def show(turn: OwnerTurn, bubbles: Sequence[Bubble], *first: Button) -> Reply:
    return Reply(tuple(bubbles), (*first, *row(turn))[:QUICK_REPLIES_MAX])


def asking(turn: OwnerTurn, text: str, question: str, *buttons: Button) -> Reply:
    """Leaves a question open; the next words are its answer, or a wish of their own."""
    return ask(turn, (Text(text),), question, *buttons)


def ask(turn: OwnerTurn, bubbles: Sequence[Bubble], question: str, *buttons: Button) -> Reply:
    return Reply(
        tuple(bubbles), buttons, question=f"{ASKING}{question}", asked_shop_id=turn.shop_id
    )
