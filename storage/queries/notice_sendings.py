"""Which waiting notices may go as an AlimTalk, and what became of those that did (K14, L67)."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, String, and_, bindparam, cast, exists, or_, select, update
from sqlmodel import col

from domain.campaigns import CampaignState, MessageState
from domain.consent import COVERS_NOTICES, Choice, Purpose
from domain.notices import NoticeKind, NoticeState, Telling
from domain.people import CustomerId, Friend, NoticeId, ShopId
from domain.ways import NoticeUse, TemplateState
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Message, Run
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.places import Shop
from storage.models.regulars import Notice
from storage.models.ways import NoticeTemplate
from storage.statements import Statement, one_of

AT_ONCE_MAX = 100


class Sendable(NamedTuple):
    notice_id: NoticeId
    shop_id: ShopId
    customer_id: CustomerId
    facts: str


KEY = Telling.NOTICE + ":" + cast(col(Notice.id), String)
"""What its message is booked under."""

IS_MEMBER = and_(
    col(Membership.shop_id) == col(Notice.shop_id),
    col(Membership.customer_id) == col(Notice.customer_id),
)
LEFT_FOR_NOTICES = exists().where(
    col(ConsentChoice.shop_id) == col(Membership.shop_id),
    col(ConsentChoice.customer_id) == col(Membership.customer_id),
    col(ConsentChoice.purpose) == Purpose.PHONE,
    col(ConsentChoice.choice) == Choice.GRANTED,
    col(ConsentChoice.chosen_at) == col(Membership.phone_granted_at),
    one_of(col(ConsentChoice.text_version), *sorted(COVERS_NOTICES)),
)
HAS_TEXT = exists().where(
    col(NoticeTemplate.channel_id) == col(Shop.channel_id),
    col(NoticeTemplate.use) == bindparam("use"),
    col(NoticeTemplate.state) == TemplateState.APPROVED,
)
WAS_BOOKED = exists().where(
    col(Campaign.shop_id) == col(Notice.shop_id), col(Campaign.form_key) == KEY
)
SENDABLE = Statement(
    select(col(Notice.id), col(Notice.shop_id), col(Notice.customer_id), col(Notice.facts))
    .join(Membership, IS_MEMBER)
    .join(Customer, col(Customer.id) == col(Notice.customer_id))
    .join(Shop, col(Shop.id) == col(Notice.shop_id))
    .where(
        col(Notice.state) == NoticeState.WAITING,
        col(Notice.drop_at) > bindparam("at", type_=INSTANT),
        col(Notice.kind) == bindparam("kind"),
        col(Notice.made_at) <= bindparam("made_before", type_=INSTANT),
        col(Notice.id) > bindparam("after", type_=BigInteger()),
        col(Membership.is_told),
        col(Customer.friend) != Friend.BLOCKED,
        LEFT_FOR_NOTICES,
        HAS_TEXT,
        ~WAS_BOOKED,
    )
    .order_by(col(Notice.id))
    .limit(AT_ONCE_MAX)
)
COVERED = Statement(
    select(col(Membership.shop_id)).where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
        LEFT_FOR_NOTICES,
    )
)
NOTE_SENT = Statement(
    update(Notice)
    .where(
        col(Notice.shop_id) == bindparam("of_shop"),
        col(Notice.id) == bindparam("of_notice"),
        col(Notice.state) == NoticeState.WAITING,
    )
    .values(state=NoticeState.SENT, settled_at=bindparam("at"))
)
NOT_ARRIVED = (MessageState.FAILED, MessageState.REFUSED, MessageState.CANCELED)
FAILED = (
    select(col(Message.id))
    .join(Run, col(Run.id) == col(Message.run_id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(
        col(Campaign.shop_id) == col(Notice.shop_id),
        col(Campaign.form_key) == KEY,
        one_of(col(Message.state), *NOT_ARRIVED),
    )
    .correlate(Notice)
    .exists()
)
ENDED = (
    CampaignState.FINISHED,
    CampaignState.CANCELED,
    CampaignState.STOPPED,
    CampaignState.MISSED,
    CampaignState.STUCK,
)
HAS_MESSAGE = (
    select(col(Message.id))
    .join(Run, col(Run.id) == col(Message.run_id))
    .where(col(Run.campaign_id) == col(Campaign.id))
    .correlate(Campaign)
    .exists()
)
NEVER_LEFT = (
    select(col(Campaign.id))
    .where(
        col(Campaign.shop_id) == col(Notice.shop_id),
        col(Campaign.form_key) == KEY,
        one_of(col(Campaign.state), *ENDED),
        ~HAS_MESSAGE,
    )
    .correlate(Notice)
    .exists()
)
BRING_BACK = Statement(
    update(Notice)
    .where(
        col(Notice.state) == NoticeState.SENT,
        col(Notice.drop_at) > bindparam("at", type_=INSTANT),
        or_(FAILED, NEVER_LEFT),
    )
    .values(state=NoticeState.WAITING, settled_at=None)
    .returning(col(Notice.shop_id), col(Notice.customer_id))
)


def list_sendable(
    tx: Tx, kind: NoticeKind, use: NoticeUse, after: NoticeId, at: datetime, made_before: datetime
) -> list[Sendable]:
    """Of people who want to be told, left a number for it and have not blocked the channel, in
    channels with an approved text; the next behind `after`.
    """
    given = {"kind": kind, "use": use, "after": after, "at": at, "made_before": made_before}
    return [Sendable._make(row) for row in tx.all(SENDABLE, **given)]


def is_number_for_notices(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> bool:
    """Whether the words under which they left their number name notices and answers (L67)."""
    return tx.one(COVERED, of_shop=shop_id, of_customer=customer_id) is not None


def note_notice_sent(tx: Tx, shop_id: ShopId, notice_id: NoticeId, at: datetime) -> bool:
    """A message brings it now; False when it was said meanwhile."""
    return bool(tx.run(NOTE_SENT, of_shop=shop_id, of_notice=notice_id, at=at))


def bring_back(tx: Tx, at: datetime) -> list[tuple[ShopId, CustomerId]]:
    """What did not arrive, or never left, waits to be said in the chat; whose it is."""
    return [(ShopId(row[0]), CustomerId(row[1])) for row in tx.all(BRING_BACK, at=at)]
