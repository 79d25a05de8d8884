"""A rest from advertisements: asked for, begun by a doubtful stop, ended in one tap."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.handlers.consent import stop
from bot.hearing.understanding import Meaning, squeezed
from bot.kakao_out import Reply
from bot.replies.limits import OUTPUTS_MAX
from bot.turns import Turn, listed_names, plain, press, usual_after
from bot.words import say
from domain.bubbles import Text
from domain.consent import rest_until
from loyalty.pausing import pause_advertising, resume_advertising
from storage.queries.customers import ShopStanding

QUESTION = "maybe_stop"


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
    """Words that may have been a stop: it rests at once, and one tap decides (L4, L11)."""
    heard = _heard(turn)
    _pause(turn, [one for one in heard if one.paused_at is None or one.paused_until], None)
    buttons = press("stop_now", "stop"), press("keep", "resume"), press("pause"), press("help")
    words = Text(say("pausing", "doubted", shops=listed_names(heard)))
    return Reply((words,), buttons, question=QUESTION, stands_alone=True)


def answer(turn: Turn, meaning: Meaning) -> Reply | None:
    match meaning:
        case Meaning.YES:
            return stop(turn)
        case Meaning.NO:
            return resume(turn)
        case _:
            return None


def resume(turn: Turn) -> Reply:
    """The consent was never withdrawn: what rested comes again."""
    heard = _heard(turn)
    if not heard:
        return plain(turn, say("consent", "not_receiving", at=turn.at))
    resting = _meant(turn, [one for one in heard if one.rests(turn.at)])
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
