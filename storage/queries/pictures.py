"""A shop's pictures: kept once, shown newest first, let go while nothing shows them."""

from sqlalchemy import bindparam, case, delete, not_, or_, select, update
from sqlmodel import col

from domain.people import ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign, ReadyText, Series
from storage.models.places import Picture, Shop
from storage.models.ways import ProviderPicture
from storage.statements import Statement, insert_once

HANG_PICTURE = Statement(
    update(Shop).where(col(Shop.id) == bindparam("of_id")).values(picture_id=bindparam("picture"))
)
INSERT_PICTURE = Statement(
    lambda dialect: insert_once(
        dialect,
        Picture,
        **{
            name: bindparam(name)
            for name in ("id", "shop_id", "content_type", "body", "created_at")
        },
    )
)
FIND_PICTURE = Statement(
    select(col(Picture.content_type), col(Picture.body)).where(
        col(Picture.id) == bindparam("of_id")
    )
)
PICTURE_OF_SHOP = Statement(
    select(col(Picture.id)).where(
        col(Picture.id) == bindparam("of_id"), col(Picture.shop_id) == bindparam("of_shop")
    )
)
PICTURES_OF_SHOP = Statement(
    select(col(Picture.id))
    .join(Shop, col(Shop.id) == col(Picture.shop_id))
    .where(col(Picture.shop_id) == bindparam("of_shop"))
    .order_by(
        case((col(Shop.picture_id) == col(Picture.id), 0), else_=1),
        col(Picture.created_at).desc(),
    )
    .limit(12)
)
SHOWN_IN = (
    select(1).where(
        col(Campaign.shop_id) == bindparam("of_shop"),
        or_(
            col(Campaign.picture_id) == bindparam("of_id"),
            col(Campaign.parts).contains(bindparam("of_id")),
        ),
    ),
    *(
        select(1).where(
            col(kept.shop_id) == bindparam("of_shop"),
            col(kept.draft).contains(bindparam("of_id")),
        )
        for kept in (Series, ReadyText)
    ),
    select(1).where(col(Shop.picture_id) == bindparam("of_id")),
    select(1).where(col(ProviderPicture.picture_id) == bindparam("of_id")),
)
DELETE_UNUSED_PICTURE = Statement(
    delete(Picture).where(
        col(Picture.id) == bindparam("of_id"),
        col(Picture.shop_id) == bindparam("of_shop"),
        *(not_(one.exists()) for one in SHOWN_IN),
    )
)


def save_shop_picture(tx: Tx, shop_id: ShopId, picture_id: str) -> None:
    tx.run(HANG_PICTURE, of_id=shop_id, picture=picture_id)


def insert_picture_once(tx: Tx, picture_id: str, **facts: object) -> None:
    """`facts`: shop_id, content_type, body, created_at."""
    tx.run(INSERT_PICTURE, id=picture_id, **facts)


def find_picture(tx: Tx, picture_id: str) -> tuple[str, bytes] | None:
    """Content type and bytes."""
    row = tx.one(FIND_PICTURE, of_id=picture_id)
    return (row[0], bytes(row[1])) if row else None


def has_picture(tx: Tx, shop_id: ShopId, picture_id: str) -> bool:
    """Whether this picture is this shop's."""
    return tx.one(PICTURE_OF_SHOP, of_id=picture_id, of_shop=shop_id) is not None


def delete_unused_picture(tx: Tx, shop_id: ShopId, picture_id: str) -> None:
    """Stays where a message, a kept text, the shop itself or a provider has it."""
    tx.run(DELETE_UNUSED_PICTURE, of_shop=shop_id, of_id=picture_id)


def list_pictures(tx: Tx, shop_id: ShopId) -> list[str]:
    """The shop's own one, then the newest."""
    return [row[0] for row in tx.all(PICTURES_OF_SHOP, of_shop=shop_id)]
