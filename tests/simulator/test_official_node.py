"""SOLAPI's own Node client, unchanged, against the simulator: a second client, written by others.

It reads every answer with strict models, and it repeats what it takes for lost: that is why ours
is not built on it (providers.md 0, trap 1).
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import orjson
import playwright
import pytest
import pytest_asyncio

from domain.campaigns import BRAND_BUBBLES
from simulator.app import SOLAPI
from simulator.clock import iso_utc
from simulator.faults import Fault
from simulator.wire import Json
from tests.campaigns.senders.conftest import BATCH
from tests.campaigns.senders.test_brand_bubbles import copy, drawn, message, with_shots

from .conftest import PF_ID, TEMPLATE_ID, Sim
from .official_host import open_official_host

MODULES = Path(sys.prefix) / "node" / "node_modules"
"""Put there by `make setup`, where there is npm."""

NODE = Path(playwright.__file__).parent / "driver" / "node"
ASK = Path(__file__).parent / "official_node" / "ask.cjs"
TIMEOUT_SECONDS = 60
SENDER, FRIEND, STRANGER = "02-1234-5678", "010-0000-0001", "010-0000-0009"
PNG = bytes.fromhex("89504e470d0a1a0a") + b"\0" * 32

Ask = Callable[..., Awaitable[list[Json]]]

pytestmark = pytest.mark.skipif(not (MODULES / "solapi").exists(), reason="make setup found no npm")


@pytest_asyncio.fixture
async def ask(sim: Sim, tmp_path: Path) -> Ask:
    """Runs calls one after the other in one Node; what each gave, or its error."""
    host = await open_official_host(sim, tmp_path)
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_PATH": str(MODULES),
        "NODE_EXTRA_CA_CERTS": str(host.authority),
        "SIMULATOR_PORT": str(host.port),
        "API_KEY": sim.account.api_key,
        "API_SECRET": sim.account.api_secret,
    }

    async def run(*calls: list[object]) -> list[Json]:
        pipe = asyncio.subprocess.PIPE
        node = await asyncio.create_subprocess_exec(
            NODE, ASK, env=environment, stdin=pipe, stdout=pipe
        )
        async with asyncio.timeout(TIMEOUT_SECONDS):
            out, _ = await node.communicate(orjson.dumps(calls))
        return [dict(orjson.loads(line)) for line in out.splitlines()]

    return run


def alimtalk(to: str) -> Json:
    variables = {"가게": "단골상회", "적립": "3"}
    options = {"pfId": PF_ID, "templateId": TEMPLATE_ID, "variables": variables}
    return {"to": to, "from": SENDER, "kakaoOptions": options}


def brand(to: str, **bms: object) -> Json:
    block = {"targeting": "I", "chatBubbleType": "TEXT", **bms}
    options = {"pfId": PF_ID, "bms": block}
    return {"to": to, "type": "BMS_FREE", "text": "오늘 식빵 반값", "kakaoOptions": options}


async def test_it_sends_lists_uploads_and_takes_a_reservation_back(
    sim: Sim, ask: Ask, tmp_path: Path
) -> None:
    sim.account.templates[TEMPLATE_ID] = "#{가게}에서 알려 드려요. 적립 #{적립}점"
    picture = tmp_path / "bread.png"
    picture.write_bytes(PNG)
    tomorrow = iso_utc(sim.clock() + timedelta(days=1))
    text = {"to": STRANGER, "from": SENDER, "text": "내일 만나요"}
    answers = await ask(
        ["send", alimtalk(FRIEND)],
        ["send", [brand(FRIEND), brand(FRIEND)], {"showMessageList": True}],
        ["getGroups"],
        ["getGroup", "$0.groupInfo.groupId"],
        ["getGroupMessages", "$0.groupInfo.groupId"],
        ["getMessages", {"to": "01000000001", "type": "ATA"}],
        ["getKakaoAlimtalkTemplates", {"templateId": TEMPLATE_ID}],
        ["uploadFile", str(picture), "BMS"],
        ["getBalance"],
        ["send", text, {"scheduledDate": tomorrow}],
        ["removeReservationToGroup", "$9.groupInfo.groupId"],
    )
    await sim.background.idle()
    assert [one["error"] for one in answers if "error" in one] == []
    _, many, groups, group, of_group, by_number, templates, file, cash, reserved, back = (
        one["answer"] for one in answers
    )
    (template,) = templates["templateList"]
    assert (template["status"], len(template["variables"])) == ("APPROVED", 2)
    assert [one["statusCode"] for one in many["failedMessageList"]] == ["1026"]
    assert len(groups["groupList"]) == 2
    assert group["count"]["registeredSuccess"] == 1
    assert list(of_group["messageList"]) == list(by_number["messageList"])
    assert file["type"] == "BMS"
    prices = sim.account.prices
    assert cash["balance"] == 1_000_000 - prices["ATA"] - prices["BMS_FREE"]
    assert (reserved["groupInfo"]["status"], back["status"]) == ("SCHEDULED", "PENDING")
    shown = [one.shown_text for one in sim.world.handset.all_deliveries()]
    assert shown[0] == "단골상회에서 알려 드려요. 적립 3점"
    assert len(shown) == 2


async def test_groups_are_made_filled_and_released_once(sim: Sim, ask: Ask) -> None:
    text = {"to": FRIEND, "from": SENDER, "text": "빵 나왔어요"}
    *done, again = await ask(
        ["createGroup", False],
        ["addMessagesToGroup", "$0", [text]],
        ["sendGroup", "$0"],
        ["sendGroup", "$0"],
    )
    await sim.background.idle()
    assert [one["error"] for one in done if "error" in one] == []
    assert "AlreadySent" in again["error"] or "GroupInProcessing" in again["error"]
    assert len(list(sim.world.handset.all_deliveries())) == 1


async def test_it_takes_every_bubble_of_ours_and_sends_it_on(sim: Sim, ask: Ask) -> None:
    """It checks each against the limits of brand messages before anything leaves (NODE)."""
    app = sim.client.app
    assert app is not None
    calls: list[list[object]] = []
    for kind in BRAND_BUBBLES:
        batch = with_shots(BATCH, copy(kind))
        app[SOLAPI].files.update(dict.fromkeys(batch.pictures.values(), PNG))
        sent = message(drawn(copy(kind)), batch)
        sent["kakaoOptions"]["pfId"] = PF_ID
        calls.append(["send", sent])
    answers = await ask(*calls)
    await sim.background.idle()
    assert [one["error"] for one in answers if "error" in one] == []
    assert len(list(sim.world.handset.all_deliveries())) == len(BRAND_BUBBLES) >= 6


async def test_it_repeats_by_itself_what_was_answered_with_503_so_ours_is_our_own(
    sim: Sim, ask: Ask
) -> None:
    sim.faults.arm(Fault(endpoint="POST /messages/v4/send-many/detail", kind="http_503_html"))
    (answer,) = await ask(["send", brand(FRIEND)])
    assert "answer" in answer
    assert [one.status for one in sim.world.calls if one.callee == "솔라피"] == [503, 200]
