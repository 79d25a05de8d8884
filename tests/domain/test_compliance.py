"""Does an advertisement say what it must, whatever its shape and its words?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bubbles import Action, Carousel, CommerceCard, ImageCard, ListCard
from domain.campaigns import BODY_MAX, BUBBLES, BubbleKind, SenderName
from domain.compliance import AD_MARK, REFUSE_BUTTON, REFUSE_LABEL, Sign, advertise, room_for
from domain.markings import MARKINGS
from domain.parts import letters_in
from tests.domain.drawn import AD_KINDS, PICTURE, ad, labels, texts

EVENT, SOLAPI = SenderName.KAKAO_EVENT, SenderName.SOLAPI
SIGN = Sign(name="연남빵집", contact="02-123-4567")
LONGEST = Sign(name="가" * 20, contact="02-1234-5678")
WHY = "https://dangol.test/w/1-2-ab"
LINKS_ONLY = (BubbleKind.SLIDES, BubbleKind.GOODS)
BOT_KINDS = [kind for kind in AD_KINDS if kind not in (*LINKS_ONLY, BubbleKind.TEXT)]


@pytest.mark.parametrize("kind", AD_KINDS)
@given(body=st.text(min_size=1, max_size=BODY_MAX))
def test_every_advertisement_starts_with_the_mark(kind: BubbleKind, body: str) -> None:
    """L6: exactly `(광고)`, then the name; nothing before, nothing between."""
    first, *_ = texts(ad(kind, SIGN, body))

    assert first.startswith(f"{AD_MARK} {SIGN.name}")
    assert AD_MARK == "(광고)"


@pytest.mark.parametrize("kind", AD_KINDS)
def test_every_advertisement_says_who_speaks_and_how_to_reach_them(kind: BubbleKind) -> None:
    """L7, L9: as text."""
    words = "\n".join(texts(ad(kind, SIGN, "식빵이 나왔어요.")))

    assert SIGN.name in words
    assert SIGN.contact in words
    assert "식빵이 나왔어요." in words


@pytest.mark.parametrize("kind", AD_KINDS)
def test_the_last_thing_is_the_free_way_to_refuse(kind: BubbleKind) -> None:
    """L8, L11."""
    last = texts(ad(kind, SIGN, "식빵이 나왔어요."))[-1]

    assert last == REFUSE_LABEL or last.endswith(f"'{REFUSE_LABEL}'를 눌러 주세요 (무료)")
    assert "무료" in REFUSE_LABEL


def test_every_card_that_is_pushed_along_carries_all_of_it() -> None:
    """L6-L8: a card is seen by itself, and the last one perhaps never."""
    carousel = ad(BubbleKind.SLIDES, SIGN, "식빵이 나왔어요.")

    assert isinstance(carousel, Carousel)
    assert len(carousel.cards) == 3
    for card in carousel.cards:
        first, *others, last = texts(card)
        assert first == f"{AD_MARK} {SIGN.name}"
        assert SIGN.contact in "\n".join(others)
        assert last == REFUSE_LABEL


@pytest.mark.parametrize("kind", BOT_KINDS)
def test_a_card_ends_with_a_button_that_refuses_in_one_tap(kind: BubbleKind) -> None:
    """L11: it says the very words that the bot understands."""
    card = ad(kind, SIGN, "식빵")

    assert isinstance(card, ImageCard | ListCard)
    assert card.buttons[-1] == REFUSE_BUTTON
    assert REFUSE_BUTTON.target == REFUSE_LABEL


@pytest.mark.parametrize("kind", LINKS_ONLY)
def test_where_no_button_speaks_to_the_bot_it_opens_the_page_that_refuses(
    kind: BubbleKind,
) -> None:
    """L11, D4: a page with one button, without log-in."""
    bubble = ad(kind, SIGN, "식빵", WHY)
    cards = bubble.cards if isinstance(bubble, Carousel) else (bubble,)

    for card in cards:
        assert isinstance(card, ImageCard | CommerceCard)
        assert all(button.action is Action.LINK for button in card.buttons)
        assert card.buttons[-1].target == f"{WHY}/stop"


@pytest.mark.parametrize("kind", BOT_KINDS)
def test_why_it_came_stands_before_the_way_out(kind: BubbleKind) -> None:
    """L8, L11: one more button, and the refusal stays the last."""
    card = ad(kind, SIGN, "식빵", WHY)

    assert isinstance(card, ImageCard | ListCard)
    assert labels(card.buttons) == ["왜 받았나요?", REFUSE_LABEL]
    assert card.buttons[0].target == WHY


@pytest.mark.parametrize(
    ("sender", "kind"), [(sender, kind) for sender, kinds in BUBBLES.items() for kind in kinds]
)
def test_each_bubble_that_is_sent_has_a_row_that_says_who_marks_it(
    sender: SenderName, kind: BubbleKind
) -> None:
    """I8."""
    assert (sender, kind) in MARKINGS


def test_no_row_speaks_of_a_bubble_that_is_not_sent() -> None:
    """I8."""
    assert {key for key in MARKINGS if key[1] not in BUBBLES[key[0]]} == set()


DESCRIPTION_MAX = 230
TITLE_MAX = 50


@pytest.mark.parametrize("sign", [SIGN, LONGEST])
def test_the_longest_words_fit_kakaotalks_smallest_card(sign: Sign) -> None:
    """kakao-chatbot.md 2.9: 230 letters under a title of 50."""
    card = advertise(BubbleKind.PICTURE, sign, "가" * BODY_MAX, PICTURE)

    assert isinstance(card, ImageCard)
    assert len(card.description) <= DESCRIPTION_MAX
    assert len(card.title) <= TITLE_MAX
    assert all(len(button.label) <= 14 for button in card.buttons)


SIGNS = st.builds(
    Sign,
    name=st.text("가나다라abc12 😀", min_size=1, max_size=20).filter(str.strip),
    contact=st.sampled_from(["02-123-4567", "0507-1234-5678", "1588-1234"]),
)


@given(sign=SIGNS)
def test_a_wide_line_fits_with_every_name(sign: Sign) -> None:
    """D4: 76 letters, one break."""
    room = room_for(BubbleKind.WIDE, sign)
    assert room is not None
    card = ad(BubbleKind.WIDE, sign, "가" * room.letters)

    assert isinstance(card, ImageCard)
    content = f"{card.title}\n{card.description}"
    assert room.letters >= 10
    assert letters_in(content) <= 76
    assert content.count("\n") == 1


@given(sign=SIGNS)
def test_rows_and_cards_fit_or_are_not_offered(sign: Sign) -> None:
    """D4: a header of 20; first row 25, the others 30; a card 180 letters and two breaks."""
    rows, slides = room_for(BubbleKind.ITEMS, sign), room_for(BubbleKind.SLIDES, sign)
    fits = letters_in(f"(광고) {sign.name}") <= 20

    assert (rows is not None) == (slides is not None) == fits
    if rows is None or slides is None:
        return
    listed = ad(BubbleKind.ITEMS, sign, "가" * rows.letters)
    carousel = ad(BubbleKind.SLIDES, sign, "가" * (slides.letters - 1) + "\n")
    assert isinstance(listed, ListCard)
    assert isinstance(carousel, Carousel)
    assert letters_in(listed.rows[0].title) <= 25
    assert max(letters_in(row.title) for row in listed.rows[1:]) <= 30
    for card in carousel.cards:
        assert isinstance(card, ImageCard)
        assert letters_in(card.description) <= 180
        assert card.description.count("\n") <= 2


@given(sign=SIGNS)
def test_a_thing_and_its_line_fit_or_are_not_offered(sign: Sign) -> None:
    """D4: 34 letters under the price; 30 for the title, which begins with the mark."""
    room = room_for(BubbleKind.GOODS, sign)
    if room is None:
        assert letters_in(sign.name) > 30 - 5 - 1 - 4
        return
    card = ad(BubbleKind.GOODS, sign, "가" * room.letters)
    assert isinstance(card, CommerceCard)
    assert letters_in(card.description) <= 34
    assert letters_in(f"(광고) {sign.name} ") + room.thing_letters <= 30
    assert room.thing_letters >= 4
