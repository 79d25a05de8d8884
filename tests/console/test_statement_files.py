"""What the files of a month say of the month itself."""

import csv
import io
import zipfile

from storage.books import Books
from tests.console.browser import Browser
from tests.console.street import Clock, Street
from tests.factories import rows

NOVEMBER = "/manager/statements/2026-11"


async def read_csv(manager: Browser) -> list[list[str]]:
    page = await manager.get(f"{NOVEMBER}/file.csv")
    return [*csv.reader(io.StringIO(page.html.removeprefix("\ufeff")))]


async def test_they_say_whether_it_is_closed_and_under_which_hash(
    manager: Browser, street: Street, console_clock: Clock, console_books: Books
) -> None:
    _, *before = await read_csv(manager)
    console_clock.pass_(days=9)
    await manager.submit("/manager/statements", f"{NOVEMBER}/close")

    titles, *after = await read_csv(manager)

    assert {tuple(line[-2:]) for line in before} == {("마감 전", "")}
    ((proof,),) = await console_books.read(rows, "SELECT hash FROM month_statement")
    assert titles[-2:] == ["마감", "확인 값"]
    assert {line[-2] for line in after} == {"2026-12-02 10:00 마감"}
    assert [line[-1] for line in after] == ["", "", "", proof]
    assert proof in await read_workbook(manager)


async def read_workbook(manager: Browser) -> str:
    async with manager.client.get(f"{NOVEMBER}/file.xlsx") as response:
        body = await response.read()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


async def test_their_titles_are_short_and_have_the_minus_of_numbers(
    manager: Browser, street: Street
) -> None:
    titles, *_ = await read_csv(manager)

    assert max(len(title) for title in titles) <= 20
    assert not any("−" in title for title in titles)
