"""The law as a table: may this go to this person now? At least three rows for each rule."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.bubbles import Action, Bubble, Button, Row, Text, TextCard
from domain.campaigns import HELD_OUT, BubbleKind, MessageKind, SenderName
from domain.compliance import REFUSE_BUTTON, Sign, advertise, inform
from domain.gate import (
    CAP_DAY,
    CAP_WEEK,
    FRIENDS_ONLY,
    REGULAR,
    RESTING,
    SENDER_DAY,
    Content,
    Recipient,
    judge,
    may_leave,
    needs_friend,
)
from domain.marks import flaw_of
from domain.people import Friend
from domain.time import KAKAO_DAY, KST, LAW_DAY
from tests.domain.by_number import ROWS_BY_NUMBER, as_regular, is_reachable

EVENT, SOLAPI = SenderName.KAKAO_EVENT, SenderName.SOLAPI
AD, INFORMATION = MessageKind.ADVERTISEMENT, MessageKind.INFORMATION
NOON = time(12)
SIGN = Sign(name="연남빵집", contact="02-123-4567")
WORDS = "오늘 3시에 식빵이 나와요."
NUMBERS = [*(f"L{number}" for number in range(1, 17)), *(f"K{number}" for number in range(1, 9))]
OURS = (RESTING, CAP_WEEK, CAP_DAY, HELD_OUT, "L18", "L21", "L44", "L68", "K15")
"""Rules beside L1–L16 and K1–K8 by which the gate refuses."""


def at(clock_time: time) -> datetime:
    return datetime.combine(datetime(2026, 11, 25, tzinfo=KST), clock_time, KST).astimezone(UTC)


def person(**changed: Any) -> Recipient:
    """A regular who may be sent to, but for what is named."""
    return REGULAR._replace(**changed)


def halted(kind: MessageKind = AD, sender: SenderName = EVENT) -> Content:
    return Content(kind, sender, is_halted=True)


def barred(minutes: float, kind: MessageKind = AD, sender: SenderName = EVENT) -> Content:
    """Its channel is under a sanction until so many minutes after noon."""
    return Content(kind, sender, barred_until=at(NOON) + timedelta(minutes=minutes))


def shown(bubble: Bubble, kind: MessageKind = AD, sender: SenderName = EVENT) -> Content:
    """A message as it is drawn, read by the gate's own reader."""
    return Content(kind, sender, flaw=flaw_of(kind, bubble, SIGN))


def drawn(kind: BubbleKind, **changed: Any) -> Bubble:
    """A sound advertisement, but for what is named."""
    return replace(advertise(kind, SIGN, WORDS, "https://dangol.test/media/1"), **changed)


def sound_text() -> str:
    bubble = advertise(BubbleKind.TEXT, SIGN, WORDS, None)
    assert isinstance(bubble, Text)
    return bubble.text


def button(label: str, action: Action = Action.SAY, target: str | None = None) -> Button:
    return Button(label=label, action=action, target=label if target is None else target)


MAIL, BRAND = Content(AD, EVENT), Content(AD, SOLAPI)
NEWS = Content(INFORMATION, EVENT)
PICTURE, LIST, TEXT = BubbleKind.PICTURE, BubbleKind.LIST, BubbleKind.TEXT
TELL = button("전화로 수신거부", Action.CALL, "080-123-4567")
TABLE: list[tuple[str | None, Content, Recipient, time]] = [
    # Nothing stands in the way.
    (None, MAIL, person(), NOON),
    (None, BRAND, person(), NOON),
    (None, NEWS, person(), NOON),
    (None, MAIL, person(), time(8)),
    (None, BRAND, person(), time(20, 49, 59, 999_999)),
    # L1: no advertisement without consent; information needs none.
    ("L1", MAIL, person(has_advertising_consent=False), NOON),
    ("L1", BRAND, person(has_advertising_consent=False), NOON),
    ("L1", MAIL, person(has_advertising_consent=False, friend=Friend.NONE), NOON),
    ("L1", MAIL, person(has_advertising_consent=False, is_of_age=False), NOON),
    (None, NEWS, person(has_advertising_consent=False), NOON),
    # L4: after a refusal, nothing; a block is a refusal, and it comes before everything else.
    ("L4", MAIL, person(has_withdrawn=True), NOON),
    ("L4", BRAND, person(has_withdrawn=True, has_advertising_consent=False), NOON),
    ("L4", MAIL, person(friend=Friend.BLOCKED), NOON),
    ("L4", BRAND, person(friend=Friend.BLOCKED, has_address=False), NOON),
    (None, NEWS, person(has_withdrawn=True), NOON),
    # The person's own rest, whatever the sender.
    (RESTING, MAIL, person(is_resting=True), NOON),
    (RESTING, BRAND, person(is_resting=True), NOON),
    (RESTING, BRAND, person(is_resting=True, has_address=False), NOON),
    ("L4", MAIL, person(is_resting=True, has_withdrawn=True), NOON),
    # L5: not at night; there is no night consent here, so nobody is excepted.
    ("L5", MAIL, person(), time(21)),
    ("L5", BRAND, person(), time(23, 59, 59)),
    ("L5", MAIL, person(), time(0)),
    ("L5", BRAND, person(), time(7, 59, 59)),
    ("L5", MAIL, person(), time(7, 59, 59, 999_999)),
    ("L5", MAIL, person(has_withdrawn=True), time(3)),
    ("L5", NEWS, person(), time(21)),
    (None, NEWS, person(), time(20, 59, 59)),
    # L6: exactly `(광고)` first.
    (None, shown(drawn(LIST)), person(), NOON),
    ("L6", shown(drawn(LIST, header="연남빵집")), person(), NOON),
    ("L6", shown(drawn(PICTURE, title="(광 고) 연남빵집")), person(), NOON),
    ("L6", shown(drawn(PICTURE, title="[광고] 연남빵집")), person(), NOON),
    ("L6", shown(Text(f" {sound_text()}"), sender=SOLAPI), person(), NOON),
    ("L6", shown(Text("(대출광고) 연남빵집 02-123-4567"), sender=SOLAPI), person(), NOON),
    # L7: who speaks, and how to reach them.
    (None, shown(Text(sound_text()), sender=SOLAPI), person(), NOON),
    ("L7", shown(drawn(LIST, header="(광고) 반가운 빵집")), person(), NOON),
    ("L7", shown(drawn(LIST, rows=(Row(title=WORDS),))), person(), NOON),
    ("L7", shown(Text("(광고) 연남빵집\n문의는 가게로"), sender=SOLAPI), person(), NOON),
    # L8: the way to refuse is the last thing.
    (None, shown(drawn(PICTURE)), person(), NOON),
    ("L8", shown(drawn(LIST, buttons=())), person(), NOON),
    ("L8", shown(drawn(LIST, buttons=(REFUSE_BUTTON, button("보기")))), person(), NOON),
    ("L8", shown(drawn(PICTURE, buttons=(button("그만"),))), person(), NOON),
    # L9: as text, not in the picture.
    ("L9", shown(drawn(PICTURE, title="연남빵집", image_alt="(광고) 연남빵집")), person(), NOON),
    (
        "L9",
        shown(drawn(PICTURE, description=WORDS, image_alt="문의 02-123-4567")),
        person(),
        NOON,
    ),
    (
        "L9",
        shown(drawn(PICTURE, title="(광고) 빵", description="02-123-4567", image_alt="연남빵집")),
        person(),
        NOON,
    ),
    (None, shown(drawn(PICTURE, image_alt="(광고) 연남빵집 02-123-4567")), person(), NOON),
    # L10: it costs nothing, and says so.
    ("L10", shown(drawn(LIST, buttons=(button("수신거부"),))), person(), NOON),
    ("L10", shown(drawn(PICTURE, buttons=(TELL,))), person(), NOON),
    (
        "L10",
        shown(drawn(LIST, buttons=(button("무료 수신거부", Action.CALL, "02-1"),))),
        person(),
        NOON,
    ),
    (None, shown(drawn(LIST, buttons=(REFUSE_BUTTON,))), person(), NOON),
    # L11: in one tap: no page to log in to, no words that ask back.
    (
        "L11",
        shown(drawn(LIST, buttons=(button("무료 수신거부", Action.LINK, "https://a.kr"),))),
        person(),
        NOON,
    ),
    (
        "L11",
        shown(drawn(PICTURE, buttons=(button("무료 수신거부", Action.SAY, "왜 거부하나요"),))),
        person(),
        NOON,
    ),
    (
        "L11",
        shown(drawn(LIST, buttons=(button("무료 수신거부", Action.STAFF),))),
        person(),
        NOON,
    ),
    (
        None,
        shown(drawn(LIST, buttons=(button("왜 받았나요?", Action.LINK, "/w"), REFUSE_BUTTON))),
        person(),
        NOON,
    ),
    # L12: nothing that pretends to be the refusal, nothing that tricks into an answer.
    (
        "L12",
        shown(drawn(LIST, buttons=(button("무료 수신거부", target="쿠폰"), REFUSE_BUTTON))),
        person(),
        NOON,
    ),
    (
        "L12",
        shown(drawn(LIST, rows=(Row(title="축하해요, 당첨! 답장 주세요 02-123-4567"),))),
        person(),
        NOON,
    ),
    (
        "L12",
        shown(Text(f"(광고) 연남빵집 미납 확인: 회신 바람 {SIGN.contact}"), sender=SOLAPI),
        person(),
        NOON,
    ),
    (None, shown(drawn(LIST, buttons=(button("당첨 보기"), REFUSE_BUTTON))), person(), NOON),
    # L16: what a law forbids to sell; campaigns/gate.py reads the words (domain/forbidden.py).
    ("L16", Content(AD, EVENT, flaw="L16"), person(), NOON),
    ("L16", Content(AD, SOLAPI, flaw="L16"), person(), NOON),
    ("L16", Content(AD, EVENT, flaw="L16"), person(has_advertising_consent=False), NOON),
    # L21: the kill switch stops advertising, and what the law wants said goes on.
    ("L21", halted(), person(), NOON),
    ("L21", halted(sender=SOLAPI), person(), NOON),
    ("L21", halted(), person(has_withdrawn=True), NOON),
    (None, halted(INFORMATION), person(), NOON),
    # L44: not to children.
    ("L44", MAIL, person(is_of_age=False), NOON),
    ("L44", BRAND, person(is_of_age=False), NOON),
    ("L44", MAIL, person(is_of_age=False, friend=Friend.NONE), NOON),
    # L68: who left no number is not asked for one; they cannot be reached.
    ("L68", BRAND, person(has_address=False), NOON),
    ("L68", BRAND, person(has_address=False), time(8)),
    ("L68", MAIL, person(has_address=False), NOON),
    # K1: KakaoTalk carries no advertisement from 20:50, whatever the law allows.
    ("K1", MAIL, person(), time(20, 50)),
    ("K1", BRAND, person(), time(20, 50)),
    ("K1", MAIL, person(), time(20, 59, 59)),
    ("K1", BRAND, person(), time(20, 59, 59, 999_999)),
    (None, NEWS, person(), time(20, 50)),
    # K2: a brand message is an advertisement by its kind; information goes another way.
    ("K2", Content(INFORMATION, SOLAPI), person(), NOON),
    ("K2", Content(INFORMATION, SOLAPI), person(), time(8)),
    ("K2", Content(INFORMATION, SOLAPI), person(friend=Friend.NONE), NOON),
    # K3: what is mixed is an advertisement, and not let through as information.
    (None, shown(inform(SIGN, "답이 왔어요."), INFORMATION), person(), NOON),
    ("K3", shown(inform(SIGN, "(광고) 답이 왔어요."), INFORMATION), person(), NOON),
    (
        "K3",
        shown(TextCard(title="(광고) 연남빵집", description="답"), INFORMATION),
        person(),
        NOON,
    ),
    ("K3", Content(INFORMATION, EVENT, flaw="K3"), person(), NOON),
    # K4: only the channel's own friends are asked for; the others need approvals nobody has.
    (None, Content(AD, SOLAPI, reach=FRIENDS_ONLY), person(), NOON),
    ("K4", Content(AD, SOLAPI, reach="M"), person(), NOON),
    ("K4", Content(AD, SOLAPI, reach="N"), person(), NOON),
    ("K4", Content(AD, EVENT, reach=""), person(), NOON),
    # K6: one brand message a day; the other way is free.
    ("K6", BRAND, person(had_brand=True), NOON),
    ("K6", BRAND, person(had_brand=True, had_day=True), NOON),
    ("K6", BRAND, person(had_brand=True, is_held_out=True), time(8)),
    (None, MAIL, person(had_brand=True), NOON),
    # K7: only friends of the channel, whatever it is.
    ("K7", MAIL, person(friend=Friend.NONE), NOON),
    ("K7", BRAND, person(friend=Friend.NONE, has_address=False), NOON),
    ("K7", NEWS, person(friend=Friend.NONE), NOON),
    ("K7", NEWS, person(friend=Friend.BLOCKED), NOON),
    # K8: a channel under a sanction sends nothing at all until its end.
    ("K8", barred(1), person(), NOON),
    ("K8", barred(1, sender=SOLAPI), person(), NOON),
    ("K8", barred(1, INFORMATION), person(), NOON),
    (None, barred(0), person(), NOON),
    # Enough is enough: of a shop in a week, of a channel in a day; and left out by lot.
    *ROWS_BY_NUMBER,
    (CAP_WEEK, MAIL, person(had_week=True), NOON),
    (CAP_WEEK, BRAND, person(had_week=True, had_day=True), NOON),
    (CAP_WEEK, MAIL, person(had_week=True, is_held_out=True), NOON),
    (None, NEWS, person(had_week=True, had_day=True, is_held_out=True), NOON),
    (CAP_DAY, MAIL, person(had_day=True), NOON),
    (CAP_DAY, BRAND, person(had_day=True), NOON),
    (CAP_DAY, MAIL, person(had_day=True, is_held_out=True), NOON),
    (HELD_OUT, MAIL, person(is_held_out=True), NOON),
    (HELD_OUT, BRAND, person(is_held_out=True), NOON),
    ("L1", MAIL, person(is_held_out=True, has_advertising_consent=False), NOON),
    (HELD_OUT, MAIL, person(is_held_out=True), time(8)),
]


@pytest.mark.parametrize(("rule", "content", "to", "clock_time"), TABLE)
def test_the_law_row_by_row(
    rule: str | None, content: Content, to: Recipient, clock_time: time
) -> None:
    assert judge(content, to, at(clock_time)).rule == rule


def test_without_consent_no_past_purchase_helps() -> None:
    """L3: the exception for past customers is not used: nothing in a recipient tells of sales."""
    assert not any("purchase" in name or "visit" in name for name in Recipient._fields)
    assert judge(MAIL, person(has_advertising_consent=False), at(NOON)).rule == "L1"


@pytest.mark.parametrize("sender", list(SenderName))
@pytest.mark.parametrize(
    ("clock_time", "rule"),
    [
        (time(7, 59, 59), "L5"),
        (time(8), None),
        (time(20, 49, 59), None),
        (time(20, 50), "K1"),
        (time(20, 59, 59), "K1"),
        (time(21), "L5"),
    ],
)
def test_the_edges_of_the_day(sender: SenderName, clock_time: time, rule: str | None) -> None:
    """L5, K1, to the second."""
    assert may_leave(sender, at(clock_time)).rule == rule


PEOPLE = st.builds(
    Recipient,
    friend=st.sampled_from(Friend),
    **dict.fromkeys(Recipient._fields[1:], st.booleans()),
)
CONTENTS = st.builds(
    Content,
    kind=st.sampled_from(MessageKind),
    sender=st.sampled_from(SenderName),
    flaw=st.sampled_from([None, None, "L6", "L16", "K3"]),
    is_halted=st.booleans(),
    barred_until=st.none() | st.datetimes(timezones=st.just(UTC)),
    reach=st.sampled_from("IIMN"),
    texts_until=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(PEOPLE, CONTENTS, st.datetimes(timezones=st.just(UTC)))
def test_only_a_consenting_friend_of_age_is_ever_sent_to(
    to: Recipient, content: Content, instant: datetime
) -> None:
    """I6, I7. By a number also who is no friend and has not blocked the channel."""
    if judge(content, to, instant).is_allowed:
        assert (content.flaw, is_reachable(content.sender, to)) == (None, True)
        assert (content.reach, LAW_DAY.contains(instant)) == (FRIENDS_ONLY, True)
        assert content.barred_until is None or content.barred_until <= instant
        if content.kind is AD:
            assert as_regular(content, to, instant) == REGULAR
            assert (KAKAO_DAY.contains(instant), content.is_halted) == (True, False)


@given(PEOPLE, CONTENTS, st.datetimes(timezones=st.just(UTC)))
def test_whoever_is_no_friend_is_never_reached(
    to: Recipient, content: Content, instant: datetime
) -> None:
    """K5: nothing is assumed about people beyond the channel's friends, but a number they left."""
    assume(needs_friend(content.sender))
    assert not judge(content, to._replace(friend=Friend.NONE), instant).is_allowed


@pytest.mark.parametrize("sender", list(SenderName))
def test_no_sender_has_more_hours_than_the_law_and_kakao(sender: SenderName) -> None:
    """I7."""
    assert SENDER_DAY[sender] == KAKAO_DAY.intersection(LAW_DAY)
