"""Each fault point once: what the caller sees, and what was done all the same (providers.md E14)."""

import pytest
from aiohttp import ClientError, ClientPayloadError, ClientSession

from simulator.faults import Fault, Faults

from .conftest import Sim
from .provider import Provider, authorization, brand

FRIEND = "01000000001"
SEND = "POST /messages/v4/groups/*/send"


async def delivered(sim: Sim) -> int:
    await sim.background.idle()
    return len(sim.world.handset)


@pytest.mark.parametrize(
    ("kind", "is_done"),
    [
        ("close_before_reading", False),
        ("close_after_reading", False),
        ("close_after_acting", True),
    ],
)
async def test_a_closed_line_hides_whether_it_was_done(sim: Sim, kind: str, is_done: bool) -> None:
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))
    sim.faults.arm(Fault(endpoint=SEND, kind=kind))  # type: ignore[arg-type]  # a Literal  # from a table

    with pytest.raises(ClientError):
        await provider.call("POST", f"/messages/v4/groups/{group_id}/send")

    assert await delivered(sim) == int(is_done)
    again = await provider.send(group_id)
    assert again.get("errorCode") == ("AlreadySent" if is_done else None)
    assert await delivered(sim) == 1


async def test_half_a_reply_cannot_be_read(sim: Sim) -> None:
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))
    sim.faults.arm(Fault(endpoint=SEND, kind="half_reply"))

    response = await provider.call("POST", f"/messages/v4/groups/{group_id}/send")
    with pytest.raises(ClientPayloadError):
        await response.json()

    assert response.status == 200
    assert await delivered(sim) == 1


@pytest.mark.parametrize(
    ("kind", "status", "is_done"),
    [
        ("http_500", 500, False),
        ("http_500_after_acting", 500, True),
        ("http_503_html", 503, False),
        ("http_429", 429, False),
        ("skew_403", 403, False),
        ("slow", 200, True),
    ],
)
async def test_a_bad_status_tells_as_little(
    sim: Sim, kind: str, status: int, is_done: bool
) -> None:
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))
    fault = Fault(endpoint=SEND, kind=kind, seconds=0.01)  # type: ignore[arg-type]  # from a table
    sim.faults.arm(fault)

    response = await provider.call("POST", f"/messages/v4/groups/{group_id}/send")

    assert response.status == status
    assert await delivered(sim) == int(is_done)


async def test_a_put_sent_again_by_itself_meets_its_own_signature(sim: Sim) -> None:
    """A2: aiohttp repeats a PUT on a dead kept-alive connection; the outcome is unknown."""
    provider = Provider(sim)
    group_id = await provider.group()
    url = f"{sim.settings.public_url}/messages/v4/groups/{group_id}"
    fault = Fault(endpoint="PUT /messages/v4/groups/*/messages", kind="close_after_acting")
    sim.faults.arm(fault)

    async with ClientSession() as session:  # the test client has that repetition switched off
        async with session.get(url, headers={"Authorization": authorization(sim)}) as first:
            await first.read()
        header = {"Authorization": authorization(sim)}
        json = {"messages": [brand(FRIEND)]}
        async with session.put(f"{url}/messages", json=json, headers=header) as second:
            answer = await second.json()

    assert answer["errorCode"] == "DuplicatedSignature"
    assert (await provider.info(group_id))["count"]["registeredSuccess"] == 1


@pytest.mark.parametrize(
    ("kind", "posts"), [("drop_reports", 0), ("duplicate_reports", 2), ("delay_reports", 1)]
)
async def test_reports_are_lost_doubled_or_late(sim: Sim, kind: str, posts: int) -> None:
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))
    fault = Fault(endpoint="reports", kind=kind, seconds=0.01)  # type: ignore[arg-type]
    sim.faults.arm(fault)

    await provider.send(group_id)
    await sim.background.idle()

    assert len(sim.server.webhooks) == posts
    assert await provider.codes(group_id) == {FRIEND: "4000"}


def test_the_same_seed_brings_the_same_bad_luck() -> None:
    def luck(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.arm(Fault(endpoint="*", kind="http_500", probability=0.5))
        return [faults.take("GET /") is not None for _ in range(50)]

    assert luck(1) == luck(1)
    assert luck(1) != luck(2)


def test_a_fault_is_used_up() -> None:
    faults = Faults(0)
    faults.arm(Fault(endpoint="GET *", kind="http_500", times=2))

    assert [bool(faults.take("GET /a")) for _ in range(3)] == [True, True, False]
    assert faults.take("POST /a") is None


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown fault"):
        Fault(endpoint="*", kind="meteor")  # type: ignore[arg-type]  # the point of the test


async def test_the_header_helper_signs_a_new_one_each_time(sim: Sim) -> None:
    assert authorization(sim) != authorization(sim)
