"""Coupons: what they are worth, when they may be used, and the states they pass (C12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.refusals import Conflict, Invalid
from domain.time import Window, in_kst, kst_instant

LIFE_DAYS_DEFAULT = 14
"""C12: 7 to 14 days; longer is possible for those who say so."""

LIFE_DAYS_MAX = 365
PERCENT_MAX = 100
WON_MAX = 1_000_000
TITLE_MAX = 30
CAP_MAX = 100_000
HOLD_LIFE = timedelta(minutes=10)
SAME_SALE = timedelta(minutes=10)
"""Coupons of one person in one shop within this time are of one sale: no stacking."""

LAPSE_NOTICE = timedelta(days=3)
EVERY_DAY = frozenset(range(7))


class CouponKind(StrEnum):
    PERCENT = "percent"
    WON = "won"
    ITEM = "item"
    BUNDLE = "bundle"


class CouponSource(StrEnum):
    """Why a coupon was given. Only a card's is earned by buying: to tell of any other is an
    advertisement (K14, programme-and-law.md 3.2).
    """

    CARD = "card"
    CAMPAIGN = "campaign"
    JOINING = "joining"
    BIRTHDAY = "birthday"
    HAND = "hand"


EARNED = frozenset({CouponSource.CARD})


class CouponState(StrEnum):
    """Lapsed is not a state: it follows from `expires_at`."""

    READY = "ready"
    HELD = "held"
    USED = "used"
    CANCELED = "canceled"


class CouponAct(StrEnum):
    HOLD = "hold"
    USE = "use"
    RELEASE = "release"
    REVERSE = "reverse"


class CouponWay(StrEnum):
    """How a coupon was shown at the counter; by hand is from the owner's page of a regular."""

    CODE = "code"
    QR = "qr"
    SLIDE = "slide"
    TILL = "till"
    HAND = "hand"


COUPON_MOVES: Mapping[CouponState, Mapping[CouponAct, CouponState]] = {
    CouponState.READY: {
        CouponAct.HOLD: CouponState.HELD,
        CouponAct.USE: CouponState.USED,
    },
    CouponState.HELD: {
        CouponAct.USE: CouponState.USED,
        CouponAct.RELEASE: CouponState.READY,
    },
    CouponState.USED: {CouponAct.REVERSE: CouponState.READY},
    CouponState.CANCELED: {},
}
TAKES = frozenset({CouponState.HELD, CouponState.USED})
"""States that take one of an offer's capped places."""


def next_coupon_state(state: CouponState, act: CouponAct) -> CouponState:
    """The state after an act; raises Conflict(`coupon_used`, `coupon_held`, …)."""
    try:
        return COUPON_MOVES[state][act]
    except KeyError:
        raise Conflict(f"coupon_{state}", act=act) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTerms:
    """What a coupon gives. `value` is percent, won, or how many come free with `buy` bought."""

    kind: CouponKind
    title: str
    value: int = 1
    item: str | None = None
    buy: int = 0
    min_spend_won: int = 0
    weekdays: frozenset[int] = EVERY_DAY
    hours: Window | None = None
    life_days: int = LIFE_DAYS_DEFAULT
    can_stack: bool = False

    @property
    def gives(self) -> str:
        """In plain words, the same in the chat, at the counter and as an owner's title."""
        match self.kind:
            case CouponKind.PERCENT:
                return f"{self.value}% 할인"
            case CouponKind.WON:
                return f"{self.value:,}원 할인"
            case CouponKind.ITEM:
                return f"{self.item or ''} {self.value}개 무료"
            case CouponKind.BUNDLE:
                return f"{self.buy}개 사면 {self.item or ''} {self.value}개 더"

    def expires_at(self, issued_at: datetime) -> datetime:
        """The midnight (KST) after the last day on which it works."""
        return kst_instant(in_kst(issued_at).date() + timedelta(days=self.life_days), time())

    def discount_won(self, spend_won: int | None) -> int | None:
        """What the shop gives away in won; None where only the counter knows (goods, or no sum)."""
        match self.kind:
            case CouponKind.PERCENT:
                return None if spend_won is None else spend_won * self.value // 100
            case CouponKind.WON:
                return self.value if spend_won is None else min(self.value, spend_won)
            case CouponKind.ITEM | CouponKind.BUNDLE:
                return None


def check_coupon_terms(terms: CouponTerms) -> None:
    """Raises Invalid with a sentence beside each field that cannot be."""
    wrong: dict[str, str] = {}
    if not 1 <= len(terms.title) <= TITLE_MAX:
        wrong["title"] = f"쿠폰 이름을 {TITLE_MAX}자까지 적어 주세요."
    if terms.kind is CouponKind.PERCENT and not 1 <= terms.value <= PERCENT_MAX:
        wrong["value"] = f"할인율은 1%에서 {PERCENT_MAX}% 사이로 정해 주세요."
    if terms.kind is CouponKind.WON and not 1 <= terms.value <= WON_MAX:
        wrong["value"] = f"할인 금액은 1원에서 {WON_MAX:,}원 사이로 정해 주세요."
    if terms.kind in (CouponKind.ITEM, CouponKind.BUNDLE) and not terms.item:
        wrong["item"] = "무엇을 드릴지 적어 주세요."
    if terms.kind is CouponKind.BUNDLE and not (terms.buy >= 1 and terms.value >= 1):
        wrong["buy"] = "몇 개를 사면 몇 개를 더 드릴지 적어 주세요."
    if not 1 <= terms.life_days <= LIFE_DAYS_MAX:
        wrong["life_days"] = f"쓸 수 있는 기간은 1일에서 {LIFE_DAYS_MAX}일 사이로 정해 주세요."
    if terms.min_spend_won < 0:
        wrong["min_spend_won"] = "최소 주문 금액은 0원 이상이어야 해요."
    if not terms.weekdays:
        wrong["weekdays"] = "쓸 수 있는 요일을 하나 이상 골라 주세요."
    if wrong:
        raise Invalid(wrong)


def check_use(
    terms: CouponTerms, *, expires_at: datetime, at: datetime, spend_won: int | None
) -> None:
    """Raises Conflict with the reason a coupon cannot be used now; without a sum the counter
    looks at the minimum itself.
    """
    local = in_kst(at)
    if at >= expires_at:
        raise Conflict("coupon_lapsed", expires_at=expires_at)
    if local.weekday() not in terms.weekdays:
        raise Conflict("coupon_weekday", weekdays=terms.weekdays)
    if terms.hours is not None and not terms.hours.contains(at):
        raise Conflict("coupon_hours", hours=terms.hours)
    if spend_won is not None and spend_won < terms.min_spend_won:
        raise Conflict("coupon_min_spend", min_spend_won=terms.min_spend_won)
