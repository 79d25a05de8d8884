"""Consent to advertising: given, declined, withdrawn; each choice kept as proof."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.audit import Act, shop_book
from domain.consent import COVERS_TEXTS, TEXT_VERSION, Choice, ConsentRecord, Purpose
from domain.people import CustomerId, ShopId
from loyalty.statutory import end_confirmations, owe_confirmation, owe_result
from storage.desk import Tx
from storage.queries.customers import (
    find_last_advertising,
    grant_advertising,
    list_consented_before,
    lock_memberships,
    record_choice,
    withdraw_advertising,
)
from storage.queries.journal import append_audit
from storage.queries.messages import find_left_since
from storage.queries.pausing import end_pause

JUST_AFTER = timedelta(microseconds=1)
WHENEVER = datetime(9999, 1, 1, tzinfo=UTC)


def choose_advertising(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    choice: Choice,
    *,
    pressed: str,
    at: datetime,
    is_told: bool = True,
) -> ConsentRecord:
    """Records one choice; the record is what the L13 notice tells the person.

    `notice_at` is the same instant when the reply itself is the notice; without a reply
    (`is_told` is false) the notice is owed (loyalty/statutory.py). Repeating a choice adds nothing that
    matters: consent keeps its first date, and a refusal that stands is not written again.
    Declining what was agreed to withdraws it (L4). A rest (loyalty/pausing.py) ends with either.
    """
    if choice is not Choice.GRANTED:
        if shop_id in list_consented_before(tx, customer_id, WHENEVER):
            choice = Choice.WITHDRAWN
        elif _stands(tx, shop_id, customer_id, choice, is_told=is_told):
            return _record(choice, pressed, at, is_told=is_told)
    if choice is Choice.GRANTED:
        if grant_advertising(tx, shop_id, customer_id, at, by_text=TEXT_VERSION in COVERS_TEXTS):
            owe_confirmation(tx, shop_id, customer_id, at)
    elif choice is Choice.WITHDRAWN:
        withdraw_advertising(tx, shop_id, customer_id, at)
        end_confirmations(tx, shop_id, customer_id)
    end_pause(tx, shop_id, customer_id)
    record = _record(choice, pressed, at, is_told=is_told)
    record_choice(tx, shop_id, customer_id, record, _counts_from(tx, shop_id, customer_id, record))
    if not is_told:
        owe_result(tx, shop_id, customer_id, record)
    who = f"customer:{customer_id}"
    act = Act(actor=who, act=f"advertising_{choice}", subject=who, at=at)
    append_audit(tx, shop_book(shop_id), act)
    return record


def _stands(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, choice: Choice, *, is_told: bool
) -> bool:
    """They refused as clearly before, and have been told that it was heard."""
    last = find_last_advertising(tx, shop_id, customer_id)
    if last is None or last[0] not in (choice, Choice.WITHDRAWN):
        return False
    return last[1] is not None or not is_told


def _record(choice: Choice, pressed: str, at: datetime, *, is_told: bool) -> ConsentRecord:
    return ConsentRecord(
        purpose=Purpose.ADVERTISING,
        choice=choice,
        text_version=TEXT_VERSION,
        pressed=pressed[:60],
        chosen_at=at,
        notice_at=at if is_told else None,
    )


def _counts_from(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, record: ConsentRecord
) -> datetime:
    """A refusal counts from when the books have it (I9): what left while it waited to be
    written could not know of it, and stands before it.
    """
    if record.choice is not Choice.WITHDRAWN:
        return record.chosen_at
    left_at = find_left_since(tx, shop_id, customer_id, record.chosen_at)
    return record.chosen_at if left_at is None else left_at + JUST_AFTER


def stop_advertising(
    tx: Tx, customer_id: CustomerId, *, pressed: str, at: datetime, is_told: bool = True
) -> Sequence[ShopId]:
    """Withdraws from every shop of this channel in one step (L4, L11); the shops concerned.

    Someone who never consented is recorded as refusing, too: "stop" is never unheard.
    """
    shops = lock_memberships(tx, customer_id)  # two who press at once: one choice
    for shop_id in shops:
        choose_advertising(
            tx, shop_id, customer_id, Choice.WITHDRAWN, pressed=pressed, at=at, is_told=is_told
        )
    return shops
