"""What the law wants people told about their own choices, and by when (L13, L14, L15)."""

from calendar import isleap
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from domain.time import in_kst, kst_instant

STATUTORY_VERSION: Final = "2026-11.1"
"""The version of templates/messages/statutory.j2; a change of words is a new one."""

RESULT_DUE: Final = timedelta(days=14)
RESULT_SENT_FROM: Final = timedelta(days=10)
"""Until then it waits for their next word, which costs nothing."""

CONFIRM_YEARS: Final = 2
CONFIRM_SAID_BEFORE: Final = timedelta(days=60)
CONFIRM_SENT_BEFORE: Final = timedelta(days=14)
LOOK_AGAIN: Final = timedelta(days=1)
"""After a message has left, and while the operating account cannot pay for one."""

ARRIVES_WITHIN: Final = timedelta(days=7)


class StatutoryKind(StrEnum):
    """`RESULT` of a choice (L13), `CONFIRM` that a consent still stands (L14)."""

    RESULT = "result"
    CONFIRM = "confirm"


class StatutoryState(StrEnum):
    """`SAID` in the chat, `SENT` as a message. Undeliverable is what we tried and could not; it
    is said all the same when the person speaks again.
    """

    WAITING = "waiting"
    SAID = "said"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"


class Deadlines(NamedTuple):
    """Said in a turn from `say_from` on, looked at by the worker at `act_at`, too late at
    `due_at`.
    """

    say_from: datetime
    act_at: datetime
    due_at: datetime


def result_deadlines(chosen_at: datetime) -> Deadlines:
    return Deadlines(chosen_at, chosen_at + RESULT_SENT_FROM, chosen_at + RESULT_DUE)


def confirm_deadlines(consent_at: datetime, number: int) -> Deadlines:
    """Those of the first, second… confirmation. Due before the calendar day (KST) of the consent
    comes round in each second year; a 29 February counts as the 28th where there is none.
    """
    day = in_kst(consent_at).date()
    year = day.year + CONFIRM_YEARS * number
    is_missing = (day.month, day.day) == (2, 29) and not isleap(year)
    due_at = kst_instant(day.replace(year=year, day=28 if is_missing else day.day), time())
    say_from = due_at - CONFIRM_SAID_BEFORE
    return Deadlines(say_from, say_from, due_at)


def confirm_sent_from(due_at: datetime) -> datetime:
    return due_at - CONFIRM_SENT_BEFORE


def next_number(consent_at: datetime, number: int, at: datetime) -> int:
    """The confirmation after this one whose day is still to come: none is made up for."""
    number += 1
    while confirm_deadlines(consent_at, number).due_at <= at:
        number += 1
    return number
