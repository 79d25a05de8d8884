"""What is held about a person, shown to that person (L48)."""

from dataclasses import dataclass

from domain.consent import ConsentRecord
from domain.people import CustomerId, ShopId, masked_phone
from storage.desk import Tx
from storage.queries.customers import find_phone, list_choices


@dataclass(frozen=True, slots=True)
class Held:
    """The phone number is masked even here: the chat may be read over a shoulder."""

    phone: str | None
    choices: list[ConsentRecord]


def show_held(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> Held:
    digits = find_phone(tx, customer_id)
    return Held(masked_phone(digits) if digits else None, list_choices(tx, shop_id, customer_id))
