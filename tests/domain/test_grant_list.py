"""A list of grants as people write it: what is understood, and what is named as wrong."""

from datetime import date, datetime

import pytest

from domain.grant_list import ROWS_MAX, GrantList, read_grant_list
from domain.tables import Cell

TITLES: list[Cell] = ["가게 주소", "가게 이름", "금액 (원)", "시작 기한", "만료일"]


def listed(*lines: list[Cell]) -> GrantList:
    return read_grant_list([["2026년 지원금", None], TITLES, *lines])


def test_dates_and_amounts_are_read_as_spreadsheets_write_them() -> None:
    found = listed(
        ["a", "", 10000.0, datetime(2026, 12, 31), date(2027, 1, 31)],  # noqa: DTZ001 - a cell
        ["b", "", "1,000 원", "2026. 12. 31.", "20270131"],
    )

    days = {(one.start_on, one.end_on) for one in found.lines}
    assert [(one.number, one.shop, one.amount_won) for one in found.lines] == [
        (3, "a", 10_000),
        (4, "b", 1_000),
    ]
    assert days == {(date(2026, 12, 31), date(2027, 1, 31))}


@pytest.mark.parametrize(
    "amount", ["0", "-5", "10.5", "１０００", "많이", "1e5", "99999999999", "1" * 400, "삼만원"]
)
def test_an_amount_that_is_none_is_named(amount: str) -> None:
    found = listed(["a", "", amount, "2026-12-31", "2027-01-31"])

    assert [(one.number, one.reason[:2]) for one in found.bad] == [(3, "금액")]


@pytest.mark.parametrize(
    "day",
    [
        "언젠가",
        "2026-13-01",
        "2026-02-30",
        "12-31",
        "2026-12-31일까지 3",
        "9999-12-31",
        date(9999, 12, 31),
        datetime(1, 1, 1),  # noqa: DTZ001 - a cell
    ],
)
def test_a_day_that_is_none_is_named(day: Cell) -> None:
    found = listed(["a", "", "1", day, "2027-01-31"])

    assert [(one.number, one.reason[:5]) for one in found.bad] == [(3, "시작 기한")]


def test_a_row_that_is_left_out_is_kept_by_its_shop_alone() -> None:
    """A list may hold more of its people than is asked for, and a proposal is not sealed."""
    begin: list[Cell] = ["대표자", "연락처"]
    rows: list[list[Cell]] = [
        [*begin, *TITLES],
        ["김보람", "010-1234-5678", "shop-1", "", "많이", "2026-12-31", "2027-01-31"],
        ["김보람", "010-1234-5678", "shop-2", "", "", "2026-12-31", "2027-01-31"],
        ["김보람", "010-1234-5678", "shop-3", "", "1", "2026-12-31", "2027-01-31"],
    ]

    found = read_grant_list(rows)

    kept = [*(one.words for one in found.bad), *(one.words for one in found.lines)]
    assert kept == ["shop-1", "shop-2", "shop-3"]


def test_a_shop_with_nothing_written_gets_nothing_and_is_no_mistake() -> None:
    found = listed(["a", "가", None, "", " "], ["b", "나", "1", "", ""])

    assert found.lines == []
    assert [(one.number, one.reason) for one in found.bad] == [
        (4, "시작 기한, 만료일 칸이 비어 있어요.")
    ]


def test_a_sheet_without_names_of_columns_is_refused() -> None:
    assert "칸 이름" in str(read_grant_list([["a", 1, "2026-12-31", "2027-01-31"]]).reason)


def test_too_many_rows_are_refused_and_as_many_as_may_be_are_read() -> None:
    line: list[Cell] = ["a", "", "1", "2026-12-31", "2027-01-31"]

    assert len(listed(*[line] * ROWS_MAX).lines) == ROWS_MAX
    assert "5,000곳까지" in str(listed(*[line] * (ROWS_MAX + 1)).reason)
