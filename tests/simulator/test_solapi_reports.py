"""Delivery reports: their headers, shapes and repetitions (providers.md A8, E12)."""

from simulator.solapi_reports import ATTEMPTS_MAX, secret_header

from .conftest import Sim
from .provider import Provider, brand

FRIEND = "01000000001"


async def send(sim: Sim, *numbers: str) -> str:
    provider = Provider(sim)
    group_id = await provider.group(*(brand(number, f"k-{number}") for number in numbers))
    await provider.send(group_id)
    await sim.background.idle()
    return group_id


def test_the_vector_of_the_reference_holds() -> None:
    assert secret_header("FAKE-WEBHOOK-SECRET") == "20e1b004d7fda89fd9d1d6d7fbc04ec594219bb8"


async def test_a_report_is_an_array_of_flat_events(sim: Sim) -> None:
    group_id = await send(sim, FRIEND)

    ((headers, events),) = sim.server.webhooks
    assert headers["X-Solapi-Event-Name"] == "SINGLE-REPORT"
    assert headers["X-Solapi-Secret"] == secret_header("FAKE-WEBHOOK-SECRET")
    (event,) = events
    assert (event["groupId"], event["to"], event["statusCode"]) == (group_id, FRIEND, "4000")
    assert event["customFields"] == {"sendKey": f"k-{FRIEND}"}
    assert event["dateReported"] == "2026-11-23T01:00:00.000Z"


async def test_by_switch_the_events_are_nested(sim: Sim) -> None:
    sim.settings.report_form = "nested"
    await send(sim, FRIEND)

    ((_, events),) = sim.server.webhooks
    assert set(events[0]) == {"eventDataId", "retryCount", "data"}
    assert events[0]["data"]["statusCode"] == "4000"


async def test_reports_come_in_batches(sim: Sim) -> None:
    sim.settings.report_batch_max = 10
    await send(sim, *(f"0100001{n:04d}" for n in range(25)))

    assert sorted(len(events) for _, events in sim.server.webhooks) == [5, 10, 10]


async def test_a_refused_report_is_repeated_and_then_given_up(sim: Sim) -> None:
    sim.server.webhook_statuses = [500] * 9

    await send(sim, FRIEND)

    assert len(sim.server.webhooks) == ATTEMPTS_MAX == 5


async def test_reports_may_be_doubled_and_shuffled(sim: Sim) -> None:
    sim.settings.report_duplicate = sim.settings.report_shuffle = True
    numbers = [f"0100001{n:04d}" for n in range(20)]
    await send(sim, *numbers)

    first, second = ([event["to"] for event in events] for _, events in sim.server.webhooks)
    assert first == second
    assert first != numbers
    assert sorted(first) == numbers


async def test_a_script_can_hold_back_the_report_for_ever(sim: Sim) -> None:
    sim.account.scripts[FRIEND] = "3000"
    group_id = await send(sim, FRIEND)

    assert sim.server.webhooks == []
    assert await Provider(sim).codes(group_id) == {FRIEND: "3000"}
    assert len(sim.world.handset) == 0
