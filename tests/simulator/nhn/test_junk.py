"""Whatever arrives is answered with a verdict, never with a broken server (B1)."""

import copy
import random
from collections.abc import Iterator

import pytest

from simulator.wire import Json

from .cloud import ALIMTALK, BRAND, SENDER_KEY, Cloud, finished, free, notice, person
from .test_brand import KINDS, bubbles

JUNK: tuple[object, ...] = (None, True, -1, 10**12, "", "가", "#{", [], {}, [None], [[]], {"a": {}})
CHANGES = 12


def places(part: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    if path:
        yield path
    parts = dict(enumerate(part)) if isinstance(part, list) else part
    for name, below in parts.items() if isinstance(parts, dict) else ():
        yield from places(below, (*path, name))


def with_junk(body: Json, chance: random.Random) -> Json:
    """The same with one of its values replaced."""
    changed = copy.deepcopy(body)
    *above, last = chance.choice(list(places(changed)))
    part: object = changed
    for name in above:
        part = part[name]  # type: ignore[index]
    part[last] = chance.choice(JUNK)  # type: ignore[index]
    return changed


async def asked(cloud: Cloud) -> list[tuple[str, str, Json]]:
    """One good request for each door that reads a body."""
    url = {name: await cloud.picture(*known) for name, known in KINDS.items()}
    contents = [{"chatBubbleType": kind, **one} for kind, one in bubbles(url).items()]
    values = {"이름": "김단골"}
    templates = f"{ALIMTALK}/senders/{SENDER_KEY}/templates"
    resend = {"isResend": True, "resendType": "LMS", "resendSendNo": "0200000000"}
    button = {"ordering": 1, "type": "WL", "name": "보기", "linkMo": "https://a"}
    template = {"templateCode": "B", "templateName": "B", "templateContent": "#{이름}"}
    return [
        ("POST", f"{ALIMTALK}/messages", notice(person(resendParameter=resend))),
        ("POST", f"{ALIMTALK}/raw-messages", finished(person(buttons=[button]))),
        ("POST", templates, {**template, "buttons": [button]}),
        ("PUT", f"{templates}/ORDER_READY", {"templateContent": "글", "buttons": [button]}),
        ("POST", f"{BRAND}/failback", {"senderKey": SENDER_KEY, "isResend": True}),
        *(("POST", f"{BRAND}/freestyle-messages", {**free(), **one}) for one in contents),
        *(
            ("POST", f"{BRAND}/senders/{SENDER_KEY}/templates", {"templateName": "소식", **one})
            for one in contents
        ),
        (
            "POST",
            f"{BRAND}/basic-messages",
            {
                "senderKey": SENDER_KEY,
                "templateCode": "brand000001",
                "recipientList": [
                    person(targeting="I", templateParameter=values, imageParameters=[{}])
                ],
            },
        ),
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_junk_gets_a_verdict(
    cloud: Cloud, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.sim.settings.nhn_unknown_fields = "ignore"
    cloud.account.sms_appkey, cloud.account.sms_numbers = "sms", {"0200000000"}
    chance = random.Random(seed)
    requests = await asked(cloud)
    for method, path, body in requests:
        for _ in range(CHANGES):
            given = with_junk(body, chance)

            reply = await cloud.call(method, path, given)

            assert reply.status == 200, (path, given)
            assert isinstance((await reply.json())["header"]["resultCode"], int)
    await cloud.sim.background.idle()
    assert [one.getMessage() for one in caplog.records] == []
