"""Replies as Kakao's JSON."""

from typing import Any

import orjson
import pytest

from bot.kakao_out import (
    ContextValue,
    LimitBroken,
    Reply,
    encode,
    encode_strictly,
    text_reply,
)
from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CarouselHeader,
    CommerceCard,
    FactCard,
    Headline,
    Image,
    ImageCard,
    ListCard,
    Picture,
    Profile,
    Row,
    Text,
    TextCard,
)

Json = dict[str, Any]
SAY = Button(label="보기", action=Action.SAY, target="쿠폰 보기", extra={"do": "x"})
SAY_JSON = {
    "label": "보기",
    "action": "message",
    "messageText": "쿠폰 보기",
    "extra": {"do": "x"},
}
STAFF = Button(label="상담", action=Action.STAFF)
STAFF_JSON = {"label": "상담", "action": "operator"}
IMAGE = "https://dangol.example/media/1"
PICTURE = {"imageUrl": IMAGE, "altText": "식빵"}


@pytest.mark.parametrize(
    ("bubble", "output"),
    [
        (Text("안녕"), {"simpleText": {"text": "안녕"}}),
        (
            TextCard(title="제목", description="", buttons=(SAY,)),
            {"textCard": {"title": "제목", "buttons": [SAY_JSON], "buttonLayout": "vertical"}},
        ),
        (
            ImageCard(image_url=IMAGE, image_alt="식빵", title="제목", description="설명"),
            {"basicCard": {"title": "제목", "description": "설명", "thumbnail": PICTURE}},
        ),
        (
            ListCard(
                header="머리",
                rows=(
                    Row(title="하나"),
                    Row(title="둘", description="설명", image_url=IMAGE, say="둘"),
                ),
            ),
            {
                "listCard": {
                    "header": {"title": "머리"},
                    "items": [
                        {"title": "하나"},
                        {
                            "title": "둘",
                            "description": "설명",
                            "imageUrl": IMAGE,
                            "action": "message",
                            "messageText": "둘",
                        },
                    ],
                }
            },
        ),
        (
            ListCard(
                header="머리",
                header_link=IMAGE,
                rows=(
                    Row(title="하나", block_id="65f0", extra={"do": "x"}),
                    Row(title="둘", link=IMAGE),
                ),
            ),
            {
                "listCard": {
                    "header": {"title": "머리", "link": {"web": IMAGE}},
                    "items": [
                        {
                            "title": "하나",
                            "action": "block",
                            "blockId": "65f0",
                            "extra": {"do": "x"},
                        },
                        {"title": "둘", "link": {"web": IMAGE}},
                    ],
                }
            },
        ),
        (Image(url=IMAGE, alt="식빵"), {"simpleImage": PICTURE}),
        (
            ImageCard(
                image_url=IMAGE,
                image_alt="식빵",
                image_link=IMAGE,
                is_square=True,
                is_forwardable=True,
                title="",
                description="",
                buttons=(Button(label="공유", action=Action.SHARE), STAFF),
                is_side_by_side=True,
            ),
            {
                "basicCard": {
                    "thumbnail": PICTURE | {"link": {"web": IMAGE}, "fixedRatio": True},
                    "forwardable": True,
                    "buttons": [{"label": "공유", "action": "share"}, STAFF_JSON],
                    "buttonLayout": "horizontal",
                }
            },
        ),
        (
            CommerceCard(
                picture=Picture(url=IMAGE),
                price_won=5_000,
                discounted_won=4_000,
                discount_percent=20,
                title="식빵",
                seller=Profile(name="연남빵집", image_url=IMAGE),
            ),
            {
                "commerceCard": {
                    "title": "식빵",
                    "price": 5_000,
                    "currency": "won",
                    "discountedPrice": 4_000,
                    "discountRate": 20,
                    "thumbnails": [{"imageUrl": IMAGE}],
                    "profile": {"nickname": "연남빵집", "imageUrl": IMAGE},
                }
            },
        ),
        (
            FactCard(
                profile=Profile(name="연남빵집"),
                picture=Picture(url=IMAGE),
                headline=Headline(title="영수증", description="11월", image_url=IMAGE),
                facts=(("식빵", "4,000원"),),
                summary=("합계", "4,000원"),
            ),
            {
                "itemCard": {
                    "profile": {"title": "연남빵집"},
                    "thumbnail": {"imageUrl": IMAGE, "width": 800, "height": 400},
                    "imageTitle": {"title": "영수증", "description": "11월", "imageUrl": IMAGE},
                    "itemList": [{"title": "식빵", "description": "4,000원"}],
                    "itemListSummary": {"title": "합계", "description": "4,000원"},
                    "itemListAlignment": "right",
                }
            },
        ),
        (
            Carousel(
                (ImageCard(image_url=IMAGE, image_alt="식빵", title="하나", description=""),),
                CarouselHeader(title="머리", description="설명", image_url=IMAGE),
            ),
            {
                "carousel": {
                    "type": "basicCard",
                    "items": [{"title": "하나", "thumbnail": PICTURE}],
                    "header": {
                        "title": "머리",
                        "description": "설명",
                        "thumbnail": {"imageUrl": IMAGE},
                    },
                }
            },
        ),
        (
            FactCard(head="단골", facts=(("방문", "3번"),), title="제목"),
            {
                "itemCard": {
                    "head": {"title": "단골"},
                    "itemList": [{"title": "방문", "description": "3번"}],
                    "title": "제목",
                }
            },
        ),
        (
            Carousel(
                (
                    FactCard(head="단골", facts=(("쿠폰", "1장"),), buttons=(SAY,)),
                    FactCard(head="단골", facts=(("쿠폰", "2장"),)),
                )
            ),
            {
                "carousel": {
                    "type": "itemCard",
                    "items": [
                        {
                            "head": {"title": "단골"},
                            "itemList": [{"title": "쿠폰", "description": "1장"}],
                            "buttons": [SAY_JSON],
                            "buttonLayout": "vertical",
                        },
                        {
                            "head": {"title": "단골"},
                            "itemList": [{"title": "쿠폰", "description": "2장"}],
                        },
                    ],
                }
            },
        ),
    ],
)
def test_each_bubble_has_its_form(bubble: Bubble, output: Json) -> None:
    assert orjson.loads(encode(Reply((bubble,)))) == {
        "version": "2.0",
        "template": {"outputs": [output]},
    }


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (Action.LINK, "webLinkUrl"),
        (Action.CALL, "phoneNumber"),
        (Action.BLOCK, "blockId"),
        (Action.SAY, "messageText"),
    ],
)
def test_each_button_carries_its_target(action: Action, field: str) -> None:
    card = TextCard(
        title="제목", description="", buttons=(Button(label="가기", action=action, target="t"),)
    )
    body = orjson.loads(encode(Reply((card,))))

    assert body["template"]["outputs"][0]["textCard"]["buttons"][0][field] == "t"


def test_quick_replies_follow_the_bubbles() -> None:
    body = orjson.loads(encode(text_reply("안녕", SAY)))

    assert body["template"]["quickReplies"] == [SAY_JSON]


def test_a_reply_that_breaks_a_limit_is_shortened_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = orjson.loads(encode(text_reply("가" * 1_001)))

    texts = [one["simpleText"]["text"] for one in body["template"]["outputs"]]
    assert texts == ["가" * 999 + "…", "가가"]
    assert caplog.messages == ["a reply was shortened: text has 1001, at most 1000"]


def test_an_advertisement_is_never_shortened() -> None:
    with pytest.raises(LimitBroken):
        encode_strictly(text_reply("가" * 1_001))
    with pytest.raises(LimitBroken):
        encode_strictly(text_reply("half an emoji \ud83d"))


def test_what_cannot_be_mended_is_not_sent() -> None:
    """A turn that fails so is undone and apologized for."""
    card = ImageCard(image_url="", image_alt="", title="제목", description="")
    with pytest.raises(LimitBroken, match="no imageUrl"):
        encode(Reply((card,)))
    with pytest.raises(LimitBroken, match="0 outputs"):
        encode(text_reply(" "))


def test_a_context_follows_the_template() -> None:
    context = (ContextValue(name="join_flow", life_span=3, params={"store": "s17"}),)
    body = orjson.loads(encode(Reply((Text("안녕"),), context=context)))

    assert body["context"] == {
        "values": [{"name": "join_flow", "lifeSpan": 3, "params": {"store": "s17"}}]
    }


def test_buttons_and_rows_can_be_kept_as_keys() -> None:
    """Encodings of what never changes are cached by them."""
    row = Row(title="하나", say="하나", extra={"do": "x"})
    again = Button(label="보기", action=Action.SAY, target="쿠폰 보기", extra={"do": "x"})

    assert {SAY: 1}[again] == 1
    assert {row: 1}[Row(title="하나", say="하나", extra={"do": "x"})] == 1
