"""Visits: what proves them, and what makes one doubt them."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.visits import (
    PROVEN,
    Line,
    Place,
    Purchase,
    VisitWay,
    distance_km,
    is_impossible,
    kst_day,
    read_place,
)

MANGWON, YEONNAM, BUSAN = Place(37.556, 126.906), Place(37.562, 126.925), Place(35.180, 129.076)


@pytest.mark.parametrize(
    ("way", "is_proven"),
    [
        (VisitWay.CODE, True),
        (VisitWay.ROTATING_QR, True),
        (VisitWay.PIN, False),
        (VisitWay.PHONE, False),
    ],
)
def test_only_a_secret_of_minutes_proves_a_visit(way: VisitWay, *, is_proven: bool) -> None:
    assert (way in PROVEN) is is_proven


def test_distance_is_that_of_the_map() -> None:
    assert distance_km(MANGWON, BUSAN) == pytest.approx(327, abs=5)
    assert distance_km(MANGWON, MANGWON) == 0


@pytest.mark.parametrize(
    ("other", "minutes", "is_odd"),
    [
        (BUSAN, 10, True),
        (BUSAN, 60 * 6, False),
        (YEONNAM, 0, True),
        (YEONNAM, 5, False),
        (MANGWON, 0, False),
    ],
)
def test_two_shops_far_apart_within_minutes(other: Place, minutes: int, *, is_odd: bool) -> None:
    assert is_impossible(MANGWON, other, timedelta(minutes=minutes)) is is_odd
    assert is_impossible(other, MANGWON, -timedelta(minutes=minutes)) is is_odd


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("37.5561, 126.9061", Place(37.5561, 126.9061)),
        (" 35,129 ", Place(35, 129)),
        ("126.9061, 37.5561", None),
        ("서울 마포구", None),
        ("", None),
        ("40.7, -74.0", None),
    ],
)
def test_a_place_is_read_as_a_map_copies_it(words: str, place: Place | None) -> None:
    assert read_place(words) == place


def test_a_day_is_a_korean_day() -> None:
    before_nine_in_korea = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)

    since, until = kst_day(before_nine_in_korea)

    assert since == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert until - since == timedelta(days=1)


def test_excluded_things_do_not_count() -> None:
    bought = Purchase(lines=(Line("아메리카노", 2), Line("텀블러", 1)))

    assert bought.counted(()) == 3
    assert bought.counted(("텀 블러",)) == 2
    assert Purchase(items=4).counted(("텀블러",)) == 4
