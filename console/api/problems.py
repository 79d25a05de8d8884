"""Refusals and failures as problem documents (RFC 9457); a bug is logged here, once."""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from console.api.bodies import FieldError, Problem
from console.errors import STATUS
from domain.refusals import Invalid, Refusal

LOG = logging.getLogger(__name__)
PROBLEM_JSON = "application/problem+json"

PART_FIELD = re.compile(r"p(\d)_(\w+)")
CALLED: Mapping[str, str] = {"bubble": "shape", "price": "price_won", "sale": "sale_won"}
"""What a refusal calls otherwise than the body."""

STATUS_OF: Mapping[str, HTTPStatus] = {
    "token": HTTPStatus.UNAUTHORIZED,
    "key_missing": HTTPStatus.BAD_REQUEST,
    "key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "malformed": HTTPStatus.BAD_REQUEST,
    "not_json": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "too_many_codes": HTTPStatus.TOO_MANY_REQUESTS,
}
"""Codes whose status does not follow from the kind of refusal."""

TITLES: Mapping[str, str] = {
    "token": "이 가게의 살아 있는 연결 열쇠가 아니에요.",
    "right": "이 연결 열쇠로는 할 수 없는 일이에요. 사장님이 알맞은 열쇠를 만들어 주셔야 해요.",
    "campaign": "이 가게에 그런 소식이 없어요.",
    "campaign_state": "지금 할 수 없는 일이에요. 이미 시작했거나 끝난 소식이에요.",
    "segment": "이 가게에 그런 묶음이 없어요.",
    "offer": "이 가게에 그런 쿠폰이 없어요.",
    "no_audience": "지금 받을 수 있는 분이 없어요.",
    "no_money": "지원금이 모자라요. fair_order나 own_max_won을 정하면 보낼 수 있어요.",
    "halted": "담당자가 이 가게의 소식을 멈춰 두었어요.",
    "closed": "오늘은 이 가게가 쉬는 날이거나 다 팔린 날이에요. 여는 날에 다시 해 주세요.",
    "key_missing": "Idempotency-Key 머리글이 없거나 모양이 달라요 (보이는 ASCII 1~60자).",
    "key_reused": "같은 Idempotency-Key로 다른 내용을 보냈어요.",
    "malformed": "JSON으로 읽을 수 없어요.",
    "not_json": "Content-Type이 application/json이어야 해요.",
    "too_many": "요청이 너무 잦아요. 잠시 뒤에 다시 보내 주세요.",
    "invalid": "알맞지 않은 값이 있어요.",
    "code": "그런 번호가 없어요. 손님 화면을 다시 봐 주세요.",
    "code_used": "이미 쓴 번호예요.",
    "code_lapsed": "시간이 지난 번호예요. 손님이 새 번호를 받으면 돼요.",
    "too_many_codes": "번호가 여러 번 틀렸어요. 10분 뒤에 다시 하거나 휴대폰 번호로 찍어 주세요.",
    "code_of_coupon": "도장이 아니라 쿠폰의 번호예요.",
    "code_of_visit": "쿠폰이 아니라 도장의 번호예요.",
    "visit": "이 가게에 그런 방문이 없어요.",
    "redemption": "이 가게에 그런 쿠폰 사용이 없어요.",
    "redemption_over": "이미 끝난 쿠폰 사용이에요. 새로 시작하려면 손님의 새 번호가 필요해요.",
    "customer": "이 가게의 단골이 아니에요.",
    "day_limit": "오늘 찍을 수 있는 만큼 다 찍은 손님이에요.",
    "too_late": "너무 오래된 방문이라 취소할 수 없어요.",
    "coupon": "이 가게에 그런 쿠폰이 없어요.",
    "coupon_ready": "잡아 두거나 쓴 쿠폰이 아니에요.",
    "coupon_held": "다른 결제에서 잡고 있는 쿠폰이에요.",
    "coupon_used": "이미 쓴 쿠폰이에요.",
    "coupon_canceled": "취소된 쿠폰이에요.",
    "coupon_lapsed": "기한이 지난 쿠폰이에요.",
    "coupon_weekday": "오늘은 쓸 수 없는 요일이에요.",
    "coupon_hours": "지금은 쓸 수 없는 시간이에요.",
    "coupon_min_spend": "최소 주문 금액에 못 미쳐요.",
    "no_stacking": "다른 쿠폰과 함께 쓸 수 없어요.",
    "cap_reached": "준비한 쿠폰이 모두 쓰였어요.",
}
PLAIN: Mapping[int, tuple[str, str]] = {
    HTTPStatus.NOT_FOUND: ("not_found", "그런 주소가 없어요."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_allowed", "이 주소에서 할 수 없는 일이에요."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too_large", "본문이 너무 커요."),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "failed",
        "저희 쪽 잘못이에요. 같은 키로 다시 보내 주세요.",
    ),
}
"""What HTTP itself refuses, and what we did wrong: code and title."""

TITLE = "요청을 받을 수 없어요."

SENTENCES: Mapping[str, str] = {
    "missing": "꼭 있어야 해요.",
    "null": "null 대신 빼 주세요.",
    "who": "code와 phone 가운데 하나만 적어 주세요.",
    "extra_forbidden": "그런 이름의 항목은 없어요.",
    "string_type": "글자열이어야 해요.",
    "int_type": "정수여야 해요.",
    "enum": "{expected} 가운데 하나여야 해요.",
    "bool_type": "true나 false여야 해요.",
    "string_pattern_mismatch": "{pattern} 모양이어야 해요.",
    "string_too_short": "{min_length}자 이상이어야 해요.",
    "string_too_long": "{max_length}자까지예요.",
    "too_short": "{min_length}개 이상이어야 해요.",
    "too_long": "{max_length}개까지예요.",
    "greater_than_equal": "{ge} 이상이어야 해요.",
    "less_than_equal": "{le} 이하여야 해요.",
    "timezone_aware": "시간대가 붙은 시각이어야 해요. 예: 2026-11-25T10:00:00+09:00",
}
SENTENCE = "알맞은 모양이 아니에요."


@web.middleware
async def errors_as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        LOG.info("refused %s %s: %s", request.method, _route(request), refusal)
        return answer(problem_of(refusal), retry_after=refusal.facts.get("retry_after"))
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return answer(plain_problem(error.status), allow=error.headers.get("Allow"))
    except Exception:
        LOG.exception("failed %s %s", request.method, _route(request))
        return answer(plain_problem(HTTPStatus.INTERNAL_SERVER_ERROR))


def answer(
    problem: Problem, *, allow: str | None = None, retry_after: object = None
) -> web.Response:
    headers = {"Allow": allow} if allow else {}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="dangol", error="invalid_token"'
    if isinstance(retry_after, timedelta):
        headers["Retry-After"] = str(int(retry_after.total_seconds()))
    return web.Response(
        body=problem.model_dump_json().encode(),
        status=problem.status,
        content_type=PROBLEM_JSON,
        headers=headers,
    )


def problem_of(refusal: Refusal, at: Sequence[str | int] = ()) -> Problem:
    """`at` is where in the body the refused thing stands."""
    status = STATUS_OF.get(refusal.reason, STATUS.get(type(refusal), HTTPStatus.CONFLICT))
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    return Problem(
        type=f"/problems/{refusal.reason}",
        title=TITLES.get(refusal.reason, TITLE),
        status=int(status),
        code=refusal.reason,
        errors=[
            FieldError(pointer=_pointer((*at, *_place(name))), detail=detail)
            for name, detail in fields.items()
        ],
    )


def _place(name: str) -> tuple[str | int, ...]:
    """Where a field of ours stands in the body: one of a part's is deeper."""
    found = PART_FIELD.fullmatch(name)
    if found is None:
        return (CALLED.get(name, name),)
    return "parts", int(found[1]), CALLED.get(found[2], found[2])


def plain_problem(status: int) -> Problem:
    """What has no rule of ours means just what HTTP means by it."""
    code, title = PLAIN.get(status, ("refused", TITLE))
    return Problem(type="about:blank", title=title, status=status, code=code)


def refusal_of(error: ValidationError) -> Refusal:
    """A body that is no JSON, or not what the document says."""
    found = error.errors(include_url=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return Refusal("malformed")
    return Invalid({"/".join(map(_escaped, one["loc"])): _sentence(one) for one in found})


def _pointer(place: Sequence[str | int]) -> str:
    return "#" + "".join(f"/{part}" for part in place if part != "")


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _sentence(error: ErrorDetails) -> str:
    return SENTENCES.get(error["type"], SENTENCE).format(**error.get("ctx", {}))


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "?"
