"""예약 취소 and 전부 멈춤: what is booked, one taken back, or all of it at once."""

from bot.kakao_out import Reply
from bot.owner.times import spoken
from bot.owner.turns import OwnerTurn, asking, button, reply
from bot.words import say
from campaigns.booking import cancel_campaign
from campaigns.stopping import stop_all
from domain.people import CampaignId
from domain.refusals import Conflict
from storage.queries.stopping import list_booked, list_not_left

STOP = "stop"
SHOWN_MAX = 5


def cancel(turn: OwnerTurn) -> Reply:
    """One that was pressed; else what is booked, with a button each."""
    if turn.said.about is None:
        return _list(turn)
    campaign_id = CampaignId(turn.said.about)
    try:
        cancel_campaign(turn.tx, turn.shop_id, campaign_id, actor=turn.actor, at=turn.at)
    except Conflict:
        return reply(turn, say("owner_stopping", "too_late"), button(turn, "owner_stop"))
    return reply(turn, say("owner_stopping", "canceled"))


def ask_stop(turn: OwnerTurn) -> Reply:
    booked = len(list_booked(turn.tx, turn.shop_id))
    is_leaving = bool(list_not_left(turn.tx, turn.shop_id))
    if not booked and not is_leaving:
        return reply(turn, say("owner_stopping", "nothing"))
    words = say("owner_stopping", "ask", booked=booked, is_leaving=is_leaving)
    return asking(turn, words, STOP, button(turn, "owner_stop_all"), button(turn, "owner_keep"))


def stop(turn: OwnerTurn) -> Reply:
    stopped = stop_all(turn.tx, turn.shop_id, actor=turn.actor, at=turn.at)
    if not stopped.campaigns and not stopped.people:
        return reply(turn, say("owner_stopping", "nothing"))
    words = say("owner_stopping", "stopped", campaigns=stopped.campaigns, people=stopped.people)
    return reply(turn, words)


def _list(turn: OwnerTurn) -> Reply:
    booked = list_booked(turn.tx, turn.shop_id)
    if not booked:
        return reply(turn, say("owner_stopping", "nothing_booked"))
    shown = booked[:SHOWN_MAX]
    lines = [(one.body, spoken(one.due_at, turn.at)) for one in shown]
    words = say("owner_stopping", "booked", lines=lines, rest=len(booked) - len(shown))
    buttons = [
        button(
            turn,
            "owner_cancel",
            about=one.campaign_id,
            label=say("owner_stopping", "one", number=number),
        )
        for number, one in enumerate(shown, 1)
    ]
    return reply(turn, words, *buttons)
