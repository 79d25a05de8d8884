"""What we post to SOLAPI is what SOLAPI's own client would post: its models know every field.

They leave out what they do not know, and refuse what breaks their rules.
"""

from dataclasses import replace

import orjson
import pytest
from solapi.model import RequestMessage

from campaigns.senders.solapi_alimtalk import SolapiAlimtalkSender
from campaigns.senders.solapi_lms import SolapiLmsSender
from domain.bubbles import Letter
from domain.campaigns import BRAND_BUBBLES, BubbleKind, CouponPart
from domain.coupon_parts import DESCRIPTION
from tests.samples.shapes import contains

from .conftest import AD, API_KEY, API_SECRET, BATCH, NOTICE, SENDER_NUMBER, now
from .shown import Json
from .test_brand_bubbles import copy, drawn, message, with_shots

PERSON = BATCH.people[0]._replace(address="01000000001")


def through_their_models(sent: Json) -> Json:
    read = RequestMessage.model_validate(sent)
    return dict(read.model_dump(exclude_none=True, by_alias=True, mode="json"))


@pytest.mark.parametrize("has_coupon", [False, True])
@pytest.mark.parametrize("kind", BRAND_BUBBLES)
def test_every_brand_bubble(kind: BubbleKind, *, has_coupon: bool) -> None:
    one = copy(kind)
    coupon = CouponPart("3000원 할인 쿠폰", DESCRIPTION, "https://a.kr") if has_coupon else None
    batch = replace(with_shots(BATCH, one), coupon=coupon)
    sent = message(drawn(one), batch)
    assert contains(through_their_models(sent), sent)


def test_an_alimtalk() -> None:
    sender = SolapiAlimtalkSender(api_key=API_KEY, api_secret=API_SECRET, now=now)
    sent = orjson.loads(sender.encode(PERSON._replace(bubble=NOTICE), BATCH, SENDER_NUMBER))
    assert contains(through_their_models(sent), sent)


def test_a_text_message() -> None:
    sender = SolapiLmsSender(api_key=API_KEY, api_secret=API_SECRET, now=now)
    letter = Letter("(광고) 연남빵집", f"{AD}\n무료수신거부 080-123-4567")
    sent = orjson.loads(sender.encode(PERSON._replace(bubble=letter), BATCH, SENDER_NUMBER))
    assert contains(through_their_models(sent), sent)


def test_a_field_they_do_not_know_would_be_found() -> None:
    sent = message(drawn(copy(BubbleKind.TEXT)), with_shots(BATCH, copy(BubbleKind.TEXT)))
    sent["kakaoOptions"]["bms"]["pushAlarm"] = True
    assert not contains(through_their_models(sent), sent)
