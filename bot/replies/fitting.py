"""Single cards made to fit their limits; `shortening` puts them together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar, assert_never

from bot.replies import limits
from bot.replies.cutting import clean, cut, in_lines, length
from domain.bubbles import (
    Action,
    Button,
    Card,
    CommerceCard,
    FactCard,
    Headline,
    ImageCard,
    ListCard,
    Picture,
    Profile,
    Row,
    TextCard,
)

T = TypeVar("T")
WITHOUT_TARGET = (Action.SHARE, Action.STAFF)
MISSING = "-"
"""Stands for the half of a fact that is not there."""


def fit_cards(card: Card, *, in_carousel: bool) -> Sequence[Card]:
    """One card, or several where rows or facts need more room than one has."""
    card = _buttoned(card)
    match card:
        case TextCard():
            return [_text_card(card, in_carousel=in_carousel)]
        case ImageCard():
            return [_image_card(card, in_carousel=in_carousel)]
        case CommerceCard():
            return [_commerce_card(card)]
        case ListCard():
            return _list_cards(card, in_carousel=in_carousel)
        case FactCard():
            return _fact_cards(card, in_carousel=in_carousel)
        case _:
            assert_never(card)


def fit_buttons(buttons: Iterable[Button]) -> tuple[Button, ...]:
    """Those that can be shown and do something."""
    return tuple(
        replace(
            one,
            label=line(one.label, limits.LABEL_MAX),
            target=clean(one.target),
        )
        for one in buttons
        if clean(one.label) and (clean(one.target) or one.action in WITHOUT_TARGET)
    )


def line(text: str, room: int) -> str:
    return cut(" ".join(text.split()), room)


def batches(things: Sequence[T], size: int) -> list[tuple[T, ...]]:
    return [tuple(things[at : at + size]) for at in range(0, len(things), size)]


def alike(cards: Sequence[Card]) -> Sequence[Card]:
    """2.7, 2.8: pictures of one shape; a part of a fact card on all cards or on none."""
    facts = [card for card in cards if isinstance(card, FactCard)]
    if facts:
        return _alike_facts(facts)
    is_square = bool(cards) and _is_square(cards[0])
    return [_shaped(card, is_square=is_square) for card in cards]


def _buttoned(card: Card) -> Card:
    """At most three below each other, or two beside each other when their labels are short."""
    pressed = [
        one
        for one in card.buttons
        # 2.7: a fact card that can be shared would lose its facts.
        if one.action is not Action.SHARE or not isinstance(card, FactCard)
    ]
    buttons = fit_buttons(pressed)[: limits.BUTTONS_MAX["vertical"]]
    is_short = all(length(one.label) <= limits.LABEL_SIDE_BY_SIDE_MAX for one in buttons)
    fits_beside = len(buttons) <= limits.BUTTONS_MAX["horizontal"] and is_short
    return replace(card, buttons=buttons, is_side_by_side=card.is_side_by_side and fits_beside)


def _text_card(card: TextCard, *, in_carousel: bool) -> TextCard:
    title = cut(card.title, limits.TITLE_MAX)
    room = limits.TEXT_CARD_MAX[in_carousel] - length(title)
    return replace(card, title=title, description=cut(card.description, room))


def _image_card(card: ImageCard, *, in_carousel: bool) -> ImageCard:
    title, description = card.title, card.description
    if in_carousel:
        title = in_lines(title, limits.IMAGE_CARD_LINES_MAX)
        description = in_lines(description, limits.IMAGE_CARD_LINES_MAX)
    return replace(
        card,
        title=cut(title, limits.TITLE_MAX),
        description=cut(description, limits.IMAGE_CARD_DESCRIPTION_MAX),
        image_alt=line(card.image_alt, limits.ALT_MAX),
    )


def _commerce_card(card: CommerceCard) -> CommerceCard:
    """2.5: a percentage is shown only beside the price that it makes."""
    percent = None if card.discounted_won is None else card.discount_percent
    return replace(
        card,
        title=cut(card.title, limits.COMMERCE_TITLE_MAX),
        description=cut(card.description, limits.COMMERCE_DESCRIPTION_MAX),
        discount_percent=percent,
        picture=_picture(card.picture),
        seller=_profile(card.seller) if card.seller else None,
    )


def _list_cards(card: ListCard, *, in_carousel: bool) -> Sequence[ListCard]:
    """The first keeps the buttons."""
    rows = [_row(row) for row in card.rows if clean(row.title)]
    card = replace(card, header=" ".join(clean(card.header).split()))
    first, *others = batches(rows, limits.LIST_ROWS_MAX[in_carousel]) or [()]
    return [replace(card, rows=first), *(replace(card, rows=one, buttons=()) for one in others)]


def _row(row: Row) -> Row:
    say = clean(row.say or "") or None
    return replace(row, title=clean(row.title), description=clean(row.description), say=say)


def _fact_cards(card: FactCard, *, in_carousel: bool) -> Sequence[FactCard]:
    """The first says all that is not a fact; the others go on with the facts."""
    card = _fact_words(card, limits.FACT_CARD_MAX[in_carousel])
    facts = [_fact(name, value) for name, value in card.facts if clean(name + value)]
    first, *others = batches(facts, limits.FACTS_MAX[in_carousel]) or [()]
    rest = replace(card, title="", description="", summary=None, buttons=())
    return [replace(card, facts=first), *(replace(rest, facts=one) for one in others)]


def _fact_words(card: FactCard, room: int) -> FactCard:
    title, description = card.title, card.description
    if not clean(title):  # 2.7: no description without a title
        title, description = description, ""
    lines, title_room = limits.FACT_CARD_LINES_MAX, room
    if description:
        lines, title_room = limits.FACT_CARD_TITLE_LINES_MAX, limits.TITLE_MAX
    title = cut(in_lines(title, lines), title_room)
    lines = limits.FACT_CARD_LINES_MAX - limits.FACT_CARD_TITLE_LINES_MAX
    return replace(
        card,
        head="" if card.profile else " ".join(clean(card.head).split()),
        profile=_profile(card.profile) if card.profile else None,
        picture=_picture(card.picture) if card.picture else None,
        headline=_headline(card.headline) if card.headline else None,
        summary=_summary(*card.summary) if card.summary else None,
        title=title,
        description=cut(in_lines(description, lines), room - length(title)),
    )


def _fact(name: str, value: str) -> tuple[str, str]:
    words = in_lines(value, limits.FACT_LINES_MAX)
    return line(name, limits.FACT_TITLE_MAX) or MISSING, words or MISSING


def _summary(name: str, amount: str) -> tuple[str, str] | None:
    """An amount is never cut: half of it would be another amount."""
    amount = clean(amount)
    if not amount or length(amount) > limits.SUMMARY_MAX:
        return None
    return line(name, limits.FACT_TITLE_MAX) or MISSING, amount


def _headline(headline: Headline) -> Headline | None:
    title = in_lines(headline.title, limits.HEADLINE_LINES_MAX)
    description = " ".join(clean(headline.description).split())
    return replace(headline, title=title, description=description) if title else None


def _profile(profile: Profile) -> Profile | None:
    name = line(profile.name, limits.PROFILE_MAX)
    return replace(profile, name=name) if name else None


def _picture(picture: Picture) -> Picture:
    return replace(picture, alt=line(picture.alt, limits.ALT_MAX))


def _alike_facts(cards: Sequence[FactCard]) -> Sequence[FactCard]:
    has_heads = all(card.head for card in cards)
    has_profiles = all(card.profile for card in cards)
    has_pictures = all(card.picture for card in cards)
    has_headlines = all(card.headline for card in cards)
    return [
        replace(
            card,
            head=card.head if has_heads else "",
            profile=card.profile if has_profiles else None,
            picture=replace(card.picture, is_square=False)
            if card.picture and has_pictures
            else None,
            headline=card.headline if has_headlines else None,
        )
        for card in cards
    ]


def _is_square(card: Card) -> bool:
    if isinstance(card, CommerceCard):
        return card.picture.is_square
    return isinstance(card, ImageCard) and card.is_square


def _shaped(card: Card, *, is_square: bool) -> Card:
    if isinstance(card, ImageCard):
        return replace(card, is_square=is_square)
    if isinstance(card, CommerceCard):
        return replace(card, picture=replace(card.picture, is_square=is_square))
    return card
