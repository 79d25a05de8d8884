"""What both of NHN's products have in common: one request a chunk, and a name to ask by (B10).

Nothing is prepared there that could be used again, so a chunk whose answer was lost is looked for
under the grouping key that was in the books before it left.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from campaigns.senders.nhn_bodies import Content
from campaigns.senders.nhn_codes import OPTED_OUT, read_refusal, refusal_of
from campaigns.senders.nhn_places import Place, query_of
from campaigns.senders.nhn_reports import message_in, read_item
from campaigns.senders.nhn_wire import NhnWire
from campaigns.senders.port import Filled
from campaigns.senders.reading import NOTHING, Object, number_in, object_in, objects_in, text_in
from domain.campaigns import (
    SAME_NUMBER,
    Account,
    Batch,
    Outcome,
    Progress,
    Report,
    SenderName,
    Sent,
)
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, Unknown
from domain.time import Now

PEOPLE_MAX = 1_000
PAGE_SIZE = 1_000
PAGES_MAX = 5
UNSENT_FOR = timedelta(minutes=10)
"""Opened longer ago it is not made any more: its chunk's lease ends before, and it begins anew."""


class Request(NamedTuple):
    """Where a chunk is posted, and what; `key` as `NhnWire.post` has it."""

    path: str
    body: bytes
    key: str | None = None


class NhnSender:
    """Carries a chunk by one POST; what it posts is its subclass's.

    In memory is only which requests have certainly not been made: what is forgotten is doubted.
    """

    name: SenderName
    people_max = PEOPLE_MAX

    def __init__(self, wire: NhnWire, now: Now) -> None:
        self._wire = wire
        self._now = now
        self._unsent: dict[str, Content] = {}

    async def open(self, batch: Batch) -> str:
        """A name of ours for the request, in the books before it is made."""
        if batch.account.nhn_sender_key is None:
            raise Rejected("NO_SENDER_KEY", f"channel {batch.account.channel_id}")
        place, content = await self._prepare(batch, Place.new(batch.send_key, self._now()))
        ref = place.write()
        self._forget_until(place.opened_at - UNSENT_FOR)
        self._unsent[ref] = content
        return ref

    def _forget_until(self, at: datetime) -> None:
        for ref in list(self._unsent):
            place = Place.read(ref)
            if place is not None and place.opened_at > at:
                break
            del self._unsent[ref]

    async def _prepare(self, batch: Batch, place: Place) -> tuple[Place, Content]:  # noqa: ARG002 - a subclass's
        return place, NOTHING

    async def fill(self, batch: Batch, ref: str | None) -> Filled:  # noqa: ARG002 - the port's
        """Nothing guards a number that stands there twice (providers.md 0), so we do (I5)."""
        first = {one.address: one.message_id for one in reversed(batch.people)}
        doubles = (one.message_id for one in batch.people if first[one.address] != one.message_id)
        return Filled(refused=tuple(refusal_of(one, SAME_NUMBER[0]) for one in doubles))

    async def remove(self, batch: Batch, ref: str | None, gone: Sequence[MessageId]) -> None:  # noqa: ARG002 - the port's
        """`send` uses `batch.people`, from which the engine has taken who is gone; once a request
        may have been made, nobody can be taken out of it any more.
        """
        if gone and ref not in self._unsent:
            raise Retryable("MAY_HAVE_LEFT", ref or "")

    async def send(self, batch: Batch, ref: str | None) -> Sent:
        """May be repeated only while its key protects it, and only after `look` found nothing."""
        assert ref is not None, "open gave a reference"
        assert 1 <= len(batch.people) <= PEOPLE_MAX, "a chunk fits one request"
        place = Place.read(ref) or Place(ref, self._now())
        is_first = ref in self._unsent
        if not is_first and not place.is_protected(self._now()):
            raise Unknown("KEY_OLD", ref)
        request = self._request(batch, place, self._unsent.pop(ref, NOTHING))
        try:
            answer = await self._wire.post(request.path, request.body, key=request.key)
        except Rejected as refusal:
            if not is_first:  # says nothing of the first one
                raise Unknown(refusal.code, "refused again") from refusal
            if refusal.code == OPTED_OUT and len(batch.people) == 1:
                return Sent(ref, (refusal_of(batch.people[0].message_id, OPTED_OUT),))
            raise
        return _read_answer(batch, ref, object_in(answer, "message"))

    def _request(self, batch: Batch, place: Place, content: Content) -> Request:
        raise NotImplementedError

    async def look(self, account: Account, ref: str, people: Mapping[str, MessageId]) -> Progress:  # noqa: ARG002 - the port's
        items = await self._items(ref)
        if not items:
            return Progress(is_accepted=self._without_trace(ref), is_over=False)
        reports: dict[MessageId, Report] = {}
        for item in items:
            message_id = message_in(text_in(item, "recipientGroupingKey"))
            message_id = message_id or people.get(text_in(item, "recipientNo"))
            report = read_item(item, message_id, self._now()) if message_id else None
            if report is not None and not _is_delivered(reports.get(report.message_id)):
                reports[report.message_id] = report
        is_over = reports.keys() >= frozenset(people.values())
        return Progress(
            is_accepted=True,
            is_over=is_over,
            reports=tuple(reports.values()),
            ref=text_in(items[0], "requestId") or None if Place.read(ref) else None,
        )

    def _without_trace(self, ref: str) -> bool | None:  # noqa: ARG002 - a subclass's
        """What it means that nothing is found: lists may lag behind, so mostly nothing."""
        return None

    async def _items(self, ref: str) -> list[Object]:
        items: list[Object] = []
        for page in range(1, PAGES_MAX + 1):
            query = {**query_of(ref), "pageNum": str(page), "pageSize": str(PAGE_SIZE)}
            found = object_in(
                await self._wire.read("/messages", query) or NOTHING, "messageSearchResultResponse"
            )
            listed = objects_in(found, "messages")
            items += listed
            if not listed or len(items) >= (number_in(found, "totalCount") or 0):
                return items
        raise Retryable("PAGES", ref)

    async def close(self) -> None:
        await self._wire.close()


def _is_delivered(report: Report | None) -> bool:
    return report is not None and report.outcome is Outcome.DELIVERED


def _read_answer(batch: Batch, ref: str, message: Object) -> Sent:
    """Whom it refused; brand messages name people by their number alone (B4)."""
    by_number = {one.address: one.message_id for one in batch.people}
    refused: list[Report] = []
    for one in objects_in(message, "sendResults"):
        message_id = message_in(text_in(one, "recipientGroupingKey"))
        message_id = message_id or by_number.get(text_in(one, "recipientNo"))
        report = read_refusal(message_id, text_in(one, "resultCode")) if message_id else None
        if report is not None:
            refused.append(report)
    return Sent(text_in(message, "requestId") or ref, tuple(refused))
