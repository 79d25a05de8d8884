"""The smallest client of the pretend NHN Cloud that the tests can do with."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import ClientResponse, FormData
from PIL import Image

from simulator.app import NHN
from simulator.nhn import Nhn
from simulator.nhn_account import NhnAccount, NhnSender, approved
from simulator.wire import Json
from tests.simulator.conftest import BOT_ID, Sim

APPKEY, SECRET, SIGNATURE = "exampleAppKey", "FAKE-NHN-SECRET", "FAKE-NHN-SIGNATURE"
SENDER_KEY = "0" * 40
TEMPLATE_CODE = "ORDER_READY"
TEXT = "#{가게}에서 알려 드려요. 적립 #{포인트}점"
SHOP_NUMBER, REFUSE_NUMBER = "0200000000", "0801234567"
FRIEND, STRANGER = "01000000001", "01000000007"
ALIMTALK = f"/alimtalk/v2.3/appkeys/{APPKEY}"
BRAND = f"/brand-message/v1.0/appkeys/{APPKEY}"


def make_account(url: str) -> NhnAccount:
    sender = NhnSender(sender_key=SENDER_KEY, bot_id=BOT_ID, plus_friend_id="@bread")
    sender.templates[TEMPLATE_CODE] = approved(TEMPLATE_CODE, TEXT)
    account = NhnAccount(
        appkey=APPKEY,
        secret_key=SECRET,
        webhook_url=f"{url}webhook" if url else "",
        webhook_signature=SIGNATURE,
    )
    account.add_sender(sender)
    return account


def person(number: str = FRIEND, key: str = "7:1001", **more: object) -> Json:
    return {"recipientNo": number, "recipientGroupingKey": key, **more}


def notice(*people: Json, **more: object) -> Json:
    values = {"가게": "연남빵집", "포인트": "3,000"}
    rows = [{"templateParameter": values, **one} for one in people or (person(),)]
    return {
        "senderKey": SENDER_KEY,
        "templateCode": TEMPLATE_CODE,
        "senderGroupingKey": "batch-481",
        "recipientList": rows,
        **more,
    }


def finished(*people: Json, **more: object) -> Json:
    """For raw-messages: the text is complete, there are no values."""
    rows = [{"content": "연남빵집에서 알려 드려요. 적립 3점", **one} for one in people]
    return {**notice(), "recipientList": rows, **more}


def free(*people: Json, **more: object) -> Json:
    rows = [{"targeting": "I", **one} for one in people or (person(),)]
    return {
        "senderKey": SENDER_KEY,
        "chatBubbleType": "TEXT",
        "content": "오늘 식빵 반값",
        "senderGroupingKey": "batch-482",
        "recipientList": rows,
        **more,
    }


@dataclass(frozen=True, slots=True)
class Cloud:
    sim: Sim
    account: NhnAccount

    @property
    def sender(self) -> NhnSender:
        return self.account.senders[SENDER_KEY]

    @property
    def nhn(self) -> Nhn:
        app = self.sim.client.app
        assert app is not None
        return app[NHN]

    async def call(
        self, method: str, path: str, json: object = None, **headers: str
    ) -> ClientResponse:
        known = {"X-Secret-Key": SECRET, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return await self.sim.client.request(method, path, json=json, headers=known)

    async def read(self, method: str, path: str, json: object = None, **headers: str) -> Json:
        return dict(await (await self.call(method, path, json, **headers)).json())

    async def alimtalk(self, *people: Json, **more: object) -> Json:
        return await self.read("POST", f"{ALIMTALK}/messages", notice(*people, **more))

    async def brand(self, *people: Json, **more: object) -> Json:
        return await self.read("POST", f"{BRAND}/freestyle-messages", free(*people, **more))

    async def picture(self, kind: str, width: int = 800, height: int = 400) -> str:
        """The address of a picture of this size, uploaded as this kind."""
        answered = await self.upload(kind, drawn(width, height))
        return str(answered["image"]["imageUrl"])

    async def upload(self, kind: str, content: bytes) -> Json:
        form = FormData({"imageType": kind})
        form.add_field("image", io.BytesIO(content), filename="bread.png", content_type="image/png")
        headers = {"X-Secret-Key": SECRET}
        reply = await self.sim.client.post(f"{BRAND}/images", data=form, headers=headers)
        return dict(await reply.json())

    async def listed(self, under: str, query: str) -> list[Json]:
        await self.sim.background.idle()
        found = await self.read("GET", f"{under}/messages?{query}")
        return list(found["messageSearchResultResponse"]["messages"])

    async def codes(self, under: str, answered: Json) -> dict[str, str | None]:
        """The delivery code of each number of a request."""
        rows = await self.listed(under, f"requestId={answered['message']['requestId']}")
        return {one["recipientNo"]: one["resultCode"] for one in rows}


def let_fall_back(cloud: Cloud) -> None:
    cloud.account.sms_appkey = "smsAppKey"
    cloud.account.sms_numbers = {SHOP_NUMBER}
    cloud.account.sms_unsubscribe_nos = {REFUSE_NUMBER}


def by_text(**more: object) -> Json:
    return {"isResend": True, "resendSendNo": SHOP_NUMBER, **more}


def drawn(width: int, height: int, form: str = "PNG") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), "wheat").save(held, form)
    return held.getvalue()


async def until(is_so: Callable[[], bool]) -> None:
    """What is reserved waits for a clock that is moved by hand, and looks at it now and then."""
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - the clock is moved by hand
            await asyncio.sleep(0.01)


def result_codes(answered: Json) -> list[int]:
    return [one["resultCode"] for one in answered["message"]["sendResults"]]
