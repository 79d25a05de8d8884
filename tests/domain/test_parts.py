"""Parts of a bubble: what fits, what is told beside which field, and how they are kept."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.campaigns import BubbleKind
from domain.parts import (
    PART_LIMITS,
    STORED_MAX,
    Part,
    PartLimits,
    check_parts,
    field_of,
    in_words,
    letters_in,
    parts_of,
    parts_text,
)
from domain.refusals import Invalid
from tests.domain.drawn import PARTS

ITEMS, SLIDES, GOODS = BubbleKind.ITEMS, BubbleKind.SLIDES, BubbleKind.GOODS


def refused(kind: BubbleKind, *parts: Part) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        check_parts(kind, parts)
    return refusal.value.fields


@pytest.mark.parametrize("kind", PART_LIMITS)
def test_sound_parts_are_taken(kind: BubbleKind) -> None:
    check_parts(kind, PARTS[kind])


@pytest.mark.parametrize("kind", [kind for kind in BubbleKind if kind not in PART_LIMITS])
def test_other_kinds_have_none(kind: BubbleKind) -> None:
    check_parts(kind, ())
    assert list(refused(kind, Part(title="빵"))) == ["parts"]


@pytest.mark.parametrize(
    ("kind", "count", "sentence"),
    [
        (ITEMS, 1, "이 모양에는 2개를 적어 주세요. 지금은 1개예요."),
        (ITEMS, 3, "이 모양에는 2개를 적어 주세요. 지금은 3개예요."),
        (SLIDES, 0, "1개에서 5개까지 넣을 수 있어요. 지금은 0개예요."),
        (SLIDES, 6, "1개에서 5개까지 넣을 수 있어요. 지금은 6개예요."),
        (GOODS, 0, "이 모양에는 1개를 적어 주세요. 지금은 0개예요."),
    ],
)
def test_there_are_as_many_as_the_bubble_has(kind: BubbleKind, count: int, sentence: str) -> None:
    """D4."""
    part = PARTS[kind][0]

    assert refused(kind, *[part] * count) == {"parts": sentence}


BREAD = Part(title="소금빵", picture_id="1")
THING = Part(title="밤식빵", price_won=7_000)
WRONG = [
    (ITEMS, "title", replace(BREAD, title=" "), "무엇인지 한 줄로 적어 주세요."),
    (ITEMS, "title", replace(BREAD, title="가" * 31), "30자까지예요. 1자만 줄여 주세요."),
    (ITEMS, "title", replace(BREAD, title="😀" * 16), "30자까지예요. 2자만 줄여 주세요."),
    (ITEMS, "title", replace(BREAD, title="빵\n떡"), "줄을 바꾸지 말고 한 줄로 적어 주세요."),
    (ITEMS, "text", replace(BREAD, text="설명"), "이 모양에는 설명을 적을 자리가 없어요."),
    (ITEMS, "picture", replace(BREAD, picture_id=None), "사진을 골라 주세요."),
    (ITEMS, "price", replace(BREAD, price_won=100), "이 모양에는 값을 적는 칸이 없어요."),
    (SLIDES, "title", replace(BREAD, title="가" * 21), "20자까지예요. 1자만 줄여 주세요."),
    (SLIDES, "text", replace(BREAD, text="가" * 101), "100자까지예요. 1자만 줄여 주세요."),
    (
        SLIDES,
        "link",
        replace(BREAD, link="http://a.kr"),
        "https://로 시작하는 주소만 넣을 수 있어요. 주소창에서 그대로 복사해 주세요.",
    ),
    (
        SLIDES,
        "link",
        replace(BREAD, link="https://a.kr/" + "a" * 88),
        "주소는 100자까지 넣을 수 있어요.",
    ),
    (GOODS, "picture", replace(THING, picture_id="1"), "이 모양의 사진은 한 장이에요."),
    (
        GOODS,
        "link",
        replace(THING, link="https://a.kr"),
        "이 모양에서는 단추에 주소를 넣어 주세요.",
    ),
    (
        GOODS,
        "price",
        replace(THING, price_won=None),
        "값을 1원에서 99,999,999원 사이로 적어 주세요.",
    ),
    (
        GOODS,
        "price",
        replace(THING, price_won=100_000_000),
        "값을 1원에서 99,999,999원 사이로 적어 주세요.",
    ),
    (
        GOODS,
        "sale",
        replace(THING, sale_won=7_000),
        "할인한 값은 원래 값보다 작게 적어 주세요.",
    ),
]


@pytest.mark.parametrize(("kind", "field", "part", "sentence"), WRONG)
def test_what_is_wrong_is_told_beside_its_field(
    kind: BubbleKind, field: str, part: Part, sentence: str
) -> None:
    others = PARTS[kind][1:]

    assert refused(kind, part, *others) == {field_of(0, field): sentence}


def test_each_part_has_its_own_sentence() -> None:
    told = refused(ITEMS, replace(BREAD, title=""), replace(BREAD, picture_id=None))

    assert list(told) == ["p0_title", "p1_picture"]


@pytest.mark.parametrize(
    "words", ["(광고) 빵", "무료 수신거부", "전자담배", "https://a.kr 로", "#{고객명}님 빵", "○○빵"]
)
@pytest.mark.parametrize("field", ["title", "text"])
def test_what_no_words_may_say_no_part_may(field: str, words: str) -> None:
    """L6, L8, L16, K11: the words of a part stand under the same mark."""
    part = replace(BREAD, title=words) if field == "title" else replace(BREAD, text=words)

    assert list(refused(SLIDES, part)) == [f"p0_{field}"]


WORDS = st.text(st.characters(codec="utf-8"), max_size=120)
ANY = st.builds(
    Part,
    title=WORDS,
    text=WORDS,
    picture_id=st.none() | st.text("0123456789abcdef", max_size=64),
    link=st.none() | st.just("https://a.kr/" + "a" * 80),
    price_won=st.none() | st.integers(),
    sale_won=st.none() | st.integers(),
)


@given(st.lists(ANY, max_size=6).map(tuple))
def test_parts_come_back_as_they_were_kept(parts: tuple[Part, ...]) -> None:
    assert parts_of(parts_text(parts)) == parts


@given(st.sampled_from(list(PART_LIMITS)), st.lists(ANY, max_size=6))
def test_whatever_is_taken_has_room(kind: BubbleKind, parts: list[Part]) -> None:
    with suppress(Invalid):
        check_parts(kind, parts)
        assert_room(PART_LIMITS[kind], parts)


def assert_room(limits: PartLimits, parts: list[Part]) -> None:
    assert len(parts_text(parts)) <= STORED_MAX
    assert all(letters_in(one.title) <= limits.title_max for one in parts)
    assert all(letters_in(one.text) <= limits.text_max for one in parts)


def test_quotation_marks_alone_do_not_burst_the_books() -> None:
    """JSON writes two letters for each."""
    full = Part(title="빵", text='"' * 100, picture_id="f" * 64, link="https://a.kr/" + "a" * 87)

    assert list(refused(SLIDES, *[replace(full, title='"' * 20)] * 5)) == ["parts"]
    check_parts(SLIDES, [replace(full, text="가" * 100)] * 5)


TOLD = (Part(title="밤식빵", text="밤이 듬뿍"), Part(title="우유 식빵", text="아침마다"))


@pytest.mark.parametrize(
    ("parts", "letters", "lines", "words"),
    [
        ((), 120, 8, "오늘 할인"),
        ((Part(title="식빵", price_won=4_000),), 120, 8, "오늘 할인\n식빵 4,000원"),
        (
            (Part(title="식빵", price_won=4_000, sale_won=3_000),),
            120,
            8,
            "오늘 할인\n식빵 3,000원 (원래 4,000원)",
        ),
        (TOLD, 120, 8, "오늘 할인\n밤식빵: 밤이 듬뿍\n우유 식빵: 아침마다"),
        (TOLD, 25, 8, "오늘 할인\n밤식빵: 밤이 듬뿍\n우유 식빵"),
        (TOLD, 15, 8, "오늘 할인\n밤식빵\n우유 식빵"),
        (TOLD, 120, 2, "오늘 할인\n밤식빵"),
        (TOLD, 5, 8, "오늘 할인"),
    ],
)
def test_parts_are_told_in_words_as_far_as_there_is_room(
    parts: tuple[Part, ...], letters: int, lines: int, words: str
) -> None:
    """Every name before anything that is said of one."""
    assert in_words("오늘 할인", parts, letters=letters, lines=lines) == words
