"""A person's own switch for information messages; advertising has consent of its own."""

from collections.abc import Sequence
from datetime import datetime

from domain.audit import Act, shop_book
from domain.notices import NoticeState
from domain.people import CustomerId, ShopId
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.notices import set_told, settle_notices


def switch_telling(
    tx: Tx, customer_id: CustomerId, shops: Sequence[ShopId], *, is_told: bool, at: datetime
) -> None:
    """From now on, for these shops; what waits is not told any more."""
    who, act = f"customer:{customer_id}", "told_on" if is_told else "told_off"
    for shop_id in shops:
        set_told(tx, shop_id, customer_id, is_told=is_told)
        append_audit(tx, shop_book(shop_id), Act(actor=who, act=act, subject=who, at=at))
    if shops and not is_told:
        settle_notices(tx, customer_id, list(shops), NoticeState.DROPPED, at)
