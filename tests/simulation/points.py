"""Every point at which a sender's conversation can break, and one life lived through each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from domain.campaigns import CHUNK_SIZE, SenderName
from simulator.faults import Fault, Kind

from .harness import Life, open_life
from .town import Town
from .verdict import Verdict, judge

REGULARS = 250
"""Three chunks of the Event API."""

TALK = "POST /v2/bots/*/talk"
PUT = "PUT /messages/v4/groups/*/messages"
REPORTS = "reports"
ENDPOINTS = {
    SenderName.KAKAO_EVENT: (TALK, "GET /v1/tasks/*"),
    SenderName.SOLAPI: (
        "POST /messages/v4/groups",
        PUT,
        "GET /messages/v4/groups/*",
        "GET /messages/v4/groups/*/messages",
        "DELETE /messages/v4/groups/*/messages",
        "POST /messages/v4/groups/*/send",
    ),
}
KINDS: Sequence[Kind] = tuple(one for one in get_args(Kind) if not one.endswith("_reports"))
REPORT_KINDS: Sequence[Kind] = tuple(one for one in get_args(Kind) if one.endswith("_reports"))
CLEAR_KINDS = ("http_429", "skew_403")
"""The other side says that it did nothing; after any other fault it may have."""

WITHDRAWING = {SenderName.KAKAO_EVENT: (TALK, 3), SenderName.SOLAPI: (PUT, 3)}
"""Someone refuses between the two gates: SOLAPI's removal is asked for, our skill gates."""

SLOW_SECONDS, SLOW_TIMEOUT_SECONDS = 1.3, 1.0
LATE_REPORT_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    sender: SenderName
    endpoint: str
    kind: Kind

    @property
    def unknown_max(self) -> int:
        """An Event API answer that is lost before its task id leaves one chunk in doubt."""
        is_in_doubt = self.endpoint == TALK and self.kind not in CLEAR_KINDS
        return CHUNK_SIZE[self.sender] if is_in_doubt else 0

    def __str__(self) -> str:
        return f"{self.sender} {self.endpoint} {self.kind}"


POINTS: Sequence[Point] = (
    *(
        Point(sender=sender, endpoint=endpoint, kind=kind)
        for sender, endpoints in ENDPOINTS.items()
        for endpoint in endpoints
        for kind in KINDS
    ),
    *(Point(sender=SenderName.SOLAPI, endpoint=REPORTS, kind=kind) for kind in REPORT_KINDS),
)


async def live_through(town: Town, folder: Path, point: Point) -> Verdict:
    """One campaign with this fault, once, while one person refuses."""
    is_slow = point.kind == "slow"
    timeout_seconds = SLOW_TIMEOUT_SECONDS if is_slow else 10.0
    async with open_life(town, folder, timeout_seconds=timeout_seconds) as life:
        life.faults.arm(_fault(point))
        let_someone_refuse(life, point.sender)
        campaign_id = await life.book(point.sender)
        await life.run_until_still(life.make_worker())
        verdict = await judge(life, campaign_id, unknown_max=point.unknown_max)
        assert life.faults.happened, f"{point} was never reached"
    return verdict


def let_someone_refuse(life: Life, sender: SenderName) -> None:
    endpoint, number = WITHDRAWING[sender]
    life.moments.when(endpoint, lambda: life.refuse(number))


def _fault(point: Point) -> Fault:
    seconds = LATE_REPORT_SECONDS if point.endpoint == REPORTS else SLOW_SECONDS
    return Fault(endpoint=point.endpoint, kind=point.kind, seconds=seconds)
