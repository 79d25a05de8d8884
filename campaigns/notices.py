"""Notices of stamps and earned coupons that no turn of the person came in time for: by AlimTalk,
where the channel has an inspected text for them; else they wait for the chat (K14, K15).
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from campaigns.alimtalk import USES, values_of
from campaigns.telling import tell_person
from campaigns.ways import EVERY_WAY
from domain.campaigns import SenderName
from domain.classifying import URGE
from domain.notices import SENT_AFTER, NoticeKind, Telling
from domain.people import NoticeId
from storage.desk import Tx
from storage.queries.notice_sendings import (
    AT_ONCE_MAX,
    Sendable,
    bring_back,
    list_sendable,
    note_notice_sent,
)
from storage.queries.statutory import note_statutory

PAGES_MAX = 10
"""So many at one look, and the next one goes on behind them: who cannot be told now must not keep
the others from their turn."""

Places = Mapping[NoticeKind, NoticeId]
"""Behind which notice to go on; from the first where there is none."""

NEWS = {
    NoticeKind.STAMP_SAVED: "구매하신 것에 찍어 드린 도장을 알려 드려요.",
    NoticeKind.COUPON_EARNED: "구매로 모은 도장으로 나온 쿠폰을 알려 드려요.",
    NoticeKind.COUPON_LAPSING: "구매로 모은 도장으로 나온 쿠폰의 기한을 알려 드려요.",
}
"""What the books keep of it; the handset shows the inspected text with its values."""


def tell_notices(
    tx: Tx,
    at: datetime,
    places: Places | None = None,
    offered: Collection[SenderName] = EVERY_WAY,
) -> Places:
    """Books a message for each notice that has waited long enough; returns the `places` for the
    worker's next look. `offered` are the ways that this installation has an account for.
    """
    for shop_id, customer_id in bring_back(tx, at):
        note_statutory(tx, shop_id, customer_id)  # their next turn looks
    places, nobody = places or {}, NoticeId(0)
    return {
        kind: _tell_kind(tx, kind, at, places.get(kind, nobody), offered) for kind in SENT_AFTER
    }


def _tell_kind(
    tx: Tx, kind: NoticeKind, at: datetime, after: NoticeId, offered: Collection[SenderName]
) -> NoticeId:
    made_before = at - SENT_AFTER[kind]
    for _ in range(PAGES_MAX):
        page = list_sendable(tx, kind, USES[kind], after, at, made_before)
        for one in page:
            _tell(tx, kind, one, at, offered)
        if len(page) < AT_ONCE_MAX:
            return NoticeId(0)
        after = page[-1].notice_id
    return after


def _tell(
    tx: Tx, kind: NoticeKind, one: Sendable, at: datetime, offered: Collection[SenderName]
) -> None:
    if any(URGE.search(value) for value in values_of(kind, one.facts).values()):
        return  # K15: a name that urges to buy is said in the chat, where it was asked for
    booked = tell_person(
        tx,
        one.shop_id,
        one.customer_id,
        key=f"{Telling.NOTICE}:{one.notice_id}",
        body=NEWS[kind],
        use=USES[kind],
        at=at,
        offered=offered,
    )
    if booked is not None:
        note_notice_sent(tx, one.shop_id, one.notice_id, at)
