"""The shop's own money: top-ups recorded, and three states (F5, F6)."""

import re
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, program_book, shop_book
from domain.money import JEON_PER_WON, Jeon
from domain.people import ShopId, normal_phone
from domain.refusals import Conflict, Invalid, NotFound
from domain.subsidy import AccountKind, Phase, TransferCode, WalletState
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.ledger import get_program_account, lock_accounts, open_account
from storage.queries.places import get_shop
from storage.queries.wallets import (
    WalletView,
    find_wallet,
    insert_wallet_once,
    save_wallet_state,
)
from subsidy.form_keys import digest_of
from subsidy.ledger import Move, transfer

TOP_UP_MIN_JEON = Jeon(10_000 * JEON_PER_WON)
"""F5: the least that Kakao's channel wallet takes."""

REFERENCE = re.compile(r"(?=.*[0-9])[A-Za-z0-9-]{1,40}")
"""A bank's own line is the payer's name, and what stands in the ledger stands there for ever."""

NO_REFERENCE = (
    "은행 거래 번호를 영문자, 숫자, 줄표(-)로 40자까지 적어 주세요. "
    "이름과 전화번호는 적을 수 없어요."
)


def open_wallet(tx: Tx, shop_id: ShopId, *, actor: str, at: datetime) -> WalletView:
    """The shop's wallet, opened at its first use."""
    if found := find_wallet(tx, shop_id):
        return found
    program_id = get_shop(tx, shop_id).program_id
    lock_accounts(tx, [get_program_account(tx, program_id, AccountKind.FUNDER)])
    if found := find_wallet(tx, shop_id):  # of two at once the second finds the first
        return found
    insert_wallet_once(
        tx,
        shop_id=shop_id,
        account_id=open_account(tx, AccountKind.WALLET, program_id, shop_id=shop_id),
        state=WalletState.IN_USE,
        changed_at=at,
        actor=actor,
    )
    opened = find_wallet(tx, shop_id)
    assert opened is not None
    return opened


def top_up(
    tx: Tx,
    shop_id: ShopId,
    amount_jeon: Jeon,
    *,
    reference: str,
    form_key: str,
    actor: str,
    at: datetime,
) -> WalletView:
    """Records money that the shop has paid in; `reference` is the bank's number of the payment.

    The same payment of the same form counts once.
    Raises Invalid, Conflict(wallet_suspended): then nothing comes in.
    """
    wrong = {}
    if amount_jeon < TOP_UP_MIN_JEON:
        wrong["amount"] = "10,000원부터 충전할 수 있어요."
    if not _is_number(reference):
        wrong["reference"] = NO_REFERENCE
    if wrong:
        raise Invalid(wrong)
    wallet = open_wallet(tx, shop_id, actor=actor, at=at)
    if wallet.state is WalletState.SUSPENDED:
        raise Conflict("wallet_suspended")
    line = BankLine(TransferCode.TOP_UP, amount_jeon, reference, form_key)
    return _record(tx, wallet, line, actor=actor, at=at)


def refund(
    tx: Tx,
    shop_id: ShopId,
    amount_jeon: Jeon,
    *,
    reference: str,
    form_key: str,
    actor: str,
    at: datetime,
) -> WalletView:
    """Records money paid back to the shop; only its own money is ever paid back (F5).

    Raises Invalid, NotFound(wallet), OverBudget when more is asked than is free.
    """
    wrong = {}
    if amount_jeon <= 0:
        wrong["amount"] = "1원보다 큰 금액을 적어 주세요."
    if not _is_number(reference):
        wrong["reference"] = NO_REFERENCE
    if wrong:
        raise Invalid(wrong)
    wallet = find_wallet(tx, shop_id)
    if wallet is None:
        raise NotFound("wallet")
    line = BankLine(TransferCode.REFUND, amount_jeon, reference, form_key)
    return _record(tx, wallet, line, actor=actor, at=at)


def change_wallet(
    tx: Tx, shop_id: ShopId, new: WalletState, *, is_owner: bool, actor: str, at: datetime
) -> WalletView:
    """Stops the wallet or puts it back in use; only a manager suspends it and ends a suspension.

    Pressing again is harmless. Raises Conflict(wallet_suspended).
    """
    wallet = open_wallet(tx, shop_id, actor=actor, at=at)
    if is_owner and WalletState.SUSPENDED in (wallet.state, new):
        raise Conflict("wallet_suspended")
    if wallet.state is not new and save_wallet_state(
        tx, shop_id, wallet.state, new, actor=actor, at=at
    ):
        act = Act(
            actor=actor,
            act="change_wallet",
            subject=f"shop:{shop_id}",
            at=at,
            details=f"state={new}",
        )
        append_audit(tx, shop_book(shop_id), act)
    return _again(tx, shop_id)


def _is_number(reference: str) -> bool:
    return bool(REFERENCE.fullmatch(reference)) and normal_phone(reference) is None


@dataclass(frozen=True, slots=True)
class BankLine:
    """Money that came from a shop's bank or went there, as somebody says who saw it."""

    code: TransferCode
    amount_jeon: Jeon
    reference: str
    form_key: str


def _record(tx: Tx, wallet: WalletView, line: BankLine, *, actor: str, at: datetime) -> WalletView:
    """The same line of the same form counts once."""
    program_id = get_shop(tx, wallet.shop_id).program_id
    outside = get_program_account(tx, program_id, AccountKind.FUNDER)
    is_in = line.code is TransferCode.TOP_UP
    said = digest_of(line.form_key, line.amount_jeon, line.reference)
    move = Move(
        key=f"{line.code}:{wallet.shop_id}:{said}",
        code=line.code,
        phase=Phase.SINGLE,
        debit=outside if is_in else wallet.account_id,
        credit=wallet.account_id if is_in else outside,
        amount_jeon=line.amount_jeon,
        shop_id=wallet.shop_id,
        reference=line.reference,
    )
    if transfer(tx, [move], happened_at=at, recorded_at=at):
        act = Act(
            actor=actor,
            act=line.code,
            subject=f"shop:{wallet.shop_id}",
            at=at,
            details=f"jeon={line.amount_jeon}",
        )
        append_audit(tx, program_book(program_id), act)
    return _again(tx, wallet.shop_id)


def _again(tx: Tx, shop_id: ShopId) -> WalletView:
    wallet = find_wallet(tx, shop_id)
    assert wallet is not None, "it was opened above"
    return wallet
