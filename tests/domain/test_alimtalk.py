"""AlimTalk texts: as we hand them in, and nothing in them that would advertise (D2, K14, K15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alimtalk import (
    EXTRA_MAX,
    NAMES,
    SENDER,
    TEMPLATE,
    TEXT_MAX,
    TEXTS,
    VARIABLE,
    VARIABLES_MAX,
    check_text,
    fill_text,
    flaw_of_values,
)
from domain.refusals import Invalid
from domain.ways import ALIMTALK_ONLY, NoticeUse

EARNED = NoticeUse.COUPON_EARNED


@pytest.mark.parametrize("use", NoticeUse)
def test_each_use_has_a_text_within_the_limits(use: NoticeUse) -> None:
    """D2: also when every value is as long as it may be."""
    body = TEXTS[use]
    longest = {name: "가" * (len(name) + EXTRA_MAX) for name in NAMES[use]}

    check_text(use, body)

    assert flaw_of_values(body, longest) is None
    assert len(fill_text("", body, longest).text) <= TEXT_MAX
    assert len(VARIABLE.findall(body)) <= VARIABLES_MAX
    assert "(광고)" not in body


@pytest.mark.parametrize("use", sorted(ALIMTALK_ONLY))
def test_a_reward_says_at_the_foot_that_a_purchase_earned_it(use: NoticeUse) -> None:
    """K14."""
    assert TEXTS[use].splitlines()[-1].startswith("구매하신 ")


def test_a_result_says_sender_choice_date_and_how_to_change_it() -> None:
    """L13."""
    assert NAMES[NoticeUse.CONSENT_RESULT] == {SENDER, "고르신것", "고르신날", "처리결과", "연락처"}
    assert "무료 수신거부" in TEXTS[NoticeUse.CONSENT_RESULT]


def test_a_confirmation_says_how_to_keep_it_and_how_to_withdraw() -> None:
    """L14: sender, what was agreed to, its date."""
    body = TEXTS[NoticeUse.CONSENT_CONFIRM]

    assert NAMES[NoticeUse.CONSENT_CONFIRM] == {SENDER, "고르신날", "연락처"}
    assert "그대로 두시려면: 아무것도 하지 않으셔도 돼요." in body
    assert "그만 받으시려면" in body


def test_no_answer_stands_in_an_announcement_of_one() -> None:
    """Nobody but the person should read it."""
    assert NAMES[NoticeUse.ENQUIRY_ANSWERED] == {SENDER}


OURS = TEXTS[EARNED]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "붙여 넣어"),
        (OURS + "가" * TEXT_MAX, "1,000자까지"),
        (f"#{{{SENDER}}}" * (VARIABLES_MAX + 1), "40개까지"),
        (OURS.replace("쿠폰이름", "답"), "채울 수 없는 변수"),
        (OURS + "#{", "채울 수 없는 변수"),
        (OURS.replace(f"#{{{SENDER}}}", "빵집"), "누가 보내는지"),
        (OURS.replace("쿠폰이 나왔어요", "쿠폰이 나왔어요. 어서 오세요"), "권하는 말"),
        (OURS.replace("구매하신", "고마우신"), "무엇을 사서"),
    ],
)
def test_another_text_is_refused_with_what_is_wrong_about_it(body: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_text(EARNED, body)

    assert words in refusal.value.fields["body"]


def test_a_filled_text_is_the_inspected_one_with_its_values() -> None:
    """1043: to the letter; the values in the order of their first use."""
    filled = fill_text("T1", "#{나} #{가}#{나}", {"가": "2", "나": "#{가}", "다": "3"})

    assert filled.text == "#{가} 2#{가}"
    assert filled.values == (("나", "#{가}"), ("가", "2"))


SOUND = {SENDER: "연남빵집", "쿠폰이름": "식빵", "마지막날": "2026년 12월 1일"}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({}, None),
        ({"쿠폰이름": "가" * (4 + EXTRA_MAX)}, None),
        ({"쿠폰이름": "가" * (5 + EXTRA_MAX)}, TEMPLATE),
        ({"쿠폰이름": " "}, TEMPLATE),
        ({"쿠폰이름": "식빵\n하나"}, TEMPLATE),
        ({"쿠폰이름": "반값 식빵"}, "K15"),
        ({SENDER: "할인마트"}, None),  # a name is no offer
        ({SENDER: "가" * (len(SENDER) + EXTRA_MAX + 1)}, TEMPLATE),
    ],
)
def test_what_stands_in_a_variable_is_judged_too(changed: dict[str, str], rule: str | None) -> None:
    """−1028, K15: no inspector reads the values."""
    assert flaw_of_values(OURS, SOUND | changed) == rule


def test_a_value_that_is_missing_is_no_gap_in_the_text() -> None:
    assert flaw_of_values(OURS, {SENDER: "연남빵집"}) == TEMPLATE


@given(st.sampled_from(NoticeUse), st.text(max_size=30))
def test_nothing_in_a_value_makes_an_advertisement_of_it(use: NoticeUse, value: str) -> None:
    """Whatever stands in a variable: it fits and urges nobody, or there is no message."""
    values = dict.fromkeys(NAMES[use], value)

    if flaw_of_values(TEXTS[use], values) is None:
        text = fill_text("", TEXTS[use], values).text
        assert len(text) <= TEXT_MAX
        assert text.count("\n") == TEXTS[use].count("\n")
