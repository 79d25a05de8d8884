"""예약 취소 and 전부 멈춤: what is booked, one taken back, or all of it at once."""

import re
from dataclasses import asdict

from bot.hearing.meanings import Meaning
from bot.hearing.spelling import squeezed
from bot.kakao_out import Reply
from bot.owner.labels import number_in
from bot.owner.times import spoken
from bot.owner.turns import ASKING, OwnerTurn, asking, button, reply
from bot.words import say
from campaigns.booking import cancel_campaign
from campaigns.stopping import Stopped, stop_all
from domain.people import CampaignId
from domain.refusals import Conflict
from storage.queries.series import list_series_on
from storage.queries.stopping import BookedCampaign, has_not_left, list_booked

STOP, CANCEL = "stop", "c:"
SAYS_CANCEL = re.compile(r"(?:네|예|응)?취소(?:해|할게|할래|하기)?(?:줘|주세)?요?")
BODY_SHOWN_MAX = 30
SHOWN_MAX = 5
NOTHING = Stopped(campaigns=0, people=0, series=0)


def cancel(turn: OwnerTurn) -> Reply:
    """One that was pressed; else what is booked, with a button each."""
    about = turn.said.about or _asked_about(turn)
    if about is None:
        return _list(turn)
    campaign_id = CampaignId(about)
    try:
        cancel_campaign(turn.tx, turn.shop_id, campaign_id, actor=turn.actor, at=turn.at)
    except Conflict:
        return reply(turn, say("owner_stopping", "too_late"), button(turn, "owner_stop"))
    return reply(turn, say("owner_stopping", "canceled"))


def says_cancel(words: str) -> bool:
    return SAYS_CANCEL.fullmatch(squeezed(words)) is not None


def ask_stop(turn: OwnerTurn) -> Reply:
    booked = len(list_booked(turn.tx, turn.shop_id))
    is_leaving = has_not_left(turn.tx, turn.shop_id)
    series = len(list_series_on(turn.tx, turn.shop_id))
    if not booked and not is_leaving and not series:
        return reply(turn, say("owner_stopping", "nothing"))
    words = say("owner_stopping", "ask", booked=booked, is_leaving=is_leaving, series=series)
    return asking(turn, words, STOP, button(turn, "owner_stop_all"), button(turn, "owner_keep"))


def stop(turn: OwnerTurn) -> Reply:
    stopped = stop_all(turn.tx, turn.shop_id, actor=turn.actor, at=turn.at)
    if stopped == NOTHING:
        return reply(turn, say("owner_stopping", "nothing"))
    words = say("owner_stopping", "stopped", **asdict(stopped))
    ways = (button(turn, "owner_series"),) if stopped.series else ()
    return reply(turn, words, *ways)


def _asked_about(turn: OwnerTurn) -> int | None:
    """What a yes to the open question cancels."""
    question = (turn.turn.meeting.person.asking or "").removeprefix(ASKING)
    number = question.removeprefix(CANCEL)
    is_yes = question.startswith(CANCEL) and number_in(turn.said.words) is None
    return int(number) if is_yes and number.isdecimal() and _is_yes(turn) else None


def _is_yes(turn: OwnerTurn) -> bool:
    return turn.turn.meaning is Meaning.YES or says_cancel(turn.said.words)


def _ask_cancel(turn: OwnerTurn, one: BookedCampaign) -> Reply:
    body = " ".join(one.body.split())
    words = say(
        "owner_stopping",
        "ask_one",
        when=spoken(one.due_at, turn.at),
        body=body if len(body) <= BODY_SHOWN_MAX else f"{body[:BODY_SHOWN_MAX]}…",
    )
    label = say("owner_buttons", "owner_cancel_yes")
    yes = button(turn, "owner_cancel", about=one.campaign_id, label=label)
    question = f"{CANCEL}{one.campaign_id}"
    return asking(turn, words, question, yes, button(turn, "owner_keep"))


def _list(turn: OwnerTurn) -> Reply:
    booked = list_booked(turn.tx, turn.shop_id)
    if not booked:
        return reply(turn, say("owner_stopping", "nothing_booked"))
    number = number_in(turn.said.words) or (1 if len(booked) == 1 else None)
    if number and number <= len(booked):
        return _ask_cancel(turn, booked[number - 1])
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
