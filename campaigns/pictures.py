"""Pictures that a provider must keep before it can show them: uploaded once for each shape.

No transaction is open meanwhile. A lost answer leaves one at the provider that nobody names; the
next try uploads another, which is harmless.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime

from campaigns.senders.port import PictureKeeper, Sender
from domain.campaigns import Batch, Shot
from domain.refusals import Rejected, Retryable, Unknown
from domain.ways import PictureShape
from storage.books import Books
from storage.queries.pictures import find_picture
from storage.queries.provider_pictures import insert_once_kept
from subsidy.shops import shaped_picture

LOG = logging.getLogger(__name__)


async def with_pictures(books: Books, sender: Sender, batch: Batch, at: datetime) -> Batch:
    """The batch with all its pictures at the provider. Raises Retryable and Rejected."""
    missing = [one for one in batch.shots if (one.url, one.shape) not in batch.pictures]
    if not missing or not isinstance(sender, PictureKeeper):
        return batch
    refs = dict(batch.pictures)
    for shot in missing:
        refs[shot.url, shot.shape] = await _upload(books, sender, shot, at)
    return replace(batch, pictures=refs)


async def _upload(books: Books, sender: PictureKeeper, shot: Shot, at: datetime) -> str:
    shape = PictureShape(shot.shape)
    found = await books.read(find_picture, shot.picture_id)
    if found is None:
        raise Rejected("PICTURE_GONE", shot.picture_id)
    card = await asyncio.to_thread(shaped_picture, found[1], shape)
    try:
        ref = await sender.upload(card, shape)
    except Unknown as doubt:
        raise Retryable(doubt.code, doubt.detail) from doubt
    LOG.info("picture %s is kept by %s as %s", shot.picture_id, sender.name, shape)
    await books.write(insert_once_kept, sender.name, shot.picture_id, shape, ref, at)
    return ref
