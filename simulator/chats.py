"""A chat between one person and one channel, as the person's phone remembers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from simulator.reading import Content
from simulator.wire import Json

EntryKind = Literal["words", "message", "note", "error"]

NO_TAGS: Mapping[str, str] = {}


class Block(NamedTuple):
    id: str
    name: str


class ChatEntry(NamedTuple):
    """One thing in the chat; `via` says how it came there."""

    position: int
    at: datetime
    kind: EntryKind
    via: str  # "typed", "reply", "event", "brand", "alimtalk", "sms", "note"
    text: str = ""
    content: Content | None = None
    tags: Mapping[str, str] = NO_TAGS
    block: Block | None = None


@dataclass(slots=True)
class Context:
    lifespan: int
    ttl_seconds: int | None
    params: Mapping[str, str]
    since: datetime

    def is_alive(self, at: datetime) -> bool:
        if self.lifespan < 1:
            return False
        # The unit of ttl is only presumed to be seconds (kakao-chatbot.md 2.10).
        return self.ttl_seconds is None or at < self.since + timedelta(seconds=self.ttl_seconds)


@dataclass(slots=True)
class Chat:
    entries: list[ChatEntry] = field(default_factory=list)
    quick_replies: list[Json] = field(default_factory=list)
    quick_reply_block: Block | None = None
    last_block: Block | None = None
    contexts: dict[str, Context] = field(default_factory=dict)
    is_entered: bool = False
    unread: int = 0

    def say(self, at: datetime, text: str) -> ChatEntry:
        return self._append(ChatEntry(len(self.entries), at, "words", "typed", text))

    def note(self, at: datetime, text: str, *, is_error: bool = False) -> ChatEntry:
        kind: EntryKind = "error" if is_error else "note"
        return self._append(ChatEntry(len(self.entries), at, kind, "note", text))

    def receive(
        self,
        at: datetime,
        via: str,
        content: Content,
        tags: Mapping[str, str] = NO_TAGS,
        block: Block | None = None,
    ) -> ChatEntry:
        self.unread += 1
        return self._append(
            ChatEntry(len(self.entries), at, "message", via, "", content, tags, block)
        )

    def _append(self, entry: ChatEntry) -> ChatEntry:
        self.entries.append(entry)
        return entry

    def take_turn(self, values: list[Json], at: datetime) -> None:
        """One turn passes: what lived gets older, then the answer's own contexts count anew."""
        for context in self.contexts.values():
            context.lifespan -= 1
        for value in values:
            ttl = value.get("ttl")
            self.contexts[str(value["name"])] = Context(
                int(value["lifeSpan"]),
                int(ttl) if ttl is not None else None,
                value.get("params") or {},
                at,
            )
        self.contexts = {
            name: context for name, context in self.contexts.items() if context.is_alive(at)
        }
