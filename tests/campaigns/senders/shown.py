"""A brand message as the handset shows it, read back so that the marks can be judged from outside."""

from typing import Any

from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CommerceCard,
    ImageCard,
    ListCard,
    Picture,
    Row,
)
from simulator.reading import brand_block

Json = dict[str, Any]


def shown_bubble(message: Json) -> Bubble:
    """Who reads it back from the very JSON that left knows nothing of how it was made."""
    bms = brand_block(message)
    match bms["chatBubbleType"]:
        case "TEXT":
            return _card("", str(message["text"]), bms)
        case "IMAGE" | "WIDE":
            return _card("", str(bms["content"]), bms)
        case "WIDE_ITEM_LIST":
            rows = [bms["mainWideItem"], *bms["subWideItemList"]]
            return ListCard(
                header=bms["header"],
                rows=tuple(Row(title=row["title"]) for row in rows),
                buttons=_buttons(bms),
            )
        case "CAROUSEL_FEED":
            cards = bms["carousel"]["list"]
            return Carousel(tuple(_card(one["header"], one["content"], one) for one in cards))
        case "COMMERCE":
            return CommerceCard(
                picture=Picture(url="there"),
                title=bms["commerce"]["title"],
                price_won=bms["commerce"]["regularPrice"],
                description=bms["additionalContent"],
                buttons=_buttons(bms),
            )
        case other:
            raise AssertionError(other)


def _card(title: str, words: str, part: Json) -> ImageCard:
    title, words = (title, words) if title else words.split("\n", 1)
    return ImageCard(
        image_url="there", image_alt="", title=title, description=words, buttons=_buttons(part)
    )


def _buttons(part: Json) -> tuple[Button, ...]:
    return tuple(_button(one) for one in part["buttons"])


def _button(one: Json) -> Button:
    if one["linkType"] == "BK":
        return Button(label=one["name"], action=Action.SAY, target=one["name"])
    return Button(label=one["name"], action=Action.LINK, target=one["linkMobile"])
