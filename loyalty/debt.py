"""What a shop will have to give for the stamps it gave."""

from datetime import datetime, time

from domain.people import ShopId
from domain.regulars import RewardDebt, reward_debt
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.queries.coupons import count_ready
from storage.queries.holdings import list_open_cards


def estimate_debt(tx: Tx, shop_id: ShopId, at: datetime) -> RewardDebt:
    """Rewards owed in all, and by the end of this (Korean) month."""
    ready = count_ready(tx, shop_id, at)
    return reward_debt(list_open_cards(tx, shop_id, at), ready, at, month_end(at))


def month_end(at: datetime) -> datetime:
    """The midnight after the last day of the Korean month around an instant."""
    day = in_kst(at).date()
    years, month = divmod(day.month, 12)
    return kst_instant(day.replace(year=day.year + years, month=month + 1, day=1), time())
