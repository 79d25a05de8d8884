"""News that a program books for a shop over the API: the shop's rules and money, its own keys."""

from datetime import datetime

from campaigns.booking import Draft, book_campaign
from domain.audit import Act, shop_book
from domain.people import CampaignId
from loyalty.tills import Asked, Till, keep_request, take_request
from storage.desk import Tx
from storage.queries.campaigns import find_by_form_key
from storage.queries.journal import append_audit

FORM_KEY = "api.campaign"
DIGITS = 36


def book_by_program(
    tx: Tx, till: Till, asked: Asked, draft: Draft, at: datetime
) -> tuple[CampaignId, bool]:
    """Which campaign, and whether this key had booked it before.

    Raises NotAllowed(`token`), Conflict(`key_reused`) for other words under the same key, and as
    `book_campaign` does.
    """
    key = take_request(tx, till, asked)
    form_key = f"api:{tx.vault.fingerprint(key, purpose=FORM_KEY)[:DIGITS]}"
    if known := find_by_form_key(tx, till.shop_id, form_key):
        return known, True
    about = {"form_key": form_key, "staff_id": None, "at": at}
    campaign_id = book_campaign(tx, till.shop_id, draft, **about)  # type: ignore[arg-type]  # by name
    keep_request(tx, till, asked, None, at)
    act = Act(actor=till.actor, act="book_by_program", subject=f"campaign:{campaign_id}", at=at)
    append_audit(tx, shop_book(till.shop_id), act)
    return campaign_id, False
