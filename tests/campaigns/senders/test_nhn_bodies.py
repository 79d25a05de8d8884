"""How NHN draws our bubbles: its own field names, its own pictures (providers.md B4, D4)."""

from dataclasses import replace
from typing import Any

import pytest

from campaigns.senders.nhn_bodies import content_of
from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CommerceCard,
    ImageCard,
    ListCard,
    Picture,
    Row,
    Text,
    TextCard,
)
from domain.campaigns import Batch, CouponPart
from domain.refusals import Rejected
from domain.ways import PictureShape

from .conftest import AD
from .nhn_steps import batch_of

OURS, THEIRS = "https://dangol.test/media/p1", "https://mud-kage.kakao.com/p1.jpg"
REFUSE = {"name": "무료 수신거부", "type": "BK"}
WHY = Button(label="왜 받았나요?", action=Action.LINK, target="https://dangol.test/w/1")
STOP = Button(label="무료 수신거부", action=Action.LINK, target="https://dangol.test/w/1/stop")
SAY = Button(label="무료 수신거부", action=Action.SAY, target="무료 수신거부")


def link(button: Button) -> dict[str, str]:
    target = button.target
    return {"name": button.label, "type": "WL", "linkMo": target, "linkPc": target}


def with_pictures(batch: Batch) -> Batch:
    return replace(batch, pictures={(OURS, shape): f"{THEIRS}?{shape}" for shape in PictureShape})


def drawn(bubble: Bubble, coupon: CouponPart | None = None) -> dict[str, object]:
    batch = replace(with_pictures(batch_of(bubble)), coupon=coupon)
    return dict(content_of(batch.people[0], batch))


def card(**more: Any) -> ImageCard:
    return replace(
        ImageCard(
            image_url=OURS,
            image_alt="빵집",
            title="(광고) 빵집",
            description="식빵",
            buttons=(WHY, SAY),
        ),
        **more,
    )


def test_a_picture_stands_over_its_words() -> None:
    assert drawn(card()) == {
        "chatBubbleType": "IMAGE",
        "adult": False,
        "content": "(광고) 빵집\n식빵",
        "image": {"imageUrl": f"{THEIRS}?picture"},
        "buttons": [link(WHY), REFUSE],
    }


def test_a_wide_picture_is_one_of_its_own_shape() -> None:
    shown = drawn(card(is_wide=True, image_link="https://bread.example"))

    assert shown["chatBubbleType"] == "WIDE"
    assert shown["image"] == {
        "imageUrl": f"{THEIRS}?wide",
        "imageLink": "https://bread.example",
    }


def test_every_row_of_a_list_leads_somewhere() -> None:
    """B4: linkMo is required of each; ours without one lead to why it was sent."""
    rows = tuple(Row(title=f"빵 {n}", image_url=OURS, link=None) for n in range(4))
    rows = (rows[0], replace(rows[1], link="https://bread.example"), *rows[2:])
    bubble = ListCard(header="(광고) 빵집", rows=rows, buttons=(SAY,))
    batch = with_pictures(batch_of(bubble, why=True))

    shown = content_of(batch.people[0], batch)

    assert shown["chatBubbleType"] == "WIDE_ITEM_LIST"
    assert shown["header"] == "(광고) 빵집"
    assert shown["item"] == {
        "list": [
            {
                "title": f"빵 {number}",
                "imageUrl": f"{THEIRS}?{'item' if number else 'first_item'}",
                "linkMo": address,
                "linkPc": address,
            }
            for number, address in enumerate(
                ["https://dangol.test/w/1", "https://bread.example"]
                + ["https://dangol.test/w/1"] * 2
            )
        ]
    }
    with pytest.raises(Rejected):
        drawn(bubble)


@pytest.mark.parametrize(
    ("sale", "price"),
    [
        (None, {"regularPrice": 1_500_000}),
        (
            1_400_000,
            {"regularPrice": 1_500_000, "discountPrice": 1_400_000, "discountFixed": 100_000},
        ),
        (300_000, {"regularPrice": 1_500_000, "discountPrice": 300_000, "discountRate": 80}),
    ],
)
def test_goods_have_a_price(sale: int | None, price: dict[str, int]) -> None:
    shown = drawn(
        CommerceCard(
            picture=Picture(url=OURS),
            title="(광고) 빵집 식빵",
            price_won=1_500_000,
            discounted_won=sale,
            description="오늘만",
            buttons=(WHY, STOP),
        )
    )

    assert shown == {
        "chatBubbleType": "COMMERCE",
        "adult": False,
        "additionalContent": "오늘만",
        "image": {"imageUrl": f"{THEIRS}?goods"},
        "commerce": {"title": "(광고) 빵집 식빵", **price},
        "buttons": [link(WHY), link(STOP)],
    }


def test_slides_have_a_message_each_and_the_coupon_on_the_first() -> None:
    coupon = CouponPart("1000원 할인 쿠폰", "이번 주", "https://dangol.test/c")
    shown = drawn(Carousel((card(buttons=(STOP,)), card(buttons=(STOP,)))), coupon)

    slide = {
        "header": "(광고) 빵집",
        "message": "식빵",
        "imageUrl": f"{THEIRS}?slide",
        "buttons": [link(STOP)],
    }
    given = {
        "title": "1000원 할인 쿠폰",
        "description": "이번 주",
        "linkMo": "https://dangol.test/c",
        "linkPc": "https://dangol.test/c",
    }
    assert shown == {
        "chatBubbleType": "CAROUSEL_FEED",
        "adult": False,
        "carousel": {"list": [{**slide, "coupon": given}, slide]},
    }


def test_a_coupon_comes_along() -> None:
    coupon = CouponPart("1000원 할인 쿠폰", "이번 주", "https://dangol.test/c")

    assert drawn(Text(AD), coupon)["coupon"] == {
        "title": "1000원 할인 쿠폰",
        "description": "이번 주",
        "linkMo": "https://dangol.test/c",
        "linkPc": "https://dangol.test/c",
    }


def test_a_picture_that_nhn_does_not_keep_is_rejected() -> None:
    batch = batch_of(card())
    with pytest.raises(Rejected):
        content_of(batch.people[0], batch)


def test_a_bubble_that_nhn_cannot_draw_is_rejected() -> None:
    with pytest.raises(Rejected):
        drawn(TextCard(title="빵집", description="식빵"))
