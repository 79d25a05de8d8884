"""The OpenAPI document, made from the operations that are routed and the models they use."""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from console.api.bodies import KEY, Problem
from console.api.operations import BODY_BYTES_MAX, KEY_HEADER, PATTERNS, REPLAYED_HEADER, Operation
from console.api.pace import BURST, PER_SECOND
from console.api.problems import PROBLEM_JSON

VERSION = "1.0.0"
SERVER = "/api/v1"
ABOUT = f"""계산대(POS)가 가게의 도장과 쿠폰을, 다른 프로그램이 가게의 소식을 다루는 API예요.

계산대의 열쇠로는 소식을 보낼 수 없고, 소식의 열쇠로는 도장과 쿠폰을 다룰 수 없어요.

사장님이 ‘내 가게 › 계산대 프로그램(포스) 잇기’에서 만든 연결 열쇠를 `Authorization: Bearer …`로
보내요. 열쇠 하나는 가게 하나에만 통하고, 다른 가게의 것은 모두 404예요. `Idempotency-Key`는
계산대가 정해요. 답을 받지 못했으면 **같은 키와 같은 본문**으로 다시 보내면 되고, 두 번 적히지 않아요 (200,
`Idempotent-Replayed: true`). 같은 키에 다른 본문이면 422예요. 거절은 모두
`application/problem+json`이고 `code`로 가려요. 연결 열쇠 하나로 초당 {PER_SECOND}번,
몰아서 {BURST}번까지 물을 수 있어요 (넘으면 429)."""

ALWAYS = (401, 403, 429)
WITH_BODY = (400, 413, 415, 422)
REFUSED: dict[int, str] = {
    400: "읽을 수 없는 JSON이거나 Idempotency-Key가 없어요.",
    401: "이 가게의 살아 있는 연결 열쇠가 아니에요.",
    403: "이 연결 열쇠로는 할 수 없는 일이에요.",
    404: "이 가게에 없는 것이에요.",
    409: "이미 되었거나 지금은 할 수 없는 일이에요.",
    413: f"본문이 {BODY_BYTES_MAX // 1024}KiB보다 커요.",
    415: "Content-Type이 application/json이 아니에요.",
    422: "알맞지 않은 값이 있거나, 같은 키로 다른 내용을 보냈어요.",
    429: "요청이 너무 잦아요.",
}


def document(operations: Sequence[Operation[Any]]) -> dict[str, Any]:
    """As JSON; addresses are relative to the server the document came from."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.1",
        "info": {"title": "단골 계산대 API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": SERVER}],
        "security": [{"till": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"till": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(operations),
            "responses": {str(status): _refused(status) for status in REFUSED},
        },
    }


def _operation(one: Operation[Any]) -> dict[str, Any]:
    refusals = sorted({*ALWAYS, *(WITH_BODY if one.has_body else ()), *one.refusals})
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": _parameters(one),
        "responses": {
            **{str(status): _answered(one, says) for status, says in one.answers.items()},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in refusals},
        },
    }
    if one.has_body:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(one.body)}},
        }
    return described


def _parameters(one: Operation[Any]) -> list[dict[str, Any]]:
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{PATTERNS[name]}$"},
        }
        for name in re.findall(r"\{(\w+)\}", one.path)
    ]
    if one.has_key:
        schema = {"type": "string", "pattern": KEY}
        found.append({"name": KEY_HEADER, "in": "header", "required": True, "schema": schema})
    return found


def _answered(one: Operation[Any], says: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": says,
        "content": {"application/json": {"schema": _ref(one.answer)}},
    }
    if one.method != hdrs.METH_GET:
        replayed = {"description": "되풀이한 요청이면 true", "schema": {"const": "true"}}
        described["headers"] = {REPLAYED_HEADER: replayed}
    return described


def _refused(status: int) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": REFUSED[status],
        "content": {PROBLEM_JSON: {"schema": _ref(Problem)}},
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = {"description": "몇 초 뒤에", "schema": {"type": "string"}}
        described["headers"] = {"Retry-After": seconds}
    return described


def _schemas(operations: Iterable[Operation[Any]]) -> dict[str, Any]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for one in operations:
        wanted[one.answer, "serialization"] = None
        if one.has_body:
            wanted[one.body, "validation"] = None
    _, made = models_json_schema(list(wanted), ref_template="#/components/schemas/{model}")
    return dict(made["$defs"])


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
