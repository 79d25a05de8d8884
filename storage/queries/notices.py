"""Information messages that wait to be told."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Executable, and_, bindparam, select, update
from sqlmodel import col

from domain.notices import NoticeKind, NoticeState
from domain.people import CustomerId, NoticeId, ShopId
from storage.desk import Tx
from storage.models.customers import Membership
from storage.models.regulars import Notice
from storage.statements import Statement, insert_once

NOTICES_MAX = 20


class NoticeView(NamedTuple):
    """`facts` is JSON for the words in templates/messages/notices.j2."""

    notice_id: NoticeId
    shop_id: ShopId
    kind: NoticeKind
    facts: str
    made_at: datetime


class NoticeStanding(NamedTuple):
    """`is_told`: its person wants to be told such things."""

    kind: NoticeKind
    facts: str
    state: NoticeState
    is_told: bool


class NewNotice(NamedTuple):
    """`key` says what it is about, so that it is told once."""

    shop_id: ShopId
    customer_id: CustomerId
    key: str
    kind: NoticeKind
    facts: str
    made_at: datetime
    drop_at: datetime


VIEW = tuple(
    col(getattr(Notice, "id" if name == "notice_id" else name)) for name in NoticeView._fields
)


def _insert_once(dialect: str) -> Executable:
    values: dict[str, Any] = {name: bindparam(name) for name in NewNotice._fields}
    return insert_once(dialect, Notice, **values, state=NoticeState.WAITING)


INSERT_NOTICE = Statement(_insert_once)
SET_NEWS = Statement(
    update(Membership)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
    )
    .values(has_news=bindparam("has_news"))
)
SET_TOLD = Statement(
    update(Membership)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
    )
    .values(is_told=bindparam("is_told"))
)
WAITING = Statement(
    select(*VIEW)
    .where(
        col(Notice.customer_id) == bindparam("of_customer"),
        col(Notice.state) == NoticeState.WAITING,
        col(Notice.drop_at) > bindparam("at"),
    )
    .order_by(col(Notice.id))
    .limit(NOTICES_MAX)
)
SETTLE_OF_PERSON = Statement(
    update(Notice)
    .where(
        col(Notice.customer_id) == bindparam("of_customer"),
        col(Notice.state) == NoticeState.WAITING,
        col(Notice.drop_at) > bindparam("at"),
    )
    .values(state=bindparam("state"), settled_at=bindparam("at"))
)
DROP_OF_PERSON = Statement(
    update(Notice)
    .where(
        col(Notice.customer_id) == bindparam("of_customer"),
        col(Notice.state) == NoticeState.WAITING,
        col(Notice.kind) != NoticeKind.ENQUIRY_ANSWERED,
    )
    .values(state=NoticeState.DROPPED, settled_at=bindparam("at"))
)
WAIT_AGAIN = Statement(
    update(Notice)
    .where(
        col(Notice.shop_id) == bindparam("of_shop"),
        col(Notice.customer_id) == bindparam("of_customer"),
        col(Notice.id) == bindparam("of_notice"),
    )
    .values(state=NoticeState.WAITING, settled_at=None)
)
NEWS_ANYWHERE = Statement(
    update(Membership)
    .where(col(Membership.customer_id) == bindparam("of_customer"))
    .values(has_news=True)
)
SETTLE_BY_KEY = Statement(
    update(Notice)
    .where(
        col(Notice.shop_id) == bindparam("of_shop"),
        col(Notice.key) == bindparam("of_key"),
        col(Notice.state) == NoticeState.WAITING,
    )
    .values(state=bindparam("state"), settled_at=bindparam("at"))
)
ONE_NOTICE = Statement(
    select(col(Notice.kind), col(Notice.facts), col(Notice.state), col(Membership.is_told))
    .join(
        Membership,
        and_(
            col(Membership.shop_id) == col(Notice.shop_id),
            col(Membership.customer_id) == col(Notice.customer_id),
        ),
    )
    .where(
        col(Notice.shop_id) == bindparam("of_shop"),
        col(Notice.customer_id) == bindparam("of_customer"),
        col(Notice.id) == bindparam("of_notice"),
    )
)
DROP_LATE = Statement(
    update(Notice)
    .where(col(Notice.state) == NoticeState.WAITING, col(Notice.drop_at) <= bindparam("at"))
    .values(state=NoticeState.DROPPED, settled_at=bindparam("at"))
)


def insert_notice_once(tx: Tx, new: NewNotice) -> bool:
    """Written down, and the person's next turn will look for it."""
    if not tx.run(INSERT_NOTICE, **new._asdict()):
        return False
    tx.run(SET_NEWS, of_shop=new.shop_id, of_customer=new.customer_id, has_news=True)
    return True


def set_told(tx: Tx, shop_id: ShopId, customer_id: CustomerId, *, is_told: bool) -> None:
    """Whether this person wants information messages of this shop."""
    tx.run(SET_TOLD, of_shop=shop_id, of_customer=customer_id, is_told=is_told)


def list_waiting(tx: Tx, customer_id: CustomerId, at: datetime) -> list[NoticeView]:
    """What may still be told, of all shops of the channel; the oldest first."""
    return [NoticeView._make(row) for row in tx.all(WAITING, of_customer=customer_id, at=at)]


def drop_notices(tx: Tx, customer_id: CustomerId, at: datetime) -> None:
    """What waits is not said any more, but the answers to their own questions."""
    tx.run(DROP_OF_PERSON, of_customer=customer_id, at=at)


def settle_notices(
    tx: Tx, customer_id: CustomerId, shops: list[ShopId], state: NoticeState, at: datetime
) -> None:
    """All that waited for this person has been said."""
    tx.run(SETTLE_OF_PERSON, of_customer=customer_id, state=state, at=at)
    for shop_id in shops:
        tx.run(SET_NEWS, of_shop=shop_id, of_customer=customer_id, has_news=False)


def find_notice(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, notice_id: NoticeId
) -> NoticeStanding | None:
    row = tx.one(ONE_NOTICE, of_shop=shop_id, of_customer=customer_id, of_notice=notice_id)
    return NoticeStanding._make(row) if row else None


def wait_again(tx: Tx, shop_id: ShopId, customer_id: CustomerId, notice_id: NoticeId) -> None:
    """There was no room for it: the next turn says it."""
    tx.run(WAIT_AGAIN, of_shop=shop_id, of_customer=customer_id, of_notice=notice_id)
    note_news(tx, customer_id)


def note_news(tx: Tx, customer_id: CustomerId) -> None:
    """Who asked a shop may be a regular of others only: their next turn looks all the same."""
    tx.run(NEWS_ANYWHERE, of_customer=customer_id)


def drop_notice(tx: Tx, shop_id: ShopId, key: str, at: datetime) -> None:
    """What it was about is no longer so."""
    tx.run(SETTLE_BY_KEY, of_shop=shop_id, of_key=key, state=NoticeState.DROPPED, at=at)


def drop_late_notices(tx: Tx, at: datetime) -> int:
    return tx.run(DROP_LATE, at=at)
