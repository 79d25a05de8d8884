"""The world's clock pushed forward, by a button or by another program; never back."""

from datetime import datetime, timedelta

from aiohttp import web

from simulator.clock import KST, LEAPS, Pushable, iso_utc, landing, system_now
from simulator.doors import back_to, read_form
from simulator.wire import Json, answer, read_object
from simulator.world import World

LEAP_MAX = timedelta(days=366)


class TimeMachine:
    """Without a clock that can be pushed there are no buttons, and a push is refused."""

    def __init__(self, world: World, clock: Pushable | None) -> None:
        self._world = world
        self._clock = clock
        world.is_pushable = clock is not None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/clock", self.press),
            web.get("/sim/clock", self.tell),
            web.post("/sim/clock", self.push),
        ]

    async def press(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        leap = form.get("leap", "")
        if leap not in LEAPS:
            raise web.HTTPBadRequest(text="그런 버튼은 없어요.")
        self._push_to(landing(leap, self._world.now()))
        return back_to(form)

    async def tell(self, request: web.Request) -> web.Response:
        del request
        return answer(self._as_json())

    async def push(self, request: web.Request) -> web.Response:
        """`{"by_seconds": 600}`, `{"to": "2026-11-24T10:00:00+09:00"}` or `{"leap": "tomorrow"}`."""
        try:
            self._push_to(_wanted(await read_object(request), self._world.now()))
        except (ValueError, TypeError, OverflowError) as error:
            return answer({"error": str(error)}, status=400)
        except web.HTTPConflict as refused:
            return answer({"error": refused.text}, status=409)
        return answer(self._as_json())

    def _as_json(self) -> Json:
        """How far ahead of the system's clock: what another program adds to follow."""
        now = self._world.now()
        ahead = (now - system_now()).total_seconds()
        moves = self._clock is not None
        return {"now": iso_utc(now), "ahead_seconds": round(ahead, 3), "can_be_pushed": moves}

    def _push_to(self, at: datetime) -> None:
        if self._clock is None:
            raise web.HTTPConflict(text="이 세상의 시계는 앞으로 돌릴 수 없어요.")
        now = self._world.now()
        if not now <= at <= now + LEAP_MAX:
            raise ValueError(f"앞으로만, 한 번에 {LEAP_MAX.days}일까지 돌릴 수 있어요.")
        self._clock.push_to(at)


def _wanted(body: Json, now: datetime) -> datetime:
    match body:
        case {"by_seconds": int() | float() as seconds}:
            return now + timedelta(seconds=seconds)
        case {"to": str() as words}:
            at = datetime.fromisoformat(words)
            return at if at.tzinfo else at.replace(tzinfo=KST)
        case {"leap": str() as leap} if leap in LEAPS:
            return landing(leap, now)
    raise ValueError('{"by_seconds": 600}, {"to": "2026-11-24T10:00:00+09:00"}')
