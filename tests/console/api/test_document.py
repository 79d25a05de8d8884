"""The OpenAPI document is sound, and says what the server does."""

from datetime import timedelta
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from campaigns.plan import plan_next
from console.api.routes import OPERATIONS
from domain.people import CustomerId, TokenRight
from loyalty.tills import add_till
from storage.books import Books
from tests.console.api.till import (
    BREAD,
    OWNER,
    TillClient,
    give_coupon,
    show_coupon_code,
    validator,
)
from tests.console.street import MONDAY_TEN, Clock, Street, add_regular, give_grant

PHONE = {"phone": "010-1234-5678"}
NEWS = {"body": "오늘 식빵 20% 할인"}
AFTER = MONDAY_TEN + timedelta(minutes=5)
WHEN = "2026-11-23T09:30:00+09:00"


async def test_the_document_is_sound_and_open_to_everyone(till: TillClient) -> None:
    told = (await till.other(None).ask_document()).body

    OpenAPIV31SpecValidator(told).validate()
    assert told == till.document


def test_every_operation_has_a_name_of_its_own(till: TillClient) -> None:
    names = [operation.name for operation in OPERATIONS]

    assert len(set(names)) == len(names)


async def test_every_operation_answers_as_the_document_says(
    till: TillClient,
    console_books: Books,
    console_clock: Clock,
    street: Street,
    regular: CustomerId,
) -> None:
    """Each answer is held to its schema as it comes (`TillClient.ask`)."""

    async def code(key: str) -> str:
        at = console_clock()
        coupon = await console_books.write(give_coupon, street.shop_id, regular, at, BREAD, key=key)
        return await console_books.write(show_coupon_code, street.shop_id, regular, coupon, at)

    visit = await till.ask("POST", "/visits", {**PHONE, "visited_at": WHEN}, key="v")
    await till.ask("POST", "/visits/batch", {"visits": [{"key": "w", **PHONE}]})
    await till.ask("GET", f"/visits/{visit.body['id']}")
    await till.ask("DELETE", f"/visits/{visit.body['id']}")
    first = await code("one")
    await till.ask("GET", f"/coupons/{first}")
    held = await till.ask("POST", "/redemptions", {"code": first, "is_open": True}, key="r")
    console_clock.pass_(minutes=1)
    await till.ask("POST", f"/redemptions/{held.body['id']}/use", {})
    await till.ask("GET", f"/redemptions/{held.body['id']}")
    await till.ask("POST", f"/redemptions/{held.body['id']}/reverse")
    let_go = await till.ask(
        "POST", "/redemptions", {"code": await code("two"), "is_open": True}, key="s"
    )
    await till.ask("POST", f"/redemptions/{let_go.body['id']}/release")

    await _send_news(till, console_books, street)

    assert {name for name, status in till.seen if status < 300} == {one.name for one in OPERATIONS}


async def _send_news(till: TillClient, books: Books, street: Street) -> None:
    """With a token of its own: booked and canceled, and another paused while it leaves."""
    right, at = TokenRight.SENDING, MONDAY_TEN
    token = await books.write(add_till, street.shop_id, "소식", may=right, actor=OWNER, at=at)
    sender = till.other(token)
    await books.write(give_grant, street, is_started=True)
    await books.write(add_regular, street.shop_id, "person-2")
    await sender.ask("GET", "/segments")
    await sender.ask("GET", "/pictures")
    await sender.ask("POST", "/campaigns/try", NEWS)
    first = await sender.ask("POST", "/campaigns", NEWS, key="c")
    await sender.ask("GET", f"/campaigns/{first.body['id']}")
    await sender.ask("POST", f"/campaigns/{first.body['id']}/cancel")
    second = await sender.ask("POST", "/campaigns", NEWS, key="d")
    while await books.write_batch(plan_next, AFTER):
        pass
    for act in ("pause", "resume", "stop"):
        await sender.ask("POST", f"/campaigns/{second.body['id']}/{act}")


@pytest.mark.parametrize(
    ("body", "is_taken"),
    [
        ({"phone": "010-1234-5678"}, True),
        ({"phone": "010-1234-5678", "visited_at": WHEN, "lines": [{"name": "빵"}]}, True),
        ({}, False),
        ({"code": "4821", "phone": "010-1234-5678"}, False),
        ({"phone": None}, False),
        ({"phone": "010-1234-5678", "spend_won": None}, False),
        ({"phone": "010-1234-5678", "spend_won": -1}, False),
        ({"phone": "010-1234-5678", "items": 51}, False),
        ({"phone": "010-1234-5678", "items": "1"}, False),
        ({"phone": "010-1234-5678", "itms": 1}, False),
        ({"phone": "010-1234-5678", "visited_at": "yesterday"}, False),
        ({"phone": "010-1234-5678", "lines": [{"name": ""}]}, False),
        ({"code": "48211"}, False),
    ],
)
async def test_the_document_and_the_server_take_the_same_bodies(
    till: TillClient, regular: CustomerId, body: dict[str, Any], is_taken: bool
) -> None:
    schema = till.document["components"]["schemas"]["NewVisit"]

    reply = await till.ask("POST", "/visits", body, key="k")

    assert (reply.status == 201) == is_taken
    assert validator(till.document, schema).is_valid(body) == is_taken
