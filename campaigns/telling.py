"""Information for one person that cannot wait for their next word, paid by the program.

It says only that there is something to look at: what it is, is said in the chat, for nothing.
"""

from datetime import datetime, timedelta

from campaigns.booking import get_price, sign_of
from domain.audit import Act, shop_book
from domain.campaigns import BubbleKind, CampaignState, MessageKind, SenderName
from domain.gate import day_of
from domain.notices import Telling
from domain.people import CampaignId, CustomerId, Friend, ShopId
from storage.desk import Tx
from storage.queries.campaigns import book_once, find_by_form_key, find_person
from storage.queries.journal import append_audit
from storage.queries.places import get_shop
from subsidy.operating import operating_lot

SENDER = SenderName.KAKAO_EVENT
LATE_AFTER = timedelta(hours=24)
BODY_MAX = 200
ACTOR = "program"


def tell_person(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, *, key: str, body: str, at: datetime
) -> CampaignId | None:
    """Books a message that is no advertisement; the same `key` (at most 40) books once. Its first
    word is a `Telling`: nothing else may be brought like this (K14, K15).

    `body` says what kind of news it is and nothing personal: it stays when the person is
    deleted. Under it stands a button that asks for the news in the chat.
    None where it could not arrive or nobody pays: not a friend of the channel, no contact of
    the shop, or no money in the program's operating account. Then the next turn says it.
    """
    assert 0 < len(body) <= BODY_MAX, "words of ours"
    Telling(key.partition(":")[0])
    if known := find_by_form_key(tx, shop_id, key):
        return known
    if not _may_arrive(tx, shop_id, customer_id, at):
        return None
    leaves_at = day_of(MessageKind.INFORMATION, SENDER).next_open(at)
    campaign_id, is_new = book_once(
        tx,
        shop_id=shop_id,
        form_key=key,
        kind=MessageKind.INFORMATION,
        customer_id=customer_id,
        sender=SENDER,
        bubble=BubbleKind.TEXT,
        body=body,
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


def _may_arrive(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> bool:
    person = find_person(tx, shop_id, customer_id)
    if person is None or person.friend is not Friend.ADDED:
        return False
    shop = get_shop(tx, shop_id)
    cost = get_price(tx, SENDER, at, MessageKind.INFORMATION).cost_jeon(1)
    return sign_of(tx, shop) is not None and cost <= operating_lot(tx, shop.program_id).left_jeon
