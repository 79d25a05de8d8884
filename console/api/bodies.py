"""What a till may say and what it is told, as models: the OpenAPI document is made from them."""

from datetime import datetime
from typing import Any, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from domain.coupons import CouponKind, CouponState
from domain.visits import ITEMS_MAX, SPEND_WON_MAX, VisitWay
from loyalty.till_coupons import RedemptionState

KEY = r"^[!-~]{1,60}$"
CODE = r"^[0-9]{4}$"
LIST_MAX = 200
NAME_MAX = 60
PHONE_MAX = 20
ITEMS_MEANS = "물건의 개수. lines가 있으면 보지 않아요."


def _without_null(schema: dict[str, Any]) -> None:
    """A field that may be left out is left out, never null: the document says what is taken."""
    for field in schema.get("properties", {}).values():
        kinds = [kind for kind in field.pop("anyOf", []) if kind != {"type": "null"}]
        for kind in kinds:
            field.update(kind)
        if kinds:
            field.pop("default", None)


def _one_of_two(schema: dict[str, Any]) -> None:
    _without_null(schema)
    schema["oneOf"] = [{"required": ["code"]}, {"required": ["phone"]}]


class Said(BaseModel):
    """What a till says: nothing is guessed, so that a slip of the pen is found (422)."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, json_schema_extra=_without_null
    )

    @field_validator("*", mode="after")
    @classmethod
    def _is_there(cls, value: object) -> object:
        if value is None:
            raise PydanticCustomError("null", "null")
        return value


class Line(Said):
    """한 가지 물건. 도장에서 빼기로 한 물건은 이름으로 알아봐요."""

    name: str = Field(min_length=1, max_length=NAME_MAX)
    count: int = Field(default=1, ge=1, le=ITEMS_MAX)


class NewVisit(Said):
    """방문 하나. code(손님이 보여 준 네 자리)와 phone(손님이 말한 번호) 가운데 하나만 적어요."""

    model_config = ConfigDict(json_schema_extra=_one_of_two)

    code: str | None = Field(default=None, pattern=CODE, examples=["4821"])
    phone: str | None = Field(default=None, max_length=PHONE_MAX, examples=["010-1234-5678"])
    items: int = Field(default=1, ge=1, le=ITEMS_MAX, description=ITEMS_MEANS)
    lines: tuple[Line, ...] = Field(default=(), max_length=ITEMS_MAX)
    spend_won: int | None = Field(default=None, ge=0, le=SPEND_WON_MAX)
    visited_at: AwareDatetime | None = Field(
        default=None, description="나중에 보내는 방문이면 그때의 시각 (RFC 3339, 7일 안)."
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.code is None) == (self.phone is None):
            raise PydanticCustomError("who", "who")
        return self


class ListedVisit(NewVisit):
    """모아 둔 방문 하나. key는 이 방문의 Idempotency-Key예요."""

    key: str = Field(pattern=KEY)


class VisitList(Said):
    """네트워크가 끊긴 동안 모아 둔 방문들. 하나가 거절되어도 나머지는 적혀요."""

    visits: tuple[ListedVisit, ...] = Field(min_length=1, max_length=LIST_MAX)


class NewRedemption(Said):
    """쿠폰을 써요. is_open이면 결제가 끝날 때까지 10분 동안 잡아 두기만 해요."""

    code: str = Field(pattern=CODE, examples=["4821"])
    spend_won: int | None = Field(default=None, ge=0, le=SPEND_WON_MAX)
    is_open: bool = False


class Use(Said):
    """잡아 둔 쿠폰을 쓸 때의 결제 금액."""

    spend_won: int | None = Field(default=None, ge=0, le=SPEND_WON_MAX)


class Told(BaseModel):
    """What a till is told; times are UTC."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Card(Told):
    """손에 든 도장 카드."""

    stamps: int
    needed: int
    number: int = Field(description="몇 번째 카드인지")
    lapses_at: datetime | None


class Coupon(Told):
    """쿠폰 한 장. 요일은 월요일이 0이고, 시간은 한국 시간이에요."""

    id: int
    title: str
    kind: CouponKind
    value: int = Field(description="percent는 %, won은 원, item과 bundle은 덤의 개수")
    item: str | None
    buy: int = Field(description="bundle에서 사야 하는 개수")
    min_spend_won: int
    weekdays: list[int]
    opens: str | None = Field(description="쓸 수 있는 시간의 시작, HH:MM")
    closes: str | None
    can_stack: bool = Field(description="다른 쿠폰과 함께 쓸 수 있는지")
    state: CouponState
    is_owed: bool = Field(description="이미 썼는데 도장을 준 방문이 취소된 쿠폰")
    expires_at: datetime


class Visit(Told):
    """적힌 방문의 지금 모습. 되풀이한 요청과 GET도 같은 것을 받아요."""

    id: int
    way: VisitWay
    is_proven: bool = Field(description="번호나 돌아가는 QR로 확인된 방문인지")
    stamps: int
    items: int
    spend_won: int | None
    visited_at: datetime
    recorded_at: datetime
    canceled_at: datetime | None
    visits: int = Field(description="이 손님이 이 가게에 온 횟수")
    card: Card | None
    earned: list[Coupon] = Field(description="이 방문으로 받은 쿠폰")


class Undone(Told):
    """취소한 방문. canceled와 owed는 처음 취소한 답에만 있어요."""

    visit: Visit
    canceled: list[int] = Field(description="함께 취소된 쿠폰의 id")
    owed: list[int] = Field(description="이미 써서 갚아야 할 쿠폰의 id")


class Redemption(Told):
    """쿠폰 사용 하나. discount_won이 null이면 값은 계산대가 알아요."""

    id: int
    state: RedemptionState
    coupon: Coupon
    spend_won: int | None
    discount_won: int | None
    began_at: datetime
    held_until: datetime | None


class FieldError(Told):
    pointer: str = Field(description="JSON Pointer", examples=["#/spend_won"])
    detail: str


class Problem(Told):
    """거절. title은 사람이, code는 프로그램이 읽어요 (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    errors: list[FieldError] = Field(default=[], description="어느 값이 왜 알맞지 않은지")


class ListAnswer(Told):
    """한 방문의 답: visit이나 problem. status가 500이면 그 방문을 다시 보내 주세요."""

    key: str
    status: int
    visit: Visit | None
    problem: Problem | None


class ListAnswers(Told):
    """보낸 차례대로."""

    answers: list[ListAnswer]
