"""What a worker's process does while the street sleeps."""

import asyncio
import logging
from datetime import timedelta

from domain.time import Now
from storage.books import Books
from storage.queries.erasing import list_erasures
from storage.scrub import scrub

LOOK_BACK = timedelta(days=3)
"""A night on which the server was down is made up for on the next."""

LOG = logging.getLogger(__name__)


async def scrub_if_needed(books: Books, url: str, now: Now) -> None:
    """Wipes what deletions left in the files, if there were any in these days."""
    erasures = await books.read(list_erasures, now() - LOOK_BACK)
    if erasures:
        scrubbed = await asyncio.to_thread(scrub, url)
        LOG.info("scrubbed after %d deletions", len(erasures))
        for name in scrubbed.left_out:
            LOG.warning("%s was in use all the time and is not scrubbed yet", name)
