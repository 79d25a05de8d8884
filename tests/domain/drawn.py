"""Advertisements of every kind, drawn with sound words and parts."""

from domain.bubbles import Bubble, Button, Carousel, CommerceCard, ImageCard, ListCard, Text
from domain.campaigns import BRAND_BUBBLES, BubbleKind
from domain.compliance import Drawn, Sign, advertise
from domain.parts import Part

MEDIA = "https://dangol.test/media"
PICTURE = f"{MEDIA}/1"
AD_KINDS = (*BRAND_BUBBLES, BubbleKind.LIST)
PARTS = {
    BubbleKind.ITEMS: (
        Part(title="소금빵 2,500원", picture_id="2"),
        Part(title="밤식빵 7,000원", picture_id="3", link="https://bread.example/2"),
    ),
    BubbleKind.SLIDES: (
        Part(title="소금빵", text="버터를 두 번 넣어요", picture_id="2"),
        Part(title="밤식빵", picture_id="3", link="https://bread.example/2"),
    ),
    BubbleKind.GOODS: (Part(title="밤식빵", price_won=7_000, sale_won=5_500),),
}


def with_urls(parts: tuple[Part, ...]) -> list[Drawn]:
    return [Drawn(one, f"{MEDIA}/{one.picture_id}") for one in parts]


def ad(kind: BubbleKind, sign: Sign, body: str, why_url: str | None = None) -> Bubble:
    return advertise(kind, sign, body, PICTURE, why_url, with_urls(PARTS.get(kind, ())))


def texts(bubble: Bubble) -> list[str]:
    """All that a person reads, from top to bottom, buttons last."""
    match bubble:
        case ImageCard():
            return [bubble.title, bubble.description, *labels(bubble.buttons)]
        case ListCard():
            return [bubble.header, *(row.title for row in bubble.rows), *labels(bubble.buttons)]
        case CommerceCard():
            return [bubble.title, bubble.description, *labels(bubble.buttons)]
        case Carousel():
            return [text for card in bubble.cards for text in texts(card)]
        case Text():
            return [bubble.text]
        case _:
            raise AssertionError("not an advertisement's bubble")


def labels(buttons: tuple[Button, ...]) -> list[str]:
    return [button.label for button in buttons]
