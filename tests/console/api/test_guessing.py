"""A till that guesses: codes rest for ten minutes, and a long list costs what it is."""

from console.api.pace import BURST, PER_SECOND
from domain.people import CustomerId
from domain.visits import WRONG_CODES_MAX
from storage.books import Books
from tests.console.api.till import TillClient, show_code
from tests.console.browser import Browser
from tests.console.street import Clock, Street

PHONE = {"phone": "010-1234-5678"}
BATCH = "/visits/batch"


def guesses(count: int, but: str = "") -> list[dict[str, str]]:
    found = [f"{number:04}" for number in range(count + 1) if f"{number:04}" != but]
    return [{"key": f"g{digits}", "code": digits} for digits in found[:count]]


async def test_thirty_wrong_codes_in_one_list_close_codes_and_leave_phones(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
) -> None:
    code = await console_books.write(show_code, street.shop_id, regular, console_clock())

    listed = await till.ask("POST", BATCH, {"visits": guesses(WRONG_CODES_MAX + 5, code)})
    console_clock.pass_(minutes=1)
    right = await till.stamp({"code": code})
    looked = await till.ask("GET", f"/coupons/{code}")
    held = await till.ask("POST", "/redemptions", {"code": code}, key="r")
    phone = await till.stamp(PHONE, "p")

    statuses = [one["status"] for one in listed.body["answers"]]
    assert statuses == [404] * WRONG_CODES_MAX + [429] * 5
    for refused in (right, looked, held):
        assert (refused.status, refused.code) == (429, "too_many_codes")
        assert refused.headers["Retry-After"] == "600"
        assert "휴대폰 번호로" in refused.body["title"]
    assert phone.status == 201


async def test_looking_at_coupons_is_guessing_too(till: TillClient, regular: CustomerId) -> None:
    replies = [await till.ask("GET", f"/coupons/{n:04}") for n in range(WRONG_CODES_MAX + 1)]

    assert [reply.status for reply in replies] == [404] * WRONG_CODES_MAX + [429]


async def test_redeeming_is_guessing_too(till: TillClient, regular: CustomerId) -> None:
    replies = [
        await till.ask("POST", "/redemptions", {"code": f"{n:04}", "is_open": True}, key=f"r{n}")
        for n in range(WRONG_CODES_MAX + 1)
    ]

    assert [reply.status for reply in replies] == [404] * WRONG_CODES_MAX + [429]


async def test_the_counter_page_and_the_tills_count_together(
    till: TillClient, owner: Browser, regular: CustomerId
) -> None:
    await till.ask("POST", BATCH, {"visits": guesses(WRONG_CODES_MAX - 1)})

    wrong = await owner.submit("/owner/counter", "/owner/counter", {"who": "9999"})
    closed = await owner.submit("/owner/counter", "/owner/counter", {"who": "9998"})
    coupon = await owner.submit("/owner/counter", "/owner/counter/coupons", {"who": "9997"})
    phone = await owner.submit("/owner/counter", "/owner/counter", {"who": PHONE["phone"]})

    assert "그런 번호가 없어요" in wrong.words
    for page in (closed, coupon):
        assert page.status == 422
        assert "10분 뒤에 다시 하거나 휴대폰 번호로" in page.words
    assert phone.status == 303


async def test_a_list_takes_as_much_from_the_bucket_as_its_visits(
    till: TillClient, console_clock: Clock, regular: CustomerId
) -> None:
    """It may be longer than what is left: the next one waits until the debt is filled."""
    count = BURST + 2 * PER_SECOND
    listed = [{"key": f"k{n}", "phone": "12"} for n in range(count)]

    first = await till.ask("POST", BATCH, {"visits": listed})
    second = await till.ask("POST", BATCH, {"visits": listed})
    console_clock.pass_(seconds=2)
    early = await till.ask("GET", "/visits/1")
    console_clock.pass_(seconds=1)
    later = await till.ask("GET", "/visits/1")

    assert [reply.status for reply in (first, second, early, later)] == [200, 429, 429, 404]
    assert (second.code, second.headers["Retry-After"]) == ("too_many", "3")
