"""Days, seasons and weeks as the weekly idea counts them."""

from datetime import date, timedelta

import pytest

from domain.occasions import LEADS, Day, Occasion, has_blank, is_near, season_of, week_of

ON = date(2026, 9, 25)


@pytest.mark.parametrize(
    ("season", "months"),
    [
        ("winter", (12, 1, 2)),
        ("spring", (3, 4, 5)),
        ("summer", (6, 7, 8)),
        ("autumn", (9, 10, 11)),
    ],
)
def test_a_season_has_its_months(season: str, months: tuple[int, ...]) -> None:
    assert {season_of(date(2026, month, 1)) for month in months} == {season}


@pytest.mark.parametrize(
    ("occasion", "days", "near"),
    [
        (Occasion.CHUSEOK, 15, False),
        (Occasion.CHUSEOK, 14, True),
        (Occasion.CHUSEOK, 5, True),
        (Occasion.CHUSEOK, 4, False),
        (Occasion.DONGJI, 8, False),
        (Occasion.DONGJI, 7, True),
        (Occasion.DONGJI, 1, True),
        (Occasion.DONGJI, 0, False),
        (Occasion.PAYDAY, 0, True),
        (Occasion.PARENTS, 12, True),
        (Occasion.PARENTS, 13, False),
    ],
)
def test_a_day_is_near_when_its_message_is_in_time(
    occasion: Occasion, days: int, *, near: bool
) -> None:
    assert is_near(Day(occasion, ON, ""), ON - timedelta(days=days)) is near


@pytest.mark.parametrize("occasion", [one for one in LEADS if one is not Occasion.PAYDAY])
def test_whichever_weekday_is_chosen_meets_a_day_that_matters(occasion: Occasion) -> None:
    lead = LEADS[occasion]

    assert lead.most - lead.least >= 6
    assert lead.least >= 1


def test_a_week_begins_on_monday() -> None:
    assert week_of(date(2026, 11, 22)) == date(2026, 11, 16)
    assert week_of(date(2026, 11, 23)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text", ["오늘 ○○ 나왔어요", "○월 ○일은 쉬어요", "○시부터", "○요일부터", "○일까지"]
)
def test_a_blank_is_seen(text: str) -> None:
    assert has_blank(text)


@pytest.mark.parametrize(
    "text", ["봄이에요", "○ 식빵\n○ 단팥빵", "○월요일 휴무\n○일요일 휴무", "○시루떡\n○요거트"]
)
def test_a_list_with_circles_has_no_blank(text: str) -> None:
    assert not has_blank(text)
