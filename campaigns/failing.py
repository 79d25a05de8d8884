"""Too many errors in a row pause a campaign, and its owner is asked."""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.campaigns import CampaignState, PauseReason
from domain.failing import CLEAR_CHUNKS, is_too_much
from domain.people import CampaignId, RunId, ShopId
from storage.desk import Tx
from storage.queries import stopping as books
from storage.queries.campaigns import pause
from storage.queries.journal import append_audit

PROGRAM = "program"


def pause_if_failing(tx: Tx, run_id: RunId, at: datetime) -> None:
    """After a chunk of which hardly anybody was reached, while others have not left yet."""
    if not is_too_much(books.list_latest_settled(tx, run_id, CLEAR_CHUNKS)):
        return
    of_run = books.get_begun(tx, run_id)
    begun = books.lock_begun(tx, of_run.shop_id, of_run.campaign_id)
    if begun is None or begun.state is not CampaignState.RUNNING:
        return
    if not books.hold_back(tx, begun.shop_id, begun.campaign_id):
        return  # all of it has left: there is nothing to spare
    pause_for_errors(tx, begun.shop_id, begun.campaign_id, at)


def pause_for_errors(tx: Tx, shop_id: ShopId, campaign_id: CampaignId, at: datetime) -> None:
    """What runs; its owner is asked."""
    pause_for(tx, shop_id, campaign_id, PauseReason.ERRORS, at)


def pause_for(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, reason: PauseReason, at: datetime
) -> None:
    """The same for another reason of the program's own."""
    if not pause(tx, shop_id, campaign_id, reason):
        return
    act = Act(
        actor=PROGRAM,
        act="pause_campaign",
        subject=f"campaign:{campaign_id}",
        at=at,
        details=f"for={reason}",
    )
    append_audit(tx, shop_book(shop_id), act)
