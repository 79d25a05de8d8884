"""dangol price: the price lists of the whole installation, and a new price from a day on."""

import argparse
import sys
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from dangol.commands import in_books
from domain.campaigns import MessageKind
from domain.money import JEON_PER_WON, Jeon, Tariff, format_won
from domain.refusals import Invalid
from domain.time import in_kst, kst_instant, system_now
from storage.desk import Tx
from storage.queries.prices import list_prices
from subsidy.prices import NewPrice, add_price

OPERATOR = "operator"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("price", help="list prices, or add one that begins today or later")
    acts = one.add_subparsers(required=True, metavar="act")
    acts.add_parser("list", help="every price there ever was").set_defaults(command=run_list)
    add = acts.add_parser("add", help="a new price; those before stay as they are")
    add.add_argument("--list", dest="tariff", choices=[one.value for one in Tariff], required=True)
    add.add_argument("--kind", choices=[one.value for one in MessageKind], required=True)
    add.add_argument("--targeted", action="store_true", help="channel messages to a chosen group")
    add.add_argument("--net-won", required=True, help="without VAT, such as 15 or 15.5")
    add.add_argument("--vat-percent", type=int, default=10)
    add.add_argument("--rounds-to-won", default="1", help="a broadcast is rounded up: 0.01, 1, 10")
    add.add_argument("--from", dest="starts_on", type=date.fromisoformat, required=True)
    add.set_defaults(command=run_add)


def run_list(given: argparse.Namespace) -> int:
    del given
    for price in in_books(list_prices):
        group = " targeted" if price.is_targeted else ""
        begins = in_kst(price.valid_from)
        sys.stdout.write(
            f"{price.price_id}\t{price.tariff}\t{price.kind}{group}\t{begins:%Y-%m-%d %H:%M}\t"
            f"{format_won(price.net_jeon)} + {price.vat_percent}% = {format_won(price.unit_jeon)}\n"
        )
    return 0


def run_add(given: argparse.Namespace) -> int:
    sys.stdout.write(f"{in_books(lambda tx: _add(tx, given))}\n")
    return 0


def _add(tx: Tx, given: argparse.Namespace) -> int:
    at = system_now()
    new = NewPrice(
        tariff=Tariff(given.tariff),
        kind=MessageKind(given.kind),
        is_targeted=given.targeted,
        net_jeon=_jeon(given.net_won, "--net-won"),
        vat_percent=given.vat_percent,
        rounds_to_jeon=_jeon(given.rounds_to_won, "--rounds-to-won"),
        valid_from=_begins(given.starts_on, at),
    )
    return add_price(tx, new, of_program=None, actor=OPERATOR, at=at)


def _begins(day: date, at: datetime) -> datetime:
    """The first instant of a Korean day; of today, now."""
    return at if day == in_kst(at).date() else kst_instant(day, time())


def _jeon(text: str, name: str) -> Jeon:
    try:
        jeon = Decimal(text) * JEON_PER_WON
    except InvalidOperation:
        jeon = Decimal("NaN")
    if not jeon.is_finite() or jeon != jeon.to_integral_value():
        raise Invalid({name: f"{name}: won with at most two places"})
    return Jeon(int(jeon))
