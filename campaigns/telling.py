"""Information for one person that cannot wait for their next word, paid by the program.

In the chat it says only that there is something to look at, and the chat tells what, for nothing.
Whom the chat does not reach is told by AlimTalk, an inspected text that is composed when it leaves.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from campaigns.booking import get_price, sign_of
from campaigns.ways import EVERY_WAY, way_for_one
from domain.audit import Act, shop_book
from domain.campaigns import BubbleKind, CampaignState, MessageKind, SenderName
from domain.gate import day_of
from domain.notices import Telling
from domain.people import CampaignId, CustomerId, Friend, ShopId
from domain.ways import ALIMTALK_ONLY, NoticeUse
from storage.desk import Tx
from storage.queries.campaigns import book_once, find_by_form_key, find_person
from storage.queries.journal import append_audit
from storage.queries.notice_sendings import is_number_for_notices
from storage.queries.places import get_shop
from subsidy.operating import operating_lot

IN_CHAT = SenderName.KAKAO_EVENT
LATE_AFTER = timedelta(hours=24)
BODY_MAX = 200
ACTOR = "program"
USES = {
    Telling.ANSWER: frozenset({NoticeUse.ENQUIRY_ANSWERED}),
    Telling.IDEA: frozenset[NoticeUse](),
    Telling.STATUTORY: frozenset({NoticeUse.CONSENT_RESULT, NoticeUse.CONSENT_CONFIRM}),
    Telling.NOTICE: ALIMTALK_ONLY,
}
"""Which inspected texts may bring which news."""


def tell_person(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    *,
    key: str,
    body: str,
    at: datetime,
    use: NoticeUse | None = None,
    offered: Collection[SenderName] = EVERY_WAY,
) -> CampaignId | None:
    """Books a message that is no advertisement; the same `key` (at most 40) books once. Its first
    word is a `Telling`, with the number of what it tells of behind it: nothing else may be brought
    like this (K14, K15).

    `body` says what kind of news it is and nothing personal: it stays when the person is
    deleted. In the chat a button under it asks for the news; an AlimTalk has the text of its `use`
    instead, None where there is none for it. `offered` are the ways that this installation has an
    account for.
    None where it could not arrive or nobody pays: neither a friend of the channel nor a number for
    an approved text, no contact of the shop, or no money in the program's operating account. Then
    the next turn says it.
    """
    assert 0 < len(body) <= BODY_MAX, "words of ours"
    telling = Telling(key.partition(":")[0])
    assert use is None or use in USES[telling], "another kind of news"
    if known := find_by_form_key(tx, shop_id, key):
        return known
    sender = _way(tx, (shop_id, customer_id), use, offered, at)
    if (
        sender is None
        or not _may_call(tx, shop_id, customer_id, sender, use)
        or not _is_paid(tx, shop_id, sender, at)
    ):
        return None
    return _book(tx, shop_id, customer_id, sender, (key, body), at)


def _book(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    sender: SenderName,
    words: tuple[str, str],
    at: datetime,
) -> CampaignId:
    """`words`: its key and its body."""
    leaves_at = day_of(MessageKind.INFORMATION, sender).next_open(at)
    campaign_id, is_new = book_once(
        tx,
        shop_id=shop_id,
        form_key=words[0],
        kind=MessageKind.INFORMATION,
        customer_id=customer_id,
        sender=sender,
        bubble=BubbleKind.TEXT if sender is IN_CHAT else BubbleKind.NOTICE,
        body=words[1],
        picture_id=None,
        offer_id=None,
        state=CampaignState.BOOKED,
        due_at=leaves_at,
        not_later_than=leaves_at + LATE_AFTER,
        promised_jeon=0,
        own_max_jeon=0,
        fair_order=None,
        staff_id=None,
        created_at=at,
    )
    if is_new:
        act = Act(actor=ACTOR, act="tell_person", subject=f"campaign:{campaign_id}", at=at)
        append_audit(tx, shop_book(shop_id), act)
    return campaign_id


def _way(
    tx: Tx,
    whose: tuple[ShopId, CustomerId],
    use: NoticeUse | None,
    offered: Collection[SenderName],
    at: datetime,
) -> SenderName | None:
    """What has no inspected text goes by the chat alone."""
    if use is not None:
        return way_for_one(tx, *whose, use, at, offered)
    person = find_person(tx, *whose)
    return IN_CHAT if person is not None and person.friend is Friend.ADDED else None


def _may_call(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, sender: SenderName, use: NoticeUse | None
) -> bool:
    """L67: a number is used for what it was left for; what the law wants told needs no leave."""
    if sender is IN_CHAT or use in USES[Telling.STATUTORY]:
        return True
    return is_number_for_notices(tx, shop_id, customer_id)


def _is_paid(tx: Tx, shop_id: ShopId, sender: SenderName, at: datetime) -> bool:
    shop = get_shop(tx, shop_id)
    cost = get_price(tx, sender, at, MessageKind.INFORMATION).cost_jeon(1)
    return sign_of(tx, shop) is not None and cost <= operating_lot(tx, shop.program_id).left_jeon
