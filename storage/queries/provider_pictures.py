"""What a provider calls our pictures, once it keeps them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from domain.campaigns import SenderName
from domain.ways import PictureShape
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.ways import ProviderPicture
from storage.statements import Statement, insert_once

KEPT_FOR = timedelta(days=7)
"""Believed for so long only: a provider may drop what nothing of its own uses (providers.md B4),
and another account of ours has none of the last one's."""

SINCE = bindparam("since", type_=INSTANT)
OF_PICTURE = (
    col(ProviderPicture.sender) == bindparam("of_sender"),
    col(ProviderPicture.picture_id) == bindparam("of_picture"),
)
KEPT = Statement(
    select(col(ProviderPicture.shape), col(ProviderPicture.provider_ref)).where(
        *OF_PICTURE, col(ProviderPicture.made_at) > SINCE
    )
)
FORGET = Statement(
    delete(ProviderPicture).where(*OF_PICTURE, col(ProviderPicture.made_at) <= SINCE)
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
    tx: Tx, sender: SenderName, picture_ids: Collection[str], at: datetime
) -> Mapping[tuple[str, PictureShape], str]:
    """By picture and shape: as many as this provider keeps of them."""
    since = at - KEPT_FOR
    return {
        (picture_id, PictureShape(shape)): ref
        for picture_id in picture_ids
        for shape, ref in tx.all(KEPT, of_sender=sender, of_picture=picture_id, since=since)
    }


def insert_once_kept(
    tx: Tx, sender: SenderName, picture_id: str, shape: PictureShape, ref: str, at: datetime
) -> None:
    """Who comes second, having uploaded it too, changes nothing: both are good. An old one goes."""
    tx.run(FORGET, of_sender=sender, of_picture=picture_id, since=at - KEPT_FOR)
    tx.run(KEEP, sender=sender, picture_id=picture_id, shape=shape, provider_ref=ref, made_at=at)
