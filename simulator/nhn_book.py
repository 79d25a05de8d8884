"""Send requests at NHN: who was written to with what, and what became of each (B2 to B4)."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from simulator.clock import KST, kst_stamp
from simulator.nhn_account import NhnAccount, NhnSender
from simulator.wire import Json

MessageType = Literal["ALIMTALK_NORMAL", "ALIMTALK_AUTH", "BRAND_MESSAGE_NORMAL"]
Kept = Literal["", "COMPLETED", "FAILED", "CANCEL"]

DELIVERED = "1000"
UNCONFIRMED = "3005"
REQUESTS_KEPT_MAX = 100_000
ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
ID_RANDOM_LENGTH = 4
ID_COUNT_DIGITS = 6

CODE_NAMES: Mapping[str, str] = {
    "1000": "성공", "1028": "해당 타겟팅 옵션을 사용할 수 없음",
    "2003": "메시지 전송 실패", "3005": "메시지를 발송했으나 수신 확인이 안 됨",
    "3016": "메시지 내용이 템플릿과 일치하지 않음", "3018": "메시지를 전송할 수 없음",
    "3019": "카카오톡 유저가 아님", "3020": "알림톡 수신 차단",
    "3021": "카카오톡 최소 버전 미지원", "3022": "발송 가능한 시간이 아님",
    "3050": "수신동의거부 스펙 (N타입) 미지원", "4138": "브랜드 메시지 메시지 개수 제한",
}  # fmt: skip
RESEND_NAMES: Mapping[str, str] = {
    "RSC01": "대체 발송 미대상", "RSC02": "대체 발송 대상", "RSC03": "대체 발송 중",
    "RSC04": "대체 발송 성공", "RSC05": "대체 발송 실패",
}  # fmt: skip


class Recipient:
    """One of a request; plain slots, because a benchmark makes hundreds of thousands of these."""

    __slots__ = (
        "code", "grouping_key", "is_friend", "number", "packed", "parameters", "received_at",
        "refuse_no", "resend", "resend_id", "resend_status", "seq", "status", "targeting", "text", "updated_at",
    )  # fmt: skip

    def __init__(self, seq: int, number: str, *, text: str = "", packed: bytes = b"") -> None:
        self.seq = seq
        self.number = number
        self.text = text
        self.packed = packed  # what the handset shows; empty: what the request says for all
        self.targeting = ""
        self.refuse_no = ""  # 080; empty: the profile's
        self.grouping_key: str | None = None
        self.parameters: Json | None = None
        self.resend: Json | None = None  # what to write instead, if anything (B6)
        self.resend_status = "RSC01"
        self.resend_id: str | None = None
        self.code = ""  # a delivery code of B7, once there is one
        self.status: Kept = ""
        self.is_friend: bool | None = None
        self.received_at: datetime | None = None
        self.updated_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Request:
    """`body` is what holds for all recipients, without their list."""

    request_id: str
    account: NhnAccount
    sender: NhnSender
    kind: MessageType
    body: Json
    created_at: datetime
    request_at: datetime
    packed: bytes = b""
    people: dict[int, Recipient] = field(default_factory=dict)
    has_left: bool = False

    @property
    def is_brand(self) -> bool:
        return self.kind == "BRAND_MESSAGE_NORMAL"

    @property
    def product(self) -> str:
        """As the statistics call it (extra1s)."""
        names = {"ALIMTALK_NORMAL": "ALIMTALK", "BRAND_MESSAGE_NORMAL": "BRAND_MESSAGE"}
        return names.get(self.kind, self.kind)

    def text_of(self, name: str) -> str | None:
        value = self.body.get(name)
        return str(value) if value is not None else None


class Book:
    """All requests of all accounts, and the only maker of ids."""

    def __init__(self, seed: int) -> None:
        self._requests: dict[str, Request] = {}
        self._random = random.Random(seed)  # noqa: S311 - ids only have to differ
        self._counter = 0
        self._brand_days: Counter[tuple[str, str, date]] = Counter()

    def next_id(self, at: datetime) -> str:
        """The KST stamp, then ten letters or digits, as the samples of the SMS service show."""
        self._counter += 1
        letters = "".join(self._random.choices(ID_ALPHABET, k=ID_RANDOM_LENGTH))
        return f"{kst_stamp(at)}{letters}{self._counter:0{ID_COUNT_DIGITS}d}"

    def keep(self, request: Request) -> None:
        while len(self._requests) >= REQUESTS_KEPT_MAX:
            self._requests.pop(next(iter(self._requests)))
        self._requests[request.request_id] = request

    def find(self, account: NhnAccount, request_id: str) -> Request | None:
        request = self._requests.get(request_id)
        return request if request is not None and request.account is account else None

    def of(self, account: NhnAccount) -> Iterator[Request]:
        return (one for one in self._requests.values() if one.account is account)

    def brand_today(self, request: Request, number: str, at: datetime) -> int:
        """How many brand messages this person got from this channel today (KST)."""
        return self._brand_days[request.sender.sender_key, number, at.astimezone(KST).date()]

    def note_brand(self, request: Request, number: str, at: datetime) -> None:
        self._brand_days[request.sender.sender_key, number, at.astimezone(KST).date()] += 1


def tags_of(request: Request, recipient: Recipient) -> dict[str, str]:
    """What tests count by. The one place that reads a grouping key: `run:message` of the recipient
    become the tags run and message, any other text the tag key; the sender's is the tag batch.
    """
    tags: dict[str, str] = {}
    batch = request.text_of("senderGroupingKey")
    if batch is not None:
        tags["batch"] = batch
    key = recipient.grouping_key
    if key is not None:
        run, found, message = key.partition(":")
        tags |= {"run": run, "message": message} if found else {"key": key}
    return tags
