"""What stands at which address of the pretend provider, and what an address without a door says."""

import pytest

from .conftest import Sim
from .provider import Provider, brand

FRIEND = "01000000001"


async def test_send_many_without_details_answers_with_the_group(sim: Sim) -> None:
    """A1."""
    provider = Provider(sim)
    body = {"messages": [brand(FRIEND), brand("010-1")]}

    group = await provider.read("POST", "/messages/v4/send-many", body)

    assert (group["status"], group["count"]["registeredFailed"]) == ("SENDING", 1)
    await sim.background.idle()
    assert sim.world.handset.deliveries("sendKey", "k1") == {sim.person.person_id: 1}


async def test_the_price_list_is_read_without_a_signature(sim: Sim) -> None:
    """D7; the names of the provider's page."""
    response = await sim.client.get("/pricing/v1/messaging/default", params={"countryId": "82"})
    (korea,) = await response.json()
    abroad = await sim.client.get("/pricing/v1/messaging/default", params={"countryId": "81"})

    names = ("countryId", "serviceMethod", "sms", "lms", "mms", "ata", "cta", "cti")
    assert [korea[name] for name in names] == ["82", "MT", 20, 50, 200, 13, 13, 20]
    assert await abroad.json() == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/quota/v1/me"),
        ("GET", "/webhook/v1/outgoing"),
        ("POST", "/kakao/v2/brand-templates"),
        ("PUT", "/messages/v4/send"),
        ("GET", "/pricing/v1/messaging/countries"),
    ],
)
async def test_what_is_not_here_is_said_as_the_provider_says_errors(
    sim: Sim, method: str, path: str
) -> None:
    """A5."""
    response = await Provider(sim).call(method, path)

    error = await response.json()
    assert (response.status, error["errorCode"]) == (404, "ResourceNotFound")
    assert path in error["errorMessage"]
