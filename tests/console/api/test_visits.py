"""A till writes visits down over the REST API: once each, for its own shop alone."""

import asyncio
from datetime import timedelta

import pytest

from domain.people import CustomerId
from domain.rules import Per, ShopRules
from loyalty.cards import set_rules
from storage.books import Books
from tests.console.api.till import NEEDED, OWNER, TillClient, show_code
from tests.console.street import MONDAY_TEN, Clock, Street
from tests.factories import rows

PHONE = {"phone": "010-1234-5678"}


async def digits(books: Books, street: Street, who: CustomerId, clock: Clock) -> str:
    return await books.write(show_code, street.shop_id, who, clock())


async def count_visits(books: Books) -> int:
    found = await books.read(rows, "SELECT count(*) FROM visit")
    return int(found[0][0])


async def test_a_code_makes_a_proven_visit(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
) -> None:
    code = await digits(console_books, street, regular, console_clock)

    saved = await till.stamp({"code": code, "spend_won": 12_000})

    assert saved.status == 201
    assert not saved.is_replayed
    assert saved.body["is_proven"]
    assert saved.body["way"] == "code"
    assert saved.body["card"] == {"stamps": 1, "needed": NEEDED, "number": 1, "lapses_at": None}
    assert (saved.body["stamps"], saved.body["visits"], saved.body["earned"]) == (1, 1, [])
    assert (await till.ask("GET", f"/visits/{saved.body['id']}")).body == saved.body


async def test_a_phone_number_makes_a_claimed_visit(
    till: TillClient, console_books: Books, regular: CustomerId
) -> None:
    saved = await till.stamp(PHONE)

    assert (saved.status, saved.body["is_proven"], saved.body["way"]) == (201, False, "phone")
    found = await console_books.read(rows, "SELECT customer_id, actor FROM visit")
    assert found == [(regular, "till:1")]


async def test_a_replay_gets_the_same_visit(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
) -> None:
    """Minutes later, when the code has lapsed and been used."""
    body = {"code": await digits(console_books, street, regular, console_clock)}
    first = await till.stamp(body)
    console_clock.pass_(minutes=30)

    again = await till.stamp(body)

    assert (again.status, again.is_replayed, again.body) == (200, True, first.body)
    assert await count_visits(console_books) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"phone": "010-9999-8888"},
        {**PHONE, "items": 2},
        {**PHONE, "spend_won": 1},
        {**PHONE, "lines": [{"name": "식빵"}]},
        {**PHONE, "visited_at": "2026-11-23T09:00:00+09:00"},
    ],
)
async def test_a_key_never_means_something_else(
    till: TillClient, console_books: Books, regular: CustomerId, other: dict[str, object]
) -> None:
    first = await till.stamp(PHONE)

    refused = await till.stamp(other)

    assert (first.status, refused.status, refused.code) == (201, 422, "key_reused")
    assert await count_visits(console_books) == 1


async def test_a_refused_request_leaves_its_key_free(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
) -> None:
    code = await digits(console_books, street, regular, console_clock)
    wrong = f"{(int(code) + 1) % 10_000:04d}"

    refused = await till.stamp({"code": wrong})
    saved = await till.stamp({"code": code})

    assert (refused.status, refused.code) == (404, "code")
    assert saved.status == 201


async def test_a_key_is_the_tills_own(
    till: TillClient, other_till: TillClient, regular: CustomerId
) -> None:
    assert (await till.stamp(PHONE)).status == 201
    assert (await other_till.stamp(PHONE)).status == 201


async def test_one_request_sent_twenty_times_at_once_is_one_visit(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
) -> None:
    body = {"code": await digits(console_books, street, regular, console_clock)}

    replies = await asyncio.gather(*[till.stamp(body) for _ in range(20)])

    assert sorted(reply.status for reply in replies) == [200] * 19 + [201]
    assert len({reply.body["id"] for reply in replies}) == 1
    assert await count_visits(console_books) == 1


async def test_a_full_card_tells_of_its_coupon_also_in_a_replay(
    till: TillClient, console_clock: Clock, regular: CustomerId
) -> None:
    replies = [await till.stamp({**PHONE, "items": 1}, f"k-{day}") for day in range(NEEDED)]
    again = await till.stamp({**PHONE, "items": 1}, f"k-{NEEDED - 1}")

    (coupon,) = replies[-1].body["earned"]
    assert (coupon["title"], coupon["state"]) == ("단팥빵 1개", "ready")
    assert again.body["earned"] == [coupon]


async def test_lines_count_without_what_earns_nothing(
    till: TillClient, console_books: Books, street: Street, regular: CustomerId
) -> None:
    rules = ShopRules(per=Per.ITEM, excluded=("종이 봉투",))
    await console_books.write(set_rules, street.shop_id, rules, actor=OWNER, at=MONDAY_TEN)
    lines = [{"name": "식빵", "count": 2}, {"name": "종이봉투", "count": 1}]

    saved = await till.stamp({**PHONE, "lines": lines})

    assert saved.body["stamps"] == 2


async def test_undoing_takes_everything_back_once(
    till: TillClient, console_books: Books, regular: CustomerId
) -> None:
    replies = [await till.stamp(PHONE, f"k-{number}") for number in range(NEEDED)]
    last = replies[-1].body

    gone = await till.ask("DELETE", f"/visits/{last['id']}")
    again = await till.ask("DELETE", f"/visits/{last['id']}")

    assert gone.status == again.status == 200
    assert (gone.is_replayed, again.is_replayed) == (False, True)
    assert gone.body["canceled"] == [last["earned"][0]["id"]]
    assert gone.body["owed"] == again.body["canceled"] == []
    assert gone.body["visit"] == again.body["visit"]
    assert gone.body["visit"]["canceled_at"] is not None
    assert gone.body["visit"]["earned"][0]["state"] == "canceled"
    assert gone.body["visit"]["card"]["stamps"] == NEEDED - 1
    assert gone.body["visit"]["visits"] == NEEDED - 1


async def test_an_undone_visit_stays_undone_when_its_request_comes_again(
    till: TillClient, regular: CustomerId
) -> None:
    saved = await till.stamp(PHONE)
    await till.ask("DELETE", f"/visits/{saved.body['id']}")

    again = await till.stamp(PHONE)

    assert again.status == 200
    assert again.body["canceled_at"] is not None


async def test_a_visit_may_come_late_and_not_too_late(
    till: TillClient, console_clock: Clock, regular: CustomerId
) -> None:
    six_days_ago = (console_clock() - timedelta(days=6)).isoformat()
    eight_days_ago = (console_clock() - timedelta(days=8)).isoformat()

    late = await till.stamp({**PHONE, "visited_at": six_days_ago}, "late")
    too_late = await till.stamp({**PHONE, "visited_at": eight_days_ago}, "too-late")

    assert late.status == 201
    assert late.body["visited_at"] == "2026-11-17T01:00:00Z"
    assert (too_late.status, too_late.body["errors"][0]["pointer"]) == (422, "#/visited_at")


async def test_another_shops_visit_and_code_are_not_found(
    till: TillClient,
    other_till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
) -> None:
    code = await digits(console_books, street, regular, console_clock)
    saved = await till.stamp(PHONE)

    assert (await other_till.stamp({"code": code})).status == 404
    assert (await other_till.ask("GET", f"/visits/{saved.body['id']}")).status == 404
    assert (await other_till.ask("DELETE", f"/visits/{saved.body['id']}")).status == 404
    assert (await till.ask("GET", f"/visits/{saved.body['id']}")).body["canceled_at"] is None


async def test_a_kept_list_answers_for_each_visit(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
) -> None:
    """One refusal stops none of the others, and sending the list again changes nothing."""
    code = await digits(console_books, street, regular, console_clock)
    at = console_clock().isoformat()
    console_clock.pass_(hours=5)
    visits = [
        {"key": "a", "code": code, "visited_at": at},
        {"key": "b", "code": code, "visited_at": at},
        {"key": "c", "phone": "12", "visited_at": at},
        {"key": "d", **PHONE, "visited_at": at},
    ]

    first = await till.ask("POST", "/visits/batch", {"visits": visits})
    again = await till.ask("POST", "/visits/batch", {"visits": visits})

    statuses = [[one["status"] for one in reply.body["answers"]] for reply in (first, again)]
    assert statuses == [[201, 409, 422, 201], [200, 409, 422, 200]]
    refused = first.body["answers"][2]["problem"]
    assert refused["errors"][0]["pointer"] == "#/visits/2/phone"
    assert [one["key"] for one in first.body["answers"]] == ["a", "b", "c", "d"]
    assert await count_visits(console_books) == 2


async def test_a_visit_sent_alone_and_in_a_list_is_the_same_request(
    till: TillClient, regular: CustomerId
) -> None:
    saved = await till.stamp({**PHONE, "lines": [{"name": "식빵"}]}, "k")
    listed = {"key": "k", **PHONE, "lines": [{"name": "식빵"}]}

    again = await till.ask("POST", "/visits/batch", {"visits": [listed]})

    assert again.body["answers"][0]["status"] == 200
    assert again.body["answers"][0]["visit"]["id"] == saved.body["id"]
