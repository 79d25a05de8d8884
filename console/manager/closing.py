"""Closing the program: what would happen, and asking a second person to approve it."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import new_key, read_form
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.acts import acting
from domain.people import ProposalId
from storage.desk import Tx
from storage.queries.closing import MoneyOut
from storage.queries.programs import ProgramView, get_program_view
from subsidy.closing import look_at_closing, propose_closing


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingView:
    program: ProgramView
    out: MoneyOut


async def show_closing(request: web.Request) -> web.Response:
    manager = request[MANAGER]
    seen = await request.app[BOOKS].read(read_closing, manager, request.app[NOW]())
    return await show(
        request, "manager/closing.html", seen=seen, form_key=new_key(), manager=manager
    )


async def propose(request: web.Request) -> web.Response:
    form = await read_form(request)
    manager, at = request[MANAGER], request.app[NOW]()
    act_id = await request.app[BOOKS].write(_propose, manager, form.text("form_key"), at)
    await say(request, "act_proposed")
    return see_other(f"/manager/acts/{act_id}")


def read_closing(tx: Tx, manager: Manager, at: datetime) -> ClosingView:
    return ClosingView(
        program=get_program_view(tx, manager.program_id),
        out=look_at_closing(tx, acting(manager), at),
    )


def _propose(tx: Tx, manager: Manager, form_key: str, at: datetime) -> ProposalId:
    return propose_closing(tx, acting(manager), form_key=form_key, at=at)
