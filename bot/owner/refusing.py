"""Staff who are regulars as well: their refusals are heard before anything of their work (L4, L11)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.handlers import consent, pausing
from bot.hearing.meanings import Meaning
from bot.hearing.owner_words import OwnerMeaning, command_in, speaks_of_work
from bot.kakao_out import Reply
from bot.owner import watching
from bot.owner.turns import OwnerTurn, button, own_seats, row
from bot.replies.limits import OUTPUTS_MAX
from bot.turns import CHOICES_MAX, Turn
from bot.words import say
from domain.bubbles import Text
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
    do = "owner_stop" if meant is OwnerMeaning.STOP_ALL else watching.steered(turn)
    if do is None and len(owners) == 1 and watching.says_stop(turn):
        return _nothing_leaves(OwnerTurn(turn, owners[0]), heard)
    if do is None or not owners:
        return heard
    stop = button(OwnerTurn(turn, owners[0]), do)
    if len(owners) > 1:  # which shop is asked
        stop = replace(stop, extra={"do": do})
    return replace(heard, quick_replies=(stop, *heard.quick_replies)[:CHOICES_MAX])


def _nothing_leaves(turn: OwnerTurn, heard: Reply) -> Reply:
    """It may have been said to the shop's own news: that none leaves, and what was done instead."""
    told = Text(say("owner_stopping", "own_news_stopped"))
    bubbles = (told, *heard.bubbles)[:OUTPUTS_MAX]
    ways = (*heard.quick_replies, button(turn, "owner_stop"), *row(turn))
    return replace(heard, bubbles=bubbles, quick_replies=ways[:CHOICES_MAX])


def doubt_behind(turn: Turn, meaning: Meaning, answer: Reply) -> Reply:
    """Words that left an open question, and may have been meant for the advertisements too."""
    if meaning not in REFUSALS or not pausing.hears(turn):
        return answer
    doubted = pausing.doubt(turn)
    return replace(doubted, bubbles=(*answer.bubbles, *doubted.bubbles))


def is_owner(turn: Turn) -> bool:
    return any(seat.role is Role.OWNER for seat in own_seats(turn))
