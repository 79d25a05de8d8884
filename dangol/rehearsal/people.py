"""What regulars do on a day: come, refuse, block, come back, and somebody new joins."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from dangol.rehearsal.scene import Scene
from dangol.rehearsal.town import app_user_id, draw_regular, place_person
from dangol.rehearsal.values import Place, Regular, twin_of
from domain.people import CustomerId, ShopId
from domain.refusals import Conflict
from domain.time import in_kst, kst_instant
from loyalty.sales import Sale
from loyalty.visits import stamp_person
from storage.desk import Tx
from storage.queries.customers import list_by_app_user

REFUSES, BLOCKS, COMES_BACK, JOINS = 0.004, 0.003, 0.06, 0.35
"""Chances on a day: of one regular, of one regular, of who blocked or refused, of one shop."""

WOKEN = 0.04
WOKEN_FOR = timedelta(days=7)
"""An assumption, not a finding: how much likelier somebody comes on each day of the week after a
message. What the report says about visits rests on it.
"""

DAY_FROM, DAY_MINUTES = time(11), 540


def habit(scene: Scene, one: Regular, day: date, what: str) -> random.Random:
    """One person's chance on one day; the same for twins, whatever else happens."""
    twin = twin_of(one.place)
    return random.Random(  # noqa: S311 - a story, not a secret
        f"{scene.options.seed}:{what}:{twin}:{one.number}:{day.isoformat()}"
    )


def comes(scene: Scene, one: Regular, day: date, at: datetime) -> bool:
    if one.customer_id is None or (one.quiet_from and day >= one.quiet_from):
        return False
    is_woken = one.woken_until is not None and at < one.woken_until
    return habit(scene, one, day, "visit").random() < 1 / one.gap_days + WOKEN * is_woken


async def visit(scene: Scene, place: Place, day: date) -> None:
    """The day's visits of one shop, as the counter writes them down."""
    at = scene.clock.now()
    coming = [one for one in scene.regulars(place) if comes(scene, one, day, at)]
    ids = [one.customer_id for one in coming if one.customer_id is not None]
    count = await scene.write(_stamp_all, place, ids, day, at)
    scene.diary.note("visits", place.index, count)


def _stamp_all(tx: Tx, place: Place, ids: Sequence[CustomerId], day: date, at: datetime) -> int:
    return sum(_stamp(tx, place.shop_id, one, place.owner, day, at) for one in ids)


def _stamp(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, actor: str, day: date, at: datetime
) -> bool:
    sale = Sale(key=f"visit:{customer_id}:{day}", actor=actor)
    try:
        return not stamp_person(tx, shop_id, customer_id, sale, at).is_repeated
    except Conflict:  # twice on a day whose visit came late over midnight
        return False


Deed = tuple[datetime, str, Regular]


def deeds(scene: Scene, day: date) -> Iterator[Deed]:
    """Who changes their mind today, and when; looked at in the morning."""
    now = kst_instant(day, DAY_FROM)
    for one in scene.people.values():
        if one.customer_id is None:
            continue
        chance = habit(scene, one, day, "mind")
        at = now + timedelta(minutes=chance.randint(0, DAY_MINUTES))
        draw = chance.random()
        wants = scene.diary.wanted(one.person_id, now)
        if one.is_blocking or wants is False:
            if draw < COMES_BACK:
                yield at, "come_back", one
        elif draw < REFUSES and wants:
            yield at, "refuse", one
        elif draw < REFUSES + BLOCKS:
            yield at, "block", one


def newcomers(scene: Scene, day: date) -> Iterator[tuple[datetime, Place]]:
    for place in scene.places:
        twin = twin_of(place.index)
        rng = random.Random(f"{scene.options.seed}:joins:{twin}:{day}")  # noqa: S311 - a story
        if rng.random() < JOINS:
            yield kst_instant(day, DAY_FROM) + timedelta(minutes=rng.randint(0, DAY_MINUTES)), place


async def block(scene: Scene, one: Regular) -> None:
    """Blocks the channel; Kakao tells us, perhaps late or never."""
    scene.clock.tick()
    scene.world.block(one.person_id, scene.places[one.place].bot_id, notify=True)
    await scene.background.idle()
    one.is_blocking = True
    scene.diary.note("blocked", one.place)
    scene.clock.tick()


async def come_back(scene: Scene, one: Regular) -> None:
    """Adds the channel again, which restores nothing; half of them agree afresh in the chat."""
    place = scene.places[one.place]
    scene.clock.tick()
    if one.is_blocking:
        scene.world.add_friend(one.person_id, place.bot_id, notify=True)
        await scene.background.idle()
        one.is_blocking = False
        scene.diary.note("came_back", one.place)
    chance = habit(scene, one, in_kst(scene.clock.now()).date(), "again")
    if chance.random() < 0.5:  # noqa: PLR2004 - the half named above
        await scene.say(one, "소식 받을래요")
        await agree(scene, one)


async def agree(scene: Scene, one: Regular) -> None:
    """Presses yes under the text of the consent, if it is asked for."""
    asked_at = scene.clock.tick()
    try:
        await scene.press(one, "네, 소식 받을래요")
    except KeyError:
        return  # they are asked nothing: what they agreed to still stands
    scene.diary.choose(one.person_id, asked_at, wants=True)
    scene.diary.note("agreed", one.place)
    scene.clock.tick()


async def join(scene: Scene, place: Place) -> None:
    """Somebody new adds the channel, joins in the chat, agrees and leaves a number."""
    number = max(one.number for one in scene.regulars(place)) + 1
    twin = twin_of(place.index)
    rng = random.Random(f"{scene.options.seed}:new:{twin}:{number}")  # noqa: S311 - a story
    one = draw_regular(rng, place.index, number, scene.options)
    scene.people[one.person_id] = one
    place_person(scene.world, place, one, is_friend=False)
    scene.clock.tick()
    scene.world.add_friend(one.person_id, place.bot_id, notify=True)
    await scene.background.idle()
    await scene.kakao.enter(one.person_id, place.bot_id)
    await scene.say(one, "단골 되기")
    await scene.press(one, "네, 14세 이상이에요")
    await agree(scene, one)
    await scene.say(one, one.phone)
    found = await scene.books.read(list_by_app_user, place.channel_id, app_user_id(one))
    one.customer_id = found[0]
    scene.diary.note("joined", place.index)


def wake(scene: Scene, after: int) -> int:
    """Who has got news since then comes a little more often; where to look next."""
    while arrived := scene.world.handset.page(after, 1_000):
        after += len(arrived)
        for one in arrived:
            person = scene.people.get(one.person_id)
            if person is not None and "run" in one.tags:
                person.woken_until = one.at + WOKEN_FOR
    return after
