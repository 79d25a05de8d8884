"""The channels that speak with us, looked up by bot or profile id and kept for ten seconds."""

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from domain.people import ChannelId
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import ChannelRow, find_channel_by_bot, find_channel_by_public_id

KEPT_SECONDS = 10.0
KEPT_MAX = 4_096


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel with the secrets it may show; two are valid while they are changed over.

    `blocks`: what a block of its bot does, by the block's id.
    """

    channel_id: ChannelId
    name: str
    event_block_id: str
    blocks: Mapping[str, str]
    header_name: str
    header_secrets: tuple[bytes, ...] = field(repr=False)
    admin_keys: tuple[bytes, ...] = field(repr=False)

    def trusts(self, secret: str | None) -> bool:
        return _is_one_of(secret, self.header_secrets)

    def trusts_admin(self, key: str | None) -> bool:
        return _is_one_of(key, self.admin_keys)


class Channels:
    """A small cache, so that a turn needs no statement to know its channel."""

    def __init__(self, books: Books, seconds: Callable[[], float] = time.monotonic) -> None:
        self._books = books
        self._seconds = seconds
        self._kept: dict[tuple[str, str], tuple[float, Channel]] = {}

    async def by_bot(self, bot_id: str) -> Channel | None:
        return self._fresh(("bot", bot_id)) or await self._look("bot", bot_id, find_channel_by_bot)

    async def by_public_id(self, public_id: str) -> Channel | None:
        return self._fresh(("public", public_id)) or await self._look(
            "public", public_id, find_channel_by_public_id
        )

    def _fresh(self, key: tuple[str, str]) -> Channel | None:
        kept = self._kept.get(key)
        return kept[1] if kept and kept[0] > self._seconds() else None

    async def _look(
        self, kind: str, name: str, find: Callable[[Tx, str], ChannelRow | None]
    ) -> Channel | None:
        """Strangers are not kept: a channel just connected answers at once."""
        row = await self._books.read(find, name)
        if row is None:
            return None
        if len(self._kept) >= KEPT_MAX:
            self._kept.clear()
        channel = _channel(row)
        self._kept[kind, name] = self._seconds() + KEPT_SECONDS, channel
        return channel


def _channel(row: ChannelRow) -> Channel:
    secrets = orjson.loads(row.secrets)
    return Channel(
        channel_id=row.channel_id,
        name=row.name,
        event_block_id=row.event_block_id,
        blocks=orjson.loads(row.blocks or "{}"),
        header_name=secrets["header_name"],
        header_secrets=tuple(one.encode() for one in secrets["header_secrets"] if one),
        admin_keys=tuple(one.encode() for one in secrets["admin_keys"] if one),
    )


def _is_one_of(given: str | None, secrets: tuple[bytes, ...]) -> bool:
    """All are compared, in constant time; header bytes that are not UTF-8 are kept as they are."""
    shown = (given or "").encode("utf-8", "surrogateescape")
    return sum(hmac.compare_digest(shown, secret) for secret in secrets) > 0
