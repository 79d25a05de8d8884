"""A reply made to fit KakaoTalk's limits (kakao-chatbot.md section 2): the one place for it.

What is too long for one bubble goes on in the next while there is room for three: a text at a
word, rows and facts in another card, cards in another carousel; a card whose words had to be cut
is followed by the whole of them. What does not fit even so ends in “…”, and a text says how to
ask on. Labels and names are cut; buttons beyond the third become quick replies.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from bot.replies import limits
from bot.replies.cutting import clean, cut, in_lines, length, pieces
from bot.replies.fitting import alike, batches, fit_buttons, fit_cards, line
from bot.words import say
from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Card,
    Carousel,
    CarouselHeader,
    Image,
    Letter,
    ListCard,
    Notice,
    Text,
    TextCard,
)

SPOKEN = (Action.SAY, Action.BLOCK)
PARTS_MAX = limits.OUTPUTS_MAX + 1
"""One more than can be shown, which tells that something is left."""


def shortened(
    bubbles: Sequence[Bubble], quick_replies: Sequence[Button]
) -> tuple[tuple[Bubble, ...], tuple[Button, ...]]:
    """The same reply within the limits; what is missing altogether stays missing."""
    shown = _joined(bubbles)[: limits.OUTPUTS_MAX]
    pressed = chain(quick_replies, *(_spare_buttons(one) for one in shown))
    replies = fit_buttons([one for one in pressed if one.action in SPOKEN])
    parted = [list(islice(_parts(one), PARTS_MAX)) for one in shown]
    return tuple(_allotted(parted)), replies[: limits.QUICK_REPLIES_MAX]


def _joined(bubbles: Sequence[Bubble]) -> list[Bubble]:
    """Neighboring texts become one while there are more bubbles than places."""
    joined: list[Bubble] = []
    for left, bubble in zip(range(len(bubbles), 0, -1), bubbles, strict=True):
        before = joined[-1] if joined else None
        is_crowded = len(joined) + left > limits.OUTPUTS_MAX
        if is_crowded and isinstance(before, Text) and isinstance(bubble, Text):
            joined[-1] = Text(f"{before.text}\n\n{bubble.text}")
        else:
            joined.append(bubble)
    return joined


def _spare_buttons(bubble: Bubble) -> tuple[Button, ...]:
    if isinstance(bubble, Text | Image | Carousel | Notice | Letter):
        return ()
    return bubble.buttons[limits.BUTTONS_MAX["vertical"] :]


def _allotted(parted: Sequence[list[Bubble]]) -> Iterator[Bubble]:
    """The first part of each bubble, and of the others as many as there are places left."""
    spare = limits.OUTPUTS_MAX - len(parted)
    for parts in parted:
        taken = parts[: 1 + spare]
        spare -= max(len(taken) - 1, 0)
        yield from taken[:-1]
        yield from taken[-1:] if len(taken) == len(parts) else [_ended(taken[-1])]


def _ended(last: Bubble) -> Bubble:
    """The last shown part of something longer."""
    if not isinstance(last, Text):
        return last
    asking = "\n\n" + say("trouble", "cut")
    return Text(cut(last.text, limits.TEXT_MAX - length(asking)) + asking)


def _parts(bubble: Bubble) -> Iterator[Bubble]:
    match bubble:
        case Text():
            yield from map(Text, pieces(bubble.text, limits.TEXT_MAX))
        case Image():
            yield Image(url=bubble.url, alt=line(bubble.alt, limits.ALT_MAX))
        case Carousel():
            yield from _carousels(bubble)
        case Notice() | Letter():
            raise AssertionError("no chat shows what goes to a number")
        case _:
            cards = fit_cards(bubble, in_carousel=False)
            yield from cards
            yield from _whole_words(bubble, cards[0])


def _whole_words(card: Card, shown: Card) -> Iterator[Text]:
    """All of a card's words when the card could not show them."""
    if isinstance(card, ListCard) or isinstance(shown, ListCard):
        return
    whole = f"{card.title}\n{card.description}"
    if clean(whole).split() != f"{shown.title}\n{shown.description}".split():
        yield from map(Text, pieces(whole, limits.TEXT_MAX))


def _carousels(carousel: Carousel) -> Iterator[Carousel]:
    """As many as the cards need; the header stands over the first."""
    cards = [part for card in carousel.cards for part in fit_cards(card, in_carousel=True)]
    is_listing = bool(cards) and isinstance(cards[0], ListCard)
    is_headless = is_listing or (bool(cards) and isinstance(cards[0], TextCard))
    header = None if is_headless else carousel.header and _header(carousel.header)
    for some in batches(alike(cards), limits.CAROUSEL_MAX[is_listing]):
        yield Carousel(some, header)  # type: ignore[arg-type]  # of one kind, as they came
        header = None


def _header(header: CarouselHeader) -> CarouselHeader:
    return CarouselHeader(
        title=in_lines(header.title, limits.HEADER_TITLE_LINES_MAX),
        description=in_lines(header.description, limits.HEADER_LINES_MAX),
        image_url=header.image_url,
    )
