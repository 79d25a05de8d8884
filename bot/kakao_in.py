"""Kakao's skill payload as an `Utterance` (kakao-chatbot.md section 1)."""

import json
from typing import Any, NamedTuple

import orjson

from domain.people import ChunkId, CouponId, RunId, ShopId, clean_text
from domain.refusals import Invalid
from storage.queries.customers import Caller

WORDS_MAX = 1_000
WORDS_READ_MAX = 4_000
"""What is looked at before cleaning: far more than we keep, far less than a flood."""
KEY_MAX = 70
PLUSFRIEND_KEY_MAX = 40
APP_USER_MAX = 20
FORM_KEY_MAX = 40
ID_DIGITS_MAX = 18
BUTTON_OF_BLOCK = "_BLOCK"
SURFACE_BUILDER = "BuilderBotTest"

Json = dict[str, Any]
NOTHING: Json = {}


class Utterance(NamedTuple):
    """One call of the skill. `do` and what it is about come from the pressed button; or `do` is
    what the block does that they came through.

    `is_pressed`: a button that leads to a block; `is_by_block`: typed words that Kakao led there.
    `about` is the id of a question, an idea or a campaign, `form_key` that of a draft.
    """

    bot_id: str
    caller: Caller
    words: str
    block_id: str
    do: str | None
    shop_id: ShopId | None
    coupon_id: CouponId | None
    about: int | None
    form_key: str | None
    run_id: RunId | None
    chunk_id: ChunkId | None
    callback_url: str | None
    is_test: bool
    is_pressed: bool = False
    is_by_block: bool = False


def load_json(raw: bytes) -> Json:
    """A JSON object; raises Invalid.

    orjson refuses half an emoji (`\\ud83d`), the standard library takes it: people do send it.
    """
    try:
        loaded = orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            loaded = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise Invalid({"body": "JSON이 아니에요."}) from error
    if type(loaded) is not dict:
        raise Invalid({"body": "JSON 객체가 아니에요."})
    return loaded


def read_utterance(payload: Json) -> Utterance:
    """Every real variant of section 1; raises Invalid when who or where is missing."""
    request = _object(payload.get("userRequest"))
    user = _object(request.get("user"))
    params = _object(request.get("params"))
    extra = _object(_object(payload.get("action")).get("clientExtra"))
    words = request.get("utterance")
    do = extra.get("do")
    url = request.get("callbackUrl")
    shop, coupon = _number(extra.get("shop")), _number(extra.get("coupon"))
    run, chunk = _number(params.get("run")), _number(params.get("chunk"))
    return Utterance(
        bot_id=_key(_object(payload.get("bot")).get("id"), "bot.id").removesuffix("!"),
        caller=_caller(user),
        words=_words(words) if type(words) is str else "",
        block_id=_text(_object(request.get("block")).get("id")),
        do=do if type(do) is str else None,
        shop_id=None if shop is None else ShopId(shop),
        coupon_id=None if coupon is None else CouponId(coupon),
        about=_number(extra.get("about")),
        form_key=_maybe_key(extra.get("form_key"), FORM_KEY_MAX),
        run_id=None if run is None else RunId(run),
        chunk_id=None if chunk is None else ChunkId(chunk),
        callback_url=url if type(url) is str else None,
        is_test=_is_test(user, params),
        is_pressed=_is_pressed(_object(payload.get("flow"))),
    )


def _caller(user: Json) -> Caller:
    known = _object(user.get("properties"))
    return Caller(
        bot_user_key=_key(user.get("id"), "userRequest.user.id"),
        plusfriend_user_key=_maybe_key(known.get("plusfriendUserKey"), PLUSFRIEND_KEY_MAX),
        app_user_id=_maybe_key(known.get("appUserId"), APP_USER_MAX),
        is_friend=known.get("isFriend") is True,
    )


def _is_pressed(flow: Json) -> bool:
    """A button that leads to a block; what is typed leads there by Kakao's guess (1.6)."""
    kind = _object(flow.get("trigger")).get("type")
    return type(kind) is str and kind.endswith(BUTTON_OF_BLOCK)


def _is_test(user: Json, params: Json) -> bool:
    """The console's test button and the builder's chat test (1.3, 1.7)."""
    return (
        user.get("type") == "accountId"
        or params.get("surface") == SURFACE_BUILDER
        or params.get("ignoreMe") in ("true", True)
    )


def _object(value: object) -> Json:
    """An object, or an empty one for null, the text "null" or whatever else was seen."""
    return value if type(value) is dict else NOTHING


def _text(value: object) -> str:
    return value if type(value) is str else ""


def _key(value: object, name: str) -> str:
    if type(value) is str and 0 < len(value) <= KEY_MAX and value.isascii() and value.isprintable():
        return value
    raise Invalid({name: "없거나 모양이 맞지 않아요."})


def _maybe_key(value: object, length_max: int) -> str | None:
    if type(value) is str and 0 < len(value) <= length_max and value.isascii():
        return value if value.isprintable() else None
    return None


def _number(value: object) -> int | None:
    """A surrogate id of ours, as we wrote it: digits in a string."""
    if type(value) is str and value.isascii() and value.isdigit() and len(value) <= ID_DIGITS_MAX:
        return int(value)
    return None


def _words(text: str) -> str:
    """`isprintable` is false for line breaks, half emoji and control characters alike."""
    if len(text) <= WORDS_MAX and text.isprintable():
        return text.strip()
    return clean_text(text[:WORDS_READ_MAX])[:WORDS_MAX].rstrip()
