"""Staff who are regulars as well: their refusals are heard before anything of their work (L4, L11)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.handlers import consent, pausing
from bot.hearing.meanings import Meaning
from bot.hearing.owner_words import OwnerMeaning, command_in, speaks_of_work
from bot.kakao_out import Reply
from bot.owner.turns import OwnerTurn, button, own_seats
from bot.turns import CHOICES_MAX, Turn
from domain.people import Role

REFUSALS: Mapping[Meaning, Callable[[Turn], Reply]] = {
    Meaning.STOP: consent.stop,
    Meaning.MAYBE_STOP: pausing.doubt,
    Meaning.PAUSE: pausing.pause,
}


def is_refusal(turn: Turn, meaning: Meaning, *, is_free: bool) -> bool:
    """Of whoever is sent advertisements, but for words of the shop's own work.

    Those are an owner's; a clerk's where they part this chat, or say `내일은 쉬어요` where free
    words are asked for.
    """
    if meaning not in REFUSALS or not pausing.hears(turn):
        return False
    words = turn.said.words
    is_told = is_free and meaning is Meaning.PAUSE
    may_mean_work = is_told or command_in(words) is OwnerMeaning.UNPAIR or is_owner(turn)
    return not (may_mean_work and speaks_of_work(words, meaning))


def hear(turn: Turn, meaning: Meaning, meant: OwnerMeaning | None) -> Reply:
    """As from any customer; who may have meant what the shop sends finds that beside it."""
    heard = REFUSALS[meaning](turn)
    owners = [seat for seat in own_seats(turn) if seat.role is Role.OWNER]
    if meant is not OwnerMeaning.STOP_ALL or not owners:
        return heard
    stop_all = button(OwnerTurn(turn, owners[0]), "owner_stop")
    if len(owners) > 1:  # which shop is asked
        stop_all = replace(stop_all, extra={"do": "owner_stop"})
    return replace(heard, quick_replies=(stop_all, *heard.quick_replies)[:CHOICES_MAX])


def doubt_behind(turn: Turn, meaning: Meaning, answer: Reply) -> Reply:
    """Words that left an open question, and may have been meant for the advertisements too."""
    if meaning not in REFUSALS or not pausing.hears(turn):
        return answer
    doubted = pausing.doubt(turn)
    return replace(doubted, bubbles=(*answer.bubbles, *doubted.bubbles))


def is_owner(turn: Turn) -> bool:
    return any(seat.role is Role.OWNER for seat in own_seats(turn))
