"""The phones as a browser without a script gets them."""

import re

import pytest

from simulator.screens import ENTRIES_SHOWN_MAX

from .conftest import BOT_ID, PF_ID, STAMP, Sim, text_reply
from .provider import Provider, brand

DAYS = re.compile(r'class="day" data-key="([^"]+)"')


def path(sim: Sim) -> str:
    return f"/phones/{sim.person.person_id}/{BOT_ID}"


async def html(sim: Sim, url: str) -> str:
    response = await sim.client.get(url)
    assert response.status == 200
    return await response.text()


async def test_the_street_shows_shops_and_people(sim: Sim) -> None:
    for n in range(40):
        sim.world.add_person(name=f"손님{n}", phone=f"0103000{n:04d}")

    first, second = await html(sim, "/"), await html(sim, "/?page=2")
    found = await html(sim, "/?q=30000007")

    assert "연남빵집" in first
    assert "김단골" in first
    assert "손님39" in second
    assert re.findall("손님[0-9]+", found) == ["손님7"]


async def test_a_day_keeps_its_mark_in_a_long_chat(sim: Sim) -> None:
    """Else the page would add it anew before every message: its script adds unknown marks."""
    chat = sim.world.chat(sim.person.person_id, BOT_ID)
    for number in range(ENTRIES_SHOWN_MAX):
        chat.say(sim.world.now(), f"{number}번째 말")
    before = DAYS.findall(await html(sim, path(sim)))
    chat.say(sim.world.now(), "한 마디 더")

    assert len(before) == 1
    assert DAYS.findall(await html(sim, path(sim))) == before


async def test_opening_a_chat_brings_the_welcome(sim: Sim) -> None:
    sim.server.reply = lambda _: text_reply("어서 오세요")

    assert "어서 오세요" in await html(sim, path(sim))
    assert "어서 오세요" in await html(sim, f"/phones/{sim.person.person_id}")


async def test_words_chips_and_buttons_are_plain_forms(sim: Sim) -> None:
    card = {"title": "무엇을?", "buttons": [{"label": "적립", "action": "block", "blockId": STAMP}]}
    chip = {"label": "쿠폰", "action": "message", "messageText": "쿠폰 보기"}
    sim.server.reply = lambda _: {
        "version": "2.0", "template": {"outputs": [{"textCard": card}], "quickReplies": [chip]},
    }  # fmt: skip

    said = await sim.client.post(f"{path(sim)}/say", data={"words": "안녕"}, allow_redirects=False)
    await sim.client.post(f"{path(sim)}/chip", data={"index": "0"})
    await sim.client.post(f"{path(sim)}/press", data={"entry": "1", "button": "0"})
    wrong = await sim.client.post(f"{path(sim)}/press", data={"entry": "1", "button": "9"})

    assert (said.status, said.headers["Location"]) == (303, path(sim))
    words = [asked["userRequest"]["utterance"] for asked in sim.server.asked]
    assert [one for one in words if one != "웰컴 블록"] == ["안녕", "쿠폰 보기", "적립"]
    assert wrong.status == 400


async def test_what_a_person_does_with_a_channel_is_told(sim: Sim) -> None:
    for do in ("block", "unblock", "add"):
        await sim.client.post(f"{path(sim)}/friend", data={"do": do})
    left = await sim.client.post(f"{path(sim)}/friend", data={"do": "leave"}, allow_redirects=False)
    await sim.background.idle()

    assert [json["event"] for _, json in sim.server.webhooks] == ["blocked", "added"]
    assert sim.world.is_friend(*sim.here)
    assert left.headers["Location"] == f"/phones/{sim.person.person_id}"


async def test_a_link_of_the_web_opens_the_chat_on_the_visitors_phone(sim: Sim) -> None:
    public_id = sim.world.bot(BOT_ID).channel_public_id
    sim.world.unblock(*sim.here)

    chat = await sim.client.get(f"/pf/{public_id}/chat", allow_redirects=False)
    friend = await sim.client.get(f"/pf/{public_id}/friend", allow_redirects=False)
    await sim.client.get(f"/pf/{public_id}/friend", allow_redirects=False)
    unknown = await sim.client.get("/pf/_nobody/chat")
    await sim.background.idle()

    assert (chat.status, chat.headers["Location"]) == (303, path(sim))
    assert friend.headers["Location"] == path(sim)
    assert unknown.status == 404
    assert sim.world.is_friend(*sim.here)
    assert [json["event"] for _, json in sim.server.webhooks] == ["added"]


async def test_a_brand_message_is_drawn_with_mark_coupon_and_way_out(sim: Sim) -> None:
    provider = Provider(sim)
    coupon = {"title": "1000원 할인 쿠폰", "description": "이번 주 사용"}
    group_id = await provider.group(brand("01000000001", coupon=coupon))
    await provider.send(group_id)
    await sim.background.idle()

    drawn = await html(sim, path(sim))

    for words in ("(광고) 연남빵집", "오늘 식빵 반값", "1000원 할인 쿠폰", "무료 수신거부"):
        assert words in drawn


async def test_a_text_message_has_a_thread_of_its_own(sim: Sim) -> None:
    provider = Provider(sim)
    sms = {"to": "01000000001", "from": "0212345678", "type": "SMS", "text": "예약됐어요"}
    group_id = await provider.group(sms)
    await provider.send(group_id)
    await sim.background.idle()

    assert "예약됐어요" in await html(sim, f"/phones/{sim.person.person_id}/sms:0212345678")


async def test_the_script_is_told_when_nothing_changed(sim: Sim) -> None:
    page = await html(sim, path(sim))
    found = re.search('data-version="([^"]+)"', page)
    assert found is not None

    same = await sim.client.get(path(sim), params={"version": found[1]})
    await sim.kakao.say(*sim.here, "안녕")
    newer = await sim.client.get(path(sim), params={"version": found[1]})

    assert same.status == 204
    assert "<html" not in await newer.text()
    assert "안녕" in await newer.text()


async def test_what_a_bot_or_person_writes_is_escaped(sim: Sim) -> None:
    link = {"label": "열기", "action": "webLink", "webLinkUrl": "javascript:alert(1)"}
    card = {"title": "<b>굵게</b>", "buttons": [link]}
    sim.server.reply = lambda _: {"version": "2.0", "template": {"outputs": [{"textCard": card}]}}
    await sim.client.post(f"{path(sim)}/say", data={"words": "<script>"})

    drawn = await html(sim, path(sim))

    assert "<b>굵게" not in drawn
    assert "&lt;script&gt;" in drawn
    assert "javascript:" not in drawn


async def test_pages_need_no_inline_script_or_style(sim: Sim) -> None:
    response = await sim.client.get("/")
    page = await response.text()

    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script>", page)


async def test_another_site_cannot_press(sim: Sim) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}

    answer = await sim.client.post(f"{path(sim)}/say", data={"words": "a"}, headers=foreign)

    assert answer.status == 403


@pytest.mark.parametrize("url", ["/phones/nobody", "/phones/p1/nobot", "/sim/static/app.py"])
async def test_what_is_not_there_is_not_found(sim: Sim, url: str) -> None:
    assert (await sim.client.get(url)).status == 404


async def test_only_web_links_are_followed(sim: Sim) -> None:
    good = await sim.client.get("/open?url=http://127.0.0.1:1/s/bread", allow_redirects=False)
    bad = await sim.client.get("/open?url=file:///etc/passwd", allow_redirects=False)

    assert (good.status, good.headers["Location"]) == (303, "http://127.0.0.1:1/s/bread")
    assert bad.status == 400


async def test_the_record_shows_who_called_whom(sim: Sim) -> None:
    await sim.kakao.say(*sim.here, "안녕")
    await Provider(sim).read("GET", "/cash/v1/balance")

    record = await html(sim, "/calls")

    assert "/skill" in record
    assert "/cash/v1/balance" in record
    assert PF_ID not in record
