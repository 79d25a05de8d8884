"""Answers of NHN and steps of its senders that several tests need."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from campaigns.senders.nhn_alimtalk import NhnAlimtalkSender
from campaigns.senders.nhn_brand import NhnBrandSender
from domain.bubbles import Bubble, Text
from domain.campaigns import Batch, Outgoing
from domain.people import ChunkId, CustomerId, MessageId, RunId, ShopId

from .conftest import ACCOUNT, AD, NHN_KEYS, now
from .fakes import Host, Said, host, said

REQUEST_ID = "20261122100203ABCDEFGHIJ0"
LOST = Said(500, b"<html>")


def verdict(code: int, **more: object) -> Said:
    head = {"resultCode": code, "resultMessage": "", "isSuccessful": code == 0}
    return said({"header": head, **more})


def accepted(*results: dict[str, object]) -> Said:
    return verdict(0, message={"requestId": REQUEST_ID, "sendResults": results})


def listed(*items: dict[str, object], total: int | None = None) -> Said:
    count = len(items) if total is None else total
    return verdict(0, messageSearchResultResponse={"messages": items, "totalCount": count})


def item(number: int, code: str | None, **more: object) -> dict[str, object]:
    return {"recipientGroupingKey": f"7:{number}", "resultCode": code, **more}


def batch_of(*bubbles: Bubble, why: bool = False) -> Batch:
    """One person each, 1001 and so on."""
    people = tuple(
        Outgoing(
            message_id=MessageId(1000 + number),
            customer_id=CustomerId(number),
            address=f"0100000{number:04}",
            bubble=bubble,
            why_url=f"https://dangol.test/w/{number}" if why else None,
        )
        for number, bubble in enumerate(bubbles or (Text(AD),), start=1)
    )
    return Batch(
        shop_id=ShopId(1),
        run_id=RunId(7),
        chunk_id=ChunkId(70),
        send_key="c70a1c70a1c70a1c70a1c70a1c70a1c7",
        account=ACCOUNT,
        people=people,
    )


@asynccontextmanager
async def brand_at(answers: Sequence[Said]) -> AsyncIterator[tuple[NhnBrandSender, Host]]:
    async with host(answers) as one:
        sender = NhnBrandSender(NHN_KEYS, now, base_url=one.url)
        try:
            yield sender, one
        finally:
            await sender.close()


@asynccontextmanager
async def alimtalk_at(answers: Sequence[Said]) -> AsyncIterator[tuple[NhnAlimtalkSender, Host]]:
    async with host(answers) as one:
        sender = NhnAlimtalkSender(NHN_KEYS, now, base_url=one.url)
        try:
            yield sender, one
        finally:
            await sender.close()
