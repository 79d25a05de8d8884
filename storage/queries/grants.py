"""Grants of free cash and the pots that a market's shops share, with what stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Executable, and_, bindparam, or_, select, update
from sqlalchemy.orm import Mapped
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId, GrantId, MarketId, ProgramId, ShopId, TermsId
from domain.subsidy import Lot, Phase, TransferCode, VatRule
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.grants import Grant, PotShare
from storage.models.ledger import Account, Transfer
from storage.models.places import Shop
from storage.statements import Statement, inserting, json_rows, one_of, total

BOUGHT = (TransferCode.MESSAGE, TransferCode.BY_HAND)
LISTED_MAX = 100


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant with its account's totals; `shop_id` is None for a pot, `market_id` for a shop's."""

    grant_id: GrantId
    program_id: ProgramId
    market_id: MarketId | None
    shop_id: ShopId | None
    account_id: AccountId
    parent_id: GrantId | None
    terms_id: TermsId | None
    amount_jeon: Jeon
    shop_cap_jeon: Jeon | None
    pays: str
    vat_rule: VatRule
    granted_at: datetime
    start_by: datetime
    started_at: datetime | None
    expires_at: datetime
    returned_until: datetime
    lapsed_at: datetime | None
    clawed_back_at: datetime | None
    debits_pending: int
    debits_posted: int
    credits_posted: int
    spent_jeon: int
    lapsed_jeon: int

    @property
    def left_jeon(self) -> Jeon:
        return Jeon(self.credits_posted - self.debits_posted - self.debits_pending)


def _moved(side: Mapped[int], *codes: TransferCode) -> ColumnElement[int]:
    """What entered or left a grant's account for good by these codes."""
    return (
        select(total(col(Transfer.amount_jeon)))
        .where(
            side == col(Grant.account_id),
            one_of(col(Transfer.code), *codes),
            one_of(col(Transfer.phase), Phase.SINGLE, Phase.POST),
        )
        .correlate(Grant)
        .scalar_subquery()
    )


OUT, IN = col(Transfer.debit_account_id), col(Transfer.credit_account_id)
SPENT = _moved(OUT, *BOUGHT) - _moved(IN, TransferCode.BY_HAND)
"""Less what came back because messages sent by hand were told wrongly."""

GRANT = (
    col(Grant.id),
    col(Grant.program_id),
    col(Grant.market_id),
    col(Grant.shop_id),
    col(Grant.account_id),
    col(Grant.parent_id),
    col(Grant.terms_id),
    col(Grant.amount_jeon),
    col(Grant.shop_cap_jeon),
    col(Grant.pays),
    col(Grant.vat_rule),
    col(Grant.granted_at),
    col(Grant.start_by),
    col(Grant.started_at),
    col(Grant.expires_at),
    col(Grant.returned_until),
    col(Grant.lapsed_at),
    col(Grant.clawed_back_at),
    col(Account.debits_pending),
    col(Account.debits_posted),
    col(Account.credits_posted),
    SPENT.label("spent_jeon"),
    _moved(OUT, TransferCode.LAPSE).label("lapsed_jeon"),
)
GRANTS = select(*GRANT).join(Account, col(Account.id) == col(Grant.account_id))
LEFT = col(Account.credits_posted) - col(Account.debits_posted) - col(Account.debits_pending)
"""What an account has free."""

HAS_MONEY = LEFT > 0
MARKET_OF_SHOP = (
    select(col(Shop.market_id)).where(col(Shop.id) == bindparam("of_shop")).scalar_subquery()
)
GRANTS_OF_SHOP = Statement(
    GRANTS.where(col(Grant.shop_id) == bindparam("of_shop")).order_by(
        col(Grant.expires_at), col(Grant.id)
    )
)
GRANTS_OF_MARKET = Statement(
    GRANTS.where(col(Grant.market_id) == bindparam("of_market")).order_by(
        col(Grant.expires_at), col(Grant.id)
    )
)
GRANT_BY_ID = Statement(GRANTS.where(col(Grant.id) == bindparam("of_id")))
OVER = or_(
    col(Grant.clawed_back_at).is_not(None),
    col(Grant.returned_until) <= bindparam("now", type_=INSTANT),
    and_(col(Grant.expires_at) <= bindparam("now", type_=INSTANT), col(Grant.lapsed_at).is_(None)),
    and_(col(Grant.started_at).is_(None), col(Grant.start_by) <= bindparam("now", type_=INSTANT)),
)
"""Money that stands free in such a grant has to leave it (F2), or has been called back."""

GRANTS_OVER = Statement(GRANTS.where(OVER, HAS_MONEY).order_by(col(Grant.id)).limit(LISTED_MAX))


def _mark_lapsed(dialect: str) -> Executable:
    ids = json_rows(dialect, "grants", id=BigInteger())
    return (
        update(Grant)
        .where(col(Grant.id).in_(select(ids.c.id)), col(Grant.lapsed_at).is_(None))
        .values(lapsed_at=bindparam("now", type_=INSTANT))
    )


MARK_LAPSED = Statement(_mark_lapsed)


def _over_of_accounts(dialect: str) -> Executable:
    ids = json_rows(dialect, "accounts", id=BigInteger())
    return GRANTS.where(col(Grant.account_id).in_(select(ids.c.id)), OVER).order_by(col(Grant.id))


OVER_OF_ACCOUNTS = Statement(_over_of_accounts)
INSERT_GRANT = Statement(
    inserting(
        Grant,
        "program_id",
        "market_id",
        "shop_id",
        "account_id",
        "parent_id",
        "terms_id",
        "amount_jeon",
        "shop_cap_jeon",
        "pays",
        "vat_rule",
        "granted_at",
        "start_by",
        "expires_at",
        "returned_until",
    ).returning(col(Grant.id))
)
GRANT_OF_KEY = Statement(
    select(col(Grant.id))
    .join(Transfer, col(Transfer.credit_account_id) == col(Grant.account_id))
    .where(col(Transfer.key) == bindparam("key"))
)
START_GRANT = Statement(
    update(Grant)
    .where(col(Grant.id) == bindparam("of_id"), col(Grant.started_at).is_(None))
    .values(started_at=bindparam("at"))
)
LOTS = Statement(
    select(
        col(Grant.id),
        col(Grant.account_id),
        col(Grant.market_id),
        col(Grant.pays),
        col(Grant.vat_rule),
        col(Grant.expires_at),
        col(Grant.returned_until),
        col(Grant.lapsed_at),
        LEFT,
        col(Grant.shop_cap_jeon),
        col(PotShare.cap_jeon),
        col(PotShare.used_jeon),
    )
    .join(Account, col(Account.id) == col(Grant.account_id))
    .outerjoin(
        PotShare,
        and_(
            col(PotShare.account_id) == col(Grant.account_id),
            col(PotShare.shop_id) == bindparam("of_shop"),
        ),
    )
    .where(
        or_(
            col(Grant.shop_id) == bindparam("of_shop"),
            col(Grant.market_id) == MARKET_OF_SHOP,
        ),
        col(Grant.started_at) <= bindparam("now"),
        col(Grant.clawed_back_at).is_(None),
        col(Grant.returned_until) > bindparam("now"),
    )
    .order_by(col(Grant.id))
)


def list_grants(tx: Tx, shop_id: ShopId) -> list[GrantRow]:
    """A shop's own, soonest end first; the pots of its market are not among them."""
    return _rows(tx.all(GRANTS_OF_SHOP, of_shop=shop_id))


def list_pots(tx: Tx, market_id: MarketId) -> list[GrantRow]:
    return _rows(tx.all(GRANTS_OF_MARKET, of_market=market_id))


def find_grant(tx: Tx, grant_id: GrantId) -> GrantRow | None:
    """The caller looks whose it is."""
    row = tx.one(GRANT_BY_ID, of_id=grant_id)
    return GrantRow(*row) if row else None


def list_grants_over(tx: Tx, now: datetime) -> list[GrantRow]:
    """Grants with free money that is past its date, was never started in time or came back to a
    grant that was called back (F2); at most 100.
    """
    return _rows(tx.all(GRANTS_OVER, now=now))


def list_over_among(tx: Tx, account_ids: Sequence[AccountId], now: datetime) -> list[GrantRow]:
    """Which of these accounts belong to a grant that may not keep free money."""
    wanted = orjson.dumps([{"id": one} for one in account_ids]).decode()
    return _rows(tx.all(OVER_OF_ACCOUNTS, accounts=wanted, now=now))


def mark_lapsed(tx: Tx, grant_ids: Sequence[GrantId], now: datetime) -> None:
    """Notes that the free rest of these was taken back: what comes later is returned money."""
    wanted = orjson.dumps([{"id": one} for one in grant_ids]).decode()
    tx.run(MARK_LAPSED, grants=wanted, now=now)


def list_lots(tx: Tx, shop_id: ShopId, pays: str | None, now: datetime) -> list[Lot]:
    """The free cash that may pay for this kind of message of this shop: its own started grants
    and its market's started pots, as far as the shop may use them. What came back to a lapsed
    grant counts while its terms allow. `pays` None: whatever they pay for.
    """
    lots = []
    for row in tx.all(LOTS, of_shop=shop_id, now=now):
        grant_id, account_id, market_id, kinds, vat_rule, expires_at, returned_until = row[:7]
        lapsed_at, left, default_cap, cap, used = row[7:]
        is_other = pays is not None and pays not in kinds.split(",")
        if is_other or (expires_at <= now and lapsed_at is None):
            continue
        cap = default_cap if cap is None else cap
        if cap is not None:
            left = min(left, cap - (used or 0))
        lots.append(
            Lot(
                account_id=account_id,
                grant_id=grant_id,
                is_pot=market_id is not None,
                cap_jeon=cap,
                vat_rule=VatRule(vat_rule),
                expires_at=expires_at if expires_at > now else returned_until,
                left_jeon=Jeon(left),
            )
        )
    return lots


def insert_grant(tx: Tx, **facts: object) -> GrantId:
    """`facts` are the columns of Grant by name."""
    row = tx.one(INSERT_GRANT, **facts)
    assert row is not None
    return GrantId(row[0])


def find_grant_by_key(tx: Tx, key: str) -> GrantId | None:
    row = tx.one(GRANT_OF_KEY, key=key)
    return GrantId(row[0]) if row else None


def start_grant(tx: Tx, grant_id: GrantId, at: datetime) -> bool:
    """False when it was started already; a start cannot be repeated or undone (F4)."""
    return bool(tx.run(START_GRANT, of_id=grant_id, at=at))


def _rows(rows: Sequence[tuple[Any, ...]]) -> list[GrantRow]:
    return [GrantRow(*row) for row in rows]
