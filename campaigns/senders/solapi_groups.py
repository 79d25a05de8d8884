"""Message groups at SOLAPI: made, filled, released and read (providers.md A6, A7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor
from typing import NamedTuple
from urllib.parse import quote

import orjson

from campaigns.senders.reading import Object, number_in, object_in, objects_in, text_in
from campaigns.senders.solapi_reports import message_in
from campaigns.senders.solapi_wire import Wire
from domain.money import JEON_PER_WON, Jeon
from domain.people import MessageId
from domain.refusals import Retryable, Unknown

PAGE_SIZE = 500
PAGES_MAX = 40
"""Twice what a group of 10,000 needs."""

REGISTERED = "2000"


class Stage(StrEnum):
    """Where a group stands; `GONE` is ours, for one that SOLAPI does not know."""

    PENDING = "PENDING"
    SCHEDULED = "SCHEDULED"
    SENDING = "SENDING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    DELETED = "DELETED"
    GONE = "GONE"
    OTHER = "OTHER"


LEFT = (Stage.SCHEDULED, Stage.SENDING, Stage.COMPLETE)
NEVER_LEAVES = (Stage.FAILED, Stage.DELETED, Stage.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    stage: Stage
    total: int | None
    registered: int | None


class Listed(NamedTuple):
    """One message as a group lists it, under SOLAPI's id and ours."""

    provider_id: str
    message_id: MessageId | None
    address: str
    code: str

    @property
    def is_registered(self) -> bool:
        return self.code == REGISTERED


class Groups:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def create(self, body: bytes) -> str:
        group_id = text_in(await self._wire.change("POST", "/messages/v4/groups", body), "groupId")
        if not group_id:
            raise Unknown("NO_GROUP_ID")
        return group_id

    async def put(self, group_id: str, parcel: bytes) -> list[Listed]:
        """Whom it did not take; the others are counted in the group."""
        answer = await self._wire.change("PUT", f"{_path(group_id)}/messages", parcel)
        listed = objects_in(answer, "resultList")
        return [_listed(one) for one in listed if one.get("statusCode") != REGISTERED]

    async def take_out(self, group_id: str, provider_ids: Sequence[str]) -> None:
        body = orjson.dumps({"messageIds": provider_ids})
        await self._wire.change("DELETE", f"{_path(group_id)}/messages", body)

    async def send(self, group_id: str) -> None:
        await self._wire.change("POST", f"{_path(group_id)}/send")

    async def read(self, group_id: str) -> Group:
        answer = await self._wire.read(_path(group_id))
        if answer is None:
            return Group(stage=Stage.GONE, total=None, registered=None)
        count = object_in(answer, "count")
        return Group(
            stage=_stage(text_in(answer, "status")),
            total=number_in(count, "total"),
            registered=number_in(count, "registeredSuccess"),
        )

    async def messages(self, group_id: str) -> list[Listed]:
        """All that the group lists by now; the list may lag behind its count (A7)."""
        listed: dict[str, Listed] = {}
        path, key = f"{_path(group_id)}/messages?limit={PAGE_SIZE}", ""
        for _ in range(PAGES_MAX):
            page = await self._wire.read(path + key) or {}
            for one in map(_listed, objects_in(page, "messageList")):
                listed[one.provider_id] = one
            next_key = text_in(page, "nextKey")
            if not next_key:
                return list(listed.values())
            key = f"&startKey={quote(next_key, safe='')}"
        raise Retryable("PAGES", group_id)

    async def all_messages(self, group_id: str, group: Group) -> list[Listed]:
        """Every message the group counts; Retryable while its list is not complete."""
        listed = await self.messages(group_id)
        if len(listed) != group.total:
            raise Retryable("LIST_BEHIND", f"{len(listed)} of {group.total}")
        return listed

    async def balance(self) -> Jeon:
        """Without the points: whether they pay for every kind of message is not documented (A9)."""
        told = (await self._wire.read("/cash/v1/balance") or {}).get("balance")
        if isinstance(told, bool) or not isinstance(told, int | float):
            raise Retryable("NO_BALANCE")
        return Jeon(floor(told * JEON_PER_WON))

    async def close(self) -> None:
        await self._wire.close()


def _path(group_id: str) -> str:
    return f"/messages/v4/groups/{quote(group_id, safe='')}"


def _stage(status: str) -> Stage:
    try:
        return Stage(status)
    except ValueError:
        return Stage.OTHER


def _listed(one: Object) -> Listed:
    return Listed(
        provider_id=text_in(one, "messageId"),
        message_id=message_in(one.get("customFields")),
        address=text_in(one, "to"),
        code=text_in(one, "statusCode"),
    )
