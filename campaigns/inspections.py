"""How AlimTalk templates stand with their inspector: asked every hour at the providers."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from campaigns.senders.port import Inspected, Inspector, Sender
from domain.alimtalk import check_text
from domain.campaigns import SenderName
from domain.refusals import Invalid, SenderError
from domain.ways import TemplateState
from storage.books import Books
from storage.desk import Tx
from storage.queries.notice_templates import TemplateRow, list_at_provider, take_inspected

LOG = logging.getLogger(__name__)

ASK_EVERY = timedelta(hours=1)
"""An inspection takes about two working days (providers.md D2)."""


class Inspections:
    """Asks a provider only while a template of ours is there; what it remembers is only when."""

    def __init__(self, books: Books, senders: Mapping[SenderName, Sender]) -> None:
        self._books = books
        self._senders = senders
        self._asked_at: dict[SenderName, datetime] = {}

    async def ask(self, at: datetime) -> None:
        for name, sender in self._senders.items():
            asked_at = self._asked_at.get(name)
            if isinstance(sender, Inspector) and (asked_at is None or at - asked_at >= ASK_EVERY):
                self._asked_at[name] = at
                await self._ask_one(name, sender, at)

    async def _ask_one(self, name: SenderName, sender: Inspector, at: datetime) -> None:
        if not await self._books.read(list_at_provider, name):
            return
        try:
            inspected = await sender.templates()
        except SenderError as trouble:
            LOG.info("%s does not tell its templates: %s", name, trouble)
            return
        await self._books.write_batch(take_told, name, inspected, at)


def take_told(tx: Tx, sender: SenderName, told: Sequence[Inspected], at: datetime) -> bool:
    """What the provider says of our templates; others of the account are none of ours."""
    by_code = {one.code: one for one in told}
    for row in list_at_provider(tx, sender):
        if one := by_code.get(row.code):
            body, state = _taken(row, one)
            take_inspected(tx, row, body, state, at)
    return False


def _taken(row: TemplateRow, told: Inspected) -> tuple[str, TemplateState]:
    """1043: a message must equal the text that was inspected, so that one is the one we have. A
    text that we cannot fill is of no use to us, whatever its inspector said.
    """
    try:
        check_text(row.use, told.body)
    except Invalid:
        return row.body, TemplateState.REJECTED
    return told.body, told.state
