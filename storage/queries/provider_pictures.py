"""What a provider calls our pictures, once it keeps them."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.campaigns import SenderName
from domain.ways import PictureShape
from storage.desk import Tx
from storage.models.ways import ProviderPicture
from storage.statements import Statement, insert_once

KEPT = Statement(
    select(col(ProviderPicture.shape), col(ProviderPicture.provider_ref)).where(
        col(ProviderPicture.sender) == bindparam("of_sender"),
        col(ProviderPicture.picture_id) == bindparam("of_picture"),
    )
)
KEEP = Statement(
    lambda dialect: insert_once(
        dialect,
        ProviderPicture,
        **{
            name: bindparam(name)
            for name in ("sender", "picture_id", "shape", "provider_ref", "made_at")
        },
    )
)


def list_kept(
    tx: Tx, sender: SenderName, picture_ids: Collection[str]
) -> Mapping[tuple[str, PictureShape], str]:
    """By picture and shape: as many as this provider keeps of them."""
    return {
        (picture_id, PictureShape(shape)): ref
        for picture_id in picture_ids
        for shape, ref in tx.all(KEPT, of_sender=sender, of_picture=picture_id)
    }


def insert_once_kept(
    tx: Tx, sender: SenderName, picture_id: str, shape: PictureShape, ref: str, at: datetime
) -> None:
    """Who comes second, having uploaded it too, changes nothing: both are good."""
    tx.run(KEEP, sender=sender, picture_id=picture_id, shape=shape, provider_ref=ref, made_at=at)
