"""dangol scrub: wipes what deletions left in the files; deletes again after a restore."""

import argparse
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from dangol.commands import check_current, in_books
from dangol.settings import database_url
from domain.refusals import Invalid
from domain.time import system_now
from loyalty.privacy import erase_again
from storage.queries.erasing import ERASE_CUSTOMER, ERASE_REGULAR, Erasure, list_erasures
from storage.scrub import scrub

EVER = datetime(2000, 1, 1, tzinfo=UTC)
LINE = re.compile(
    r"(\d{4}-\d\d-\d\dT[\d:.]+\+00:00)"
    rf" ({ERASE_CUSTOMER}|{ERASE_REGULAR}) (customer:\d+) ((?:shop|program):\d+)"
)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("scrub", help="wipe what deletions left in the database's files")
    way = one.add_mutually_exclusive_group()
    way.add_argument("--list", action="store_true", help="print all deletions, to keep them apart")
    way.add_argument("--again", metavar="FILE", help="after a restore: delete again what it lists")
    one.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Exit status 1 when something was in use all the time and is to be scrubbed again."""
    if given.list:
        sys.stdout.writelines(map(as_line, in_books(lambda tx: list_erasures(tx, EVER))))
        return 0
    if given.again:
        erasures = read_lines(given.again)
        count = in_books(lambda tx: erase_again(tx, erasures, system_now()))
        sys.stdout.write(f"deleted again: {count}\n")
    url = database_url(os.environ)
    check_current(url)
    left_out = scrub(url).left_out
    sys.stdout.write(f"in use, run it again: {', '.join(left_out)}\n" if left_out else "scrubbed\n")
    return 1 if left_out else 0


def read_lines(path: str) -> list[Erasure]:
    """Raises Invalid."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError as error:
        raise Invalid({"again": f"{path}: {error.strerror}"}) from None
    return [read_line(line) for line in lines]


def as_line(one: Erasure) -> str:
    """No name, no number that could be called: what a deleted person's row was called here."""
    return f"{one.at.isoformat()} {one.act} {one.subject} {one.book}\n"


def read_line(line: str) -> Erasure:
    """Raises Invalid for what `--list` does not write."""
    found = LINE.fullmatch(line)
    if found is None:
        raise Invalid({"again": f"not a line of dangol scrub --list: {line[:80]}"})
    at, act, subject, book = found.groups()
    return Erasure(datetime.fromisoformat(at), act, subject, book)
