"""Every point at which a sender's conversation can break, and one life lived through each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from campaigns.stopping import resume_campaign
from domain.campaigns import (
    BRAND_BUBBLES,
    BRAND_SENDERS,
    CHUNK_SIZE,
    PRODUCTS,
    BubbleKind,
    Product,
    SenderName,
)
from domain.people import CampaignId
from simulator.faults import Fault, Kind
from simulator.nhn_account import Verdict as NhnVerdict
from tests.factories import BUBBLE_OF, OWNER

from .harness import Life, open_life
from .town import Town
from .verdict import Verdict, judge

REGULARS = 250
"""Three chunks of the Event API."""

FEW = 60
"""Where chunks do not matter; the last of them has blocked the channel."""

ALONE = 1
"""All that a brand message of NHN's free form can carry: everybody's link is their own."""

TALK = "POST /v2/bots/*/talk"
TASK = "GET /v1/tasks/*"
GROUPS = "POST /messages/v4/groups"
PUT = "PUT /messages/v4/groups/*/messages"
READ = "GET /messages/v4/groups/*"
LIST = "GET /messages/v4/groups/*/messages"
TAKE_OUT = "DELETE /messages/v4/groups/*/messages"
SEND = "POST /messages/v4/groups/*/send"
FILES = "POST /storage/v1/files"
BALANCE = "GET /cash/v1/balance"
INSPECTED = "GET /kakao/v2/templates"
BRAND, ALIMTALK = "/brand-message/v1.0/appkeys/*", "/alimtalk/v2.3/appkeys/*"
TEMPLATES = f"POST {BRAND}/senders/*/templates"
BASIC = f"POST {BRAND}/basic-messages"
FREESTYLE = f"POST {BRAND}/freestyle-messages"
IMAGES = f"POST {BRAND}/images"
NHN_LIST = f"GET {BRAND}/messages"
NOTICE, NOTICE_LIST = f"POST {ALIMTALK}/messages", f"GET {ALIMTALK}/messages"
REPORTS = "reports"

FILLED = (GROUPS, PUT, READ, LIST)
ENDPOINTS: Mapping[SenderName, Sequence[str]] = {
    SenderName.KAKAO_EVENT: (TALK, TASK),
    SenderName.SOLAPI: (*FILLED, TAKE_OUT, SEND, BALANCE),
    SenderName.SOLAPI_ALIMTALK: (*FILLED, SEND, INSPECTED),
    SenderName.SOLAPI_LMS: (*FILLED, TAKE_OUT, SEND),
    SenderName.NHN: (TEMPLATES, BASIC, NHN_LIST),
    SenderName.NHN_ALIMTALK: (NOTICE, NOTICE_LIST),
}
"""Nobody is taken out of an AlimTalk's group: one person is all that it has."""

ONLY_ASKED = {
    (SenderName.SOLAPI_ALIMTALK, LIST),
    (SenderName.NHN, NHN_LIST),
    (SenderName.NHN_ALIMTALK, NOTICE_LIST),
}
"""Read only when the reports do not come, so there they are lost, too."""

RELEASE = {SenderName.SOLAPI: SEND, SenderName.NHN: BASIC}
UPLOAD = {SenderName.SOLAPI: FILES, SenderName.NHN: IMAGES}
KINDS: Sequence[Kind] = tuple(one for one in get_args(Kind) if not one.endswith("_reports"))
REPORT_KINDS: Sequence[Kind] = tuple(one for one in get_args(Kind) if one.endswith("_reports"))
CLEAR_KINDS = ("http_429", "skew_403")
"""The other side says that it did nothing; after any other fault it may have."""

AFTER_ACTING: Sequence[Kind] = (
    "close_after_acting",
    "half_reply",
    "http_500_after_acting",
    "slow",
)
NOT_DONE = ("-9999", "-7000")
"""The pretend NHN keeps the key of a refused request, as the real one may (providers.md F7)."""

DOUBTFUL_AT_NHN = (
    *(kind for kind in KINDS if kind not in (*AFTER_ACTING, "http_429")),
    *NOT_DONE,
)
"""Not done, which only its own words could say: a 403 without them is somebody in between."""

WEIGHTY: Sequence[Kind] = ("close_after_reading", "close_after_acting", "http_500", "http_429")
"""One of each sort, where the bubble changes nothing but the body."""

NHN_CODES = {
    f"{code}{' after acting' if has_acted else ''}": NhnVerdict(code, has_acted)
    for code in (-9999, -7000)
    for has_acted in (False, True)
} | {"-1017": NhnVerdict(-1017)}
"""NHN's own answers: of two nobody knows whether it was done, -1017 says that it was not."""

EMPTY = "402"
"""The account holds nothing; it is topped up, and the owner goes on."""

BEHIND = "close_after_acting, list behind"
"""Found neither at once nor under its key: posted again, an AlimTalk is answered -1005."""

BEHIND_SECONDS = 30.0

WITHDRAWING = {
    SenderName.KAKAO_EVENT: (TALK, 3),
    SenderName.SOLAPI: (PUT, 3),
    SenderName.SOLAPI_LMS: (PUT, 3),
    SenderName.NHN: (TEMPLATES, 3),
}
"""Someone refuses between the two gates: SOLAPI's removal is asked for, our skill gates."""

SLOW_SECONDS, SLOW_TIMEOUT_SECONDS = 1.3, 1.0
LATE_REPORT_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """`kind` is a fault of the line, or one that only a provider's own words can have."""

    sender: SenderName
    endpoint: str
    kind: str
    bubble: BubbleKind | None = None
    regulars: int = FEW

    @property
    def message(self) -> str:
        """What is sent, in the table's word."""
        if PRODUCTS[self.sender] is Product.ALIMTALK:
            return BubbleKind.NOTICE
        return self.bubble or BUBBLE_OF[self.sender]

    @property
    def is_traceless(self) -> bool:
        """Perhaps done, and nobody can be asked: or done by nobody, which nobody can prove."""
        if self.endpoint == TALK:
            return self.kind not in CLEAR_KINDS
        if self.endpoint == NOTICE:
            return self.kind in NOT_DONE
        return self.endpoint in (BASIC, FREESTYLE) and self.kind in DOUBTFUL_AT_NHN

    @property
    def unknown_max(self) -> int:
        """An answer that is lost before its reference leaves one chunk in doubt."""
        if not self.is_traceless:
            return 0
        is_notice = PRODUCTS[self.sender] is Product.ALIMTALK
        return 1 if is_notice else min(CHUNK_SIZE[self.sender], self.regulars + 2)

    def __str__(self) -> str:
        return f"{self.sender} {self.message} {self.endpoint} {self.kind}"


def _usual() -> Iterator[Point]:
    """Everything that each way asks of its provider, with every fault."""
    for sender, endpoints in ENDPOINTS.items():
        is_first = sender in (SenderName.KAKAO_EVENT, SenderName.SOLAPI)
        regulars = REGULARS if is_first else FEW
        for endpoint in endpoints:
            for kind in KINDS:
                yield Point(sender=sender, endpoint=endpoint, kind=kind, regulars=regulars)
        if sender is not SenderName.KAKAO_EVENT:
            for report in REPORT_KINDS:
                yield Point(sender=sender, endpoint=REPORTS, kind=report, regulars=regulars)


def _own() -> Iterator[Point]:
    """What only one provider says, and NHN's free form."""
    for sender in (SenderName.SOLAPI, SenderName.SOLAPI_LMS, SenderName.SOLAPI_ALIMTALK):
        yield Point(sender=sender, endpoint=SEND, kind=EMPTY)
    for code in NHN_CODES:
        yield Point(sender=SenderName.NHN, endpoint=BASIC, kind=code)
        yield Point(sender=SenderName.NHN_ALIMTALK, endpoint=NOTICE, kind=code)
    yield Point(sender=SenderName.NHN, endpoint=BASIC, kind=BEHIND)
    yield Point(sender=SenderName.NHN_ALIMTALK, endpoint=NOTICE, kind=BEHIND)
    for kind in (*KINDS, *NHN_CODES):
        yield Point(sender=SenderName.NHN, endpoint=FREESTYLE, kind=kind, regulars=ALONE)


def _pictured() -> Iterator[Point]:
    """Bubbles with pictures: each upload, and what lets them leave."""
    picture = BubbleKind.PICTURE
    for kind in KINDS:
        yield Point(sender=SenderName.KAKAO_EVENT, endpoint=TALK, kind=kind, bubble=picture)
    for sender in BRAND_SENDERS:
        for bubble in BRAND_BUBBLES:
            if bubble is not BubbleKind.TEXT:
                for kind in KINDS if bubble is picture else WEIGHTY:
                    yield Point(sender=sender, endpoint=UPLOAD[sender], kind=kind, bubble=bubble)
                for kind in WEIGHTY:
                    yield Point(sender=sender, endpoint=RELEASE[sender], kind=kind, bubble=bubble)


POINTS: Sequence[Point] = (*_usual(), *_own(), *_pictured())


async def live_through(town: Town, folder: Path, point: Point) -> Verdict:
    """One campaign with this fault, once, while one person refuses."""
    is_slow = point.kind == "slow"
    timeout_seconds = SLOW_TIMEOUT_SECONDS if is_slow else 10.0
    async with open_life(town, folder, timeout_seconds=timeout_seconds) as life:
        booked = await life.book_any(point.sender, point.bubble)
        arm(life, point)
        let_someone_refuse(life, point.sender)
        await life.run_until_still(life.make_worker())
        if point.kind == EMPTY and point.sender is not SenderName.SOLAPI_ALIMTALK:
            await _top_up(life, booked)
        verdict = await judge(life, *booked, unknown_max=point.unknown_max)
        assert has_happened(life, point), f"{point} was never reached"
    return verdict


def let_someone_refuse(life: Life, sender: SenderName) -> None:
    """In advertising; information does not ask for that."""
    if sender in WITHDRAWING:
        endpoint, number = WITHDRAWING[sender]
        life.moments.when(endpoint, lambda: life.refuse(number))


def arm(life: Life, point: Point) -> None:
    if point.kind == EMPTY:
        life.solapi.balance_won = 0
    elif point.kind in NHN_CODES:
        life.nhn.verdicts.append(NHN_CODES[point.kind])
    else:
        life.faults.arm(_fault(life, point))
        if (point.sender, point.endpoint) in ONLY_ASKED:
            life.faults.arm(Fault(endpoint=REPORTS, kind="drop_reports", times=FEW))


def _fault(life: Life, point: Point) -> Fault:
    if point.kind == BEHIND:
        life.switches.nhn_list_delay_seconds = BEHIND_SECONDS
        return Fault(endpoint=point.endpoint, kind="close_after_acting")
    kind = next(one for one in (*KINDS, *REPORT_KINDS) if one == point.kind)
    seconds = LATE_REPORT_SECONDS if point.endpoint == REPORTS else SLOW_SECONDS
    return Fault(endpoint=point.endpoint, kind=kind, seconds=seconds)


def has_happened(life: Life, point: Point) -> bool:
    """An empty account is proven by what it leads to: a pause, or nobody reached."""
    if point.kind in NHN_CODES:
        return not life.nhn.verdicts
    happened = [kind for _, kind in life.faults.happened]
    return point.kind == EMPTY or any(kind in point.kind for kind in happened)


async def _top_up(life: Life, booked: Sequence[CampaignId]) -> None:
    """The campaign has waited for it."""
    life.solapi.balance_won = 10_000_000
    for campaign_id in booked:
        whose = life.town.shop_id, campaign_id
        await life.books.write(resume_campaign, *whose, actor=OWNER, at=life.clock.now())
    await life.run_until_still(life.make_worker())
