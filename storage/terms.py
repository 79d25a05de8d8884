"""Frozen values of the trade as JSON text in one column, and back.

For terms that are read as a whole and never searched. The text is remembered: the same terms
are read again with every visit.
"""

from functools import lru_cache
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from domain.cards import CardTerms
from domain.coupons import CouponTerms
from domain.rules import ShopRules

T = TypeVar("T")
KEPT_MAX = 4_096


class Terms(Generic[T]):
    """One kind of value; raises pydantic's ValidationError for text that is not of its kind."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter = TypeAdapter(kind)
        self.read = lru_cache(KEPT_MAX)(self._adapter.validate_json)

    def write(self, value: T) -> str:
        return self._adapter.dump_json(value).decode()


CARD_TERMS = Terms(CardTerms)
COUPON_TERMS = Terms(CouponTerms)
SHOP_RULES = Terms(ShopRules)
