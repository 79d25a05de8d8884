"""Signatures: the vector of providers.md A2, and what makes one invalid (E1, E2)."""

from datetime import timedelta

import pytest

from simulator.clock import iso_utc
from simulator.faults import Fault
from simulator.solapi_auth import sign

from .conftest import Sim
from .provider import authorization

BALANCE = "/cash/v1/balance"
SALT = "0123456789abcdef0123456789abcdef"


async def get(sim: Sim, header: str) -> tuple[int, str]:
    response = await sim.client.get(BALANCE, headers={"Authorization": header})
    return response.status, (await response.json()).get("errorCode", "")


def header(sim: Sim, *, minutes: float = 0, **other: str) -> str:
    date = iso_utc(sim.clock() + timedelta(minutes=minutes))
    signature = sign("FAKE-SECRET-0001", date, SALT)
    given = {"apiKey": "NCSKEY", "date": date, "salt": SALT, "signature": signature, **other}
    return "HMAC-SHA256 " + ", ".join(f"{name}={value}" for name, value in given.items())


def test_the_vector_of_the_reference_holds() -> None:
    signature = sign("FAKE-SECRET-0001", "2026-11-22T01:02:03.000Z", SALT)

    assert signature == "5e4cfd889b826a3d5a354f0fb179497e5bfd4f17e2eabef5919c6ee0e0ff8289"


async def test_parameter_names_are_read_in_any_case(sim: Sim) -> None:
    as_python_sdk = header(sim).replace("apiKey=", "ApiKey=").replace("date=", "Date=")

    assert await get(sim, as_python_sdk) == (200, "")


async def test_a_signature_is_good_once(sim: Sim) -> None:
    used = authorization(sim)

    assert await get(sim, used) == (200, "")
    assert await get(sim, used) == (403, "DuplicatedSignature")
    sim.clock.pass_(minutes=16)
    assert await get(sim, used) == (403, "RequestTimeTooSkewed")


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-15, (200, "")), (15, (200, "")), (-15.1, (403, "RequestTimeTooSkewed")),
     (15.1, (403, "RequestTimeTooSkewed"))],
)  # fmt: skip
async def test_the_date_may_differ_by_a_quarter_of_an_hour(
    sim: Sim, minutes: float, expected: tuple[int, str]
) -> None:
    assert await get(sim, header(sim, minutes=minutes)) == expected


async def test_wrong_key_or_signature_is_named(sim: Sim) -> None:
    assert await get(sim, header(sim, apiKey="X")) == (403, "InvalidAPIKey")
    assert await get(sim, header(sim, signature="0")) == (403, "SignatureDoesNotMatch")
    assert await get(sim, header(sim, salt="short")) == (403, "SignatureDoesNotMatch")
    assert await get(sim, "Bearer x") == (403, "InvalidAPIKey")


@pytest.mark.parametrize(
    ("remember", "second"),
    [("before", (403, "DuplicatedSignature")), ("after", (404, "ResourceNotFound"))],
)
async def test_by_switch_a_refused_request_leaves_its_signature_unused(
    sim: Sim, remember: str, second: tuple[int, str]
) -> None:
    """E2: whether the signature is used up before the body is worked on is unknown."""
    sim.settings.change({"remember_signature": remember})
    used = {"Authorization": authorization(sim)}
    path = "/messages/v4/groups/G4VX"

    first = await sim.client.get(path, headers=used)
    again = await sim.client.get(path, headers=used)

    assert first.status == 404
    assert (again.status, (await again.json())["errorCode"]) == second


async def test_what_never_arrived_leaves_no_signature(sim: Sim) -> None:
    sim.faults.arm(Fault(endpoint=f"GET {BALANCE}", kind="http_500"))
    used = authorization(sim)

    assert (await get(sim, used))[0] == 500
    assert await get(sim, used) == (200, "")
