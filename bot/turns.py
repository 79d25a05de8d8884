"""One turn of a conversation as the handlers see it, and the buttons they offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.kakao_in import Utterance
from bot.kakao_out import Reply
from bot.understanding import squeezed
from bot.words import say
from domain.bubbles import Action, Button, Text
from domain.people import ChannelId, CustomerId, ShopId
from loyalty.meeting import Meeting
from storage.desk import Tx
from storage.queries.customers import ShopStanding

CHOICES_MAX = 10
LABEL_MAX = 14
BUTTONS_KEPT_MAX = 8_192


@dataclass(frozen=True, slots=True)
class Turn:
    """Handlers take it and return a Reply; a Reply that asks something names its question."""

    tx: Tx
    meeting: Meeting
    said: Utterance
    at: datetime
    channel_id: ChannelId
    public_url: str

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
        """The shop that is meant: pressed, named, asked about, or the only one; else None."""
        every = self.meeting.shops
        if self.said.shop_id is None and len(every) > 1 and self.said.words:
            named = _named(self.said.words, every)
            if named is not None:
                return named
        shops = every if among is None else among
        return self.asked_shop() or (shops[0] if len(shops) == 1 else None)


@lru_cache(BUTTONS_KEPT_MAX)
def press(block: str, do: str | None = None, shop_id: ShopId | None = None) -> Button:
    """A button that says its own label; `do` is what it does, whatever the words are."""
    label = say("buttons", block)
    extra = {"do": do or block}
    if shop_id is not None:
        extra["shop"] = str(shop_id)
    return Button(label=label, action=Action.SAY, target=label, extra=extra)


def usual(meeting: Meeting) -> tuple[Button, ...]:
    """What nearly every reply offers at its end."""
    joined = meeting.joined
    if not joined:
        return press("stamp_code"), press("join"), press("shop_info"), press("help")
    hears = any(shop.advertising_since is not None for shop in joined)
    ads = press("stop") if hears else press("ads_ask")
    more = (press("join"),) if len(joined) < len(meeting.shops) else ()
    own = press("stamp_code"), press("my_stamps"), press("my_coupons"), press("my_info")
    return *own, press("shop_info"), ads, *more, press("help")


def plain(turn: Turn, text: str) -> Reply:
    """One bubble of words with the usual buttons; nothing is left open."""
    return Reply((Text(text),), usual(turn.meeting))


def which_shop(text: str, do: str, shops: Sequence[ShopStanding]) -> Reply:
    """Asks which of several shops is meant; the name may also be typed."""
    listed = tuple(
        Button(
            label=shop.name[:LABEL_MAX].strip(),
            action=Action.SAY,
            target=shop.name,
            extra={"do": do, "shop": str(shop.shop_id)},
        )
        for shop in shops[:CHOICES_MAX]
    )
    if len(shops) > CHOICES_MAX:
        text = "\n".join((text, say("help", "not_listed")))
    return Reply((Text(text),), listed, question=f"which_{do}")


def listed_names(shops: Sequence[ShopStanding]) -> str:
    names = ", ".join(shop.name for shop in shops[:CHOICES_MAX])
    rest = len(shops) - CHOICES_MAX
    return say("help", "and_others", names=names, count=rest) if rest > 0 else names


def _named(words: str, shops: Sequence[ShopStanding]) -> ShopStanding | None:
    """The one shop whose name stands in these words; the longest name wins."""
    bare = squeezed(words)
    found = [shop for shop in shops if (name := squeezed(shop.name)) and name in bare]
    return max(found, key=lambda shop: len(shop.name)) if found else None
