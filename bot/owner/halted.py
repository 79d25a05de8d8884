"""What an owner is told while somebody has halted the sending (L21)."""

from bot.owner.turns import OwnerTurn
from bot.words import say
from campaigns.halting import find_halt_of


def halt_line(turn: OwnerTurn) -> str:
    """Who has halted it and why; empty where nothing is."""
    halt = find_halt_of(turn.tx, turn.shop_id)
    if halt is None:
        return ""
    by = halt.actor.partition(":")[0]
    return say("owner_watching", "halt", by=by, scope=halt, reason=halt.reason)
