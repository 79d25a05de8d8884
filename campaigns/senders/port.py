"""What the engine asks of a sender; one contract test class runs against each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.campaigns import Account, Batch, Progress, Report, SenderName
from domain.people import MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Whom the provider refused while the request was being filled; none of them leaves."""

    refused: tuple[Report, ...] = ()


class Sender(Protocol):
    """Carries chunks. Calls are made outside any transaction, each with a time-out.

    Order: `open` -> (engine saves the reference) -> `fill` -> (engine gates once more and
    commits that it starts) -> `remove` who withdrew -> `send` once -> `look` until over.
    Each raises Retryable (nothing was accepted), Rejected (never will be) or Unknown; Unknown
    from `fill` or `remove` means that the chunk has left already.
    """

    name: SenderName
    people_max: int

    async def open(self, batch: Batch) -> str | None:
        """Prepares a place for the chunk; its reference, or None when nothing is prepared."""

    async def fill(self, batch: Batch, ref: str | None) -> Filled:
        """Puts the messages there, and makes sure they are there; nothing leaves yet."""

    async def remove(self, batch: Batch, ref: str | None, gone: Sequence[MessageId]) -> None:
        """Takes people out again who refused meanwhile."""

    async def send(self, batch: Batch, ref: str | None) -> str:
        """Lets the chunk leave; the reference to ask about it by. Called once per chunk.

        After Unknown the engine asks `look`, no sooner than the time-out; only when that says
        "not accepted, not over" is it called again, with the same reference.
        """

    async def look(self, account: Account, ref: str, people: Mapping[str, MessageId]) -> Progress:
        """What became of the chunk; `people` maps every address that we sent to to its message."""

    async def close(self) -> None:
        """Lets go of connections."""
