"""Hooks to an account's address: results, templates, and who answered 080 (providers.md B8)."""

import asyncio
import itertools
import random
from collections.abc import Callable
from datetime import datetime

import orjson

from simulator.background import Background
from simulator.clock import KST, kst_stamp
from simulator.faults import Faults
from simulator.nhn_account import NhnAccount, NhnSender, NhnTemplate
from simulator.nhn_book import Recipient, Request
from simulator.nhn_wire import shown_date
from simulator.settings import Settings
from simulator.wire import Call, Json, Line

HOST = "https://kakaotalk-bizmessage.api.nhncloudservice.com"
PRODUCT_NAME = "KakaoTalk Bizmessage"
HOOK_TIMEOUT_SECONDS = 10
HTTP_OK = 200
FAULT_POINT = "reports"  # the name SOLAPI's have, too


class Hooks:
    def __init__(
        self,
        line: Line,
        settings: Settings,
        background: Background,
        faults: Faults,
        now: Callable[[], datetime],
    ) -> None:
        self._line = line
        self._settings = settings
        self._background = background
        self._faults = faults
        self._now = now
        self._ids = itertools.count(1)
        self._random = random.Random(0)  # noqa: S311 - only shuffles
        self._slots = asyncio.Semaphore(settings.reports_at_once_max)

    def tell_results(self, request: Request, people: list[Recipient]) -> None:
        hooks = [self._result(request, one) for one in people]
        self._tell_later(request.account, "MESSAGE_RESULT_UPDATE", hooks, PRODUCT_NAME)

    def tell_template(self, account: NhnAccount, sender: NhnSender, template: NhnTemplate) -> None:
        hook = {
            "senderKey": sender.sender_key,
            "templateCode": template.code,
            "kakaoTemplateCode": template.code,
            "status": template.status,
            "comments": template.comments,
            "updateDate": shown_date(template.updated_at, self._settings),
            "hookId": self._next_id(),
        }
        self._tell_later(account, self._settings.nhn_template_event, [hook], PRODUCT_NAME)

    def tell_unsubscribed(self, account: NhnAccount, number: str, refused_by: str) -> None:
        """The sister SMS service's event; its own form of dates, from its own document."""
        at = self._now().astimezone(KST)
        hook = {
            "hookId": self._next_id(),
            "recipientNo": number,
            "unsubscribeNo": refused_by,
            "enterpriseName": account.enterprise_name,
            "createdDateTime": at.isoformat(timespec="milliseconds"),
        }
        self._tell_later(account, "UNSUBSCRIBE", [hook], "SMS")

    def _result(self, request: Request, one: Recipient) -> Json:
        settings = self._settings
        service = "brand-message/v1.0" if request.is_brand else "alimtalk/v2.3"
        path = f"appkeys/{request.account.appkey}/messages/{request.request_id}/{one.seq}"
        return {
            "hookId": self._next_id(),
            "kakaoMessageType": request.kind,
            "requestId": request.request_id,
            "recipientSeq": one.seq,
            "recipientNo": one.number,
            "resultCode": one.code,
            "requestDate": shown_date(request.request_at, settings),
            "createDate": shown_date(request.created_at, settings),
            "receiveDate": shown_date(one.received_at, settings),
            "senderGroupingKey": request.text_of("senderGroupingKey"),
            "recipientGroupingKey": one.grouping_key,
            "isAddedChannel": one.is_friend,  # null outside brand
            "_links": {"self": {"href": f"{HOST}/{service}/{path}"}},
        }

    def _next_id(self) -> str:
        return f"{kst_stamp(self._now())}{next(self._ids):011d}"

    def _tell_later(self, account: NhnAccount, event: str, hooks: list[Json], product: str) -> None:
        if account.webhook_url:
            self._background.spawn(self._tell(account, event, hooks, product), "nhn hooks")

    async def _tell(self, account: NhnAccount, event: str, hooks: list[Json], product: str) -> None:
        if self._settings.report_shuffle:
            self._random.shuffle(hooks)
        await asyncio.sleep(self._settings.report_delay_seconds)
        fault = self._faults.take(FAULT_POINT)
        if fault and fault.kind == "drop_reports":
            return
        if fault and fault.kind == "delay_reports":
            await asyncio.sleep(fault.seconds)
        is_double = self._settings.report_duplicate or (
            fault is not None and fault.kind == "duplicate_reports"
        )
        for _ in range(2 if is_double else 1):
            await self._deliver(account, self._envelope(account, event, hooks, product))

    def _envelope(self, account: NhnAccount, event: str, hooks: list[Json], product: str) -> bytes:
        """`hooksId` is new each time; the hooks in it keep their own."""
        is_sms = product == "SMS"
        return orjson.dumps(
            {
                "hooksId": self._next_id(),
                "webhookConfigId": account.webhook_config_id,
                "productName": product,
                "appKey": account.sms_appkey if is_sms else account.appkey,
                "event": event,
                "hooks": hooks,
            }
        )

    async def _deliver(self, account: NhnAccount, body: bytes) -> None:
        call = Call(
            "NHN 클라우드",
            "서버",
            account.webhook_url,
            {
                # The sample call shows X-Secret-Key, too; its table of headers does not (B8).
                "Content-Type": "application/json;charset=UTF-8",
                "X-Toast-Webhook-Signature": account.webhook_signature,
            },
            body,
            HOOK_TIMEOUT_SECONDS,
        )
        for attempt in range(max(1, self._settings.nhn_hook_attempts)):
            if attempt:
                await asyncio.sleep(self._settings.report_retry_seconds)
            async with self._slots:
                reply = await self._line.post(call)
            if reply.status == HTTP_OK:
                return
