"""One whole campaign by each way and in each bubble, without a fault, before a world that refuses
whatever the real one might: nothing is refused, and every request is within its limits.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from domain.campaigns import BRAND_BUBBLES, BRAND_SENDERS, BubbleKind, MessageState, SenderName

from .conftest import Settled
from .harness import open_life
from .points import FEW, REGULARS
from .test_faults import ARRIVING
from .verdict import judge

CROWD = 1_010
"""More than one request takes."""

STRICT = {
    "strict_ads": True,
    "empty_outputs": "fail",
    "null_client_extra": True,
    "remember_signature": "before",
    "brand_hours": True,
    "nhn_unknown_fields": "refuse",
    "nhn_targeting_missing": "refuse",
    "nhn_refusal_status": 400,
    "nhn_key_kept": "always",
    "nhn_key_scope": "all",
    "nhn_brand_key": True,
    "nhn_brand_day_max": 1,
    "nhn_pending": "hidden",
    "report_form": "nested",
    "report_duplicate": True,
    "report_shuffle": True,
}
MEGABYTE = 1024 * 1024
EVENT_PEOPLE_MAX = 100  # kakao-chatbot.md 4.1
SOLAPI_BYTES_MAX, SOLAPI_PEOPLE_MAX = 15 * MEGABYTE, 10_000  # providers.md A6
FIELD_KEY_MAX, FIELD_MAX = 30, 100  # A3
FILE_BYTES_MAX = 500 * 1024  # A9
SUBJECT_BYTES_MAX, LMS_BYTES_MAX = 40, 2_000  # D1, in EUC-KR
ALIMTALK_MAX = 1_000  # D2
NHN_PEOPLE_MAX, GROUPING_MAX, NHN_MESSAGE_BYTES_MAX = 1_000, 100, 30 * 1024  # B2, B4, B7 (4144)
OK, REGISTERED = 200, "2000"

Json = dict[str, Any]
Case = tuple[SenderName, BubbleKind | None, int]
CASES: Sequence[Case] = (
    (SenderName.KAKAO_EVENT, BubbleKind.LIST, REGULARS),
    (SenderName.KAKAO_EVENT, BubbleKind.PICTURE, REGULARS),
    *((sender, bubble, FEW) for sender in BRAND_SENDERS for bubble in BRAND_BUBBLES),
    *((sender, BubbleKind.TEXT, CROWD) for sender in (*BRAND_SENDERS, SenderName.SOLAPI_LMS)),
    (SenderName.SOLAPI_ALIMTALK, None, FEW),
    (SenderName.NHN_ALIMTALK, None, FEW),
)
OF_CROWD = {
    SenderName.SOLAPI: CROWD - CROWD // FEW,
    SenderName.NHN: CROWD - CROWD // FEW,
    SenderName.SOLAPI_LMS: CROWD + 2,
}
"""One in sixty has blocked the channel; text messages reach two who are no friends."""


class Asked(NamedTuple):
    """A request of ours and what the world said to it."""

    point: str
    body: bytes
    status: int
    answer: bytes

    @property
    def said(self) -> Json:
        return dict(orjson.loads(self.answer))

    @property
    def given(self) -> Json:
        return dict(orjson.loads(self.body))


class Tap:
    def __init__(self) -> None:
        self.asked: list[Asked] = []

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        is_form = request.content_type.startswith("multipart/")  # can be read only once
        body = b"" if is_form else await request.read()
        response = await handler(request)
        assert isinstance(response, web.Response)
        assert isinstance(response.body, bytes)
        point = f"{request.method} {request.path}"
        self.asked.append(Asked(point, body, response.status, response.body))
        return response

    def of(self, start: str, end: str = "") -> Iterator[Asked]:
        return (
            one for one in self.asked if one.point.startswith(start) and one.point.endswith(end)
        )


@pytest.mark.parametrize(("sender", "bubble", "regulars"), CASES)
async def test_nothing_of_a_whole_campaign_is_refused_or_too_large(
    settled: Settled, tmp_path: Path, sender: SenderName, bubble: BubbleKind | None, regulars: int
) -> None:
    tap = Tap()
    async with open_life(await settled(regulars), tmp_path, watching=[tap.middleware]) as life:
        life.switches.change(STRICT)
        booked = await life.book_any(sender, bubble)

        await life.run_until_still(life.make_worker())

        verdict = await judge(life, *booked)
    assert not verdict.broken
    assert verdict.most_per_handset == 1
    assert verdict.count(MessageState.DELIVERED) == _everybody(sender, regulars)
    assert [one for one in tap.asked if one.status != OK] == []
    assert _released(tap, sender) > 0
    _check_kakao(tap)
    _check_solapi(tap)
    _check_nhn(tap)


def _everybody(sender: SenderName, regulars: int) -> int:
    """Here nobody refuses on the way; information never asks about that."""
    if regulars == CROWD:
        return OF_CROWD[sender]
    is_notice = sender in (SenderName.SOLAPI_ALIMTALK, SenderName.NHN_ALIMTALK)
    return ARRIVING[sender, regulars] + (0 if is_notice else 1)


def _released(tap: Tap, sender: SenderName) -> int:
    """How many requests let something leave by this way."""
    product = "brand-message" if sender is SenderName.NHN else "alimtalk"
    ends = {SenderName.KAKAO_EVENT: "/talk", SenderName.NHN: "/basic-messages"}
    is_nhn = sender in (SenderName.NHN, SenderName.NHN_ALIMTALK)
    start = f"POST /{product}" if is_nhn else "POST "
    return len(list(tap.of(start, ends.get(sender, "/messages" if is_nhn else "/send"))))


def _check_kakao(tap: Tap) -> None:
    for one in tap.of("POST /v2/bots", "/talk"):
        assert 0 < len(one.given["user"]) <= EVENT_PEOPLE_MAX


def _check_solapi(tap: Tap) -> None:
    for one in tap.of("POST /storage"):
        assert len(one.given["file"]) * 3 // 4 <= FILE_BYTES_MAX
    for one in tap.of("PUT /messages", "/messages"):
        messages = one.given["messages"]
        assert len(one.body) <= SOLAPI_BYTES_MAX
        assert 0 < len(messages) <= SOLAPI_PEOPLE_MAX
        assert {told["statusCode"] for told in one.said["resultList"]} == {REGISTERED}
        for message in messages:
            _check_message(message)


def _check_message(message: Json) -> None:
    assert all(
        len(key) <= FIELD_KEY_MAX and len(value) <= FIELD_MAX
        for key, value in message["customFields"].items()
    )
    if message["type"] == "LMS":
        assert len(message["subject"].encode("euc-kr")) <= SUBJECT_BYTES_MAX
        assert len(message["text"].encode("euc-kr")) <= LMS_BYTES_MAX
    if message["type"] == "ATA":
        assert len(message["text"]) <= ALIMTALK_MAX


def _check_nhn(tap: Tap) -> None:
    for product in ("/alimtalk", "/brand-message"):
        for one in (*tap.of(f"POST {product}"), *tap.of(f"GET {product}")):
            assert one.said["header"]["resultCode"] == 0, one.said
        for one in tap.of(f"POST {product}", "messages"):
            people = one.given["recipientList"]
            assert 0 < len(people) <= NHN_PEOPLE_MAX
            assert len(one.given["senderGroupingKey"]) <= GROUPING_MAX
            assert {told["resultCode"] for told in one.said["message"]["sendResults"]} == {0}
            largest = max(len(orjson.dumps(person)) for person in people)
            frame = len(one.body) - sum(len(orjson.dumps(person)) for person in people)
            assert frame + largest <= NHN_MESSAGE_BYTES_MAX
