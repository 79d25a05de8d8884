"""저절로 나가는 소식: what repeats itself, each with a rest and an end."""

from collections.abc import Callable
from contextlib import suppress

from bot.kakao_out import Reply
from bot.owner.groups import called
from bot.owner.repeats import spoken_repeat
from bot.owner.times import spoken
from bot.owner.turns import ASKING, OwnerTurn, asking, button, reply
from bot.words import say
from campaigns.series import SeriesLine, end_series, list_lines, pause_series, resume_series
from domain.bubbles import Button
from domain.people import SeriesId
from domain.refusals import Conflict
from domain.schedule import SeriesState

END = "e:"
SHOWN_MAX = 3
BODY_SHOWN_MAX = 30


def show_series(turn: OwnerTurn) -> Reply:
    lines = list_lines(turn.tx, turn.shop_id, turn.at)
    if not lines:
        return reply(turn, say("owner_series", "none"), button(turn, "owner_send"))
    shown = lines[:SHOWN_MAX]
    told = "\n\n".join(_told(turn, number, line) for number, line in enumerate(shown, 1))
    words = say("owner_series", "list", lines=told, rest=len(lines) - len(shown))
    buttons = [one for number, line in enumerate(shown, 1) for one in _ways(turn, number, line)]
    return reply(turn, words, *buttons)


def pause(turn: OwnerTurn) -> Reply:
    return _change(turn, pause_series, "paused")


def resume(turn: OwnerTurn) -> Reply:
    return _change(turn, resume_series, "resumed")


def ask_end(turn: OwnerTurn) -> Reply:
    if turn.said.about is None:
        return show_series(turn)
    yes = button(turn, "owner_series_end_yes", about=turn.said.about)
    question = f"{END}{turn.said.about}"
    return asking(turn, say("owner_series", "ask_end"), question, yes, button(turn, "owner_keep"))


def end(turn: OwnerTurn) -> Reply:
    """Pressed, or said yes to. Raises NotFound for another shop's."""
    question = (turn.turn.meeting.person.asking or "").removeprefix(ASKING)
    number = question.removeprefix(END)
    is_asked = question.startswith(END) and number.isdecimal()
    about = turn.said.about or (int(number) if is_asked else None)
    if about is None:
        return show_series(turn)
    end_series(turn.tx, turn.shop_id, SeriesId(about), actor=turn.actor, at=turn.at)
    return reply(turn, say("owner_series", "ended"), button(turn, "owner_series"))


def _change(turn: OwnerTurn, act: Callable[..., None], done: str) -> Reply:
    if turn.said.about is None:
        return show_series(turn)
    with suppress(Conflict):  # it has ended: the list says so by leaving it out
        act(turn.tx, turn.shop_id, SeriesId(turn.said.about), actor=turn.actor, at=turn.at)
        return reply(turn, say("owner_series", done), button(turn, "owner_series"))
    return show_series(turn)


def _told(turn: OwnerTurn, number: int, line: SeriesLine) -> str:
    body = " ".join(line.draft.body.split())
    return say(
        "owner_series",
        "line",
        number=number,
        when="" if line.draft.segment.event else spoken_repeat(line.view.repeat),
        whom=called(turn, line.draft.segment),
        body=body if len(body) <= BODY_SHOWN_MAX else f"{body[:BODY_SHOWN_MAX]}…",
        next=spoken(line.next_at, turn.at) if line.next_at else "",
        times=line.sent.times,
        delivered=line.sent.delivered,
    )


def _ways(turn: OwnerTurn, number: int, line: SeriesLine) -> tuple[Button, ...]:
    change = "pause" if line.view.state is SeriesState.ON else "resume"
    return tuple(
        button(
            turn,
            f"owner_series_{name}",
            about=line.view.series_id,
            label=say("owner_series", f"{name}_button", number=number),
        )
        for name in (change, "end")
    )
