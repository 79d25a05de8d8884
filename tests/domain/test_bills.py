"""A provider's bill is read as it comes, and parts with our record where it really does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bills import (
    Bill,
    BillLine,
    Columns,
    Kind,
    OurChunk,
    as_billed,
    compare,
    find_titles,
    fits,
    only_offered,
    read_amount,
    read_bill,
)
from domain.money import Jeon, won
from domain.people import ChunkId
from domain.tables import Cell

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
GROUP = "G4V20261122100203CCCCCCCCCCCCCCC"
CHUNK = OurChunk(
    chunk_id=ChunkId(1),
    shop_name="보람빵집",
    reference=GROUP,
    started_at=AT,
    count=10,
    amount_jeon=won(165),
    slack_jeon=100,
    is_open=False,
)
LINE = BillLine(number=2, reference=GROUP, count=10, amount_jeon=won(165))


@pytest.mark.parametrize(
    ("titles", "columns"),
    [
        (["groupId", "발송 건수", "금액(원)"], Columns(reference=0, count=1, amount=2)),
        (["날짜", "그룹 ID", "요금"], Columns(reference=1, amount=2)),
        (["messageId", "groupId", "type"], Columns(reference=1)),
        (["taskId", "count", "amount"], Columns(reference=0, count=1, amount=2)),
        (["date", "messageId"], Columns(reference=1)),
        (["정산 번호", "건수"], None),
        (["groupIdentity", "건수"], None),
    ],
)
def test_columns_are_known_by_documented_names_only(
    titles: list[str], columns: Columns | None
) -> None:
    """The group comes before the message: that is what we keep."""
    found = find_titles([["2026년 11월 이용 내역"], titles, ["x", 1, 2]])

    assert found is not None
    assert (found.columns, found.begin) == (columns, 2)


@pytest.mark.parametrize("rows", [[], [["청구서"]], [[None, ""], ["하나"]]])
def test_a_sheet_without_names_has_none(rows: Sequence[Sequence[Cell]]) -> None:
    assert find_titles(rows) is None


@pytest.mark.parametrize(
    ("words", "jeon"),
    [
        ("1,650", 165_000),
        ("16.5", 1_650),
        ("₩16.5", 1_650),
        ("16.5원", 1_650),
        ("-13", -1_300),
        ("0.005", 1),
        ("", None),
        ("무료", None),
        ("1e9", None),
        ("1" * 13, None),
    ],
)
def test_amounts_are_read_as_people_and_spreadsheets_write_them(
    words: str, jeon: int | None
) -> None:
    assert read_amount(words) == jeon


@pytest.mark.parametrize(
    ("words", "may_be"),
    [
        (GROUP, True),
        ("1,650 원", True),
        ("3건", True),
        ("1763800000", True),
        ("010-1234-5678", False),
        ("+82 10 1234 5678", False),
        ("1012345678", False),
        ("김보람", False),
        ("두 마디", False),
        ("x" * 65, False),
        ("", False),
    ],
)
def test_what_may_be_shown_of_a_bill(words: str, may_be: bool) -> None:
    assert fits(words) is may_be


def test_columns_of_people_are_not_offered_and_known_ones_always_are() -> None:
    rows: list[list[Cell]] = [
        ["groupId", "금액", "전화", "이름", "종류"],
        ["묶음 하나", "무료", 1012345678, "김보람", "FT"],
        ["묶음 둘", "무료", "010-1234-5678", "이하나", "BT"],
    ]
    titles = find_titles(rows)
    assert titles is not None

    assert only_offered(rows, titles).names == ["groupId", "금액", "", "", "종류"]


def test_sums_below_a_short_bill_do_not_hide_its_numbers() -> None:
    rows: list[list[Cell]] = [
        ["정산번호", "수"],
        ["G1", 1],
        ["소계", 1],
        ["부가세", 1],
        ["합계", 1],
    ]

    titles = find_titles(rows)

    assert titles is not None
    assert only_offered(rows, titles).names == ["정산번호", "수"]


def test_lines_of_one_reference_are_added_and_bad_ones_are_told() -> None:
    rows: list[list[Cell]] = [
        ["groupId", "건수", "금액"],
        ["G1", 7, 115.5],
        [],
        ["G2", "3건", "49.5"],
        ["G1", 1.0, "-16.5"],
        ["합계 없음", "많이", "1"],
        ["", 11, "148.5"],
        ["G3", 1, date(2026, 11, 1)],
    ]

    bill = read_bill(rows, 1, Columns(reference=0, count=1, amount=2))

    assert list(bill.lines) == [
        BillLine(number=2, reference="G1", count=8, amount_jeon=won(99)),
        BillLine(number=4, reference="G2", count=3, amount_jeon=won(49.5)),
    ]
    assert [(one.number, one.reason[:3]) for one in bill.bad] == [
        (6, "건수가"),
        (7, "번호가"),
        (8, "금액이"),
    ]


def test_without_a_count_each_line_is_one_message() -> None:
    rows: list[list[Cell]] = [["messageId", "groupId"], ["M1", "G1"], ["M2", "G1"], ["M3", "G2"]]

    bill = read_bill(rows, 1, Columns(reference=1))

    assert [(one.reference, one.count) for one in bill.lines] == [("G1", 2), ("G2", 1)]
    assert {one.amount_jeon for one in bill.lines} == {None}


def kinds(line: BillLine | None, chunk: OurChunk | None) -> list[Kind]:
    pairs = compare(
        Bill(lines=[line] if line else [], bad=[]),
        {GROUP: chunk.chunk_id} if chunk else {},
        {chunk.chunk_id: chunk} if chunk else {},
        frozenset({"other"}),
    )
    return [pair.kind for pair in pairs]


@pytest.mark.parametrize(
    ("line", "chunk", "kind"),
    [
        (LINE, CHUNK, Kind.MATCHED),
        (replace(LINE, amount_jeon=None), CHUNK, Kind.MATCHED),
        (replace(LINE, amount_jeon=won(165.99)), CHUNK, Kind.MATCHED),
        (replace(LINE, amount_jeon=won(166)), CHUNK, Kind.DIFFERENT),
        (replace(LINE, count=9), CHUNK, Kind.DIFFERENT),
        (LINE, None, Kind.NOT_OURS),
        (replace(LINE, reference="other"), None, Kind.ELSEWHERE),
        (None, CHUNK, Kind.NOT_THEIRS),
        (LINE, replace(CHUNK, is_open=True), Kind.OPEN),
        (None, replace(CHUNK, is_open=True), Kind.OPEN),
    ],
)
def test_what_becomes_of_a_line(line: BillLine | None, chunk: OurChunk | None, kind: Kind) -> None:
    """Below one step of the price's rounding nothing is different: that lies on one chunk."""
    assert kinds(line, chunk) == [kind]


def test_what_reached_nobody_is_not_missed_in_the_bill() -> None:
    assert kinds(None, replace(CHUNK, count=0, amount_jeon=Jeon(0))) == []


def test_several_references_may_mean_one_chunk() -> None:
    """A bill with a line for each message."""
    lines = [
        BillLine(number=number, reference=str(number), count=1, amount_jeon=won(16.5))
        for number in range(10)
    ]

    (pair,) = compare(
        Bill(lines=lines, bad=[]),
        {line.reference: CHUNK.chunk_id for line in lines},
        {CHUNK.chunk_id: CHUNK},
        frozenset(),
    )

    assert pair.kind is Kind.MATCHED


@pytest.mark.parametrize(
    ("posted", "unit", "has_vat", "billed"),
    [
        (won(165), won(16.5), True, won(165)),
        (won(165), won(16.5), False, won(150)),
        (won(150), won(15), True, won(165)),
        (won(150), won(15), False, won(150)),
    ],
)
def test_vat_is_put_on_or_taken_off_as_the_bill_has_it(
    posted: Jeon, unit: Jeon, has_vat: bool, billed: Jeon
) -> None:
    """F8: where free cash is drawn without VAT the ledger holds the net price."""
    assert (
        as_billed(posted, unit_jeon=unit, net_jeon=won(15), vat_percent=10, has_vat=has_vat)
        == billed
    )


references = st.integers(0, 12).map(lambda number: f"G{number}")
billed_lines = st.lists(
    st.builds(
        BillLine,
        number=st.just(1),
        reference=references,
        count=st.integers(0, 5),
        amount_jeon=st.none() | st.integers(0, 9_000).map(Jeon),
    ),
    unique_by=lambda line: line.reference,
)
chunk_sets = st.lists(
    st.builds(
        replace,
        st.just(CHUNK),
        chunk_id=st.integers(0, 12).map(ChunkId),
        count=st.integers(1, 5),
        is_open=st.booleans(),
    ),
    unique_by=lambda chunk: chunk.chunk_id,
)


@given(billed_lines, chunk_sets)
def test_nothing_is_lost_and_nothing_counted_twice(
    lines: list[BillLine], chunks: list[OurChunk]
) -> None:
    ours = {chunk.chunk_id: chunk for chunk in chunks}
    chunk_of = {f"G{chunk_id}": chunk_id for chunk_id in ours}

    pairs = compare(Bill(lines=lines, bad=[]), chunk_of, ours, frozenset({"G12"}))

    assert sum(pair.billed.count for pair in pairs if pair.billed) == sum(
        one.count for one in lines
    )
    assert sorted(pair.ours.chunk_id for pair in pairs if pair.ours) == sorted(ours)
