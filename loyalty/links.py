"""Addresses with a token: a coupon's page, a shop's changing QR, why a message came, its button.

A token says what it shows; a keyed hash keeps anyone from making one up.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.people import CouponId, MessageId, ShopId
from domain.refusals import Conflict, NotFound
from domain.visits import QR_STEP
from storage.desk import Tx

COUPON_LIFE = timedelta(minutes=15)
PRESS_LIFE = timedelta(minutes=2)
"""How long the page behind a scanned QR may be read before its button is pressed."""

COUPON_TOKEN, QR_TOKEN = "token.coupon", "token.qr"
PRESS_TOKEN, WHY_TOKEN, BUTTON_TOKEN = "token.press", "token.why", "token.button"
MARK_LENGTH = 32
TOKEN_MAX = 100


def coupon_token(tx: Tx, shop_id: ShopId, coupon_id: CouponId, at: datetime) -> str:
    """For `/c/{token}`: whoever has it may show this one coupon until it ends."""
    return _token(tx, COUPON_TOKEN, shop_id, coupon_id, _seconds(at + COUPON_LIFE))


def read_coupon_token(tx: Tx, token: str, at: datetime) -> tuple[ShopId, CouponId]:
    """Raises NotFound(`link`) for what we did not make and Conflict(`link_lapsed`)."""
    shop_id, coupon_id, ends = _numbers(tx, COUPON_TOKEN, token)
    if at >= datetime.fromtimestamp(ends, UTC):
        raise Conflict("link_lapsed")
    return ShopId(shop_id), CouponId(coupon_id)


def qr_token(tx: Tx, shop_id: ShopId, at: datetime) -> str:
    """For `/q/{token}`: another one with every `QR_STEP`."""
    return _token(tx, QR_TOKEN, shop_id, _step(at))


def read_qr_token(tx: Tx, token: str, at: datetime) -> ShopId:
    """The shop whose QR shows this now, or did one step ago.

    Raises NotFound(`link`) for what we did not make and Conflict(`qr_lapsed`).
    """
    shop_id, step = _numbers(tx, QR_TOKEN, token)
    if _step(at) - step not in (0, 1):
        raise Conflict("qr_lapsed")
    return ShopId(shop_id)


def press_token(tx: Tx, shop_id: ShopId, at: datetime) -> str:
    """For the button behind a QR that was good when it was scanned; it opens no page."""
    return _token(tx, PRESS_TOKEN, shop_id, _seconds(at + PRESS_LIFE))


def read_press_token(tx: Tx, token: str, at: datetime) -> ShopId:
    """Raises NotFound(`link`) and Conflict(`qr_lapsed`)."""
    shop_id, ends = _numbers(tx, PRESS_TOKEN, token)
    if at >= datetime.fromtimestamp(ends, UTC):
        raise Conflict("qr_lapsed")
    return ShopId(shop_id)


def why_token(tx: Tx, shop_id: ShopId, message_id: MessageId) -> str:
    """For `/w/{token}`, good for ever: who got a message may ask why, and refuse, at any time."""
    return _token(tx, WHY_TOKEN, shop_id, message_id)


def read_why_token(tx: Tx, token: str) -> tuple[ShopId, MessageId]:
    """Raises NotFound(`link`) for what we did not make."""
    shop_id, message_id = _numbers(tx, WHY_TOKEN, token)
    return ShopId(shop_id), MessageId(message_id)


def button_token(tx: Tx, shop_id: ShopId, message_id: MessageId) -> str:
    """For `/g/{token}`, good for ever: the way from one person's message to where the owner's
    own button leads, so that the press is counted.
    """
    return _token(tx, BUTTON_TOKEN, shop_id, message_id)


def read_button_token(tx: Tx, token: str) -> tuple[ShopId, MessageId]:
    """Raises NotFound(`link`) for what we did not make."""
    shop_id, message_id = _numbers(tx, BUTTON_TOKEN, token)
    return ShopId(shop_id), MessageId(message_id)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _step(at: datetime) -> int:
    return _seconds(at) // int(QR_STEP.total_seconds())


def _token(tx: Tx, purpose: str, *numbers: int) -> str:
    body = "-".join(str(number) for number in numbers)
    return f"{body}-{_mark(tx, purpose, body)}"


def _numbers(tx: Tx, purpose: str, token: str) -> Sequence[int]:
    """Raises NotFound(`link`)."""
    body, _, mark = token[:TOKEN_MAX].rpartition("-")
    if not hmac.compare_digest(mark.encode(), _mark(tx, purpose, body).encode()):
        raise NotFound("link")
    return [int(part) for part in body.split("-")]


def _mark(tx: Tx, purpose: str, body: str) -> str:
    return tx.vault.fingerprint(body, purpose=purpose)[:MARK_LENGTH]
