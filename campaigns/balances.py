"""What is left in the accounts at the providers: asked every hour and after each sending, so that
nobody is surprised.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.senders.port import Purse, Sender
from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon, Tariff
from domain.people import ProgramId
from domain.refusals import SenderError
from domain.ways import PAYER
from storage.books import Books
from storage.desk import Tx
from storage.queries.prices import find_price
from storage.queries.programs import list_program_ids
from storage.queries.provider_balances import (
    Balance,
    list_balances,
    list_last_sent,
    save_balance,
)

LOG = logging.getLogger(__name__)

ASK_EVERY = timedelta(hours=1)
ASK_EMPTY_EVERY = timedelta(minutes=5)
"""An account that was empty: somebody is about to top it up."""

TAKEN_OFF_IN = timedelta(minutes=1)
"""So long after a sending the balance is asked again: sooner it may not show it yet."""


async def ask_balances(books: Books, senders: Mapping[SenderName, Sender], at: datetime) -> None:
    """Asks each account once, however many ways are paid from it; one that does not answer is
    asked again at the next sweep.
    """
    known, last_sent = await books.read(list_balances), await books.read(list_last_sent)
    for name, sender in senders.items():
        if PAYER[name] is not name or not isinstance(sender, Purse):
            continue
        sent_at = max((last_sent[one] for one in last_sent if PAYER[one] is name), default=None)
        if not _is_due(known.get(name), sent_at, at):
            continue
        try:
            balance_jeon = await sender.balance()
        except SenderError as trouble:
            LOG.info("%s does not tell its balance: %s", name, trouble)
            continue
        await books.write_batch(save_balance, name, balance_jeon, at)


def _is_due(known: Balance | None, sent_at: datetime | None, at: datetime) -> bool:
    if known is None:
        return True
    asked_at = known.asked_at
    if sent_at is not None and asked_at < sent_at + TAKEN_OFF_IN <= at:
        return True
    return at - asked_at >= (ASK_EVERY if known.balance_jeon > 0 else ASK_EMPTY_EVERY)


LOW_PEOPLE = 1_000
"""An account that pays for fewer people than this is nearly used up: a market's one news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account at a provider; `people`: for how many brand messages it lasts at today's price.
    Both sums are None where other programs use it too: they would tell what those spend.
    """

    sender: SenderName
    asked_at: datetime
    is_low: bool
    balance_jeon: Jeon | None
    people: int | None


def list_accounts(tx: Tx, program_id: ProgramId, at: datetime) -> list[AccountView]:
    """Of the providers that tell what they hold, as one program may see them."""
    is_alone = list_program_ids(tx) == [program_id]
    found = []
    for sender, known in list_balances(tx).items():
        price = find_price(tx, Tariff(sender), MessageKind.ADVERTISEMENT, at)
        people = known.balance_jeon // price.unit_jeon if price else 0
        found.append(
            AccountView(
                sender=sender,
                asked_at=known.asked_at,
                is_low=people < LOW_PEOPLE,
                balance_jeon=known.balance_jeon if is_alone else None,
                people=people if is_alone else None,
            )
        )
    return found
