"""The money of many shops at once, for the manager's desk: set statements, none per shop."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Executable, bindparam, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from domain.money import Jeon
from domain.people import MarketId, ProgramId, ShopId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.grants import Grant, Wallet
from storage.models.ledger import Account, Transfer
from storage.models.places import Shop
from storage.queries.grants import BOUGHT, GRANTS, LEFT, GrantRow
from storage.statements import Statement, json_rows, one_of, total

GONE = (Phase.SINGLE, Phase.POST)
"""Money that has left its account for good."""


@dataclass(frozen=True, slots=True)
class KindTotals:
    """All accounts of one kind together."""

    held_jeon: Jeon
    out_jeon: Jeon
    in_jeon: Jeon

    @property
    def left_jeon(self) -> Jeon:
        return Jeon(self.in_jeon - self.out_jeon - self.held_jeon)


NO_TOTALS = KindTotals(Jeon(0), Jeon(0), Jeon(0))


def _grants_of_shops(dialect: str) -> Executable:
    shops = json_rows(dialect, "shops", id=BigInteger())
    return GRANTS.where(col(Grant.shop_id).in_(select(shops.c.id))).order_by(
        col(Grant.expires_at), col(Grant.id)
    )


def _own_money_of_shops(dialect: str) -> Executable:
    shops = json_rows(dialect, "shops", id=BigInteger())
    return (
        select(col(Wallet.shop_id), LEFT)
        .join(Account, col(Account.id) == col(Wallet.account_id))
        .where(col(Wallet.shop_id).in_(select(shops.c.id)))
    )


def _for_shops(dialect: str, side: Any, *codes: TransferCode) -> Executable:
    shops = json_rows(dialect, "shops", id=BigInteger())
    return (
        select(col(Transfer.shop_id), col(Account.kind), total(col(Transfer.amount_jeon)))
        .join(Account, col(Account.id) == side)
        .where(
            col(Transfer.shop_id).in_(select(shops.c.id)),
            one_of(col(Account.kind), AccountKind.POT, AccountKind.WALLET),
            one_of(col(Transfer.code), *codes),
            one_of(col(Transfer.phase), *GONE),
        )
        .group_by(col(Transfer.shop_id), col(Account.kind))
    )


GRANTS_OF_SHOPS = Statement(_grants_of_shops)
OWN_MONEY_OF_SHOPS = Statement(_own_money_of_shops)
PAID_FOR_SHOPS = Statement(
    lambda dialect: _for_shops(dialect, col(Transfer.debit_account_id), *BOUGHT)
)
CORRECTED_FOR_SHOPS = Statement(
    lambda dialect: _for_shops(dialect, col(Transfer.credit_account_id), TransferCode.BY_HAND)
)
OF_MARKET = func.coalesce(col(Account.market_id), col(Shop.market_id)) == bindparam(
    "of_market", type_=BigInteger()
)
MARKET_TOTALS = Statement(
    select(
        col(Account.kind),
        total(col(Account.debits_pending)),
        total(col(Account.debits_posted)),
        total(col(Account.credits_posted)),
    )
    .outerjoin(Shop, col(Shop.id) == col(Account.shop_id))
    .where(col(Account.program_id) == bindparam("of_program"), OF_MARKET)
    .group_by(col(Account.kind))
)


def _of_market(side: Mapped[int]) -> Statement:
    return Statement(
        select(col(Account.kind), col(Transfer.code), total(col(Transfer.amount_jeon)))
        .join(Transfer, side == col(Account.id))
        .outerjoin(Shop, col(Shop.id) == col(Account.shop_id))
        .where(
            col(Account.program_id) == bindparam("of_program"),
            OF_MARKET,
            one_of(col(Transfer.phase), *GONE),
        )
        .group_by(col(Account.kind), col(Transfer.code))
    )


def _of_budget(side: Mapped[int], code: TransferCode) -> Statement:
    budget = select(col(Account.id)).where(
        col(Account.program_id) == bindparam("of_program"),
        col(Account.kind) == AccountKind.PROGRAM,
    )
    return Statement(
        select(total(col(Transfer.amount_jeon))).where(
            side == budget.scalar_subquery(), col(Transfer.code) == code
        )
    )


CALLED_BACK = _of_budget(col(Transfer.credit_account_id), TransferCode.CLAW_BACK)
GIVEN_AGAIN = _of_budget(col(Transfer.debit_account_id), TransferCode.RESTORE)
MARKET_WENT = _of_market(col(Transfer.debit_account_id))
MARKET_CAME = _of_market(col(Transfer.credit_account_id))
ANY = 0
WHERE = or_(bindparam("of_market", type_=BigInteger()) == ANY, OF_MARKET)
GIVEN = Statement(
    select(total(col(Grant.amount_jeon)))
    .join(Account, col(Account.id) == col(Grant.account_id))
    .outerjoin(Shop, col(Shop.id) == col(Grant.shop_id))
    .where(
        col(Grant.program_id) == bindparam("of_program"),
        col(Grant.parent_id).is_(None),
        OF_MARKET,
    )
)
NOT_STARTED = Statement(
    select(total(LEFT))
    .select_from(Grant)
    .join(Account, col(Account.id) == col(Grant.account_id))
    .outerjoin(Shop, col(Shop.id) == col(Grant.shop_id))
    .where(
        col(Grant.program_id) == bindparam("of_program"),
        col(Grant.started_at).is_(None),
        col(Grant.clawed_back_at).is_(None),
        col(Grant.start_by) > bindparam("now", type_=INSTANT),
        col(Grant.expires_at) > bindparam("now", type_=INSTANT),
        WHERE,
    )
)


def list_grants_of(tx: Tx, shop_ids: Sequence[ShopId]) -> dict[ShopId, list[GrantRow]]:
    """The grants of these shops, soonest end first."""
    found: dict[ShopId, list[GrantRow]] = defaultdict(list)
    for values in tx.all(GRANTS_OF_SHOPS, shops=_ids(shop_ids)):
        row = GrantRow(*values)
        assert row.shop_id is not None
        found[row.shop_id].append(row)
    return found


def list_own_money(tx: Tx, shop_ids: Sequence[ShopId]) -> dict[ShopId, Jeon]:
    """What stands free in these shops' wallets."""
    rows = tx.all(OWN_MONEY_OF_SHOPS, shops=_ids(shop_ids))
    return {ShopId(shop_id): Jeon(left) for shop_id, left in rows}


def list_paid_for(tx: Tx, shop_ids: Sequence[ShopId]) -> dict[tuple[ShopId, AccountKind], Jeon]:
    """What pots and wallets paid for these shops' messages, by kind of account; what came back
    because messages sent by hand were told wrongly is taken off.
    """
    wanted, paid = _ids(shop_ids), defaultdict[tuple[ShopId, AccountKind], int](int)
    for statement, sign in ((PAID_FOR_SHOPS, 1), (CORRECTED_FOR_SHOPS, -1)):
        for shop_id, kind, jeon in tx.all(statement, shops=wanted):
            paid[ShopId(shop_id), AccountKind(kind)] += sign * jeon
    return {key: Jeon(jeon) for key, jeon in paid.items()}


def sum_market(tx: Tx, program_id: ProgramId, market_id: MarketId) -> dict[AccountKind, KindTotals]:
    """The accounts of a market, its shops' and its pots', by kind."""
    rows = tx.all(MARKET_TOTALS, of_program=program_id, of_market=market_id)
    return {AccountKind(row[0]): KindTotals(*map(Jeon, row[1:])) for row in rows}


def sum_market_gone(
    tx: Tx, program_id: ProgramId, market_id: MarketId
) -> dict[tuple[AccountKind, TransferCode], Jeon]:
    """What has left a market's accounts for good less what came, by kind of account and why: what
    moved within the market is nothing over all kinds, and a correction of what was sent by hand
    takes off what it cost.
    """
    gone = defaultdict[tuple[AccountKind, TransferCode], int](int)
    for statement, sign in ((MARKET_WENT, 1), (MARKET_CAME, -1)):
        for kind, code, jeon in tx.all(statement, of_program=program_id, of_market=market_id):
            gone[AccountKind(kind), TransferCode(code)] += sign * jeon
    return {key: Jeon(jeon) for key, jeon in gone.items()}


def sum_called_back(tx: Tx, program_id: ProgramId) -> tuple[Jeon, Jeon]:
    """All that ever came back into the budget from grants, and what of it went out again because
    it was called back by mistake.
    """
    called, again = (tx.one(one, of_program=program_id) for one in (CALLED_BACK, GIVEN_AGAIN))
    assert called is not None
    assert again is not None
    return Jeon(called[0]), Jeon(again[0])


def sum_given(tx: Tx, program_id: ProgramId, market_id: MarketId) -> Jeon:
    """What a market's shops and pots were given out of the program's budget."""
    row = tx.one(GIVEN, of_program=program_id, of_market=market_id)
    assert row is not None
    return Jeon(row[0])


def sum_not_started(
    tx: Tx, program_id: ProgramId, now: datetime, market_id: MarketId | None = None
) -> Jeon:
    """What waits in grants and pots to be started (F1), in one market or all."""
    row = tx.one(NOT_STARTED, of_program=program_id, of_market=market_id or ANY, now=now)
    assert row is not None
    return Jeon(row[0])


def _ids(shop_ids: Sequence[ShopId]) -> str:
    return orjson.dumps([{"id": one} for one in shop_ids]).decode()
