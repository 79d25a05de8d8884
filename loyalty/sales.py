"""A sale as the counter says it, looked at before anything is written down."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.refusals import Invalid
from domain.visits import AHEAD_MAX, ITEMS_MAX, LATE_MAX, SPEND_WON_MAX, Purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What the counter says. `key` is its own and makes saying it twice harmless.

    `happened_at` is None for now; a till that lost its network names the time.
    """

    key: str
    actor: str
    purchase: Purchase = field(default_factory=Purchase)
    happened_at: datetime | None = None


def happened_at_of(sale: Sale, at: datetime) -> datetime:
    """Raises Invalid(visited_at) for a time that no till can mean."""
    happened_at = sale.happened_at or at
    if happened_at > at + AHEAD_MAX:
        raise Invalid({"visited_at": "방문 시각이 지금보다 늦어요. 기기의 시계를 확인해 주세요."})
    if happened_at < at - LATE_MAX:
        raise Invalid({"visited_at": f"{LATE_MAX.days}일이 지난 방문은 적을 수 없어요."})
    return happened_at


def check_purchase(purchase: Purchase) -> None:
    """Raises Invalid with what no counter sells."""
    wrong: dict[str, str] = {}
    counts = [purchase.items, *(line.count for line in purchase.lines)]
    if not all(1 <= count <= ITEMS_MAX for count in counts) or len(purchase.lines) > ITEMS_MAX:
        wrong["items"] = f"개수는 1개에서 {ITEMS_MAX}개 사이로 적어 주세요."
    if purchase.spend_won is not None and not 0 <= purchase.spend_won <= SPEND_WON_MAX:
        wrong["spend_won"] = f"금액은 0원에서 {SPEND_WON_MAX:,}원 사이로 적어 주세요."
    if wrong:
        raise Invalid(wrong)
