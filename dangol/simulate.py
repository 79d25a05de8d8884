"""dangol simulate: the pretend KakaoTalk and provider alone, for anybody's bot."""

import argparse
import sys
from urllib.parse import urlsplit

from dangol import serving
from simulator import app as simulator
from simulator.clock import OwnClock
from simulator.newcomer import BOT_ID, VISITOR, Newcomer, furnish
from simulator.settings import Settings
from simulator.world import World

SCHEMES = ("http", "https")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("simulate", help="the pretend KakaoTalk and providers alone")
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8090)
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--bot-url", type=_address, help="your skill server; opens a ready world")
    one.add_argument("--bot-name", default="연습 가게", help="what people see above the chat")
    one.add_argument(
        "--header", type=_header, default=("", ""), metavar="NAME:VALUE",
        help="what your skill server wants to be called with",
    )  # fmt: skip
    one.add_argument(
        "--block", type=_block, action="append", default=[], metavar="WORDS=BLOCK_ID",
        help="a block of your bot and the words that lead to it; may be given often",
    )  # fmt: skip
    one.add_argument("--webhook-url", type=_address, help="told who adds or blocks")
    one.add_argument(
        "--login-back", type=_address, help="the redirect_uri of your Kakao Login, if you use it"
    )
    one.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    serving.run(lambda: _serve(given))
    return 0


async def _serve(given: argparse.Namespace) -> None:
    clock = OwnClock()
    world = World(clock.now, given.seed)
    settings = Settings(public_url=f"http://{given.host}:{given.port}")
    app = simulator.build(world, settings, clock=clock)
    if given.bot_url:
        furnish(
            world,
            Newcomer(
                skill_url=given.bot_url,
                name=given.bot_name,
                header=given.header,
                blocks=dict(given.block),
                webhook_url=given.webhook_url or "",
                login_back=given.login_back or "",
            ),
        )
    async with serving.listening(app, given.host, given.port) as address:
        settings.public_url = address  # port 0 took a free one
        sys.stdout.write(_doors(address, is_ready=bool(given.bot_url)))
        sys.stdout.flush()
        await serving.until_stopped()


def _doors(address: str, *, is_ready: bool) -> str:
    """The address by itself stands first: programs read that line."""
    phone = f"  손님의 휴대폰  {address}/phones/{VISITOR}/{BOT_ID}\n" if is_ready else ""
    return (
        f"{address}\n\n{phone}"
        f"  오가는 요청    {address}/feed\n"
        f"  고장 내기      {address}/faults\n"
        f"  안내 · guide   {address}/guide\n\n"
        "  끝내려면 Ctrl-C\n\n"
    )


def _address(words: str) -> str:
    try:
        parts = urlsplit(words)
        is_whole = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not words.isprintable() or " " in words:
        raise argparse.ArgumentTypeError(f"{words}: an address such as http://127.0.0.1:5000/skill")
    return words


def _header(words: str) -> tuple[str, str]:
    name, colon, value = words.partition(":")
    if not (name.strip() and colon and value.strip()):
        raise argparse.ArgumentTypeError(f"{words}: NAME:VALUE")
    return name.strip(), value.strip()


def _block(words: str) -> tuple[str, str]:
    spoken, equals, block_id = words.partition("=")
    if not (spoken.strip() and equals and block_id.strip()):
        raise argparse.ArgumentTypeError(f"{words}: WORDS=BLOCK_ID")
    return spoken.strip(), block_id.strip()
