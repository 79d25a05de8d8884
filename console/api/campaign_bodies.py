"""What a program that sends news may say and what it is told."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from console.api.bodies import Said, Told
from domain.campaigns import BODY_MAX, CampaignState, PauseReason
from domain.parts import PART_LIMITS, PRICE_MAX, STORED_MAX
from domain.segments import PERCENT_MAX, Ready
from domain.subsidy import FairOrder

OWN_WON_MAX = 1_000_000
PARTS_MAX = max(one.most for one in PART_LIMITS.values())
PICTURE = r"^[0-9a-f]{64}$"

Shape = Literal["picture", "list", "wide", "items", "slides", "goods"]


class NewPart(Said):
    """여러 가지를 보이는 모양의 한 부분. 첫 번째 것은 소식의 body와 picture예요."""

    title: str = Field(min_length=1, max_length=STORED_MAX, examples=["무화과 식빵 5,500원"])
    text: str | None = Field(default=None, max_length=STORED_MAX, description="slides의 설명")
    picture: str | None = Field(
        default=None, pattern=PICTURE, description="가게 사진의 id. items와 slides에 있어야 해요"
    )
    link: str | None = Field(default=None, max_length=STORED_MAX, description="누르면 열리는 주소")
    price_won: int | None = Field(default=None, ge=1, le=PRICE_MAX, description="goods의 값")
    sale_won: int | None = Field(default=None, ge=1, le=PRICE_MAX, description="할인한 값")


class NewCampaign(Said):
    """소식 하나. segment와 own_segment 가운데 하나만 적고, 둘 다 없으면 모든 단골이에요."""

    body: str = Field(min_length=1, max_length=2 * BODY_MAX, examples=["오늘 식빵 20% 할인해요"])
    shape: Shape | None = Field(
        default=None, description="어떤 모양으로. 없으면 가게 사진과 글이고, 사진이 없으면 글만"
    )
    picture: str | None = Field(
        default=None, pattern=PICTURE, description="가게 사진의 id. 없으면 가게의 대표 사진"
    )
    parts: list[NewPart] = Field(
        default=[],
        max_length=PARTS_MAX,
        description="body 다음에 보일 것: items는 둘, slides는 하나에서 다섯, goods는 하나",
    )
    segment: Ready | None = Field(default=None, description="준비된 묶음의 이름")
    own_segment: int | None = Field(default=None, ge=1, description="가게가 만든 묶음의 id")
    due_at: AwareDatetime | None = Field(default=None, description="보낼 시각. 없으면 지금")
    is_good_moment: bool = Field(default=False, description="다음 좋은 때에 보내요")
    not_later_than: AwareDatetime | None = Field(
        default=None, description="이때까지 시작하지 못하면 보내지 않아요"
    )
    keeps_day: bool = Field(default=False, description="쉬는 날에도 보내요")
    holdout_percent: int = Field(default=0, ge=0, le=PERCENT_MAX)
    offer_id: int | None = Field(default=None, ge=1, description="함께 드릴 쿠폰")
    own_max_won: int = Field(default=0, ge=0, le=OWN_WON_MAX, description="내 돈을 쓸 수 있는 만큼")
    fair_order: FairOrder | None = Field(
        default=None, description="돈이 모자랄 때 누구부터. 없으면 모자랄 때 보내지 않아요"
    )


class Tried(Told):
    """보내 보기. 돈은 전(1/100원)이에요. 아무것도 적거나 보내지 않아요."""

    people: int = Field(description="받을 수 있는 분")
    reached: int = Field(description="돈이 닿는 분")
    refused: dict[str, int] = Field(description="빠지는 분: 규칙의 이름과 사람 수")
    cost_jeon: int
    free_jeon: int = Field(description="그 가운데 지원금")
    own_jeon: int = Field(description="그 가운데 내 돈")
    left_jeon: int = Field(description="남은 지원금")
    leaves_at: datetime
    ends_at: datetime
    can_leave: bool


class Campaign(Told):
    """소식의 지금 모습. recipients는 뒤의 여섯 수를 더한 것이에요."""

    id: int
    state: CampaignState
    paused_for: PauseReason | None
    body: str
    due_at: datetime
    not_later_than: datetime
    recipients: int
    delivered: int
    failed: int
    refused: int
    canceled: int
    waiting: int
    unknown: int
    left: int = Field(description="이미 떠난 분")
    seconds_left: int | None
    held_jeon: int
    spent_jeon: int


class SegmentCount(Told):
    """묶음 하나. 준비된 것은 name, 가게가 만든 것은 id로 불러요."""

    name: Ready | None
    id: int | None
    title: str | None = Field(description="가게가 붙인 이름")
    people: int
    cost_jeon: int


class Segments(Told):
    segments: list[SegmentCount]


class Pictures(Told):
    """가게가 올린 사진, 새것부터. id는 소식의 picture에 적어요."""

    pictures: list[str]
