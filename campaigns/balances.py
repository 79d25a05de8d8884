"""What is left in the accounts at the providers: asked every hour, so that nobody is surprised."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.senders.port import Purse, Sender
from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon, Tariff
from domain.refusals import SenderError
from domain.ways import PAYER
from storage.books import Books
from storage.desk import Tx
from storage.queries.prices import find_price
from storage.queries.provider_balances import Balance, list_balances, save_balance

LOG = logging.getLogger(__name__)

ASK_EVERY = timedelta(hours=1)
ASK_EMPTY_EVERY = timedelta(minutes=5)
"""An account that was empty: somebody is about to top it up."""


async def ask_balances(books: Books, senders: Mapping[SenderName, Sender], at: datetime) -> None:
    """Asks each account once, however many ways are paid from it; one that does not answer is
    asked again at the next sweep.
    """
    known = await books.read(list_balances)
    for name, sender in senders.items():
        if PAYER[name] is not name or not isinstance(sender, Purse):
            continue
        if not _is_due(known.get(name), at):
            continue
        try:
            balance_jeon = await sender.balance()
        except SenderError as trouble:
            LOG.info("%s does not tell its balance: %s", name, trouble)
            continue
        await books.write_batch(save_balance, name, balance_jeon, at)


def _is_due(known: Balance | None, at: datetime) -> bool:
    if known is None:
        return True
    return at - known.asked_at >= (ASK_EVERY if known.balance_jeon > 0 else ASK_EMPTY_EVERY)


LOW_PEOPLE = 1_000
"""An account that pays for fewer people than this is nearly used up: a market's one news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account at a provider; `people`: for how many brand messages it lasts at today's price."""

    sender: SenderName
    balance_jeon: Jeon
    asked_at: datetime
    people: int

    @property
    def is_low(self) -> bool:
        return self.people < LOW_PEOPLE


def list_accounts(tx: Tx, at: datetime) -> list[AccountView]:
    """Of the providers that tell what they hold."""
    found = []
    for sender, known in list_balances(tx).items():
        price = find_price(tx, Tariff(sender), MessageKind.ADVERTISEMENT, at)
        people = known.balance_jeon // price.unit_jeon if price else 0
        found.append(AccountView(sender=sender, people=people, **known._asdict()))
    return found
