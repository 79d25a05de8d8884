"""The law as a table: may this go to this person now, and does it say what it must?"""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bubbles import Bubble, Button, ImageCard, ListCard, Text
from domain.campaigns import BODY_MAX, BUBBLES, BubbleKind, SenderName
from domain.compliance import (
    AD_MARK,
    MARKINGS,
    REFUSE_BUTTON,
    REFUSE_LABEL,
    RESTING,
    SENDER_DAY,
    Recipient,
    Sign,
    advertise,
    may_leave,
    may_send,
)
from domain.people import Friend
from domain.time import KAKAO_DAY, KST, LAW_DAY

EVENT, SOLAPI = SenderName.KAKAO_EVENT, SenderName.SOLAPI
NOON = time(12)
SIGN = Sign(name="연남빵집", contact="02-123-4567")
LONGEST = Sign(name="가" * 20, contact="02-1234-5678")
PICTURE = "https://dangol.test/media/1"
KINDS = [(sender, kind) for sender, kinds in BUBBLES.items() for kind in kinds]


def at(clock_time: time) -> datetime:
    return datetime.combine(datetime(2026, 11, 25, tzinfo=KST), clock_time, KST).astimezone(UTC)


def person(
    *,
    friend: Friend = Friend.ADDED,
    is_of_age: bool = True,
    has_advertising_consent: bool = True,
    has_withdrawn: bool = False,
    is_resting: bool = False,
    has_address: bool = True,
) -> Recipient:
    """A regular who may be sent to, but for what is named."""
    return Recipient(
        friend=friend,
        is_of_age=is_of_age,
        has_advertising_consent=has_advertising_consent,
        has_withdrawn=has_withdrawn,
        is_resting=is_resting,
        has_address=has_address,
    )


REGULAR = person()
TABLE: list[tuple[str | None, SenderName, Recipient, time]] = [
    # Nothing stands in the way.
    (None, EVENT, person(), NOON),
    (None, SOLAPI, person(), NOON),
    (None, EVENT, person(), time(8)),
    (None, SOLAPI, person(), time(20, 49, 59, 999_999)),
    # L1: no advertisement without consent.
    ("L1", EVENT, person(has_advertising_consent=False), NOON),
    ("L1", SOLAPI, person(has_advertising_consent=False), NOON),
    ("L1", EVENT, person(has_advertising_consent=False, friend=Friend.NONE), NOON),
    ("L1", EVENT, person(has_advertising_consent=False, is_of_age=False), NOON),
    # L4: after a refusal, nothing; a block is a refusal, and it comes before everything else.
    ("L4", EVENT, person(has_withdrawn=True), NOON),
    ("L4", SOLAPI, person(has_withdrawn=True, has_advertising_consent=False), NOON),
    ("L4", EVENT, person(friend=Friend.BLOCKED), NOON),
    ("L4", SOLAPI, person(friend=Friend.BLOCKED, has_address=False), NOON),
    # The person's own rest, whatever the sender.
    (RESTING, EVENT, person(is_resting=True), NOON),
    (RESTING, SOLAPI, person(is_resting=True), NOON),
    (RESTING, SOLAPI, person(is_resting=True, has_address=False), NOON),
    ("L4", EVENT, person(is_resting=True, has_withdrawn=True), NOON),
    # L5: not at night; there is no night consent here, so nobody is excepted.
    ("L5", EVENT, person(), time(21)),
    ("L5", SOLAPI, person(), time(23, 59, 59)),
    ("L5", EVENT, person(), time(0)),
    ("L5", SOLAPI, person(), time(7, 59, 59)),
    ("L5", EVENT, person(), time(7, 59, 59, 999_999)),
    ("L5", EVENT, person(has_withdrawn=True), time(3)),
    # L44: not to children.
    ("L44", EVENT, person(is_of_age=False), NOON),
    ("L44", SOLAPI, person(is_of_age=False), NOON),
    ("L44", EVENT, person(is_of_age=False, friend=Friend.NONE), NOON),
    # K1: KakaoTalk carries no advertisement from 20:50, whatever the law allows.
    ("K1", EVENT, person(), time(20, 50)),
    ("K1", SOLAPI, person(), time(20, 50)),
    ("K1", EVENT, person(), time(20, 59, 59)),
    ("K1", SOLAPI, person(), time(20, 59, 59, 999_999)),
    # K7: only friends of the channel.
    ("K7", EVENT, person(friend=Friend.NONE), NOON),
    ("K7", SOLAPI, person(friend=Friend.NONE), NOON),
    ("K7", SOLAPI, person(friend=Friend.NONE, has_address=False), NOON),
    # L68: who left no number is not asked for one; they cannot be reached.
    ("L68", SOLAPI, person(has_address=False), NOON),
    ("L68", SOLAPI, person(has_address=False), time(8)),
    ("L68", EVENT, person(has_address=False), NOON),
]


@pytest.mark.parametrize(("rule", "sender", "to", "clock_time"), TABLE)
def test_the_law_row_by_row(
    rule: str | None, sender: SenderName, to: Recipient, clock_time: time
) -> None:
    assert may_send(sender, to, at(clock_time)).rule == rule


@pytest.mark.parametrize("rule", ["L1", "L4", "L5", "L44", "K1", "K7", "L68", RESTING])
def test_every_rule_has_three_rows_at_least(rule: str) -> None:
    assert sum(row[0] == rule for row in TABLE) >= 3


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


@given(
    st.builds(
        Recipient,
        friend=st.sampled_from(Friend),
        is_of_age=st.booleans(),
        has_advertising_consent=st.booleans(),
        has_withdrawn=st.booleans(),
        has_address=st.booleans(),
    ),
    st.sampled_from(SenderName),
    st.datetimes(timezones=st.just(UTC)),
)
def test_only_a_consenting_friend_of_age_is_ever_sent_to(
    to: Recipient, sender: SenderName, instant: datetime
) -> None:
    """I6, I7."""
    if may_send(sender, to, instant).is_allowed:
        assert to == REGULAR
        assert LAW_DAY.contains(instant)
        assert KAKAO_DAY.contains(instant)


@pytest.mark.parametrize("sender", list(SenderName))
def test_no_sender_has_more_hours_than_the_law_and_kakao(sender: SenderName) -> None:
    """I7."""
    assert SENDER_DAY[sender] == KAKAO_DAY.intersection(LAW_DAY)


def texts(bubble: Bubble) -> list[str]:
    """All that a person reads, from top to bottom, buttons last."""
    match bubble:
        case ImageCard():
            return [bubble.title, bubble.description, *labels(bubble.buttons)]
        case ListCard():
            return [bubble.header, *(row.title for row in bubble.rows), *labels(bubble.buttons)]
        case Text():
            return [bubble.text]
        case _:
            raise AssertionError("not an advertisement's bubble")


def labels(buttons: tuple[Button, ...]) -> list[str]:
    return [button.label for button in buttons]


@pytest.mark.parametrize("kind", list(BubbleKind))
@given(body=st.text(min_size=1, max_size=BODY_MAX))
def test_every_advertisement_starts_with_the_mark(kind: BubbleKind, body: str) -> None:
    """L6: exactly `(광고)`, then the name; nothing before, nothing between."""
    first, *_ = texts(advertise(kind, SIGN, body, PICTURE))

    assert first.startswith(f"{AD_MARK} {SIGN.name}")
    assert AD_MARK == "(광고)"


@pytest.mark.parametrize("kind", list(BubbleKind))
def test_every_advertisement_says_who_speaks_and_how_to_reach_them(kind: BubbleKind) -> None:
    """L7, L9: as text."""
    words = "\n".join(texts(advertise(kind, SIGN, "식빵이 나왔어요.", PICTURE)))

    assert SIGN.name in words
    assert SIGN.contact in words
    assert "식빵이 나왔어요." in words


@pytest.mark.parametrize("kind", list(BubbleKind))
def test_the_last_thing_is_the_free_way_to_refuse(kind: BubbleKind) -> None:
    """L8, L11."""
    last = texts(advertise(kind, SIGN, "식빵이 나왔어요.", PICTURE))[-1]

    assert last == REFUSE_LABEL or last.endswith(f"'{REFUSE_LABEL}'를 눌러 주세요 (무료)")
    assert "무료" in REFUSE_LABEL


@pytest.mark.parametrize(("sender", "kind"), KINDS)
def test_each_bubble_that_is_sent_has_a_row_that_says_who_marks_it(
    sender: SenderName, kind: BubbleKind
) -> None:
    """I8."""
    assert (sender, kind) in MARKINGS


@pytest.mark.parametrize("kind", BUBBLES[EVENT])
def test_a_card_in_the_chat_ends_with_a_button_that_refuses_in_one_tap(kind: BubbleKind) -> None:
    """L11: it says the very words that the bot understands."""
    card = advertise(kind, SIGN, "식빵", PICTURE)

    assert isinstance(card, ImageCard | ListCard)
    assert card.buttons[-1] == REFUSE_BUTTON
    assert REFUSE_BUTTON.target == REFUSE_LABEL


@pytest.mark.parametrize("kind", BUBBLES[EVENT])
def test_why_it_came_stands_before_the_way_out(kind: BubbleKind) -> None:
    """L8, L11: one more button, and the refusal stays the last."""
    card = advertise(kind, SIGN, "식빵", PICTURE, "https://dangol.test/w/1-2-ab")

    assert isinstance(card, ImageCard | ListCard)
    assert labels(card.buttons) == ["왜 받았나요?", REFUSE_LABEL]
    assert card.buttons[0].target == "https://dangol.test/w/1-2-ab"


DESCRIPTION_MAX = 230
TITLE_MAX = 50


@pytest.mark.parametrize("sign", [SIGN, LONGEST])
def test_the_longest_words_fit_kakaotalks_smallest_card(sign: Sign) -> None:
    """kakao-chatbot.md 2.9: 230 letters under a title of 50."""
    card = advertise(BubbleKind.PICTURE, sign, "가" * BODY_MAX, PICTURE)

    assert isinstance(card, ImageCard)
    assert len(card.description) <= DESCRIPTION_MAX
    assert len(card.title) <= TITLE_MAX
    assert all(len(button.label) <= 14 for button in card.buttons)
