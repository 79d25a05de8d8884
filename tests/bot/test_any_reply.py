"""No reply breaks a limit: random ones against the table of the reference page."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.kakao_out import ContextValue, LimitBroken, Reply, encode, encode_strictly
from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CarouselHeader,
    CommerceCard,
    FactCard,
    Headline,
    Image,
    ImageCard,
    ListCard,
    Picture,
    Profile,
    Row,
    Text,
    TextCard,
)
from tests.bot.reply_table import faults

URL = "https://dangol.example/media/1"
PIECES = (
    "식빵 ", "단골", "😀", "👨‍👩‍👧‍👦", "🇰🇷", "👍🏽", "\u1112\u1161\u11ab", "\n", " ", "e\u0301",
    "\ud83d", "A long word ", "가나다라마바사아자차카타파하", "1,000원", "\u0300" * 40, "\t", "‍",
)  # fmt: skip
LONG = st.builds(
    lambda some, times: "".join(some) * times,
    st.lists(st.sampled_from(PIECES), max_size=8),
    st.sampled_from([1, 1, 2, 20, 150]),
)
EDGES = (5, 6, 8, 13, 14, 15, 30, 40, 50, 100, 128, 200, 230, 400, 1_000)
AT_THE_EDGE = st.builds(
    lambda edge, over, one: one * (edge + over),
    st.sampled_from(EDGES),
    st.sampled_from([0, 1]),
    st.sampled_from(["가", "ㅋ\n"]),
)
TEXTS = st.one_of(
    st.sampled_from(["", " ", "보기", "오늘의 빵"]), st.text(max_size=20), AT_THE_EDGE, LONG
)
NEEDED = st.builds("{}{}".format, st.sampled_from(["보기", "가", "1"]), TEXTS)
"""Begins with something, so that it is there whatever is cut off."""

EXTRAS = st.dictionaries(st.sampled_from(["do", "shop"]), st.just("1"))
BUTTONS = st.builds(
    Button, label=TEXTS, action=st.sampled_from(Action), target=TEXTS, extra=EXTRAS
)  # fmt: skip
PRESSED = {
    "buttons": st.lists(BUTTONS, max_size=6).map(tuple),
    "is_side_by_side": st.booleans(),
}
PICTURES = st.builds(
    Picture, url=st.just(URL), alt=TEXTS, link=st.sampled_from(["", URL]), is_square=st.booleans()
)
PROFILES = st.builds(Profile, name=TEXTS, image_url=st.sampled_from(["", URL]))
MAYBE_URL = st.sampled_from([None, URL])
WORDS = {"title": TEXTS, "description": TEXTS}
TEXT_CARDS = st.builds(TextCard, title=NEEDED, description=TEXTS, **PRESSED)
IMAGE_CARDS = st.builds(
    ImageCard,
    image_url=st.just(URL),
    image_alt=TEXTS,
    image_link=st.sampled_from(["", URL]),
    is_square=st.booleans(),
    is_forwardable=st.booleans(),
    **WORDS,
    **PRESSED,
)
PRICES = st.one_of(st.none(), st.integers(0, 10**8))
COMMERCE_CARDS = st.builds(
    CommerceCard,
    picture=PICTURES,
    price_won=st.integers(0, 10**8),
    discounted_won=PRICES,
    discount_percent=st.one_of(st.none(), st.integers(0, 100)),
    seller=st.one_of(st.none(), PROFILES),
    **WORDS,
    **PRESSED,
)
ROWS = st.builds(
    Row,
    title=NEEDED,
    description=TEXTS,
    image_url=MAYBE_URL,
    say=st.one_of(st.none(), TEXTS),
    block_id=st.sampled_from([None, "65f0"]),
    link=MAYBE_URL,
    extra=EXTRAS,
)
LIST_CARDS = st.builds(
    ListCard,
    header=NEEDED,
    header_link=st.sampled_from(["", URL]),
    rows=st.lists(ROWS, min_size=1, max_size=13).map(tuple),
    **PRESSED,
)
FACT_CARDS = st.builds(
    FactCard,
    head=TEXTS,
    profile=st.one_of(st.none(), PROFILES),
    picture=st.one_of(st.none(), PICTURES),
    headline=st.one_of(
        st.none(), st.builds(Headline, **WORDS, image_url=st.sampled_from(["", URL]))
    ),
    facts=st.lists(st.tuples(TEXTS, NEEDED), min_size=1, max_size=13).map(tuple),
    summary=st.one_of(st.none(), st.tuples(TEXTS, TEXTS)),
    is_right=st.booleans(),
    **WORDS,
    **PRESSED,
)
CARDS = (TEXT_CARDS, IMAGE_CARDS, COMMERCE_CARDS, LIST_CARDS, FACT_CARDS)
HEADERS = st.builds(CarouselHeader, title=NEEDED, description=NEEDED, image_url=st.just(URL))
CAROUSELS = st.one_of(
    *(
        st.builds(
            Carousel,
            st.lists(cards, min_size=1, max_size=13).map(tuple),
            st.one_of(st.none(), HEADERS),
        )
        for cards in CARDS
    )
)
BUBBLES = st.one_of(
    st.builds(Text, NEEDED), st.builds(Image, url=st.just(URL), alt=TEXTS), *CARDS, CAROUSELS
)
CONTEXTS = st.builds(
    ContextValue, name=st.just("join_flow"), life_span=st.integers(0, 5), params=EXTRAS
)
REPLIES = st.builds(
    Reply,
    st.lists(BUBBLES, min_size=1, max_size=5).map(tuple),
    st.lists(BUTTONS, max_size=14).map(tuple),
    context=st.lists(CONTEXTS, max_size=2).map(tuple),
)


@settings(max_examples=400)
@given(REPLIES)
def test_no_reply_breaks_a_limit(reply: Reply) -> None:
    """Texts of thousands of characters, too many buttons, halves of emoji: it fits all the same."""
    body = orjson.loads(encode(reply))

    assert faults(body) == []
    assert len(body["template"]["outputs"]) >= min(len(reply.bubbles), 1)


@settings(max_examples=400)
@given(BUBBLES)
def test_what_leaves_unshortened_is_within_the_table(bubble: Bubble) -> None:
    """Our own check refuses whatever the table refuses; an advertisement relies on it."""
    try:
        body = encode_strictly(Reply((bubble,)))
    except LimitBroken:
        return
    assert faults(orjson.loads(body)) == []
