"""The live feed: both directions, opened up, without anybody's secret or number."""

import asyncio
import re
from typing import Any

import orjson
import pytest
from aiohttp import ClientResponse, ServerDisconnectedError
from hypothesis import given
from hypothesis import strategies as st

from simulator.faults import Fault
from simulator.feed import AT_ONCE_MAX
from simulator.recording import BODY_KEPT_BYTES, HIDDEN, Said, masked, shown_body, shown_header
from simulator.world import CALLS_KEPT_MAX

from .conftest import BOT_ID, Sim, text_reply

PHONE = "01098765432"


async def html(sim: Sim, url: str) -> str:
    response = await sim.client.get(url)
    assert response.status == 200
    return await response.text()


async def talk(sim: Sim, **headers: str) -> ClientResponse:
    key = sim.world.bot_user_key(*sim.here)
    body = {
        "event": {"name": "promotion"},
        "user": [{"type": "botUserKey", "id": key}],
        "params": {"phone": PHONE},
    }
    told = {"Authorization": "KakaoAK rest-key", **headers}
    return await sim.client.post(f"/v2/bots/{BOT_ID}/talk", json=body, headers=told)


async def events(response: ClientResponse, count: int) -> list[tuple[str, dict[str, Any]]]:
    """So many events of a stream, by name."""
    found: list[tuple[str, dict[str, Any]]] = []
    kind = ""
    async with asyncio.timeout(5):
        while len(found) < count:
            line = (await response.content.readline()).decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((kind, orjson.loads(line.removeprefix("data: "))))
    return found


async def test_both_directions_are_listed_and_can_be_told_apart(sim: Sim) -> None:
    await talk(sim)
    await sim.background.idle()
    everything, kakao = await html(sim, "/feed"), await html(sim, "/feed?party=카카오톡")
    solapi = await html(sim, "/feed?party=솔라피")

    for page in (everything, kakao):
        assert "서버 <i>→</i> 카카오톡" in page
        assert "카카오톡 <i>→</i> 연남빵집" in page
    assert "data-number=" not in solapi


async def test_a_call_is_opened_up_to_headers_and_pretty_json(sim: Sim) -> None:
    sim.server.reply = lambda _: text_reply("무화과 바게트")
    await sim.kakao.say(*sim.here, "오늘 뭐 있어요?")

    page = await html(sim, "/feed/1")

    assert "오늘 뭐 있어요?" in page
    assert "무화과 바게트" in page
    assert re.search(r"\n +&#34;utterance&#34;", page)  # on a line of its own
    assert "Content-Type" in page


async def test_what_is_secret_or_personal_is_never_shown(sim: Sim) -> None:
    await talk(sim, Cookie="session=tell-nobody")
    await sim.background.idle()
    for call in range(1, sim.world.calls_seen + 1):
        page = await html(sim, f"/feed/{call}")
        for secret in ("rest-key", "s3cret", "tell-nobody", PHONE, "98765432"):
            assert secret not in page

    assert "010****5432" in await html(sim, "/feed/1")
    assert f"KakaoAK {HIDDEN}" in await html(sim, "/feed/1")


async def test_the_link_that_lets_its_owner_in_is_not_in_the_feed(sim: Sim) -> None:
    link = "https://shop.example/in/tQ7x_kPz0-Lw3vYd81RmNcEa"
    button = {"label": "관리", "action": "webLink", "webLinkUrl": link}
    card = {"textCard": {"title": "관리 화면이에요", "buttons": [button]}}
    sim.server.reply = lambda _: {"version": "2.0", "template": {"outputs": [card]}}
    await sim.kakao.say(*sim.here, "관리")

    page = await html(sim, "/feed/1")

    assert f"https://shop.example/in/{HIDDEN}" in page
    assert "tQ7x_kPz0" not in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"to":"01012345678"}', '{"to":"010****5678"}'),
        ('"010-1234-5678"', '"010-****-5678"'),
        ('"+82 10-1234-5678"', '"+82 10-****-5678"'),
        ('"821012345678"', '"8210****5678"'),
        ('{"access_token": "abc","x":1}', f'{{"access_token": "{HIDDEN}","x":1}}'),
        ("grant_type=a&code=abc&x=1", f"grant_type=a&code={HIDDEN}&x=1"),
        ("http://h/v1/bots/b/callback/0a1b2c", f"http://h/v1/bots/b/callback/{HIDDEN}"),
        ('{"secret": "a\\"b","x":1}', f'{{"secret": "{HIDDEN}","x":1}}'),
        ('{"appKey":"a","resendAppKey":"b"}', f'{{"appKey":"{HIDDEN}","resendAppKey":"{HIDDEN}"}}'),
        ("/alimtalk/v2.3/appkeys/a-key/messages", f"/alimtalk/v2.3/appkeys/{HIDDEN}/messages"),
        # Whoever has the link comes in.
        ('{"url":"https://h/in/Ab_-0123456789cdef"}', f'{{"url":"https://h/in/{HIDDEN}"}}'),
        ("https://h/in/Ab_-0123456789cdef/?a=1", f"https://h/in/{HIDDEN}?a=1"),
        ("https://h/v2/bots/65f0000011112222333344aa/talk",) * 2,
        ("https://pf.kakao.com/_abCdE/chat",) * 2,
        # As people type them, and as they stand in an address.
        ("010 - 1234 - 5678", "010 - **** - 5678"),
        ("+82 (0)10-1234-5678", "+82 (0)10-****-5678"),
        ("\uff10\uff11\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
         "\uff10\uff11\uff10****\uff15\uff16\uff17\uff18"),
        ("to=%2B821012345678&x=1", "to=%2B8210****5678&x=1"),
        ("to=%2B82%2010-1234-5678", "to=%2B82%2010-****-5678"),
        # An id of the provider and a moment in milliseconds are nobody's number.
        ("M4V20261123010112345678ABCDEFG", "M4V20261123010112345678ABCDEFG"),
        ("1760000000000", "1760000000000"),
    ],
)  # fmt: skip
def test_masking(text: str, shown: str) -> None:
    assert masked(text) == shown


@given(
    head=st.sampled_from(["010", "011", "+82 10", "8210", "+8210"]),
    mark=st.sampled_from(["", "-", " ", ".", "\u2013", "\u2015"]),
    middle=st.from_regex(r"[0-9]{4}", fullmatch=True),
    last=st.from_regex(r"[0-9]{4}", fullmatch=True),
    around=st.sampled_from(['{"to":"%s"}', "to=%s&x=1", "%s", "전화 %s로", '["%s","%s"]']),
)
def test_no_number_of_a_person_survives(
    head: str, mark: str, middle: str, last: str, around: str
) -> None:
    number = f"{head}{mark}{middle}{mark}{last}"
    text = around.replace("%s", number)

    assert number not in masked(text)
    assert masked(text).count("****") == around.count("%s")


def test_only_headers_that_are_nobodys_secret_are_shown() -> None:
    assert shown_header("Content-Type", "application/json") == "application/json"
    assert shown_header("Authorization", "HMAC-SHA256 apiKey=a, signature=b") == (
        f"HMAC-SHA256 {HIDDEN}"
    )
    assert shown_header("Authorization", "nothing-but-a-secret") == HIDDEN
    assert shown_header("X-My-Own-Header", "s3cret") == HIDDEN


@pytest.mark.parametrize("number", ["01098765432", "010.9876.5432", "+82 10 9876 5432"])
@pytest.mark.parametrize("kept", range(5, 11))
def test_a_number_that_the_cut_went_through_is_not_shown_either(number: str, kept: int) -> None:
    head = "x" * (BODY_KEPT_BYTES - kept)
    body = f"{head}{number}".encode()

    shown = shown_body(Said((), body[:BODY_KEPT_BYTES], len(body)))

    assert number[:4] not in shown
    assert "앞부분" in shown


async def test_what_is_kept_is_bounded(sim: Sim) -> None:
    sim.server.reply = lambda _: text_reply("가" * 900)
    await sim.kakao.say(*sim.here, "나" * 9_000)
    first = sim.world.call_of(1)
    assert first
    assert (len(first.asked.body), first.asked.length > 20_000) == (BODY_KEPT_BYTES, True)

    for _ in range(CALLS_KEPT_MAX):
        sim.world.record(first)

    assert len(sim.world.calls) == CALLS_KEPT_MAX
    assert sim.world.call_of(1) is None
    assert (await sim.client.get("/feed/1")).status == 404
    assert (await sim.client.get(f"/feed/{CALLS_KEPT_MAX + 1}")).status == 200


async def test_the_stream_brings_calls_and_arrivals_as_they_happen(sim: Sim) -> None:
    async with sim.client.get("/feed/stream") as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        await sim.kakao.say(*sim.here, "안녕")
        (kind, call), (other, arrived) = await events(stream, 2)

    assert (kind, call["host"], call["good"]) == ("call", "카카오톡", True)
    assert 'data-part="/feed/1?bare"' in call["html"]
    assert (other, arrived) == ("received", {"count": 1, "vias": ["reply"]})


async def test_of_a_flood_only_the_newest_are_drawn_and_the_rest_is_counted(sim: Sim) -> None:
    await sim.kakao.say(*sim.here, "안녕")
    call = sim.world.call_of(1)
    assert call
    async with sim.client.get("/feed/stream") as stream:
        for _ in range(AT_ONCE_MAX + 7):
            sim.world.record(call)
        found = await events(stream, AT_ONCE_MAX + 1)

    assert f"/feed/{sim.world.calls_seen}?bare" in found[-2][1]["html"]
    assert found[-1] == ("skipped", {"count": 7})


async def test_a_stream_that_broke_goes_on_where_it_was(sim: Sim) -> None:
    for words in ("하나", "둘", "셋"):
        await sim.kakao.say(*sim.here, words)

    async with sim.client.get("/feed/stream", headers={"Last-Event-ID": "1"}) as stream:
        found = await events(stream, 2)

    assert ["/feed/2?bare" in found[0][1]["html"], "/feed/3?bare" in found[1][1]["html"]] == [
        True,
        True,
    ]


async def test_a_call_that_was_cut_has_no_answer(sim: Sim) -> None:
    sim.faults.arm(Fault(endpoint="POST /v2/bots/*/talk", kind="close_after_acting"))
    with pytest.raises(ServerDisconnectedError):
        await talk(sim)
    await sim.background.idle()

    cut = next(call for _, call in sim.world.calls_after(0) if call.callee == "카카오톡")
    assert (cut.status, cut.answered) == (0, Said())


async def test_closing_does_not_wait_for_those_who_watch(sim: Sim) -> None:
    async with sim.client.get("/feed/stream"):
        async with asyncio.timeout(3):
            await sim.client.server.close()
