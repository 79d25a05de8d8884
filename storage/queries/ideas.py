"""The weekly idea: whose turn it is, what was proposed, and what a shop could write about."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import and_, bindparam, exists, func, select, update
from sqlmodel import col

from domain.campaigns import MessageKind
from domain.coupons import CouponState
from domain.ideas import LIVE, IdeaState, IdeaTime
from domain.people import CampaignId, CustomerId, IdeaId, Role, ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign
from storage.models.cards import CardRules, HeldCard, Tally
from storage.models.coupons import Coupon
from storage.models.customers import Membership
from storage.models.places import Shop
from storage.models.staff import Idea, Staff, StaffChat
from storage.queries.holdings import CARD_OF, STAMPS, WORKS
from storage.statements import Statement, insert_once, one_of
from storage.terms import CARD_TERMS

SHOPS_AT_ONCE_MAX = 50
CHATS_MAX = 20
BODIES_MAX = 100


class IdeaView(NamedTuple):
    """`facts` fill the reason's words."""

    idea_id: IdeaId
    week: date
    reason: str
    facts: dict[str, Any]
    body: str
    state: IdeaState
    campaign_id: CampaignId | None
    made_at: datetime

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


IDEA = tuple(col(getattr(Idea, "id" if name == "idea_id" else name)) for name in IdeaView._fields)
OF_SHOP = col(Idea.shop_id) == bindparam("of_shop")
IS_LIVE = one_of(col(Idea.state), *LIVE)
ONE = (OF_SHOP, col(Idea.id) == bindparam("of_id"))
HAS_AUDIENCE = exists().where(
    col(Membership.shop_id) == col(Shop.id), col(Membership.advertising_since).is_not(None)
)
HAS_IDEA = exists().where(col(Idea.shop_id) == col(Shop.id), col(Idea.week) == bindparam("of_week"))
DUE = Statement(
    select(col(Shop.id))
    .where(
        col(Shop.idea_day) == bindparam("today"),
        col(Shop.idea_hour) <= bindparam("hour"),
        HAS_AUDIENCE,
        ~HAS_IDEA,
    )
    .order_by(col(Shop.id))
    .limit(SHOPS_AT_ONCE_MAX)
)
NEW = ("shop_id", "week", "reason", "facts", "body", "state", "made_at")
INSERT = Statement(
    lambda dialect: insert_once(dialect, Idea, **{name: bindparam(name) for name in NEW})
)
BY_WEEK = Statement(select(*IDEA).where(OF_SHOP, col(Idea.week) == bindparam("of_week")))
BY_ID = Statement(select(*IDEA).where(*ONE))
LOCKED = Statement(select(*IDEA).where(*ONE).with_for_update())
NEWEST_LIVE = Statement(
    select(*IDEA).where(OF_SHOP, IS_LIVE).order_by(col(Idea.id).desc()).limit(1)
)
SINCE = Statement(
    select(*IDEA)
    .where(OF_SHOP, col(Idea.made_at) > bindparam("since"))
    .order_by(col(Idea.id).desc())
    .limit(BODIES_MAX)
)
BODIES_SENT = Statement(
    select(col(Campaign.body))
    .where(
        col(Campaign.shop_id) == bindparam("of_shop"),
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
        col(Campaign.created_at) > bindparam("since"),
    )
    .order_by(col(Campaign.id).desc())
    .limit(BODIES_MAX)
)
SETTLE = Statement(
    update(Idea).where(*ONE, IS_LIVE).values(state=bindparam("new"), settled_at=bindparam("at"))
)
TAKE = Statement(
    update(Idea)
    .where(*ONE, IS_LIVE)
    .values(state=IdeaState.TAKEN, campaign_id=bindparam("campaign"), settled_at=bindparam("at"))
)
SAY = Statement(
    update(Idea).where(*ONE, col(Idea.state) == IdeaState.WAITING).values(state=IdeaState.SAID)
)
LAPSE = Statement(
    update(Idea)
    .where(IS_LIVE, col(Idea.made_at) <= bindparam("before"))
    .values(state=IdeaState.LAPSED, settled_at=bindparam("at"))
)
TIME = Statement(
    select(
        col(Shop.idea_day), col(Shop.idea_hour), col(Shop.is_idea_sent), col(Shop.idea_asked_at)
    ).where(col(Shop.id) == bindparam("of_shop"))
)
SAVE_TIME = Statement(
    update(Shop)
    .where(col(Shop.id) == bindparam("of_shop"))
    .values(
        idea_day=bindparam("day"),
        idea_hour=bindparam("hour"),
        is_idea_sent=bindparam("is_sent"),
        idea_asked_at=bindparam("at"),
    )
)
NOTE_ASKED = Statement(
    update(Shop)
    .where(col(Shop.id) == bindparam("of_shop"), col(Shop.idea_asked_at).is_(None))
    .values(idea_asked_at=bindparam("at"))
)
OWNER_CHATS = Statement(
    select(col(StaffChat.customer_id))
    .join(Staff, col(Staff.id) == col(StaffChat.staff_id))
    .where(
        col(Staff.shop_id) == bindparam("of_shop"),
        col(Staff.role) == Role.OWNER,
        col(Staff.left_at).is_(None),
    )
    .order_by(col(StaffChat.customer_id))
    .limit(CHATS_MAX)
)
COUNT_COUPONS = Statement(
    select(func.count(col(Coupon.customer_id).distinct()))
    .select_from(Coupon)
    .join(
        Membership,
        and_(
            col(Membership.shop_id) == col(Coupon.shop_id),
            col(Membership.customer_id) == col(Coupon.customer_id),
        ),
    )
    .where(
        col(Coupon.shop_id) == bindparam("of_shop"),
        col(Coupon.state) == CouponState.READY,
        col(Coupon.expires_at) > bindparam("at"),
        col(Coupon.expires_at) <= bindparam("until"),
        col(Membership.advertising_since).is_not(None),
    )
)
OPEN_CARDS = Statement(
    select(col(CardRules.terms), STAMPS, func.count())
    .select_from(Tally)
    .join(HeldCard, CARD_OF)
    .join(CardRules, col(CardRules.id) == col(HeldCard.rules_id))
    .join(
        Membership,
        and_(
            col(Membership.shop_id) == col(Tally.shop_id),
            col(Membership.customer_id) == col(Tally.customer_id),
        ),
    )
    .where(WORKS, col(Membership.advertising_since).is_not(None))
    .group_by(col(CardRules.terms), STAMPS)
)


def list_due_shops(tx: Tx, week: date, *, today: int, hour: int) -> list[ShopId]:
    """Shops with somebody to write to whose hour has come today, and no idea this week yet."""
    rows = tx.all(DUE, of_week=week, today=today, hour=hour)
    return [ShopId(row[0]) for row in rows]


def insert_idea_once(
    tx: Tx,
    shop_id: ShopId,
    week: date,
    *,
    reason: str,
    facts: dict[str, Any],
    body: str,
    at: datetime,
) -> IdeaId | None:
    """None when the week has its idea: of several who try, one gets it in."""
    is_new = tx.run(
        INSERT,
        shop_id=shop_id,
        week=week,
        reason=reason,
        facts=orjson.dumps(facts).decode(),
        body=body,
        state=IdeaState.WAITING,
        made_at=at,
    )
    if not is_new:
        return None
    row = tx.one(BY_WEEK, of_shop=shop_id, of_week=week)
    assert row is not None, "it was inserted above"
    return IdeaId(row[0])


def find_idea(tx: Tx, shop_id: ShopId, idea_id: IdeaId) -> IdeaView | None:
    return _view(tx.one(BY_ID, of_shop=shop_id, of_id=idea_id))


def lock_idea(tx: Tx, shop_id: ShopId, idea_id: IdeaId) -> IdeaView | None:
    return _view(tx.one(LOCKED, of_shop=shop_id, of_id=idea_id))


def find_newest_live(tx: Tx, shop_id: ShopId) -> IdeaView | None:
    """The newest that is neither taken nor over; its time may have passed all the same."""
    return _view(tx.one(NEWEST_LIVE, of_shop=shop_id))


def list_ideas_since(tx: Tx, shop_id: ShopId, since: datetime) -> list[IdeaView]:
    """The newest first."""
    return [_made(row) for row in tx.all(SINCE, of_shop=shop_id, since=since)]


def list_bodies_sent(tx: Tx, shop_id: ShopId, since: datetime) -> set[str]:
    """What the shop wrote by itself, too."""
    return {row[0] for row in tx.all(BODIES_SENT, of_shop=shop_id, since=since)}


def say_idea_once(tx: Tx, shop_id: ShopId, idea_id: IdeaId) -> bool:
    return bool(tx.run(SAY, of_shop=shop_id, of_id=idea_id))


def take_idea(
    tx: Tx, shop_id: ShopId, idea_id: IdeaId, campaign_id: CampaignId, at: datetime
) -> bool:
    """False when it had been taken, skipped or had lapsed."""
    return bool(tx.run(TAKE, of_shop=shop_id, of_id=idea_id, campaign=campaign_id, at=at))


def settle_idea(tx: Tx, shop_id: ShopId, idea_id: IdeaId, new: IdeaState, at: datetime) -> bool:
    """False when it had been settled before."""
    return bool(tx.run(SETTLE, of_shop=shop_id, of_id=idea_id, new=new, at=at))


def lapse_ideas(tx: Tx, before: datetime, at: datetime) -> int:
    """Of all shops: what was made before then and was not decided."""
    return tx.run(LAPSE, before=before, at=at)


def get_time(tx: Tx, shop_id: ShopId) -> tuple[IdeaTime, datetime | None]:
    """When the shop's idea comes, and since when that has been asked or decided."""
    row = tx.one(TIME, of_shop=shop_id)
    assert row is not None, "a shop that somebody speaks for is there"
    return IdeaTime(day=row[0], hour=row[1], is_sent=bool(row[2])), row[3]


def save_time(tx: Tx, shop_id: ShopId, chosen: IdeaTime, at: datetime) -> None:
    tx.run(
        SAVE_TIME,
        of_shop=shop_id,
        day=chosen.day,
        hour=chosen.hour,
        is_sent=chosen.is_sent,
        at=at,
    )


def note_asked_once(tx: Tx, shop_id: ShopId, at: datetime) -> bool:
    """False when they have been asked before."""
    return bool(tx.run(NOTE_ASKED, of_shop=shop_id, at=at))


def list_owner_chats(tx: Tx, shop_id: ShopId) -> list[CustomerId]:
    """The chats that speak for this shop's owners."""
    return [CustomerId(row[0]) for row in tx.all(OWNER_CHATS, of_shop=shop_id)]


def count_lapsing_coupons(tx: Tx, shop_id: ShopId, at: datetime, until: datetime) -> int:
    """Regulars who hear the shop's news and have a coupon that ends by then."""
    row = tx.one(COUNT_COUPONS, of_shop=shop_id, at=at, until=until)
    assert row is not None, "a count always answers"
    return int(row[0])


def count_nearly_full(tx: Tx, shop_id: ShopId, missing_max: int, at: datetime) -> int:
    """Regulars who hear the shop's news and lack at most so many stamps."""
    cards: Sequence[tuple[Any, ...]] = tx.all(OPEN_CARDS, of_shop=shop_id, at=at)
    return sum(
        count
        for terms, stamps, count in cards
        if 0 < CARD_TERMS.read(terms).needed - stamps <= missing_max
    )


def _view(row: tuple[Any, ...] | None) -> IdeaView | None:
    return _made(row) if row else None


def _made(row: tuple[Any, ...]) -> IdeaView:
    view = IdeaView._make(row)
    return view._replace(facts=orjson.loads(row[3]), state=IdeaState(row[5]))
