"""What a coupon gives, as an owner writes it in a form: of a card's reward, or of an offer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from console.forms import Form
from domain.coupons import CouponKind, CouponTerms, check_coupon_terms
from domain.refusals import Invalid

NUMBER = re.compile(r"(\d{1,9})(?:개|번|장|명|일|원|%|퍼센트)?")
NO_NUMBER = "숫자로 적어 주세요."
BESIDE: Mapping[CouponKind, Mapping[str, str]] = {
    CouponKind.ITEM: {"title": "item", "value": "count"},
    CouponKind.BUNDLE: {"title": "item", "value": "count"},
    CouponKind.WON: {"title": "won", "value": "won"},
    CouponKind.PERCENT: {"title": "percent", "value": "percent"},
}
"""Which field of the form a rule speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardWords:
    """The fields as text."""

    kind: str = CouponKind.ITEM.value
    item: str = ""
    count: str = "1"
    buy: str = "2"
    won: str = ""
    percent: str = ""
    life_days: str = "14"

    @property
    def is_empty(self) -> bool:
        return not (self.item or self.won or self.percent)


def read_reward(form: Form, prefix: str) -> RewardWords:
    fields = {name: form.text(f"{prefix}{name}") for name in RewardWords.__slots__}
    return RewardWords(**fields)


def reward_words(terms: CouponTerms) -> RewardWords:
    """The terms as they stood in the form."""
    value = str(terms.value)
    return RewardWords(
        kind=terms.kind.value,
        item=terms.item or "",
        count=value if terms.kind in (CouponKind.ITEM, CouponKind.BUNDLE) else "1",
        buy=str(terms.buy or 2),
        won=f"{terms.value:,}" if terms.kind is CouponKind.WON else "",
        percent=value if terms.kind is CouponKind.PERCENT else "",
        life_days=str(terms.life_days),
    )


def reward_terms(words: RewardWords) -> CouponTerms:
    """Raises Invalid with a sentence beside each field."""
    try:
        kind = CouponKind(words.kind)
    except ValueError:
        raise Invalid({"kind": "무엇을 드릴지 골라 주세요."}) from None
    wrong: dict[str, str] = {}

    def number(name: str) -> int:
        count = whole(getattr(words, name))
        if count is None:
            wrong[name] = NO_NUMBER
        return count or 0

    life_days = number("life_days")
    match kind:
        case CouponKind.ITEM:
            item, value, buy = words.item, number("count"), 0
        case CouponKind.BUNDLE:
            item, value, buy = words.item, number("count"), number("buy")
        case CouponKind.WON:
            item, value, buy = "", number("won"), 0
        case CouponKind.PERCENT:
            item, value, buy = "", number("percent"), 0
    terms = CouponTerms(
        kind=kind,
        title="",
        item=item or None,
        value=value,
        buy=buy,
        life_days=life_days,
    )
    terms = replace(terms, title=terms.gives)
    wrong = {**wrong_in(terms, kind), **wrong}
    if wrong:
        raise Invalid(wrong)
    return terms


def wrong_in(terms: CouponTerms, kind: CouponKind) -> dict[str, str]:
    """What the rules say of the terms, beside the form's own fields."""
    wrong: dict[str, str] = {}
    try:
        check_coupon_terms(terms)
    except Invalid as refusal:
        wrong = {BESIDE[kind].get(name, name): words for name, words in refusal.fields.items()}
    if kind in (CouponKind.ITEM, CouponKind.BUNDLE) and terms.value < 1:
        wrong["count"] = "1개부터 드릴 수 있어요."
    if "item" in wrong and terms.item:
        wrong["item"] = "이름이 너무 길어요. 조금 줄여 주세요."
    return wrong


def whole(text: str) -> int | None:
    """A number as people write it: `10`, `10개`, `2,000원`; None for anything else."""
    found = NUMBER.fullmatch(text.replace(",", "").replace(" ", ""))
    return int(found[1]) if found and found[1].isascii() else None
