"""The audit log's chain: each line carries the hash of the one before it (I12, L20)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

FIRST_HASH = "0" * 64

End = tuple[int, str]
"""The number and the hash of a book's last line."""

NOTHING: End = (0, FIRST_HASH)
"""How a book ends that was just opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One change by a person. `actor` and `subject` are surrogates such as `owner:3`."""

    actor: str
    act: str
    subject: str
    at: datetime
    details: str = ""


def line_hash(book: str, number: int, act: Act, previous_hash: str) -> str:
    """SHA-256 over everything in the line and the hash before it."""
    at = act.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (previous_hash, book, str(number), at, act.actor, act.act, act.subject, act.details)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def shop_book(shop_id: int) -> str:
    return f"shop:{shop_id}"


def program_book(program_id: int) -> str:
    return f"program:{program_id}"


@dataclass(frozen=True, slots=True)
class Flaw:
    """A line that does not follow the one before it, or a book that ends otherwise than told.

    `number` is that line's, or of the last line there is; `told_number` is None for a line.
    """

    book: str
    number: int
    told_number: int | None = None


@dataclass(slots=True)
class Chains:
    """Follows the lines of all books, each book in its order, and notes what is broken.

    `told`: how each book says it ends. Lines may come after that if the books were written on
    while they were read (`may_grow`).
    """

    told: Mapping[str, End]
    may_grow: bool = False
    ends: dict[str, End] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    lines: int = 0

    def follow(self, book: str, number: int, act: Act, previous_hash: str, digest: str) -> None:
        last_number, last_hash = self.ends.get(book, NOTHING)
        expected = line_hash(book, number, act, last_hash)
        if (number, previous_hash, digest) != (last_number + 1, last_hash, expected):
            self.flaws.append(Flaw(book, number))
        self.lines += 1
        self.ends[book] = (number, digest)
        if self.may_grow and number == self.told.get(book, NOTHING)[0]:
            self._close(book)

    def finish(self) -> list[Flaw]:
        """What is broken, once every line was followed."""
        for book in sorted(self.ends.keys() | self.told.keys()):
            is_longer = self.ends.get(book, NOTHING)[0] > self.told.get(book, NOTHING)[0]
            if not (self.may_grow and is_longer):
                self._close(book)
        return self.flaws

    def _close(self, book: str) -> None:
        found, told = self.ends.get(book, NOTHING), self.told.get(book, NOTHING)
        flaw = Flaw(book, found[0], told[0])
        if found != told and flaw not in self.flaws:
            self.flaws.append(flaw)
