"""Messages through SOLAPI: a group is made, filled, checked and released once (A11).

Brand messages here; what else SOLAPI carries takes the same way under its own name, each message
encoded in its own form (`solapi_alimtalk.py`, `solapi_lms.py`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from campaigns.senders.attempts import TOTAL_SECONDS, Line
from campaigns.senders.port import Filled
from campaigns.senders.solapi_auth import ApiKey
from campaigns.senders.solapi_bodies import encode_group, encode_message, parcels
from campaigns.senders.solapi_files import upload
from campaigns.senders.solapi_groups import (
    LEFT,
    NEVER_LEAVES,
    Group,
    Groups,
    Listed,
    Stage,
)
from campaigns.senders.solapi_reports import read_code
from campaigns.senders.solapi_wire import Wire
from domain.campaigns import Account, Batch, Outgoing, Progress, Report, SenderName
from domain.money import Jeon
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, SenderError, Unknown
from domain.time import Now
from domain.ways import PictureShape

PEOPLE_MAX = 1000
"""The API takes 10,000; smaller chunks lose less when one of them stays unknown."""
BASE_URL = "https://api.solapi.com"

ACCEPTED_EARLIER = ("GroupInProcessing", "AlreadySent", "ScheduledGroup")
NOT_PENDING = "InvalidStatus"
DUPLICATE = "1026"


class SolapiSender:
    """Keeps nothing in memory that matters: the group at SOLAPI is the record."""

    name = SenderName.SOLAPI
    people_max = PEOPLE_MAX
    needs_pf_id = True

    def __init__(
        self,
        *,
        api_key: str,
        api_secret: str,
        now: Now,
        base_url: str = BASE_URL,
        sender_number: str | None = None,
        timeout_seconds: float = TOTAL_SECONDS,
    ) -> None:
        line = Line(base_url, timeout_seconds=timeout_seconds)
        self._wire = Wire(line, ApiKey(key=api_key, secret=api_secret), now)
        self._groups = Groups(self._wire)
        self._sender_number = sender_number

    def encode(self, one: Outgoing, batch: Batch, sender_number: str | None) -> bytes:
        """One person's message; Rejected for a bubble that this sender does not carry."""
        return encode_message(one, batch, sender_number)

    async def upload(self, picture: bytes, shape: PictureShape) -> str:
        return await upload(self._wire, picture, shape)

    async def open(self, batch: Batch) -> str:
        """A lost answer leaves an empty group behind, which is harmless; another is made."""
        if self.needs_pf_id and batch.account.pf_id is None:
            raise Rejected("NO_PF_ID", f"channel {batch.account.channel_id}")
        try:
            return await self._groups.create(encode_group(batch))
        except Unknown as error:
            raise Retryable(error.code, error.detail) from error

    async def fill(self, batch: Batch, ref: str | None) -> Filled:
        """Puts the messages in once; whoever gets Retryable abandons the group.

        Nothing is ever put in twice: that SOLAPI would notice across requests is not
        certain (providers.md A11 step 3).
        """
        assert ref is not None, "open gave a reference"
        assert 1 <= len(batch.people) <= PEOPLE_MAX
        if (await self._pending(ref)).total != 0:
            return await self._compare(batch, ref)
        try:
            refused = await self._put(batch, ref)
        except Rejected:
            await self._pending(ref)
            raise
        except Unknown:
            return await self._compare(batch, ref)
        group = await self._pending(ref)
        if group.registered == len(batch.people) - len(refused):
            return Filled(refused=_reports(refused))
        return await self._compare(batch, ref)

    async def _put(self, batch: Batch, ref: str) -> dict[MessageId, str]:
        messages = [self.encode(one, batch, self._sender_number) for one in batch.people]
        answered: list[Listed] = []
        for parcel in parcels(messages):
            answered += await self._groups.put(ref, parcel)
        return _refused(answered)

    async def _compare(self, batch: Batch, ref: str) -> Filled:
        """Takes the group as it is when it holds each of our messages exactly once."""
        group = await self._pending(ref)
        listed = await self._groups.all_messages(ref, group)
        seen = Counter(one.message_id for one in listed)
        if seen != Counter(one.message_id for one in batch.people):
            raise Retryable("NOT_AS_ASKED", f"{len(listed)} of {len(batch.people)}")
        refused = _refused(listed)
        if group.registered != len(batch.people) - len(refused):
            raise Retryable("NOT_AS_COUNTED", f"{group.registered} registered")
        return Filled(refused=_reports(refused))

    async def _pending(self, ref: str) -> Group:
        """The group while it may still be changed; one that has left must not be replaced."""
        group = await self._groups.read(ref)
        if group.stage in LEFT:
            raise Unknown(group.stage, ref)
        if group.stage is not Stage.PENDING:
            raise Retryable(group.stage, ref)
        return group

    async def remove(self, batch: Batch, ref: str | None, gone: Sequence[MessageId]) -> None:  # noqa: ARG002 - the port's
        assert ref is not None, "open gave a reference"
        if not gone:
            return
        before = await self._pending(ref)
        there = _of(await self._groups.all_messages(ref, before), gone)
        if not there:
            return
        try:
            await self._groups.take_out(ref, [one.provider_id for one in there])
        except (Rejected, Unknown) as error:
            await self._make_sure_gone(ref, gone, error)
            return
        after = await self._pending(ref)
        if after.registered != _less(before.registered, there):
            await self._make_sure_gone(ref, gone, Retryable("STILL_COUNTED"))

    async def _make_sure_gone(
        self, ref: str, gone: Sequence[MessageId], doubt: SenderError
    ) -> None:
        await self._pending(ref)
        if _of(await self._groups.messages(ref), gone):
            raise Retryable(doubt.code, "not removed") from doubt

    async def send(self, batch: Batch, ref: str | None) -> str:  # noqa: ARG002 - the port's
        """May be repeated for the same group only, and only after `look` found it pending."""
        assert ref is not None, "open gave a reference"
        try:
            await self._groups.send(ref)
        except Rejected as error:
            if error.code in ACCEPTED_EARLIER:
                return ref
            if error.code != NOT_PENDING:
                raise
            return await self._ask_whether_left(ref, error)
        except Unknown as error:
            return await self._ask_whether_left(ref, error)
        return ref

    async def _ask_whether_left(self, ref: str, doubt: SenderError) -> str:
        """A group that reads pending may be about to leave, so that proves nothing yet."""
        try:
            group = await self._groups.read(ref)
        except Retryable as error:
            raise Unknown(doubt.code, error.code) from doubt
        if group.stage in LEFT:
            return ref
        raise Unknown(doubt.code, group.stage) from doubt

    async def look(self, account: Account, ref: str, people: Mapping[str, MessageId]) -> Progress:  # noqa: ARG002 - the port's
        group = await self._groups.read(ref)
        if group.stage is Stage.PENDING or group.stage in NEVER_LEAVES:
            return Progress(is_accepted=False, is_over=group.stage is not Stage.PENDING)
        if group.stage not in LEFT:
            return Progress(is_accepted=None, is_over=False)
        listed = await self._groups.messages(ref)
        codes = _codes(listed, people)
        reports = _reports(codes)
        is_told = len(reports) == len(codes) and len(listed) == group.total
        is_over = group.stage is Stage.COMPLETE and is_told
        return Progress(is_accepted=True, is_over=is_over, reports=reports)

    async def balance(self) -> Jeon:
        """Of the account: brand messages, AlimTalk and text messages are paid from one."""
        return await self._groups.balance()

    async def close(self) -> None:
        await self._groups.close()


def _refused(listed: Iterable[Listed]) -> dict[MessageId, str]:
    return {
        one.message_id: one.code
        for one in listed
        if one.message_id is not None and not one.is_registered
    }


def _of(listed: Iterable[Listed], gone: Sequence[MessageId]) -> list[Listed]:
    wanted = frozenset(gone)
    return [one for one in listed if one.message_id in wanted]


def _less(count: int | None, taken: Iterable[Listed]) -> int | None:
    return None if count is None else count - sum(one.is_registered for one in taken)


def _codes(listed: Iterable[Listed], people: Mapping[str, MessageId]) -> dict[MessageId, str]:
    """The code of each of our messages; a refused double never hides the one that counts."""
    codes: dict[MessageId, str] = {}
    for one in listed:
        message_id = one.message_id or people.get(one.address)
        if message_id is None or (one.code == DUPLICATE and message_id in codes):
            continue
        codes[message_id] = one.code
    return codes


def _reports(codes: Mapping[MessageId, str]) -> tuple[Report, ...]:
    read = (read_code(message_id, code) for message_id, code in codes.items())
    return tuple(report for report in read if report is not None)
