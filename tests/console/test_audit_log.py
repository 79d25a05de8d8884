"""The audit log as a program reads it, checks it and takes it away (I12, L20)."""

import asyncio
import csv
import hashlib
import io
import json
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from subprocess import run
from sys import executable

import pytest

from console.manager import audit
from domain.audit import Act
from domain.people import Role
from storage.books import Books
from storage.queries.journal import append_audit, list_audit, list_ends
from tests.console.browser import Browser, Browsers, Page
from tests.console.desk import hire, market_of, open_second_market
from tests.console.street import MONDAY_TEN, Street, add_regulars, give_grant
from tests.factories import change, rows

ROOT = Path(__file__).resolve().parents[2]
FIELDS = ("book", "number", "at", "actor", "act", "subject", "details")
Lines = list[dict[str, str]]


def recomputed(lines: Lines) -> list[str]:
    """What docs/security.md tells an outsider to do: where the file contradicts itself."""
    wrong = []
    for book, chain in groupby(lines, key=itemgetter("book")):
        previous = "0" * 64
        for number, line in enumerate(chain, start=1):
            parts = [previous, line["book"], str(line["number"]), line["at"]]
            parts += [line["actor"], line["act"], line["subject"], line["details"]]
            digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
            said = (int(line["number"]), line["previous_hash"], line["hash"])
            if said != (number, previous, digest):
                wrong.append(f"{book}/{line['number']}")
            previous = line["hash"]
    return wrong


async def export(browser: Browser, kind: str, query: str = "") -> Lines:
    page = await browser.get(f"/manager/audit.{kind}{query}")
    assert page.status == 200
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(page.html)))
    return [json.loads(line) for line in page.html.splitlines()]


@pytest.fixture
async def busy(console_books: Books, street: Street, other_street: Street) -> Street:
    """Two programs whose shops have had visitors."""
    for one in (street, other_street):
        await console_books.write(give_grant, one, is_started=True)
        await console_books.write(add_regulars, one.shop_id, 3)
    return street


async def test_the_log_says_who_did_what(manager: Browser, busy: Street) -> None:
    words = (await manager.get("/manager/audit")).words

    for expected in ("지원금 드림", "지원금 시작", "단골 됨", "손님 1", "지원금 1번, 300,000원"):
        assert expected in words, expected


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("act=offer_grant", "300,000원", "지원금 시작"),
        ("actor=customer:1", "손님 1", "300,000원"),
        ("shop=1", "단골 됨", "300,000원"),
        ("since=2026-11-23", "300,000원", "이런 기록은 없어요"),
        ("since=2026-11-24", "이런 기록은 없어요", "300,000원"),
        ("until=2026-11-22", "이런 기록은 없어요", "300,000원"),
        ("until=2026-11-23&act=offer_grant", "300,000원", "단골 됨"),
        ("since=어제&shop=가게", "300,000원", "이런 기록은 없어요"),
        ("shop=2", "이런 기록은 없어요", "단골 됨"),
    ],
)
async def test_it_is_narrowed_by_who_what_where_and_when(
    manager: Browser, busy: Street, query: str, there: str, gone: str
) -> None:
    """Shop 2 is another program's."""
    html = (await manager.get(f"/manager/audit?{query}")).html
    words = Page(200, html.partition("<tbody>")[2].partition("</tbody>")[0], {}).words

    assert there in words
    assert gone not in words


async def test_it_goes_on_from_page_to_page(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(add_regulars, street.shop_id, 60)
    told, address = [], "/manager/audit?act=join"
    for _ in range(2):
        html = (await manager.get(address)).html
        told += [part.partition("번")[0] for part in html.split("<td>손님 ")[1:]]
        address = html.partition('"pages"')[2].partition('href="')[2].partition('"')[0]
        address = address.replace("&amp;", "&")

    assert sorted(map(int, told)) == list(range(1, 61))
    assert address == ""


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_an_outsider_recomputes_the_chain_from_the_file_alone(
    manager: Browser,
    busy: Street,
    console_books: Books,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr(audit, "LINES_MAX", 3)  # many pages, as of a long log
    lines = await export(manager, kind)

    own = {f"program:{busy.program_id}", f"shop:{busy.shop_id}"}
    held = [line for line in await console_books.read(list_audit) if line[0] in own]
    assert recomputed(lines) == []
    assert [line["hash"] for line in lines] == [line[4] for line in held]


async def test_the_recipe_of_the_docs_is_right(
    manager: Browser, busy: Street, console_books: Books, tmp_path: Path
) -> None:
    """Run as it stands there, beside the file and nothing else."""
    words = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    recipe = words.partition("### Recomputing")[2].split("```")[1]
    exported = (await manager.get("/manager/audit.jsonl")).html
    outcomes = []
    for text in (exported, exported.replace("offer_grant", "start_grant")):
        (tmp_path / "audit.jsonl").write_text(text, encoding="utf-8")
        ran = await asyncio.to_thread(
            run, [executable, "-c", recipe], cwd=tmp_path, capture_output=True, check=False
        )
        outcomes.append((ran.returncode, ran.stdout.decode()))

    ends = {
        one: end for one, end in (await console_books.read(list_ends)).items() if one in exported
    }
    assert outcomes == [(0, f"{ends}\n"), (1, "")]


@pytest.mark.parametrize("field", [*FIELDS, "previous_hash", "hash"])
async def test_any_change_to_the_file_is_seen_by_who_recomputes_it(
    manager: Browser, busy: Street, field: str
) -> None:
    lines = await export(manager, "csv")
    lines[1][field] = {"number": "9"}.get(field, lines[1][field] + "0")

    assert recomputed(lines) != []


async def test_a_line_left_out_of_the_file_is_seen(manager: Browser, busy: Street) -> None:
    lines = await export(manager, "jsonl")
    del lines[1]

    assert recomputed(lines) != []


async def test_one_shops_book_is_taken_alone(manager: Browser, busy: Street) -> None:
    lines = await export(manager, "jsonl", f"?shop={busy.shop_id}")

    assert {line["book"] for line in lines} == {f"shop:{busy.shop_id}"}
    assert recomputed(lines) == []


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_the_file_stays_in_no_cache(manager: Browser, busy: Street, kind: str) -> None:
    page = await manager.get(f"/manager/audit.{kind}")

    assert page.headers["Cache-Control"] == "no-store"


async def test_another_programs_book_is_not_there(
    manager: Browser, busy: Street, other_street: Street
) -> None:
    page = await manager.get(f"/manager/audit.csv?shop={other_street.shop_id}")

    assert page.status == 404


async def test_a_markets_manager_reads_the_books_of_its_shops(
    browsers: Browsers, console_books: Books, busy: Street
) -> None:
    own = await console_books.read(market_of, busy)
    across = await console_books.write(open_second_market, busy)
    seen = []
    for market_id in (own.market_id, across.market_id):
        staff_id = await console_books.write(hire, busy.program_id, Role.MARKET_MANAGER, market_id)
        lines = await export(await browsers.open(staff_id), "jsonl")
        seen.append({line["book"] for line in lines})

    assert seen[0] == {f"shop:{busy.shop_id}"}
    assert seen[1] <= {f"shop:{across.shop_id}"}


async def test_a_whole_chain_is_said_to_be_whole(manager: Browser, busy: Street) -> None:
    words = (await manager.get("/manager/audit/check")).words

    assert "바뀌거나 지워진 기록이 없어요. 가게와 프로그램의 기록 2묶음" in words
    assert "이어지지 않아요" not in words


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "UPDATE audit_line SET details = 'x' WHERE book = 'program:1' AND number = 2",
            "프로그램 기록: 2번째 줄이 앞줄과 이어지지 않아요",
        ),
        (
            "UPDATE audit_line SET hash = '0' WHERE book = 'shop:1' AND number = 1",
            "가게 1 기록: 1번째 줄이 앞줄과 이어지지 않아요",
        ),
        (
            "DELETE FROM audit_line WHERE book = 'shop:1' AND number > 2",
            "줄에서 끝나야 하는데 2번째 줄에서 끝나요",
        ),
        (
            "UPDATE audit_book SET hash = '0' WHERE book = 'shop:1'",
            "가게 1 기록: 마지막 줄의 확인 값이 달라요",
        ),
    ],
)
async def test_a_broken_chain_is_said_where(
    manager: Browser, busy: Street, console_books: Books, sql: str, words: str
) -> None:
    assert await console_books.write(change, sql) >= 1

    assert words in (await manager.get("/manager/audit/check")).words


async def test_another_programs_broken_chain_is_not_ours(
    manager: Browser, busy: Street, other_street: Street, console_books: Books
) -> None:
    sql = "UPDATE audit_line SET hash = '0' WHERE book = :book AND number = 1"
    await console_books.write(change, sql, book=f"shop:{other_street.shop_id}")

    assert "지워진 기록이 없어요" in (await manager.get("/manager/audit/check")).words


async def test_reading_and_taking_away_writes_nothing(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    before = await console_books.read(rows, "SELECT count(*) FROM audit_line")

    for page in ("/manager/audit", "/manager/audit/check", "/manager/audit.csv"):
        assert (await manager.get(page)).status == 200

    assert await console_books.read(rows, "SELECT count(*) FROM audit_line") == before


async def test_a_market_manager_reads_back_what_they_did_themselves(
    browsers: Browsers, busy: Street, console_books: Books
) -> None:
    """It stands in the program's book, of which they see nothing else, and no file has it."""
    market = await console_books.read(market_of, busy)
    mine, other = [
        await console_books.write(hire, busy.program_id, Role.MARKET_MANAGER, market.market_id)
        for _ in range(2)
    ]
    act = Act(actor=f"market_manager:{mine}", act="start_pot", subject="grant:9", at=MONDAY_TEN)
    await console_books.write(append_audit, f"program:{busy.program_id}", act)
    own, others = await browsers.open(mine), await browsers.open(other)

    seen = (await own.get("/manager/audit")).html.partition("<tbody>")[2]

    assert "지원금 9번" in seen
    assert "300,000원" not in seen
    assert "지원금 9번" not in (await others.get("/manager/audit")).html
    assert {line["book"] for line in await export(own, "jsonl")} == {f"shop:{busy.shop_id}"}
    assert "지워진 기록이 없어요" in (await own.get("/manager/audit/check")).words
