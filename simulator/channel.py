"""Who added or blocked a channel: the webhook and the relation lookup (kakao-chatbot.md 5)."""

import orjson
from aiohttp import web

from simulator.clock import iso_utc
from simulator.faults import Faults
from simulator.kakao import Kakao
from simulator.values import RelationChange
from simulator.wire import USER_AGENT, Call, Json, answer

WEBHOOK_TIMEOUT_SECONDS = 3  # 5.1
CHANNEL_IDS_MAX = 100
FAULT_POINT = "webhooks"


class Channels:
    def __init__(self, kakao: Kakao, faults: Faults) -> None:
        self._kakao = kakao
        self._faults = faults
        self._world = kakao.world

    def tell_later(self, change: RelationChange) -> None:
        if self._world.bot(change.bot_id).webhook_url:
            self._kakao.background.spawn(self.tell(change), "channel webhook")

    async def tell(self, change: RelationChange) -> None:
        """Once, without a retry: none is stated for this webhook (5.1, rule 10)."""
        fault = self._faults.take(FAULT_POINT)
        if fault and fault.kind == "drop_reports":
            return
        if fault and fault.kind == "delay_reports":
            await self._kakao.line.pause(fault.seconds)
        call = self._call(change)
        for _ in range(2 if fault and fault.kind == "duplicate_reports" else 1):
            await self._kakao.line.post(call)

    def _call(self, change: RelationChange) -> Call:
        bot, person = self._world.bot(change.bot_id), self._world.person(change.person_id)
        is_known = bool(person.app_user_id) and person.shares_channel_state
        body = {
            "event": change.event,
            # The nature of open_id is unknown; all we know is that it joins to nothing.
            "id": person.app_user_id if is_known else self._world.open_id(person.person_id),
            "id_type": "app_user_id" if is_known else "open_id",
            "channel_public_id": bot.channel_public_id,
            "channel_uuid": bot.channel_uuid,
            "updated_at": iso_utc(change.at)[:-5] + "Z",
        }
        headers = {
            "Authorization": f"KakaoAK {bot.admin_key}",
            "X-Kakao-Resource-ID": change.resource_id,
            "User-Agent": USER_AGENT,
            "Content-Type": "application/json",
        }
        return Call(
            "카카오톡",
            bot.name,
            bot.webhook_url,
            headers,
            orjson.dumps(body),
            WEBHOOK_TIMEOUT_SECONDS,
        )

    async def relations(self, request: web.Request) -> web.Response:
        """GET /v2/api/talk/channels in its admin key form (5.2)."""
        wanted = [one for one in request.query.get("channel_ids", "").split(",") if one]
        key = request.headers.get("Authorization", "").removeprefix("KakaoAK ")
        bots = [bot for bot in self._world.bots.values() if bot.admin_key and bot.admin_key == key]
        if not bots:
            return answer({"msg": "wrong appKey", "code": -401}, status=401)
        target = request.query.get("target_id", "")
        person = self._world.person_by_key("", "appUserId", target)
        if person is None or request.query.get("target_id_type") != "user_id":
            return answer({"msg": "not registered user", "code": -101}, status=400)
        channels: list[Json] = []
        for bot in bots[:CHANNEL_IDS_MAX]:
            if wanted and bot.channel_public_id not in wanted:
                continue
            at = self._world.related_at(person.person_id, bot.bot_id)
            channels.append(
                {
                    "channel_uuid": bot.channel_uuid,
                    "channel_public_id": bot.channel_public_id,
                    "relation": self._world.relation(person.person_id, bot.bot_id),
                    "updated_at": iso_utc(at)[:-5] + "Z" if at else None,
                }
            )
        return answer({"user_id": int(target), "channels": channels})
