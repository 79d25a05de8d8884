"""Regulars the chat does not know: a phone number at the counter, a line of an old paper list.

They have stamps and nothing else: no consent, no chat, no message (L1, L67).
"""

from datetime import datetime

from domain.people import CustomerId, ShopId, normal_phone
from domain.refusals import Invalid
from loyalty.joining import become_member
from loyalty.sales import Sale
from loyalty.visits import Stamped, stamp_person
from storage.desk import Tx
from storage.queries.paper import find_regular_by_phone, insert_paper_customer


def stamp_by_phone(tx: Tx, shop_id: ShopId, words: str, sale: Sale, at: datetime) -> Stamped:
    """A visit of whoever has this number, known to the chat or not: claimed, not proven.

    Raises Invalid(phone) and as `stamp_person` does.
    """
    digits = read_phone(words)
    customer_id = regular_by_phone(tx, shop_id, digits, actor=sale.actor, at=at)
    return stamp_person(tx, shop_id, customer_id, sale, at)


def read_phone(words: str) -> str:
    """The digits of a number as it was typed. Raises Invalid(phone)."""
    digits = normal_phone(words)
    if digits is None or not digits.isascii():
        raise Invalid({"phone": "휴대폰 번호 모양이 아니에요. 010-1234-5678처럼 적어 주세요."})
    return digits


def regular_by_phone(
    tx: Tx, shop_id: ShopId, digits: str, *, actor: str, at: datetime
) -> CustomerId:
    """The regular with this number in the shop's channel: who is a member of the shop first,
    then who has been there longest; a new one, known by the number alone, when there is none.
    """
    found = find_regular_by_phone(tx, shop_id, digits)
    if found is not None:
        return found
    customer_id = insert_paper_customer(tx, shop_id, digits, at)
    become_member(tx, shop_id, customer_id, actor=actor, at=at)
    return customer_id
