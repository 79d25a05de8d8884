"""dangol channel: connects a real KakaoTalk channel and says what is missing."""

import argparse
import os
import re
import sys
from collections.abc import Mapping

from bot.conversation import BY_BLOCK
from dangol.commands import in_books
from domain.people import MarketId
from domain.refusals import Invalid, NotFound
from domain.time import system_now
from storage.desk import Tx
from storage.queries.places import ChannelRow, find_channel_by_bot
from subsidy.channels import (
    NewChannel,
    NewWays,
    Secrets,
    add_channel,
    blocks_of,
    missing_parts,
    rotate_header,
    set_blocks,
    set_ways,
)
from subsidy.shops import CONTACT

DEFAULT_HEADER = "X-Dangol-Secret"
OPERATOR = "operator"
OPT_OUT = re.compile(r"080-?\d{3,4}-?\d{4}")
"""providers.md B4: 080-xxx-xxxx, 080-xxxx-xxxx, or without hyphens."""
SENDER_KEY = re.compile(r"[0-9A-Za-z]{40}")
"""providers.md B2: 40 characters."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    channel = commands.add_parser("channel", help="connect a KakaoTalk channel")
    acts = channel.add_subparsers(required=True, metavar="act")
    _add_parser(acts.add_parser("add", help="connect; keys are read from the environment"))
    for name, command, text in (
        ("check", check, "say what is missing"),
        ("rotate", rotate, "take a new header secret; the old one stays good meanwhile"),
        ("blocks", name_blocks, "say what blocks of the bot do; without changes, show it"),
        ("set", change_ways, "note the channel's names at the providers"),
    ):
        one = acts.add_parser(name, help=text)
        one.add_argument("--bot-id", required=True)
        one.set_defaults(command=command)
        if command is name_blocks:
            _add_changes(one)
        elif command is change_ways:
            _add_ways(one)


def _add_changes(one: argparse.ArgumentParser) -> None:
    known = ", ".join(sorted(BY_BLOCK))
    one.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="DO=BLOCK",
        help=f"a block's id for one of: {known}",
    )
    one.add_argument("--drop", action="append", default=[], metavar="BLOCK", help="forget a block")


def _add_parser(one: argparse.ArgumentParser) -> None:
    one.add_argument("--market", type=int, required=True, help="the market's number")
    one.add_argument("--name", required=True)
    one.add_argument("--bot-id", required=True, help="24 hex characters (챗봇 관리자센터)")
    one.add_argument("--public-id", required=True, help="_xxxx, as in pf.kakao.com/_xxxx")
    one.add_argument("--search-id", required=True, help="@name")
    one.add_argument("--event-name", required=True, help="the event set on a block")
    one.add_argument("--event-block", required=True, help="that block's id")
    one.add_argument("--header-name", default=DEFAULT_HEADER)
    one.add_argument("--service-number", help="the customer-service number (L7)")
    _add_ways(one)
    one.set_defaults(command=add)


def _add_ways(one: argparse.ArgumentParser) -> None:
    one.add_argument("--pf-id", help="SOLAPI's id of the channel (KA01PF…)")
    one.add_argument("--nhn-sender-key", help="NHN's key of the channel (40 characters)")
    one.add_argument("--opt-out-number", help="a free 080 number to refuse by, if there is one")


def add(given: argparse.Namespace) -> int:
    """Keys come from the environment, not from the command line, which others can read.

    Raises Invalid.
    """
    if given.service_number is not None and not CONTACT.fullmatch(given.service_number):
        raise Invalid({"service_number": "--service-number: a number such as 02-123-4567"})
    ways = _ways(given)
    secrets = Secrets(
        header_name=given.header_name,
        header_secrets=_listed("DANGOL_CHANNEL_HEADER_SECRET"),
        rest_api_key=os.environ.get("DANGOL_CHANNEL_REST_API_KEY", ""),
        admin_keys=_listed("DANGOL_CHANNEL_ADMIN_KEY"),
    )
    new = NewChannel(
        market_id=MarketId(given.market),
        name=given.name,
        bot_id=given.bot_id,
        public_id=given.public_id,
        search_id=given.search_id,
        event_name=given.event_name,
        event_block_id=given.event_block,
        pf_id=ways.pf_id,
        nhn_sender_key=ways.nhn_sender_key,
        service_number=given.service_number,
        opt_out_number=ways.opt_out_number,
        secrets=secrets,
    )
    in_books(lambda tx: add_channel(tx, new, actor=OPERATOR, at=system_now()))
    return check(given)


def _ways(given: argparse.Namespace) -> NewWays:
    """Raises Invalid."""
    if given.opt_out_number is not None and not OPT_OUT.fullmatch(given.opt_out_number):
        raise Invalid({"opt_out_number": "--opt-out-number: a number such as 080-123-4567"})
    if given.nhn_sender_key is not None and not SENDER_KEY.fullmatch(given.nhn_sender_key):
        raise Invalid({"nhn_sender_key": "--nhn-sender-key: 40 letters and digits"})
    return NewWays(
        pf_id=given.pf_id,
        nhn_sender_key=given.nhn_sender_key,
        opt_out_number=given.opt_out_number,
    )


def change_ways(given: argparse.Namespace) -> int:
    """Raises Invalid."""
    ways = _ways(given)
    in_books(lambda tx: _set_ways(tx, given.bot_id, ways))
    return check(given)


def _set_ways(tx: Tx, bot_id: str, ways: NewWays) -> None:
    set_ways(tx, _find(tx, bot_id).channel_id, ways, actor=OPERATOR, at=system_now())


def _listed(name: str) -> tuple[str, ...]:
    value = os.environ.get(name)
    return (value,) if value else ()


def check(given: argparse.Namespace) -> int:
    missing = in_books(lambda tx: missing_parts(_find(tx, given.bot_id)))
    _show_blocks(given.bot_id)
    for sentence in missing:
        sys.stdout.write(f"· {sentence}\n")
    sys.stdout.write("아직 빠진 것이 있어요.\n" if missing else "다 갖춰졌어요.\n")
    return 1 if missing else 0


def name_blocks(given: argparse.Namespace) -> int:
    """Raises Invalid."""
    changes: dict[str, str | None] = dict.fromkeys(given.drop)
    for words in given.set:
        does, _, block_id = words.partition("=")
        if does not in BY_BLOCK:
            known = ", ".join(sorted(BY_BLOCK))
            raise Invalid({"set": f"--set {words}: a block may do one of {known}"})
        changes[block_id] = does
    if changes:
        in_books(lambda tx: _name_blocks(tx, given.bot_id, changes))
    _show_blocks(given.bot_id)
    return 0


def _name_blocks(tx: Tx, bot_id: str, changes: Mapping[str, str | None]) -> None:
    channel_id = _find(tx, bot_id).channel_id
    set_blocks(tx, channel_id, changes, actor=OPERATOR, at=system_now())


def _show_blocks(bot_id: str) -> None:
    for block_id, does in in_books(lambda tx: blocks_of(_find(tx, bot_id))).items():
        sys.stdout.write(f"{does} = {block_id}\n")


def rotate(given: argparse.Namespace) -> int:
    new_secret = os.environ.get("DANGOL_CHANNEL_HEADER_SECRET", "")
    if not new_secret:
        sys.stderr.write("dangol: DANGOL_CHANNEL_HEADER_SECRET is missing\n")
        return 2
    in_books(lambda tx: _rotate(tx, given.bot_id, new_secret))
    return 0


def _rotate(tx: Tx, bot_id: str, new_secret: str) -> None:
    channel_id = _find(tx, bot_id).channel_id
    rotate_header(tx, channel_id, new_secret, actor=OPERATOR, at=system_now())


def _find(tx: Tx, bot_id: str) -> ChannelRow:
    channel = find_channel_by_bot(tx, bot_id.removesuffix("!"))
    if channel is None:
        raise NotFound(f"no channel has the bot {bot_id}")
    return channel
