"""What was typed at the counter, kept exactly, and what is said when it cannot be done."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.forms import Form, read_won
from console.keys import Owner
from console.pages import clock, until_day, weekdays
from domain.coupons import CouponWay
from domain.money import JEON_PER_WON
from domain.refusals import Invalid, Refusal
from domain.visits import COUNTER_CODE_DIGITS, CUSTOMER_CODE_DIGITS, ITEMS_MAX, Purchase
from loyalty.coupons import Showing
from loyalty.sales import Sale

KEY_BYTES = 8
KEY_LENGTH = 40
WHO_MAX = 20
ITEMS_DIGITS_MAX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form's fields as text; `key` names one visit to the form, `scanned` the code that a
    QR brought along.
    """

    key: str
    who: str = ""
    items: str = ""
    spend_won: str = ""
    scanned: str = ""

    @property
    def digits(self) -> str:
        return "".join(one for one in self.who if one in "0123456789")

    @property
    def sale_key(self) -> str:
        """Equal only for the same person from the same form: a second press stamps nothing
        twice, and another person typed into a form that came back is another sale.
        """
        digest = hashlib.sha256(f"{self.key}\x1f{self.digits}".encode()).hexdigest()
        return f"counter:{digest[:KEY_LENGTH]}"

    @property
    def is_code(self) -> bool:
        return len(self.digits) == CUSTOMER_CODE_DIGITS


def new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def read_typed(form: Form) -> Typed:
    return Typed(
        key=form.text("key")[:KEY_LENGTH] or new_key(),
        who=form.text("who")[:WHO_MAX],
        items=form.text("items"),
        spend_won=form.text("spend_won"),
        scanned=form.text("scanned"),
    )


def sale_of(typed: Typed, owner: Owner, happened_at: datetime | None) -> Sale:
    """Raises Invalid with a sentence beside the field that cannot be."""
    if not typed.digits:
        raise Invalid({"who": "손님의 네 자리 번호나 휴대폰 번호를 적어 주세요."})
    if len(typed.digits) == COUNTER_CODE_DIGITS:
        raise Invalid(
            {"who": "여섯 자리는 손님이 채팅방에서 말하는 번호예요. 네 자리 번호를 적어 주세요."}
        )
    purchase = Purchase(items=_items(typed.items), spend_won=_spend(typed.spend_won))
    return Sale(key=typed.sale_key, actor=owner.actor, purchase=purchase, happened_at=happened_at)


def showing_of(typed: Typed, owner: Owner) -> Showing:
    """Raises Invalid(spend_won)."""
    is_scanned = bool(typed.scanned) and typed.scanned == typed.digits
    return Showing(
        key=typed.sale_key,
        way=CouponWay.QR if is_scanned else CouponWay.CODE,
        actor=owner.actor,
        spend_won=_spend(typed.spend_won),
    )


def _items(words: str) -> int:
    if not words:
        return 1
    digits = words.removesuffix("개").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= ITEMS_DIGITS_MAX):
        raise Invalid({"items": f"개수는 1개에서 {ITEMS_MAX}개 사이로 적어 주세요."})
    return int(digits)


def _spend(words: str) -> int | None:
    form = Form({"spend_won": words})
    return read_won(form, "spend_won") // JEON_PER_WON if words else None


AGAIN = "채팅방에서 번호를 새로 받아 달라고 해 주세요."
SENTENCES: Mapping[str, str] = {
    "code": "그런 번호가 없어요. 손님 화면의 네 자리를 다시 봐 주세요.",
    "code_used": f"이미 쓴 번호예요. 손님께 {AGAIN}",
    "code_lapsed": f"시간이 지난 번호예요. 번호는 3분 동안 쓸 수 있어요. 손님께 {AGAIN}",
    "too_many_codes": "번호가 여러 번 틀렸어요. 10분 뒤에 다시 하거나 휴대폰 번호로 찍어 주세요.",
    "code_of_coupon": f"도장이 아니라 쿠폰 번호예요. 인터넷이 될 때 손님께 {AGAIN}",
    "code_of_visit": "쿠폰이 아니라 도장 번호예요. 계산대에서 도장으로 찍어 주세요.",
    "day_limit": "오늘 이미 {count}번 찍은 손님이에요. 하루에 찍을 수 있는 만큼 다 찍었어요.",
    "coupon": "이 가게에는 그런 쿠폰이 없어요.",
    "coupon_used": "이미 쓴 쿠폰이에요.",
    "coupon_canceled": "이 쿠폰을 받은 구매가 취소되어 이제 쓸 수 없어요.",
    "coupon_lapsed": "쓸 수 있는 날이 지난 쿠폰이에요. {until}까지였어요.",
    "coupon_weekday": "{weekdays}에만 쓸 수 있는 쿠폰이에요.",
    "coupon_hours": "{opens}부터 {closes}까지만 쓸 수 있는 쿠폰이에요.",
    "coupon_min_spend": "{min_spend_won:,}원부터 쓸 수 있는 쿠폰이에요.",
    "no_stacking": "조금 전에 쓴 ‘{title}’ 쿠폰과 함께 쓸 수 없어요.",
    "cap_reached": "준비한 {cap:,}장을 모두 써서 더는 쓸 수 없어요.",
}
FIELDS: Mapping[str, str] = {
    "phone": "who",
    "visited_at": "who",
    "coupon_min_spend": "spend_won",
}
"""Where a sentence stands; beside the customer's number unless said here."""


def wrong_of(refusal: Refusal) -> Mapping[str, str]:
    """The sentence beside its field. Raises the refusal again when there are no words for it."""
    if isinstance(refusal, Invalid):
        return {FIELDS.get(name, name): words for name, words in refusal.fields.items()}
    if refusal.reason not in SENTENCES:
        raise refusal
    return {FIELDS.get(refusal.reason, "who"): sentence(refusal)}


def sentence(refusal: Refusal) -> str:
    facts = dict(refusal.facts)
    if refusal.reason == "coupon_weekday":
        facts["weekdays"] = weekdays(refusal.facts["weekdays"])  # type: ignore[arg-type]  # a refusal's facts are objects
    if refusal.reason == "coupon_hours":
        hours = refusal.facts["hours"]
        facts |= {"opens": clock(hours.opens), "closes": clock(hours.closes)}  # type: ignore[attr-defined]  # a refusal's facts are objects
    if refusal.reason == "coupon_lapsed":
        facts["until"] = until_day(refusal.facts["expires_at"])  # type: ignore[arg-type]  # a refusal's facts are objects
    return SENTENCES[refusal.reason].format_map(facts)
