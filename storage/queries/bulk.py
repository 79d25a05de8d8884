"""Many grants at once: the shops of a list, their accounts and their grants, each as one set."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Executable,
    String,
    bindparam,
    cast,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import col

from domain.eligibility import Standing
from domain.money import Jeon
from domain.people import AccountId, GrantId, MarketId, ProgramId, ShopId, TermsId
from domain.subsidy import AccountKind, VatRule
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.grants import Grant
from storage.models.ledger import Account
from storage.models.places import Market, Shop
from storage.models.programs import Enrollment
from storage.statements import Statement, json_rows

SHOP = (
    col(Shop.id),
    col(Shop.slug),
    col(Shop.name),
    col(Shop.market_id),
    col(Enrollment.yearly_sales_won),
    col(Enrollment.opened_on),
    col(Enrollment.has_business_wallet),
)
SHOPS = (
    select(*SHOP)
    .join(Market, col(Market.id) == col(Shop.market_id))
    .outerjoin(Enrollment, col(Enrollment.shop_id) == col(Shop.id))
    .where(col(Market.program_id) == bindparam("of_program"))
    .order_by(col(Shop.id))
)


def _called(dialect: str) -> Executable:
    words = json_rows(dialect, "words", word=String())
    wanted = select(words.c.word)
    return SHOPS.where(or_(col(Shop.slug).in_(wanted), col(Shop.name).in_(wanted)))


def _among(dialect: str) -> Executable:
    ids = json_rows(dialect, "shops", id=BigInteger())
    return SHOPS.where(col(Shop.id).in_(select(ids.c.id)))


def _open_accounts(dialect: str) -> Executable:
    rows = json_rows(dialect, "shops", id=BigInteger())
    nothing = literal(0, BigInteger())
    names = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
    source = select(
        literal(AccountKind.GRANT, String()),
        bindparam("program_id", type_=BigInteger()),
        rows.c.id,
        literal(True, Boolean()),
        *[nothing] * len(names),
    )
    columns = ["kind", "program_id", "shop_id", "is_limited", *names]
    filled = insert(Account).from_select(columns, source, include_defaults=False)
    return filled.returning(col(Account.shop_id), col(Account.id))


def _insert_grants(dialect: str) -> Executable:
    rows = json_rows(
        dialect, "grants", shop_id=BigInteger(), account_id=BigInteger(), amount_jeon=BigInteger()
    )
    whole: dict[str, TypeEngine[Any]] = {
        "program_id": BigInteger(),
        "terms_id": BigInteger(),
        "pays": String(),
        "vat_rule": String(),
        "granted_at": INSTANT,
        "start_by": INSTANT,
        "expires_at": INSTANT,
        "returned_until": INSTANT,
    }
    source = select(
        rows.c.shop_id,
        rows.c.account_id,
        rows.c.amount_jeon,
        cast(bindparam("parent_id"), BigInteger()),
        *[bindparam(name, type_=kind) for name, kind in whole.items()],
    )
    columns = ["shop_id", "account_id", "amount_jeon", "parent_id", *whole]
    filled = insert(Grant).from_select(columns, source, include_defaults=False)
    return filled.returning(col(Grant.shop_id), col(Grant.id))


CALLED = Statement(_called)
IN_REACH = Statement(
    SHOPS.where(
        or_(
            bindparam("of_market", type_=BigInteger()) == 0,
            col(Shop.market_id) == bindparam("of_market"),
        )
    ).limit(bindparam("most", type_=BigInteger()))
)
AMONG = Statement(_among)
OPEN_ACCOUNTS = Statement(_open_accounts)
INSERT_GRANTS = Statement(_insert_grants)


@dataclass(frozen=True, slots=True)
class ShopStanding:
    """A shop as a list may call it, and what it has shown of itself."""

    shop_id: ShopId
    slug: str
    name: str
    market_id: MarketId
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    shop_id: ShopId
    amount_jeon: Jeon
    start_by: datetime
    expires_at: datetime
    returned_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the new grants of one act have in common."""

    program_id: ProgramId
    parent_id: GrantId | None
    terms_id: TermsId
    pays: str
    vat_rule: VatRule
    granted_at: datetime


def list_shops_called(tx: Tx, program_id: ProgramId, words: Sequence[str]) -> list[ShopStanding]:
    """The program's shops whose address or exact name is among these words."""
    wanted = orjson.dumps([{"word": one} for one in sorted(set(words))]).decode()
    return [_standing(row) for row in tx.all(CALLED, words=wanted, of_program=program_id)]


def list_shops_in_reach(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, most: int
) -> list[ShopStanding]:
    rows = tx.all(IN_REACH, of_program=program_id, of_market=market_id or 0, most=most)
    return [_standing(row) for row in rows]


def list_shops_among(
    tx: Tx, program_id: ProgramId, shop_ids: Sequence[ShopId]
) -> dict[ShopId, ShopStanding]:
    rows = tx.all(AMONG, shops=_ids(shop_ids), of_program=program_id)
    return {ShopId(row[0]): _standing(row) for row in rows}


def open_accounts(
    tx: Tx, program_id: ProgramId, shop_ids: Sequence[ShopId]
) -> dict[ShopId, AccountId]:
    """A new grant's account for each of these shops."""
    rows = tx.all(OPEN_ACCOUNTS, shops=_ids(shop_ids), program_id=program_id)
    return {ShopId(shop_id): AccountId(account_id) for shop_id, account_id in rows}


def insert_grants(
    tx: Tx, given: Given, grants: Sequence[NewGrant], accounts: Mapping[ShopId, AccountId]
) -> dict[ShopId, GrantId]:
    """One grant a shop; those with the same dates in one statement."""
    by_dates: dict[tuple[datetime, datetime, datetime], list[NewGrant]] = defaultdict(list)
    for one in grants:
        by_dates[one.start_by, one.expires_at, one.returned_until].append(one)
    made: dict[ShopId, GrantId] = {}
    for (start_by, expires_at, returned_until), alike in by_dates.items():
        rows = [
            {
                "shop_id": one.shop_id,
                "account_id": accounts[one.shop_id],
                "amount_jeon": one.amount_jeon,
            }
            for one in alike
        ]
        found = tx.all(
            INSERT_GRANTS,
            grants=orjson.dumps(rows).decode(),
            program_id=given.program_id,
            parent_id=given.parent_id,
            terms_id=given.terms_id,
            pays=given.pays,
            vat_rule=given.vat_rule.value,
            granted_at=given.granted_at,
            start_by=start_by,
            expires_at=expires_at,
            returned_until=returned_until,
        )
        made |= {ShopId(shop_id): GrantId(grant_id) for shop_id, grant_id in found}
    return made


def _ids(ids: Sequence[int]) -> str:
    return orjson.dumps([{"id": one} for one in ids]).decode()


def _standing(row: tuple[Any, ...]) -> ShopStanding:
    shop_id, slug, name, market_id, sales, opened_on, has_wallet = row
    standing = Standing(
        yearly_sales_won=sales, opened_on=opened_on, has_business_wallet=bool(has_wallet)
    )
    return ShopStanding(shop_id, slug, name, market_id, standing)
