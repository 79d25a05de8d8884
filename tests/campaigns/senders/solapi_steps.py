"""Answers of SOLAPI and steps of the group flow that several tests need."""

from campaigns.senders.solapi import SolapiSender
from domain.campaigns import Batch
from domain.people import MessageId

from .conftest import API_KEY, API_SECRET, Street, addresses, now
from .fakes import Host, Said, said

GROUP = "G4V20261123100000AAAAAAAAAAAAAAA"
LOST = Said(500, b"<html>")


def refusal(code: str, status: int) -> Said:
    return said({"errorCode": code, "errorMessage": code}, status)


def group(status: str, total: int = 1, registered: int = 1) -> Said:
    count = {"total": total, "registeredSuccess": registered, "registeredFailed": 0}
    return said({"groupId": GROUP, "status": status, "count": count})


def sender_at(one: Host) -> SolapiSender:
    return SolapiSender(api_key=API_KEY, api_secret=API_SECRET, now=now, base_url=one.url)


async def prepared(street: Street, batch: Batch) -> str:
    ref = await street.sender.open(batch)
    assert ref is not None
    await street.sender.fill(batch, ref)
    return ref


async def codes(street: Street, batch: Batch, ref: str) -> dict[MessageId, str]:
    await street.background.idle()
    progress = await street.sender.look(batch.account, ref, addresses(batch))
    assert progress.is_over
    return {one.message_id: one.code for one in progress.reports}
