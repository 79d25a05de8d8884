"""Read from outside: does a message say what it must, whoever drew it?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bubbles import Button, Carousel, CommerceCard, ImageCard, ListCard, Notice
from domain.campaigns import BubbleKind
from domain.compliance import REFUSE_BUTTON, inform
from domain.letters import write_letter
from domain.marks import flaw_of
from tests.domain.drawn import AD_KINDS, ad
from tests.domain.test_gate import AD, INFORMATION, PICTURE, SIGN, drawn

WHY = "https://dangol.test/w/1-2-ab"


@pytest.mark.parametrize("bubble", [*AD_KINDS, None])
@given(body=st.text(min_size=1, max_size=120))
def test_what_we_draw_ourselves_has_no_flaw_of_form(bubble: BubbleKind | None, body: str) -> None:
    """L6–L11: whatever an owner writes, the marks stand."""
    drawn_one = inform(SIGN, "답이 왔어요.") if bubble is None else ad(bubble, SIGN, body, WHY)
    kind = INFORMATION if bubble is None else AD

    assert flaw_of(kind, drawn_one, SIGN) in (None, "L12")


def test_a_bubble_of_another_kind_has_no_room_for_the_marks() -> None:
    assert flaw_of(AD, ListCard(header="(광고) 연남빵집", rows=()), SIGN) == "L7"
    assert isinstance(drawn(PICTURE), ImageCard)


def slides() -> Carousel:
    carousel = ad(BubbleKind.SLIDES, SIGN, "식빵", WHY)
    assert isinstance(carousel, Carousel)
    return carousel


def with_last(card: ImageCard) -> Carousel:
    first, second, _ = slides().cards
    assert isinstance(first, ImageCard)
    assert isinstance(second, ImageCard)
    return Carousel((first, second, card))


def last_card() -> ImageCard:
    card = slides().cards[-1]
    assert isinstance(card, ImageCard)
    return card


def test_each_card_says_in_a_whole_sentence_how_to_refuse() -> None:
    cards = [one for one in slides().cards if isinstance(one, ImageCard)]
    assert len(cards) == len(slides().cards)
    assert all("'무료 수신거부'를 눌러 주세요 (무료)" in one.description for one in cards)


@pytest.mark.parametrize(
    ("rule", "card"),
    [
        (None, last_card()),
        ("L6", replace(last_card(), title="연남빵집")),
        ("L7", replace(last_card(), description="밤식빵\n문의는 채팅으로")),
        ("L8", replace(last_card(), buttons=last_card().buttons[:-1])),
        ("L12", replace(last_card(), description=f"당첨! 눌러 주세요\n{SIGN.contact}")),
    ],
)
def test_each_card_that_is_pushed_along_is_read_by_itself(
    rule: str | None, card: ImageCard
) -> None:
    assert flaw_of(AD, with_last(card), SIGN) == rule


def test_a_carousel_of_nothing_says_nothing() -> None:
    assert flaw_of(AD, Carousel(()), SIGN) == "L6"


def refused_by(button: Button, kind: BubbleKind) -> str | None:
    bubble = ad(kind, SIGN, "식빵", WHY)
    assert isinstance(bubble, CommerceCard | ImageCard)
    return flaw_of(AD, replace(bubble, buttons=(*bubble.buttons[:-1], button)), SIGN)


def test_a_page_refuses_only_where_no_button_can_speak_to_the_bot() -> None:
    """L11: one tap where there can be one, our page of one button where there cannot."""
    page = ad(BubbleKind.GOODS, SIGN, "식빵", WHY)
    assert isinstance(page, CommerceCard)
    link = page.buttons[-1]

    assert refused_by(link, BubbleKind.GOODS) is None
    assert refused_by(link, BubbleKind.WIDE) == "L11"
    assert refused_by(REFUSE_BUTTON, BubbleKind.GOODS) == "L11"
    assert refused_by(replace(link, target=WHY), BubbleKind.GOODS) == "L11"
    assert refused_by(replace(link, label="수신거부"), BubbleKind.GOODS) == "L10"


def test_a_text_message_is_refused_by_its_last_line() -> None:
    """L8, D6."""
    letter = write_letter(SIGN.name, SIGN.contact, "080-123-4567", "식빵")
    dumb = write_letter(SIGN.name, SIGN.contact, None, "식빵")

    assert flaw_of(AD, letter, SIGN) is None
    assert flaw_of(AD, dumb, SIGN) == "L8"
    tricky = write_letter(SIGN.name, SIGN.contact, "080-123-4567", "당첨! 답장 주세요")
    assert flaw_of(AD, tricky, SIGN) == "L12"


def test_a_notice_is_information_and_never_an_advertisement() -> None:
    notice = Notice(code="T1", values=(), text="[연남빵집] 도장이 찍혔어요.")

    assert flaw_of(INFORMATION, notice, SIGN) is None
    assert flaw_of(AD, notice, SIGN) == "L6"
    assert flaw_of(INFORMATION, replace(notice, text="(광고) 할인"), SIGN) == "K3"
