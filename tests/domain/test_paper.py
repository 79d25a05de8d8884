"""An old paper list: columns are guessed, and each line that cannot be read says why."""

from datetime import date, datetime

import pytest

from domain.paper import LINES_MAX, PaperLine, read_paper
from domain.tables import Cell

TODAY = date(2026, 11, 25)
TITLES: list[Cell] = ["이름", "휴대폰", "도장", "마지막 방문"]
GOOD: list[Cell] = ["김철수", "010-1234-5678", "7", "2026-08-01"]


@pytest.mark.parametrize(
    "titles",
    [
        ["이름", "휴대폰", "도장", "마지막 방문"],
        ["고객명", "연락처", "적립", "최근방문일"],
        ["성함", "전화 번호", "스탬프 개수", "최종 방문"],
        ["Name", "Mobile", "Stamps", "방문일"],
    ],
)
def test_columns_are_found_by_their_names(titles: list[Cell]) -> None:
    found = read_paper([titles, GOOD], TODAY)

    assert found.lines == [
        PaperLine(number=2, phone="01012345678", name="김철수", stamps=7, last_on=date(2026, 8, 1))
    ]


def test_columns_may_stand_in_any_order_below_a_heading() -> None:
    rows: list[list[Cell]] = [["우리 빵집 단골"], [], ["도장", "전화"], ["3개", "01023456789"]]

    assert read_paper(rows, TODAY).lines == [PaperLine(number=4, phone="01023456789", stamps=3)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            [None, 1012345678.0, 5.0, datetime.fromisoformat("2026-08-01T12:00")],
            (5, date(2026, 8, 1)),
        ),
        ([None, "10-1234-5678", "", ""], (0, None)),
        ([None, "+82 10-1234-5678", "5 개", "2026. 8. 1."], (5, date(2026, 8, 1))),
        ([None, "01012345678", "5", "지난여름"], (5, None)),
    ],
)
def test_cells_are_read_as_spreadsheets_leave_them(
    cells: list[Cell], expected: tuple[int, date | None]
) -> None:
    (line,) = read_paper([TITLES, cells], TODAY).lines

    assert line.phone == "01012345678"
    assert (line.stamps, line.last_on) == expected


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["김철수", "", "7", ""], "전화번호가 없어요"),
        (["김철수", "02-123-4567", "7", ""], "휴대폰 번호 모양이 아니에요"),
        (["가" * 21, "010-1234-5678", "7", ""], "이름이 20자를 넘어요"),
        (["김철수", "010-1234-5678", "많이", ""], "0개에서 100개"),
        (["김철수", "010-1234-5678", "101", ""], "0개에서 100개"),
        (["김철수", "010-1234-5678", "-1", ""], "0개에서 100개"),
        (["김철수", "010-1234-5678", "7", "2027-01-01"], "오늘보다 뒤예요"),
    ],
)
def test_a_bad_line_says_why_and_the_others_stay(cells: list[Cell], reason: str) -> None:
    other: list[Cell] = ["이영희", "010-2345-6789", "1", ""]

    found = read_paper([TITLES, cells, other], TODAY)

    assert [line.phone for line in found.lines] == ["01023456789"]
    assert [(line.number, reason in line.reason) for line in found.bad] == [(2, True)]


def test_the_same_number_twice_is_taken_once() -> None:
    found = read_paper([TITLES, GOOD, ["김", "01012345678", "2", ""]], TODAY)

    assert len(found.lines) == 1
    assert found.bad[0].reason == "2번째 줄과 전화번호가 같아요"


def test_a_list_without_numbers_or_lines_or_end_is_refused_as_a_whole() -> None:
    long: list[list[Cell]] = [[str(n), f"0101{n:07}"] for n in range(LINES_MAX + 1)]

    assert "전화번호" in (read_paper([["이름", "도장"], ["김철수", "7"]], TODAY).reason or "")
    assert "적힌 손님이 없어요" in (read_paper([TITLES], TODAY).reason or "")
    assert "5,000분까지" in (read_paper([["이름", "전화"], *long], TODAY).reason or "")
