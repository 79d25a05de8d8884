"""The command line: one small parser, one function a command."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from campaigns.invariants import check_invariants
from dangol import (
    channels,
    demo,
    invitations,
    prices,
    programs,
    rehearse,
    scrub,
    serving,
    simulate,
    story,
)
from dangol.commands import check_current
from dangol.settings import SettingsError, database_url, read_settings
from domain.refusals import Refusal
from domain.time import system_now
from storage.books import open_books
from storage.errors import ConstraintBroken
from storage.migrate import migrate
from storage.vault import KEY_BYTES, Vault

Arguments = argparse.Namespace


def main(words: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 a promise is broken, 2 the command cannot be carried out."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    given = _parser().parse_args(words)
    try:
        return int(given.command(given))
    except (SettingsError, Refusal, ConstraintBroken) as problem:
        sys.stderr.write(f"dangol: {_sentence(problem)}\n")
        return 2


def _sentence(problem: Exception) -> str:
    facts = getattr(problem, "fields", None)
    return " ".join(facts.values()) if isinstance(facts, Mapping) else str(problem)


def serve(given: Arguments) -> int:
    settings = read_settings(os.environ)
    migrate(settings.database_url)
    serving.run(lambda: serving.serve(settings, system_now, with_worker=not given.no_worker))
    return 0


def work(given: Arguments) -> int:
    del given
    settings = read_settings(os.environ)
    check_current(settings.database_url)
    serving.run(lambda: serving.work(settings, system_now))
    return 0


def run_migrations(given: Arguments) -> int:
    del given
    migrate(database_url(os.environ))
    return 0


def audit(given: Arguments) -> int:
    """Reads only, and needs no data key: no promise is about sealed text."""
    url = database_url(os.environ)
    check_current(url)

    async def check() -> Mapping[str, list[str]]:
        async with open_books(url, Vault(os.urandom(KEY_BYTES))) as books:
            return await books.read(check_invariants)

    found = serving.run(check)
    if given.json:
        sys.stdout.write(json.dumps({"invariants": found}, ensure_ascii=False) + "\n")
    else:
        for name, violations in found.items():
            sys.stdout.write(f"{name} {'ok' if not violations else '; '.join(violations)}\n")
    return 1 if any(found.values()) else 0


def run_demo(given: Arguments) -> int:
    street = demo.Options(
        database_url=given.database,
        folder=Path(given.folder),
        port=given.port,
        people=given.people,
    )
    if not given.check:
        serving.run(lambda: demo.show(street))
        return 0
    outcome = serving.run(lambda: story.check(street))
    sys.stdout.write(json.dumps(outcome, ensure_ascii=False) + "\n")
    return 0 if all(outcome["invariants"].values()) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dangol", description="단골: 동네 가게의 카카오톡 단골")
    commands = parser.add_subparsers(required=True, metavar="command")
    one = commands.add_parser("serve", help="the server, with a worker")
    one.add_argument("--no-worker", action="store_true", help="leave the work to dangol work")
    one.set_defaults(command=serve)
    commands.add_parser("work", help="a worker only").set_defaults(command=work)
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(
        command=run_migrations
    )
    one = commands.add_parser("audit", help="check every invariant, read only")
    one.add_argument("--json", action="store_true")
    one.set_defaults(command=audit)
    _demo_parser(commands)
    programs.add_parser(commands)
    prices.add_parser(commands)
    invitations.add_parser(commands)
    channels.add_parser(commands)
    scrub.add_parser(commands)
    simulate.add_parser(commands)
    rehearse.add_parser(commands)
    return parser


def _demo_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("demo", help="a market street to click through")
    one.add_argument("--check", action="store_true", help="live one story without a browser")
    one.add_argument("--json", action="store_true", help="the outcome as JSON (the default)")
    one.add_argument("--database", help="postgresql+psycopg://… instead of SQLite")
    one.add_argument("--folder", default=".dangol/demo", help="where the SQLite file lies")
    one.add_argument("--port", type=int, default=8080)
    one.add_argument("--people", type=int, default=3_000)
    one.set_defaults(command=run_demo)
