"""An owner's words: placeholders and nothing else, each mistake told in a Korean sentence."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words import say
from campaigns.compose import (
    COUPON_BUTTON,
    Copy,
    check_body,
    draw,
    own_button,
    read_words,
    shots_of,
    with_button,
)
from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CommerceCard,
    ImageCard,
    Letter,
    ListCard,
    Text,
)
from domain.campaigns import BODY_MAX, BubbleKind, SenderName
from domain.compliance import LINES_MAX, Sign
from domain.people import DISPLAY_NAME_MAX
from domain.refusals import Invalid
from tests.domain.drawn import PARTS, labels
from tests.factories import CONTACT, SHOP_NAME

EVENT, SOLAPI = SenderName.KAKAO_EVENT, SenderName.SOLAPI
SIGN = Sign(name=SHOP_NAME, contact=CONTACT, opt_out="080-123-4567")
KNOWN = "쓸 수 있는 것: #{고객명}, #{매장명}"


def said(body: str, *, name: str | None = "김보람", shop_name: str = SHOP_NAME) -> str:
    """What a person reads between the marks."""
    sign = Sign(name=shop_name, contact=CONTACT)
    card = draw(Copy(EVENT, BubbleKind.LIST, body), sign, name=name, public_url="")
    assert isinstance(card, ListCard)
    return card.rows[0].title


def sentence(body: str, shop_name: str = SHOP_NAME) -> str:
    with pytest.raises(Invalid) as refusal:
        read_words(body, shop_name)
    assert list(refusal.value.fields) == ["body"]
    return refusal.value.fields["body"]


def test_names_are_filled_in() -> None:
    assert said("#{고객명}님, #{매장명}이에요.") == "김보람님, 연남빵집이에요."


def test_blanks_inside_a_placeholder_do_not_matter() -> None:
    assert said("#{ 고객명 }님") == "김보람님"


def test_who_has_no_name_is_a_regular() -> None:
    assert said("#{고객명}님", name=None) == "단골님"


def test_a_name_longer_than_a_screen_is_cut() -> None:
    assert said("#{고객명}", name="가" * 60) == "가" * DISPLAY_NAME_MAX


def test_a_name_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    assert said("#{고객명}", name="#{매장명}") == "#{매장명}"


@pytest.mark.parametrize(
    "words",
    [
        "{% for x in y %}",
        "{{ 고객명 }}",
        "{# 말 #}",
        "{% raw %}{% endraw %}",
        "50% 할인 {오늘만}",
        "#1 인기 빵",
        "# {고객명}",
        "100%}",
        "첫 줄\n둘째 줄",
    ],
)
def test_what_is_not_a_placeholder_is_plain_text(words: str) -> None:
    assert said(words) == words


@pytest.mark.parametrize(
    "expression",
    [
        "#{고객명.__class__}",
        "#{고객명|center(999)}",
        "#{1+1}",
        "#{고객명 * 99}",
        "#{'가' * 999999}",
        "#{고객명()}",
        "#{고객명[0]}",
        "#{[고객명]}",
        "#{고객명 ~ 매장명}",
        "#{고객명 if 매장명}",
        "#{true}",
        "#{none}",
        "#{range(9)}",
        "#{self}",
        "#{고객명.format}",
    ],
)
def test_an_expression_is_refused(expression: str) -> None:
    assert KNOWN in sentence(f"안녕하세요 {expression}") or "모양을 확인" in sentence(expression)


def test_an_unknown_placeholder_is_named_with_those_that_there_are() -> None:
    assert sentence("#{이름}님") == f"#{{이름}}은(는) 쓸 수 없어요. {KNOWN}"


@pytest.mark.parametrize("body", ["#{고객명", "안녕 #{}", "#{고 객 명}", "#{'}"])
def test_a_broken_placeholder_is_told_by_its_line(body: str) -> None:
    assert sentence(body) == "1번째 줄의 #{ } 모양을 확인해 주세요."


def test_the_line_of_a_broken_placeholder_is_counted() -> None:
    assert sentence("첫 줄\n#{}") == "2번째 줄의 #{ } 모양을 확인해 주세요."


@pytest.mark.parametrize("body", ["", " ", "\n", "\u3000"])
def test_no_words_at_all_are_refused(body: str) -> None:
    assert sentence(body) == "보낼 말을 적어 주세요."


@pytest.mark.parametrize(
    "sign",
    ["\x00", "\x01", "\x01{", "\x02{", "\x07", "\t", "\r", "\x1b", "\x7f", "\ud83d"],
)
def test_signs_that_nobody_sees_are_refused(sign: str) -> None:
    assert sentence(f"식빵{sign}이 나왔어요") == (
        "보이지 않는 글자가 섞여 있어요. 지우고 다시 적어 주세요."
    )


def test_an_emoji_is_plain_text() -> None:
    assert said("갓 구운 🥐 👨‍👩‍👧") == "갓 구운 🥐 👨‍👩‍👧"


def test_a_text_fits_up_to_its_last_letter() -> None:
    assert said("가" * BODY_MAX) == "가" * BODY_MAX


def test_a_text_one_letter_too_long_says_how_many() -> None:
    assert sentence("가" * (BODY_MAX + 1)) == "120자까지예요. 1자만 줄여서 다시 적어 주세요."


def test_a_text_must_fit_with_the_longest_name() -> None:
    rest = "가" * (BODY_MAX - DISPLAY_NAME_MAX)

    read_words("#{고객명}" + rest, SHOP_NAME)

    assert sentence("#{고객명}가" + rest) == "120자까지예요. 1자만 줄여서 다시 적어 주세요."


def test_a_text_must_fit_with_the_shops_own_name() -> None:
    assert "자만 줄여서 다시 적어 주세요" in sentence("#{매장명}" * 10, "가" * 20)


def test_a_very_long_text_is_refused_before_it_is_read() -> None:
    assert sentence("#{고객명}" * 200) == "120자까지 보낼 수 있어요. 지금은 1200자예요."


def test_lines_fit_up_to_the_last() -> None:
    assert said("가" + "\n가" * (LINES_MAX - 1)).count("\n") == LINES_MAX - 1
    assert sentence("가" + "\n가" * LINES_MAX) == "8줄까지 보낼 수 있어요."


@given(st.text(max_size=BODY_MAX))
def test_any_text_without_placeholders_is_refused_or_said_as_it_is(body: str) -> None:
    with suppress(Invalid):
        said_words = read_words(body, SHOP_NAME).fill({"고객명": "", "매장명": ""})
        assert said_words == body.removesuffix("\n") or "#{" in body


@pytest.mark.parametrize("kind", [BubbleKind.LIST, BubbleKind.PICTURE])
def test_the_owners_button_stands_before_why_and_the_way_out(kind: BubbleKind) -> None:
    """L8: the refusal stays the last; a card holds three (kakao-chatbot.md 2.9)."""
    button = own_button("예약하기", "https://a.kr", has_coupon=True)
    shown = with_button(kind, drawn(kind), button)

    assert isinstance(shown, ListCard | ImageCard)
    assert labels(shown.buttons) == ["예약하기", "왜 받았나요?", "무료 수신거부"]
    assert (shown.buttons[0].action, shown.buttons[0].target) == (Action.LINK, "https://a.kr")


def drawn(kind: BubbleKind, sender: SenderName = SOLAPI) -> Bubble:
    copy = Copy(sender, kind, "식빵", "1", PARTS.get(kind, ()))
    return draw(copy, SIGN, name=None, public_url="https://d.kr", why_url="https://d.kr/w/1")


LINK = Button(label="예약하기", action=Action.LINK, target="https://a.kr")
TWO = [BubbleKind.WIDE, BubbleKind.ITEMS, BubbleKind.SLIDES, BubbleKind.GOODS]


def first_buttons(bubble: Bubble) -> list[str]:
    card = bubble.cards[0] if isinstance(bubble, Carousel) else bubble
    assert isinstance(card, ImageCard | ListCard | CommerceCard)
    return labels(card.buttons)


@pytest.mark.parametrize("kind", TWO)
def test_where_two_buttons_have_a_place_it_stands_for_why(kind: BubbleKind) -> None:
    """D4: two at most; L8: the refusal stays the last."""
    assert first_buttons(drawn(kind)) == ["왜 받았나요?", "무료 수신거부"]
    assert first_buttons(with_button(kind, drawn(kind), LINK)) == ["예약하기", "무료 수신거부"]


@pytest.mark.parametrize("kind", [BubbleKind.SLIDES, BubbleKind.GOODS])
def test_the_coupons_button_has_no_place_where_only_links_have(kind: BubbleKind) -> None:
    assert with_button(kind, drawn(kind), COUPON_BUTTON) == drawn(kind)


def test_the_other_cards_keep_their_own_buttons() -> None:
    shown = with_button(BubbleKind.SLIDES, drawn(BubbleKind.SLIDES), LINK)

    assert isinstance(shown, Carousel)
    assert [labels(card.buttons) for card in shown.cards] == [
        ["예약하기", "무료 수신거부"],
        ["무료 수신거부"],
        ["보러 가기", "무료 수신거부"],
    ]


def shots(kind: BubbleKind, sender: SenderName = SOLAPI) -> list[tuple[str, str]]:
    found = shots_of(Copy(sender, kind, "식빵", "1", PARTS.get(kind, ())), "https://d.kr")
    assert all(one.url == f"https://d.kr/media/{one.picture_id}" for one in found)
    return [(one.picture_id, one.shape) for one in found]


def test_each_picture_is_wanted_once_in_each_shape() -> None:
    """B4, A9: the picture of the words stands large at the top and small beside the contact."""
    assert shots(BubbleKind.TEXT) == []
    assert shots(BubbleKind.PICTURE) == [("1", "picture")]
    assert shots(BubbleKind.WIDE) == [("1", "wide")]
    assert shots(BubbleKind.ITEMS) == [
        ("1", "first_item"),
        ("2", "item"),
        ("3", "item"),
        ("1", "item"),
    ]
    assert shots(BubbleKind.SLIDES) == [("1", "slide"), ("2", "slide"), ("3", "slide")]
    assert shots(BubbleKind.GOODS) == [("1", "goods")]


def test_a_picture_in_the_chat_is_taken_from_our_own_address() -> None:
    assert shots(BubbleKind.PICTURE, EVENT) == []


def test_what_is_said_as_a_text_message_has_all_marks_in_its_words() -> None:
    """L6-L8, D6."""
    letter = drawn(BubbleKind.TEXT, SenderName.SOLAPI_LMS)

    assert isinstance(letter, Letter)
    first, *_, last = letter.text.split("\n")
    assert first == f"(광고) {SHOP_NAME}"
    assert last == "무료수신거부 080-123-4567"


def test_a_coupon_that_comes_along_has_the_button_that_shows_it() -> None:
    assert own_button(None, None, has_coupon=True) == COUPON_BUTTON
    assert own_button(None, None, has_coupon=False) is None


def test_the_button_of_the_coupon_is_understood_by_the_chat() -> None:
    assert COUPON_BUTTON.label == say("buttons", "my_coupons")
    assert COUPON_BUTTON.extra == {"do": "my_coupons"}


def test_a_card_without_an_own_button_keeps_its_two() -> None:
    card = drawn(BubbleKind.LIST)

    assert with_button(BubbleKind.LIST, card, None) is card


def test_a_text_has_no_place_for_a_button_of_its_own() -> None:
    text = drawn(BubbleKind.TEXT)

    assert with_button(BubbleKind.TEXT, text, COUPON_BUTTON) is text


@pytest.mark.parametrize("body", ["(광고) 식빵", "전자담배", "예약 https://a.kr", "○○ 나왔어요"])
def test_what_must_not_be_sent_is_refused_beside_the_words(body: str) -> None:
    """L6, L16, K11; the checker itself is tested in tests/domain/test_checking.py."""
    with pytest.raises(Invalid) as refusal:
        check_body(body, SHOP_NAME)

    assert list(refusal.value.fields) == ["body"]


def test_a_plain_text_carries_mark_name_words_and_contact() -> None:
    """L6-L9."""
    bubble = drawn(BubbleKind.TEXT)

    assert isinstance(bubble, Text)
    assert bubble.text.startswith("(광고) 연남빵집\n식빵")
    assert CONTACT in bubble.text
