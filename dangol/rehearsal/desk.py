"""What the program's managers do: cut the budget in mid-month, record payments, close the month."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dangol.rehearsal.scene import Scene
from dangol.rehearsal.town import give_grant
from dangol.rehearsal.values import Part, Place, Quarter
from domain.money import won
from domain.people import GrantId, StaffId
from domain.refusals import Conflict
from domain.subsidy import GrantState
from storage.desk import Tx
from subsidy.acting import Acting
from subsidy.clawing import claw_back, propose_claw_back_of, undo_claw_back
from subsidy.closing_months import close_month
from subsidy.grants import list_grants
from subsidy.wallets import top_up

TOP_UP = won(10_000)


def acting(quarter: Quarter, who: StaffId) -> Acting:
    return Acting(
        program_id=quarter.program_id, market_id=None, staff_id=who, actor=f"manager:{who}"
    )


async def grant_again(scene: Scene) -> None:
    """Each shop's second grant, started before the first one ends."""
    assert scene.quarter is not None
    for place in scene.places:
        at = scene.clock.tick()
        await scene.write(give_grant, scene.quarter.program_id, place.shop_id, 1, at)
        scene.diary.note("grants", place.index)


async def cut(scene: Scene, *, is_undone: bool) -> None:
    """The last shop's money is called back by two managers, and perhaps given back again."""
    place = scene.places[-1]
    for grant_id in await scene.books.read(_started, place, scene.clock.now()):
        await _cut(scene, grant_id, is_undone=is_undone)


def _started(tx: Tx, place: Place, at: datetime) -> Sequence[GrantId]:
    return [
        one.grant_id
        for one in list_grants(tx, place.shop_id, at)
        if one.state is GrantState.STARTED and one.left_jeon > 0
    ]


async def _cut(scene: Scene, grant_id: GrantId, *, is_undone: bool) -> None:
    assert scene.quarter is not None
    first, second = (acting(scene.quarter, who) for who in scene.quarter.managers)
    at = scene.clock.tick()
    try:
        proposal = await scene.write(
            propose_claw_back_of, first, grant_id, form_key=f"cut:{grant_id}", at=at
        )
        await scene.write(claw_back, second, proposal, scene.clock.tick())
        scene.diary.note("budget_cuts")
        if is_undone:
            await scene.write(undo_claw_back, first, proposal, scene.clock.tick())
            scene.diary.note("cuts_undone")
    except Conflict as refusal:
        scene.diary.note(f"told_no_{refusal.reason}")


async def record_payments(scene: Scene) -> None:
    """Who sends by themselves pays in when the month begins."""
    assert scene.quarter is not None
    first, _ = scene.quarter.managers
    for place in scene.places:
        if place.part is Part.WEEKLY:
            at = scene.clock.tick()
            await scene.write(
                top_up,
                place.shop_id,
                TOP_UP,
                reference=f"{at:%Y%m%d}-{place.index:04d}",
                form_key=f"rehearsal:{place.index}:{at:%Y%m%d}",
                actor=f"manager:{first}",
                at=at,
            )
            scene.diary.note("top_ups", place.index)


async def close(scene: Scene, month: date) -> None:
    """Closes a month that is over, once."""
    assert scene.quarter is not None
    actor = f"manager:{scene.quarter.managers[0]}"
    at = scene.clock.tick()
    await scene.write(close_month, scene.quarter.program_id, month, actor=actor, at=at)
    scene.diary.note("months_closed")


def month_to_close(day: date) -> date | None:
    """On the second of a month, the one before."""
    first = month_of_day(day) - timedelta(days=1)
    return first.replace(day=1) if day.day == 2 else None  # noqa: PLR2004 - the second


def month_of_day(day: date) -> date:
    return day.replace(day=1)
