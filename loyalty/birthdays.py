"""An optional birthday, month and day, kept for a birthday coupon (L65, L68)."""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.birthdays import NOT_A_BIRTHDAY, Birthday, read_birthday
from domain.consent import TEXT_VERSION, Choice, ConsentRecord, Purpose
from domain.people import CustomerId
from domain.refusals import Invalid
from storage.desk import Tx
from storage.queries.birthdays import save_birthday
from storage.queries.customers import list_member_shops, record_choice
from storage.queries.journal import append_audit


def leave_birthday(tx: Tx, customer_id: CustomerId, words: str, at: datetime) -> Birthday:
    """Keeps the month and day a person typed, sealed. Raises Invalid(birthday).

    Who was born on 29 February is celebrated on the 28th in other years.
    """
    birthday = read_birthday(words)
    if birthday is None:
        raise Invalid({"birthday": NOT_A_BIRTHDAY})
    save_birthday(tx, customer_id, birthday)
    _record(tx, customer_id, Choice.GRANTED, "leave_birthday", at)
    return birthday


def forget_birthday(tx: Tx, customer_id: CustomerId, at: datetime) -> None:
    """Removes the birthday; what was agreed to otherwise stays."""
    save_birthday(tx, customer_id, None)
    _record(tx, customer_id, Choice.WITHDRAWN, "forget_birthday", at)


def _record(tx: Tx, customer_id: CustomerId, choice: Choice, act: str, at: datetime) -> None:
    """The proof, for each shop that the person is a regular of."""
    record = ConsentRecord(
        purpose=Purpose.BIRTHDAY,
        choice=choice,
        text_version=TEXT_VERSION,
        pressed="typed",
        chosen_at=at,
        notice_at=None,
    )
    who = f"customer:{customer_id}"
    for shop_id in list_member_shops(tx, customer_id):
        record_choice(tx, shop_id, customer_id, record)
        append_audit(tx, shop_book(shop_id), Act(actor=who, act=act, subject=who, at=at))
