"""Delivery reports to an account's webhook, as arrays (providers.md A8, E12)."""

import asyncio
import hashlib
import itertools
import random

import orjson

from simulator.background import Background
from simulator.clock import iso_utc
from simulator.faults import Faults
from simulator.settings import Settings
from simulator.solapi_groups import STATUS_MESSAGES, Message
from simulator.values import SolapiAccount
from simulator.wire import Call, Json, Line

ATTEMPTS_MAX = 5
REPORT_TIMEOUT_SECONDS = 10
HTTP_OK = 200
EVENT_NAME = "SINGLE-REPORT"
NETWORK_CODE = "90901"
FAULT_POINT = "reports"


def secret_header(secret: str) -> str:
    """SHA-1 hex of the registered secret: a constant, not a signature of the body (A8)."""
    return hashlib.sha1(secret.encode()).hexdigest()  # noqa: S324 - the platform's own choice


def flat(message: Message, group_id: str) -> Json:
    at = iso_utc(message.updated_at)
    return {
        "messageId": message.message_id,
        "groupId": group_id,
        "type": message.kind,
        "to": message.to,
        "from": message.sender or None,
        "statusCode": message.code,
        "dateProcessed": at,
        "dateReported": at,
        "dateReceived": at,
        "networkCode": NETWORK_CODE,
        "customFields": message.fields,
    }


class Reports:
    def __init__(
        self, line: Line, settings: Settings, background: Background, faults: Faults, seed: int
    ) -> None:
        self._line = line
        self._settings = settings
        self._background = background
        self._faults = faults
        self._slots = asyncio.Semaphore(settings.reports_at_once_max)
        self._events = itertools.count(1)
        self._random = random.Random(seed)  # noqa: S311 - only shuffles

    def tell_later(self, account: SolapiAccount, group_id: str, messages: list[Message]) -> None:
        if account.webhook_url:
            self._background.spawn(self._tell(account, group_id, messages), "reports")

    async def _tell(self, account: SolapiAccount, group_id: str, messages: list[Message]) -> None:
        events = [flat(message, group_id) for message in messages]
        if self._settings.report_shuffle:
            self._random.shuffle(events)
        if self._settings.report_form == "nested":
            events = [self._nested(event) for event in events]
        await self._line.pause(self._settings.report_delay_seconds)
        fault = self._faults.take(FAULT_POINT)
        if fault and fault.kind == "drop_reports":
            return
        if fault and fault.kind == "delay_reports":
            await self._line.pause(fault.seconds)
        is_double = self._settings.report_duplicate or (
            fault is not None and fault.kind == "duplicate_reports"
        )
        body = orjson.dumps(events)
        for _ in range(2 if is_double else 1):
            await self._deliver(account, body)

    def _nested(self, event: Json) -> Json:
        message = STATUS_MESSAGES.get(event["statusCode"], "")
        return {
            "eventDataId": f"EV-{next(self._events):08d}",
            "retryCount": 0,
            "data": {**event, "statusMessage": message},
        }

    async def _deliver(self, account: SolapiAccount, body: bytes) -> None:
        call = Call(
            "솔라피",
            "서버",
            account.webhook_url,
            {
                "Content-Type": "application/json",
                "X-Solapi-Event-Name": EVENT_NAME,
                "X-Solapi-Secret": secret_header(account.webhook_secret),
            },
            body,
            REPORT_TIMEOUT_SECONDS,
        )
        for attempt in range(ATTEMPTS_MAX):
            if attempt:
                await self._line.pause(self._settings.report_retry_seconds)
            async with self._slots:
                reply = await self._line.post(call)
            if reply.status == HTTP_OK:
                return
