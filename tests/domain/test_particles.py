"""A particle follows the sound of what was put in before it."""

import pytest

from campaigns.compose import frame_of
from domain.checking import check_words, mend
from domain.particles import decided


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("무화과 식빵이(가) 새로 나왔어요", "무화과 식빵이 새로 나왔어요"),
        ("사과을(를) 찾는 분", "사과를 찾는 분"),
        ("반찬은(는) 나물와(과) 조림", "반찬은 나물과 조림"),
        ("두부와(과) 나물", "두부와 나물"),
        ("힣이(가) 가이(가)", "힣이 가가"),
        ("BBQ이(가) 나와요", "BBQ이(가) 나와요"),
        ("○○이(가) 새로 나왔어요", "○○이(가) 새로 나왔어요"),
        ("우리 가게 (가) 구역", "우리 가게 (가) 구역"),
    ],
)
def test_a_particle_is_decided_by_the_syllable_before_it(text: str, said: str) -> None:
    assert decided(text) == said


@pytest.mark.parametrize(
    ("body", "mended"),
    [
        ("밤식빵이(가) 새로 나왔어요", "밤식빵이 새로 나왔어요"),
        ("BBQ을(를) 준비했어요", None),
    ],
)
def test_an_undecided_particle_is_told_and_stops_nobody(body: str, mended: str | None) -> None:
    frame = frame_of("연남빵집")

    (found,) = check_words(body, frame)

    assert (found.rule, found.is_advice, found.mended) == ("PARTICLE", True, mended)
    assert mend(body, "PARTICLE", frame) == (mended or body, "")


def test_a_blank_is_told_once() -> None:
    assert [one.rule for one in check_words("○○이(가) 나와요", frame_of("연남빵집"))] == ["BLANK"]
