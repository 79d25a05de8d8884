"""Messages of which nobody can say whether they arrived: what is known, and a person's decision."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from campaigns.doubts import decide_unknown, list_undecided
from console.answers import say, see_other, show
from console.forms import read_form
from console.keys import BOOKS, MANAGER, NOW, Manager
from domain.people import ChunkId
from storage.desk import Tx
from storage.queries.doubts import Undecided

PAGE = "/manager/doubts"
DECISIONS: Mapping[str, bool] = {"delivered": True, "failed": False}
NOT_CHOSEN = "둘 중 하나를 골라 주세요."


async def show_doubts(request: web.Request) -> web.Response:
    return await _show(request)


async def decide(request: web.Request) -> web.Response:
    """Decided once: what is said of it later by anybody changes nothing any more."""
    manager, form = request[MANAGER], await read_form(request)
    chunk_id = ChunkId(int(request.match_info["id"]))
    is_delivered = DECISIONS.get(form.text("as"))
    if is_delivered is None:
        return await _show(request, wrong={f"as-{chunk_id}": NOT_CHOSEN})
    await request.app[BOOKS].write(
        decide_unknown,
        chunk_id,
        program_id=manager.program_id,
        market_id=manager.market_id,
        is_delivered=is_delivered,
        actor=manager.actor,
        at=request.app[NOW](),
    )
    await say(request, "doubt_decided")
    return see_other(PAGE)


async def _show(request: web.Request, wrong: Mapping[str, str] | None = None) -> web.Response:
    manager = request[MANAGER]
    doubts = await request.app[BOOKS].read(read_doubts, manager, request.app[NOW]())
    return await show(
        request,
        "manager/doubts.html",
        status=422 if wrong else 200,
        doubts=doubts,
        manager=manager,
        wrong=wrong or {},
    )


def read_doubts(tx: Tx, manager: Manager, at: datetime) -> list[Undecided]:
    return list_undecided(tx, program_id=manager.program_id, market_id=manager.market_id, at=at)
