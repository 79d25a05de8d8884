"""What a bubble needs and whether it fits, told beside the field before anybody pays."""

from dataclasses import replace

import pytest

from campaigns.compose import Copy
from campaigns.fitting import check_copy
from domain.campaigns import BUBBLES, BubbleKind, SenderName
from domain.compliance import Sign
from domain.refusals import Invalid
from tests.domain.drawn import PARTS
from tests.factories import CONTACT, SHOP_NAME

EVENT, SOLAPI, LMS = SenderName.KAKAO_EVENT, SenderName.SOLAPI, SenderName.SOLAPI_LMS
SIGN = Sign(name=SHOP_NAME, contact=CONTACT, opt_out="080-123-4567")
LONG_NAME = replace(SIGN, name="가나다라마바사아자차카타파하거너")
OWN = ("1", "2", "3")


def copy(kind: BubbleKind, body: str = "식빵", sender: SenderName = SOLAPI) -> Copy:
    return Copy(sender, kind, body, "1", PARTS.get(kind, ()))


def refused(one: Copy, sign: Sign | None = SIGN, own: tuple[str, ...] = OWN) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        check_copy(one, sign, own)
    return refusal.value.fields


@pytest.mark.parametrize("sender", list(SenderName))
@pytest.mark.parametrize("kind", list(BubbleKind))
def test_a_sender_is_given_only_what_it_can_draw(sender: SenderName, kind: BubbleKind) -> None:
    one = copy(kind, sender=sender)
    if kind in BUBBLES[sender]:
        assert check_copy(one, SIGN, OWN) == SIGN
    else:
        assert refused(one) == {"bubble": "이 방법으로는 그 모양을 보낼 수 없어요."}


def test_an_advertisement_without_a_contact_is_refused() -> None:
    """L7."""
    assert refused(copy(BubbleKind.LIST, sender=EVENT), None) == {
        "contact": "광고에는 연락처가 꼭 있어야 해요. 매장 전화번호를 먼저 적어 주세요."
    }


def test_a_picture_card_without_a_picture_is_refused() -> None:
    assert refused(copy(BubbleKind.PICTURE, sender=EVENT), own=()) == {
        "picture": "사진 카드에는 사진이 필요해요. 사진을 고르거나 글 카드로 바꿔 주세요."
    }
    assert list(refused(copy(BubbleKind.GOODS), own=())) == ["picture"]


def test_another_shops_picture_is_none_of_a_part() -> None:
    assert list(refused(copy(BubbleKind.ITEMS), own=("1", "2"))) == ["p1_picture"]


def test_a_text_message_needs_the_number_that_refuses_it() -> None:
    """L8."""
    told = refused(copy(BubbleKind.TEXT, sender=LMS), replace(SIGN, opt_out=None))

    assert list(told) == ["bubble"]
    assert list(refused(copy(BubbleKind.TEXT, "빵 😀", LMS))) == ["body"]


@pytest.mark.parametrize("kind", [BubbleKind.ITEMS, BubbleKind.SLIDES])
def test_a_name_too_long_for_the_header_is_refused_with_why(kind: BubbleKind) -> None:
    """L6, D4: twenty letters, five of them the mark's."""
    check_copy(copy(kind), replace(SIGN, name=LONG_NAME.name[:15]), OWN)
    assert refused(copy(kind), LONG_NAME) == {
        "bubble": "매장 이름이 길어서 이 모양에는 ‘(광고)’ 표시가 다 들어가지 않아요. "
        "다른 모양을 골라 주세요."
    }


@pytest.mark.parametrize(
    ("kind", "body", "sentence"),
    [
        (BubbleKind.WIDE, "가\n나", "이 모양에는 한 줄로 적어 주세요."),
        (BubbleKind.WIDE, "가" * 50, "이 모양에는 49자까지예요. 1자만 줄여 주세요."),
        (BubbleKind.ITEMS, "가" * 26, "이 모양에는 25자까지예요. 1자만 줄여 주세요."),
        (BubbleKind.ITEMS, "#{고객명}님 오늘빵", None),
        (BubbleKind.ITEMS, "#{고객명}님 오늘 빵", "이 모양에는 25자까지예요. 1자만 줄여 주세요."),
        (BubbleKind.SLIDES, "가\n나", None),
        (BubbleKind.SLIDES, "가\n나\n다", "이 모양에는 2줄까지 적을 수 있어요."),
        (BubbleKind.GOODS, "가" * 18, "이 모양에는 17자까지예요. 1자만 줄여 주세요."),
        (BubbleKind.PICTURE, "가\n" * 7 + "가", None),
    ],
)
def test_the_words_fit_beside_the_marks(kind: BubbleKind, body: str, sentence: str | None) -> None:
    """D4, counted with the longest name a customer may have."""
    if sentence is None:
        assert check_copy(copy(kind, body), SIGN, OWN) == SIGN
    else:
        assert refused(copy(kind, body)) == {"body": sentence}


def test_a_things_name_stands_behind_the_shops() -> None:
    thing = replace(PARTS[BubbleKind.GOODS][0], title="가나다라마바사아자차카타")
    one = replace(copy(BubbleKind.GOODS), parts=(thing,))

    check_copy(one, replace(SIGN, name=LONG_NAME.name[:12]), OWN)
    assert refused(one, replace(SIGN, name=LONG_NAME.name[:13])) == {
        "p0_title": "매장 이름과 함께 적혀서 11자까지예요. 1자만 줄여 주세요."
    }
