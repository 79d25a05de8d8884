"""Everything a shop has of its regulars, in pages by id: for its owner's own file."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, select
from sqlmodel import col

from domain.birthdays import Birthday, birthday_of
from domain.consent import Choice, Purpose
from domain.coupons import CouponSource, CouponState
from domain.people import CustomerId, ShopId
from domain.visits import VisitWay
from storage.desk import Tx
from storage.models.coupons import Coupon, CouponOffer
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.questions import Enquiry
from storage.models.regulars import Note
from storage.models.visits import Visit
from storage.queries.birthdays import BIRTHDAY, KNOWS_BIRTHDAY
from storage.queries.customers import PHONE
from storage.queries.enquiries import ANSWER, WORDS
from storage.queries.notes import NOTE
from storage.queries.paper import SHOWN_PHONE
from storage.queries.statutory import TOLD_AT
from storage.statements import Statement
from storage.terms import COUPON_TERMS

PAGE_ROWS = 1_000


class PersonRow(NamedTuple):
    """With the whole number, where it was left for this shop: the list is the owner's."""

    row_id: int
    name: str | None
    phone: str | None
    birthday: Birthday | None
    joined_at: datetime
    advertising_since: datetime | None
    visits: int
    last_visit_at: datetime | None


class VisitRow(NamedTuple):
    row_id: int
    customer_id: CustomerId
    visited_at: datetime
    way: VisitWay
    stamps: int
    items: int
    spend_won: int | None
    canceled_at: datetime | None


class CouponRow(NamedTuple):
    row_id: int
    customer_id: CustomerId
    title: str
    source: CouponSource
    state: CouponState
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    owed_at: datetime | None


class ChoiceRow(NamedTuple):
    row_id: int
    customer_id: CustomerId
    purpose: Purpose
    choice: Choice
    text_version: str
    pressed: str
    chosen_at: datetime
    told_at: datetime | None


class EnquiryRow(NamedTuple):
    row_id: int
    customer_id: CustomerId
    words: str
    answer: str | None
    asked_at: datetime
    settled_at: datetime | None


class NoteRow(NamedTuple):
    row_id: int
    customer_id: CustomerId
    words: str
    written_at: datetime


PEOPLE = Statement(
    select(
        col(Customer.id),
        col(Membership.name),
        SHOWN_PHONE,
        case((KNOWS_BIRTHDAY, col(Customer.birthday))),
        col(Membership.joined_at),
        col(Membership.advertising_since),
        col(Membership.visits),
        col(Membership.last_visit_at),
    )
    .join(Membership, col(Membership.customer_id) == col(Customer.id))
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) > bindparam("after"),
    )
    .order_by(col(Membership.customer_id))
    .limit(PAGE_ROWS)
)


def _all_of(table: Any, *columns: Any) -> Statement:
    return Statement(
        select(col(table.id), col(table.customer_id), *columns)
        .where(col(table.shop_id) == bindparam("of_shop"), col(table.id) > bindparam("after"))
        .order_by(col(table.id))
        .limit(PAGE_ROWS)
    )


VISITS = _all_of(
    Visit,
    col(Visit.visited_at),
    col(Visit.way),
    col(Visit.stamps),
    col(Visit.items),
    col(Visit.spend_won),
    col(Visit.canceled_at),
)
COUPONS = Statement(
    select(
        col(Coupon.id),
        col(Coupon.customer_id),
        col(CouponOffer.terms),
        col(CouponOffer.source),
        col(Coupon.state),
        col(Coupon.issued_at),
        col(Coupon.expires_at),
        col(Coupon.used_at),
        col(Coupon.owed_at),
    )
    .join(CouponOffer, col(CouponOffer.id) == col(Coupon.offer_id))
    .where(col(Coupon.shop_id) == bindparam("of_shop"), col(Coupon.id) > bindparam("after"))
    .order_by(col(Coupon.id))
    .limit(PAGE_ROWS)
)
CHOICES = _all_of(
    ConsentChoice,
    col(ConsentChoice.purpose),
    col(ConsentChoice.choice),
    col(ConsentChoice.text_version),
    col(ConsentChoice.pressed),
    col(ConsentChoice.chosen_at),
    TOLD_AT,
)
ENQUIRIES = _all_of(
    Enquiry,
    col(Enquiry.words),
    col(Enquiry.answer),
    col(Enquiry.asked_at),
    col(Enquiry.settled_at),
)
NOTES = _all_of(Note, col(Note.body), col(Note.written_at))


def list_people_after(tx: Tx, shop_id: ShopId, after: int) -> list[PersonRow]:
    rows = tx.all(PEOPLE, of_shop=shop_id, after=after)
    return [
        PersonRow._make(row)._replace(
            phone=tx.vault.unseal(row[2], purpose=PHONE) if row[2] else None,
            birthday=birthday_of(tx.vault.unseal(row[3], purpose=BIRTHDAY)) if row[3] else None,
        )
        for row in rows
    ]


def list_visits_after(tx: Tx, shop_id: ShopId, after: int) -> list[VisitRow]:
    return [VisitRow._make(row) for row in tx.all(VISITS, of_shop=shop_id, after=after)]


def list_coupons_after(tx: Tx, shop_id: ShopId, after: int) -> list[CouponRow]:
    return [
        CouponRow._make(row)._replace(title=COUPON_TERMS.read(row[2]).title)
        for row in tx.all(COUPONS, of_shop=shop_id, after=after)
    ]


def list_choices_after(tx: Tx, shop_id: ShopId, after: int) -> list[ChoiceRow]:
    return [ChoiceRow._make(row) for row in tx.all(CHOICES, of_shop=shop_id, after=after)]


def list_notes_after(tx: Tx, shop_id: ShopId, after: int) -> list[NoteRow]:
    return [
        NoteRow._make(row)._replace(words=tx.vault.unseal(row[2], purpose=NOTE))
        for row in tx.all(NOTES, of_shop=shop_id, after=after)
    ]


def list_enquiries_after(tx: Tx, shop_id: ShopId, after: int) -> list[EnquiryRow]:
    return [
        EnquiryRow._make(row)._replace(
            words=tx.vault.unseal(row[2], purpose=WORDS),
            answer=tx.vault.unseal(row[3], purpose=ANSWER) if row[3] else None,
        )
        for row in tx.all(ENQUIRIES, of_shop=shop_id, after=after)
    ]
