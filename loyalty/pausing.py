"""A rest from advertisements: for a while, or after a doubtful stop until the person decides.

The consent stands meanwhile; a stop or a fresh consent ends the rest (loyalty/consent.py).
"""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.people import CustomerId, ShopId
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.pausing import end_pause, save_pause


def pause_advertising(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    until: datetime | None,
    *,
    actor: str,
    at: datetime,
) -> bool:
    """No advertisement of this shop until then; None: until they decide. The last word counts.

    It ends by itself, without a sweep. False where nothing changed: for who is no regular of
    this shop, or rests so already.
    """
    if not save_pause(tx, shop_id, customer_id, at, until):
        return False
    details = f"until:{until.isoformat()}" if until else "until:decided"
    _audit(tx, shop_id, customer_id, "pause_advertising", details, actor=actor, at=at)
    return True


def resume_advertising(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, *, actor: str, at: datetime
) -> bool:
    """Ends the rest; False when there was none. It gives no consent that did not stand."""
    if not end_pause(tx, shop_id, customer_id):
        return False
    _audit(tx, shop_id, customer_id, "resume_advertising", "", actor=actor, at=at)
    return True


def _audit(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    act: str,
    details: str,
    *,
    actor: str,
    at: datetime,
) -> None:
    subject = f"customer:{customer_id}"
    line = Act(actor=actor, act=act, subject=subject, details=details, at=at)
    append_audit(tx, shop_book(shop_id), line)
