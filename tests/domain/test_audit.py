"""The audit log's chain: no line can be changed, moved or left out unseen (I12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.audit import FIRST_HASH, Act, line_hash, program_book, shop_book

AT = datetime(2026, 11, 25, 1, 0, 0, 5, tzinfo=UTC)
ACT = Act(actor="owner:3", act="start_grant", subject="grant:7", at=AT, details="x")
HASH = line_hash("shop:1", 1, ACT, FIRST_HASH)


def test_the_same_line_has_the_same_hash() -> None:
    assert line_hash("shop:1", 1, replace(ACT), FIRST_HASH) == HASH


def test_a_hash_does_not_depend_on_the_zone_an_instant_is_told_in() -> None:
    elsewhere = replace(ACT, at=AT.astimezone(timezone(timedelta(hours=9))))

    assert line_hash("shop:1", 1, elsewhere, FIRST_HASH) == HASH


@pytest.mark.parametrize(
    ("book", "number", "act", "previous"),
    [
        ("shop:2", 1, ACT, FIRST_HASH),
        ("shop:1", 2, ACT, FIRST_HASH),
        ("shop:1", 1, ACT, "1" * 64),
        ("shop:1", 1, replace(ACT, actor="owner:4"), FIRST_HASH),
        ("shop:1", 1, replace(ACT, act="end_grant"), FIRST_HASH),
        ("shop:1", 1, replace(ACT, subject="grant:8"), FIRST_HASH),
        ("shop:1", 1, replace(ACT, details=""), FIRST_HASH),
        ("shop:1", 1, replace(ACT, at=AT + timedelta(microseconds=1)), FIRST_HASH),
    ],
)
def test_any_difference_changes_the_hash(book: str, number: int, act: Act, previous: str) -> None:
    assert line_hash(book, number, act, previous) != HASH


def test_words_cannot_move_from_one_field_to_the_next() -> None:
    one = replace(ACT, actor="owner:3s", act="tart_grant")

    assert line_hash("shop:1", 1, one, FIRST_HASH) != HASH


def test_books_are_named_by_what_they_are_about() -> None:
    assert (shop_book(12), program_book(1)) == ("shop:12", "program:1")
