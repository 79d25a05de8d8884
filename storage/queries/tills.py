"""Tills that may use the REST API for one shop, and what each asked under its own keys."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, select, update
from sqlmodel import col

from domain.people import CustomerId, ShopId, TokenId, TokenRight
from storage.desk import Tx
from storage.models.regulars import ApiToken, TillRequest
from storage.statements import Statement, insert_once, inserting

TILLS_SHOWN_MAX = 50


class TillView(NamedTuple):
    """`last_used_at` is right to the day."""

    token_id: TokenId
    shop_id: ShopId
    name: str
    may: TokenRight
    made_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


TILL = tuple(
    col(getattr(ApiToken, "id" if name == "token_id" else name)) for name in TillView._fields
)
THIS_TOKEN = col(ApiToken.id) == bindparam("of_token")
INSERT_TILL = Statement(
    inserting(ApiToken, "shop_id", "token_hash", "name", "may", "made_at").returning(
        col(ApiToken.id)
    )
)
TILL_BY_HASH = Statement(select(*TILL).where(col(ApiToken.token_hash) == bindparam("of_hash")))
LOCK_TILL = Statement(select(*TILL).where(THIS_TOKEN).with_for_update())
TILLS_OF_SHOP = Statement(
    select(*TILL)
    .where(col(ApiToken.shop_id) == bindparam("of_shop"), col(ApiToken.revoked_at).is_(None))
    .order_by(col(ApiToken.id))
    .limit(TILLS_SHOWN_MAX)
)
REVOKE_TILL = Statement(
    update(ApiToken)
    .where(
        THIS_TOKEN,
        col(ApiToken.shop_id) == bindparam("of_shop"),
        col(ApiToken.revoked_at).is_(None),
    )
    .values(revoked_at=bindparam("at"))
)
SAVE_LAST_USED = Statement(update(ApiToken).where(THIS_TOKEN).values(last_used_at=bindparam("at")))
FIND_REQUEST = Statement(
    select(col(TillRequest.digest)).where(
        col(TillRequest.token_id) == bindparam("of_token"),
        col(TillRequest.key) == bindparam("of_key"),
    )
)


def _insert_request(dialect: str) -> Executable:
    names = ("token_id", "key", "digest", "customer_id", "asked_at")
    return insert_once(dialect, TillRequest, **{name: bindparam(name) for name in names})


INSERT_REQUEST = Statement(_insert_request)


def insert_till(
    tx: Tx, shop_id: ShopId, token_hash: str, *, name: str, may: TokenRight, at: datetime
) -> TokenId:
    about = {"name": name, "may": may, "made_at": at}
    row = tx.one(INSERT_TILL, shop_id=shop_id, token_hash=token_hash, **about)
    assert row is not None, "an insert returns its row"
    return TokenId(row[0])


def find_till(tx: Tx, token_hash: str) -> TillView | None:
    """Whose token this is; revoked ones are found, too."""
    row = tx.one(TILL_BY_HASH, of_hash=token_hash)
    return TillView._make(row) if row else None


def lock_till(tx: Tx, token_id: TokenId) -> TillView | None:
    """Makes a till's requests wait for each other."""
    row = tx.one(LOCK_TILL, of_token=token_id)
    return TillView._make(row) if row else None


def list_tills(tx: Tx, shop_id: ShopId) -> list[TillView]:
    """Those that have not been revoked; the oldest first."""
    return [TillView._make(row) for row in tx.all(TILLS_OF_SHOP, of_shop=shop_id)]


def revoke_till_once(tx: Tx, shop_id: ShopId, token_id: TokenId, at: datetime) -> bool:
    return bool(tx.run(REVOKE_TILL, of_shop=shop_id, of_token=token_id, at=at))


def save_last_used(tx: Tx, token_id: TokenId, at: datetime) -> None:
    tx.run(SAVE_LAST_USED, of_token=token_id, at=at)


def find_request(tx: Tx, token_id: TokenId, key: str) -> str | None:
    """The digest of what was asked under this key before."""
    row = tx.one(FIND_REQUEST, of_token=token_id, of_key=key)
    return row[0] if row else None


def insert_request_once(
    tx: Tx, token_id: TokenId, key: str, digest: str, customer_id: CustomerId | None, at: datetime
) -> None:
    tx.run(
        INSERT_REQUEST,
        token_id=token_id,
        key=key,
        digest=digest,
        customer_id=customer_id,
        asked_at=at,
    )
