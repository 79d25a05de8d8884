"""Every component on the handset, as KakaoTalk draws it (kakao-chatbot.md 2.2 to 2.8)."""

import re

import pytest

from simulator.reading import Content
from simulator.wire import Json

from .conftest import BOT_ID, Sim

URL = "https://shop.example/bread.png"
LINK = {"web": "https://shop.example/"}
PICTURE = {"imageUrl": URL, "altText": "식빵 사진"}
SAY = {"label": "보기", "action": "message", "messageText": "보기"}
SHARE = {"label": "나누기", "action": "share"}
FACTS = [{"title": "식빵", "description": "4,000원"}]
FACT_CARD = {"head": {"title": "영수증"}, "itemList": FACTS}
BASIC = {"title": "오늘의 빵", "description": "식빵", "thumbnail": PICTURE}

DRAWN: list[tuple[Json, list[str]]] = [
    ({"simpleText": {"text": "안녕"}}, ['class="bubble">안녕<']),
    ({"simpleText": {"text": "가" * 501}}, ["전체 보기</summary>가<"]),
    ({"simpleImage": PICTURE}, ['class="picture"', f'src="{URL}" alt="식빵 사진"']),
    (
        {"basicCard": {**BASIC, "thumbnail": {**PICTURE, "link": LINK}, "forwardable": True}},
        ['class="card-image" href="https://shop.example/"', "오늘의 빵<", "친구에게 보내기"],
    ),
    (
        {"basicCard": {**BASIC, "thumbnail": {**PICTURE, "fixedRatio": True}, "buttons": [SAY, SAY]}},
        ["card-image is-square", 'alt="식빵 사진"', "buttons is-pair"],
    ),
    (
        {
            "commerceCard": {
                "title": "식빵", "price": 5_000, "discountedPrice": 4_000, "discountRate": 20,
                "thumbnails": [PICTURE], "profile": {"nickname": "연남빵집"},
            }
        },
        ["연남빵집</p>", URL, "20%<", "4,000원<", "<s", "5,000원<", ">식빵<"],
    ),
    (
        {
            "listCard": {
                "header": {"title": "메뉴", "link": LINK},
                "items": [{"title": "식빵", "link": LINK}, {"title": "물", "imageUrl": URL}],
            }
        },
        ['class="card-head" href="https://shop.example/"', "메뉴<", 'class="row is-pressable" href',
         "식빵<", 'class="row"', "물<", URL],
    ),
    (
        {
            "itemCard": {
                "profile": {"title": "연남빵집"}, "imageTitle": {"title": "영수증", "imageUrl": URL},
                "thumbnail": {**PICTURE, "width": 800, "height": 400}, "itemList": FACTS,
                "itemListAlignment": "right", "title": "고맙습니다",
                "itemListSummary": {"title": "합계", "description": "4,500원"},
            }
        },
        ["연남빵집</p>", 'class="card-image"', "영수증<", "items is-right", "식빵<", "4,000원<",
         "items-summary", "합계<", "4,500원<", "고맙습니다<"],
    ),
    ({"itemCard": {**FACT_CARD, "thumbnail": PICTURE}}, ["영수증<", "card-image is-square", "식빵<"]),
    ({"textCard": {"title": "고르기", "buttons": [SAY, SHARE]}},
     ['<button class="button"', "보기<", '<span class="button">', "나누기<"]),
    (
        {
            "carousel": {
                "type": "basicCard", "items": [BASIC, BASIC],
                "header": {"title": "이번 주", "description": "소식", "thumbnail": {"imageUrl": URL}},
            }
        },
        ['class="carousel"', "carousel-head", "이번 주<", "소식<", "card has-few-lines",
         "오늘의 빵<", "card has-few-lines", "오늘의 빵<"],
    ),
    (
        {"carousel": {"type": "listCard", "items": [{"header": {"title": name}, "items": FACTS}
                                                    for name in ("월", "화")]}},
        ['class="carousel"', 'class="card-head">월<', 'class="card-head">화<'],
    ),
    ({"carousel": {"type": "itemCard", "items": [FACT_CARD, FACT_CARD]}},
     ['class="carousel"', "영수증<", "4,000원<", "영수증<", "4,000원<"]),
    ({"carousel": {"type": "textCard", "items": [{"title": "하나"}, {"title": "둘"}]}},
     ['class="carousel"', "하나<", "둘<"]),
    (
        {
            "carousel": {
                "type": "commerceCard", "items": [{"price": 900, "thumbnails": [PICTURE]}] * 2,
            }
        },
        ['class="carousel"', "900원<", "900원<"],
    ),
]  # fmt: skip


async def drawn(sim: Sim, output: Json) -> str:
    sim.server.reply = lambda _: {"version": "2.0", "template": {"outputs": [output]}}
    path = f"/phones/{sim.person.person_id}/{BOT_ID}"
    await sim.client.post(f"{path}/say", data={"words": "보여 줘"})
    async with sim.client.get(path) as response:
        html = await response.text()
    return html.partition("보여 줘")[2]


@pytest.mark.parametrize(("output", "parts"), DRAWN)
async def test_a_component_is_drawn_with_all_it_says(
    sim: Sim, output: Json, parts: list[str]
) -> None:
    html = await drawn(sim, output)

    assert re.search(".*?".join(map(re.escape, parts)), html, re.DOTALL)


async def test_a_fact_card_that_can_be_shared_loses_its_facts(sim: Sim) -> None:
    html = await drawn(sim, {"itemCard": {**FACT_CARD, "title": "제목", "buttons": [SHARE]}})

    assert "제목<" in html
    assert "영수증" not in html
    assert "4,000원" not in html


async def test_a_card_with_buttons_or_beside_others_is_not_forwarded(sim: Sim) -> None:
    card = {**BASIC, "forwardable": True}

    assert "친구에게 보내기" not in await drawn(sim, {"basicCard": {**card, "buttons": [SAY]}})
    carousel = {"type": "basicCard", "items": [card, card]}
    assert "친구에게 보내기" not in await drawn(sim, {"carousel": carousel})


async def draw_brand(sim: Sim, kind: str, **bms: object) -> str:
    """A brand message on the handset, from a provider's own words for it."""
    message: Json = {"kakaoOptions": {"bms": {"chatBubbleType": kind, **bms}}}
    chat = sim.world.chat(sim.person.person_id, BOT_ID)
    chat.receive(sim.world.now(), "brand", Content("brand", "연남빵집", message))
    return await (await sim.client.get(f"/phones/{sim.person.person_id}/{BOT_ID}")).text()


async def test_a_wide_list_begins_with_a_large_picture_that_leads_on(sim: Sim) -> None:
    rows = [
        {"title": f"빵 {n}", "imageId": f"I{n}", "linkMobile": f"{LINK['web']}{n}"} for n in "123"
    ]
    html = await draw_brand(
        sim, "WIDE_ITEM_LIST", header="이번 주 빵", mainWideItem=rows[0], subWideItemList=rows[1:]
    )

    assert 'class="card is-wide"' in html
    assert 'class="row is-main is-pressable" href="https://shop.example/1"' in html
    assert 'class="row is-pressable" href="https://shop.example/2"' in html
    assert html.index("이번 주 빵") < html.index("/sim/files/I1") < html.index("/sim/files/I2")


async def test_a_carousel_has_its_head_its_end_and_one_way_out(sim: Sim) -> None:
    cards = [{"header": f"빵 {n}", "content": "갓 구웠어요", "imageId": f"I{n}"} for n in "12"]
    html = await draw_brand(
        sim,
        "CAROUSEL_COMMERCE",
        carousel={
            "head": {"header": "가을 빵", "content": "두 가지", "imageId": "I0"},
            "list": cards,
            "tail": {"linkMobile": f"{LINK['web']}all"},
        },
    )

    places = [html.index(one) for one in ("가을 빵", "빵 1", "빵 2", "https://shop.example/all")]
    assert places == sorted(places)
    assert html.count("무료 수신거부") == 1
    assert "(광고) 연남빵집" in html


async def test_an_alimtalk_says_that_it_is_one_and_a_text_stands_by_itself(sim: Sim) -> None:
    chat = sim.world.chat(sim.person.person_id, BOT_ID)
    message: Json = {"text": "도장 1개를 찍었어요", "kakaoOptions": {"buttons": []}}
    chat.receive(sim.world.now(), "alimtalk", Content("alimtalk", "연남빵집", message))
    texts = sim.world.chat(sim.person.person_id, "sms:0212345678")
    texts.receive(sim.world.now(), "sms", Content("sms", "0212345678", {"text": "문자예요"}))

    phone = f"/phones/{sim.person.person_id}"
    kakao = await (await sim.client.get(f"{phone}/{BOT_ID}")).text()
    sms = await (await sim.client.get(f"{phone}/sms:0212345678")).text()
    assert kakao.index("알림톡 도착") < kakao.index("도장 1개를 찍었어요")
    assert "문자예요" in sms
    assert "문자예요" not in kakao
    assert "메시지 입력" not in sms
