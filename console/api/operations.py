"""An operation of the API: what is routed and what is documented are the same value."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from console.api.bodies import KEY, Said, Told
from console.api.pace import take
from console.api.problems import refusal_of
from console.forms import BROKEN
from console.guessing import write_counted
from console.keys import BOOKS, NOW
from domain.pace import Pace
from domain.people import TokenId, TokenRight
from domain.refusals import NotAllowed, Refusal
from loyalty.tills import Asked, Till, is_used_today, note_use, read_token
from storage.books import Books
from storage.desk import Tx

Body = TypeVar("Body")
Found = TypeVar("Found")

PATTERNS: Mapping[str, str] = {"id": "[0-9]{1,15}", "code": "[0-9]{4}"}
"""The parameters that stand in addresses; what does not fit is not found."""

BODY_BYTES_MAX = 256 * 1024
KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
SCHEME = "Bearer "
PACE: web.AppKey[Pace[TokenId]] = web.AppKey("pace")


@dataclass(frozen=True, slots=True)
class Call(Generic[Body]):
    """One request: who asks, and what was said, already checked."""

    request: web.Request
    till: Till
    at: datetime
    body: Body
    key: str = ""

    @property
    def books(self) -> Books:
        return self.request.app[BOOKS]

    @property
    def id(self) -> int:
        return int(self.request.match_info["id"])

    def asked(self, said: Said, key: str = "") -> Asked:
        """The same words under the same key are the same request."""
        return Asked(key or self.key, f"{type(said).__name__} {said.model_dump_json()}")

    async def write_counted(self, work: Callable[[Tx], Found]) -> Found:
        """For work that reads a customer's code: wrong ones are counted."""
        return await write_counted(self.books, self.till.shop_id, self.at, work)

    def take_more(self, count: int) -> None:
        """Beside the one that every request takes. Raises Refusal(`too_many`)."""
        if count:
            take(self.request.app[PACE], self.till.token_id, self.at, count)


@dataclass(frozen=True, slots=True)
class Answer:
    body: Told
    status: int = HTTPStatus.OK
    is_replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Body]):
    """`refusals` are the statuses beyond those that any operation may answer with."""

    name: str
    method: str
    path: str
    summary: str
    work: Callable[[Call[Body]], Awaitable[Answer]]
    body: type[Body]
    answer: type[Told]
    answers: Mapping[int, str]
    refusals: tuple[int, ...] = field(default=())
    has_key: bool = False
    right: TokenRight = TokenRight.TILL

    @property
    def has_body(self) -> bool:
        return issubclass(self.body, Said)

    def route(self) -> web.RouteDef:
        path = re.sub(r"\{(\w+)\}", lambda name: f"{{{name[1]}:{PATTERNS[name[1]]}}}", self.path)
        return web.route(self.method, path, serving(self))


def serving(operation: Operation[Any]) -> Handler:
    """Checks who asks and what is said, and holds the work to what the document says."""

    async def serve(request: web.Request) -> web.StreamResponse:
        at = request.app[NOW]()
        till = await _till_of(request, at)
        if till.may is not operation.right:
            raise NotAllowed("right")
        key = _key_of(request) if operation.has_key else ""
        body = await _body_of(request, operation.body) if operation.has_body else None
        answer = await operation.work(Call(request, till, at, body, key))
        assert answer.status in operation.answers, "a status the document does not name"
        assert isinstance(answer.body, operation.answer), "a body the document does not name"
        return web.Response(
            body=answer.body.model_dump_json().encode(),
            status=answer.status,
            content_type="application/json",
            headers={REPLAYED_HEADER: "true"} if answer.is_replayed else {},
        )

    return serve


async def _till_of(request: web.Request, at: datetime) -> Till:
    """Raises NotAllowed(`token`), Refusal(`too_many`)."""
    words = request.headers.get(hdrs.AUTHORIZATION, "")
    if not words.startswith(SCHEME):
        raise NotAllowed("token")
    books = request.app[BOOKS]
    found = await books.read(read_token, words.removeprefix(SCHEME).strip())
    till = Till(found.token_id, found.shop_id, found.may)
    take(request.app[PACE], till.token_id, at)
    if not is_used_today(found, at):
        await books.write(note_use, till, at)
    return till


def _key_of(request: web.Request) -> str:
    """With or without the quotes that the header's own draft asks for."""
    words = request.headers.get(KEY_HEADER, "")
    if len(words) > 1 and words[0] == words[-1] == '"':
        words = words[1:-1]
    if not re.fullmatch(KEY, words):
        raise Refusal("key_missing")
    return words


async def _body_of(request: web.Request, model: type[Said]) -> Said:
    if request.content_type != "application/json":
        raise Refusal("not_json")
    try:
        sized = request.clone(client_max_size=BODY_BYTES_MAX)
        return model.model_validate_json(await sized.read())
    except ValidationError as error:
        raise refusal_of(error) from error
    except BROKEN as error:
        raise Refusal("malformed") from error
