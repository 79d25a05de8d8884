"""dangol simulate: the pretend KakaoTalk and provider alone, for anybody's bot."""

import argparse
import sys

from dangol import serving
from domain.time import system_now
from simulator import app as simulator
from simulator.settings import Settings
from simulator.world import World


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("simulate", help="the pretend KakaoTalk and providers alone")
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8090)
    one.add_argument("--seed", type=int, default=0)
    one.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    serving.run(lambda: _serve(given))
    return 0


async def _serve(given: argparse.Namespace) -> None:
    world = World(system_now, given.seed)
    settings = Settings(public_url=f"http://{given.host}:{given.port}")
    app = simulator.build(world, settings)
    async with serving.listening(app, given.host, given.port) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        await serving.until_stopped()
