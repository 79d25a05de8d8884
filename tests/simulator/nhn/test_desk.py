"""Templates, pictures, channels, numbers and the control at the pretend NHN (B4, B9)."""

import pytest
from aiohttp import FormData

from simulator.nhn_account import NhnTemplate
from simulator.wire import Json

from .cloud import (
    ALIMTALK,
    APPKEY,
    BRAND,
    FRIEND,
    SENDER_KEY,
    TEMPLATE_CODE,
    Cloud,
    drawn,
    notice,
    person,
)

TEMPLATES = f"{ALIMTALK}/senders/{SENDER_KEY}/templates"
BRANDS = f"{BRAND}/senders/{SENDER_KEY}/templates"


def asked(code: str = "COUPON", **more: object) -> Json:
    return {"templateCode": code, "templateName": "쿠폰", "templateContent": "쿠폰 #{이름}", **more}


async def code_of(cloud: Cloud, method: str, path: str, json: object = None) -> int:
    return int((await cloud.read(method, path, json))["header"]["resultCode"])


async def inspected(cloud: Cloud, code: str, status: str, comment: str = "") -> None:
    body = {
        "appkey": APPKEY, "sender_key": SENDER_KEY, "code": code, "status": status,
        "comment": comment,
    }  # fmt: skip
    reply = await cloud.sim.client.post("/sim/nhn/templates", json=body)
    assert reply.status == 200
    await cloud.sim.background.idle()


async def test_a_template_is_asked_for_inspected_and_used(cloud: Cloud) -> None:
    """B9: TSC01, TSC02, TSC03; the inspection is told by a hook (B8)."""
    row = notice(person(templateParameter={"이름": "빵"}), templateCode="COUPON")

    assert await code_of(cloud, "POST", TEMPLATES, asked()) == 0
    before = await code_of(cloud, "POST", f"{ALIMTALK}/messages", row)
    await inspected(cloud, "COUPON", "TSC03", "승인합니다")
    after = await code_of(cloud, "POST", f"{ALIMTALK}/messages", row)

    assert (before, after) == (-3005, 0)
    body = cloud.sim.server.webhooks[0][1]
    (hook,) = body["hooks"]
    assert body["event"] == cloud.sim.settings.nhn_template_event
    assert list(hook) == [
        "senderKey", "templateCode", "kakaoTemplateCode", "status", "comments", "updateDate",
        "hookId",
    ]  # fmt: skip
    assert (hook["templateCode"], hook["status"]) == ("COUPON", "TSC03")
    assert [one["status"] for one in hook["comments"]] == ["APR"]
    shown = (await cloud.read("GET", f"{TEMPLATES}/COUPON"))["templates"]
    assert (shown["status"], shown["statusName"]) == ("TSC03", "승인")
    assert shown["templateContent"] == "쿠폰 #{이름}"


async def test_templates_are_listed_by_state(cloud: Cloud) -> None:
    await cloud.read("POST", TEMPLATES, asked())

    waiting = await cloud.read("GET", f"{TEMPLATES}?templateStatus=TSC01")
    everything = await cloud.read("GET", TEMPLATES)

    codes = [one["templateCode"] for one in waiting["templateListResponse"]["templates"]]
    assert codes == ["COUPON"]
    assert everything["templateListResponse"]["totalCount"] == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"templateCode": TEMPLATE_CODE}, -3001),
        ({"templateName": TEMPLATE_CODE}, -3001),
        ({"templateCode": "C" * 21}, -2000),
        ({"templateContent": ""}, -2001),
        ({"templateContent": "가" * 1_301}, -2000),
        ({"templateContent": " ".join(f"#{{v{n}}}" for n in range(41))}, 4),
        ({"buttons": [{"type": "WL", "name": "#{이름}", "linkMo": "https://a"}]}, -3008),
        ({"buttons": [{"type": "WL", "name": "보기"}]}, -2018),
    ],
)
async def test_a_bad_template_is_not_taken(cloud: Cloud, more: Json, code: int) -> None:
    assert await code_of(cloud, "POST", TEMPLATES, asked(**more)) == code


async def test_a_rejected_template_is_asked_about_and_inspected_again(cloud: Cloud) -> None:
    await cloud.read("POST", TEMPLATES, asked())
    early = await code_of(cloud, "POST", f"{TEMPLATES}/COUPON/comments", {"comment": "왜요?"})
    await inspected(cloud, "COUPON", "TSC04", "광고로 보여요")

    asked_about = await code_of(cloud, "POST", f"{TEMPLATES}/COUPON/comments", {"comment": "왜요?"})

    template = cloud.sender.templates["COUPON"]
    assert (early, asked_about, template.status) == (-3100, 0, "TSC02")
    assert [one["status"] for one in template.comments] == ["REJ", "INQ"]


async def test_an_approved_template_goes_on_while_its_change_is_inspected(cloud: Cloud) -> None:
    path = f"{TEMPLATES}/{TEMPLATE_CODE}"
    changed = asked(TEMPLATE_CODE, templateContent="새 글")

    codes = [await code_of(cloud, "PUT", path, changed) for _ in range(2)]
    waiting = (await cloud.read("GET", f"{path}/modifications"))["templateModificationsResponse"]
    old = cloud.sender.templates[TEMPLATE_CODE].text
    await inspected(cloud, TEMPLATE_CODE, "TSC03")

    assert codes == [0, -3013]
    assert [one["status"] for one in waiting["templates"]] == ["TSC01"]
    assert (old, cloud.sender.templates[TEMPLATE_CODE].text) != ("새 글", "새 글")
    assert cloud.sender.templates[TEMPLATE_CODE].text == "새 글"


async def test_a_template_that_waits_cannot_be_changed(cloud: Cloud) -> None:
    await cloud.read("POST", TEMPLATES, asked())

    assert await code_of(cloud, "PUT", f"{TEMPLATES}/COUPON", asked()) == -3012


async def test_a_template_of_the_last_three_days_is_not_deleted(cloud: Cloud) -> None:
    await cloud.alimtalk()
    path = f"{TEMPLATES}/{TEMPLATE_CODE}"

    soon = await code_of(cloud, "DELETE", path)
    cloud.sim.clock.pass_(days=3)
    later = await code_of(cloud, "DELETE", path)

    assert (soon, later) == (-3034, 0)
    assert await code_of(cloud, "GET", path) == -3003


async def test_a_template_gets_the_channel_button_first(cloud: Cloud) -> None:
    template = cloud.sender.templates[TEMPLATE_CODE]
    button = {"ordering": 1, "type": "WL", "name": "보기", "linkMo": "https://a"}
    template.body["buttons"] = [button]

    assert await code_of(cloud, "PUT", f"{TEMPLATES}/{TEMPLATE_CODE}/convert-add-channel") == 0
    assert [one["name"] for one in template.body["buttons"]] == ["채널 추가", "보기"]
    cloud.sender.templates["W"] = NhnTemplate(code="W", body=asked("W"))
    assert await code_of(cloud, "PUT", f"{TEMPLATES}/W/convert-add-channel") == -4028


async def test_a_brand_template_needs_no_inspection(cloud: Cloud) -> None:
    body = {"templateName": "소식", "chatBubbleType": "TEXT", "content": "글"}
    made = await cloud.read("POST", BRANDS, body)
    path = f"{BRANDS}/{made['template']['templateCode']}"

    shown = (await cloud.read("GET", path))["template"]
    assert await code_of(cloud, "POST", BRANDS, body) == -3001  # the name is taken
    changed = await code_of(cloud, "PUT", path, {**body, "content": "새 글"})
    listed = (await cloud.read("GET", f"{BRANDS}?status=A"))["templateListResponse"]
    deleted = await code_of(cloud, "DELETE", path)

    assert (shown["status"], shown["content"], changed, deleted) == ("A", "글", 0, 0)
    assert [one["content"] for one in listed["templates"]] == ["새 글"]
    assert await code_of(cloud, "GET", path) == -3003


# Pictures


@pytest.mark.parametrize(
    ("kind", "width", "height", "code"),
    [
        ("IMAGE", 500, 250, 0),
        ("IMAGE", 499, 250, -8001),
        ("IMAGE", 600, 299, -8001),
        ("IMAGE", 600, 800, 0),
        ("IMAGE", 600, 810, -8001),
        ("WIDE_IMAGE", 600, 600, 0),
        ("WIDE_IMAGE", 600, 610, -8001),
        ("MAIN_WIDE_ITEMLIST_IMAGE", 800, 400, 0),
        ("MAIN_WIDE_ITEMLIST_IMAGE", 800, 410, -8001),
        ("NORMAL_WIDE_ITEMLIST_IMAGE", 500, 500, 0),
        ("NORMAL_WIDE_ITEMLIST_IMAGE", 500, 490, -8001),
        ("CAROUSEL_FEED_IMAGE", 800, 600, 0),
        ("CAROUSEL_COMMERCE_IMAGE", 800, 399, -8001),
        ("POSTER", 800, 400, -8011),
    ],
)
async def test_a_picture_must_have_the_shape_of_its_kind(
    cloud: Cloud, kind: str, width: int, height: int, code: int
) -> None:
    answered = await cloud.upload(kind, drawn(width, height))

    assert answered["header"]["resultCode"] == code
    assert len(cloud.account.images) == (code == 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (drawn(800, 400, "JPEG"), 0),
        (drawn(800, 400, "GIF"), -8001),
        (b"no picture", -8001),
        (b"\x89PNG" + bytes(5 * 1024 * 1024), -4007),
    ],
    ids=["jpeg", "gif", "text", "more than 5 MB"],
)
async def test_a_picture_is_png_or_jpeg_of_five_megabytes(
    cloud: Cloud, content: bytes, code: int
) -> None:
    assert (await cloud.upload("IMAGE", content))["header"]["resultCode"] == code


async def test_a_picture_is_served_listed_and_deleted(cloud: Cloud) -> None:
    url = await cloud.picture("IMAGE")
    path = url.removeprefix(cloud.sim.settings.public_url)
    (seq,) = cloud.account.images

    served = await cloud.sim.client.get(path)
    listed = await cloud.read("GET", f"{BRAND}/images?imageTypes=IMAGE,WIDE_IMAGE")
    elsewhere = await cloud.read("GET", f"{BRAND}/images?imageTypes=WIDE_IMAGE")
    codes = [await code_of(cloud, "DELETE", f"{BRAND}/images?imageSeq={seq}") for _ in range(2)]
    gone = await cloud.sim.client.get(path)

    assert (served.content_type, await served.read()) == ("image/png", drawn(800, 400))
    assert listed["image"] == {"imageSeq": seq, "imageUrl": url, "imageName": "bread.png"}
    assert elsewhere["image"] is None
    assert (codes, gone.status) == ([0, -8003], 404)


async def test_a_picture_is_a_form_of_two_parts(cloud: Cloud) -> None:
    headers = {"X-Secret-Key": cloud.account.secret_key}
    path = f"{BRAND}/images"

    as_json = await cloud.sim.client.post(path, json={}, headers=headers)
    form = FormData({"imageType": "IMAGE"}, default_to_multipart=True)
    half = await cloud.sim.client.post(path, data=form, headers=headers)

    codes = [(await one.json())["header"]["resultCode"] for one in (as_json, half)]
    assert codes == [-9996, -9993]


# Channels and numbers


async def test_a_channel_shows_its_080_number_and_its_fallback(cloud: Cloud) -> None:
    cloud.account.sms_numbers, cloud.account.sms_unsubscribe_nos = {"0200000000"}, {"0801234567"}
    path = f"{BRAND}/senders/{SENDER_KEY}"
    fallback = {"senderKey": SENDER_KEY, "isResend": True, "resendSendNo": "0200000000"}

    codes = [
        await code_of(cloud, "PUT", f"{path}/unsubscribe-content", {"unsubscribeNo": "0801234567"}),
        await code_of(cloud, "PUT", f"{path}/unsubscribe-content", {"unsubscribeNo": "15880000"}),
        await code_of(cloud, "POST", f"{BRAND}/failback/appkey", {"resendAppKey": "sms"}),
        await code_of(cloud, "POST", f"{BRAND}/failback", fallback),
        await code_of(cloud, "POST", f"{BRAND}/failback", {**fallback, "resendSendNo": "1"}),
        await code_of(cloud, "POST", f"{BRAND}/failback", {**fallback, "resendUnsubscribeNo": "1"}),
        await code_of(cloud, "POST", f"{path}/marketing-agreement", {}),
    ]

    assert codes == [0, -3340, 0, 0, -1003, -1019, -3343]
    shown = (await cloud.read("GET", path))["sender"]
    assert (shown["unsubscribePhoneNumber"], shown["marketingAgreement"]) == ("0801234567", False)
    assert shown["brandMessage"]["resendSendNo"] == "0200000000"
    notices = await cloud.read("GET", f"{ALIMTALK}/senders/{SENDER_KEY}")
    assert notices["sender"]["alimtalk"]["isResend"] is True
    assert await code_of(cloud, "GET", f"{ALIMTALK}/senders/nobody") == -2017


async def test_a_blocked_channel_sends_nothing(cloud: Cloud) -> None:
    cloud.sender.is_blocked = True

    assert (await cloud.alimtalk())["header"]["resultCode"] == -1027
    listed = await cloud.read("GET", f"{ALIMTALK}/senders")
    assert [(one["kakaoStatus"], one["block"]) for one in listed["senders"]] == [("S", True)]


async def test_numbers_count_what_was_asked_sent_and_received(cloud: Cloud) -> None:
    cloud.account.scripts[FRIEND] = "3018"
    await cloud.alimtalk(statsId="sg1")
    cloud.account.scripts.clear()
    await cloud.alimtalk(person(), person(FRIEND, "7:2"), statsId="sg2")
    await cloud.brand()
    await cloud.sim.background.idle()
    day = "from=2026-11-23 00:00:00&to=2026-11-23 23:59:59&statsType=DAILY"
    path = f"/common/v2.2/appkeys/{APPKEY}/stats"

    total = await cloud.read("GET", f"{path}/total?{day}&extra1s=ALIMTALK")
    of_one = await cloud.read("GET", f"{path}?{day}&statsIds=sg2&eventTypes=RECEIVED")
    refused = await cloud.read("GET", f"{path}?{day.replace('DAILY', 'YEARLY')}")

    assert total["total"] == {
        "REQUESTED": 3, "SENT": 3, "RECEIVED": 2, "SENT_FAILED": 1, "RESENT": 0,
        "RESENT_FAILED": 0,
    }  # fmt: skip
    (row,) = of_one["stats"]
    assert row["events"]["RECEIVED"] == 2
    assert row["eventDateTime"] == "2026-11-22T15:00:00.000Z"  # midnight, KST
    assert refused["header"]["resultCode"] == -4101


# Driven from outside


async def test_an_account_is_set_up_from_outside_and_forgotten_by_a_reset(cloud: Cloud) -> None:
    sender = {
        "sender_key": "1" * 40, "bot_id": cloud.sender.bot_id, "consents": [FRIEND],
        "templates": [{"code": "A", "body": {"templateContent": "글"}, "status": "TSC03"}],
    }  # fmt: skip
    account = {"appkey": "K2", "secret_key": "S", "opt_outs": ["010"], "senders": [sender]}

    made = await cloud.sim.client.post("/sim/nhn/accounts", json=account)

    assert await made.json() == {"accounts": 2}
    known = cloud.sim.world.nhn_accounts["K2"]
    assert known.senders["1" * 40].templates["A"].status == "TSC03"
    assert (known.opt_outs, known.senders["1" * 40].consents) == ({"010"}, {FRIEND})
    await cloud.sim.client.post("/sim/reset", json={})
    assert cloud.sim.world.nhn_accounts == {}


async def test_what_the_control_does_not_understand_it_refuses(cloud: Cloud) -> None:
    for path in ("accounts", "templates", "unsubscribe"):
        reply = await cloud.sim.client.post(f"/sim/nhn/{path}", json={"appkey": "nobody"})
        assert reply.status == 400


async def test_calls_are_written_into_the_record_of_both_directions(cloud: Cloud) -> None:
    await cloud.alimtalk()
    await cloud.sim.background.idle()

    parties = [(one.caller, one.callee) for one in cloud.sim.world.calls]
    assert ("서버", "NHN 클라우드") in parties
    assert ("NHN 클라우드", "서버") in parties
