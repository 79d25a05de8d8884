"""What the engine asks of a sender; one contract test class runs against each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from domain.campaigns import Account, Batch, Progress, Report, SenderName, Sent
from domain.money import Jeon
from domain.people import MessageId
from domain.ways import PictureShape, TemplateState


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Whom the provider refused while the request was being filled; none of them leaves."""

    refused: tuple[Report, ...] = ()


class Inspected(NamedTuple):
    """An AlimTalk template as its provider has it: its text, and how its inspection stands."""

    code: str
    body: str
    state: TemplateState


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

    async def send(self, batch: Batch, ref: str | None) -> str | Sent:
        """Lets the chunk leave; the reference to ask about it by. Called once per chunk.

        After Unknown the engine asks `look`, no sooner than the time-out; only when that says
        "not accepted, not over" is it called again, with the same reference.
        """

    async def look(self, account: Account, ref: str, people: Mapping[str, MessageId]) -> Progress:
        """What became of the chunk; `people` maps every address that we sent to to its message."""

    async def close(self) -> None:
        """Lets go of connections."""


@runtime_checkable
class PictureKeeper(Protocol):
    """A sender whose provider shows no picture but what it keeps itself."""

    name: SenderName

    async def upload(self, picture: bytes, shape: PictureShape) -> str:
        """What the provider calls it from now on. Raises Retryable, Rejected or Unknown; twice
        is harmless.
        """


@runtime_checkable
class Purse(Protocol):
    """A sender whose provider tells what is left in the account it is paid from."""

    async def balance(self) -> Jeon:
        """Raises Retryable when it cannot be known now; asking changes nothing."""


@runtime_checkable
class Inspector(Protocol):
    """A sender whose provider tells how our templates stand with their inspector."""

    async def templates(self) -> Sequence[Inspected]:
        """Raises Retryable when it cannot be known now; asking changes nothing."""
