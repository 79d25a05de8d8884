"""Prices by whose list and from when on: written once, never changed; a new one begins later.

A run keeps the price it was planned with, so an old statement adds up to the same won for ever.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, program_book
from domain.campaigns import MessageKind
from domain.money import JEON_PER_WON, Jeon, Price, Tariff
from domain.people import ProgramId
from domain.refusals import Conflict, Invalid
from domain.subsidy import AccountKind
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.ledger import get_program_account, lock_accounts
from storage.queries.prices import find_price, insert_price, list_prices
from storage.queries.programs import list_program_ids

NET_MAX_JEON = 10_000 * JEON_PER_WON
ROUNDINGS = (1, JEON_PER_WON, 10 * JEON_PER_WON)
"""A broadcast is rounded up to a multiple of: nothing, a whole won, ten won."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrice:
    """A price to be: see `Price`."""

    tariff: Tariff
    kind: MessageKind
    is_targeted: bool
    net_jeon: Jeon
    vat_percent: int
    rounds_to_jeon: int
    valid_from: datetime


def add_price(
    tx: Tx, new: NewPrice, *, of_program: ProgramId | None, actor: str, at: datetime
) -> int:
    """Writes a price; what says the same as the price in force then is not written again.

    A price list holds for the whole installation: a program's own manager (`of_program`) adds to
    it only where there is no other program. Raises Invalid, Conflict(prices_shared).
    """
    programs = list_program_ids(tx)
    if of_program is not None and programs != [of_program]:
        raise Conflict("prices_shared")
    # Of two at once the second sees the first.
    lock_accounts(tx, [get_program_account(tx, one, AccountKind.PROGRAM) for one in programs])
    check_price(new, at)
    before = find_price(tx, new.tariff, new.kind, new.valid_from, is_targeted=new.is_targeted)
    if before is not None and _says(before) == _says(new):
        return before.price_id
    if before is not None and before.valid_from == new.valid_from:
        raise Invalid({"valid_from": "이날 시작하는 값이 이미 있어요. 다른 날을 골라 주세요."})
    price_id = insert_price(
        tx,
        tariff=new.tariff,
        kind=new.kind,
        is_targeted=new.is_targeted,
        net_jeon=new.net_jeon,
        vat_percent=new.vat_percent,
        rounds_to_jeon=new.rounds_to_jeon,
        valid_from=new.valid_from,
    )
    for program_id in programs:
        act = Act(
            actor=actor,
            act="add_price",
            subject=f"price:{price_id}",
            at=at,
            details=f"list={new.tariff} jeon={new.net_jeon} vat={new.vat_percent}",
        )
        append_audit(tx, program_book(program_id), act)
    return price_id


def list_by_tariff(tx: Tx) -> dict[tuple[Tariff, MessageKind, bool], list[Price]]:
    """Every price there ever was, by whose list, kind and targeting; the newest first."""
    found: dict[tuple[Tariff, MessageKind, bool], list[Price]] = {}
    for price in list_prices(tx):
        key = price.tariff, MessageKind(price.kind), price.is_targeted
        found.setdefault(key, []).insert(0, price)
    return found


def check_price(new: NewPrice, at: datetime) -> None:
    """Raises Invalid beside each field: never in the past, and with VAT a whole number of jeon."""
    wrong = {}
    if not 0 < new.net_jeon <= NET_MAX_JEON:
        wrong["net"] = f"0원보다 크고 {NET_MAX_JEON // JEON_PER_WON:,}원까지인 값을 적어 주세요."
    elif new.net_jeon * (100 + new.vat_percent) % 100:
        wrong["net"] = "부가세를 더하면 0.01원보다 작은 돈이 남아요. 값을 조금 고쳐 주세요."
    if not 0 <= new.vat_percent <= 100:  # noqa: PLR2004 - a percentage
        wrong["vat"] = "부가세를 0부터 100까지의 숫자로 적어 주세요."
    if new.rounds_to_jeon not in ROUNDINGS:
        wrong["rounds_to"] = "올림을 골라 주세요."
    if new.is_targeted and new.tariff is not Tariff.CHANNEL_MESSAGE:
        wrong["is_targeted"] = "나누어 보내는 값은 채널 메시지에만 있어요."
    if new.valid_from < at:
        wrong["valid_from"] = "지난 값은 바꿀 수 없어요. 오늘이나 그 뒤로 골라 주세요."
    if wrong:
        raise Invalid(wrong)


def _says(price: Price | NewPrice) -> tuple[int, int, int]:
    return price.net_jeon, price.vat_percent, price.rounds_to_jeon
