"""Statutory notices that no turn of the person came in time for: sent by the program, and
whether they arrived looked after (L13, L14).
"""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from campaigns.alimtalk import STATUTORY_USES
from campaigns.telling import tell_person
from campaigns.ways import EVERY_WAY, carries
from domain.alimtalk import TEXTS_VERSION
from domain.campaigns import (
    PRODUCTS,
    BubbleKind,
    CampaignState,
    MessageState,
    Product,
    SenderName,
)
from domain.people import CampaignId, Friend, ShopId
from domain.statutory import (
    ARRIVES_WITHIN,
    LOOK_AGAIN,
    STATUTORY_VERSION,
    StatutoryKind,
    StatutoryState,
    confirm_sent_from,
)
from loyalty.statutory import owe_next
from storage.desk import Tx
from storage.queries.campaigns import find_campaign, find_person
from storage.queries.places import get_shop
from storage.queries.statutory import (
    ACTED_ON_MAX,
    Owed,
    find_arrival,
    list_due_statutory,
    note_sent,
    note_statutory,
    postpone_statutory,
    settle_statutory,
    try_again,
)

NEWS = "광고 수신 동의에 대해 알려 드릴 것이 있어요. 아래 '보기'를 누르시면 보여 드려요."
"""What the books keep of it; the handset shows the notice itself (bot/event_block.py)."""

BY_NUMBER = frozenset(name for name, product in PRODUCTS.items() if product is Product.ALIMTALK)
LAST_TRY_BEFORE = timedelta(hours=1)
"""Before its day is over, the operating account is asked once more."""

NO_MONEY, UNKNOWN = "MONEY", "UNKNOWN"
ON_THE_WAY = (MessageState.WAITING, MessageState.UNKNOWN)
TO_COME = (CampaignState.BOOKED, CampaignState.RUNNING)


def tell_statutory(tx: Tx, at: datetime, offered: AbstractSet[SenderName] = EVERY_WAY) -> bool:
    """Looks at each notice whose time has come; True while there is more to do at once. `offered`
    are the ways that this installation has an account for.
    """
    due = list_due_statutory(tx, at)
    for one in due:
        if one.state is StatutoryState.SENT:
            _look_after(tx, one, at)
        elif one.kind is StatutoryKind.CONFIRM and at < confirm_sent_from(one.due_at):
            note_statutory(tx, one.shop_id, one.customer_id)
            postpone_statutory(tx, one.notice_id, confirm_sent_from(one.due_at))
        else:
            _send(tx, one, at, offered)
    return len(due) == ACTED_ON_MAX


def _send(tx: Tx, one: Owed, at: datetime, offered: AbstractSet[SenderName]) -> None:
    """Books the message; who cannot be reached is noted as such, with the rule."""
    rule = _unreachable(tx, one, offered)
    if rule is not None:
        _give_up(tx, one, rule, at)
        return
    campaign_id = _book(tx, one, at, offered)
    if campaign_id is not None:
        version = _version(tx, one.shop_id, campaign_id)
        note_sent(tx, one.notice_id, campaign_id, version, at + LOOK_AGAIN)
        owe_next(tx, one, at)
    elif at < (last_try := one.due_at - LAST_TRY_BEFORE):
        postpone_statutory(tx, one.notice_id, min(at + LOOK_AGAIN, last_try))
    else:
        _give_up(tx, one, NO_MONEY, at)


def _book(tx: Tx, one: Owed, at: datetime, offered: AbstractSet[SenderName]) -> CampaignId | None:
    """By another way than the one that failed, if there is one."""
    use, whose = STATUTORY_USES[one.kind], (one.shop_id, one.customer_id)
    for ways in (offered - _failed_way(tx, one), offered):
        told = tell_person(tx, *whose, key=_key(one), body=NEWS, use=use, at=at, offered=ways)
        if told is not None:
            return told
    return None


def _failed_way(tx: Tx, one: Owed) -> AbstractSet[SenderName]:
    failed = one.campaign_id and find_campaign(tx, one.shop_id, one.campaign_id)
    return {failed.sender} if failed else set()


def _unreachable(tx: Tx, one: Owed, offered: AbstractSet[SenderName]) -> str | None:
    """By which rule neither the chat nor an inspected text to their number reaches them."""
    person = find_person(tx, one.shop_id, one.customer_id)
    if person is not None and person.friend is Friend.BLOCKED:
        return "L4"
    if person is not None and (person.friend is Friend.ADDED or person.has_phone):
        is_in_chat = person.friend is Friend.ADDED
        return None if is_in_chat or _has_text(tx, one, offered) else "K7"
    return "K7"


def _has_text(tx: Tx, one: Owed, offered: AbstractSet[SenderName]) -> bool:
    shop, use = get_shop(tx, one.shop_id), STATUTORY_USES[one.kind]
    return any(carries(tx, shop, sender, use) for sender in BY_NUMBER & offered)


def _version(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> str:
    """Which words it will have: ours in the chat, else the inspected ones."""
    campaign = find_campaign(tx, shop_id, campaign_id)
    is_inspected = campaign is not None and campaign.bubble is BubbleKind.NOTICE
    return TEXTS_VERSION if is_inspected else STATUTORY_VERSION


def _key(one: Owed) -> str:
    """Books one message; after one that did not arrive, another."""
    key = f"statutory:{one.notice_id}"
    return key if one.campaign_id is None else f"{key}:{one.campaign_id}"


def _look_after(tx: Tx, one: Owed, at: datetime) -> None:
    """A message that left: it arrived, or it did not and is tried again until its day."""
    assert one.campaign_id is not None, "what was sent has its campaign"
    found = find_arrival(tx, one.shop_id, one.campaign_id)
    if found is None:
        _send_again(tx, one, UNKNOWN, at)
        return
    campaign, message, code, settled_at = found
    if message is MessageState.DELIVERED:
        settle_statutory(tx, one.notice_id, StatutoryState.SENT, None, settled_at or at)
    elif message in ON_THE_WAY or (message is None and campaign in TO_COME):
        _wait(tx, one, at)
    else:
        _send_again(tx, one, code or campaign, at)


def _send_again(tx: Tx, one: Owed, code: str, at: datetime) -> None:
    """Looked at again at once: a day has passed since it was sent."""
    if at < one.due_at and try_again(tx, one.notice_id, at):
        note_statutory(tx, one.shop_id, one.customer_id)
    else:
        _fail(tx, one, code, at)


def _wait(tx: Tx, one: Owed, at: datetime) -> None:
    if at < one.due_at + ARRIVES_WITHIN:
        postpone_statutory(tx, one.notice_id, at + LOOK_AGAIN)
    else:
        _fail(tx, one, UNKNOWN, at)


def _give_up(tx: Tx, one: Owed, code: str, at: datetime) -> None:
    _fail(tx, one, code, at)
    owe_next(tx, one, at)


def _fail(tx: Tx, one: Owed, code: str, at: datetime) -> None:
    settle_statutory(tx, one.notice_id, StatutoryState.UNDELIVERABLE, code, at)
    note_statutory(tx, one.shop_id, one.customer_id)
