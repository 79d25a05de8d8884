"""Brand messages at NHN: every field rule by its code, both forms (providers.md B4, B7, D4)."""

import copy
from collections.abc import Callable

import pytest

from simulator.wire import Json

from .cloud import BRAND, FRIEND, STRANGER, Cloud, free, person, result_codes

LINK = "https://shop.example/1"
WEB = {"name": "보기", "type": "WL", "linkMo": LINK}
COUPON = {"title": "1000원 할인 쿠폰", "description": "이번 주 사용", "linkMo": LINK}
ADD = {"name": "채널 추가", "type": "AC"}
FORM = {"name": "톡에서 예약하기", "type": "BF", "bizFormKey": "k"}

KINDS = {
    "picture": ("IMAGE", 800, 400),
    "wide": ("WIDE_IMAGE", 800, 600),
    "first": ("MAIN_WIDE_ITEMLIST_IMAGE", 800, 400),
    "item": ("NORMAL_WIDE_ITEMLIST_IMAGE", 500, 500),
    "feed": ("CAROUSEL_FEED_IMAGE", 800, 600),
    "goods": ("CAROUSEL_COMMERCE_IMAGE", 800, 600),
}


def bubbles(url: dict[str, str]) -> dict[str, Json]:
    """One of each kind, as full as its rules allow where that is short to write."""
    price = {"title": "식빵", "regularPrice": 5_000, "discountPrice": 4_000, "discountFixed": 1_000}
    card = {"header": "식빵", "message": "오늘 구웠어요", "imageUrl": url["feed"], "buttons": [WEB]}
    goods = {"imageUrl": url["goods"], "commerce": price, "buttons": [WEB]}
    head = {"header": "빵", "content": "이번 주", "imageUrl": url["goods"], "linkMo": LINK}
    rows = [{"title": "빵", "imageUrl": url["item"], "linkMo": LINK} for _ in range(3)]
    first = {"imageUrl": url["first"], "linkMo": LINK}
    return {
        "TEXT": {"content": "가" * 1_300, "buttons": [WEB] * 4, "coupon": COUPON},
        "IMAGE": {"content": "글", "image": {"imageUrl": url["picture"], "imageLink": LINK}},
        "WIDE": {"content": "가" * 76, "image": {"imageUrl": url["wide"]}, "buttons": [WEB] * 2},
        "WIDE_ITEM_LIST": {"header": "이번 주", "item": {"list": [first, *rows]}},
        "COMMERCE": {
            "image": {"imageUrl": url["picture"]}, "commerce": price, "buttons": [WEB],
            "additionalContent": "가" * 34,
        },
        "PREMIUM_VIDEO": {"video": {"videoUrl": "https://tv.kakao.com/v/1"}, "header": "영상"},
        "CAROUSEL_FEED": {"carousel": {"list": [card, card], "tail": {"linkMo": LINK}}},
        "CAROUSEL_COMMERCE": {"carousel": {"head": head, "list": [goods]}},
    }  # fmt: skip


async def bubble(cloud: Cloud, kind: str) -> Json:
    url = {name: await cloud.picture(*known) for name, known in KINDS.items()}
    return {"chatBubbleType": kind, "content": None, **copy.deepcopy(bubbles(url)[kind])}


async def code_of(cloud: Cloud, body: Json) -> int:
    answered = await cloud.read("POST", f"{BRAND}/freestyle-messages", free(**body))
    return int(answered["header"]["resultCode"])


@pytest.mark.parametrize(
    "kind",
    [
        "TEXT", "IMAGE", "WIDE", "WIDE_ITEM_LIST", "COMMERCE", "PREMIUM_VIDEO", "CAROUSEL_FEED",
        "CAROUSEL_COMMERCE",
    ],
)  # fmt: skip
async def test_each_bubble_arrives_with_mark_and_way_out(cloud: Cloud, kind: str) -> None:
    body = await bubble(cloud, kind)

    assert await code_of(cloud, body) == 0
    await cloud.sim.background.idle()
    (delivery,) = cloud.sim.world.handset.all_deliveries()
    lines = delivery.shown_text.splitlines()
    assert (lines[0], lines[-1]) == ("(광고) 연남빵집", "무료 수신거부: 채널 홈 > 채널 차단")
    assert len(lines) > 2


Change = Callable[[Json], object]


def put(name: str, value: object) -> Change:
    """`name` is a path such as carousel.list.0.header."""

    def change(body: Json) -> None:
        *above, last = name.split(".")
        part: object = body
        for one in above:
            part = part[int(one)] if isinstance(part, list) else part[one]  # type: ignore[index]
        if isinstance(part, list):
            part[int(last)] = value
        else:
            part[last] = value  # type: ignore[index]

    return change


RULES: list[tuple[str, str, Change, int]] = [
    ("no kind of bubble", "TEXT", put("chatBubbleType", None), -3303),
    ("an unknown kind", "TEXT", put("chatBubbleType", "POSTER"), -3304),
    ("no text", "TEXT", put("content", ""), -3303),
    ("1,301 letters", "TEXT", put("content", "가" * 1_301), -3304),
    ("100 line breaks", "TEXT", put("content", "가" + "\n" * 100), -3304),
    ("a header on a text", "TEXT", put("header", "가"), -3305),
    ("five buttons beside a coupon", "TEXT", put("buttons", [WEB] * 5), -3304),
    ("a button's name of 15", "TEXT", put("buttons.0.name", "가" * 15), -3304),
    ("a button without a name", "TEXT", put("buttons.0.name", ""), -3303),
    ("a button of an unknown kind", "TEXT", put("buttons.0.type", "DS"), -3328),
    ("WL without a link", "TEXT", put("buttons.0.linkMo", None), -3307),
    ("a link that is none", "TEXT", put("buttons.0.linkMo", "shop.example"), -3310),
    ("a link of 1,001", "TEXT", put("buttons.0.linkMo", LINK + "x" * 1_001), -3304),
    (
        "AL with one link of three", "TEXT",
        put("buttons.0", {"name": "앱", "type": "AL", "schemeIos": "app://"}), -3309,
    ),
    ("AC not first on a text", "TEXT", put("buttons.1", ADD), -3311),
    ("AC of another name", "TEXT", put("buttons.0", {**ADD, "name": "친구 추가"}), -3348),
    ("AC not last on a wide one", "WIDE", put("buttons.0", ADD), -3312),
    ("BF not first on a text", "TEXT", put("buttons.1", FORM), -3330),
    ("BF of another name", "TEXT", put("buttons.0", {**FORM, "name": "예약"}), -3331),
    ("BF without its key", "TEXT", put("buttons.0", {**FORM, "bizFormKey": ""}), -3307),
    ("BF not second below AC", "TEXT", put("buttons", [ADD, WEB, FORM]), -3336),
    ("a coupon without a link", "TEXT", put("coupon.linkMo", None), -3313),
    ("a coupon without a text", "TEXT", put("coupon.description", ""), -3314),
    ("a coupon of any title", "TEXT", put("coupon.title", "아무 쿠폰이나"), -3315),
    ("a coupon of 101%", "TEXT", put("coupon.title", "101% 할인 쿠폰"), -3315),
    ("a coupon's text of 13", "TEXT", put("coupon.description", "가" * 13), -3304),
    ("no picture", "IMAGE", put("image", None), -3303),
    ("a picture without an address", "IMAGE", put("image", {"imageLink": LINK}), -3319),
    ("a picture that is no address", "IMAGE", put("image.imageUrl", "x.png"), -3326),
    ("a picture nobody uploaded", "IMAGE", put("image.imageUrl", LINK), -8002),
    ("a picture's link that is none", "IMAGE", put("image.imageLink", "x"), -3327),
    ("77 letters on a wide one", "WIDE", put("content", "가" * 77), -3304),
    ("six line breaks on a wide one", "WIDE", put("content", "가" + "\n" * 6), -3304),
    ("three buttons on a wide one", "WIDE", put("buttons", [WEB] * 3), -3304),
    ("a name of nine on a wide one", "WIDE", put("buttons.0.name", "가" * 9), -3304),
    ("no header", "WIDE_ITEM_LIST", put("header", None), -3303),
    ("a header of 21", "WIDE_ITEM_LIST", put("header", "가" * 21), -3304),
    ("two rows", "WIDE_ITEM_LIST", lambda body: body["item"]["list"].pop() and
     body["item"]["list"].pop(), -3304),
    ("a row without a title", "WIDE_ITEM_LIST", put("item.list.1.title", ""), -3325),
    ("a row that leads nowhere", "WIDE_ITEM_LIST", put("item.list.1.linkMo", ""), -3325),
    ("a first title of 26", "WIDE_ITEM_LIST", put("item.list.0.title", "가" * 26), -3304),
    ("a title of 31", "WIDE_ITEM_LIST", put("item.list.1.title", "가" * 31), -3304),
    ("goods without buttons", "COMMERCE", put("buttons", []), -3306),
    ("goods without a name", "COMMERCE", put("commerce.title", ""), -3316),
    ("goods without a price", "COMMERCE", put("commerce.regularPrice", None), -3316),
    ("goods of a name of 31", "COMMERCE", put("commerce.title", "가" * 31), -3304),
    ("a price too high", "COMMERCE", put("commerce.regularPrice", 100_000_000), -3304),
    ("both reductions", "COMMERCE", put("commerce.discountRate", 20), -3299),
    ("35 letters beside goods", "COMMERCE", put("additionalContent", "가" * 35), -3304),
    ("no address of a video", "PREMIUM_VIDEO", put("video", {"thumbnailUrl": LINK}), -3317),
    ("a video elsewhere", "PREMIUM_VIDEO", put("video.videoUrl", LINK), -3318),
    ("one card", "CAROUSEL_FEED", lambda body: body["carousel"]["list"].pop(), -3320),
    ("a card without a header", "CAROUSEL_FEED", put("carousel.list.0.header", ""), -3334),
    ("a card without buttons", "CAROUSEL_FEED", put("carousel.list.0.buttons", []), -3334),
    ("a card with a price", "CAROUSEL_FEED", put("carousel.list.0.commerce", {"title": "빵"}), -3335),
    ("181 letters on a card", "CAROUSEL_FEED", put("carousel.list.0.message", "가" * 181), -3304),
    (
        "two AC in a carousel", "CAROUSEL_FEED",
        lambda body: [one.update(buttons=[ADD]) for one in body["carousel"]["list"]], -3349,
    ),
    ("a tail that leads nowhere", "CAROUSEL_FEED", put("carousel.tail", {"linkPc": LINK}), -3323),
    ("an introduction before feeds", "CAROUSEL_FEED", put("carousel.head", {"header": "가"}), -3305),
    ("no cards after the head", "CAROUSEL_COMMERCE", put("carousel.list", []), -3320),
    ("a head without words", "CAROUSEL_COMMERCE", put("carousel.head.content", ""), -3322),
    (
        "a head of a link for desks only", "CAROUSEL_COMMERCE",
        lambda body: body["carousel"]["head"].update(linkMo=None, linkPc=LINK), -3321,
    ),
    ("goods without prices", "CAROUSEL_COMMERCE", put("carousel.list.0.commerce", {}), -3332),
    ("goods with a header", "CAROUSEL_COMMERCE", put("carousel.list.0.header", "가"), -3333),
    ("an 080 number that is none", "TEXT", put("unsubscribeNo", "0801234"), -3340),
    ("a code without its number", "TEXT", put("unsubscribeAuthNo", "1234"), -3340),
    (
        "a code of letters", "TEXT",
        lambda body: body.update(unsubscribeNo="080-123-4567", unsubscribeAuthNo="가"), -3341,
    ),
    ("a field of SOLAPI's name", "TEXT", put("buttons.0.linkMobile", LINK), -3002),
    ("a field on the wrong level", "CAROUSEL_FEED", put("carousel.list.0.content", "글"), -3002),
    ("a list where an object belongs", "IMAGE", put("image", ["x"]), -9994),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "change", "code"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES]
)
async def test_a_broken_rule_is_named_by_its_code(
    cloud: Cloud, kind: str, change: Change, code: int
) -> None:
    """The same message without the change goes out (see above)."""
    body = await bubble(cloud, kind)
    change(body)

    assert await code_of(cloud, body) == code
    await cloud.sim.background.idle()
    assert len(cloud.sim.world.handset) == 0


async def test_a_picture_of_another_kind_does_not_fit(cloud: Cloud) -> None:
    body = await bubble(cloud, "IMAGE")
    body["image"]["imageUrl"] = await cloud.picture("WIDE_IMAGE", 800, 600)

    assert await code_of(cloud, body) == -8002


@pytest.mark.parametrize(
    ("number", "code"),
    [("080-123-4567", 0), ("080-1234-5678", 0), ("0801234567", 0), ("08012345678", 0)],
)
async def test_the_number_to_refuse_has_four_forms(cloud: Cloud, number: str, code: int) -> None:
    assert await code_of(cloud, {"unsubscribeNo": number, "unsubscribeAuthNo": "1234"}) == code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"targeting": "X"}, -3298),
        ({"targeting": "M"}, -4029),
        ({"targeting": "N"}, -4029),
        ({"unsubscribeNo": "1588-0000"}, -3340),
        ({"recipientNo": "01099990000"}, -3301),
    ],
)
async def test_a_brand_recipient_is_refused_alone(cloud: Cloud, more: Json, code: int) -> None:
    """-3301: who answered 080 before is refused, and that is how we hear of it (D6)."""
    cloud.account.opt_outs.add("01099990000")

    sent = await cloud.brand({**person(), **more}, person(FRIEND, "7:2"))

    assert result_codes(sent) == [code, 0]


async def test_a_missing_targeting_is_read_by_switch(cloud: Cloud) -> None:
    codes = []
    for known in ("I", "refuse"):
        cloud.sim.settings.change({"nhn_targeting_missing": known})
        codes += result_codes(await cloud.brand(person(targeting=None)))

    assert codes == [0, -3298]


async def test_m_and_n_reach_who_consented_friend_or_not(cloud: Cloud) -> None:
    """D4: N is M without the friends; who is no friend needs a number to refuse by (3050)."""
    other = "01000000008"
    for number in (STRANGER, other):
        cloud.sim.world.add_person(name="손님", phone=number)
    cloud.sender.has_marketing_agreement = True
    cloud.sender.consents = {FRIEND, STRANGER}
    rows = [person(number, targeting="M") for number in (FRIEND, STRANGER, other)]
    rows_n = [{**row, "targeting": "N"} for row in rows]

    without = await cloud.codes(BRAND, await cloud.brand(*rows))
    cloud.sender.unsubscribe_no = "080-123-4567"
    codes = await cloud.codes(BRAND, await cloud.brand(*rows))
    codes_n = await cloud.codes(BRAND, await cloud.brand(*rows_n))

    shown = cloud.sim.world.handset.all_deliveries()[-1].shown_text
    assert shown.endswith("무료 수신거부: 080-123-4567")
    assert without == {FRIEND: "1000", STRANGER: "3050", other: "3018"}
    assert codes == {FRIEND: "1000", STRANGER: "1000", other: "3018"}
    assert codes_n == {FRIEND: "3018", STRANGER: "1000", other: "3018"}
