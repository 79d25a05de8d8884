"""dangol invite: the first manager's way in, and an owner's."""

import argparse
import os
import sys

from dangol.commands import in_books
from dangol.settings import SettingsError
from domain.people import ProgramId, Role
from domain.refusals import NotFound
from domain.time import system_now
from storage.desk import Tx
from storage.queries.places import find_program_by_name, find_shop_by_slug
from subsidy.invitations import invite


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("invite", help="a single-use invitation, good for seven days")
    one.add_argument("role", choices=[role.value for role in Role])
    one.add_argument("--name", required=True, help="who is invited")
    place = one.add_mutually_exclusive_group(required=True)
    place.add_argument("--program", help="the program's name (for a manager)")
    place.add_argument("--shop", help="the shop's address, as in /s/… (for an owner)")
    one.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    public_url = os.environ.get("DANGOL_PUBLIC_URL")
    if not public_url:
        raise SettingsError("DANGOL_PUBLIC_URL is missing: an invitation is an address")
    token = in_books(lambda tx: _invite(tx, given))
    sys.stdout.write(f"{public_url.rstrip('/')}/join/{token}\n")
    return 0


def _invite(tx: Tx, given: argparse.Namespace) -> str:
    role, at = Role(given.role), system_now()
    if role is Role.MANAGER:
        return invite(tx, role, program_id=_program(tx, given.program), name=given.name, at=at)
    if given.shop is None:
        raise NotFound("an owner belongs to a shop: say which with --shop")
    shop = find_shop_by_slug(tx, given.shop)
    if shop is None:
        raise NotFound(f"no shop at /s/{given.shop}")
    return invite(tx, role, shop_id=shop.shop_id, name=given.name, at=at)


def _program(tx: Tx, name: str | None) -> ProgramId:
    if name is None:
        raise NotFound("a manager belongs to a program: say which with --program")
    program_id = find_program_by_name(tx, name)
    if program_id is None:
        raise NotFound(f"no program is called {name}")
    return program_id
