"""알림 설정: what comes to this person, and one tap to change each of it."""

from collections.abc import Sequence

from bot.kakao_out import Reply
from bot.turns import CHOICES_MAX, Turn, plain, press, usual_after
from bot.words import say
from domain.bubbles import Bubble, Button, FactCard
from storage.queries.customers import ShopStanding


def show(turn: Turn) -> Reply:
    """Switches are for every shop of the channel at once; each shop's own state is told."""
    joined = turn.meeting.joined
    if not joined:
        return plain(turn, say("settings", "stranger"))
    buttons = _switches(turn, joined)
    told = press("told_off" if all(shop.is_told for shop in joined) else "told_on")
    others = [one for one in (told, press("my_info")) if one not in buttons]
    card: Bubble = FactCard(
        head=say("settings", "head"),
        facts=tuple(_facts(turn, joined)),
        buttons=buttons,
    )
    return Reply((card,), usual_after(turn.meeting, *buttons, *others))


def advertising_state(shop: ShopStanding, turn: Turn) -> str:
    if shop.rests(turn.at):
        return say("pausing", "resting", until=shop.paused_until)
    return say("settings", "on" if shop.advertising_since else "off")


def _facts(turn: Turn, joined: Sequence[ShopStanding]) -> list[tuple[str, str]]:
    """One line a shop where there are several."""
    is_one = len(joined) == 1
    ads = [
        (say("settings", "ads") if is_one else shop.name, advertising_state(shop, turn))
        for shop in joined[: CHOICES_MAX - 1]
    ]
    are_told = all(shop.is_told for shop in joined)
    return [*ads, (say("settings", "told"), say("settings", "on" if are_told else "off"))]


def _switches(turn: Turn, joined: Sequence[ShopStanding]) -> tuple[Button, ...]:
    """Three at most: a card has room for no more. Who has not decided yet still may."""
    heard = [shop for shop in joined if shop.advertising_since]
    if any(shop.rests(turn.at) and shop.paused_until is None for shop in heard):
        return press("keep"), press("stop_now", "stop"), press("pause")
    told = press("told_off" if all(shop.is_told for shop in joined) else "told_on")
    if not heard:
        return press("ads_ask"), told
    rests = any(shop.rests(turn.at) for shop in heard)
    return press("resume" if rests else "pause"), press("stop"), told
