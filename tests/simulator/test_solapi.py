"""The pretend provider: groups, codes, delivery, money (providers.md A and E3 to E11)."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from simulator.wire import Json

from .conftest import PF_ID, TEMPLATE_ID, Sim
from .provider import Provider, brand

FRIEND, STRANGER = "01000000001", "01000000007"


def alimtalk(to: str, **options: object) -> Json:
    variables = {"#{가게}": "연남빵집", "#{포인트}": "3,000"}
    known = {"pfId": PF_ID, "templateId": TEMPLATE_ID, "variables": variables}
    return {"to": to, "from": "0212345678", "type": "ATA", "kakaoOptions": {**known, **options}}


async def test_a_brand_message_reaches_a_friend_with_mark_and_way_out(sim: Sim) -> None:
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))

    sent = await provider.send(group_id)

    info = await provider.info(group_id)
    assert sent["status"] == "SENDING"
    assert info["status"] == "COMPLETE"
    assert info["count"]["sentSuccess"] == 1
    assert sim.world.handset.deliveries("sendKey", "k1") == {sim.person.person_id: 1}
    (delivery,) = sim.world.handset.all_deliveries()
    assert delivery.shown_text.splitlines() == [
        "(광고) 연남빵집", "오늘 식빵 반값", "무료 수신거부: 채널 홈 > 채널 차단",
    ]  # fmt: skip


async def test_ids_carry_the_kst_stamp(sim: Sim) -> None:
    group_id = await Provider(sim).group()

    assert group_id.startswith("G4V20261123100000")
    assert len(group_id) == 32


async def test_who_is_not_a_friend_is_not_reached_and_not_charged(sim: Sim) -> None:
    provider = Provider(sim)
    sim.world.add_person(name="손님", phone=STRANGER)
    group_id = await provider.group(brand(FRIEND), brand(STRANGER))
    before = sim.account.balance_won

    await provider.send(group_id)

    assert await provider.codes(group_id) == {FRIEND: "4000", STRANGER: "3102"}
    info = await provider.info(group_id)
    assert info["balance"] == {"requested": 50, "replacement": 0, "refund": 25, "sum": 25}
    assert sim.account.balance_won == before - 25


@pytest.mark.parametrize(("hours", "code"), [(10.8, "4000"), (10.84, "3108"), (22, "4000")])
async def test_brand_messages_keep_the_hours(sim: Sim, hours: float, code: str) -> None:
    """D5, K1: 08:00 to 20:50 KST; the clock starts at 10:00."""
    sim.clock.pass_(hours=hours)
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))

    await provider.send(group_id)

    assert await provider.codes(group_id) == {FRIEND: code}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (brand(""), "1010"),
        (brand("010-1"), "1011"),
        (brand(FRIEND) | {"type": "NOPE"}, "1025"),
        (brand(FRIEND) | {"customFields": {"k" * 31: "v"}}, "1032"),
        (brand(FRIEND) | {"customFields": {"k": "v" * 101}}, "1032"),
        (brand(FRIEND) | {"from": "0299999999"}, "1062"),
        (brand(FRIEND) | {"kakaoOptions": {"pfId": "KA01PFX"}}, "1041"),
        (brand(FRIEND, content="가" * 1301), "1031"),
        (brand(FRIEND, chatBubbleType="IMAGE"), "1051"),
        (brand(FRIEND, buttons=[{"name": "가" * 15, "linkType": "MD"}]), "1049"),
        (brand(FRIEND, buttons=[{"name": "가", "linkType": "MD"}] * 6), "1050"),
        (brand(FRIEND, coupon={"title": "아무 쿠폰이나", "description": ""}), "1011"),
        ({"to": FRIEND, "type": "SMS", "from": "0212345678", "text": "가" * 46}, "1031"),
        ({"to": FRIEND, "type": "SMS", "from": "0212345678", "text": "🍞"}, "1029"),
        ({"to": FRIEND, "type": "LMS", "from": "0212345678", "text": "똠얌꿍"}, "1029"),
        (
            {
                "to": FRIEND,
                "type": "LMS",
                "from": "0212345678",
                "text": "빵",
                "subject": "가" * 21,
            },
            "1014",
        ),
        ({"to": FRIEND, "type": "LMS", "from": "0212345678", "text": "가" * 1001}, "1031"),
        (alimtalk(FRIEND, templateId="KA01TPX"), "1042"),
        (alimtalk(FRIEND) | {"text": "다른 글"}, "1043"),
        (alimtalk(FRIEND, variables={}), "1043"),
        (
            {"to": FRIEND, "type": "SMS", "from": "0212345678", "text": "가", "kakaoOptions": {}},
            "1033",
        ),
    ],
)
async def test_a_bad_message_is_refused_at_registration(sim: Sim, message: Json, code: str) -> None:
    provider = Provider(sim)
    group_id = await provider.group()

    added = await provider.add(group_id, message)

    assert added["errorCount"] == 1
    assert added["resultList"][0]["statusCode"] == code
    assert (await provider.info(group_id))["count"]["registeredFailed"] == 1


@pytest.mark.parametrize(
    "bms",
    [
        {"chatBubbleType": "COMMERCE", "imageId": "F", "commerce": {"title": "빵", "regularPrice": 3000},
         "buttons": [{"name": "보기", "linkType": "WL", "linkMobile": "https://a"}]},
        {"chatBubbleType": "WIDE", "imageId": "F", "content": "소식"},
        {"chatBubbleType": "WIDE_ITEM_LIST", "header": "이번 주",
         "mainWideItem": {"imageId": "F", "linkMobile": "https://a"},
         "subWideItemList": [{"title": "빵", "imageId": "F", "linkMobile": "https://a"}] * 3},
        {"chatBubbleType": "CAROUSEL_FEED", "carousel": {"list": [
            {"header": "빵", "content": "글", "imageId": "F",
             "buttons": [{"name": "보기", "linkType": "WL", "linkMobile": "https://a"}]}] * 2}},
        {"coupon": {"title": "1000원 할인 쿠폰", "description": "이번 주 사용"}},
    ],
)  # fmt: skip
async def test_each_bubble_within_its_limits_is_delivered(sim: Sim, bms: dict[str, Any]) -> None:
    provider = Provider(sim)
    picture = base64.b64encode(b"picture").decode()
    stored = await provider.read("POST", "/storage/v1/files", {"file": picture, "type": "BMS"})
    as_text = brand(FRIEND, **bms)
    message = _with_file(as_text, str(stored["fileId"]))
    group_id = await provider.group(message)

    await provider.send(group_id)

    assert await provider.codes(group_id) == {FRIEND: "4000"}


def _with_file(value: Any, file_id: str) -> Any:
    if isinstance(value, dict):
        return {
            key: file_id if key == "imageId" else _with_file(one, file_id)
            for key, one in value.items()
        }
    return [_with_file(one, file_id) for one in value] if isinstance(value, list) else value


async def test_a_second_message_to_the_same_number_is_refused(sim: Sim) -> None:
    """1026, also across two PUTs of one group (providers.md A11, unverified)."""
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))

    again = await provider.add(group_id, brand(FRIEND))

    assert again["resultList"][0]["statusCode"] == "1026"
    assert (await provider.info(group_id))["count"]["registeredSuccess"] == 1


async def test_who_opted_out_is_refused_but_still_gets_information(sim: Sim) -> None:
    sim.account.opt_outs.add(FRIEND)
    provider = Provider(sim)
    group_id = await provider.group()

    results = await provider.add(group_id, brand(FRIEND), alimtalk(FRIEND))

    assert [one["statusCode"] for one in results["resultList"]] == ["1061", "2000"]


async def test_alimtalk_falls_back_to_a_text_message(sim: Sim) -> None:
    provider = Provider(sim)
    group_id = await provider.group(alimtalk(STRANGER), alimtalk(FRIEND))

    await provider.send(group_id)

    info = await provider.info(group_id)
    assert await provider.codes(group_id) == {STRANGER: "4000", FRIEND: "4000"}
    assert info["count"]["sentReplacement"] == 1
    assert info["balance"]["replacement"] == 20
    texts = {one.content.kind: one.shown_text for one in sim.world.handset.all_deliveries()}
    assert texts["alimtalk"] == texts["sms"] == "연남빵집에서 알려 드려요. 적립 3,000점"


async def test_without_fallback_the_failure_stays(sim: Sim) -> None:
    provider = Provider(sim)
    group_id = await provider.group(alimtalk(STRANGER, disableSms=True))

    await provider.send(group_id)

    assert await provider.codes(group_id) == {STRANGER: "3104"}


async def test_a_group_is_sent_once(sim: Sim) -> None:
    provider = Provider(sim)
    sim.settings.deliver_delay_seconds = 0.05
    group_id = await provider.group(brand(FRIEND))

    codes = [(await provider.send(group_id)).get("errorCode") for _ in range(2)]
    await provider.info(group_id)
    codes.append((await provider.send(group_id)).get("errorCode"))

    assert codes == [None, "GroupInProcessing", "AlreadySent"]
    assert sim.world.handset.deliveries("sendKey", "k1") == {sim.person.person_id: 1}


async def test_a_group_refuses_what_its_state_does_not_allow(sim: Sim) -> None:
    provider = Provider(sim)
    empty, deleted = await provider.group(), await provider.group(brand(FRIEND))
    path = f"/messages/v4/groups/{deleted}"

    first = await provider.read("DELETE", path)
    second = await provider.read("DELETE", path)

    assert first["status"] == "DELETED"
    assert second["errorCode"] == "NotOperationalStatus"
    assert (await provider.send(deleted))["errorCode"] == "DeletedGroup"
    assert (await provider.add(deleted, brand(FRIEND)))["errorCode"] == "InvalidGroupStatus"
    assert (await provider.send(empty))["errorCode"] == "MessagesNotFound"
    assert (await provider.send("G4VX"))["errorCode"] == "ResourceNotFound"


async def test_without_balance_the_group_stays_pending(sim: Sim) -> None:
    sim.account.balance_won = 24
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))

    refused = await provider.call("POST", f"/messages/v4/groups/{group_id}/send")

    assert refused.status == 402
    assert (await provider.info(group_id))["status"] == "PENDING"


async def test_messages_taken_out_are_not_sent(sim: Sim) -> None:
    provider = Provider(sim)
    group_id = await provider.group()
    added = await provider.add(group_id, brand(FRIEND), brand(STRANGER, "k2"))
    ids = [one["messageId"] for one in added["resultList"]]
    path = f"/messages/v4/groups/{group_id}/messages"

    removed = await provider.read("DELETE", path, {"messageIds": ids[:1]})
    await provider.send(group_id)

    assert removed["resultList"] == [{"messageId": ids[0], "resultCode": "Success"}]
    assert await provider.codes(group_id) == {STRANGER: "3102"}


async def test_lists_are_paged_by_start_key(sim: Sim) -> None:
    provider = Provider(sim)
    numbers = [f"0100001{n:04d}" for n in range(45)]
    group_id = await provider.group(*(brand(number) for number in numbers))
    path = f"/messages/v4/groups/{group_id}/messages"

    seen: list[str] = []
    start = ""
    while True:
        page = await provider.read("GET", f"{path}?limit=20{start}")
        seen += [one["to"] for one in page["messageList"].values()]
        if not page["nextKey"]:
            break
        start = f"&startKey={page['nextKey']}"

    assert seen == numbers
    listed = await provider.read("GET", f"/messages/v4/list?groupId={group_id}&to={numbers[7]}")
    assert [one["to"] for one in listed["messageList"].values()] == [numbers[7]]
    assert listed["limit"] == 20


async def test_the_list_may_lag_by_switch(sim: Sim) -> None:
    sim.settings.list_delay_seconds = 30.0
    provider = Provider(sim)
    group_id = await provider.group(brand(FRIEND))

    early = await provider.codes(group_id)
    sim.clock.pass_(seconds=30)

    assert (early, await provider.codes(group_id)) == ({}, {FRIEND: "2000"})


async def test_a_reservation_waits_for_its_hour_and_can_be_canceled(sim: Sim) -> None:
    provider = Provider(sim)
    at = (sim.clock() + timedelta(hours=1)).isoformat()
    kept, dropped = await provider.group(brand(FRIEND)), await provider.group(brand(FRIEND))
    for group_id in (kept, dropped):
        path = f"/messages/v4/groups/{group_id}/schedule"
        await provider.read("POST", path, {"scheduledDate": at})

    canceled = await provider.read("DELETE", f"/messages/v4/groups/{dropped}/schedule")
    refused = await provider.send(kept)
    sim.clock.pass_(hours=2)
    while (await provider.info(kept))["status"] != "COMPLETE":
        pass

    assert (canceled["status"], refused["errorCode"]) == ("PENDING", "ScheduledGroup")
    assert len(sim.world.handset) == 1


async def test_send_many_answers_with_refused_ones_and_the_group(sim: Sim) -> None:
    provider = Provider(sim)
    messages = [brand(FRIEND), brand(FRIEND)]

    sent = await provider.read(
        "POST", "/messages/v4/send-many/detail", {"messages": messages, "showMessageList": True}
    )

    assert [one["statusCode"] for one in sent["failedMessageList"]] == ["1026"]
    assert sent["groupInfo"]["count"]["registeredSuccess"] == 1
    assert [one["statusCode"] for one in sent["messageList"]] == ["2000", "1026"]
    await sim.background.idle()
    assert len(sim.world.handset) == 1


async def test_too_many_or_none_are_refused(sim: Sim) -> None:
    provider = Provider(sim)
    group_id = await provider.group()
    path = f"/messages/v4/groups/{group_id}/messages"
    many = {"messages": [{"to": ["01000000001"] * 10_001}]}

    assert (await provider.call("PUT", path, many)).status == 413
    assert (await provider.read("PUT", path, {"messages": []}))["errorCode"] == "ValidationError"


async def test_the_balance_is_told(sim: Sim) -> None:
    assert (await Provider(sim).read("GET", "/cash/v1/balance"))["balance"] == 1_000_000
