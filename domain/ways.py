"""The ways to a person: which product a message needs, what it asks of the person, what it costs.

Which way serves whom is a program's own order, not code (`WayLine`); what no order may overrule
is the gate's (domain/gate.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.campaigns import BubbleKind, MessageKind, SenderName
from domain.money import Jeon, format_won
from domain.particles import ENDINGS
from domain.time import Window

NOTHING = Jeon(0)


class NoticeUse(StrEnum):
    """What an AlimTalk template tells (providers.md D2); each is information (K14, K15)."""

    STAMP_SAVED = "stamp_saved"
    COUPON_EARNED = "coupon_earned"
    COUPON_LAPSING = "coupon_lapsing"
    CONSENT_RESULT = "consent_result"
    CONSENT_CONFIRM = "consent_confirm"
    ENQUIRY_ANSWERED = "enquiry_answered"


ALIMTALK_ONLY: Final = frozenset(
    {NoticeUse.STAMP_SAVED, NoticeUse.COUPON_EARNED, NoticeUse.COUPON_LAPSING}
)
"""What the Event API never brings: of stamps and coupons only an inspected text may tell (K14)."""


class TemplateState(StrEnum):
    """Where an AlimTalk template stands with its inspector (providers.md A9, B9)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    DORMANT = "dormant"


class PictureShape(StrEnum):
    """For which bubble a provider keeps a picture; each has a shape of its own (B4, A9)."""

    PICTURE = "picture"
    WIDE = "wide"
    FIRST_ITEM = "first_item"
    ITEM = "item"
    SLIDE = "slide"
    GOODS = "goods"


WAY_WORDS: Final[Mapping[SenderName, str]] = {
    SenderName.KAKAO_EVENT: "카카오톡(채팅방)",
    SenderName.SOLAPI: "카카오톡(번호)",
    SenderName.SOLAPI_ALIMTALK: "카카오톡(알림)",
    SenderName.SOLAPI_LMS: "문자",
    SenderName.NHN: "카카오톡(번호)",
    SenderName.NHN_ALIMTALK: "카카오톡(알림)",
}
"""What an owner calls it: one word for a product, whoever carries it. Managers read the names of
the providers (templates/pages/parts/ways.html).
"""

PAYER: Final[Mapping[SenderName, SenderName | None]] = {
    SenderName.KAKAO_EVENT: None,
    SenderName.SOLAPI: SenderName.SOLAPI,
    SenderName.SOLAPI_ALIMTALK: SenderName.SOLAPI,
    SenderName.SOLAPI_LMS: SenderName.SOLAPI,
    SenderName.NHN: None,
    SenderName.NHN_ALIMTALK: None,
}
"""Under whose name the balance of the account is kept that pays for a way; None where a provider
tells none (nothing found for KakaoTalk's Event API and for NHN)."""

SAME_SHAPE: Final[Mapping[BubbleKind, tuple[BubbleKind, ...]]] = {
    BubbleKind.LIST: (BubbleKind.LIST, BubbleKind.TEXT),
    BubbleKind.TEXT: (BubbleKind.TEXT, BubbleKind.LIST),
}
"""Words alone are a list card in the chatbot and a text elsewhere; to an owner they are the same."""


class WhyNot(StrEnum):
    """Why a way cannot carry a message; `WHY_NOT_WORDS` has it for an owner."""

    OFF = "off"
    ACCOUNT = "account"
    CHANNEL = "channel"
    CERTIFICATE = "certificate"
    TEXT = "text"
    BUBBLE = "bubble"
    PRICE = "price"
    HOURS = "hours"
    BALANCE = "balance"
    NOBODY = "nobody"


WHY_NOT_WORDS: Final[Mapping[WhyNot, str]] = {
    WhyNot.OFF: "프로그램에서 쓰지 않는 길이에요.",
    WhyNot.ACCOUNT: "아직 이 길로 보낼 계정이 없어요.",
    WhyNot.CHANNEL: "톡채널에 이 길로 보낼 준비가 아직 안 됐어요.",
    WhyNot.CERTIFICATE: "문자 광고를 보내도 되는 업체인지(전송자격인증) 확인되지 않았어요.",
    WhyNot.TEXT: "사장님이 문자로 보내기를 켜지 않으셨어요.",
    WhyNot.BUBBLE: "이 모양은 이 길로 보낼 수 없어요.",
    WhyNot.PRICE: "한 명 값이 아직 정해지지 않았어요.",
    WhyNot.HOURS: "그 시각에는 이 길을 쓰지 않아요.",
    WhyNot.BALANCE: "이 길로 보낼 돈이 업체 계정에 모자라요.",
    WhyNot.NOBODY: "이 길로 닿는 분이 없어요.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLine:
    """One place in a program's order: passed over while its provider holds less than `least_jeon`,
    and outside its `hours` (KST) where it has some.
    """

    sender: SenderName
    least_jeon: Jeon = NOTHING
    hours: Window | None = None


Order = Sequence[WayLine]
"""The ways of one kind of message, the first one first."""

DEFAULT_ORDER: Final[Mapping[MessageKind, Order]] = {
    MessageKind.ADVERTISEMENT: (
        WayLine(sender=SenderName.KAKAO_EVENT),
        WayLine(sender=SenderName.SOLAPI),
        WayLine(sender=SenderName.NHN),
        WayLine(sender=SenderName.SOLAPI_LMS),
    ),
    MessageKind.INFORMATION: (
        WayLine(sender=SenderName.KAKAO_EVENT),
        WayLine(sender=SenderName.SOLAPI_ALIMTALK),
        WayLine(sender=SenderName.NHN_ALIMTALK),
    ),
}
"""Of a program that has written none; no other way carries this kind (K2, K15)."""

WAYS_FOR: Final[Mapping[MessageKind, frozenset[SenderName]]] = {
    kind: frozenset(line.sender for line in order) for kind, order in DEFAULT_ORDER.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayFacts:
    """How a way stands for one message, with VAT.

    `bubble`: how it would draw the shape that is asked for, None when it cannot. `people` may get
    it by this way, by the gate; `cost_jeon` is for all of them. `unit_jeon` is None while the way
    has no price. `is_granted`: free cash pays it. `balance_jeon` is what its provider held when
    last asked, None where nobody tells. `lacks`: what is missing before anything else is asked.
    """

    sender: SenderName
    leaves_at: datetime
    people: int
    bubble: BubbleKind | None
    unit_jeon: Jeon | None
    cost_jeon: Jeon = NOTHING
    is_granted: bool = True
    balance_jeon: Jeon | None = None
    lacks: WhyNot | None = None

    @property
    def words(self) -> str:
        return WAY_WORDS[self.sender]

    @property
    def by(self) -> str:
        """카카오톡(채팅방)으로, 문자로."""
        last = self.words.partition("(")[0][-1]
        has_end = (ord(last) - ord("가")) % ENDINGS != 0
        return self.words + ("으로" if has_end else "로")


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A way that was not chosen: why it cannot carry this, None where it could."""

    facts: WayFacts
    why_not: WhyNot | None

    @property
    def words(self) -> str:
        """For an owner: what it would do, or why it cannot."""
        if self.why_not is not None:
            return WHY_NOT_WORDS[self.why_not]
        assert self.facts.unit_jeon is not None, "what could carry it has a price"
        own = "" if self.facts.is_granted else ", 내 돈으로"
        return f"{self.facts.people:,}명에게 닿아요. 한 명 {format_won(self.facts.unit_jeon)}{own}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The cheapest lawful way and why; the others in the program's order, those it does not use
    last. `chosen` is None when no way can carry it.
    """

    chosen: WayFacts | None
    why: str
    others: tuple[Other, ...]

    def of(self, sender: SenderName) -> Other:
        """How one way stands, chosen or not."""
        if self.chosen is not None and self.chosen.sender is sender:
            return Other(facts=self.chosen, why_not=None)
        return next(one for one in self.others if one.facts.sender is sender)

    @property
    def ranked(self) -> list[SenderName]:
        """All ways, the one that would be proposed first; what cannot carry it stands last."""
        first = [] if self.chosen is None else [Other(facts=self.chosen, why_not=None)]
        return [one.facts.sender for one in sorted((*first, *self.others), key=_weight)]

    def besides(self, sender: SenderName) -> list[Other]:
        """What an owner may take instead of one way: a line for each word, and where several carry
        the same, the cheapest that can.
        """
        first = [] if self.chosen is None else [Other(facts=self.chosen, why_not=None)]
        found: dict[str, Other] = {}
        for one in sorted((*first, *self.others), key=_weight):
            if one.facts.words != WAY_WORDS[sender]:
                found.setdefault(one.facts.words, one)
        return list(found.values())


def drawn_as(
    shape: BubbleKind, draws: Mapping[SenderName, Sequence[BubbleKind]], sender: SenderName
) -> BubbleKind | None:
    """How a way draws a shape, None when it cannot."""
    like = SAME_SHAPE.get(shape, (shape,))
    return next((one for one in like if one in draws[sender]), None)


def why_not(facts: WayFacts, line: WayLine | None) -> WhyNot | None:
    """The first reason against a way, None when it can carry the message as the program's order
    has it. What the gate refuses stands in `people` already.
    """
    if line is None:
        return WhyNot.OFF
    reasons = (
        (facts.lacks, facts.lacks is not None),
        (WhyNot.BUBBLE, facts.bubble is None),
        (WhyNot.PRICE, facts.unit_jeon is None),
        (WhyNot.NOBODY, facts.people == 0),
        (WhyNot.HOURS, line.hours is not None and not line.hours.contains(facts.leaves_at)),
        (WhyNot.BALANCE, not _has_balance(facts, line)),
    )
    return next((reason for reason, applies in reasons if applies), None)


def _has_balance(facts: WayFacts, line: WayLine) -> bool:
    return facts.balance_jeon is None or facts.balance_jeon >= max(line.least_jeon, facts.cost_jeon)


def propose(facts: Sequence[WayFacts], order: Order) -> Proposal:
    """Free cash before the owner's own money, then the lower price for one person, then the
    program's order (docs/decisions/0033). How many it reaches does not outweigh its price: whom it
    does not reach can be sent to apart, and nobody is paid for at a dearer price than they need.
    """
    lines = {line.sender: (place, line) for place, line in enumerate(order)}
    weighed = []
    for one in facts:
        place, line = lines.get(one.sender, (len(lines), None))
        weighed.append((place, Other(facts=one, why_not=why_not(one, line))))
    weighed.sort(key=lambda pair: pair[0])
    able = [one for _, one in weighed if one.why_not is None]
    # The first of equals: they stand in the program's order.
    chosen = min(able, key=_weight).facts if able else None
    return Proposal(
        chosen=chosen,
        why=_why(chosen, [one.facts for one in able], is_shape=_is_shape(weighed)),
        others=tuple(one for _, one in weighed if one.facts is not chosen),
    )


def _weight(one: Other) -> tuple[bool, bool, int]:
    """The smaller the better; what cannot carry it comes last."""
    return one.why_not is not None, not one.facts.is_granted, one.facts.unit_jeon or 0


def _is_shape(weighed: Sequence[tuple[int, Other]]) -> bool:
    """Whether some way only fails for how the message looks."""
    return any(one.why_not is WhyNot.BUBBLE for _, one in weighed)


def _why(chosen: WayFacts | None, able: Sequence[WayFacts], *, is_shape: bool) -> str:
    if chosen is None or chosen.unit_jeon is None:
        return "지금은 이 소식을 보낼 수 있는 길이 없어요."
    price = f"한 명 {format_won(chosen.unit_jeon)}"
    # Another provider of the same product is no other way to an owner.
    able = [one for one in able if one is chosen or one.words != chosen.words]
    most = max(one.people for one in able)
    reach = f"{chosen.people:,}명 모두에게" if chosen.people == most else f"{chosen.people:,}명에게"
    if len(able) == 1:
        if is_shape:
            only = f"이 모양은 {chosen.by}만 갈 수 있어요."
        else:
            only = f"지금 보낼 수 있는 길은 {chosen.words}뿐이에요."
        return f"{only} {chosen.people:,}명, {price}이에요."
    units = [one.unit_jeon for one in able if one.unit_jeon is not None]
    if chosen.is_granted and min(units) < chosen.unit_jeon:
        return f"{chosen.by} 보내면 {reach} 닿고 지원금으로 낼 수 있어요: {price}"
    if units.count(chosen.unit_jeon) > 1:
        return f"{chosen.by} 보내면 {reach} 닿아요. 값이 같은 길 가운데 먼저예요: {price}"
    return f"{chosen.by} 보내면 {reach} 닿고 가장 싸요: {price}"


ACCOUNT_CODES = frozenset(
    {
        "NotEnoughBalance",
        *("-1000", "-1001", "-1002", "-1003", "-1006", "-1024", "-1027", "-2017", "-1030", "-2502"),
        *("-1019", "-3340", "-3341", "-3345"),
    }
)
"""What providers say when the account, its sender or its 080 number is the trouble, and nothing is
wrong with the message or its people (providers.md A5, B7).
"""
