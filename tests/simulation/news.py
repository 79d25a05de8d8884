"""What a town is sent: an advertisement in any bubble, and information to a score of people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from campaigns.booking import Draft
from campaigns.notices import tell_notices
from domain.alimtalk import TEXTS
from domain.campaigns import BubbleKind, SenderName
from domain.notices import NoticeKind
from domain.people import CampaignId, CustomerId
from domain.ways import TemplateState
from loyalty.notices import News, tell
from storage.desk import Tx
from storage.queries.cards import get_rules
from storage.queries.notice_templates import save_template
from storage.queries.places import get_shop
from tests.domain.drawn import PARTS
from tests.factories import make_draft, rows

from .town import TEMPLATE, USE, Town

TOLD = 20
SHORT = "빵 나왔어요"
"""Fits beside the marks in every bubble."""

EARNED_AGO, GOOD_FOR = timedelta(hours=2), timedelta(days=14)
TELLINGS = "SELECT id FROM campaign WHERE sender = :sender ORDER BY id"


def advertisement(sender: SenderName, bubble: BubbleKind | None, picture_id: str) -> Draft:
    """Words with everybody's own name; without a `bubble` in the one that needs no picture."""
    draft = make_draft(sender)
    if bubble is None or bubble is draft.bubble:
        return draft
    parts = tuple(
        replace(part, picture_id=part.picture_id and picture_id) for part in PARTS.get(bubble, ())
    )
    return replace(draft, bubble=bubble, body=SHORT, picture_id=picture_id, parts=parts)


def told(town: Town) -> Sequence[int]:
    """The last of the regulars: who has blocked the channel is among them."""
    return range(max(town.regulars - TOLD, 0) + 1, town.regulars + 1)


def tell_some(tx: Tx, town: Town, sender: SenderName, at: datetime) -> list[CampaignId]:
    """Each is told of the coupon that they earned two hours ago, in a message of their own (K14);
    only this one way has an inspected text for it.
    """
    channel_id = get_shop(tx, town.shop_id).channel_id
    facts = {"use": USE, "body": TEXTS[USE], "state": TemplateState.APPROVED, "changed_at": at}
    save_template(tx, channel_id, sender, TEMPLATE, **facts)
    earned = {"title": "식빵 한 개", "expires_at": at + GOOD_FOR}
    rules = get_rules(tx, town.shop_id)
    for number in told(town):
        news = News(NoticeKind.COUPON_EARNED, f"earned:{number}", earned)
        tell(tx, rules, (town.shop_id, CustomerId(number)), news, at - EARNED_AGO)
    tell_notices(tx, at)
    return [CampaignId(row[0]) for row in rows(tx, TELLINGS, sender=sender)]
