"""Runs the pretend KakaoTalk and provider alone: python -m simulator --port 8090."""

import argparse
import gc
import logging

from aiohttp import web

from simulator.app import build
from simulator.clock import system_now
from simulator.settings import Settings
from simulator.world import World

SHUTDOWN_SECONDS = 5
# A request of 10,000 messages makes 60,000 short-lived objects; looking for garbage meanwhile
# costs more than the work itself.
GARBAGE_THRESHOLDS = (100_000, 20, 100)


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulator")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    settings = Settings(public_url=f"http://{given.host}:{given.port}")
    app = build(World(system_now, given.seed), settings)
    web.run_app(
        app,
        host=given.host,
        port=given.port,
        shutdown_timeout=SHUTDOWN_SECONDS,
        access_log=None,
    )


if __name__ == "__main__":
    main()
