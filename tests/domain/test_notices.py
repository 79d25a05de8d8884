"""Advertisement or information (3.2): only what was earned by buying may be told (K14, K15)."""

import re
from pathlib import Path

import pytest

from campaigns import answering, ideas, notices, statutory
from campaigns.telling import USES
from domain.classifying import URGE
from domain.coupons import CouponSource
from domain.notices import GOOD_FOR, NOTICES_DEFAULT, NoticeKind, Telling, is_information
from domain.ways import ALIMTALK_ONLY


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        (CouponSource.CARD, True),
        (CouponSource.CAMPAIGN, False),
        (CouponSource.JOINING, False),
        (CouponSource.BIRTHDAY, False),
        (CouponSource.HAND, False),
    ],
)
def test_every_other_gift_is_an_advertisement(source: CouponSource, *, is_told: bool) -> None:
    assert is_information(source) is is_told


def test_a_paid_message_for_each_stamp_is_the_owners_choice() -> None:
    assert NoticeKind.STAMP_SAVED not in NOTICES_DEFAULT
    assert set(GOOD_FOR) == set(NoticeKind)


WORDS = (Path(__file__).resolve().parents[2] / "templates" / "messages" / "notices.j2").read_text()
OF_GAINS = ["stamp_saved", "coupon_earned", "coupon_lapsing"]


@pytest.mark.parametrize("block", OF_GAINS)
def test_the_ground_stands_at_the_foot_and_nothing_urges(block: str) -> None:
    """K14: what was bought for it. K3: nothing else."""
    found = re.search(rf"{{% block {block} %}}(.*){{% endblock %}}", WORDS)
    assert found is not None

    foot = found[1].split(". ")[-1]
    assert "구매로 모은 도장으로 받으신 쿠폰이에요." in foot or "사신 것에 찍어 드린" in foot
    assert not URGE.search(found[1])


def test_every_notice_of_gains_is_looked_at() -> None:
    assert {*OF_GAINS, "enquiry_answered"} == set(NoticeKind)


def test_no_message_in_the_chat_of_the_programs_own_tells_of_coupons_or_stamps() -> None:
    """K15: a bare expiry notice goes by AlimTalk only; in the chat it is part of an answer."""
    assert not {kind.value.split("_")[0] for kind in NoticeKind} & {"idea", "statutory"}
    assert {one.value for one in Telling} == {"enquiry", "idea", "statutory", "notice"}
    for words in (answering.NEWS, ideas.NEWS, statutory.NEWS):
        assert not URGE.search(words)
        assert not re.search(r"쿠폰|도장|기한", words)


def test_only_inspected_texts_tell_of_coupons_and_stamps() -> None:
    """K14, K15: no answer and no statutory notice can bring them, nor can the chat."""
    assert USES[Telling.NOTICE] == ALIMTALK_ONLY
    assert not ALIMTALK_ONLY & (USES[Telling.ANSWER] | USES[Telling.STATUTORY])
    for words in notices.NEWS.values():
        assert not URGE.search(words)
        assert "구매" in words
