"""The kill switch (L21): whose advertising does not leave now."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.people import ShopId
from storage.desk import Tx
from storage.models.campaigns import Halt
from storage.models.places import Market, Shop
from storage.statements import Statement

Halted, HaltedMarket = aliased(Shop), aliased(Market)


def is_halted_at(shop_id: Any) -> ColumnElement[bool]:
    """True where a halt of the shop, of its market or of its program has not been lifted."""
    return exists(
        select(col(Halt.id))
        .select_from(Halted)
        .join(HaltedMarket, col(HaltedMarket.id) == col(Halted.market_id))
        .join(Halt, col(Halt.program_id) == col(HaltedMarket.program_id))
        .where(
            col(Halted.id) == shop_id,
            col(Halt.lifted_at).is_(None),
            or_(
                col(Halt.shop_id) == col(Halted.id),
                and_(col(Halt.shop_id).is_(None), col(Halt.market_id) == col(Halted.market_id)),
                and_(col(Halt.shop_id).is_(None), col(Halt.market_id).is_(None)),
            ),
        )
    )


IS_HALTED = Statement(select(is_halted_at(bindparam("of_shop"))))


def is_halted(tx: Tx, shop_id: ShopId) -> bool:
    row = tx.one(IS_HALTED, of_shop=shop_id)
    assert row is not None
    return bool(row[0])
