"""dangol invite: the way in of a program's first people, and of an owner."""

import argparse
import os
import sys
from collections.abc import Mapping

from dangol.commands import in_books
from dangol.settings import SettingsError
from domain.people import MarketId, ProgramId, Role
from domain.refusals import NotFound
from domain.time import system_now
from storage.desk import Tx
from storage.queries.places import (
    find_program_by_name,
    find_shop_by_slug,
    get_program_of_market,
)
from subsidy.invitations import invite

ROLES: Mapping[str, Role] = {role.value.replace("_", "-"): role for role in Role}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("invite", help="a single-use invitation, good for seven days")
    one.add_argument("role", choices=list(ROLES))
    one.add_argument("--name", required=True, help="who is invited")
    place = one.add_mutually_exclusive_group(required=True)
    place.add_argument("--program", help="the program's name (for a manager or an auditor)")
    place.add_argument("--market", type=int, help="the market's number (for a market manager)")
    place.add_argument("--shop", help="the shop's address, as in /s/… (for an owner or a clerk)")
    one.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    public_url = os.environ.get("DANGOL_PUBLIC_URL")
    if not public_url:
        raise SettingsError("DANGOL_PUBLIC_URL is missing: an invitation is an address")
    token = in_books(lambda tx: _invite(tx, given))
    sys.stdout.write(f"{public_url.rstrip('/')}/join/{token}\n")
    return 0


def _invite(tx: Tx, given: argparse.Namespace) -> str:
    role, at = ROLES[given.role], system_now()
    if role in (Role.MANAGER, Role.AUDITOR):
        return invite(tx, role, program_id=_program(tx, given.program), name=given.name, at=at)
    if role is Role.MARKET_MANAGER:
        program_id, market_id = _market(tx, given.market)
        return invite(tx, role, program_id=program_id, market_id=market_id, name=given.name, at=at)
    if given.shop is None:
        raise NotFound("an owner or a clerk belongs to a shop: say which with --shop")
    shop = find_shop_by_slug(tx, given.shop)
    if shop is None:
        raise NotFound(f"no shop at /s/{given.shop}")
    return invite(tx, role, shop_id=shop.shop_id, name=given.name, at=at)


def _market(tx: Tx, number: int | None) -> tuple[ProgramId, MarketId]:
    if number is None:
        raise NotFound("a market manager belongs to a market: say which with --market")
    market_id = MarketId(number)
    return get_program_of_market(tx, market_id), market_id


def _program(tx: Tx, name: str | None) -> ProgramId:
    if name is None:
        raise NotFound("managers and auditors belong to a program: say which with --program")
    program_id = find_program_by_name(tx, name)
    if program_id is None:
        raise NotFound(f"no program is called {name}")
    return program_id
