"""By when people must be told about their own choices (L13, L14)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.classifying import URGE
from domain.compliance import AD_MARK
from domain.statutory import (
    CONFIRM_YEARS,
    STATUTORY_VERSION,
    confirm_deadlines,
    confirm_sent_from,
    next_number,
    result_deadlines,
)
from domain.time import in_kst, kst_instant

INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2060, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
NUMBERS = st.integers(1, 10)
TEXT = Path(__file__).resolve().parents[2] / "templates" / "messages" / "statutory.j2"
WORDS_OF_VERSION = {"2026-11.1": "c6fe73a5f4cc40a4"}
"""The words that each version stands for: what was said must be provable for years (L43)."""


@given(INSTANTS)
def test_a_result_is_told_within_fourteen_days(chosen_at: datetime) -> None:
    """L13: said from the first minute on, sent while there are days left."""
    say_from, act_at, due_at = result_deadlines(chosen_at)

    assert say_from == chosen_at < act_at < due_at
    assert due_at - chosen_at == timedelta(days=14)
    assert due_at - act_at >= timedelta(days=4)


@given(INSTANTS, NUMBERS)
def test_a_confirmation_comes_before_the_same_day_of_each_second_year(
    consent_at: datetime, number: int
) -> None:
    """L14: before that calendar day begins in Korea, and not a day earlier than it must."""
    say_from, act_at, due_at = confirm_deadlines(consent_at, number)
    given_on, due_on = in_kst(consent_at).date(), in_kst(due_at).date()

    assert due_at == kst_instant(due_on, time())
    assert due_on.year == given_on.year + CONFIRM_YEARS * number
    if (given_on.month, given_on.day) != (2, 29):
        assert (due_on.month, due_on.day) == (given_on.month, given_on.day)
    else:
        assert due_on + timedelta(days=1) in (
            date(due_on.year, 3, 1),
            date(due_on.year, 2, 29) + timedelta(days=1) if due_on.day == 29 else None,
        )
    assert say_from == act_at == due_at - timedelta(days=60)
    assert act_at < confirm_sent_from(due_at) < due_at


@pytest.mark.parametrize(
    ("given_on", "number", "due_on"),
    [
        (date(2024, 2, 29), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 2, date(2028, 2, 29)),
        (date(2026, 2, 28), 1, date(2028, 2, 28)),
        (date(2026, 12, 31), 1, date(2028, 12, 31)),
        (date(2026, 1, 1), 3, date(2032, 1, 1)),
    ],
)
def test_the_day_of_a_confirmation(given_on: date, number: int, due_on: date) -> None:
    """29 February counts as the 28th where there is none."""
    evening = kst_instant(given_on, time(23, 59))

    assert in_kst(confirm_deadlines(evening, number).due_at).date() == due_on


@given(INSTANTS, NUMBERS, INSTANTS)
def test_the_next_confirmation_is_the_first_that_is_still_to_come(
    consent_at: datetime, number: int, at: datetime
) -> None:
    after = next_number(consent_at, number, at)

    assert after > number
    assert confirm_deadlines(consent_at, after).due_at > at
    assert after == number + 1 or confirm_deadlines(consent_at, after - 1).due_at <= at


def blocks() -> dict[str, str]:
    return dict(re.findall(r"{% block (\w+) %}\n(.*?){% endblock %}", TEXT.read_text(), re.DOTALL))


@pytest.mark.parametrize("name", ["result_granted", "result_declined", "result_withdrawn"])
def test_a_result_says_who_which_choice_when_and_what_came_of_it(name: str) -> None:
    """L13: exactly its four items, in four lines under a heading."""
    lines = blocks()[name].strip().splitlines()

    assert [line.split(":")[0] for line in lines[1:]] == [
        "· 보내는 곳",
        "· 고르신 것",
        "· 고르신 날",
        "· 처리 결과",
    ]
    assert "{{ shop }}" in lines[1]
    assert "{{ chosen_at | on_day }}" in lines[3]


def test_a_confirmation_says_who_that_when_and_how_to_keep_or_withdraw() -> None:
    """L14: exactly its items."""
    lines = blocks()["confirm"].strip().splitlines()

    assert [line.split(":")[0] for line in lines[1:]] == [
        "· 보내는 곳",
        "· 동의하신 것",
        "· 동의하신 날",
        "· 그대로 두시려면",
        "· 그만 받으시려면",
    ]
    assert "{{ chosen_at | on_day }}" in lines[3]
    assert "'무료 수신거부'" in lines[5]


@pytest.mark.parametrize("words", [pytest.param(text, id=name) for name, text in blocks().items()])
def test_nothing_in_a_statutory_notice_promotes(words: str) -> None:
    """L15: with promotion in it, it would be an advertisement."""
    assert not URGE.search(words)
    assert AD_MARK not in words
    assert not re.search(r"쿠폰|도장|할인|혜택|선물|소식|메뉴|https?:", words)


def test_changed_words_are_a_new_version() -> None:
    """The proof names the version only."""
    digest = sha256(TEXT.read_text().encode()).hexdigest()[:16]

    assert WORDS_OF_VERSION[STATUTORY_VERSION] == digest, f"a new version: {digest}"
