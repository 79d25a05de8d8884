"""dangol rehearse: a program lived through in seconds, with its faults, and what became of it."""

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dangol import serving
from dangol.rehearsal.life import living
from dangol.rehearsal.outcome import Outcome, outcome_of, tell
from dangol.rehearsal.values import Level, Options
from dangol.settings import database_url
from dangol.stage import fresh_database
from storage.drivers import dialect_of
from storage.migrate import migrate

SHOPS_MAX, DAYS_MAX = 100, 366
SEEDS = 1_000_000


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("rehearse", help="live through a program, with faults, in seconds")
    one.add_argument("--shops", type=_number(SHOPS_MAX), default=5)
    one.add_argument("--days", type=_number(DAYS_MAX), default=30)
    one.add_argument("--seed", type=int, help="the life to live again; otherwise a new one")
    one.add_argument("--faults", choices=[one.value for one in Level], default=Level.SOME.value)
    one.add_argument("--json", action="store_true", help="the outcome as one JSON object")
    one.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    seed = secrets.randbelow(SEEDS) if given.seed is None else given.seed
    options = Options(shops=given.shops, days=given.days, seed=seed, level=Level(given.faults))
    # Said first, so that a life that does not end can be lived again.
    _say(
        f"씨앗 {options.seed} · 점포 {options.shops}곳 · {options.days}일 · 고장 {options.level}\n"
    )
    outcome = rehearse(options, database_url(os.environ))
    sys.stdout.write(
        json.dumps(outcome, ensure_ascii=False) + "\n" if given.json else tell(outcome)
    )
    return 0 if outcome["is_good"] else 1


def rehearse(options: Options, url: str) -> Outcome:
    """In a database of its own, made anew: a schema of the named PostgreSQL, or a SQLite file."""
    server = None if dialect_of(url) == "sqlite" else url
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(server, Path(folder)) as fresh,
    ):
        migrate(fresh)
        return serving.run(lambda: rehearse_in(options, fresh))


async def rehearse_in(options: Options, url: str) -> Outcome:
    """In a migrated database that is empty."""
    started = time.monotonic()
    async with living(options, url, lambda day: _say(f"\r{day}/{options.days}일")) as lived:
        _say("\r")
        return await outcome_of(lived, time.monotonic() - started)


def _say(words: str) -> None:
    """Progress is no part of the outcome."""
    sys.stderr.write(words)
    sys.stderr.flush()


def _number(most: int) -> Callable[[str], int]:
    def read(words: str) -> int:
        if not words.isdigit() or not 1 <= int(words) <= most:
            raise argparse.ArgumentTypeError(f"a number from 1 to {most}")
        return int(words)

    return read
