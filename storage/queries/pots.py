"""Shares of a market's pots: what each shop has used, and the most it may."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, func, or_, select, update
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId, MarketId, ProgramId, ShopId
from domain.subsidy import Phase
from storage.desk import Tx
from storage.models.grants import Grant, PotShare
from storage.models.ledger import Account, Transfer
from storage.models.places import Market, Shop
from storage.queries.grants import BOUGHT, GRANT, GrantRow
from storage.statements import Statement, insert_once, one_of, total

SHOPS_MAX = 1_000
USED = total(
    case(
        # What was told by hand and was wrong comes back as a transfer of its own.
        (col(Transfer.credit_account_id) == bindparam("of_account"), -col(Transfer.amount_jeon)),
        (one_of(col(Transfer.phase), Phase.HOLD, Phase.SINGLE), col(Transfer.amount_jeon)),
        (one_of(col(Transfer.phase), Phase.VOID, Phase.EXPIRE), -col(Transfer.amount_jeon)),
        else_=0,
    )
)
"""A post changes nothing: its hold was counted already."""

OF_POT = (
    or_(
        col(Transfer.debit_account_id) == bindparam("of_account"),
        col(Transfer.credit_account_id) == bindparam("of_account"),
    ),
    one_of(col(Transfer.code), *BOUGHT),
)
"""As subsidy/ledger.py counts it: a grant carved out of a pot uses nothing of it."""

USED_BY_SHOP = (
    select(col(Transfer.shop_id).label("shop_id"), USED.label("used_jeon"))
    .where(*OF_POT)
    .group_by(col(Transfer.shop_id))
    .subquery()
)
SHARES = Statement(
    select(
        col(Shop.id),
        col(Shop.name),
        col(PotShare.cap_jeon),
        func.coalesce(USED_BY_SHOP.c.used_jeon, 0),
    )
    .outerjoin(
        PotShare,
        (col(PotShare.shop_id) == col(Shop.id))
        & (col(PotShare.account_id) == bindparam("of_account")),
    )
    .outerjoin(USED_BY_SHOP, USED_BY_SHOP.c.shop_id == col(Shop.id))
    .where(col(Shop.market_id) == bindparam("of_market"))
    .order_by(func.coalesce(USED_BY_SHOP.c.used_jeon, 0).desc(), col(Shop.id))
    .limit(SHOPS_MAX)
)
USED_OF_SHOP = Statement(select(USED).where(*OF_POT, col(Transfer.shop_id) == bindparam("of_shop")))
OPEN_SHARE = Statement(
    lambda dialect: insert_once(
        dialect,
        PotShare,
        **{name: bindparam(name) for name in ("account_id", "shop_id", "cap_jeon", "used_jeon")},
    )
)
CAP = Statement(
    select(col(PotShare.cap_jeon)).where(
        col(PotShare.account_id) == bindparam("of_account"),
        col(PotShare.shop_id) == bindparam("of_shop"),
    )
)
SAVE_CAP = Statement(
    update(PotShare)
    .where(
        col(PotShare.account_id) == bindparam("of_account"),
        col(PotShare.shop_id) == bindparam("of_shop"),
        col(PotShare.used_jeon) <= bindparam("new_cap", type_=BigInteger()),
    )
    .values(cap_jeon=bindparam("new_cap", type_=BigInteger()))
)
POTS = Statement(
    select(*GRANT, col(Market.name))
    .join(Account, col(Account.id) == col(Grant.account_id))
    .join(Market, col(Market.id) == col(Grant.market_id))
    .where(
        col(Grant.program_id) == bindparam("of_program"),
        (bindparam("of_market", type_=BigInteger()) == 0)
        | (col(Grant.market_id) == bindparam("of_market")),
    )
    .order_by(col(Grant.id).desc())
    .limit(200)
)


@dataclass(frozen=True, slots=True)
class ShopShare:
    """`cap_jeon` None: the pot's own rule holds for this shop."""

    shop_id: ShopId
    name: str
    cap_jeon: Jeon | None
    used_jeon: Jeon


def list_shares(tx: Tx, account_id: AccountId, market_id: MarketId) -> list[ShopShare]:
    """Every shop of the market, who used most first; at most 1,000."""
    rows = tx.all(SHARES, of_account=account_id, of_market=market_id)
    return [ShopShare(*row) for row in rows]


def find_cap(tx: Tx, account_id: AccountId, shop_id: ShopId) -> Jeon | None:
    """None: the pot's own rule holds for this shop."""
    row = tx.one(CAP, of_account=account_id, of_shop=shop_id)
    return Jeon(row[0]) if row else None


def save_cap(tx: Tx, account_id: AccountId, shop_id: ShopId, cap_jeon: Jeon) -> bool:
    """A shop's own cap; False when it has used more. The caller has locked the pot's account."""
    row = tx.one(USED_OF_SHOP, of_account=account_id, of_shop=shop_id)
    used = row[0] if row else 0
    if used > cap_jeon:
        return False
    share: dict[str, Any] = {"account_id": account_id, "shop_id": shop_id}
    tx.run(OPEN_SHARE, **share, cap_jeon=cap_jeon, used_jeon=used)
    return bool(tx.run(SAVE_CAP, of_account=account_id, of_shop=shop_id, new_cap=cap_jeon))


def list_program_pots(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None
) -> list[tuple[GrantRow, str]]:
    """The newest first, each with its market's name; at most 200."""
    rows = tx.all(POTS, of_program=program_id, of_market=market_id or 0)
    return [(GrantRow(*row[:-1]), row[-1]) for row in rows]
