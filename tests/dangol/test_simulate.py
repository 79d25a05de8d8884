"""What stands behind `dangol simulate`: its words, and the world it opens."""

import argparse

import pytest

from dangol import simulate
from simulator.clock import system_now
from simulator.newcomer import API_KEY, BOT_ID, PF_ID, REST_API_KEY, VISITOR, Newcomer, furnish
from simulator.world import World


def read(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    simulate.add_parser(parser.add_subparsers())
    return parser.parse_args(["simulate", *words])


def test_the_options_of_a_newcomer() -> None:
    given = read(
        "--bot-url", "http://127.0.0.1:5000/skill?a=b",
        "--header", "Authorization: Bearer x:y",
        "--block", "쿠폰=b1", "--block", "내 카드=b2",
    )  # fmt: skip

    assert given.bot_url == "http://127.0.0.1:5000/skill?a=b"
    assert given.header == ("Authorization", "Bearer x:y")
    assert dict(given.block) == {"쿠폰": "b1", "내 카드": "b2"}
    assert read().bot_url is None


@pytest.mark.parametrize(
    "words",
    [
        ("--bot-url", "127.0.0.1:5000/skill"),
        ("--bot-url", "ftp://host/skill"),
        ("--bot-url", "nonsense"),
        ("--bot-url", "http://:5000/skill"),
        ("--bot-url", "http://127.0.0.1:99999/skill"),
        ("--header", "X-Secret"),
        ("--block", "쿠폰"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        read(*words)

    assert words[0] in capsys.readouterr().err


def test_a_ready_world_has_a_bot_people_and_a_provider() -> None:
    world = World(system_now)
    furnish(world, Newcomer(skill_url="http://h/skill", name="내 가게", blocks={"쿠폰": "b1"}))

    assert world.bot(BOT_ID).blocks == {"쿠폰": "b1"}
    assert not world.is_friend(VISITOR, BOT_ID)  # how that comes about can be tried out
    assert len(world.friends(BOT_ID)) == len(world.people) - 1
    assert all(person.app_user_id for person in world.people.values())
    assert len({person.app_user_id for person in world.people.values()}) == len(world.people)
    assert world.accounts[API_KEY].pf_ids == {PF_ID: BOT_ID}
    assert world.apps == {}


def test_a_login_is_set_up_for_who_names_the_way_back() -> None:
    world = World(system_now)
    furnish(world, Newcomer(skill_url="http://h/skill", name="내 가게", login_back="http://h/back"))

    assert world.apps[REST_API_KEY].redirect_uris == {"http://h/back"}
