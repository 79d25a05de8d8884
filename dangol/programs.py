"""dangol program, dangol market: the first rows a real installation needs."""

import argparse
import sys
from datetime import date

from dangol.commands import in_books
from domain.money import won
from domain.people import MarketId, ProgramId
from domain.refusals import Conflict, Invalid, NotFound
from domain.time import system_now
from storage.desk import Tx
from storage.queries.places import find_program_by_name
from subsidy.operating import fund_operating
from subsidy.programs import open_market, open_program

OPERATOR = "operator"
KEY_MAX = 30


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("program", help="open a program with its budget")
    one.add_argument("--name", required=True)
    one.add_argument("--from", dest="starts_on", type=date.fromisoformat, required=True)
    one.add_argument("--to", dest="ends_on", type=date.fromisoformat, required=True)
    one.add_argument("--budget-won", type=int, required=True)
    one.set_defaults(command=run_program)
    one = commands.add_parser("operating", help="set part of a budget aside for its own messages")
    one.add_argument("--program", required=True, help="the program's name")
    one.add_argument("--won", type=int, required=True)
    one.add_argument("--key", required=True, help="any words; the same words move money once")
    one.set_defaults(command=run_operating)
    one = commands.add_parser("market", help="open a market in a program; prints its number")
    one.add_argument("--program", required=True, help="the program's name")
    one.add_argument("--name", required=True)
    one.add_argument("--region", required=True)
    one.set_defaults(command=run_market)


def run_program(given: argparse.Namespace) -> int:
    in_books(lambda tx: _open_program(tx, given))
    return 0


def _open_program(tx: Tx, given: argparse.Namespace) -> ProgramId:
    if given.budget_won <= 0:
        raise Invalid({"budget_won": "--budget-won: more than 0"})
    if given.ends_on < given.starts_on:
        raise Invalid({"to": "--to: not before --from"})
    if find_program_by_name(tx, given.name):
        raise Conflict(f"a program called {given.name} is there already")
    return open_program(
        tx,
        name=given.name,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        budget_jeon=won(given.budget_won),
        actor=OPERATOR,
        at=system_now(),
    )


def run_operating(given: argparse.Namespace) -> int:
    in_books(lambda tx: _fund_operating(tx, given))
    return 0


def _fund_operating(tx: Tx, given: argparse.Namespace) -> None:
    if given.won <= 0 or not 1 <= len(given.key) <= KEY_MAX:
        raise Invalid({"won": f"--won: more than 0; --key: 1 to {KEY_MAX} characters"})
    fund_operating(
        tx,
        _find_program(tx, given.program),
        amount_jeon=won(given.won),
        key=given.key,
        actor=OPERATOR,
        at=system_now(),
    )


def _find_program(tx: Tx, name: str) -> ProgramId:
    program_id = find_program_by_name(tx, name)
    if program_id is None:
        raise NotFound(f"no program is called {name}")
    return program_id


def run_market(given: argparse.Namespace) -> int:
    sys.stdout.write(f"{in_books(lambda tx: _open_market(tx, given))}\n")
    return 0


def _open_market(tx: Tx, given: argparse.Namespace) -> MarketId:
    return open_market(
        tx,
        _find_program(tx, given.program),
        name=given.name,
        region=given.region,
        actor=OPERATOR,
        at=system_now(),
    )
