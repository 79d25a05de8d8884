"""A provider's bill beside what we recorded. A bill is evidence: nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.bills import Bill, BillLine, Kind, OurChunk, Pair, as_billed, compare
from domain.campaigns import ChunkState, SenderName
from domain.money import Jeon
from domain.people import MessageId, ProgramId
from domain.statements import month_starts, next_month
from storage.desk import Tx
from storage.queries.bills import (
    BilledChunk,
    find_chunks_of_messages,
    list_chunks_of_ids,
    list_chunks_of_refs,
    list_refs_elsewhere,
    list_sent_chunks,
)

MESSAGE_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What one side counts; jeon, in the bill's terms."""

    count: int
    amount_jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    pairs: Sequence[Pair]
    has_amounts: bool

    def of(self, kind: Kind) -> list[Pair]:
        return [pair for pair in self.pairs if pair.kind is kind]

    def differences(self) -> list[Pair]:
        """What a person has to look at: all but what fits and what is another program's."""
        quiet = (Kind.MATCHED, Kind.ELSEWHERE)
        return [pair for pair in self.pairs if pair.kind not in quiet]

    def billed(self, *kinds: Kind) -> Sums:
        lines = [pair.billed for pair in self.pairs if pair.kind in kinds and pair.billed]
        return Sums(
            count=sum(line.count for line in lines),
            amount_jeon=Jeon(sum(line.amount_jeon or 0 for line in lines)),
        )

    def ours(self, *kinds: Kind) -> Sums:
        chunks = [pair.ours for pair in self.pairs if pair.kind in kinds and pair.ours]
        return Sums(
            count=sum(chunk.count for chunk in chunks),
            amount_jeon=Jeon(sum(chunk.amount_jeon for chunk in chunks)),
        )


def compare_bill(
    tx: Tx, program_id: ProgramId, sender: SenderName, month: date, bill: Bill, *, has_vat: bool
) -> Compared:
    """The bill of a month (its first day, KST) beside the chunks that left in it, and beside
    those of other months that it names. `has_vat`: whether its amounts contain VAT.

    A reference is what the provider called a chunk, or the number of one of our messages, which
    goes out with each (`customFields.message`, SOLAPI); the provider's own message ids we do not
    keep.
    """
    chunks = list_sent_chunks(tx, program_id, sender, *month_of(month))
    named = [line.reference for line in bill.lines]
    chunks += list_chunks_of_refs(tx, program_id, sender, named)
    chunk_of = {chunk.provider_ref: chunk.chunk_id for chunk in chunks if chunk.provider_ref}
    unknown = [line for line in bill.lines if line.reference not in chunk_of]
    by_message = find_chunks_of_messages(tx, program_id, sender, _message_ids(unknown))
    chunk_of |= {str(message_id): chunk_id for message_id, chunk_id in by_message.items()}
    chunks += list_chunks_of_ids(tx, program_id, sender, set(by_message.values()))
    ours = {chunk.chunk_id: _ours(chunk, has_vat=has_vat) for chunk in chunks}
    strange = [line.reference for line in unknown if line.reference not in chunk_of]
    elsewhere = list_refs_elsewhere(tx, program_id, sender, strange)
    return Compared(
        pairs=compare(bill, chunk_of, ours, elsewhere),
        has_amounts=any(line.amount_jeon is not None for line in bill.lines),
    )


def month_of(first: date) -> tuple[datetime, datetime]:
    """When a Korean month begins and ends."""
    return month_starts(first), month_starts(next_month(first))


def _message_ids(lines: Sequence[BillLine]) -> list[MessageId]:
    return [
        MessageId(int(line.reference))
        for line in lines
        if line.reference.isascii()
        and line.reference.isdigit()
        and len(line.reference) <= MESSAGE_DIGITS_MAX
    ]


def _ours(chunk: BilledChunk, *, has_vat: bool) -> OurChunk:
    amount_jeon = as_billed(
        chunk.posted_jeon,
        unit_jeon=chunk.unit_jeon,
        net_jeon=chunk.net_jeon,
        vat_percent=chunk.vat_percent,
        has_vat=has_vat,
    )
    return OurChunk(
        chunk_id=chunk.chunk_id,
        shop_name=chunk.shop_name,
        reference=chunk.provider_ref,
        started_at=chunk.started_at,
        count=chunk.delivered,
        amount_jeon=amount_jeon,
        slack_jeon=chunk.rounds_to_jeon,
        is_open=chunk.state is not ChunkState.SETTLED,
    )
