"""The pretend provider's templates: listed, shown, and used only when they are approved (A9)."""

import pytest

from .conftest import TEMPLATE_ID, Sim
from .provider import Provider
from .test_solapi import FRIEND, alimtalk


async def test_templates_are_listed_as_an_array_page_by_page(sim: Sim) -> None:
    provider = Provider(sim)
    sim.account.templates = {f"T{number}": "[#{가게}] 안내" for number in range(3)}

    first = await provider.read("GET", "/kakao/v2/templates?limit=2")
    second = await provider.read("GET", f"/kakao/v2/templates?limit=2&startKey={first['nextKey']}")

    assert [one["templateId"] for one in first["templateList"]] == ["T0", "T1"]
    assert [one["templateId"] for one in second["templateList"]] == ["T2"]
    assert second["nextKey"] is None
    assert first["templateList"][0]["variables"] == [{"name": "#{가게}"}]


async def test_a_template_tells_how_it_stands(sim: Sim) -> None:
    provider = Provider(sim)
    sim.account.template_states[TEMPLATE_ID] = "INSPECTING"

    shown = await provider.read("GET", f"/kakao/v2/templates/{TEMPLATE_ID}")
    wanted = await provider.read("GET", "/kakao/v2/templates?status=APPROVED")

    assert (shown["status"], shown["content"]) == (
        "INSPECTING",
        sim.account.templates[TEMPLATE_ID],
    )
    assert wanted["templateList"] == []


@pytest.mark.parametrize("state", ["PENDING", "INSPECTING", "REJECTED"])
async def test_only_an_approved_one_is_used(sim: Sim, state: str) -> None:
    provider = Provider(sim)
    sim.account.template_states[TEMPLATE_ID] = state

    group_id = await provider.group(alimtalk(FRIEND))

    assert await provider.codes(group_id) == {FRIEND: "1042"}
