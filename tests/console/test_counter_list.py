"""The list of a till that lost its network: one answer a line, and replays change nothing."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from console.pages import STATIC
from domain.people import CustomerId
from domain.visits import WRONG_CODES_MAX
from storage.books import Books
from tests.console.browser import Browser, Page, token_on
from tests.console.counting import PHONE, hand_coupon, show_code, show_coupon_code
from tests.console.street import MONDAY_TEN, Clock, Street
from tests.factories import change, rows

BROKEN = """CREATE TRIGGER broken BEFORE INSERT ON visit WHEN NEW.customer_id = 1
BEGIN SELECT RAISE(ABORT, 'the disk has a hole'); END"""
COUNT = "SELECT count(*) FROM visit"


def line(key: str, who: str, seconds_ago: int = 0) -> dict[str, object]:
    return {"key": key, "who": who, "items": "", "spend_won": "", "seconds_ago": seconds_ago}


async def sent(owner: Browser, listed: object) -> Page:
    csrf = token_on(await owner.get("/owner/counter/shell"))
    return await owner.post("/owner/counter/list", {"csrf": csrf, "list": json.dumps(listed)})


async def answers(owner: Browser, listed: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    page = await sent(owner, listed)
    assert page.status == 200
    found: list[dict[str, Any]] = json.loads(page.html)
    return found


async def test_one_refusal_stops_no_other_line(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    code = await console_books.write(show_code, street.shop_id, regular, console_clock.at)
    console_clock.pass_(hours=1)
    listed = [
        line("a", code, 3_500),
        line("b", "0000", 3_000),
        line("c", "010-7777-8888", 60),
        line("d", code, 3_400),
    ]

    found = await answers(owner, listed)

    assert [one["key"] for one in found] == ["a", "b", "c", "d"]
    assert [one["is_saved"] for one in found] == [True, False, True, False]
    assert "그런 번호가 없어요" in found[1]["words"]
    assert "이미 쓴 번호예요" in found[3]["words"]
    assert await console_books.read(rows, COUNT) == [(2,)]


async def test_a_visit_is_written_down_for_when_it_happened(
    owner: Browser, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    console_clock.pass_(hours=5)

    await answers(owner, [line("a", PHONE, 7_200)])

    ((visited_at,),) = await console_books.read(rows, "SELECT visited_at FROM visit")
    assert datetime.fromisoformat(visited_at).hour == MONDAY_TEN.hour + 3


async def test_sending_the_list_again_changes_nothing(
    owner: Browser, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    listed = [line("a", PHONE, 60), line("b", "010-7777-8888", 30)]
    before = await answers(owner, listed)
    console_clock.pass_(minutes=20)

    after = await answers(owner, [{**one, "seconds_ago": 1_260} for one in listed])

    assert after == before
    assert await console_books.read(rows, COUNT) == [(2,)]


async def test_a_line_whose_form_had_arrived_is_stamped_once(
    owner: Browser, regular: CustomerId, console_books: Books
) -> None:
    """The network died before the answer: the form's own key goes into the list."""
    form = await owner.get("/owner/counter")
    fields = {"csrf": form.value("csrf"), "key": form.value("key"), "who": PHONE}
    await owner.post("/owner/counter", fields)

    found = await answers(owner, [line(form.value("key"), PHONE, 10)])

    assert found[0]["is_saved"]
    assert await console_books.read(rows, COUNT) == [(1,)]


async def test_a_week_is_the_longest_a_list_may_wait(
    owner: Browser, regular: CustomerId, console_books: Books
) -> None:
    listed = [line("a", PHONE, 8 * 86_400), line("b", PHONE, 10**30)]

    found = await answers(owner, listed)

    assert ["7일이 지난" in one["words"] for one in found] == [True, True]
    assert await console_books.read(rows, COUNT) == [(0,)]


async def test_codes_that_must_wait_stay_on_the_phone(
    owner: Browser, street: Street, regular: CustomerId, console_clock: Clock
) -> None:
    wrong = [line(f"w{number}", f"{number:04}") for number in range(WRONG_CODES_MAX)]

    found = await answers(owner, wrong)
    waiting = await answers(owner, [line("a", "9999"), line("b", PHONE)])
    console_clock.pass_(minutes=10, seconds=1)
    later = await answers(owner, [line("a", "9999")])

    assert {one["is_saved"] for one in found} == {False}
    assert [one["key"] for one in waiting] == ["b"]
    assert "그런 번호가 없어요" in later[0]["words"]


async def test_a_line_that_fails_on_our_side_stays_and_stops_no_other(
    owner: Browser, regular: CustomerId, console_books: Books
) -> None:
    await console_books.write(change, BROKEN)

    found = await answers(owner, [line("a", PHONE), line("b", "010-7777-8888")])

    assert [one["key"] for one in found] == ["b"]
    assert await console_books.read(rows, COUNT) == [(1,)]


async def test_a_coupon_cannot_be_used_late(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    at, shop_id = console_clock.at, street.shop_id
    coupon_id = await console_books.write(hand_coupon, shop_id, regular, at)
    code = await console_books.write(show_coupon_code, shop_id, (regular, coupon_id), at)

    found = await answers(owner, [line("a", code, 5)])

    assert "도장이 아니라 쿠폰 번호예요" in found[0]["words"]


@pytest.mark.parametrize(
    "listed",
    [
        {"a": 1},
        [1],
        [{}],
        [line("", PHONE)],
        [{**line("a", PHONE), "seconds_ago": "-5"}],
        [{**line("a", PHONE), "seconds_ago": None}],
        [line("a", PHONE)] * 101,
    ],
)
async def test_what_our_page_would_never_send_is_refused(
    owner: Browser, regular: CustomerId, console_books: Books, listed: object
) -> None:
    assert (await sent(owner, listed)).status == 400
    assert await console_books.read(rows, COUNT) == [(0,)]


async def test_a_list_that_is_no_json_is_refused(owner: Browser, regular: CustomerId) -> None:
    csrf = token_on(await owner.get("/owner/counter/shell"))

    for text in ("", "[", "[" * 100_000):
        page = await owner.post("/owner/counter/list", {"csrf": csrf, "list": text})
        assert page.status == 400


async def test_the_kept_page_names_nobody(owner: Browser, regular: CustomerId) -> None:
    await owner.submit("/owner/counter", "/owner/counter", {"who": PHONE})

    shell = await owner.get("/owner/counter/shell")

    assert "-****-" in (await owner.get("/owner/counter")).words
    assert "-****-" not in shell.words
    assert 'id="till"' in shell.html


async def test_the_worker_may_open_the_counter_only(owner: Browser, street: Street) -> None:
    worker = await owner.get("/owner/counter/worker.js?v=1")

    assert worker.headers["Service-Worker-Allowed"] == "/owner/counter"
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.html == (STATIC / "counter_worker.js").read_text()


async def test_a_stranger_gets_neither_shell_nor_list(stranger: Browser, street: Street) -> None:
    for path in ("/owner/counter", "/owner/counter/shell", "/owner/counter/qr"):
        assert (await stranger.get(path)).status == 403
    assert (await stranger.post("/owner/counter/list", {"list": "[]"})).status == 403
