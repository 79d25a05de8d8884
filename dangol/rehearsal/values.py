"""What a rehearsal is asked for, who plays in it, and what it is told at the end."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from domain.people import ChannelId, CustomerId, MarketId, ProgramId, ShopId, StaffId
from subsidy.channels import NewChannel

START: Final = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""A Friday at ten in Korea, so that two weeks see the end of a month."""


class Level(StrEnum):
    NONE = "none"
    SOME = "some"
    MANY = "many"


class Part(StrEnum):
    """How an owner goes about it; the first two shops are twins in everything but this."""

    NUDGED = "takes the weekly idea"
    ALONE = "is left alone"
    WEEKLY = "sends every week"
    SERIES = "lets it repeat itself"
    UNSURE = "changes their mind"


PARTS: Final = tuple(Part)


def twin_of(place: int) -> int:
    """Whose habits this shop's regulars have: the first two are twins."""
    return 0 if place <= 1 else place


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    shops: int
    days: int
    seed: int
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A shop as it stands in the books, with what the platform's side must know."""

    index: int
    part: Part
    name: str
    contact: str
    shop_id: ShopId
    channel_id: ChannelId
    owner_id: StaffId
    channel: NewChannel

    @property
    def owner(self) -> str:
        return f"owner:{self.owner_id}"

    @property
    def bot_id(self) -> str:
        return self.channel.bot_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """The program as it was opened, and its two managers."""

    program_id: ProgramId
    market_id: MarketId
    managers: tuple[StaffId, StaffId]
    places: tuple[Place, ...]


@dataclass(slots=True, kw_only=True)
class Regular:
    """Someone who comes every `gap_days`, until the day they go quiet.

    `customer_id` is None until they have joined; `woken_until` is how long a message is
    remembered.
    """

    person_id: str
    place: int
    number: int
    phone: str
    gap_days: float
    quiet_from: date | None
    customer_id: CustomerId | None = None
    woken_until: datetime | None = None
    is_blocking: bool = False


@dataclass(slots=True, kw_only=True)
class Diary:
    """What people really did, whatever our books make of it; `wants` is each yes and no to
    advertising with its instant, in order.
    """

    wants: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)
    shop_did: Counter[tuple[int, str]] = field(default_factory=Counter)

    def choose(self, person_id: str, at: datetime, *, wants: bool) -> None:
        self.wants.setdefault(person_id, []).append((at, wants))

    def note(self, what: str, place: int | None = None, count: int = 1) -> None:
        self.did[what] += count
        if place is not None:
            self.shop_did[place, what] += count

    def wanted(self, person_id: str, at: datetime) -> bool | None:
        """The last choice before an instant; None where none had been made."""
        said = [wants for since, wants in self.wants.get(person_id, []) if since < at]
        return said[-1] if said else None
