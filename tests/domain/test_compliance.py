"""Does an advertisement say what it must, whatever its shape and its words?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bubbles import Bubble, Button, ImageCard, ListCard, Text
from domain.campaigns import BODY_MAX, BUBBLES, BubbleKind, SenderName
from domain.compliance import AD_MARK, MARKINGS, REFUSE_BUTTON, REFUSE_LABEL, Sign, advertise

EVENT, SOLAPI = SenderName.KAKAO_EVENT, SenderName.SOLAPI
SIGN = Sign(name="연남빵집", contact="02-123-4567")
LONGEST = Sign(name="가" * 20, contact="02-1234-5678")
PICTURE = "https://dangol.test/media/1"
KINDS = [(sender, kind) for sender, kinds in BUBBLES.items() for kind in kinds]


def texts(bubble: Bubble) -> list[str]:
    """All that a person reads, from top to bottom, buttons last."""
    match bubble:
        case ImageCard():
            return [bubble.title, bubble.description, *labels(bubble.buttons)]
        case ListCard():
            return [bubble.header, *(row.title for row in bubble.rows), *labels(bubble.buttons)]
        case Text():
            return [bubble.text]
        case _:
            raise AssertionError("not an advertisement's bubble")


def labels(buttons: tuple[Button, ...]) -> list[str]:
    return [button.label for button in buttons]


@pytest.mark.parametrize("kind", list(BubbleKind))
@given(body=st.text(min_size=1, max_size=BODY_MAX))
def test_every_advertisement_starts_with_the_mark(kind: BubbleKind, body: str) -> None:
    """L6: exactly `(광고)`, then the name; nothing before, nothing between."""
    first, *_ = texts(advertise(kind, SIGN, body, PICTURE))

    assert first.startswith(f"{AD_MARK} {SIGN.name}")
    assert AD_MARK == "(광고)"


@pytest.mark.parametrize("kind", list(BubbleKind))
def test_every_advertisement_says_who_speaks_and_how_to_reach_them(kind: BubbleKind) -> None:
    """L7, L9: as text."""
    words = "\n".join(texts(advertise(kind, SIGN, "식빵이 나왔어요.", PICTURE)))

    assert SIGN.name in words
    assert SIGN.contact in words
    assert "식빵이 나왔어요." in words


@pytest.mark.parametrize("kind", list(BubbleKind))
def test_the_last_thing_is_the_free_way_to_refuse(kind: BubbleKind) -> None:
    """L8, L11."""
    last = texts(advertise(kind, SIGN, "식빵이 나왔어요.", PICTURE))[-1]

    assert last == REFUSE_LABEL or last.endswith(f"'{REFUSE_LABEL}'를 눌러 주세요 (무료)")
    assert "무료" in REFUSE_LABEL


@pytest.mark.parametrize(("sender", "kind"), KINDS)
def test_each_bubble_that_is_sent_has_a_row_that_says_who_marks_it(
    sender: SenderName, kind: BubbleKind
) -> None:
    """I8."""
    assert (sender, kind) in MARKINGS


@pytest.mark.parametrize("kind", BUBBLES[EVENT])
def test_a_card_in_the_chat_ends_with_a_button_that_refuses_in_one_tap(kind: BubbleKind) -> None:
    """L11: it says the very words that the bot understands."""
    card = advertise(kind, SIGN, "식빵", PICTURE)

    assert isinstance(card, ImageCard | ListCard)
    assert card.buttons[-1] == REFUSE_BUTTON
    assert REFUSE_BUTTON.target == REFUSE_LABEL


@pytest.mark.parametrize("kind", BUBBLES[EVENT])
def test_why_it_came_stands_before_the_way_out(kind: BubbleKind) -> None:
    """L8, L11: one more button, and the refusal stays the last."""
    card = advertise(kind, SIGN, "식빵", PICTURE, "https://dangol.test/w/1-2-ab")

    assert isinstance(card, ImageCard | ListCard)
    assert labels(card.buttons) == ["왜 받았나요?", REFUSE_LABEL]
    assert card.buttons[0].target == "https://dangol.test/w/1-2-ab"


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
