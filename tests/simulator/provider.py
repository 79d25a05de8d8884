"""The smallest client of the pretend provider that the tests can do with."""

import uuid
from dataclasses import dataclass

from aiohttp import ClientResponse

from simulator.clock import iso_utc
from simulator.solapi_auth import sign
from simulator.wire import Json

from .conftest import PF_ID, Sim


def authorization(sim: Sim) -> str:
    date, salt = iso_utc(sim.clock()), uuid.uuid4().hex
    signature = sign(sim.account.api_secret, date, salt)
    key = sim.account.api_key
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"


def brand(to: str, key: str = "k1", **bms: object) -> Json:
    block = {"targeting": "I", "chatBubbleType": "TEXT", "content": "오늘 식빵 반값", **bms}
    return {
        "to": to,
        "type": "BMS_FREE",
        "kakaoOptions": {"pfId": PF_ID, "bms": block},
        "customFields": {"sendKey": key},
    }


@dataclass(frozen=True, slots=True)
class Provider:
    sim: Sim

    async def call(self, method: str, path: str, json: object = None) -> ClientResponse:
        headers = {"Authorization": authorization(self.sim)}
        return await self.sim.client.request(method, path, json=json, headers=headers)

    async def read(self, method: str, path: str, json: object = None) -> Json:
        return dict(await (await self.call(method, path, json)).json())

    async def group(self, *messages: Json, **options: object) -> str:
        """A group with these messages in it; its id."""
        made = await self.read("POST", "/messages/v4/groups", options)
        group_id = str(made["groupId"])
        if messages:
            await self.add(group_id, *messages)
        return group_id

    async def add(self, group_id: str, *messages: Json) -> Json:
        path = f"/messages/v4/groups/{group_id}/messages"
        return await self.read("PUT", path, {"messages": list(messages)})

    async def send(self, group_id: str) -> Json:
        return await self.read("POST", f"/messages/v4/groups/{group_id}/send")

    async def info(self, group_id: str) -> Json:
        await self.sim.background.idle()
        return await self.read("GET", f"/messages/v4/groups/{group_id}")

    async def codes(self, group_id: str) -> dict[str, str]:
        await self.sim.background.idle()
        listed = await self.read("GET", f"/messages/v4/groups/{group_id}/messages?limit=500")
        return {one["to"]: one["statusCode"] for one in listed["messageList"].values()}
