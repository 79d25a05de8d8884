"""What our senders write and read, beside the samples of the references."""

from dataclasses import replace

import orjson

from campaigns.senders.kakao_event import KakaoEventSender
from campaigns.senders.solapi_bodies import encode_message
from domain.bubbles import Action, Button, Notice, Text
from tests.samples.pages import sample
from tests.samples.shapes import contains, differences

from .conftest import BATCH, NHN_SENDER_KEY
from .fakes import Said, host, said
from .nhn_steps import alimtalk_at, batch_of, brand_at

WORDS = "이번 주 단골 손님께 드리는 소식입니다."
LOOK = Button(label="가게 보기", action=Action.LINK, target="https://shop.example/1")
NOTICE = Notice(
    code="ORDER_READY",
    values=(("가게", "단골상회"), ("포인트", "3,000")),
    text="단골상회에서 알려 드려요. 적립 3,000점",
)


def test_our_brand_message_at_solapi_says_what_the_page_says_and_the_way_out() -> None:
    """Modulo the coupon, which is the shop's own button here, and the fields that come back."""
    page = sample("providers-A3-2")
    del page["customFields"], page["kakaoOptions"]["bms"]["coupon"]
    page["kakaoOptions"]["pfId"] = BATCH.account.pf_id
    person = BATCH.people[0]._replace(address="01000000001", bubble=Text(WORDS), button=LOOK)
    batch = replace(BATCH, people=(person,))
    assert contains(orjson.loads(encode_message(person, batch, None)), page)


async def test_our_event_has_the_shape_of_the_page() -> None:
    async with host([said({"taskId": "t", "status": "SUCCESS", "timestamp": 1})]) as kakao:
        sender = KakaoEventSender(kakao.url)
        await sender.send(BATCH, None)
        await sender.close()
    page = sample("kakao-chatbot-4.1-1")
    # Ours says nothing in `event.data`, and names its own run and chunk in `params`.
    del page["event"]["data"], page["params"]["couponId"]
    made = orjson.loads(kakao.asked[0].body)
    assert differences(page, made, beside=frozenset({"run", "chunk"})) == []


async def test_our_alimtalk_at_nhn_is_that_of_the_page_and_its_answer_is_read() -> None:
    """Without a fallback, a reservation or statistics, and under keys of our own."""
    page = sample("providers-B2-1")
    for name in ("requestDate", "statsId", "createUser", "senderGroupingKey"):
        del page[name]
    page["recipientList"][0]["resendParameter"] = {"isResend": False}
    page["recipientList"][0]["recipientGroupingKey"] = "7:1001"
    page["senderKey"] = NHN_SENDER_KEY
    batch = batch_of(NOTICE)
    async with alimtalk_at([Said(200, orjson.dumps(sample("providers-B2-2")))]) as (sender, nhn):
        ref = await sender.open(batch)
        sent = await sender.send(batch, ref)
    assert orjson.loads(nhn.asked[0].body) == page | {"senderGroupingKey": ref}
    assert (sent.ref, sent.refused) == ("20261122100203ABCDEFGHIJ0", ())


async def test_our_brand_message_at_nhn_says_what_the_page_says_and_the_way_out() -> None:
    """`pushAlarm` is true where it is not said."""
    page = sample("providers-B4-1")
    for name in ("statsId", "senderGroupingKey", "pushAlarm", "unsubscribeNo"):
        del page[name]
    page["senderKey"] = NHN_SENDER_KEY
    page["recipientList"][0]["recipientGroupingKey"] = "7:1001"
    batch = batch_of(Text(WORDS))
    batch = replace(batch, people=(batch.people[0]._replace(button=LOOK),))
    answer = sample("providers-B2-2")
    del answer["message"]["senderGroupingKey"]  # not in this answer (B4)
    async with brand_at([said(answer)]) as (sender, nhn):
        await sender.send(batch, await sender.open(batch))
    assert contains(orjson.loads(nhn.asked[-1].body), page)
