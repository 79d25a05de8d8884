"""The whole program on one screen: the money, the shops, and who has fallen asleep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from console.answers import show
from console.keys import BOOKS, MANAGER, NOW
from domain.money import Jeon
from domain.people import ProgramId
from storage.desk import Tx
from storage.queries.places import get_program
from subsidy.money import ProgramMoney, ShopLine, program_lines, program_money

ASLEEP_AFTER = timedelta(days=14)
"""A shop that sends each week has missed twice by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    program_name: str
    money: ProgramMoney
    lines: Sequence[ShopLine]
    asleep: frozenset[int]

    @property
    def spent_by_shops_jeon(self) -> Jeon:
        """The rest of what was spent went from the operating account."""
        return Jeon(sum(line.money.spent_jeon for line in self.lines))

    @property
    def offered_jeon(self) -> Jeon:
        """Granted, and not started by its shop yet: it stands in no shop's `left`."""
        return Jeon(sum(line.money.offered_jeon for line in self.lines))


async def show_overview(request: web.Request) -> web.Response:
    manager = request[MANAGER]
    seen = await request.app[BOOKS].read(read_overview, manager.program_id, request.app[NOW]())
    return await show(request, "manager/overview.html", seen=seen, manager=manager)


def read_overview(tx: Tx, program_id: ProgramId, at: datetime) -> Overview:
    lines = program_lines(tx, program_id, at)
    return Overview(
        program_name=get_program(tx, program_id)[0],
        money=program_money(tx, program_id),
        lines=lines,
        asleep=frozenset(line.shop_id for line in lines if is_asleep(line, at)),
    )


def is_asleep(line: ShopLine, at: datetime) -> bool:
    return line.last_sent_at is None or line.last_sent_at < at - ASLEEP_AFTER
