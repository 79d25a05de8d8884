"""The shops' own money."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId, ShopId
from domain.subsidy import WalletState
from storage.desk import Tx
from storage.models.grants import Wallet
from storage.models.ledger import Account
from storage.statements import Statement, insert_once

FIND = Statement(
    select(
        col(Wallet.shop_id),
        col(Wallet.account_id),
        col(Wallet.state),
        col(Wallet.changed_at),
        col(Account.debits_pending),
        col(Account.debits_posted),
        col(Account.credits_posted),
    )
    .join(Account, col(Account.id) == col(Wallet.account_id))
    .where(col(Wallet.shop_id) == bindparam("of_shop"))
)
INSERT_ONCE = Statement(
    lambda dialect: insert_once(
        dialect,
        Wallet,
        **{
            name: bindparam(name)
            for name in ("shop_id", "account_id", "state", "changed_at", "actor")
        },
    )
)
SAVE_STATE = Statement(
    update(Wallet)
    .where(col(Wallet.shop_id) == bindparam("of_shop"), col(Wallet.state) == bindparam("old"))
    .values(state=bindparam("new"), changed_at=bindparam("at"), actor=bindparam("by"))
)


@dataclass(frozen=True, slots=True)
class WalletView:
    shop_id: ShopId
    account_id: AccountId
    state: WalletState
    changed_at: datetime
    held_jeon: Jeon
    out_jeon: Jeon
    in_jeon: Jeon

    @property
    def left_jeon(self) -> Jeon:
        return Jeon(self.in_jeon - self.out_jeon - self.held_jeon)


def find_wallet(tx: Tx, shop_id: ShopId) -> WalletView | None:
    row = tx.one(FIND, of_shop=shop_id)
    return WalletView(*row) if row else None


def insert_wallet_once(tx: Tx, **facts: object) -> bool:
    """`facts` are the columns of Wallet by name; False when the shop has one."""
    return bool(tx.run(INSERT_ONCE, **facts))


def save_wallet_state(
    tx: Tx, shop_id: ShopId, old: WalletState, new: WalletState, *, actor: str, at: datetime
) -> bool:
    """False when it is not in the old state (any more)."""
    return bool(tx.run(SAVE_STATE, of_shop=shop_id, old=old, new=new, at=at, by=actor))
