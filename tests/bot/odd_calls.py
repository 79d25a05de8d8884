"""Skill calls as nobody would send them: real ones, changed in the ways that break servers.

Each call is made from a seed and its number; only the keys of drafts are what was last offered.
"""

import copy
import json
import random
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from bot.conversation import PRESSED
from bot.words import BLOCKS

Json = dict[str, Any]
HERE = Path(__file__).parent
BASES = [
    (HERE / "payloads" / f"{name}.json").read_bytes()
    for name in ("channel", "channel", "channel_newer", "channel_stranger", "builder_test",
                 "skill_test_button")
]  # fmt: skip
SAYINGS = [
    line.split("\t")[0]
    for name in ("utterances.tsv", "owner_utterances.tsv")
    for line in (HERE / name).read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
DOINGS = sorted({*PRESSED, *(block for file, block in BLOCKS if file == "buttons")})
"""What any button of ours does, the owner's included."""

DEEP = "\x00deep\x00"
KEY = re.compile(r'"(\w+)": ')
RAW_SHARE = 0.06
NO_CALLS = (b"null", b"[]", b'"a"', b"1", b"{}", b"\xef\xbb\xbf{}", b" " * 70_000)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What stands in the books: a call may name it, or what belongs to others."""

    bot_ids: Sequence[str]
    event_block: str
    people: Sequence[str]
    numbers: Mapping[str, Sequence[int]]
    """By the name in `clientExtra` or `params`: shops, coupons, runs and so on."""
    secret: bytes
    form_keys: deque[str]
    """Those in the last answers, of anybody's drafts."""


@dataclass(frozen=True, slots=True)
class OddCall:
    secret: bytes
    body: bytes


def odd_call(seed: int, number: int, grounds: Grounds) -> OddCall:
    rng = random.Random(f"{seed}:{number}")
    secret = grounds.secret if rng.random() > 0.01 else rng.choice([b"", b"wrong", b"\xec\x8b"])
    if rng.random() < RAW_SHARE:
        return OddCall(secret, _broken_bytes(rng, grounds))
    payload = _said(rng, grounds)
    for _ in range(rng.choice((0, 0, 0, 0, 1, 1, 2, 4))):
        _change(rng, payload)
    return OddCall(secret, _dumped(rng, payload))


def _said(rng: random.Random, grounds: Grounds) -> Json:
    """A call as it might come: some words or a button, from someone, to one of the bots."""
    payload: Json = orjson.loads(rng.choice(BASES))
    request, user = payload["userRequest"], payload["userRequest"]["user"]
    payload["bot"]["id"] = rng.choice(grounds.bot_ids)
    if user["type"] != "accountId":
        name = rng.choice(grounds.people)
        user["id"] = user["properties"]["botUserKey"] = f"bot-user-{name}"
        user["properties"]["plusfriendUserKey"] = f"friend-{name}"
        user["properties"]["appUserId"] = f"{3_000_000 + int(name)}"
    request["utterance"] = _words(rng)
    payload["action"]["clientExtra"] = _extra(rng, grounds)
    if rng.random() < 0.1:
        request["block"]["id"] = grounds.event_block
        request["params"] |= {name: _number(rng, grounds, name) for name in ("run", "chunk")}
    if rng.random() < 0.05:
        request["callbackUrl"] = rng.choice(["https://bot-api.kakao.com/v1/x", "http://[", ODD[0]])
    return payload


def _words(rng: random.Random) -> str:
    match rng.random():
        case share if share < 0.7:
            return rng.choice(SAYINGS)
        case share if share < 0.85:
            return "".join(rng.choices("0123456789", k=rng.choice((1, 2, 4, 4, 5, 6, 6, 8, 11))))
        case _:
            return rng.choice(SAYINGS) + rng.choice(ODD)


def _extra(rng: random.Random, grounds: Grounds) -> object:
    if rng.random() < 0.5:
        return rng.choice([{}, None, "null"])
    extra: Json = {"do": rng.choice(DOINGS)}
    for name in grounds.numbers:
        if rng.random() < 0.4:
            extra[name] = _number(rng, grounds, name)
    if rng.random() < 0.3:
        extra["form_key"] = rng.choice([*grounds.form_keys, "k1", ODD[1], "k" * 40, "k" * 41])
    return extra


def _number(rng: random.Random, grounds: Grounds, name: str) -> str:
    known = [str(one) for one in grounds.numbers[name]]
    return rng.choice([*known, *known, "0", "-1", "9" * 18, "9" * 19, "1e3", "", "๑", "1 "])


ODD = (
    "", " ", "\x00", "\ud83d", "\udc00\ud800", "👨‍👩‍👧‍👦🇰🇷", "\u202e거꾸로", "e" + "\u0301" * 300, "\ufeff",
    "\uffff", "\u2028\x85\x1c", "ᄒᆞᆫ", "\u1112\u1161\u11ab", "ㅋ" * 5_000, "가" * 1_001, "a " * 20_000,
    "'; DROP TABLE shop; --", "{{7*7}}#{고객명}{% x %}", "<script>", "%s%n", "../../etc/passwd",
    "\\", '"', "1" * 400, "ﾡ", "𝟙𝟚𝟛𝟜", "١٢٣٤", "०",
)  # fmt: skip
"""Texts that something somewhere has choked on."""

NUMBERS = (0, -1, 1, 10**30, -(10**18), 1.5, 1e308, float("nan"), float("-inf"))
SHAPES: Sequence[object] = ([], {}, [[]], [None], {"": ""}, {"id": None}, ["가"] * 2_000)
VALUES: Sequence[Sequence[object]] = ((None,), ODD, ODD, NUMBERS, (True, False), SHAPES, (DEEP,))


def _change(rng: random.Random, payload: Json) -> None:
    """One place anywhere inside: gone, another value, or something beside it."""
    places = list(_places(payload))
    if not places:
        return
    parent, key = rng.choice(places)
    match rng.randrange(8):
        case 0 | 1:
            del parent[key]
        case 2 if isinstance(parent, dict):
            parent[rng.choice([*ODD[:12], "id", "do", "userRequest"])] = parent.pop(key)
        case _:
            parent[key] = copy.deepcopy(rng.choice(rng.choice(VALUES)))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (parent, key) pair of a JSON value."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _dumped(rng: random.Random, payload: Json) -> bytes:
    """Half an emoji is written as an escape, or as bytes that are no UTF-8."""
    text = json.dumps(payload, ensure_ascii=rng.random() < 0.5)
    if "deep" in text:
        left, right = rng.choice([("[", "]"), ('{"a":', "}")])
        depth = rng.choice([60, 1_100, 5_000])
        deep = left * depth + "1" + right * depth
        text = text.replace(json.dumps(DEEP), deep)
    if rng.random() < 0.05:
        name = rng.choice(KEY.findall(text) or ["id"])
        twice = rng.choice(["null", '"수신거부"', "{}", "[]", "1", f'"{name}"'])
        text = text.replace(f'"{name}": ', f'"{name}": {twice}, "{name}": ', 1)
    return text.encode("utf-8", "surrogatepass")


def _broken_bytes(rng: random.Random, grounds: Grounds) -> bytes:
    whole = _dumped(rng, _said(rng, grounds))
    ways: Sequence[Callable[[], bytes]] = (
        lambda: rng.randbytes(rng.choice([0, 1, 3, 100, 3_000])),
        lambda: whole[: rng.randrange(len(whole))],
        lambda: _flipped(rng, whole),
        lambda: whole.decode("utf-8", "replace").encode(rng.choice(["utf-16", "utf-32"])),
        lambda: whole.decode("utf-8", "ignore").encode("euc-kr", "ignore"),
        lambda: whole + rng.choice([b"\x00", b"{}", b"]", whole]),
        lambda: rng.choice(NO_CALLS),
    )
    return rng.choice(ways)()


def _flipped(rng: random.Random, whole: bytes) -> bytes:
    changed = bytearray(whole)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def with_less(body: bytes) -> Iterator[bytes]:
    """The same call without one of its parts, each in turn."""
    try:
        count = sum(1 for _ in _places(json.loads(body)))
    except (ValueError, RecursionError, TypeError):  # not even JSON
        yield from (body[: len(body) // 2], body[len(body) // 2 :])
        return
    for place in range(count):
        payload = json.loads(body)
        parent, key = next(islice(_places(payload), place, None))
        del parent[key]
        yield json.dumps(payload).encode()
