"""What the law wants said about a choice (L13, L14): first in a turn, or as a message's words."""

from dataclasses import replace

from bot.turns import Turn
from bot.words import say
from domain.bubbles import TextCard
from domain.compliance import REFUSE_BUTTON
from domain.people import CustomerId, RunId
from domain.statutory import StatutoryKind
from loyalty.statutory import take_said
from storage.desk import Tx
from storage.queries.statutory import Owed, find_statutory_of_run


def say_owed(turn: Turn) -> str | None:
    """None where nothing is owed; what finds no room is said in the next turn."""
    said = take_said(turn.tx, turn.customer_id, turn.at)
    lines = [words_of(one, turn.meeting.shop(one.shop_id).name) for one in said]
    return "\n\n".join(lines) or None


def words_of(owed: Owed, shop: str) -> str:
    is_confirmation = owed.kind is StatutoryKind.CONFIRM
    block = "confirm" if is_confirmation else f"result_{owed.choice}"
    return say("statutory", block, shop=shop, chosen_at=owed.chosen_at)


def with_notice(tx: Tx, card: TextCard, run_id: RunId, customer_id: CustomerId) -> TextCard:
    """The program's message with the notice in it, where it was sent for one: nobody must press
    anything to read what the law wants them to know.
    """
    owed = find_statutory_of_run(tx, run_id, customer_id)
    if owed is None:
        return card
    buttons = (REFUSE_BUTTON,) if owed.kind is StatutoryKind.CONFIRM else ()
    return replace(card, description=words_of(owed, card.title), buttons=buttons)
