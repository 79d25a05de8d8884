"""Keys, friendships and handsets, and that many of them are quick."""

import time

from simulator.handset import Delivery, Handset
from simulator.reading import Content
from simulator.world import World

from .conftest import BOT_ID, MONDAY_TEN, Clock, Sim, make_bot

PEOPLE = 5_000
DELIVERIES = 200_000
# A hundred times what is needed here, so that a busy machine fails nobody.
SECONDS_MAX = 30


def test_keys_differ_by_bot_and_return_with_the_seed(clock: Clock) -> None:
    """kakao-chatbot.md rule 6."""
    one, same, other = World(clock, 1), World(clock, 1), World(clock, 2)
    keys = []
    for world in (one, same, other):
        world.add_bot(make_bot("http://x/"))
        world.add_person(name="a", phone="01000000001", person_id="p")
        keys.append(world.bot_user_key("p", BOT_ID))

    assert keys[0] == keys[1] != keys[2]
    assert one.bot_user_key("p", "another") != keys[0]
    found = one.person_by_key(BOT_ID, "botUserKey", keys[0])
    assert found is not None
    assert found.person_id == "p"


def test_adding_again_ends_a_block(sim: Sim) -> None:
    sim.world.block(*sim.here)
    blocked = sim.world.relation(*sim.here)
    sim.world.add_friend(*sim.here)

    assert (blocked, sim.world.relation(*sim.here)) == ("BLOCKED", "ADDED")


def test_seeding_thousands_and_counting_deliveries_is_quick(clock: Clock) -> None:
    started = time.perf_counter()
    world = World(clock)
    world.add_bot(make_bot("http://x/"))
    for n in range(PEOPLE):
        person = world.add_person(name=f"손님{n}", phone=f"010{n:08d}")
        world.add_friend(person.person_id, BOT_ID)
    content = Content("brand", "가게", {"text": "글"})
    for n in range(DELIVERIES):
        tags = {"run": f"r{n % 40}"}
        world.handset.receive(
            Delivery(f"p{n % PEOPLE}", BOT_ID, MONDAY_TEN, "solapi", tags, content)
        )

    counts = [world.handset.deliveries("run", f"r{n}").total() for n in range(40)]

    assert counts == [PEOPLE] * 40
    assert time.perf_counter() - started < SECONDS_MAX


def test_the_index_goes_on_from_where_it_was() -> None:
    handset = Handset()
    content = Content("sms", "02", {"text": "글"})
    seen = []
    for person_id in ("a", "a", "b"):
        handset.receive(Delivery(person_id, "", MONDAY_TEN, "solapi", {"k": "v"}, content))
        seen.append(dict(handset.deliveries("k", "v")))

    assert seen == [{"a": 1}, {"a": 2}, {"a": 2, "b": 1}]
    assert handset.deliveries("k", "other") == {}
