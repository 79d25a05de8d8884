"""The books count whom the gate would let through as the gate itself decides for each of them."""

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import bindparam, text

from campaigns.booking import dry_run
from campaigns.gate import gate_regular
from domain.campaigns import BUBBLES, MessageKind, SenderName
from domain.people import Friend
from storage.books import Books
from storage.columns import INSTANT
from storage.desk import Tx
from storage.queries.campaigns import find_person
from storage.statements import Statement
from tests.conftest import START
from tests.factories import EARLIER, Street, let_text, make_draft, make_street, rows

HOUR = timedelta(hours=1)
INSTANTS = None, START
PAUSES = (
    (None, None),
    (START - HOUR, None),
    (START - HOUR, START),
    (START - HOUR, START + timedelta(microseconds=1)),
)
MAKE_PERSON = Statement(
    text(
        "INSERT INTO customer (channel_id, bot_user_key, phone_hash, friend, friend_at,"
        " of_age_at, is_staff, created_at, last_seen_at)"
        " VALUES (:channel, :key, :phone, :friend, :at, :of_age_at, false, :at, :at)"
    ).bindparams(bindparam("at", type_=INSTANT), bindparam("of_age_at", type_=INSTANT))
)
MOMENTS = (
    "phone_granted_at", "advertising_since", "texts_since",
    "withdrawn_at", "paused_at", "paused_until",
)  # fmt: skip
MAKE_REGULAR = Statement(
    text(
        "INSERT INTO membership (shop_id, customer_id, joined_at, phone_granted_at,"
        " advertising_since, texts_since, withdrawn_at, paused_at, paused_until, visits,"
        " visit_days, is_told, has_news) SELECT :shop, id, created_at, :phone_granted_at,"
        " :advertising_since, :texts_since, :withdrawn_at, :paused_at, :paused_until, 0, 0, true, false"
        " FROM customer WHERE bot_user_key = :key"
    ).bindparams(*(bindparam(name, type_=INSTANT) for name in MOMENTS))
)


def make_everybody(tx: Tx, street: Street) -> int:
    """One regular of every kind there can be; how many they are."""
    told_of = product(INSTANTS, repeat=4)
    kinds = list(product(Friend, (None, "hash"), INSTANTS, told_of, PAUSES))
    for number, (friend, phone, of_age_at, told, pause) in enumerate(kinds):
        key = f"everybody-{number}"
        about = {"channel": street.channel_id, "phone": phone, "friend": friend.value}
        tx.run(MAKE_PERSON, key=key, **about, of_age_at=of_age_at, at=EARLIER)
        tx.run(
            MAKE_REGULAR,
            shop=street.shop_id,
            key=key,
            **dict(zip(MOMENTS, (*told, *pause), strict=True)),
        )
    return len(kinds)


def gate_one_by_one(tx: Tx, street: Street, sender: SenderName) -> Counter[str | None]:
    found = rows(tx, "SELECT customer_id FROM membership WHERE shop_id = :id", id=street.shop_id)
    people = filter(None, (find_person(tx, street.shop_id, row[0]) for row in found))
    return Counter(
        gate_regular(MessageKind.ADVERTISEMENT, sender, one, START).rule for one in people
    )


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("sender", [name for name in SenderName if BUBBLES[name]])
async def test_the_books_count_as_the_gate_decides_for_each(
    books: Books, sender: SenderName
) -> None:
    street = await books.write(make_street, people=0)
    everybody = await books.write(make_everybody, street)
    await books.write(let_text, street)

    tried = await books.read(dry_run, street.shop_id, make_draft(sender), START)
    decided = await books.read(gate_one_by_one, street, sender)

    assert decided.total() == everybody
    assert tried.people == decided.pop(None) > 0
    assert tried.refused == decided
    assert len(decided) >= 5
