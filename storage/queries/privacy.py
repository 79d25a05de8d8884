"""The personal facts of one person, unsealed for that person's own eyes (L48)."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Executable, and_, func, select
from sqlmodel import col

from domain.birthdays import Birthday, birthday_of
from domain.consent import ConsentRecord
from storage.desk import Tx
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.questions import Enquiry
from storage.models.regulars import Note
from storage.queries.birthdays import BIRTHDAY
from storage.queries.customers import CHOICE, CHOICES_MAX, PHONE, choice_of
from storage.queries.faces import Pair, pairs, written
from storage.queries.notes import NOTE, NOTES_MAX
from storage.statements import Statement


class Personal(NamedTuple):
    name: str | None
    phone: str | None
    birthday: Birthday | None


NOTHING = Personal(None, None, None)


def _personal(dialect: str) -> Executable:
    people = pairs(dialect)
    own = and_(
        col(Membership.customer_id) == people.c.customer_id,
        col(Membership.shop_id) == people.c.shop_id,
    )
    return (
        select(
            people.c.shop_id,
            people.c.customer_id,
            col(Membership.name),
            col(Customer.phone),
            col(Customer.birthday),
        )
        .select_from(people)
        .join(Customer, col(Customer.id) == people.c.customer_id)
        .outerjoin(Membership, own)
    )


def _choices(dialect: str) -> Executable:
    people = pairs(dialect)
    own = and_(
        col(ConsentChoice.customer_id) == people.c.customer_id,
        col(ConsentChoice.shop_id) == people.c.shop_id,
    )
    return (
        select(col(ConsentChoice.shop_id), col(ConsentChoice.customer_id), *CHOICE)
        .select_from(people)
        .join(ConsentChoice, own)
        .order_by(col(ConsentChoice.id))
    )


def _notes(dialect: str) -> Executable:
    people = pairs(dialect)
    own = and_(col(Note.customer_id) == people.c.customer_id, col(Note.shop_id) == people.c.shop_id)
    return (
        select(col(Note.shop_id), col(Note.customer_id), col(Note.body))
        .select_from(people)
        .join(Note, own)
        .order_by(col(Note.id).desc())
    )


def _questions(dialect: str) -> Executable:
    people = pairs(dialect)
    own = and_(
        col(Enquiry.customer_id) == people.c.customer_id, col(Enquiry.shop_id) == people.c.shop_id
    )
    key = col(Enquiry.shop_id), col(Enquiry.customer_id)
    return select(*key, func.count()).select_from(people).join(Enquiry, own).group_by(*key)


PERSONAL = Statement(_personal)
CHOICES = Statement(_choices)
NOTES = Statement(_notes)
QUESTIONS = Statement(_questions)


def list_personal(tx: Tx, people: Collection[Pair]) -> Mapping[Pair, Personal]:
    """The name is this shop's; nothing of somebody who is not there."""
    rows = tx.all(PERSONAL, people=written(people))
    return {(row[0], row[1]): _unsealed(tx, *row[2:]) for row in rows}


def list_choices_of(tx: Tx, people: Collection[Pair]) -> Mapping[Pair, list[ConsentRecord]]:
    """As `list_choices`, for who has made some."""
    found: dict[Pair, list[ConsentRecord]] = {}
    for row in tx.all(CHOICES, people=written(people)):
        found.setdefault((row[0], row[1]), []).append(choice_of(row[2:]))
    return {one: choices[:CHOICES_MAX] for one, choices in found.items()}


def list_note_words(tx: Tx, people: Collection[Pair]) -> Mapping[Pair, list[str]]:
    """What owners wrote about them, for who has notes; the newest first."""
    found: dict[Pair, list[str]] = {}
    for shop_id, customer_id, body in tx.all(NOTES, people=written(people)):
        found.setdefault((shop_id, customer_id), []).append(tx.vault.unseal(body, purpose=NOTE))
    return {one: notes[:NOTES_MAX] for one, notes in found.items()}


def count_questions(tx: Tx, people: Collection[Pair]) -> Mapping[Pair, int]:
    """How many questions of theirs a shop holds, answered or not; for who has asked some."""
    rows = tx.all(QUESTIONS, people=written(people))
    return {(row[0], row[1]): row[2] for row in rows}


def _unsealed(tx: Tx, name: str | None, phone: bytes | None, birthday: bytes | None) -> Personal:
    return Personal(
        name=name,
        phone=tx.vault.unseal(phone, purpose=PHONE) if phone else None,
        birthday=birthday_of(tx.vault.unseal(birthday, purpose=BIRTHDAY)) if birthday else None,
    )
