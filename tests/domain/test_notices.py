"""Advertisement or information (3.2): only what was earned by buying may be told (K14, K15)."""

import pytest

from domain.coupons import CouponSource
from domain.notices import GOOD_FOR, NOTICES_DEFAULT, NoticeKind, is_information


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
