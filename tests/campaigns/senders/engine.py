"""The engine's rule for one chunk, without its books: what the contract is kept against."""

from dataclasses import dataclass, field

from campaigns.asking import ONE_REQUEST
from domain.campaigns import Batch, Outcome, Progress, Report, Sent
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, Unknown

from .conftest import Street, addresses, without

TRIES_MAX = 300
TRACELESS_MAX = 20
"""After so many looks that find nothing a person decides."""


@dataclass(slots=True)
class Told:
    """What the books would say in the end."""

    is_rejected: bool = False
    outcomes: dict[MessageId, Outcome] = field(default_factory=dict)
    opted_out: set[MessageId] = field(default_factory=set)
    progress: Progress | None = None

    def take(self, reports: tuple[Report, ...]) -> None:
        self.outcomes |= {one.message_id: one.outcome for one in reports}
        self.opted_out |= {one.message_id for one in reports if one.is_opt_out}

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
        ref, is_unknown = await _send(street, sent, ref, told)
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


async def _send(
    street: Street, batch: Batch, ref: str | None, told: Told
) -> tuple[str | None, bool]:
    """The reference to ask by, and whether only asking can tell what became of it."""
    for _ in range(TRIES_MAX):
        try:
            sent = await street.sender.send(batch, ref)
        except Retryable:
            if street.sender.name in ONE_REQUEST:
                ref = await _prepare(street, batch, ())
            continue
        except Unknown:
            return ref, True
        if isinstance(sent, Sent):
            told.take(sent.refused)
            return sent.ref, False
        return sent, False
    raise AssertionError("never sent")


async def _look(street: Street, batch: Batch, ref: str, told: Told, *, may_send: bool) -> None:
    traceless = 0
    for _ in range(TRIES_MAX):
        await street.background.idle()
        try:
            progress = await street.sender.look(batch.account, ref, addresses(batch))
        except Retryable:
            continue
        told.progress = progress
        told.take(progress.reports)
        traceless += progress.is_accepted is None
        if progress.is_over or traceless > TRACELESS_MAX or len(told.outcomes) == len(batch.people):
            return
        if progress.is_accepted is False and may_send:
            ref = await _send_again(street, batch, ref, told)
    raise AssertionError("never over")


async def _send_again(street: Street, batch: Batch, ref: str, told: Told) -> str:
    try:
        sent = await street.sender.send(batch, ref)
    except (Retryable, Unknown):
        return ref
    if isinstance(sent, Sent):
        told.take(sent.refused)
        return sent.ref
    assert sent == ref, "asked for the same group only"
    return ref
