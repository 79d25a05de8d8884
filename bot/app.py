"""The applications under /kakao and /reports: routes and what lives as long as they do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, ClientTimeout, web

from bot.bodies import clear_errors
from bot.channel import take_channel_event
from bot.channels import Channels
from bot.deadline import CALLBACK_POST_SECONDS, Callbacks
from bot.door import DOOR, REPORTS_DOOR, BotSettings, Door, ReportsDoor
from bot.gathering import Gathering
from bot.pacing import Lines
from bot.reports import take_nhn, take_solapi
from bot.skill import answer_skill
from domain.time import Now
from storage.books import Books


def build(*, books: Books, now: Now, settings: BotSettings) -> web.Application:
    """For `/kakao`."""
    app = web.Application(middlewares=[clear_errors])
    app[DOOR] = Door(
        books=books,
        now=now,
        settings=settings,
        channels=Channels(books),
        callbacks=Callbacks(settings.callback_host),
        paces=settings.paces(),
        lines=Lines(),
    )
    app.cleanup_ctx.append(_callbacks)
    app.router.add_post("/skill", answer_skill)
    app.router.add_post("/channel", take_channel_event)
    return app


def build_reports(*, books: Books, now: Now, settings: BotSettings) -> web.Application:
    """For `/reports`."""
    app = web.Application(middlewares=[clear_errors])
    gathering = Gathering(books, now)
    app[REPORTS_DOOR] = ReportsDoor(books=books, now=now, settings=settings, gathering=gathering)
    app.cleanup_ctx.append(_gathering)
    app.router.add_post("/solapi", take_solapi)
    app.router.add_post("/nhn", take_nhn)
    return app


@asynccontextmanager
async def _callbacks(app: web.Application) -> AsyncIterator[None]:
    callbacks = app[DOOR].callbacks
    async with ClientSession(timeout=ClientTimeout(total=CALLBACK_POST_SECONDS)) as session:
        callbacks.open(session)
        yield
        await callbacks.close()


@asynccontextmanager
async def _gathering(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[REPORTS_DOOR].gathering.close()
