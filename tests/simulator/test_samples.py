"""The samples of the references, fed to the pretend world or compared with what it says."""

import uuid
from dataclasses import replace
from typing import Any

from yarl import URL

from tests.samples.pages import sample
from tests.samples.shapes import differences

from .conftest import BOT_ID, EVENT, LATE, Sim, text_reply
from .provider import Provider

REST = {"Authorization": "KakaoAK rest-key"}
TEMPLATE = "#{가게} #{포인트}"

# Kinds of messages and keys of a group that the pages name in their tables (A3, A4).
KINDS = ("nsa", "rcs_sms", "rcs_lms", "rcs_mms", "rcs_tpl", "bms_free")
ELSEWHERE = frozenset({"customFields", "lms", "mms", *KINDS})


async def test_our_turns_have_the_shape_of_real_traffic(sim: Sim) -> None:
    sim.server.reply = lambda _: text_reply(
        "안녕하세요",
        quickReplies=[
            {"label": "적립", "action": "block", "blockId": EVENT, "extra": {"store": "s17"}}
        ],
    )
    await sim.kakao.say(*sim.here, "안녕")
    await sim.kakao.press_quick_reply(*sim.here, 0)
    beside = frozenset({"appUserStatus", "lifespan"})
    assert differences(sample("kakao-chatbot-1.7-1"), sim.server.asked[-1], beside=beside) == []


async def test_our_test_button_sends_what_the_real_one_sends(sim: Sim) -> None:
    await sim.kakao.skill_test_button(BOT_ID)
    assert differences(sample("kakao-chatbot-1.7-2"), sim.server.asked[-1]) == []


async def test_the_answer_of_the_page_is_shown(sim: Sim) -> None:
    coupons = {"쿠폰 보기": "65f0dd00112233445566aabb"}
    sim.world.add_bot(replace(sim.bot, blocks={**sim.bot.blocks, **coupons}))
    sim.server.reply = lambda _: dict(sample("kakao-chatbot-2.11-1"))
    entries = await sim.kakao.say(*sim.here, "적립")
    assert [entry.kind for entry in entries] == ["words", "message", "message"]


async def test_the_promise_of_the_page_is_taken(sim: Sim) -> None:
    sim.server.reply = lambda _: dict(sample("kakao-chatbot-3-1"))
    await sim.kakao.say(*sim.here, "늦는 블록")
    asked = sim.server.asked[-1]["userRequest"]
    assert asked["block"]["id"] == LATE
    response = await sim.client.post(URL(asked["callbackUrl"]).path, json=text_reply("찾았어요"))
    assert (await response.json())["status"] == "SUCCESS"


async def test_the_event_of_the_page_is_carried(sim: Sim) -> None:
    event: Any = sample("kakao-chatbot-4.1-1")
    event["event"]["name"] = "promotion"
    event["user"][0]["id"] = sim.person.bot_user_keys[BOT_ID]
    response = await sim.client.post(f"/v2/bots/{BOT_ID}/talk", json=event, headers=REST)
    told = await response.json()
    await sim.background.idle()
    assert told["status"] == "SUCCESS"
    assert uuid.UUID(told["taskId"])
    assert isinstance(told["timestamp"], int)
    assert sim.server.asked[-1]["userRequest"]["params"]["couponId"] == "c-881"


async def test_our_webhook_has_the_shape_of_the_page(sim: Sim) -> None:
    sim.world.add_friend(*sim.here, notify=True)
    await sim.background.idle()
    _, body = sim.server.webhooks[-1]
    beside = frozenset({"plus_friend_public_id", "plus_friend_uuid", "timestamp"})
    assert differences(sample("kakao-chatbot-5.1-1"), body, beside=beside) == []


def known_to(sim: Sim, request: Any) -> Any:
    """The provider knows the sender and the template that the page invents."""
    sim.account.sender_numbers.add("0200000000")
    for message in request["messages"]:
        sim.account.templates[message["kakaoOptions"].get("templateId", "")] = TEMPLATE
    return request


async def test_the_alimtalk_of_the_page_is_reserved_and_answered_so(sim: Sim) -> None:
    request = known_to(sim, sample("providers-A3-1"))
    answer = await Provider(sim).read("POST", "/messages/v4/send-many/detail", request)
    assert answer["groupInfo"]["count"]["registeredSuccess"] == 1
    assert answer["groupInfo"]["status"] == "SCHEDULED"


async def test_the_answer_of_the_page_is_ours(sim: Sim) -> None:
    """Two to one number, without a reservation: one is accepted, one is the code 1026."""
    request = known_to(sim, sample("providers-A3-1"))
    del request["scheduledDate"]
    request["messages"] *= 2
    answer = await Provider(sim).read("POST", "/messages/v4/send-many/detail", request)
    page = sample("providers-A4-1")
    assert differences(page, answer, beside=ELSEWHERE) == []
    assert answer["failedMessageList"][0]["statusCode"] == "1026"
    accepted, name = page["messageList"][0], "statusMessage"
    assert answer["messageList"][0][name] == accepted[name]


async def test_the_brand_message_of_the_page_reaches_the_phone(sim: Sim) -> None:
    request = known_to(sim, {"messages": [sample("providers-A3-2")]})
    answer = await Provider(sim).read("POST", "/messages/v4/send-many/detail", request)
    await sim.background.idle()
    assert answer["groupInfo"]["count"]["registeredSuccess"] == 1
    (delivery,) = sim.world.handset.all_deliveries()
    for words in ("이번 주 단골 손님께", "가게 보기", "1000원 할인 쿠폰"):
        assert words in delivery.shown_text


async def test_our_reports_have_the_shapes_of_the_page(sim: Sim) -> None:
    request = known_to(sim, sample("providers-A3-1"))
    del request["scheduledDate"]
    flat = sample("providers-A8-1")
    for form, page in (("flat", flat), ("nested", sample("providers-A8-2"))):
        sim.settings.change({"report_form": form})
        await Provider(sim).read("POST", "/messages/v4/send-many/detail", request)
        await sim.background.idle()
        _, reports = sim.server.webhooks[-1]
        # A nested one may hold every flat field as well (A8).
        assert differences(page, reports, beside=frozenset(flat[0])) == []
