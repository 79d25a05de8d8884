"""“왜 받았나요?”: what an advertisement's link tells, and the two ways to have fewer of them.

The link is the person's own: it came in their message, its mark cannot be made up, and it tells
nothing but that message and their own dates, without a name or a number. Whoever it is passed
on to can see that much, and rest this shop's news or stop all of the channel, whose other shops it
does not name.
"""

from dataclasses import dataclass
from datetime import datetime, time

from campaigns.compose import CUSTOMER_NAME, NAMELESS, SHOP_NAME, read_words
from domain.consent import is_resting, rest_until
from domain.people import ShopId
from domain.refusals import NotFound
from domain.time import in_kst, kst_instant
from loyalty.consent import stop_advertising
from loyalty.links import read_why_token
from loyalty.pausing import pause_advertising, resume_advertising
from storage.desk import Tx
from storage.queries.customers import lock_memberships
from storage.queries.places import ShopView, get_shop
from storage.queries.why import GotMessage, count_advertisements, find_got_message

STOP_PRESSED = "왜 받았나요: 그만 받기"
"""What was pressed, as the proof of the choice says it (L43)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """`is_stopped`: a stop was just pressed."""

    shop: ShopView
    words: str
    got: GotMessage
    this_month: int
    is_resting: bool
    is_stopped: bool = False

    @property
    def is_known(self) -> bool:
        return self.got.joined_at is not None


def explain_message(tx: Tx, token: str, at: datetime) -> Why:
    """Changes nothing: KakaoTalk opens links to draw a preview. Raises NotFound(`link`)."""
    shop_id, got = _read(tx, token)
    return _why(tx, shop_id, got, at)


def stop_from_page(tx: Tx, token: str, at: datetime) -> Why:
    """Withdraws as a stop in the chat does, in one press (L4, L11); its page is the L13 notice.

    Pressed again it writes nothing more. Raises NotFound(`link`).
    """
    _, got = _read(tx, token)
    stop_advertising(tx, got.customer_id, pressed=STOP_PRESSED, at=at)
    shop_id, got = _read(tx, token)
    return _why(tx, shop_id, got, at, is_stopped=got.joined_at is not None)


def rest_from_page(tx: Tx, token: str, at: datetime) -> Why:
    """Lets this shop's news rest for a month; pressed again on the same day, it is the same.

    Who hears nothing has nothing to rest. Raises NotFound(`link`).
    """
    _, got = _read(tx, token)
    lock_memberships(tx, got.customer_id)
    shop_id, got = _read(tx, token)
    until = rest_until(at)
    if got.advertising_since is not None and got.paused_until != until:
        actor = f"customer:{got.customer_id}"
        pause_advertising(tx, shop_id, got.customer_id, until, actor=actor, at=at)
        shop_id, got = _read(tx, token)
    return _why(tx, shop_id, got, at)


def resume_from_page(tx: Tx, token: str, at: datetime) -> Why:
    """Ends a rest that has an end, and gives no consent: what a doubtful stop began is decided in
    the chat alone. Raises NotFound(`link`).
    """
    _, got = _read(tx, token)
    lock_memberships(tx, got.customer_id)
    shop_id, got = _read(tx, token)
    if got.paused_until is not None:
        actor = f"customer:{got.customer_id}"
        resume_advertising(tx, shop_id, got.customer_id, actor=actor, at=at)
        shop_id, got = _read(tx, token)
    return _why(tx, shop_id, got, at)


def _read(tx: Tx, token: str) -> tuple[ShopId, GotMessage]:
    shop_id, message_id = read_why_token(tx, token)
    got = find_got_message(tx, shop_id, message_id)
    if got is None:
        raise NotFound("link")
    return shop_id, got


def _why(
    tx: Tx, shop_id: ShopId, got: GotMessage, at: datetime, *, is_stopped: bool = False
) -> Why:
    shop = get_shop(tx, shop_id)
    month = kst_instant(in_kst(at).date().replace(day=1), time())
    values = {CUSTOMER_NAME: NAMELESS, SHOP_NAME: shop.name}
    return Why(
        shop=shop,
        words=read_words(got.body, shop.name).fill(values),
        got=got,
        this_month=count_advertisements(tx, shop_id, got.customer_id, month),
        is_resting=is_resting(got.paused_at, got.paused_until, at),
        is_stopped=is_stopped,
    )
