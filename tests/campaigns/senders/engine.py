"""The engine's rule for one chunk, without its books: what the contract is kept against."""

from dataclasses import dataclass, field

from domain.campaigns import Batch, Outcome, Progress
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, Unknown

from .conftest import Street, addresses, without

TRIES_MAX = 300


@dataclass(slots=True)
class Told:
    """What the books would say in the end."""

    is_rejected: bool = False
    outcomes: dict[MessageId, Outcome] = field(default_factory=dict)
    progress: Progress | None = None

    @property
    def delivered(self) -> set[MessageId]:
        return {one for one, told in self.outcomes.items() if told is Outcome.DELIVERED}

    @property
    def failed(self) -> set[MessageId]:
        return {one for one, told in self.outcomes.items() if told is Outcome.FAILED}


async def carry(street: Street, batch: Batch, gone: tuple[MessageId, ...] = ()) -> Told:
    """open, fill, remove, send and look, each repeated as the port allows it."""
    told = Told()
    try:
        ref = await _prepare(street, batch, gone)
        sent = without(batch, *gone)
        ref, is_unknown = await _send(street, sent, ref)
    except Rejected:
        told.is_rejected = True
        return told
    if ref is not None:
        await _look(street, sent, ref, told, may_send=is_unknown)
    await street.background.idle()
    return told


async def _prepare(street: Street, batch: Batch, gone: tuple[MessageId, ...]) -> str | None:
    for _ in range(TRIES_MAX):
        try:
            ref = await street.sender.open(batch)
            await street.sender.fill(batch, ref)
            await street.sender.remove(without(batch, *gone), ref, gone)
        except Retryable:
            continue
        return ref
    raise AssertionError("never prepared")


async def _send(street: Street, batch: Batch, ref: str | None) -> tuple[str | None, bool]:
    """The reference to ask by, and whether only asking can tell what became of it."""
    for _ in range(TRIES_MAX):
        try:
            return await street.sender.send(batch, ref), False
        except Retryable:
            continue
        except Unknown:
            return ref, True
    raise AssertionError("never sent")


async def _look(street: Street, batch: Batch, ref: str, told: Told, *, may_send: bool) -> None:
    for _ in range(TRIES_MAX):
        await street.background.idle()
        try:
            progress = await street.sender.look(batch.account, ref, addresses(batch))
        except Retryable:
            continue
        told.progress = progress
        told.outcomes |= {one.message_id: one.outcome for one in progress.reports}
        if progress.is_over:
            return
        if progress.is_accepted is False and may_send:
            again, _ = await _send(street, batch, ref)
            assert again == ref, "asked for the same group only"
    raise AssertionError("never over")
