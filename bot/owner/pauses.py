"""What was paused without its owner is said before the next answer, once."""

from dataclasses import replace

from bot.kakao_out import Reply
from bot.owner.turns import OwnerTurn, button, own_seats
from bot.replies.limits import OUTPUTS_MAX
from bot.turns import Turn
from bot.words import say
from domain.bubbles import Text
from domain.campaigns import PauseReason
from domain.people import Role
from storage.queries.pauses import list_unsaid_pauses, say_pause_once

BODY_SHOWN_MAX = 30


def say_first(turn: Turn, answer: Reply) -> Reply:
    """Where there is no room, or a customer waits at the counter, the next time."""
    if answer.stands_alone or len(answer.bubbles) >= OUTPUTS_MAX:
        return answer
    for seat in own_seats(turn):
        if seat.role is not Role.OWNER:
            continue
        for paused in list_unsaid_pauses(turn.tx, seat.shop_id):
            if say_pause_once(turn.tx, seat.shop_id, paused.campaign_id, turn.at):
                return _before(OwnerTurn(turn, seat), answer, paused.body, paused.paused_for)
    return answer


def _before(turn: OwnerTurn, answer: Reply, body: str, reason: PauseReason) -> Reply:
    words = say("owner_watching", f"paused_for_{reason}", body=body[:BODY_SHOWN_MAX])
    look = button(turn, "owner_results")
    others = tuple(one for one in answer.quick_replies if one.label != look.label)
    return replace(
        answer,
        bubbles=(Text(words), *answer.bubbles),
        quick_replies=answer.quick_replies if answer.question else (look, *others)[:10],
    )
