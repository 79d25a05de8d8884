"""What a shop says when it is asked: menu, parking, and how soon it answers."""

from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from domain.people import ShopId
from storage.desk import Tx
from storage.models.places import Shop
from storage.statements import Statement


class ShopFacts(NamedTuple):
    menu: str | None
    parking: str | None
    reply_hours: int


OF_SHOP = col(Shop.id) == bindparam("of_shop")
GET = Statement(select(*(col(getattr(Shop, name)) for name in ShopFacts._fields)).where(OF_SHOP))
SAVE = Statement(
    update(Shop).where(OF_SHOP).values({name: bindparam(name) for name in ShopFacts._fields})
)


def get_shop_facts(tx: Tx, shop_id: ShopId) -> ShopFacts:
    row = tx.one(GET, of_shop=shop_id)
    assert row is not None, "a shop is never deleted"
    return ShopFacts._make(row)


def save_shop_facts(tx: Tx, shop_id: ShopId, facts: ShopFacts) -> None:
    tx.run(SAVE, of_shop=shop_id, **facts._asdict())
