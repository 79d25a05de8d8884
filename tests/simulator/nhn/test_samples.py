"""Every JSON sample of providers.md B is taken, or given in exactly its shape (B2, B4, B8)."""

from simulator.wire import Json
from tests.samples.pages import sample

from .cloud import ALIMTALK, BRAND, SENDER_KEY, SIGNATURE, TEMPLATE_CODE, Cloud


def shape(value: object) -> object:
    """Names in their order, lists item by item, and of each value its kind."""
    if isinstance(value, dict):
        return [(name, shape(one)) for name, one in value.items()]
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__


async def test_the_sample_of_an_alimtalk_is_taken_and_answered_as_printed(cloud: Cloud) -> None:
    cloud.account.sms_appkey, cloud.account.sms_numbers = "smsAppKey", {"0200000000"}

    answered = await cloud.read("POST", f"{ALIMTALK}/messages", sample("providers-B2-1"))

    assert shape(answered) == shape(sample("providers-B2-2"))
    request_id = answered["message"].pop("requestId")
    printed = sample("providers-B2-2")
    del printed["message"]["requestId"]
    assert answered == printed
    (listed,) = await cloud.listed(ALIMTALK, f"requestId={request_id}")
    assert listed["content"] == "단골상회에서 알려 드려요. 적립 3,000점"
    assert (listed["requestDate"], listed["messageStatus"]) == ("2026-11-25 09:00:00", None)
    assert len(cloud.sim.world.handset) == 0  # it is reserved


async def test_the_sample_of_a_brand_message_is_taken_and_reported_as_printed(
    cloud: Cloud,
) -> None:
    answered = await cloud.read("POST", f"{BRAND}/freestyle-messages", sample("providers-B4-1"))
    await cloud.sim.background.idle()

    assert list(answered["message"]) == ["requestId", "sendResults"]
    assert list(answered["message"]["sendResults"][0]) == [
        "recipientSeq", "recipientNo", "resultCode", "resultMessage",
    ]  # fmt: skip
    ((headers, hooked),) = cloud.sim.server.webhooks
    assert headers["X-Toast-Webhook-Signature"] == SIGNATURE
    printed: Json = sample("providers-B8-1")
    assert shape(hooked) == shape(printed)
    same = ("kakaoMessageType", "recipientSeq", "recipientNo", "resultCode", "isAddedChannel")
    keys = ("senderGroupingKey", "recipientGroupingKey")
    for name in (*same, *keys):
        assert hooked["hooks"][0][name] == printed["hooks"][0][name]
    assert hooked["appKey"] == printed["appKey"]


async def test_lists_and_single_messages_carry_every_documented_name(cloud: Cloud) -> None:
    """B3, B4."""
    notice, brand = await cloud.alimtalk(), await cloud.brand()

    (of_notice,) = await cloud.listed(ALIMTALK, f"requestId={notice['message']['requestId']}")
    (of_brand,) = await cloud.listed(BRAND, f"requestId={brand['message']['requestId']}")

    shared = {
        "requestId", "recipientSeq", "plusFriendId", "senderKey", "templateCode", "recipientNo",
        "requestDate", "createDate", "receiveDate", "resendStatusName", "messageStatus",
        "resultCode", "resultCodeName", "createUser", "senderGroupingKey", "recipientGroupingKey",
    }  # fmt: skip
    assert set(of_notice) == shared | {"content", "resendStatus"}
    assert set(of_brand) == shared | {
        "targeting", "chatBubbleType", "pushAlarm", "resendStatusCode", "resendResultCode",
        "resendRequestId", "isAddedChannel",
    }  # fmt: skip
    assert (of_notice["templateCode"], of_notice["senderKey"]) == (TEMPLATE_CODE, SENDER_KEY)
    path = f"{BRAND}/messages/{brand['message']['requestId']}/1"
    whole = (await cloud.read("GET", path))["message"]
    assert (whole["content"], whole["adult"]) == ("오늘 식빵 반값", False)
    assert set(of_brand) < set(whole)
