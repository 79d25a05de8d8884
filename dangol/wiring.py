"""Builds the application: books, senders, worker, and the doors in front of them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bot import app as bot
from bot.door import BotSettings
from campaigns import jobs
from campaigns import worker as work
from campaigns.dispatch import Dispatcher
from campaigns.pacing import Paces
from campaigns.senders.kakao_event import KakaoEventSender
from campaigns.senders.nhn_alimtalk import NhnAlimtalkSender
from campaigns.senders.nhn_brand import NhnBrandSender
from campaigns.senders.nhn_wire import NhnKeys
from campaigns.senders.port import Sender
from campaigns.senders.solapi import SolapiSender
from campaigns.senders.solapi_alimtalk import SolapiAlimtalkSender
from campaigns.senders.solapi_lms import SolapiLmsSender
from campaigns.worker import Worker
from console import app as console
from console.keys import ConsoleSettings
from dangol import public
from dangol.nightly import scrub_if_needed
from dangol.settings import Nhn, Settings
from domain.campaigns import SenderName
from domain.time import Now
from storage.books import Books, open_books
from storage.desk import Tx
from storage.drivers import dialect_of
from storage.queries.certificates import forget_certificate, save_certificate
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class House:
    """What one process runs."""

    app: web.Application
    books: Books
    worker: Worker
    console: ConsoleSettings


SOLAPI_SENDERS = (SolapiSender, SolapiAlimtalkSender, SolapiLmsSender)
NEED_OUR_EAR = frozenset({SenderName.SOLAPI_LMS})
"""Refused by calling the free 080 number, which NHN's webhook tells us of (L4, L8): without it
nobody would hear.
"""


def note_certificate(tx: Tx, settings: Settings) -> None:
    """As the settings of this installation have it now, so that the gate can ask (L18)."""
    certificate = settings.solapi.certificate if settings.solapi else None
    if certificate is None:
        forget_certificate(tx, SenderName.SOLAPI_LMS)
    else:
        save_certificate(tx, SenderName.SOLAPI_LMS, certificate.number, certificate.until)


def make_senders(settings: Settings, now: Now) -> Mapping[SenderName, Sender]:
    senders: dict[SenderName, Sender] = {
        SenderName.KAKAO_EVENT: KakaoEventSender(settings.kakao_url)
    }
    if settings.solapi is not None:
        for made in SOLAPI_SENDERS:
            sender = made(
                api_key=settings.solapi.api_key,
                api_secret=settings.solapi.api_secret,
                now=now,
                base_url=settings.solapi.base_url,
                sender_number=settings.solapi.sender_number,
            )
            if settings.nhn is not None or sender.name not in NEED_OUR_EAR:
                senders[sender.name] = sender
    return senders | (_nhn_senders(settings.nhn, now) if settings.nhn else {})


def _nhn_senders(nhn: Nhn, now: Now) -> dict[SenderName, Sender]:
    keys = NhnKeys(appkey=nhn.appkey, secret_key=nhn.secret_key)
    return {
        SenderName.NHN: NhnBrandSender(keys, now, base_url=nhn.base_url),
        SenderName.NHN_ALIMTALK: NhnAlimtalkSender(keys, now, base_url=nhn.base_url),
    }


@asynccontextmanager
async def open_house(
    settings: Settings, now: Now, *, with_worker: bool = True
) -> AsyncIterator[House]:
    """Opens everything in order and closes it in reverse: books, senders, worker."""
    async with AsyncExitStack() as stack:
        books = await stack.enter_async_context(
            open_books(settings.database_url, Vault(settings.data_key))
        )
        await books.write(note_certificate, settings)
        senders = make_senders(settings, now)
        for sender in senders.values():
            stack.push_async_callback(sender.close)
        paces = Paces(processes=settings.workers)
        dispatcher = Dispatcher(
            books, senders, now, settings.public_url, lease=settings.lease, paces=paces
        )
        worker = Worker(books, dispatcher, now, frozenset(senders))
        house = _build(settings, books, worker, now, frozenset(senders))
        if with_worker:
            await stack.enter_async_context(_working(settings, books, worker, now))
        yield house


def _working(
    settings: Settings, books: Books, worker: Worker, now: Now
) -> AbstractAsyncContextManager[None]:
    """In this process alone on SQLite; side by side with others on PostgreSQL."""
    url = settings.database_url
    nightly = partial(scrub_if_needed, books, url, now)
    if dialect_of(url) == "postgresql":
        return jobs.running(worker, url, lease=settings.lease, nightly=nightly)
    return work.running(worker, nightly=nightly)


def _build(
    settings: Settings,
    books: Books,
    worker: Worker,
    now: Now,
    senders: frozenset[SenderName],
) -> House:
    bot_settings = BotSettings(
        public_url=settings.public_url,
        solapi_webhook_secret=settings.solapi.webhook_secret if settings.solapi else "",
        nhn_webhook_signature=settings.nhn.webhook_signature if settings.nhn else "",
        empty_answer=settings.empty_answer,
        callback_host=settings.callback_host,
        wake=worker.wake,
        senders=senders,
    )
    console_settings = ConsoleSettings(
        public_url=settings.public_url,
        chat_link=settings.chat_link,
        senders=senders,
        wake=worker.wake,
        login=settings.login,
    )
    app = public.build(books, now)
    app.add_subapp("/kakao", bot.build(books=books, now=now, settings=bot_settings))
    if settings.solapi or settings.nhn:  # without a secret anybody's report would be believed
        app.add_subapp("/reports", bot.build_reports(books=books, now=now, settings=bot_settings))
    console.setup(app, books=books, now=now, settings=console_settings)
    return House(app, books, worker, console_settings)
