"""The messages that a shop keeps to send again."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlmodel import col

from domain.people import ReadyTextId, ShopId
from storage.desk import Tx
from storage.models.campaigns import ReadyText
from storage.statements import Statement, inserting

TEXTS_MAX = 50


class TextView(NamedTuple):
    """`draft` is JSON, see campaigns/draft_text.py."""

    text_id: ReadyTextId
    name: str
    draft: str
    made_at: datetime


TEXT = (col(ReadyText.id), col(ReadyText.name), col(ReadyText.draft), col(ReadyText.made_at))
OF_SHOP = col(ReadyText.shop_id) == bindparam("of_shop")
OF_ID = col(ReadyText.id) == bindparam("of_text")
IS_KEPT = col(ReadyText.retired_at).is_(None)
INSERT = Statement(inserting(ReadyText, "shop_id", "form_key", "name", "draft", "made_at"))
BY_KEY = Statement(
    select(col(ReadyText.id)).where(OF_SHOP, col(ReadyText.form_key) == bindparam("of_key"))
)
FIND = Statement(select(*TEXT).where(OF_SHOP, OF_ID, IS_KEPT))
LIST = Statement(
    select(*TEXT).where(OF_SHOP, IS_KEPT).order_by(col(ReadyText.id).desc()).limit(TEXTS_MAX)
)
COUNT = Statement(select(func.count(col(ReadyText.id))).where(OF_SHOP, IS_KEPT))
RENAME = Statement(update(ReadyText).where(OF_SHOP, OF_ID, IS_KEPT).values(name=bindparam("name")))
RETIRE = Statement(
    update(ReadyText).where(OF_SHOP, OF_ID, IS_KEPT).values(retired_at=bindparam("at"))
)


def insert_text(
    tx: Tx, shop_id: ShopId, *, form_key: str, name: str, draft: str, at: datetime
) -> ReadyTextId:
    tx.run(INSERT, shop_id=shop_id, form_key=form_key, name=name, draft=draft, made_at=at)
    text_id = find_text_by_key(tx, shop_id, form_key)
    assert text_id is not None, "it has just been written"
    return text_id


def find_text_by_key(tx: Tx, shop_id: ShopId, form_key: str) -> ReadyTextId | None:
    """Also one that was retired since: the same press keeps nothing twice."""
    row = tx.one(BY_KEY, of_shop=shop_id, of_key=form_key)
    return ReadyTextId(row[0]) if row else None


def find_text(tx: Tx, shop_id: ShopId, text_id: ReadyTextId) -> TextView | None:
    row = tx.one(FIND, of_shop=shop_id, of_text=text_id)
    return TextView._make(row) if row else None


def list_texts(tx: Tx, shop_id: ShopId) -> list[TextView]:
    """The newest first."""
    return [TextView._make(row) for row in tx.all(LIST, of_shop=shop_id)]


def count_texts(tx: Tx, shop_id: ShopId) -> int:
    row = tx.one(COUNT, of_shop=shop_id)
    assert row is not None, "a count always answers"
    return int(row[0])


def save_text_name(tx: Tx, shop_id: ShopId, text_id: ReadyTextId, name: str) -> bool:
    """False when it is not there, or another shop's."""
    return bool(tx.run(RENAME, of_shop=shop_id, of_text=text_id, name=name))


def retire_text_once(tx: Tx, shop_id: ShopId, text_id: ReadyTextId, at: datetime) -> bool:
    return bool(tx.run(RETIRE, of_shop=shop_id, of_text=text_id, at=at))
