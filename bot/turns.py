"""One turn of a conversation as the handlers see it, and the buttons they offer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from bot.hearing.shop_names import name_like
from bot.hearing.understanding import Meaning, squeezed
from bot.kakao_in import Utterance
from bot.kakao_out import Reply
from bot.replies.cutting import cut
from bot.words import say
from domain.bubbles import Action, Button, Text
from domain.campaigns import SenderName
from domain.people import ChannelId, CustomerId, ShopId
from loyalty.meeting import Meeting
from storage.desk import Tx
from storage.queries.customers import ShopStanding

CHOICES_MAX = 10
LABEL_MAX = 14
BUTTONS_KEPT_MAX = 8_192


Item = TypeVar("Item")
Found = TypeVar("Found")
Look = Callable[[Tx, Collection[Item], datetime], Mapping[Item, Found]]
"""Finds out about many at once; what it does not answer is not there."""

Wish = tuple[Look[Any, Any], Any]
"""One item that a turn is sure to ask about."""

Ahead = Mapping[Look[Any, Any], Mapping[Any, Any]]


@dataclass(frozen=True, slots=True)
class Turn:
    """Handlers take it and return a Reply; a Reply that asks something names its question."""

    tx: Tx
    meeting: Meeting
    said: Utterance
    at: datetime
    channel_id: ChannelId
    public_url: str
    meaning: Meaning
    ahead: Ahead = field(default_factory=dict)
    is_blind: bool = False
    """Said before the question that is open could be seen."""
    senders: frozenset[SenderName] = frozenset({SenderName.KAKAO_EVENT})
    """The ways that this installation has an account for."""

    def find(self, look: Look[Item, Found], item: Item) -> Found | None:
        """What was read for all turns of this moment; what was not is read now."""
        known = self.ahead.get(look)
        if known is None or item not in known:
            return look(self.tx, [item], self.at).get(item)
        found: Found | None = known[item]
        return found

    @property
    def customer_id(self) -> CustomerId:
        return self.meeting.person.customer_id

    def asked_shop(self) -> ShopStanding | None:
        """The shop whose text was shown: pressed under it, or asked about just before."""
        person = self.meeting.person
        if self.said.shop_id is not None:
            return self.meeting.shop(self.said.shop_id)
        if person.asking and person.asking_shop_id is not None:
            return self.meeting.shop(person.asking_shop_id)
        return None

    def shop(self, among: Sequence[ShopStanding] | None = None) -> ShopStanding | None:
        """The shop that is meant: pressed, named, asked about, nearly named, or the only one."""
        every = self.meeting.shops
        is_typed = self.said.shop_id is None and len(every) > 1
        if is_typed and (named := _named(self.said.words, every)):
            return named
        if asked := self.asked_shop():
            return asked
        shops = every if among is None else among
        if is_typed and (near := self.near(shops) or self.near(every)):
            shops = near
        return shops[0] if len(shops) == 1 else None

    def near(self, shops: Sequence[ShopStanding]) -> Sequence[ShopStanding]:
        """Those whose names these words come near to; each of them might be meant."""
        return name_like(self.said.words, shops)


@lru_cache(BUTTONS_KEPT_MAX)
def press(block: str, do: str | None = None, shop_id: ShopId | None = None) -> Button:
    """A button that says its own label; `do` is what it does, whatever the words are."""
    label = say("buttons", block)
    extra = {"do": do or block}
    if shop_id is not None:
        extra["shop"] = str(shop_id)
    return Button(label=label, action=Action.SAY, target=label, extra=extra)


def usual(meeting: Meeting) -> tuple[Button, ...]:
    """What nearly every reply offers at its end; staff find the way back to their own menu."""
    if meeting.person.is_staff:
        return (press("owner_menu"), *_usual(meeting))[:CHOICES_MAX]
    return _usual(meeting)


def _usual(meeting: Meeting) -> tuple[Button, ...]:
    joined = meeting.joined
    hears = any(shop.advertising_since is not None for shop in joined)
    return _offered(bool(joined), hears, len(joined) < len(meeting.shops))


@lru_cache
def _offered(is_regular: bool, hears: bool, may_join: bool) -> tuple[Button, ...]:
    if not is_regular:
        first = press("stamp_code"), press("join"), press("shop_info")
        return *first, press("ask"), press("help")
    ads = press("stop") if hears else press("ads_ask")
    more = (press("join"),) if may_join else ()
    own = press("stamp_code"), press("my_stamps"), press("my_coupons"), press("my_info")
    others = press("shop_info"), press("ask"), press("settings"), ads
    return *own, *others, *more, press("help")


def usual_after(meeting: Meeting, *first: Button) -> tuple[Button, ...]:
    """The usual ones behind those that belong to this reply."""
    others = [one for one in usual(meeting) if one not in first]
    return *first, *others[: CHOICES_MAX - len(first)]


def plain(turn: Turn, text: str) -> Reply:
    """One bubble of words with the usual buttons; nothing is left open."""
    return Reply((Text(text),), usual(turn.meeting))


def which_shop(text: str, do: str, shops: Sequence[ShopStanding]) -> Reply:
    """Asks which of several shops is meant; the name may also be typed."""
    listed = tuple(
        Button(
            label=cut(shop.name, LABEL_MAX),
            action=Action.SAY,
            target=shop.name,
            extra={"do": do, "shop": str(shop.shop_id)},
        )
        for shop in shops[:CHOICES_MAX]
    )
    if len(shops) > CHOICES_MAX:
        text = "\n".join((text, say("help", "not_listed")))
    return Reply((Text(text),), listed, question=f"which_{do}")


def which_with_words(text: str, do: str, shops: Sequence[ShopStanding], words: str) -> Reply:
    """Asks which of several shops these words are for: each button says them again."""
    listed = tuple(
        Button(
            label=cut(shop.name, LABEL_MAX),
            action=Action.SAY,
            target=words,
            extra={"do": do, "shop": str(shop.shop_id)},
        )
        for shop in shops[:CHOICES_MAX]
    )
    return Reply((Text(text),), listed)


def listed_names(shops: Sequence[ShopStanding]) -> str:
    names = ", ".join(shop.name for shop in shops[:CHOICES_MAX])
    rest = len(shops) - CHOICES_MAX
    return say("help", "and_others", names=names, count=rest) if rest > 0 else names


def _named(words: str, shops: Sequence[ShopStanding]) -> ShopStanding | None:
    """The one shop whose name stands in these words; the longest name wins."""
    bare = squeezed(words)
    found = [shop for shop in shops if (name := squeezed(shop.name)) and name in bare]
    return max(found, key=lambda shop: len(shop.name)) if found else None


def look_ahead(tx: Tx, wishes: Sequence[Wish], at: datetime) -> Ahead:
    """What the turns of one moment wish for, read as a set each."""
    wanted: dict[Look[Any, Any], list[Any]] = {}
    for look, item in wishes:
        wanted.setdefault(look, []).append(item)
    ahead = {}
    for look, items in wanted.items():
        found = look(tx, items, at)
        ahead[look] = {item: found.get(item) for item in items}
    return ahead
