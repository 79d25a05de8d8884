"""최근 결과: how far news has come, and 잠깐 멈추기, 다시 보내기, 그만 보내기 while it leaves."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.hearing.steering import Steering, steering_in
from bot.kakao_out import Reply
from bot.owner.times import spoken
from bot.owner.turns import ASKING, OwnerTurn, asking, button, own_seats, reply
from bot.turns import Turn
from bot.words import say
from campaigns.results import CampaignLine, list_campaigns
from campaigns.stopping import pause_campaign, resume_campaign, stop_campaign
from campaigns.watching import look_at_stop, watch
from domain.bubbles import Button
from domain.campaigns import CampaignState
from domain.money import format_won
from domain.people import CampaignId, Role
from domain.refusals import Conflict
from storage.desk import Tx
from storage.queries.stopping import list_under_way

END = "g:"
SHOWN_MAX = 3
BODY_SHOWN_MAX = 30
MINUTE = 60
UNDER_WAY = (CampaignState.RUNNING, CampaignState.PAUSED)
DOES: Mapping[Steering, str] = {
    Steering.PAUSE: "owner_pause",
    Steering.RESUME: "owner_resume",
    Steering.END: "owner_end",
}
Act = Callable[..., object]


def show_results(turn: OwnerTurn) -> Reply:
    """The last ones; what leaves now with its live counts and the ways to stop it."""
    lines = list_campaigns(turn.tx, turn.shop_id, SHOWN_MAX)
    if not lines:
        return reply(turn, say("owner_watching", "no_results"))
    words = "\n\n".join(_told(turn, line) for line in lines)
    steered = next((line for line in lines if line.state in UNDER_WAY), None)
    first = _ways(turn, steered.campaign_id, steered.state) if steered else ()
    is_booked = any(line.state is CampaignState.BOOKED for line in lines)
    return reply(turn, words, *first, *((button(turn, "owner_cancel"),) if is_booked else ()))


def steered(turn: Turn) -> str | None:
    """What an owner's words ask of the news that is under way; None where there is none."""
    steering = steering_in(turn.said.words)
    return DOES[steering] if steering and owner_under_way(turn) else None


def says_stop(turn: Turn) -> bool:
    """`멈춰줘`, `그만 보내`: what is said to news that leaves, whether any does or not."""
    return steering_in(turn.said.words) in (Steering.PAUSE, Steering.END)


def owner_under_way(turn: Turn) -> bool:
    seats = [seat for seat in own_seats(turn) if seat.role is Role.OWNER]
    return any(list_under_way(turn.tx, seat.shop_id) for seat in seats)


def pause(turn: OwnerTurn) -> Reply:
    return _steer(turn, pause_campaign, "paused_now")


def resume(turn: OwnerTurn) -> Reply:
    return _steer(turn, resume_campaign, "resumed_now")


def ask_end(turn: OwnerTurn) -> Reply:
    """What a stop would leave: who has it, who will not, which money comes back."""
    campaign_id = _meant(turn)
    if campaign_id is None:
        return reply(turn, say("owner_watching", "nothing"))
    stop = look_at_stop(turn.tx, turn.shop_id, campaign_id, turn.at)
    if stop.result.state not in UNDER_WAY:
        return reply(turn, say("owner_watching", "over"), button(turn, "owner_results"))
    words = say(
        "owner_watching",
        "ask_end",
        body=_short(stop.result.body),
        left=stop.left,
        waiting=stop.waiting,
        back=format_won(stop.back_jeon) if stop.back_jeon else "",
        own_back=format_won(stop.own_back_jeon) if stop.own_back_jeon else "",
    )
    yes = button(turn, "owner_end_yes", about=campaign_id)
    return asking(turn, words, f"{END}{campaign_id}", yes, button(turn, "owner_keep"))


def end(turn: OwnerTurn) -> Reply:
    """Pressed, or said yes to."""
    about = turn.said.about or _asked_about(turn)
    if about is None:
        return ask_end(turn)
    campaign_id = CampaignId(about)
    try:
        people = stop_campaign(turn.tx, turn.shop_id, campaign_id, actor=turn.actor, at=turn.at)
    except Conflict:
        return reply(turn, say("owner_watching", "over"), button(turn, "owner_results"))
    return reply(turn, say("owner_watching", "ended", people=people))


def _steer(turn: OwnerTurn, act: Act, done: str) -> Reply:
    campaign_id = _meant(turn)
    if campaign_id is None:
        return reply(turn, say("owner_watching", "nothing"))
    try:
        act(turn.tx, turn.shop_id, campaign_id, actor=turn.actor, at=turn.at)
    except Conflict as refusal:
        block = refusal.reason if refusal.reason in ("halted", "closed", "too_late") else "over"
        return reply(turn, say("owner_watching", block), button(turn, "owner_results"))
    watched = watch(turn.tx, turn.shop_id, campaign_id, turn.at)
    words = say(
        "owner_watching",
        done,
        left=watched.progress.left,
        waiting=watched.progress.waiting,
        until=spoken(watched.result.not_later_than, turn.at),
    )
    return reply(turn, words, *_ways(turn, campaign_id, watched.result.state))


def _meant(turn: OwnerTurn) -> CampaignId | None:
    """The pressed one, else the newest that is under way."""
    if turn.said.about is not None:
        return CampaignId(turn.said.about)
    under_way = list_under_way(turn.tx, turn.shop_id)
    return under_way[-1] if under_way else None


def _asked_about(turn: OwnerTurn) -> int | None:
    question = (turn.turn.meeting.person.asking or "").removeprefix(ASKING)
    number = question.removeprefix(END)
    return int(number) if question.startswith(END) and number.isdecimal() else None


def _ways(turn: OwnerTurn, campaign_id: CampaignId, state: CampaignState) -> tuple[Button, ...]:
    names = {
        CampaignState.RUNNING: ("owner_pause", "owner_end"),
        CampaignState.PAUSED: ("owner_resume", "owner_end"),
    }
    return tuple(button(turn, name, about=campaign_id) for name in names.get(state, ()))


def _told(turn: OwnerTurn, line: CampaignLine) -> str:
    if line.state in UNDER_WAY:
        return _live(turn.tx, turn, line)
    return say(
        "owner_watching",
        line.state,
        body=_short(line.body),
        when=spoken(line.due_at, turn.at),
        people=line.people,
        delivered=line.delivered,
        failed=line.failed,
        left_out=line.left_out,
        spent=format_won(line.spent_jeon),
    )


def _live(tx: Tx, turn: OwnerTurn, line: CampaignLine) -> str:
    watched = watch(tx, turn.shop_id, line.campaign_id, turn.at)
    result = watched.result
    return say(
        "owner_watching",
        line.state,
        body=_short(line.body),
        people=line.people,
        left=watched.progress.left,
        waiting=watched.progress.waiting,
        delivered=result.delivered,
        failed=result.failed,
        span=_span(watched.seconds_left),
        leaves=_later(watched.leaves_at, turn.at),
        reason=result.paused_for or "",
    )


def _later(at: datetime | None, now: datetime) -> str:
    return spoken(at, now) if at else ""


def _span(seconds: int | None) -> str:
    if not seconds:
        return ""
    return f"{seconds}초" if seconds < MINUTE else f"{-(-seconds // MINUTE):,}분"


def _short(body: str) -> str:
    words = " ".join(body.split())
    return words if len(words) <= BODY_SHOWN_MAX else f"{words[:BODY_SHOWN_MAX]}…"
