"""Refusals that a provider hears for us: the free 080 number was called (L4, I9)."""

import logging
from collections.abc import Sequence
from datetime import datetime

from domain.consent import Choice
from domain.opt_outs import OptOut
from domain.people import CustomerId
from loyalty.consent import WHENEVER, choose_advertising
from storage.desk import Tx
from storage.queries.customers import list_consented_before, lock_memberships
from storage.queries.journal import insert_inbound_once
from storage.queries.opt_outs import list_by_called, mark_of

LOG = logging.getLogger(__name__)
SOURCE, KIND = "nhn", "unsubscribe"
PRESSED_NUMBER = "free 080 number"


def note_opt_outs(tx: Tx, opt_outs: Sequence[OptOut], at: datetime) -> int:
    """Takes each once, whatever order they come in; how many were new.

    Of a number that is not in the books (any more) its mark is kept with the event, and the log
    says so: whose refusal it was, a person must find out.
    """
    return sum(_note(tx, one, at) for one in opt_outs)


def _note(tx: Tx, opt_out: OptOut, at: datetime) -> bool:
    people = list_by_called(tx, opt_out.phone, opt_out.number)
    happened_at = min(opt_out.happened_at or at, at)
    is_new = insert_inbound_once(
        tx,
        source=SOURCE,
        external_id=opt_out.event_id,
        kind=KIND,
        body="" if people else mark_of(tx, opt_out.phone),
        customer_id=people[0] if people else None,
        happened_at=happened_at,
        received_at=at,
    )
    if is_new and not people:
        LOG.warning("a refusal by the 080 number is nobody's: event %s", opt_out.event_id)
    if is_new:
        for customer_id in people:
            _refuse(tx, customer_id, happened_at, at)
    return is_new


def _refuse(tx: Tx, customer_id: CustomerId, happened_at: datetime, at: datetime) -> None:
    """In every shop of the channel, as a text names only the number; what was agreed to since then
    stays agreed to.
    """
    shops = lock_memberships(tx, customer_id)
    consented = list_consented_before(tx, customer_id, WHENEVER)
    since = set(consented) - set(list_consented_before(tx, customer_id, happened_at))
    for shop_id in shops:
        if shop_id in since:
            continue
        choose_advertising(
            tx,
            shop_id,
            customer_id,
            Choice.WITHDRAWN,
            pressed=PRESSED_NUMBER,
            at=at,
            is_told=False,
        )
