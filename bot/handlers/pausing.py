"""A rest from advertisements: asked for, begun by a doubtful stop, ended in one tap."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.handlers import phone
from bot.handlers.consent import stop
from bot.handlers.help import fall_back
from bot.hearing.understanding import Meaning, squeezed
from bot.hearing.wishes import dislikes
from bot.hearing.wondering import is_question
from bot.kakao_out import Reply
from bot.replies.limits import OUTPUTS_MAX
from bot.turns import Turn, listed_names, plain, press, usual_after
from bot.words import say
from domain.bubbles import Text
from domain.consent import rest_until
from loyalty.pausing import pause_advertising, resume_advertising
from storage.queries.customers import ShopStanding

QUESTION = "maybe_stop"
ANSWER_LENGTH_MAX = 6
"""당연하죠 is no question."""

BARE_NO = re.compile(r"(?:아니요|아니오|아뇨|아니에요|아닙니다|no)")
"""No, they do not want to stop. Any other no (싫어요, 됐어요) might refuse the advertisements."""


def pause(turn: Turn) -> Reply:
    """For 30 days, in every shop of this channel at once, or in the one that is named."""
    shops = _meant(turn, _heard(turn))
    if not shops:
        return plain(turn, say("consent", "not_receiving", at=turn.at))
    until = rest_until(turn.at)
    _pause(turn, shops, until)
    words = say("pausing", "paused", shops=listed_names(shops), until=until)
    return Reply((Text(words),), usual_after(turn.meeting, press("resume")))


def doubt(turn: Turn) -> Reply:
    """Words that may have been a stop: it rests at once, and one tap decides (L4, L11).

    What rests for a while by their own choice goes on so, unless nothing else is left to stop.
    """
    heard = _heard(turn)
    open_ended = [one for one in heard if not one.rests(turn.at) or one.paused_until is None]
    stopped = open_ended or heard
    _pause(turn, stopped, None)
    buttons = press("stop_now", "stop"), press("keep"), press("pause"), press("help")
    words = Text(say("pausing", "doubted", shops=listed_names(stopped)))
    return Reply((words,), buttons, question=QUESTION, stands_alone=True)


def answer(turn: Turn, meaning: Meaning) -> Reply | None:
    """Only clear words end the rest; what is no other wish is asked again, and it rests on."""
    words = turn.said.words
    match meaning:
        case Meaning.YES:
            return stop(turn)
        case Meaning.AGREE_ADS | Meaning.RESUME:
            return keep(turn)
        case Meaning.NO if BARE_NO.fullmatch(squeezed(words)):
            return keep(turn)
        case Meaning.NO | Meaning.UNKNOWN:
            asks = is_question(words) and len(squeezed(words)) > ANSWER_LENGTH_MAX
            is_other = turn.meaning is Meaning.THANKS or asks
            return None if is_other or not hears(turn) else doubt(turn)
        case _:
            return None


def doubt_a_no(turn: Turn) -> Reply:
    """`싫어요` to no question of ours, from somebody who is sent advertisements."""
    is_asked = turn.meeting.person.asking is not None
    if is_asked or not hears(turn) or not dislikes(squeezed(turn.said.words)):
        return fall_back(turn)
    return doubt(turn)


def forget_number(turn: Turn) -> Reply:
    """Who left no number and wants it gone may mean the messages."""
    told = phone.forget(turn)
    if turn.meeting.person.has_phone or not hears(turn):
        return told
    asked = doubt(turn)
    return replace(asked, bubbles=(*told.bubbles, *asked.bubbles))


def keep(turn: Turn) -> Reply:
    """Ends what rests until they decide; a rest they chose themselves goes on beside it."""
    undecided = [one for one in _heard(turn) if one.rests(turn.at) and one.paused_until is None]
    return _end_rests(turn, undecided) if undecided else resume(turn)


def resume(turn: Turn) -> Reply:
    """The consent was never withdrawn: what rested comes again."""
    return _end_rests(turn, [one for one in _heard(turn) if one.rests(turn.at)])


def _end_rests(turn: Turn, rests: Sequence[ShopStanding]) -> Reply:
    heard = _heard(turn)
    if not heard:
        return plain(turn, say("consent", "not_receiving", at=turn.at))
    resting = _meant(turn, rests)
    actor = f"customer:{turn.customer_id}"
    for shop in resting:
        resume_advertising(turn.tx, shop.shop_id, turn.customer_id, actor=actor, at=turn.at)
    block = "resumed" if resting else "not_resting"
    words = Text(say("pausing", block, shops=listed_names(resting or heard)))
    return Reply((words,), usual_after(turn.meeting, press("pause")))


def told_nothing_comes(reply: Reply) -> Reply:
    """For who receives nothing: so much is said, and their words meant something else."""
    if len(reply.bubbles) >= OUTPUTS_MAX:
        return reply
    return replace(reply, bubbles=(Text(say("pausing", "nothing_comes")), *reply.bubbles))


def hears(turn: Turn) -> bool:
    """Whether any shop of this channel may send them advertisements, resting or not."""
    return bool(_heard(turn))


def _heard(turn: Turn) -> list[ShopStanding]:
    return [shop for shop in turn.meeting.joined if shop.advertising_since is not None]


def _meant(turn: Turn, shops: Sequence[ShopStanding]) -> Sequence[ShopStanding]:
    said = turn.said
    if said.shop_id is not None:
        return [one for one in shops if one.shop_id == said.shop_id]
    bare = squeezed(said.words)
    return [one for one in shops if squeezed(one.name) in bare] or shops


def _pause(turn: Turn, shops: Sequence[ShopStanding], until: datetime | None) -> None:
    who = turn.customer_id
    for shop in shops:
        pause_advertising(turn.tx, shop.shop_id, who, until, actor=f"customer:{who}", at=turn.at)
