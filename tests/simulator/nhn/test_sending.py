"""The pretend NHN Cloud: who may send what, and how often (providers.md B1, B2)."""

import pytest

from simulator.nhn_account import NhnTemplate, approved
from simulator.wire import Json

from .cloud import (
    ALIMTALK,
    APPKEY,
    BRAND,
    FRIEND,
    STRANGER,
    Cloud,
    finished,
    free,
    notice,
    person,
    result_codes,
)


async def test_an_alimtalk_reaches_the_handset_with_the_tags_of_its_key(cloud: Cloud) -> None:
    sent = await cloud.alimtalk(person(FRIEND, "7:1001"))

    assert sent["header"] == {"resultCode": 0, "resultMessage": "SUCCESS", "isSuccessful": True}
    assert await cloud.codes(ALIMTALK, sent) == {FRIEND: "1000"}
    assert cloud.sim.world.handset.deliveries("run", "7") == {cloud.sim.person.person_id: 1}
    assert cloud.sim.world.handset.deliveries("message", "1001").total() == 1
    assert cloud.sim.world.handset.deliveries("batch", "batch-481").total() == 1
    (delivery,) = cloud.sim.world.handset.all_deliveries()
    assert delivery.shown_text == "연남빵집에서 알려 드려요. 적립 3,000점"


async def test_a_brand_message_reaches_friends_with_mark_and_way_out(cloud: Cloud) -> None:
    cloud.sim.world.add_person(name="손님", phone=STRANGER)
    sent = await cloud.brand(person(FRIEND), person(STRANGER, "7:1002"))

    assert await cloud.codes(BRAND, sent) == {FRIEND: "1000", STRANGER: "3018"}
    (delivery,) = cloud.sim.world.handset.all_deliveries()
    assert delivery.shown_text.splitlines() == [
        "(광고) 연남빵집", "오늘 식빵 반값", "무료 수신거부: 채널 홈 > 채널 차단",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("appkey", "secret", "code"), [("nobody", "FAKE-NHN-SECRET", -1000), (APPKEY, "wrong", -1001)]
)
async def test_a_stranger_is_refused_in_the_header(
    cloud: Cloud, appkey: str, secret: str, code: int
) -> None:
    path = f"/alimtalk/v2.3/appkeys/{appkey}/messages"

    reply = await cloud.call("POST", path, notice(), X_Secret_Key=secret)

    refused: Json = await reply.json()
    assert (reply.status, refused["header"]["resultCode"]) == (200, code)
    assert refused["header"]["isSuccessful"] is False
    assert len(cloud.sim.world.handset) == 0


async def test_a_key_is_seen_for_ten_minutes_and_sends_nothing_twice(cloud: Cloud) -> None:
    path, key = f"{ALIMTALK}/messages", {"X_NC_API_IDEMPOTENCY_KEY": "c70"}

    first = await cloud.read("POST", path, notice(), **key)
    again = await cloud.read("POST", path, notice(), **key)
    cloud.sim.clock.pass_(minutes=10)
    later = await cloud.read("POST", path, notice(), **key)

    codes = [one["header"]["resultCode"] for one in (first, again, later)]
    assert codes == [0, -1005, 0]
    await cloud.sim.background.idle()
    assert len(cloud.sim.world.handset) == 2


async def test_what_all_are_refused_is_refused_as_a_whole(cloud: Cloud) -> None:
    refused = await cloud.alimtalk(person("나"))

    assert refused["header"]["resultCode"] == -1031
    assert result_codes(refused) == [-5000]


async def test_a_refused_first_request_may_or_may_not_use_its_key_up(cloud: Cloud) -> None:
    """B10: not known, so a switch."""
    path, key = f"{ALIMTALK}/messages", {"X_NC_API_IDEMPOTENCY_KEY": "c71"}
    for kept, code in (("always", -1005), ("accepted", 0)):
        cloud.sim.settings.change({"nhn_key_kept": kept})
        cloud.sim.clock.pass_(minutes=11)

        refused = await cloud.read("POST", path, notice(templateCode="NOPE"), **key)
        again = await cloud.read("POST", path, notice(), **key)

        assert (refused["header"]["resultCode"], again["header"]["resultCode"]) == (-3003, code)


async def test_a_key_does_nothing_for_brand_messages_unless_switched(cloud: Cloud) -> None:
    path, key = f"{BRAND}/freestyle-messages", {"X_NC_API_IDEMPOTENCY_KEY": "c72"}

    codes = [
        (await cloud.read("POST", path, free(), **key))["header"]["resultCode"] for _ in range(2)
    ]
    cloud.sim.settings.nhn_brand_key = True
    codes += [
        (await cloud.read("POST", path, free(), **key))["header"]["resultCode"] for _ in range(2)
    ]

    assert codes == [0, 0, 0, -1005]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"senderKey": ""}, -2001),
        ({"senderKey": "9" * 40}, -2017),
        ({"templateCode": "NOPE"}, -3003),
        ({"templateCode": "WAITING"}, -3005),
        ({"recipientList": []}, -4011),
        ({"recipientList": [person()] * 1_001}, -2004),
        ({"senderGroupingKey": "k" * 101}, -2000),
        ({"statsId": "123456789"}, -2000),
        ({"requestDate": "2026-11-23T10:00"}, -2027),
        ({"requestDate": "2026-11-23 09:59"}, -2025),
        ({"requestDate": "2027-01-23 10:00"}, -2026),
    ],
)
async def test_a_bad_alimtalk_request_is_refused_as_a_whole(
    cloud: Cloud, change: Json, code: int
) -> None:
    cloud.sender.templates["WAITING"] = NhnTemplate(code="WAITING", body={"templateContent": "글"})

    refused = await cloud.read("POST", f"{ALIMTALK}/messages", {**notice(), **change})

    assert refused["header"]["resultCode"] == code
    assert "message" not in refused
    await cloud.sim.background.idle()
    assert len(cloud.sim.world.handset) == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"recipientNo": "나"}, -5000),
        ({"templateParameter": {"가게": "연남빵집"}}, -3004),
        ({"templateParameter": {"가게": "가" * 1_301, "포인트": "1"}}, -3048),
        ({"templateParameter": {"가게": "가" * 1_290, "포인트": "1"}}, -2019),
        ({"recipientGroupingKey": "k" * 101}, -2000),
        ({"resendParameter": {"isResend": True}}, -2502),
    ],
)
async def test_one_bad_recipient_does_not_hold_back_the_others(
    cloud: Cloud, more: Json, code: int
) -> None:
    sent = await cloud.alimtalk({**person(), **more}, person(FRIEND, "7:1002"))

    assert sent["header"]["resultCode"] == 0
    assert result_codes(sent) == [code, 0]
    assert [one["recipientSeq"] for one in sent["message"]["sendResults"]] == [1, 2]
    await cloud.sim.background.idle()
    assert cloud.sim.world.handset.tag_values("message") == ["1002"]


async def test_a_new_sender_may_exceed_a_placeholder_by_fourteen(cloud: Cloud) -> None:
    """-1028; `#{가게}` itself has five characters."""
    cloud.sender.is_new = True
    rows = [
        person(FRIEND, f"7:{n}", templateParameter={"가게": "가" * n, "포인트": "1"})
        for n in (19, 20)
    ]

    assert result_codes(await cloud.alimtalk(*rows)) == [0, -1028]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, 0),
        ({"content": " "}, -2001),
        ({"content": "연남빵집에서 알려 드려요"}, -3010),
        ({"templateHeader": "가" * 17}, -2035),
        ({"templateHeader": "머리"}, -3042),
        (
            {"buttons": [{"ordering": 1, "type": "WL", "name": "보기", "linkMo": "https://a"}]},
            -3033,
        ),
        ({"buttons": [{"ordering": 1, "type": "WL", "name": "보기"}]}, -2018),
    ],
)
async def test_a_finished_text_must_be_what_the_template_becomes(
    cloud: Cloud, more: Json, code: int
) -> None:
    row = {**person(), **more}

    sent = await cloud.read("POST", f"{ALIMTALK}/raw-messages", finished(row))

    assert result_codes(sent) == [code]


async def test_a_template_with_a_button_wants_that_button(cloud: Cloud) -> None:
    button = {"ordering": 1, "type": "WL", "name": "보기", "linkMo": "https://a/#{길}"}
    cloud.sender.templates["B"] = approved("B", "글", buttons=[button])
    given = {**button, "linkMo": "https://a/1"}
    rows = [
        person(FRIEND, f"7:{n}", content="글", buttons=buttons)
        for n, buttons in enumerate(([given], [], [{**given, "name": "가기"}]))
    ]

    sent = await cloud.read("POST", f"{ALIMTALK}/raw-messages", finished(*rows, templateCode="B"))

    assert result_codes(sent) == [0, -3011, -3011]


async def test_an_auth_message_holds_a_word_of_authentication(cloud: Cloud) -> None:
    """-8006; and the auth messages have a list of their own."""
    cloud.sender.templates["A"] = approved("A", "인증번호 #{번호}")
    row = person(templateParameter={"번호": "1234", "가게": "", "포인트": ""})
    path = f"{ALIMTALK}/auth/messages"

    refused = await cloud.read("POST", path, notice(row))
    sent = await cloud.read("POST", path, notice(row, templateCode="A"))

    assert (result_codes(refused), result_codes(sent)) == ([-8006], [0])
    query = f"requestId={sent['message']['requestId']}"
    assert await cloud.listed(ALIMTALK, query) == []
    assert [one["resultCode"] for one in await cloud.listed(f"{ALIMTALK}/auth", query)] == ["1000"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{ALIMTALK}/mass-messages", -9998),
        (f"{BRAND}/nothing/here", -9998),
        (f"/friendtalk/v2.4/appkeys/{APPKEY}/messages", -9992),
    ],
)
async def test_what_is_not_there_says_so(cloud: Cloud, path: str, code: int) -> None:
    refused = await cloud.read("POST", path, {})

    assert refused["header"]["resultCode"] == code


async def test_a_refusal_may_have_another_http_status(cloud: Cloud) -> None:
    cloud.sim.settings.nhn_refusal_status = 400

    reply = await cloud.call("POST", f"{ALIMTALK}/messages", {})

    assert reply.status == 400


@pytest.mark.parametrize(
    ("place", "body"),
    [
        ("messages.sendKey", notice(sendKey="c-1")),
        ("messages.recipientList.disableSms", notice(person(disableSms=True))),
        ("messages.recipientList.resendParameter.no", notice(person(resendParameter={"no": 1}))),
        ("raw-messages.recipientList.templateParameter", finished(person(templateParameter={}))),
    ],
)
async def test_a_field_of_no_document_is_refused_unless_switched_off(
    cloud: Cloud, place: str, body: Json
) -> None:
    path, _, name = place.partition(".")

    refused = await cloud.read("POST", f"{ALIMTALK}/{path}", body)
    cloud.sim.settings.nhn_unknown_fields = "ignore"
    ignored = await cloud.read("POST", f"{ALIMTALK}/{path}", body)

    assert refused["header"] == {
        "resultCode": -3002,
        "resultMessage": f"Field is not valid: {name}",
        "isSuccessful": False,
    }
    assert ignored["header"]["resultCode"] == 0


async def test_only_json_is_read(cloud: Cloud) -> None:
    headers = {"X-Secret-Key": cloud.account.secret_key}
    path = f"{ALIMTALK}/messages"
    form = await cloud.sim.client.post(path, data={"a": "b"}, headers=headers)
    broken = await cloud.sim.client.post(
        path, data=b"{", headers={**headers, "Content-Type": "application/json;charset=UTF-8"}
    )

    codes = [(await one.json())["header"]["resultCode"] for one in (form, broken)]
    assert codes == [-9996, -9997]
