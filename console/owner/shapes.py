"""The shapes of a message as an owner thinks of them, and which ways can carry each."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from domain.campaigns import BUBBLES, BubbleKind, SenderName
from domain.compliance import Room, Sign, room_for
from domain.parts import PART_LIMITS, PartLimits
from domain.ways import SAME_SHAPE, drawn_as

SHAPES: Final = (
    BubbleKind.PICTURE,
    BubbleKind.LIST,
    BubbleKind.WIDE,
    BubbleKind.ITEMS,
    BubbleKind.SLIDES,
    BubbleKind.GOODS,
)
"""Words alone are a list by chatbot and a text elsewhere: `SAME_SHAPE`."""

ALONE: Final = BubbleKind.LIST


class Carrier(NamedTuple):
    """A way, and how it draws the shape."""

    sender: SenderName
    bubble: BubbleKind


def shape_named(name: str) -> BubbleKind | None:
    return BubbleKind(name) if name in SHAPES else None


def shape_of(bubble: BubbleKind) -> BubbleKind:
    """The shape that is drawn like this."""
    return next(one for one in SAME_SHAPE.get(bubble, (bubble,)) if one in SHAPES)


def carriers(shape: BubbleKind | None, offered: Collection[SenderName]) -> list[Carrier]:
    """The ways that can draw it with all that an advertisement must say; in the order in which
    they are offered, where that is one.
    """
    ranked = offered if isinstance(offered, Sequence) else [w for w in SenderName if w in offered]
    drawn = {one: drawn_as(shape, BUBBLES, one) for one in ranked if shape}
    return [Carrier(sender, bubble) for sender, bubble in drawn.items() if bubble is not None]


def carrier_of(name: str, insisted: str, offered: Collection[SenderName]) -> Carrier | None:
    """The way the owner insists on where it can carry the shape, else the first that can."""
    able = carriers(shape_named(name), offered)
    return next((one for one in able if one.sender == insisted), able[0] if able else None)


def offered_shapes(
    offered: Collection[SenderName], sign: Sign
) -> Mapping[BubbleKind, list[Carrier]]:
    """What the page offers: shapes that some way carries and that have room for this shop's name
    and number. Nothing is said of the others, because no owner could change it.
    """
    able = {shape: carriers(shape, offered) for shape in SHAPES if room_for(shape, sign)}
    return {shape: found for shape, found in able.items() if found}


def limits_of(name: str) -> PartLimits | None:
    """None for a shape without parts, and for what is none."""
    shape = shape_named(name)
    return PART_LIMITS.get(shape) if shape else None


def room_of(name: str, sign: Sign) -> Room | None:
    """None for what is no shape, or has no room for this shop's name."""
    shape = shape_named(name)
    return room_for(shape, sign) if shape else None
