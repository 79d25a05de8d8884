"""A program from its first day to its last: each day's deeds in order, the worker between them."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from dangol.rehearsal import desk, owners, people
from dangol.rehearsal.scene import NeverStillError, Scene, open_scene
from dangol.rehearsal.town import (
    draw_regulars,
    note_settled,
    open_quarter,
    people_world,
    place_person,
    settle,
)
from dangol.rehearsal.values import START, Options, Part
from dangol.rehearsal.verdict import Verdict, judge
from domain.people import CustomerId
from domain.time import in_kst, kst_instant

LOOKS: Final = (time(4, 10), time(9, 31), time(10, 5), time(15, 2), time(20, 46), time(21, 5))
"""When the worker looks although nothing is due: the hours at which things happen by themselves."""

GRANT_AFTER, CUT_AFTER = 7, 0.5
LAST_DAYS: Final = timedelta(days=2)
"""How long what is under way on the last day may take to come to its end."""

Act = Callable[[], Awaitable[object]]
Agenda = list[tuple[datetime, int, Act]]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Lived:
    scene: Scene
    verdict: Verdict


@asynccontextmanager
async def living(
    options: Options, database_url: str, tell: Told = lambda _: None
) -> AsyncIterator[Lived]:
    """Lives through the program and judges it, both sides still open; `tell` hears of each day
    that is over.
    """
    with _troubles_unsaid():
        async with open_scene(options, database_url) as scene:
            await _open(scene)
            try:
                await _live_days(scene, tell)
            except NeverStillError as problem:
                scene.complaints.heard.append(repr(problem))
            yield Lived(scene, await judge(scene))


@contextmanager
def _troubles_unsaid() -> Iterator[None]:
    """Troubles are what we are here for; bugs are heard all the same (Complaints)."""
    root = logging.getLogger()
    kept, silence = root.handlers[:], logging.NullHandler()
    root.handlers[:] = [silence]
    try:
        yield
    finally:
        root.handlers[:] = kept


async def _open(scene: Scene) -> None:
    scene.quarter = await scene.books.write(open_quarter, scene.options)
    people_world(scene.world, scene.places, scene.post.door, scene.post.address)
    for place in scene.places:
        regulars = draw_regulars(scene.options, place)
        for one in regulars:
            scene.people[one.person_id] = one
            place_person(scene.world, place, one, is_friend=True)
        keys = [scene.world.bot_user_key(one.person_id, place.bot_id) for one in regulars]
        settled = await scene.books.write(settle, place, regulars, keys, scene.options.seed)
        note_settled(scene.diary, settled)
        for one, customer_id, _ in settled:
            one.customer_id = CustomerId(customer_id)
        if place.part is Part.NUDGED:
            await owners.pair(scene, place)
        if place.part is Part.SERIES:
            await owners.begin_series(scene, place)


async def _live_days(scene: Scene, tell: Told) -> None:
    first, seen = in_kst(START).date(), 0
    for number in range(scene.options.days):
        day = first + timedelta(days=number)
        for at, _, act in _agenda(scene, day, number):
            await scene.live_until(at)
            await act()
            await scene.work()
        seen = people.wake(scene, seen)
        tell(number + 1)
    await _end(scene)


async def _end(scene: Scene) -> None:
    """The last letters come, and what is under way ends."""
    for place in scene.places:
        await owners.end_all_series(scene, place)
        await owners.resume(scene, place)
    await scene.live_until(scene.clock.now() + LAST_DAYS)
    await scene.post.deliver_due(everything=True)
    await scene.live_until(scene.clock.now() + LAST_DAYS)


def _agenda(scene: Scene, day: date, number: int) -> Agenda:
    """The day's deeds in the order of their hours; equal hours keep the order of writing."""
    found: list[tuple[datetime, Act]] = [(kst_instant(day, at), scene.work) for at in LOOKS]
    noon = kst_instant(day, time(13))
    found += [(noon, partial(people.visit, scene, place, day)) for place in scene.places]
    found += [(at, partial(people.join, scene, one)) for at, one in people.newcomers(scene, day)]
    deeds = people.deeds(scene, day)
    found += [(at, partial(PEOPLE[what], scene, person)) for at, what, person in deeds]
    business = owners.deeds(scene, day)
    found += [(at, partial(OWNERS[what], scene, place)) for at, what, place in business]
    found += [(kst_instant(day, time(9, 10)), act) for act in _desk(scene, day, number)]
    ordered = [(at, turn, act) for turn, (at, act) in enumerate(found)]
    return sorted((one for one in ordered if one[0] >= START), key=lambda one: one[:2])


PEOPLE = {"refuse": Scene.refuse, "block": people.block, "come_back": people.come_back}
OWNERS = {
    "take": owners.take,
    "send": owners.send,
    "waver": owners.waver,
    "resume": owners.resume,
}


def _desk(scene: Scene, day: date, number: int) -> Iterator[Act]:
    if number == GRANT_AFTER:
        yield partial(desk.grant_again, scene)
    if number == int(scene.options.days * CUT_AFTER) + 1:
        yield partial(desk.cut, scene, is_undone=scene.options.seed % 2 == 0)
    if number % 10 == GRANT_AFTER:
        yield partial(desk.record_payments, scene)
    if month := desk.month_to_close(day):
        yield partial(desk.close, scene, month)
