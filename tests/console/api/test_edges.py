"""Who may ask, how often, and what a till gets for words that are no request."""

import ast
from pathlib import Path

import pytest

from console.api.operations import BODY_BYTES_MAX
from console.api.pace import BURST
from console.api.problems import TITLES
from domain.people import CustomerId, TokenId
from loyalty.tills import revoke_till
from storage.books import Books
from tests.architecture.parts import ROOT, modules
from tests.console.api.till import OWNER, TillClient
from tests.console.street import MONDAY_TEN, Clock, Street
from tests.factories import rows, sweep

PHONE = {"phone": "010-1234-5678"}
VISITS = "/visits"
SAID_TO_TILLS = (
    "loyalty/codes.py",
    "loyalty/coupons.py",
    "loyalty/sales.py",
    "loyalty/till_coupons.py",
    "loyalty/till_visits.py",
    "loyalty/tills.py",
    "loyalty/visits.py",
    "domain/coupons.py",
    "console/api/operations.py",
    "console/api/pace.py",
    "console/api/problems.py",
)
NOT_SAID_TO_TILLS = {"codes_busy", "too_many_tries", "offer", "offer_closed", "till", ""}
"""Raised in these files, and reached from the chat and the owner's pages alone."""


@pytest.mark.parametrize("token", [None, "", "dangol_wrong", "열쇠", "x" * 5_000])
async def test_without_a_live_token_nothing_opens(till: TillClient, token: str | None) -> None:
    stranger = till.other(token)

    for method, path in (("GET", "/visits/1"), ("POST", VISITS), ("GET", "/coupons/1234")):
        refused = await stranger.ask(method, path)
        assert (refused.status, refused.code) == (401, "token")
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_revoked_token_opens_nothing(
    till: TillClient, console_books: Books, street: Street, regular: CustomerId
) -> None:
    assert (await till.stamp(PHONE)).status == 201
    await console_books.write(revoke_till, street.shop_id, TokenId(1), actor=OWNER, at=MONDAY_TEN)

    assert (await till.stamp(PHONE)).status == 401


@pytest.mark.parametrize("header", ["", "k y", "키", "k" * 61, "k\t1"])
async def test_a_change_needs_a_key(till: TillClient, header: str, regular: CustomerId) -> None:
    refused = await till.stamp(PHONE, header)

    assert (refused.status, refused.code) == (400, "key_missing")


async def test_a_key_in_the_quotes_of_the_draft_is_the_same_key(
    till: TillClient, regular: CustomerId
) -> None:
    assert (await till.stamp(PHONE, '"k-1"')).status == 201
    assert (await till.stamp(PHONE, "k-1")).status == 200


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"nonsense", b'{"phone": "\\ud800"}'])
async def test_a_body_that_is_no_json_is_malformed(till: TillClient, raw: bytes) -> None:
    refused = await till.ask("POST", VISITS, raw=raw, key="k")

    assert (refused.status, refused.code) == (400, "malformed")


async def test_only_json_is_taken(till: TillClient) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refused = await till.ask("POST", VISITS, raw=b"phone=1", key="k", headers=headers)

    assert (refused.status, refused.code) == (415, "not_json")


async def test_too_large_a_body_is_refused(till: TillClient) -> None:
    fits = await till.ask("POST", VISITS, raw=b" " * BODY_BYTES_MAX, key="k")
    refused = await till.ask("POST", VISITS, raw=b" " * (BODY_BYTES_MAX + 1), key="k")

    assert (fits.status, refused.status, refused.code) == (400, 413, "too_large")


@pytest.mark.parametrize(
    ("body", "pointer", "says"),
    [
        ({}, "#", "하나만"),
        ({**PHONE, "code": "1234"}, "#", "하나만"),
        ({**PHONE, "itms": 2}, "#/itms", "그런 이름"),
        ({"phone": None}, "#/phone", "null"),
        ({"code": "123"}, "#/code", "모양"),
        ({"phone": "12345"}, "#/phone", "휴대폰"),
        ({**PHONE, "items": "2"}, "#/items", "정수"),
        ({**PHONE, "items": 0}, "#/items", "1 이상"),
        ({**PHONE, "items": 51}, "#/items", "50 이하"),
        ({**PHONE, "spend_won": -1}, "#/spend_won", "0 이상"),
        ({**PHONE, "spend_won": 10**30}, "#/spend_won", "이하"),
        ({**PHONE, "lines": [{"name": "식빵", "count": 0}]}, "#/lines/0/count", "1 이상"),
        ({**PHONE, "lines": [{"count": 1}]}, "#/lines/0/name", "꼭"),
        ({**PHONE, "visited_at": "2026-11-23T10:00:00"}, "#/visited_at", "시간대"),
        ({**PHONE, "visited_at": "어제"}, "#/visited_at", "모양"),
        ({**PHONE, "visited_at": "0001-01-01T00:00:00+14:00"}, "#/visited_at", "7일"),
        ({**PHONE, "visited_at": "9999-12-31T23:59:59-14:00"}, "#/visited_at", "시계"),
        ([], "#", "모양"),
    ],
)
async def test_what_does_not_fit_is_named(
    till: TillClient, body: object, pointer: str, says: str
) -> None:
    refused = await till.ask("POST", VISITS, body, key="k")

    assert (refused.status, refused.code) == (422, "invalid")
    (error,) = refused.body["errors"]
    assert error["pointer"] == pointer
    assert says in error["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/visits/abc", 404),
        ("GET", "/visits/99999999999999999999", 404),
        ("GET", "/coupons/12345", 404),
        ("PUT", "/visits", 405),
    ],
)
async def test_addresses_that_are_none_are_problems_too(
    till: TillClient, method: str, path: str, status: int
) -> None:
    refused = await till.ask(method, path)

    assert refused.status == status
    assert refused.body["type"] == "about:blank"
    assert "<" not in refused.body["title"]


async def test_a_till_that_runs_wild_is_slowed_down(
    till: TillClient, other_till: TillClient, console_clock: Clock
) -> None:
    replies = [await till.ask("GET", "/visits/1") for _ in range(BURST + 1)]
    neighbor = await other_till.ask("GET", "/visits/1")
    console_clock.pass_(seconds=1)
    later = await till.ask("GET", "/visits/1")

    assert [reply.status for reply in replies] == [404] * BURST + [429]
    assert replies[-1].headers["Retry-After"] == "1"
    assert (neighbor.status, later.status) == (404, 404)


async def test_the_last_use_is_written_once_a_day(
    till: TillClient, console_books: Books, console_clock: Clock
) -> None:
    seen = []
    for _ in range(4):
        await till.ask("GET", "/visits/1")
        seen.append((await console_books.read(rows, "SELECT last_used_at FROM api_token"))[0][0])
        console_clock.pass_(hours=7)

    assert seen[0] == seen[1]
    assert seen[2] == seen[3] != seen[0]


async def test_what_was_asked_long_ago_is_forgotten_and_still_answered(
    till: TillClient, console_books: Books, console_clock: Clock, regular: CustomerId
) -> None:
    first = await till.stamp(PHONE)
    console_clock.pass_(days=15)
    await console_books.write(sweep, console_clock.at)
    assert await console_books.read(rows, "SELECT * FROM till_request") == []
    again = await till.stamp(PHONE)

    assert (again.status, again.body["id"]) == (200, first.body["id"])


async def test_the_phone_number_of_a_request_is_not_kept_in_clear(
    till: TillClient, console_books: Books, regular: CustomerId
) -> None:
    await till.stamp(PHONE)

    for table in ("till_request", "visit", "audit_line"):
        found = str(await console_books.read(rows, f"SELECT * FROM {table}"))
        assert "5678" not in found


def raised_codes(path: str) -> set[str]:
    """The reasons that a file gives for refusing; those made of a state are told apart by it."""
    (module,) = [one for one in modules(Path(path).parts[0]) if one.path == path]
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"Conflict", "NotFound", "NotAllowed", "Refusal"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_refusal_a_till_can_meet_has_words() -> None:
    raised = {code for path in SAID_TO_TILLS for code in raised_codes(path)}

    assert raised - set(TITLES) == NOT_SAID_TO_TILLS & raised
    assert {f"coupon_{state}" for state in ("ready", "held", "used", "canceled")} <= set(TITLES)


def test_every_code_stands_in_the_guide() -> None:
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

    assert [code for code in TITLES if f"`{code}`" not in guide] == []
