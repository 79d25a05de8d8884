"""Brand messages from templates at NHN: values, cards, prices, pictures (providers.md B4)."""

import pytest

from simulator.nhn_account import BrandTemplate
from simulator.wire import Json

from .cloud import BRAND, FRIEND, STRANGER, Cloud, person, result_codes

LINK = "https://shop.example/1"
WEB = {"name": "보기", "type": "WL", "linkMo": LINK}
PRICES = {"title": "#{빵}", "regularPrice": None}


async def made(cloud: Cloud, body: Json) -> str:
    path = f"{BRAND}/senders/{cloud.sender.sender_key}/templates"
    answered = await cloud.read("POST", path, {"templateName": "소식", **body})
    assert answered["header"]["resultCode"] == 0, answered
    return str(answered["template"]["templateCode"])


async def basic(cloud: Cloud, code: str, *people: Json) -> Json:
    rows = [{"targeting": "I", **one} for one in people]
    body = {"senderKey": cloud.sender.sender_key, "templateCode": code, "recipientList": rows}
    return await cloud.read("POST", f"{BRAND}/basic-messages", body)


async def test_a_template_says_each_person_something_else(cloud: Cloud) -> None:
    code = await made(cloud, {"chatBubbleType": "TEXT", "content": "#{이름}님, 반값이에요"})
    cloud.sim.world.add_friend(
        cloud.sim.world.add_person(name="이단골", phone=STRANGER).person_id, cloud.sender.bot_id
    )

    sent = await basic(
        cloud, code,
        person(FRIEND, "7:1", templateParameter={"이름": "김단골"}),
        person(STRANGER, "7:2", templateParameter={"이름": "이단골"}),
        person(FRIEND, "7:3"),
        person(FRIEND, "7:4", templateParameter={"이름@a": "x"}),
        person(FRIEND, "7:5", templateParameter={"이름": "x"}, targeting=None),
    )  # fmt: skip

    assert result_codes(sent) == [0, 0, -3324, -3347, -3298]
    await cloud.sim.background.idle()
    texts = [one.shown_text.splitlines()[1] for one in cloud.sim.world.handset.all_deliveries()]
    assert texts == ["김단골님, 반값이에요", "이단골님, 반값이에요"]


async def test_each_card_of_a_carousel_has_its_own_values(cloud: Cloud) -> None:
    url = await cloud.picture("CAROUSEL_FEED_IMAGE", 800, 600)
    card = {"header": "#{빵}", "message": "#{글}", "imageUrl": url, "buttons": [WEB]}
    code = await made(
        cloud, {"chatBubbleType": "CAROUSEL_FEED", "carousel": {"list": [card, card]}}
    )
    values = {"빵@$.carousel.list[0]": "식빵", "빵": "치아바타", "글": "오늘 구웠어요"}

    sent = await basic(cloud, code, person(templateParameter=values))

    assert result_codes(sent) == [0]
    await cloud.sim.background.idle()
    (delivery,) = cloud.sim.world.handset.all_deliveries()
    lines = delivery.shown_text.splitlines()
    assert [one for one in lines if one in ("식빵", "치아바타")] == ["식빵", "치아바타"]


async def test_prices_left_empty_in_a_template_are_given_when_it_is_sent(cloud: Cloud) -> None:
    picture = {"imageUrl": await cloud.picture("IMAGE")}
    body = {"chatBubbleType": "COMMERCE", "image": picture, "commerce": PRICES, "buttons": [WEB]}
    code = await made(cloud, body)
    known = {"빵": "식빵", "정상가격": "5000"}
    rows = [
        person(FRIEND, f"7:{n}", templateParameter={**known, **more})
        for n, more in enumerate(
            ({}, {"할인가격": "4000", "할인율": "20"}, {"할인가격": "4000"}, {"정상가격": "싸요"})
        )
    ]

    assert result_codes(await basic(cloud, code, *rows)) == [0, 0, -3299, -3299]


async def test_pictures_of_a_template_may_be_changed_all_or_none(cloud: Cloud) -> None:
    picture, other = await cloud.picture("IMAGE"), await cloud.picture("IMAGE")
    code = await made(
        cloud, {"chatBubbleType": "IMAGE", "content": "글", "image": {"imageUrl": picture}}
    )
    rows = [person(FRIEND, f"7:{n}", imageParameters=given) for n, given in enumerate(
        ([{"imageUrl": other}], [{}], [], [{}, {}])
    )]  # fmt: skip

    assert result_codes(await basic(cloud, code, *rows)) == [0, 0, -3344, -3344]


async def test_a_blocked_template_is_not_sent(cloud: Cloud) -> None:
    body = {"chatBubbleType": "TEXT", "content": "글"}
    cloud.sender.brand_templates["S"] = BrandTemplate(code="S", body=body, status="S")

    codes = [(await basic(cloud, code, person()))["header"]["resultCode"] for code in ("S", "NOPE")]

    assert codes == [-3005, -3003]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"templateName": ""}, -2001),
        ({"buttons": [{"name": "봇", "type": "BT"}]}, -3328),
        ({"buttons": [{"name": "#{이름}", "type": "BK"}]}, -3008),
        ({"buttons": [{**WEB, "linkMo": LINK + "x" * 500}]}, -3304),
        ({"content": ""}, -3303),
    ],
)
async def test_a_brand_template_keeps_the_same_rules(cloud: Cloud, more: Json, code: int) -> None:
    path = f"{BRAND}/senders/{cloud.sender.sender_key}/templates"
    body = {"templateName": "소식", "chatBubbleType": "TEXT", "content": "글", **more}

    assert (await cloud.read("POST", path, body))["header"]["resultCode"] == code
