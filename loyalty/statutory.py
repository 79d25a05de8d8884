"""What people must be told about their choices (L13, L14): owed in the transaction of the choice,
said in their next turn, else sent by the program (campaigns/statutory.py).

An overdue notice forbids nothing, and no answer to one changes nothing (L15).
"""

from datetime import datetime

from domain.consent import Choice, ConsentRecord
from domain.people import CustomerId, ShopId
from domain.statutory import (
    STATUTORY_VERSION,
    StatutoryKind,
    confirm_deadlines,
    next_number,
    result_deadlines,
)
from storage.desk import Tx
from storage.queries.statutory import (
    Owed,
    drop_confirmations,
    insert_statutory_once,
    note_statutory,
    say_statutory,
)


def owe_result(tx: Tx, shop_id: ShopId, customer_id: CustomerId, record: ConsentRecord) -> None:
    """A choice that no answer of ours has told the result of yet (L13)."""
    insert_statutory_once(
        tx,
        (shop_id, customer_id),
        StatutoryKind.RESULT,
        (record.choice, record.chosen_at),
        0,
        result_deadlines(record.chosen_at),
    )
    note_statutory(tx, shop_id, customer_id)


def owe_confirmation(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, consent_at: datetime, number: int = 1
) -> None:
    """A consent is to be confirmed every second year (L14)."""
    insert_statutory_once(
        tx,
        (shop_id, customer_id),
        StatutoryKind.CONFIRM,
        (Choice.GRANTED, consent_at),
        number,
        confirm_deadlines(consent_at, number),
    )


def end_confirmations(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> None:
    """The consent is gone: nothing is left to confirm."""
    drop_confirmations(tx, shop_id, customer_id)


def take_said(tx: Tx, customer_id: CustomerId, at: datetime) -> list[Owed]:
    """What this turn's answer says first; with it, it is proven as said."""
    said = say_statutory(tx, customer_id, STATUTORY_VERSION, at)
    for one in said:
        owe_next(tx, one, at)
    return said


def owe_next(tx: Tx, told: Owed, at: datetime) -> None:
    """After a confirmation, the one two years on."""
    if told.kind is StatutoryKind.CONFIRM:
        number = next_number(told.chosen_at, told.number, at)
        owe_confirmation(tx, told.shop_id, told.customer_id, told.chosen_at, number)
