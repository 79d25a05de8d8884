"""A month is closed in two steps: its figures are looked at, then it is closed for ever."""

from domain.people import Role
from storage.books import Books
from tests.console.browser import Browser, Browsers
from tests.console.hiring import hire
from tests.console.street import Clock, Street

NOVEMBER = "/manager/statements/2026-11"


async def test_a_month_is_looked_at_before_it_is_closed(
    manager: Browser, browsers: Browsers, console_books: Books, street: Street, console_clock: Clock
) -> None:
    running = await manager.get(NOVEMBER)
    console_clock.pass_(days=9)

    listed = await manager.get("/manager/statements")
    looked = await manager.get(NOVEMBER)
    of_market = await manager.get(f"{NOVEMBER}?market=1")
    auditor = await browsers.open(await console_books.write(hire, street, Role.AUDITOR))
    read = await auditor.get(NOVEMBER)
    await manager.submit(NOVEMBER, f"{NOVEMBER}/close")
    closed = await manager.get(NOVEMBER)

    press = f'action="{NOVEMBER}/close"'
    assert press not in listed.html
    assert "11월 살펴보고 마감하기" in listed.words
    assert "되돌릴 수 없어요" in looked.words
    assert "10,000,000원" in looked.words
    has_press = [press in page.html for page in (running, looked, of_market, read, closed)]
    assert has_press == [False, True, False, False, False]
