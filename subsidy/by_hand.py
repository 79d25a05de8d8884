"""Channel messages sent by hand in Kakao's own centre: told afterwards, paid by a shop's own grants.

They have no public send API (programme-and-law.md 2.1): somebody says when and to how many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.audit import Act
from domain.campaigns import MessageKind
from domain.money import Jeon, Price, Tariff
from domain.people import AccountId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.subsidy import AccountKind, Lot, Phase, TransferCode, burn_order, pay
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.queries.grants import list_lots
from storage.queries.hand_sendings import (
    HandView,
    find_by_form_key,
    find_hand_sending,
    insert_hand_sending_once,
    list_paid_by,
)
from storage.queries.journal import append_audit
from storage.queries.ledger import get_program_account, lock_accounts
from storage.queries.places import get_shop
from storage.queries.prices import find_price
from subsidy.ending import send_home
from subsidy.form_keys import digest_of
from subsidy.ledger import Move, transfer
from subsidy.offering import PAYS_ADVERTISING

PEOPLE_MAX = 100_000
TOLD_WITHIN = timedelta(days=60)
"""How long after the day of sending it may be told, and how long after that its owner may take
it back.
"""
NOON = time(12)
"""Nobody tells the hour of what was sent by hand; its day is certain at noon (KST)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """`sent_on` is a day of Korea; targeted messages cost more."""

    sent_on: date
    people: int
    is_targeted: bool


def record_by_hand(
    tx: Tx,
    shop_id: ShopId,
    sending: Sending,
    *,
    form_key: str,
    agreed_jeon: int | None,
    book: str,
    actor: str,
    at: datetime,
) -> HandView:
    """Writes down what was sent and takes its cost from the shop's own grants of today that pay
    for advertising, as far as they reach; the rest was paid at Kakao.

    `agreed_jeon`: what was said to be taken from the grants, None before it was said. The same
    form counts once. Raises Invalid beside the field, and Conflict(`by_hand_amount`) with
    `cost_jeon` and `paid_jeon` when it would take another amount.
    """
    _check(sending, at)
    key = _key_of(shop_id, sending, form_key)
    if known := find_by_form_key(tx, shop_id, key):
        return known
    spent = get_program_account(tx, get_shop(tx, shop_id).program_id, AccountKind.SPENT)
    lots = _locked_lots(tx, shop_id, spent, at)
    if known := find_by_form_key(tx, shop_id, key):  # of two at once the second finds the first
        return known
    price = _price(tx, sending, at)
    paid = pay(lots, price, sending.people, sending.people)
    is_enough = paid.people == sending.people
    cost = paid.cost_jeon if is_enough else price.cost_jeon(sending.people)
    # At the net price only what is drawn without VAT pays (F8).
    parts = _parts(burn_order(paid.lots) if is_enough else lots, cost)
    paid_jeon = sum(jeon for _, jeon in parts)
    if paid_jeon != agreed_jeon:
        raise Conflict("by_hand_amount", cost_jeon=cost, paid_jeon=paid_jeon)
    facts = {
        "sent_on": sending.sent_on,
        "is_targeted": sending.is_targeted,
        "people": sending.people,
        "price_id": price.price_id,
        "cost_jeon": cost,
        "paid_jeon": paid_jeon,
    }
    told = _insert(tx, shop_id, key, facts, actor=actor, at=at)
    moves = [_move(told, shop_id, account_id, spent, jeon) for account_id, jeon in parts]
    _transfer(tx, moves, happened_at=min(kst_instant(sending.sent_on, NOON), at), at=at)
    _audit(tx, book, "record_by_hand", shop_id, told, actor=actor, at=at)
    return told


def take_back(
    tx: Tx,
    shop_id: ShopId,
    hand_id: int,
    *,
    is_owner: bool,
    book: str,
    actor: str,
    at: datetime,
) -> HandView:
    """Corrects what was told wrongly: a record of the same numbers below zero, and the money goes
    back to where it came from. What was written stays. Once, however often it is pressed.

    Raises NotFound, Conflict(`by_hand_correction`) for what is a correction itself and
    Conflict(`by_hand_late`) for an owner after 60 days: then a manager does it.
    """
    told = find_hand_sending(tx, shop_id, hand_id)
    if told is None:
        raise NotFound("hand_sending")
    if told.people < 0:
        raise Conflict("by_hand_correction")
    key = correction_key(hand_id)
    if known := find_by_form_key(tx, shop_id, key):
        return known
    if is_owner and told.recorded_at < at - TOLD_WITHIN:
        raise Conflict("by_hand_late")
    paid_by = list_paid_by(tx, shop_id, _reference(told))
    accounts = [account_id for account_id, _ in paid_by]
    spent = get_program_account(tx, get_shop(tx, shop_id).program_id, AccountKind.SPENT)
    lock_accounts(tx, [*accounts, spent])
    if known := find_by_form_key(tx, shop_id, key):  # of two at once the second finds the first
        return known
    facts = {
        "sent_on": told.sent_on,
        "is_targeted": told.is_targeted,
        "people": -told.people,
        "price_id": told.price_id,
        "cost_jeon": -told.cost_jeon,
        "paid_jeon": -told.paid_jeon,
    }
    back = _insert(tx, shop_id, key, facts, actor=actor, at=at)
    send_home(tx, accounts, at)  # what was free lapses first: what comes back has its own days
    moves = [_move(back, shop_id, spent, one, jeon) for one, jeon in paid_by]
    _transfer(tx, moves, happened_at=at, at=at)
    send_home(tx, accounts, at)
    _audit(tx, book, "take_back_by_hand", shop_id, back, actor=actor, at=at)
    return back


def correction_key(hand_id: int) -> str:
    """The form key of what corrects a record: there is one at most."""
    return f"correction:{hand_id}"


def _check(sending: Sending, at: datetime) -> None:
    today = in_kst(at).date()
    wrong = {}
    if not 1 <= sending.people <= PEOPLE_MAX:
        wrong["people"] = f"받은 분을 1명에서 {PEOPLE_MAX:,}명까지 적어 주세요."
    if not today - TOLD_WITHIN <= sending.sent_on <= today:
        wrong["sent_on"] = f"오늘까지 {TOLD_WITHIN.days}일 안에 보낸 날을 골라 주세요."
    if wrong:
        raise Invalid(wrong)


def _price(tx: Tx, sending: Sending, at: datetime) -> Price:
    """The last price of that day that is known by now."""
    price = find_price(
        tx,
        Tariff.CHANNEL_MESSAGE,
        MessageKind.ADVERTISEMENT,
        min(kst_instant(sending.sent_on, time.max), at),
        is_targeted=sending.is_targeted,
    )
    assert price is not None, "a channel message has had a price since the first migration"
    return price


def _locked_lots(tx: Tx, shop_id: ShopId, spent: AccountId, at: datetime) -> list[Lot]:
    """In burn order; read again under lock, so that what is promised is there."""
    lock_accounts(tx, [spent, *(lot.account_id for lot in _own_lots(tx, shop_id, at))])
    return _own_lots(tx, shop_id, at)


def _own_lots(tx: Tx, shop_id: ShopId, at: datetime) -> list[Lot]:
    """No pot: nobody sees in Kakao's centre what one shop says it sent, and the others pay."""
    own = {
        lot.account_id: lot
        for pays in PAYS_ADVERTISING
        for lot in list_lots(tx, shop_id, pays, at)
        if not lot.is_pot
    }
    return burn_order([*own.values()])


def _parts(lots: Sequence[Lot], cost_jeon: int) -> list[tuple[AccountId, Jeon]]:
    parts = []
    for lot in lots:
        taken = min(cost_jeon, max(lot.left_jeon, 0))
        cost_jeon -= taken
        if taken:
            parts.append((lot.account_id, Jeon(taken)))
    return parts


def _insert(
    tx: Tx, shop_id: ShopId, key: str, facts: dict[str, object], *, actor: str, at: datetime
) -> HandView:
    known = {"shop_id": shop_id, "form_key": key, "recorded_at": at, "actor": actor}
    is_new = insert_hand_sending_once(tx, **known, **facts)
    told = find_by_form_key(tx, shop_id, key)
    assert is_new and told is not None, "looked for under lock before"  # noqa: PT018 - one fact
    return told


def _transfer(tx: Tx, moves: Sequence[Move], *, happened_at: datetime, at: datetime) -> None:
    if moves:
        transfer(tx, moves, happened_at=happened_at, recorded_at=at)


def _move(told: HandView, shop_id: ShopId, debit: AccountId, credit: AccountId, jeon: Jeon) -> Move:
    return Move(
        key=f"{TransferCode.BY_HAND}:{told.hand_id}:{debit}:{credit}",
        code=TransferCode.BY_HAND,
        phase=Phase.SINGLE,
        debit=debit,
        credit=credit,
        amount_jeon=jeon,
        shop_id=shop_id,
        reference=_reference(told),
    )


def _reference(told: HandView) -> str:
    return f"hand:{told.hand_id}"


def _key_of(shop_id: ShopId, sending: Sending, form_key: str) -> str:
    """Equal only for the same numbers of the same form."""
    return digest_of(form_key, shop_id, sending.sent_on, sending.people, sending.is_targeted)


def _audit(
    tx: Tx, book: str, act: str, shop_id: ShopId, told: HandView, *, actor: str, at: datetime
) -> None:
    line = Act(
        actor=actor,
        act=act,
        subject=f"shop:{shop_id}",
        at=at,
        details=f"hand={told.hand_id} people={told.people} jeon={told.paid_jeon}",
    )
    append_audit(tx, book, line)
