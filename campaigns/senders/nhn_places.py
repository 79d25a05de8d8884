"""Under which name NHN knows a request of ours, before and after it has answered (B3, B4, B10)."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

from domain.refusals import Rejected
from domain.time import in_kst

KEY_MAX = 12
REF_MAX = 64
"""As long as a chunk's reference may be in our books."""

BEFORE, AFTER = timedelta(hours=1), timedelta(days=1)
"""Where a request of ours is looked for: their clock is not ours, and it leaves at once. Far less
than the 30 days that a question may span."""

REPEAT_FOR = timedelta(minutes=8)
"""How long the same key protects a second request, with a margin: it is kept for ten minutes (B1)."""


class Place(NamedTuple):
    """A name of our own for one request: all that there is to ask by when its answer is lost.

    `key` is the grouping key and, for AlimTalk, the idempotency key; `template` the brand template
    that was made for it, if any.
    """

    key: str
    opened_at: datetime
    template: str = ""

    @classmethod
    def new(cls, send_key: str, at: datetime) -> Self:
        seconds = int(at.timestamp())
        return cls(f"{send_key[:KEY_MAX]}.{seconds:x}.{secrets.token_hex(4)}", at)

    @classmethod
    def read(cls, ref: str) -> Self | None:
        """None for what NHN calls the request itself."""
        key, _, template = ref.partition(":")
        parts = key.rsplit(".", 2)
        if len(parts) != 3:  # noqa: PLR2004 - as `new` writes it
            return None
        return cls(key, datetime.fromtimestamp(int(parts[1], 16), UTC), template)

    def write(self) -> str:
        ref = f"{self.key}:{self.template}" if self.template else self.key
        if len(ref) > REF_MAX:
            raise Rejected("TEMPLATE_CODE", self.template)
        return ref

    def is_protected(self, at: datetime) -> bool:
        return at - self.opened_at < REPEAT_FOR


def query_of(ref: str) -> Mapping[str, str]:
    """How both products are asked about one request."""
    place = Place.read(ref)
    if place is None:
        return {"requestId": ref}
    return {
        "startRequestDate": _minute(place.opened_at - BEFORE),
        "endRequestDate": _minute(place.opened_at + AFTER),
        "senderGroupingKey": place.key,
    }


def _minute(at: datetime) -> str:
    return in_kst(at).strftime("%Y-%m-%d %H:%M")
