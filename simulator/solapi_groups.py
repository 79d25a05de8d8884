"""Message groups at the provider: what they hold and how they count (providers.md A4, A6)."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import orjson

from simulator.clock import iso_utc, kst_stamp
from simulator.solapi_auth import ProviderError
from simulator.values import SolapiAccount
from simulator.wire import Json

ACCEPTED = "2000"
HANDED_OVER = "3000"
DELIVERED = "4000"
NOTHING: Json = {}
PENDING_CODES = (ACCEPTED, HANDED_OVER)

ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
ID_RANDOM_LENGTH = 7
ID_COUNT_DIGITS = 8
# Named in every group, used or not: both official clients read them (A4).
CHARGED_KINDS = (
    "sms", "lms", "mms", "ata", "cta", "cti", "nsa", "rcs_sms", "rcs_lms", "rcs_mms", "rcs_tpl",
)  # fmt: skip
GROUP_MESSAGES_MAX = 1_000_000
GROUPS_KEPT_MAX = 100_000

STATUS_MESSAGES = {
    "1010": "필수 값 누락", "1011": "형식 오류", "1025": "알 수 없는 메시지 타입",
    "1026": "중복 수신번호", "1031": "길이 초과", "1032": "customFields 오류",
    "1033": "kakaoOptions를 쓸 수 없는 타입", "1034": "imageId 오류", "1041": "채널 오류",
    "1042": "템플릿 오류", "1043": "템플릿 내용 불일치", "1047": "허용되지 않은 버튼",
    "1046": "버튼 필수 값 누락", "1049": "버튼 이름 길이 초과", "1050": "버튼 개수 초과",
    "1051": "이미지 오류", "1061": "080 수신거부", "1062": "발신번호 미등록",
    "2000": "정상 접수(이통사로 접수 예정)", "3000": "이통사로 접수됨(리포트 대기)",
    "3102": "채널 친구가 아님", "3104": "카카오톡 미사용자", "3106": "채널 오류",
    "3107": "알림톡 차단", "3108": "발송 가능 시간이 아님", "4000": "발송 처리 완료",
}  # fmt: skip


class GroupStatus(StrEnum):
    PENDING = "PENDING"
    SCHEDULED = "SCHEDULED"
    SENDING = "SENDING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    DELETED = "DELETED"


# What a send of a group in this state answers (A5); 409 means that it was accepted earlier.
SEND_REFUSALS = {
    GroupStatus.SENDING: (409, "GroupInProcessing"),
    GroupStatus.SCHEDULED: (409, "ScheduledGroup"),
    GroupStatus.COMPLETE: (409, "AlreadySent"),
    GroupStatus.DELETED: (400, "DeletedGroup"),
    GroupStatus.FAILED: (400, "FailedGroup"),
}


class Message:
    """Plain slots and packed bytes: a benchmark makes hundreds of thousands of these."""

    __slots__ = (
        "code", "created_at", "fields", "is_refused", "is_replaced", "kind", "message_id",
        "packed", "pf_id", "sender", "targeting", "to", "updated_at", "wants_fallback",
    )  # fmt: skip

    def __init__(self, message_id: str, body: Json, kind: str, code: str, at: datetime) -> None:
        self.message_id = message_id
        # Copied, because orjson's own result keeps the kilobyte it was written into.
        self.packed = bytes(memoryview(orjson.dumps(body)))
        self.kind = kind
        self.to: str = body.get("to") or ""
        self.sender: str = body.get("from") or ""
        fields = body.get("customFields")
        self.fields: dict[str, str] = fields if isinstance(fields, dict) else {}
        self.pf_id = self.targeting = ""
        self.wants_fallback = True
        options = body.get("kakaoOptions")
        if options and code == ACCEPTED:
            self.pf_id = options["pfId"]
            self.targeting = (options.get("bms") or NOTHING).get("targeting") or ""
            self.wants_fallback = options.get("disableSms") is not True
        self.code = code
        self.is_refused = code != ACCEPTED
        self.is_replaced = False
        self.created_at = at
        self.updated_at = at

    def body(self) -> Json:
        return dict(orjson.loads(self.packed))


@dataclass(slots=True, kw_only=True)
class Money:
    """Whole won, as the provider shows it."""

    requested: int = 0
    replacement: int = 0
    refund: int = 0

    def as_json(self) -> Json:
        total = self.requested + self.replacement - self.refund
        return {
            "requested": self.requested,
            "replacement": self.replacement,
            "refund": self.refund,
            "sum": total,
        }


@dataclass(slots=True, kw_only=True)
class Group:
    group_id: str
    account: SolapiAccount
    created_at: datetime
    allow_duplicates: bool = False
    custom_fields: Json = field(default_factory=dict)
    status: GroupStatus = GroupStatus.PENDING
    messages: dict[str, Message] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)  # accepted ones only
    count: Counter[str] = field(default_factory=Counter)
    money: Money = field(default_factory=Money)
    log: list[Json] = field(default_factory=list)
    scheduled_at: datetime | None = None
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    updated_at: datetime | None = None
    order: list[str] = field(default_factory=list)  # ids in order, made when first paged

    def note(self, at: datetime, message: str) -> None:
        self.updated_at = at
        self.log.append({"createAt": iso_utc(at), "message": message})

    def sendable(self) -> Iterator[Message]:
        return (message for message in self.messages.values() if not message.is_refused)

    def price(self, kind: str) -> int:
        return self.account.prices.get(kind, 0)

    def cost(self) -> int:
        return sum(self.price(kind) * count for kind, count in self.kinds.items())

    def remove(self, message_id: str) -> bool:
        message = self.messages.pop(message_id, None)
        if message is None:
            return False
        self.order.clear()
        self.count["total"] -= 1
        self.count["registeredFailed" if message.is_refused else "registeredSuccess"] -= 1
        if not message.is_refused:
            self.kinds[message.kind] -= 1
            self.numbers.discard(message.to)
        return True

    def as_json(self) -> Json:
        names = (
            "total", "sentTotal", "sentFailed", "sentSuccess", "sentPending",
            "sentReplacement", "refund", "registeredFailed", "registeredSuccess",
        )  # fmt: skip
        charged = {kind.lower(): {"82": count} for kind, count in self.kinds.items() if count}
        prices = {kind.lower(): price for kind, price in self.account.prices.items()}
        return {
            "count": {name: self.count[name] for name in names},
            "countForCharge": {kind: {} for kind in CHARGED_KINDS} | charged,
            "balance": self.money.as_json(),
            "point": Money().as_json(),
            "app": {"profit": dict.fromkeys(CHARGED_KINDS, 0), "appId": None},
            "customFields": self.custom_fields,
            "log": self.log,
            "status": self.status.value,
            "allowDuplicates": self.allow_duplicates,
            "isRefunded": self.money.refund > 0,
            "accountId": self.account.account_id,
            "masterAccountId": None,
            "apiVersion": "4",
            "groupId": self.group_id,
            "price": {"82": prices},
            "scheduledDate": _date(self.scheduled_at),
            "dateSent": _date(self.sent_at),
            "dateCompleted": _date(self.completed_at),
            "dateCreated": _date(self.created_at),
            "dateUpdated": _date(self.updated_at or self.created_at),
        }


class GroupBook:
    """All groups of all accounts, and the only maker of ids."""

    def __init__(self, seed: int) -> None:
        self._groups: dict[str, Group] = {}
        self._random = random.Random(seed)  # noqa: S311 - ids only have to differ
        self._counter = 0

    def create(self, account: SolapiAccount, at: datetime, options: Json) -> Group:
        while len(self._groups) >= GROUPS_KEPT_MAX:
            self._groups.pop(next(iter(self._groups)))
        custom_fields = options.get("customFields")
        group = Group(
            group_id=next(self.ids("G4V", at)),
            account=account,
            created_at=at,
            allow_duplicates=options.get("allowDuplicates") is True,
            custom_fields=custom_fields if isinstance(custom_fields, dict) else {},
        )
        group.note(at, "메시지 그룹이 생성되었습니다.")
        self._groups[group.group_id] = group
        return group

    def ids(self, prefix: str, at: datetime) -> Iterator[str]:
        """A4: prefix, KST stamp, 15 letters or digits; here 7 random ones and a counter."""
        letters = "".join(self._random.choices(ID_ALPHABET, k=ID_RANDOM_LENGTH))
        head = f"{prefix}{kst_stamp(at)}{letters}"
        while True:
            self._counter += 1
            yield f"{head}{self._counter:0{ID_COUNT_DIGITS}d}"

    def get(self, account: SolapiAccount, group_id: str) -> Group:
        group = self._groups.get(group_id)
        if group is None or group.account is not account:
            raise ProviderError(404, "ResourceNotFound", "그룹을 찾을 수 없습니다.")
        return group

    def of(self, account: SolapiAccount) -> Iterator[Group]:
        return (group for group in self._groups.values() if group.account is account)

    def clear(self) -> None:
        self._groups.clear()


def _date(at: datetime | None) -> str | None:
    return iso_utc(at) if at else None
