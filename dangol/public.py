"""What anyone may ask of the server: pictures, and whether it is well."""

import asyncio
import logging
from datetime import timedelta

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from domain.time import Now
from storage.books import Books
from storage.desk import Tx
from storage.queries.health import WorkLeft, read_work_left
from storage.queries.journal import find_last_beat
from storage.queries.pictures import find_picture

BOOKS = web.AppKey("books", Books)
NOW: web.AppKey[Now] = web.AppKey("now")

PICTURE_CACHE = "public, max-age=31536000, immutable"
WORKER_SILENT_AFTER = timedelta(minutes=5)
ANSWER_WITHIN_SECONDS = 1.5
"""A probe waits two seconds."""

LOG = logging.getLogger(__name__)


def build(books: Books, now: Now) -> web.Application:
    """`/media`, `/healthz`, `/readyz` and `/metrics`, to be mounted at the root."""
    app = web.Application()
    app[BOOKS], app[NOW] = books, now
    app.add_routes(
        [
            web.get("/media/{picture_id:[0-9a-f]{64}}", picture),
            web.get("/healthz", alive),
            web.get("/readyz", ready),
            web.get("/metrics", metrics),
        ]
    )
    return app


async def picture(request: web.Request) -> web.Response:
    """A picture's name is the hash of its bytes, so it never changes."""
    found = await request.app[BOOKS].read(find_picture, request.match_info["picture_id"])
    if found is None:
        return web.Response(status=404, text="그런 사진이 없어요.")
    content_type, body = found
    headers = {"Cache-Control": PICTURE_CACHE, "X-Content-Type-Options": "nosniff"}
    return web.Response(body=body, content_type=content_type, headers=headers)


async def alive(request: web.Request) -> web.Response:
    del request
    return web.Response(text="ok\n")


async def ready(request: web.Request) -> web.Response:
    """503 while the database does not answer or no worker has looked for five minutes."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            beat_at = await request.app[BOOKS].read(find_last_beat)
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
        LOG.warning("the database does not answer: %r", error)
        return web.Response(status=503, text="no database\n")
    if beat_at is None or request.app[NOW]() - beat_at > WORKER_SILENT_AFTER:
        return web.Response(status=503, text="no worker\n")
    return web.Response(text="ok\n")


async def metrics(request: web.Request) -> web.Response:
    """Read from the books when asked: a restart or a second process counts nothing twice."""
    left = await request.app[BOOKS].read(_left)
    headers = {"Content-Type": CONTENT_TYPE_LATEST}
    return web.Response(body=generate_latest(_registry(left)), headers=headers)


def _left(tx: Tx) -> WorkLeft:
    return read_work_left(tx)


def _registry(left: WorkLeft) -> CollectorRegistry:
    registry = CollectorRegistry()
    chunks = Gauge("dangol_chunks", "Chunks by state", ["state"], registry=registry)
    for state, count in left.chunks.items():
        chunks.labels(state).set(count)
    messages = Gauge("dangol_messages", "Messages by state", ["state"], registry=registry)
    for name, count in left.messages.items():
        messages.labels(name).set(count)
    booked = Gauge("dangol_campaigns_booked", "Campaigns that wait", registry=registry)
    booked.set(left.booked)
    return registry
