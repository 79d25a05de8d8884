"""Late answers: one-time addresses that live a minute (kakao-chatbot.md section 3)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.chats import Block
from simulator.settings import Settings
from simulator.values import Bot
from simulator.world import World

CALLBACK_SECONDS = 60
WAITING_MAX = 10_000


@dataclass(slots=True)
class Waiting:
    person_id: str
    bot: Bot
    block: Block
    url: str
    expires_at: datetime
    is_promised: bool = False


class Callbacks:
    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._settings = settings
        self._waiting: dict[str, Waiting] = {}

    def expect(self, person_id: str, bot: Bot, block: Block) -> Waiting:
        token = uuid.uuid4().hex
        url = f"{self._settings.public_url}/v1/bots/{bot.bot_id}/callback/{token}"
        expires_at = self._world.now() + timedelta(seconds=CALLBACK_SECONDS)
        while len(self._waiting) >= WAITING_MAX:
            self._waiting.pop(next(iter(self._waiting)))
        waiting = self._waiting[token] = Waiting(person_id, bot, block, url, expires_at)
        return waiting

    def take(self, bot_id: str, token: str) -> Waiting | str:
        """The open promise, used up by being taken; or why there is none."""
        waiting = self._waiting.get(token)
        if waiting is None:
            return "유효하지 않은 토큰"
        if waiting.bot.bot_id != bot_id.removesuffix("!"):
            return "봇 id가 맞지 않음"
        if not waiting.is_promised:
            return "스킬이 useCallback:true로 응답하지 않음"
        del self._waiting[token]
        if self._world.now() >= waiting.expires_at:
            return "만료된 토큰 (1분)"
        return waiting
