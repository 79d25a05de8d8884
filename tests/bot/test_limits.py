"""Every limit of a skill response, at its edge (kakao-chatbot.md section 2)."""

import copy
from typing import Any

import pytest

from bot.replies.limits import broken_limits

Json = dict[str, Any]
IMAGE = "https://dangol.example/media/1"
PICTURE = {"imageUrl": IMAGE, "altText": "식빵"}


def buttons(count: int, label: str = "버튼") -> list[Json]:
    return [{"label": label, "action": "message", "messageText": "말"}] * count


def card(kind: str) -> Json:
    """The smallest card of each kind that may leave."""
    smallest: dict[str, Json] = {
        "simpleText": {"text": "안녕"},
        "simpleImage": {"imageUrl": IMAGE},
        "textCard": {"title": "제목"},
        "basicCard": {"thumbnail": PICTURE},
        "commerceCard": {"price": 1_000, "thumbnails": [PICTURE]},
        "listCard": {"header": {"title": "머리"}, "items": [{"title": "하나"}]},
        "itemCard": {"itemList": [{"title": "방문", "description": "3번"}]},
    }
    return copy.deepcopy(smallest[kind])


KINDS = (
    "simpleText", "simpleImage", "textCard", "basicCard", "commerceCard", "listCard", "itemCard",
)  # fmt: skip


def broken(kind: str, **changed: object) -> list[str]:
    output = {kind: card(kind) | changed}
    return broken_limits({"version": "2.0", "template": {"outputs": [output]}})


def in_carousel(
    kind: str, count: int = 1, header: Json | None = None, **changed: object
) -> list[str]:
    carousel: Json = {"type": kind, "items": [card(kind) | changed] * count}
    if header is not None:
        carousel["header"] = header
    outputs = [{"carousel": carousel}]
    return broken_limits({"version": "2.0", "template": {"outputs": outputs}})


@pytest.mark.parametrize("kind", KINDS)
def test_the_smallest_cards_may_leave(kind: str) -> None:
    assert broken(kind) == []


ITEMS = [{"title": "여섯글자제목", "description": "설명"}]
AT_THE_LIMIT: list[tuple[str, Json, Json]] = [
    ("simpleText", {"text": "가" * 1_000}, {"text": "가" * 1_001}),
    ("simpleText", {"text": "가"}, {"text": ""}),
    ("simpleText", {"text": "가"}, {"text": " "}),
    ("simpleText", {"text": "😀" * 500}, {"text": "😀" * 501}),
    ("simpleImage", {"altText": "가" * 50}, {"altText": "가" * 51}),
    ("simpleImage", {}, {"imageUrl": ""}),
    ("textCard", {"title": "가" * 50}, {"title": "가" * 51}),
    (
        "textCard",
        {"title": "가", "description": "가" * 399},
        {"title": "가", "description": "가" * 400},
    ),
    ("textCard", {"buttons": buttons(3)}, {"buttons": buttons(4)}),
    ("textCard", {"title": "", "description": "가"}, {"title": ""}),
    ("textCard", {"buttons": buttons(1, "가" * 14)}, {"buttons": buttons(1, "가" * 15)}),
    (
        "textCard",
        {"buttons": buttons(2, "가" * 8), "buttonLayout": "horizontal"},
        {"buttons": buttons(1) + buttons(1, "가" * 9), "buttonLayout": "horizontal"},
    ),
    (
        "textCard",
        {"buttons": buttons(1, "가" * 14), "buttonLayout": "horizontal"},
        {"buttons": buttons(3), "buttonLayout": "horizontal"},
    ),
    ("textCard", {"buttonLayout": "vertical"}, {"buttonLayout": "diagonal"}),
    (
        "textCard",
        {"buttons": [{"label": "상담", "action": "operator"}]},
        {"buttons": [{"label": "상담", "action": "invite"}]},
    ),
    (
        "textCard",
        {"buttons": [{"label": "가기", "action": "webLink", "webLinkUrl": "https://a"}]},
        {"buttons": [{"label": "가기", "action": "webLink"}]},
    ),
    ("basicCard", {"title": "가" * 50}, {"title": "가" * 51}),
    ("basicCard", {"description": "가" * 230}, {"description": "가" * 231}),
    ("basicCard", {}, {"thumbnail": None}),
    (
        "basicCard",
        {"thumbnail": PICTURE | {"fixedRatio": True}, "buttons": buttons(2)},
        {"thumbnail": PICTURE | {"fixedRatio": True}, "buttons": buttons(3)},
    ),
    ("commerceCard", {"title": "가" * 30}, {"title": "가" * 31}),
    ("commerceCard", {"description": "가" * 40}, {"description": "가" * 41}),
    ("commerceCard", {"currency": "won"}, {"currency": "usd"}),
    ("commerceCard", {"price": 0}, {"price": "1000"}),
    ("commerceCard", {"discountRate": 10, "discountedPrice": 900}, {"discountRate": 10}),
    ("commerceCard", {}, {"thumbnails": [PICTURE, PICTURE]}),
    ("listCard", {"items": [{"title": "하나"}] * 5}, {"items": [{"title": "하나"}] * 6}),
    ("listCard", {}, {"items": []}),
    ("listCard", {}, {"header": {}}),
    (
        "listCard",
        {"items": [{"title": "하나", "action": "message", "messageText": "말"}]},
        {"items": [{"title": "하나", "action": "message"}]},
    ),
    ("itemCard", {"itemList": ITEMS * 10}, {"itemList": ITEMS * 11}),
    ("itemCard", {}, {"itemList": []}),
    ("itemCard", {}, {"itemList": [{"title": "일곱글자제목들", "description": "설명"}]}),
    ("itemCard", {}, {"itemList": [{"title": "제목", "description": ""}]}),
    (
        "itemCard",
        {"itemList": [{"title": "제목", "description": "가\n나"}]},
        {"itemList": [{"title": "제목", "description": "가\n나\n다"}]},
    ),
    (
        "itemCard",
        {"buttons": [{"label": "상담", "action": "operator"}]},
        {"buttons": [{"label": "공유", "action": "share"}]},
    ),
    ("itemCard", {"profile": {"title": "가" * 15}}, {"profile": {"title": "가" * 16}}),
    ("itemCard", {"head": {"title": "가"}}, {"head": {"title": "가"}, "profile": {"title": "나"}}),
    (
        "itemCard",
        {"title": "가", "description": "나" * 199},
        {"title": "가", "description": "나" * 200},
    ),
    (
        "itemCard",
        {"title": "가", "description": "나\n" * 10},
        {"title": "가", "description": "나\n" * 11},
    ),
    ("itemCard", {}, {"description": "제목 없는 설명"}),
    ("itemCard", {"head": {"title": "한 줄"}}, {"head": {"title": "두\n줄"}}),
    ("itemCard", {"imageTitle": {"title": "두\n줄"}}, {"imageTitle": {"title": "세\n줄\n은"}}),
    ("itemCard", {}, {"thumbnail": {"altText": "그림 없음"}}),
    (
        "itemCard",
        {"itemListSummary": {"title": "합계", "description": "1" * 14}},
        {"itemListSummary": {"title": "합계", "description": "1" * 15}},
    ),
]


@pytest.mark.parametrize(("kind", "fits", "breaks"), AT_THE_LIMIT)
def test_each_limit_holds_and_one_more_breaks_it(kind: str, fits: Json, breaks: Json) -> None:
    assert broken(kind, **fits) == []
    assert len(broken(kind, **breaks)) == 1


HEADER = {"title": "제목", "description": "설명", "thumbnail": PICTURE}


def test_the_limits_of_a_carousel() -> None:
    assert in_carousel("basicCard", 10) == []
    assert in_carousel("basicCard", 11) == ["11 cards"]
    assert in_carousel("basicCard", 0) == ["0 cards"]
    assert in_carousel("listCard", 5) == []
    assert in_carousel("listCard", 6) == ["6 cards"]
    assert in_carousel("listCard", items=[{"title": "하나"}] * 5) == ["5 rows"]
    assert in_carousel("itemCard", itemList=ITEMS * 6) == ["6 facts"]
    assert in_carousel("textCard", description="가" * 126) == []
    assert len(in_carousel("textCard", description="가" * 127)) == 1
    assert in_carousel("basicCard", header=HEADER) == []
    assert in_carousel("textCard", header=HEADER) == ["header over textCard"]
    assert in_carousel("basicCard", header={"title": "제목", "description": "설명"}) == [
        "no imageUrl"
    ]
    assert in_carousel("simpleText") == ["carousel of simpleText"]


def test_the_lines_of_a_carousel() -> None:
    assert in_carousel("basicCard", title="가\n나", description="가\n나") == []
    assert len(in_carousel("basicCard", title="가\n나\n다", description="가\n나\n다")) == 2
    lines = {"title": "가\n나", "description": "가\n나\n다"}
    assert in_carousel("basicCard", header=HEADER | lines) == []
    more = {"title": "가\n나\n다", "description": "가\n나\n다\n라"}
    assert len(in_carousel("basicCard", header=HEADER | more)) == 2


def test_the_cards_of_a_carousel_are_alike() -> None:
    plain, square = card("basicCard"), card("basicCard")
    square["thumbnail"]["fixedRatio"] = True
    headed = card("itemCard") | {"head": {"title": "머리"}}
    for kind, cards in (("basicCard", [plain, square]), ("itemCard", [card("itemCard"), headed])):
        outputs = [{"carousel": {"type": kind, "items": cards}}]
        assert len(broken_limits({"version": "2.0", "template": {"outputs": outputs}})) == 1


def test_the_limits_of_the_envelope() -> None:
    text = {"simpleText": {"text": "안녕"}}

    def envelope(outputs: list[Json], replies: list[Json] | None = None) -> list[str]:
        template: Json = {"outputs": outputs, "quickReplies": replies or []}
        return broken_limits({"version": "2.0", "template": template})

    assert envelope([text] * 3) == []
    assert envelope([text] * 4) == ["4 outputs"]
    assert envelope([]) == ["0 outputs"]
    assert envelope([{}]) == ["0 components in one output"]
    assert envelope([{"videoCard": {}}]) == ["unknown component videoCard"]
    assert envelope([text], buttons(10)) == []
    assert envelope([text], buttons(11)) == ["11 quick replies"]
    assert len(envelope([text], buttons(1, "가" * 15))) == 1
    link = {"label": "가기", "action": "webLink", "webLinkUrl": "https://a"}
    assert envelope([text], [link]) == ["quick reply webLink"]
    assert broken_limits({"template": {"outputs": [text]}}) == ["no version"]
