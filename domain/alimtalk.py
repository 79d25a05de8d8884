"""AlimTalk: the texts we hand in for inspection, and filling them (providers.md D2, K14, K15).

An inspected text may not be changed by a letter afterwards: whoever hands in another one has it
checked here, by the same rules as ours.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from domain.bubbles import Notice
from domain.classifying import URGE
from domain.refusals import Invalid
from domain.ways import ALIMTALK_ONLY, NoticeUse

TEXT_MAX: Final = 1_000
"""D2: some take 1,300, but not all of them; the variables count as what stands in their place."""

VARIABLES_MAX: Final = 40
EXTRA_MAX: Final = 14
"""−1028: so much longer than its name may a value be. Whether `#{}` counts as part of the name is
not documented, so it does not."""

VARIABLE: Final = re.compile(r"#\{([^{}.\n]{1,20})\}")
SENDER: Final = "보내는가게이름"
"""A long name on purpose: it leaves room for a value of 21 letters."""

CONTACT: Final = "연락처"
WHO: Final = frozenset({SENDER, CONTACT})
"""Who tells it is no offer, whatever the shop is called (할인마트)."""

TEMPLATE: Final = "TEMPLATE"
"""No law's number: there is no approved template for it, or what it should say does not fit."""

GROUND: Final = re.compile(r"구매하신 .*안내예요\.$")
"""K14: what was bought is why; at the foot."""

TEXTS_VERSION: Final = "2026-11.a1"
"""The version of the texts below, as the proof of a statutory notice names it."""

TEXTS: Final[Mapping[NoticeUse, str]] = {
    NoticeUse.STAMP_SAVED: """[#{보내는가게이름}] 도장 적립 안내

도장 #{찍은도장}개를 찍었어요.
지금까지 모은 도장: #{모은도장} / #{필요한도장}개

구매하신 것에 찍어 드린 도장의 적립 안내예요.""",
    NoticeUse.COUPON_EARNED: """[#{보내는가게이름}] 쿠폰 적립 안내

도장을 다 모아 쿠폰이 나왔어요.
쿠폰: #{쿠폰이름}
기한: #{마지막날}까지

구매하신 것에 찍어 드린 도장으로 나온 쿠폰의 적립 안내예요.""",
    NoticeUse.COUPON_LAPSING: """[#{보내는가게이름}] 쿠폰 기한 안내

쿠폰: #{쿠폰이름}
기한: #{마지막날}까지

구매하신 것에 찍어 드린 도장으로 나온 쿠폰의 기한 안내예요.""",
    NoticeUse.CONSENT_RESULT: """[광고 수신 동의 처리 결과]

보내는 곳: #{보내는가게이름}
고르신 것: #{고르신것}
고르신 날: #{고르신날}
처리 결과: #{처리결과}

바꾸시려면 이 채팅방에 '소식 받기'나 '무료 수신거부'라고 보내시거나 #{연락처}로 말씀해 주세요. \
무료예요.""",
    NoticeUse.CONSENT_CONFIRM: """[광고 수신 동의 확인]

2년마다 알려 드리는 안내예요.
보내는 곳: #{보내는가게이름}
동의하신 것: 광고 수신
동의하신 날: #{고르신날}

그대로 두시려면: 아무것도 하지 않으셔도 돼요.
그만 받으시려면: 이 채팅방에 '무료 수신거부'라고 보내시거나 #{연락처}로 말씀해 주세요. \
무료로 바로 끊어 드려요.""",
    NoticeUse.ENQUIRY_ANSWERED: """[#{보내는가게이름}] 문의 답변 안내

여쭤보신 것에 답이 왔어요.
이 채팅방에 '보기'라고 보내시면 보여 드려요.

직접 남기신 문의에 대한 안내예요.""",
}
"""One text for each use. The answer to a question stands in the chat alone: no variable holds it,
and nobody but the person should read it."""

NAMES: Final[Mapping[NoticeUse, frozenset[str]]] = {
    use: frozenset(VARIABLE.findall(text)) for use, text in TEXTS.items()
}
"""What each use can fill; an inspected text needs no others."""


def check_text(use: NoticeUse, body: str) -> None:
    """Raises Invalid(body) for a text that we could not fill, or that would be no information."""
    names = tuple(VARIABLE.findall(body))
    problem = _size_problem(body, names) or _name_problem(use, body, names)
    if problem is None and URGE.search(body):
        problem = "사시라고 권하는 말은 알림톡에 쓸 수 없어요."
    if problem is None and use in ALIMTALK_ONLY and not GROUND.search(body.rstrip()):
        problem = "무엇을 사서 받은 것인지 끝에 적어 주세요. 예: 구매하신 … 안내예요."
    if problem:
        raise Invalid({"body": problem})


def _size_problem(body: str, names: Sequence[str]) -> str | None:
    if not body.strip():
        return "심사받은 글을 그대로 붙여 넣어 주세요."
    if len(body) > TEXT_MAX:
        return f"{TEXT_MAX:,}자까지예요. 지금은 {len(body):,}자예요."
    return f"변수는 {VARIABLES_MAX}개까지예요." if len(names) > VARIABLES_MAX else None


def _name_problem(use: NoticeUse, body: str, names: Sequence[str]) -> str | None:
    unknown = [name for name in dict.fromkeys(names) if name not in NAMES[use]]
    if unknown or "#{" in VARIABLE.sub("", body):
        return f"채울 수 없는 변수가 있어요: {' '.join(unknown) or '#{'}"
    return None if SENDER in names else f"누가 보내는지 알 수 있게 #{{{SENDER}}}을 넣어 주세요."


def fill_text(code: str, body: str, values: Mapping[str, str]) -> Notice:
    """The text with its values; every variable of it must be among them."""
    used = tuple(dict.fromkeys(VARIABLE.findall(body)))
    return Notice(
        code=code,
        values=tuple((name, values[name]) for name in used),
        text=VARIABLE.sub(lambda found: values[found[1]], body),
    )


def flaw_of_values(body: str, values: Mapping[str, str]) -> str | None:
    """The first rule that values would break in a text; None when it can be filled with them."""
    used = tuple(dict.fromkeys(VARIABLE.findall(body)))
    if any(name not in values or not _fits(name, values[name]) for name in used):
        return TEMPLATE
    if any(URGE.search(values[name]) for name in used if name not in WHO):
        return "K15"
    return TEMPLATE if len(fill_text("", body, values).text) > TEXT_MAX else None


def has_room(body: str, values: Mapping[str, str]) -> bool:
    """Whether these fit, of all that the text will be filled with."""
    used = VARIABLE.findall(body)
    return all(_fits(name, value) for name, value in values.items() if name in used)


def _fits(name: str, value: str) -> bool:
    return bool(value.strip()) and len(value) <= len(name) + EXTRA_MAX and "\n" not in value
