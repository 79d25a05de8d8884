"""The audit log's chain: each line carries the hash of the one before it (I12, L20)."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST_HASH = "0" * 64


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
