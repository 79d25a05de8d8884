"""The groups of people that a shop has ready, and what they are called."""

from bot.owner.turns import OwnerTurn
from bot.words import say
from campaigns.segments import list_choices
from domain.segments import Ready, Segment, ready_segment
from storage.queries.cards import get_rules


def segment_for(turn: OwnerTurn, which: Ready) -> Segment:
    """As the shop's own tiers have it."""
    return ready_segment(which, get_rules(turn.tx, turn.shop_id).tiers)


def called(turn: OwnerTurn, segment: Segment) -> str:
    """`뜸해진 단골`, or the name that the shop gave it."""
    for one in list_choices(turn.tx, turn.shop_id):
        if one.segment == segment:
            return one.own.name if one.own else say("owner_whom", f"title_{one.ready}")
    return say("owner_whom", "chosen")
