"""When a way itself is closed, for want of money or an account at its provider, its campaign waits
for a person: nothing leaves by a dearer one in silence.
"""

from datetime import datetime, timedelta

from campaigns.asking import wait_for
from campaigns.failing import pause_for
from campaigns.leaving import close_all
from domain.campaigns import CampaignState, ChunkState, MessageKind, MessageState, PauseReason
from domain.money import Jeon
from domain.ways import ACCOUNT_CODES, PAYER
from storage.desk import Tx
from storage.queries import chunks as books
from storage.queries import stopping
from storage.queries.chunks import ChunkRow
from storage.queries.provider_balances import save_balance

NO_BALANCE = "NotEnoughBalance"
"""SOLAPI's 402 (providers.md A5): nothing of the request has left."""

CLOSED = ACCOUNT_CODES | {"NO_ACCOUNT", "NO_PF_ID", "NO_SENDER_KEY", "NO_SENDER_NUMBER"}
"""What topping up or connecting mends: nothing is wrong with the message or its people."""

NOTHING = Jeon(0)


def give_up(tx: Tx, chunk: ChunkRow, code: str, at: datetime, until: datetime) -> None:
    """A chunk that its provider does not take: its people have failed, unless only the way is
    closed. `until` is how long the lease is kept for this.
    """
    if code == NO_BALANCE:
        note_empty(tx, chunk, at)
    if code in CLOSED and _wait(tx, chunk, at):
        return
    if books.renew_lease(tx, chunk, until):
        close_all(tx, chunk.chunk_id, MessageState.FAILED, code, at)


def note_empty(tx: Tx, chunk: ChunkRow, at: datetime) -> None:
    """Until it is asked again there is nothing in the account, for whoever weighs the ways now."""
    if payer := PAYER[chunk.sender]:
        save_balance(tx, payer, NOTHING, at)


def _wait(tx: Tx, chunk: ChunkRow, at: datetime) -> bool:
    """Holds back what has not left. Not what one person is told: that has its own next try.

    A chunk in doubt stays so: its first request may be merely late, and another group could be a
    second. Its people are taken out of the same place when it is asked about next.
    """
    begun = stopping.lock_begun_of(tx, chunk.run_id)
    if begun.kind is not MessageKind.ADVERTISEMENT:
        return False
    if chunk.state is not ChunkState.PLANNED:
        wait_for(tx, chunk, ChunkState.UNKNOWN, at, timedelta())
    elif not books.begin_again(tx, chunk, at):
        return False
    if begun.state is CampaignState.RUNNING:
        pause_for(tx, begun.shop_id, begun.campaign_id, PauseReason.WAY, at)
    if begun.state in stopping.UNDER_WAY:
        stopping.hold_back(tx, begun.shop_id, begun.campaign_id)
    return True
