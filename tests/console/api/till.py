"""A till: it asks over real HTTP, and holds every answer to the OpenAPI document."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestClient
from jsonschema import Draft202012Validator

from domain.coupons import CouponKind, CouponSource, CouponTerms
from domain.people import CouponId, CustomerId, ShopId
from loyalty.cards import CardDraft, set_cards
from loyalty.codes import issue_customer_code
from loyalty.coupons import NewOffer, give, make_offer
from storage.desk import Tx
from storage.queries.places import get_shop

OWNER = "owner:1"
PREFIX = "/api/v1"
NEEDED = 3
BREAD = CouponTerms(kind=CouponKind.ITEM, title="단팥빵 1개", item="단팥빵")
WON = CouponTerms(kind=CouponKind.WON, title="2천 원 할인", value=2_000, min_spend_won=10_000)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def is_replayed(self) -> bool:
        return self.headers.get("Idempotent-Replayed") == "true"

    @property
    def code(self) -> str:
        return str(self.body["code"])


@dataclass(slots=True)
class TillClient:
    """`seen` collects the operations and statuses that were really answered."""

    client: TestClient[web.Request, web.Application]
    document: Mapping[str, Any]
    token: str | None
    seen: set[tuple[str, int]] = field(default_factory=set)

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if key is not None:
            sent["Idempotency-Key"] = key
        if body is not None:
            raw = json.dumps(body).encode()
        if raw is not None:
            sent.setdefault("Content-Type", "application/json")
        async with self.client.request(
            method, f"{PREFIX}{path}", data=raw, headers=sent
        ) as response:
            reply = Reply(response.status, orjson.loads(await response.read()), response.headers)
        self._check(method, path, reply)
        return reply

    async def ask_document(self) -> Reply:
        async with self.client.get(f"{PREFIX}/openapi.json") as response:
            return Reply(response.status, orjson.loads(await response.read()), response.headers)

    async def stamp(self, body: object, key: str = "k-1") -> Reply:
        return await self.ask("POST", "/visits", body, key=key)

    def other(self, token: str | None) -> "TillClient":
        return TillClient(self.client, self.document, token, self.seen)

    def _check(self, method: str, path: str, reply: Reply) -> None:
        operation = find_operation(self.document, method, path)
        if operation is None:
            assert reply.headers["Content-Type"].startswith("application/problem+json")
            return
        self.seen.add((operation["operationId"], reply.status))
        told = operation["responses"][str(reply.status)]
        if "$ref" in told:
            told = self.document["components"]["responses"][told["$ref"].rpartition("/")[2]]
        (kind, content), *_ = told["content"].items()
        assert reply.headers["Content-Type"].startswith(kind)
        errors = validator(self.document, content["schema"]).iter_errors(reply.body)
        assert [error.message for error in errors] == []


def find_operation(document: Mapping[str, Any], method: str, path: str) -> Any:
    for known, operations in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[0-9]+", known), path) and (
            method.lower() in operations
        ):
            return operations[method.lower()]
    return None


def validator(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(
        {**schema, "components": document["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def set_card(tx: Tx, shop_id: ShopId, at: datetime) -> None:
    """Three stamps for a bread."""
    set_cards(tx, shop_id, [CardDraft(needed=NEEDED, rewards={NEEDED: BREAD})], actor=OWNER, at=at)


def show_code(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> str:
    """The digits on the customer's phone."""
    channel_id = get_shop(tx, shop_id).channel_id
    return issue_customer_code(tx, channel_id, customer_id, at).digits


def give_coupon(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    at: datetime,
    terms: CouponTerms = WON,
    *,
    key: str = "hand",
) -> CouponId:
    offer_id = make_offer(
        tx, shop_id, NewOffer(source=CouponSource.HAND, terms=terms), actor=OWNER, at=at
    )
    given = give(tx, (shop_id, customer_id), offer_id, key=key, actor=OWNER, at=at)
    assert given is not None
    return given.coupon_id


def show_coupon_code(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, coupon_id: CouponId, at: datetime
) -> str:
    channel_id = get_shop(tx, shop_id).channel_id
    code = issue_customer_code(tx, channel_id, customer_id, at, coupon=(shop_id, coupon_id))
    return code.digits
