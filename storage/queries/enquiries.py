"""Questions to a shop and their answers, sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, delete, func, select, update
from sqlmodel import col

from domain.enquiries import EnquiryState
from domain.people import CustomerId, EnquiryId, ShopId
from storage.desk import Tx
from storage.models.customers import Membership
from storage.models.questions import Enquiry
from storage.queries.daily import AT_ONCE_MAX
from storage.statements import Statement, insert_once

WORDS, ANSWER, KEY = "enquiry.words", "enquiry.answer", "enquiry.key"
LISTED_MAX = 50


class EnquiryView(NamedTuple):
    """A question with its words; `name` is what the shop calls who asked.

    While it is open, `answer` is what `actor` has written and not sent.
    """

    enquiry_id: EnquiryId
    shop_id: ShopId
    customer_id: CustomerId
    name: str | None
    key: str
    words: str
    answer: str | None
    state: EnquiryState
    asked_at: datetime
    promised_by: datetime
    settled_at: datetime | None
    actor: str | None

    def is_late(self, at: datetime) -> bool:
        """Its promise is broken."""
        return self.state is EnquiryState.OPEN and at > self.promised_by


def _views() -> Select[*tuple[Any, ...]]:
    named = and_(
        col(Membership.shop_id) == col(Enquiry.shop_id),
        col(Membership.customer_id) == col(Enquiry.customer_id),
    )
    return select(
        col(Enquiry.id),
        col(Enquiry.shop_id),
        col(Enquiry.customer_id),
        col(Membership.name),
        col(Enquiry.key),
        col(Enquiry.words),
        col(Enquiry.answer),
        col(Enquiry.state),
        col(Enquiry.asked_at),
        col(Enquiry.promised_by),
        col(Enquiry.settled_at),
        col(Enquiry.actor),
    ).outerjoin(Membership, named)


OF_SHOP = col(Enquiry.shop_id) == bindparam("of_shop")
OF_PERSON = col(Enquiry.customer_id) == bindparam("of_customer")
OF_ID = col(Enquiry.id) == bindparam("of_id")
IS_OPEN = col(Enquiry.state) == EnquiryState.OPEN
INSERT = Statement(
    lambda dialect: insert_once(
        dialect,
        Enquiry,
        **{
            name: bindparam(name)
            for name in ("shop_id", "customer_id", "key", "words", "asked_at", "promised_by")
        },
        state=EnquiryState.OPEN,
    )
)
BY_ID = Statement(_views().where(OF_SHOP, OF_ID))
BY_KEY = Statement(_views().where(OF_SHOP, col(Enquiry.key) == bindparam("of_key")))
OPEN_OF_SHOP = Statement(
    _views()
    .where(OF_SHOP, IS_OPEN)
    .order_by(col(Enquiry.promised_by), col(Enquiry.id))
    .limit(LISTED_MAX)
)
IS_LATE = col(Enquiry.promised_by) < bindparam("at")
COUNT_OPEN = Statement(
    select(func.count(), func.count(case((IS_LATE, 1))))
    .select_from(Enquiry)
    .where(OF_SHOP, IS_OPEN)
)
SETTLED_OF_SHOP = Statement(
    _views()
    .where(OF_SHOP, col(Enquiry.state) == EnquiryState.ANSWERED)
    .order_by(col(Enquiry.settled_at).desc(), col(Enquiry.id).desc())
    .limit(LISTED_MAX)
)
OF_CUSTOMER = Statement(
    _views().where(OF_PERSON).order_by(IS_OPEN.desc(), col(Enquiry.id).desc()).limit(LISTED_MAX)
)
OPEN_OF_CUSTOMER = Statement(
    _views().where(OF_SHOP, OF_PERSON, IS_OPEN).order_by(col(Enquiry.id)).limit(LISTED_MAX)
)
BY_PERSON = Statement(_views().where(OF_PERSON, OF_ID))
SETTLE = Statement(
    update(Enquiry)
    .where(OF_SHOP, OF_ID, IS_OPEN)
    .values(
        {name: bindparam(name) for name in ("state", "answer", "settled_at", "actor")},
    )
)
SAVE_ANSWER = Statement(
    update(Enquiry)
    .where(OF_SHOP, OF_ID, IS_OPEN)
    .values({name: bindparam(name) for name in ("answer", "actor")})
)
REOPEN = Statement(
    update(Enquiry)
    .where(OF_SHOP, OF_ID, col(Enquiry.state) == EnquiryState.CLOSED)
    .values(
        state=EnquiryState.OPEN,
        asked_at=bindparam("asked_at"),
        promised_by=bindparam("promised_by"),
        settled_at=None,
        actor=None,
    )
)
OLD = (
    select(col(Enquiry.id))
    .where(func.coalesce(col(Enquiry.settled_at), col(Enquiry.asked_at)) <= bindparam("before"))
    .limit(AT_ONCE_MAX)
)
FORGET = Statement(delete(Enquiry).where(col(Enquiry.id).in_(OLD)))


def words_mark(tx: Tx, words: str) -> str:
    """Equal for equal words; says nothing of them to who has no key."""
    return tx.vault.fingerprint(words, purpose=KEY)[:32]


def insert_enquiry_once(
    tx: Tx,
    person: tuple[ShopId, CustomerId],
    words: str,
    *,
    key: str,
    asked_at: datetime,
    promised_by: datetime,
) -> bool:
    """False when the same key was asked before."""
    shop_id, customer_id = person
    sealed = tx.vault.seal(words, purpose=WORDS)
    return bool(
        tx.run(
            INSERT,
            shop_id=shop_id,
            customer_id=customer_id,
            key=key,
            words=sealed,
            asked_at=asked_at,
            promised_by=promised_by,
        )
    )


def find_enquiry(tx: Tx, shop_id: ShopId, enquiry_id: EnquiryId) -> EnquiryView | None:
    return _view(tx, tx.one(BY_ID, of_shop=shop_id, of_id=enquiry_id))


def find_enquiry_by_key(tx: Tx, shop_id: ShopId, key: str) -> EnquiryView | None:
    return _view(tx, tx.one(BY_KEY, of_shop=shop_id, of_key=key))


def list_open(tx: Tx, shop_id: ShopId) -> list[EnquiryView]:
    """Those whose promise ends first, first."""
    return _all(tx, tx.all(OPEN_OF_SHOP, of_shop=shop_id))


def count_open(tx: Tx, shop_id: ShopId, at: datetime) -> tuple[int, int]:
    """How many wait, and of how many the promise is broken."""
    row = tx.one(COUNT_OPEN, of_shop=shop_id, at=at)
    assert row is not None, "a count is always there"
    return int(row[0]), int(row[1])


def list_answered(tx: Tx, shop_id: ShopId) -> list[EnquiryView]:
    """The newest 50."""
    return _all(tx, tx.all(SETTLED_OF_SHOP, of_shop=shop_id))


def list_of_person(tx: Tx, customer_id: CustomerId) -> list[EnquiryView]:
    """In every shop of the channel, 50 at most: what is open first, then the newest."""
    return _all(tx, tx.all(OF_CUSTOMER, of_customer=customer_id))


def list_open_of_person(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[EnquiryView]:
    """What they wait for in one shop, the oldest first."""
    return _all(tx, tx.all(OPEN_OF_CUSTOMER, of_shop=shop_id, of_customer=customer_id))


def find_enquiry_of(tx: Tx, customer_id: CustomerId, enquiry_id: EnquiryId) -> EnquiryView | None:
    """A question of this person, whichever shop it is for."""
    return _view(tx, tx.one(BY_PERSON, of_customer=customer_id, of_id=enquiry_id))


def settle_enquiry(
    tx: Tx,
    enquiry: EnquiryView,
    state: EnquiryState,
    *,
    answer: str | None,
    actor: str,
    at: datetime,
) -> bool:
    """One conditional UPDATE: of several who try, one gets True."""
    return bool(
        tx.run(
            SETTLE,
            of_shop=enquiry.shop_id,
            of_id=enquiry.enquiry_id,
            state=state,
            answer=tx.vault.seal(answer, purpose=ANSWER) if answer else None,
            settled_at=at,
            actor=actor,
        )
    )


def save_answer(tx: Tx, enquiry: EnquiryView, answer: str, *, actor: str) -> bool:
    """False when the question was settled meanwhile."""
    sealed = tx.vault.seal(answer, purpose=ANSWER)
    about = {"of_shop": enquiry.shop_id, "of_id": enquiry.enquiry_id}
    return bool(tx.run(SAVE_ANSWER, **about, answer=sealed, actor=actor))


def reopen_enquiry(tx: Tx, enquiry: EnquiryView, at: datetime, promised_by: datetime) -> None:
    """Asked again after it was taken back or set aside."""
    tx.run(
        REOPEN,
        of_shop=enquiry.shop_id,
        of_id=enquiry.enquiry_id,
        asked_at=at,
        promised_by=promised_by,
    )


def forget_enquiries(tx: Tx, before: datetime) -> int:
    """Those that were settled, or asked and never settled, before then."""
    return tx.run(FORGET, before=before)


def _all(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> list[EnquiryView]:
    return [view for row in rows if (view := _view(tx, row))]


def _view(tx: Tx, row: tuple[Any, ...] | None) -> EnquiryView | None:
    if row is None:
        return None
    view = EnquiryView._make(row)
    words, answer = row[5], row[6]
    return view._replace(
        words=tx.vault.unseal(words, purpose=WORDS),
        answer=tx.vault.unseal(answer, purpose=ANSWER) if answer else None,
        state=EnquiryState(view.state),
    )
