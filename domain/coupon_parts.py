"""What a brand message may say of a coupon: five titles to the letter, or none (providers.md D4)."""

import re
from typing import Final

from domain.coupons import EVERY_DAY, CouponKind, CouponTerms

NAME: Final = re.compile(r"\S{1,7}")
DESCRIPTION: Final = "채팅의 내 쿠폰에서"
"""Where it is, in the twelve letters there are."""


def coupon_title(terms: CouponTerms) -> str | None:
    """None where no title fits, and where it would leave out what the coupon asks for."""
    has_conditions = terms.min_spend_won or terms.weekdays != EVERY_DAY or terms.hours is not None
    if has_conditions:
        return None
    match terms.kind:
        case CouponKind.WON:
            return f"{terms.value}원 할인 쿠폰"
        case CouponKind.PERCENT:
            return f"{terms.value}% 할인 쿠폰"
        case CouponKind.ITEM if terms.value == 1 and NAME.fullmatch(terms.item or ""):
            return f"{terms.item} 무료 쿠폰"
        case _:
            return None
