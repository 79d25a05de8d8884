"""The audit log's numbers as the page reads them out; the files keep them as they are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act
from domain.people import Role
from storage.desk import Tx
from storage.queries.audit_log import Entry
from storage.queries.audit_names import list_shop_names, list_staff_names
from storage.queries.trail import Sight

PART = re.compile(r"(?P<key>[a-z_]+)[=:](?P<value>.+)", re.ASCII)
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
STAFF_KINDS = frozenset({"staff", *Role})


@dataclass(frozen=True, slots=True)
class Detail:
    """One part of a line's details, such as `jeon=1650`.

    `number` and `times` (one, or before and after) where the text is of that kind; no `key`
    where it is nothing we know the form of.
    """

    key: str
    text: str
    number: int | None = None
    times: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """An entry whose subject and details are taken apart."""

    entry: Entry
    subject: Detail
    details: Sequence[Detail]


@dataclass(frozen=True, slots=True)
class Names:
    shops: dict[int, str]
    staff: dict[int, str]


def taken_apart(text: str) -> Detail:
    part = PART.fullmatch(text)
    if part is None:
        return Detail("", text)
    key, value = part["key"], part["value"]
    number = int(value) if NUMBER.fullmatch(value) else None
    return Detail(key, value, number, () if number is not None else _times(value))


def told(entries: Iterable[Entry]) -> list[Told]:
    return [_told(one, one.line[2]) for one in entries]


def read_names(tx: Tx, sight: Sight, entries: Sequence[Told]) -> Names:
    """Of everybody and every shop on a page, in two statements."""
    parts = [part for one in entries for part in _parts(one)]
    return Names(
        shops=list_shop_names(tx, sight, _numbers(parts, {"shop"})),
        staff=list_staff_names(tx, sight, _numbers(parts, STAFF_KINDS)),
    )


def _told(entry: Entry, act: Act) -> Told:
    return Told(entry, taken_apart(act.subject), [taken_apart(one) for one in act.details.split()])


def _parts(one: Told) -> list[Detail]:
    book, _, act, *_ = one.entry.line
    return [taken_apart(book), taken_apart(act.actor), one.subject, *one.details]


def _numbers(parts: Iterable[Detail], kinds: Iterable[str]) -> set[int]:
    wanted = frozenset(kinds)
    return {one.number for one in parts if one.key in wanted and one.number is not None}


def _times(value: str) -> list[datetime]:
    try:
        times = [datetime.fromisoformat(one) for one in value.split(">")]
    except ValueError:
        return []
    return times if all(one.tzinfo for one in times) else []
