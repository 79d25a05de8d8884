"""전부 멈춤: nothing of a shop's advertising leaves any more, but what is leaving at this moment."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.booking import cancel_campaign
from campaigns.leaving import close_all
from domain.audit import Act, shop_book
from domain.campaigns import ChunkState, MessageState
from domain.people import ShopId
from domain.refusals import Conflict
from storage.desk import Tx
from storage.queries.chunks import lock_chunk
from storage.queries.journal import append_audit
from storage.queries.stopping import list_booked, list_not_left

CODE = "STOPPED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Campaigns that will not start, and people to whom a running one will not go."""

    campaigns: int
    people: int


def stop_all(tx: Tx, shop_id: ShopId, *, actor: str, at: datetime) -> Stopped:
    """Cancels what is booked and every chunk that has not left; its money goes back at once.

    Information for one person (an answer to a question) still goes. Harmless when repeated.
    """
    canceled = 0
    for booked in list_booked(tx, shop_id):
        try:
            cancel_campaign(tx, shop_id, booked.campaign_id, actor=actor, at=at)
        except Conflict:
            continue  # it has begun meanwhile: its chunks are stopped below
        canceled += 1
    people = 0
    for chunk_id, size in list_not_left(tx, shop_id):
        _, state = lock_chunk(tx, chunk_id)
        if state is ChunkState.PLANNED:  # whoever holds its lease finds it settled (`_start`)
            close_all(tx, chunk_id, MessageState.CANCELED, CODE, at)
            people += size
    if canceled or people:
        act = Act(actor=actor, act="stop_all", subject=f"shop:{shop_id}", at=at)
        append_audit(tx, shop_book(shop_id), act)
    return Stopped(campaigns=canceled, people=people)
