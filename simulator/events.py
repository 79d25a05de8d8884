"""The Event API: the bot speaks first, through the skill (kakao-chatbot.md section 4)."""

import asyncio
import uuid
from collections.abc import Mapping

from aiohttp import web

from simulator.chats import Block
from simulator.kakao import Kakao
from simulator.skill import ERROR_PARAMETER, Answer, Turn
from simulator.tasks import Task
from simulator.values import Bot
from simulator.wire import Json, answer, read_object

USERS_MAX = 100
TASKS_KEPT_MAX = 20_000
USER_TYPES = ("botUserKey", "plusfriendUserKey", "appUserId")
AUTH_SCHEME = "KakaoAK "


class BadRequestError(Exception):
    """Refused before a task exists."""


class Events:
    def __init__(self, kakao: Kakao) -> None:
        self._kakao = kakao
        self._world = kakao.world
        self._tasks: dict[str, Task] = {}
        self._running = 0
        self._freed = asyncio.Condition()

    async def talk(self, request: web.Request) -> web.Response:
        bot = self._world.bots.get(request.match_info["bot_id"].removesuffix("!"))
        if bot is None:
            return self._refuse("없는 봇")
        if not is_authorized(request, bot):
            return unauthorized()
        try:
            body = await read_object(request)
            block = _block(body, bot)
            users = _users(body)
        except (ValueError, BadRequestError) as error:
            return self._refuse(str(error))
        task = self._open(bot, len(users))
        params = _texts(body.get("params"))
        self._kakao.background.spawn(self._run(task, bot, block, users, params), "event task")
        return answer(self._receipt(task.task_id, "SUCCESS"))

    async def look_up(self, request: web.Request) -> web.Response:
        task = self._tasks.get(request.match_info["task_id"])
        if task is None or not is_authorized(request, self._world.bot(task.bot_id)):
            return unauthorized() if task else answer({"msg": "task not found"}, status=404)
        return answer(task.as_json())

    def _open(self, bot: Bot, count: int) -> Task:
        while len(self._tasks) >= TASKS_KEPT_MAX:
            self._tasks.pop(next(iter(self._tasks)))
        task = Task(str(uuid.uuid4()), bot.bot_id, count)
        self._tasks[task.task_id] = task
        return task

    def _receipt(self, task_id: str, status: str) -> Json:
        now_ms = int(self._world.now().timestamp() * 1000)
        return {"taskId": task_id, "status": status, "timestamp": now_ms}

    def _refuse(self, message: str) -> web.Response:
        """The HTTP status of a FAIL is not documented; 200 with the status inside."""
        return answer({**self._receipt(str(uuid.uuid4()), "FAIL"), "message": message})

    async def _run(
        self, task: Task, bot: Bot, block: Block, users: list[Json], params: Mapping[str, str]
    ) -> None:
        await asyncio.gather(*(self._one(task, bot, block, user, params) for user in users))

    async def _one(
        self, task: Task, bot: Bot, block: Block, user: Json, params: Mapping[str, str]
    ) -> None:
        at_seconds = int(self._world.now().timestamp())
        person = self._world.person_by_key(bot.bot_id, user["type"], user["id"])
        if person is None:
            task.unresolved_count += 1  # counted, never listed (4.2)
        elif not self._world.is_friend(person.person_id, bot.bot_id):
            task.fail(user, at_seconds, ERROR_PARAMETER, "채널 친구가 아니거나 차단한 사용자")
        else:
            # The utterance of an event call is not documented; the block's name stands in.
            properties = _texts(user.get("properties"))
            turn = Turn(block, block.name, params=params, properties=properties)
            await self._take_slot()
            try:
                shown = await self._kakao.run(person.person_id, bot, turn, via="event", tags=params)
            finally:
                await self._free_slot()
            if shown.error_type:
                task.fail(user, at_seconds, shown.error_type, shown.problem)
            else:
                task.success_count += 1

    async def _take_slot(self) -> None:
        """A condition rather than a semaphore, so that the limit may change while running."""
        async with self._freed:
            await self._freed.wait_for(
                lambda: self._running < self._kakao.settings.event_concurrency_max
            )
            self._running += 1

    async def _free_slot(self) -> None:
        async with self._freed:
            self._running -= 1
            self._freed.notify()

    async def call_back(self, request: web.Request) -> web.Response:
        """The late answer of a skill; single use, within a minute (section 3)."""
        taken = self._kakao.callbacks.take(
            request.match_info["bot_id"], request.match_info["token"]
        )
        if isinstance(taken, str):
            return self._refuse(taken)
        try:
            reply = await read_object(request)
        except ValueError:
            return self._refuse("콜백 본문이 JSON이 아님")
        person = self._world.person(taken.person_id)
        shown = self._kakao.show(person, taken.bot, taken.block, Answer(reply))
        if shown.error_type:
            return self._refuse(shown.problem)
        return answer(self._receipt(str(uuid.uuid4()), "SUCCESS"))


def is_authorized(request: web.Request, bot: Bot) -> bool:
    return request.headers.get("Authorization") == AUTH_SCHEME + bot.rest_api_key


def unauthorized() -> web.Response:
    return answer({"msg": "wrong appKey", "code": -401}, status=401)


def _block(body: Json, bot: Bot) -> Block:
    event = body.get("event")
    name = event.get("name") if isinstance(event, dict) else None
    block_id = bot.events.get(name) if isinstance(name, str) else None
    if not isinstance(name, str) or block_id is None:
        raise BadRequestError(f"없는 이벤트 {name}")
    return Block(block_id, bot.block_name(block_id) or name)


def _users(body: Json) -> list[Json]:
    users = body.get("user")
    if not isinstance(users, list) or not 1 <= len(users) <= USERS_MAX:
        raise BadRequestError(f"user는 1..{USERS_MAX}명")
    for user in users:
        if not isinstance(user, dict) or user.get("type") not in USER_TYPES:
            raise BadRequestError("user[].type이 맞지 않음")
        if not isinstance(user.get("id"), str):
            raise BadRequestError("user[].id 없음")
    if len({(user["type"], user["id"]) for user in users}) < len(users):
        raise BadRequestError("user에 중복된 사용자")
    return users


def _texts(values: object) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    return {
        str(key): value if isinstance(value, str) else str(value) for key, value in values.items()
    }
