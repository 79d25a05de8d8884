"""The limits of an answer, one row each (kakao-chatbot.md section 2)."""

from typing import Any

import pytest

from simulator.bubbles import BadReplyError, ad_problem, checked_outputs
from simulator.wire import Json

from .conftest import STAMP, make_bot

BOT = make_bot("http://127.0.0.1/")
IMAGE = {"imageUrl": "https://a/b.png"}
BUTTON = {"label": "보기", "action": "webLink", "webLinkUrl": "https://a"}
ITEM = {"title": "이름", "description": "값"}


def reply(*outputs: Json, **template: object) -> Json:
    return {"version": "2.0", "template": {"outputs": list(outputs), **template}}


def carousel(kind: str, *items: Json, **more: object) -> Json:
    return {"carousel": {"type": kind, "items": list(items), **more}}


FINE: list[Json] = [
    reply({"simpleText": {"text": "가" * 1000}}),
    reply({"simpleImage": IMAGE}),
    reply({"textCard": {"title": "가" * 50, "description": "나" * 350, "buttons": [BUTTON] * 3}}),
    reply({"basicCard": {"thumbnail": IMAGE, "description": "가" * 230}}),
    reply({"commerceCard": {"price": 1000, "thumbnails": [IMAGE]}}),
    reply({"listCard": {"header": {"title": "머리"}, "items": [ITEM] * 5}}),
    reply({"itemCard": {"itemList": [ITEM] * 10}}),
    reply(carousel("basicCard", *[{"thumbnail": IMAGE}] * 10)),
    reply(carousel("textCard", {"description": "가" * 128})),
    reply({"textCard": {"title": "a", "buttons": [{**BUTTON, "action": "block", "blockId": STAMP}]}}),
    reply({"simpleText": {"text": "a"}}, quickReplies=[{**BUTTON, "action": "block", "blockId": STAMP}] * 10),
]  # fmt: skip

WRONG: list[tuple[str, Any]] = [
    ("version", {"template": {"outputs": []}}),
    ("template", {"version": "2.0"}),
    ("outputs 4개", reply(*[{"simpleText": {"text": "a"}}] * 4)),
    ("정확히 하나", reply({"simpleText": {"text": "a"}, "simpleImage": IMAGE})),
    ("모르는 컴포넌트", reply({"bigCard": {}})),
    ("1001자", reply({"simpleText": {"text": "가" * 1001}})),
    ("text 없음", reply({"simpleText": {}})),
    ("imageUrl", reply({"simpleImage": {}})),
    ("title도 description도", reply({"textCard": {}})),
    ("51자", reply({"textCard": {"title": "가" * 51}})),
    ("401자", reply({"textCard": {"title": "가" * 50, "description": "나" * 351}})),
    ("thumbnail", reply({"basicCard": {"title": "a"}})),
    ("231자", reply({"basicCard": {"thumbnail": IMAGE, "description": "가" * 231}})),
    ("price", reply({"commerceCard": {"thumbnails": [IMAGE]}})),
    ("정확히 1개", reply({"commerceCard": {"price": 1, "thumbnails": [IMAGE] * 2}})),
    ("discountedPrice", reply({"commerceCard": {"price": 1, "discountRate": 5, "thumbnails": [IMAGE]}})),
    ("header.title", reply({"listCard": {"items": [ITEM]}})),
    ("items 1..5", reply({"listCard": {"header": ITEM, "items": [ITEM] * 6}})),
    ("itemList 1..10", reply({"itemCard": {"itemList": [ITEM] * 11}})),
    ("7자", reply({"itemCard": {"itemList": [{"title": "가" * 7, "description": "값"}]}})),
    ("함께", reply({"itemCard": {"itemList": [ITEM], "head": ITEM, "profile": ITEM}})),
    ("버튼 4개", reply({"textCard": {"title": "a", "buttons": [BUTTON] * 4}})),
    ("버튼 3개", reply({"textCard": {"title": "a", "buttons": [BUTTON] * 3, "buttonLayout": "horizontal"}})),
    ("15자", reply({"textCard": {"title": "a", "buttons": [{**BUTTON, "label": "가" * 15}]}})),
    ("9자", reply({"textCard": {"title": "a", "buttons": [{**BUTTON, "label": "가" * 9}] * 2,
                                "buttonLayout": "horizontal"}})),
    ("webLinkUrl", reply({"textCard": {"title": "a", "buttons": [{"label": "a", "action": "webLink"}]}})),
    ("없는 블록", reply({"textCard": {"title": "a", "buttons": [{"label": "a", "action": "block", "blockId": "x"}]}})),
    ("1..10", reply(carousel("basicCard", *[{"thumbnail": IMAGE}] * 11))),
    ("1..5", reply(carousel("listCard", *[{"header": ITEM, "items": [ITEM]}] * 6))),
    ("129자", reply(carousel("textCard", {"description": "가" * 129}))),
    ("비율", reply(carousel("basicCard", {"thumbnail": IMAGE}, {"thumbnail": {**IMAGE, "fixedRatio": True}}))),
    ("일부 카드", reply(carousel("itemCard", {"itemList": [ITEM]}, {"itemList": [ITEM], "head": ITEM}))),
    ("header를", reply(carousel("textCard", {"title": "a"}, header={"title": "a"}))),
    ("quickReplies", reply({"simpleText": {"text": "a"}}, quickReplies=[BUTTON] * 11)),
    ("lifeSpan", {**reply({"simpleText": {"text": "a"}}), "context": {"values": [{"name": "a"}]}}),
    ("문자열만", {**reply({"simpleText": {"text": "a"}}),
                "context": {"values": [{"name": "a", "lifeSpan": 1, "params": {"n": 1}}]}}),
    ("형식", reply({"listCard": {"header": {"title": "a"}, "items": ["글"]}})),
]  # fmt: skip


@pytest.mark.parametrize("given", FINE)
def test_an_answer_within_the_limits_is_shown(given: Json) -> None:
    assert checked_outputs(given, BOT) == given["template"]["outputs"]


@pytest.mark.parametrize(("reason", "given"), WRONG)
def test_an_answer_beyond_a_limit_is_not(reason: str, given: Any) -> None:
    with pytest.raises(BadReplyError, match=reason):
        checked_outputs(given, BOT)


def test_an_advertisement_is_one_fitting_card() -> None:
    card = {"basicCard": {"thumbnail": IMAGE}}

    assert ad_problem([card]) is None
    assert ad_problem([card, card]) is not None
    assert ad_problem([{"textCard": {"title": "a"}}]) is not None
    assert ad_problem([carousel("basicCard", {"thumbnail": IMAGE})]) is not None
