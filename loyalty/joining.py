"""Becoming a regular: age, membership, and an optional phone number (L44, L65-L68)."""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.consent import TEXT_VERSION, Choice, ConsentRecord, Purpose
from domain.people import CustomerId, ShopId, normal_phone
from domain.refusals import Invalid
from loyalty.gifts import give_joining_gifts
from storage.desk import Tx
from storage.queries.customers import (
    confirm_age,
    grant_phone,
    insert_member_once,
    list_member_shops,
    list_using_phone,
    record_choice,
    save_phone,
)
from storage.queries.journal import append_audit


def join_shop(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, *, pressed: str, at: datetime
) -> bool:
    """Makes a member of someone who said to be 14 or older; False when they were one already.

    Stamps rest on what the person asked for (L67), so nothing but age stands in the way.
    """
    confirm_age(tx, customer_id, at)
    who = f"customer:{customer_id}"
    return become_member(tx, shop_id, customer_id, pressed=pressed, actor=who, at=at)


def become_member(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    *,
    pressed: str | None = None,
    actor: str,
    at: datetime,
) -> bool:
    """`join_shop` without the question of age: also by staff, a till or a paper list.

    Only who pressed something in the chat has made a choice; for the others the membership
    rests on the service they asked for at the counter (L67), and no proof is made up.
    """
    if not insert_member_once(tx, shop_id, customer_id, at):
        return False
    if pressed is not None:
        record = _record(Purpose.SERVICE, Choice.GRANTED, pressed, at)
        record_choice(tx, shop_id, customer_id, record)
    give_joining_gifts(tx, shop_id, customer_id, at)
    subject = f"customer:{customer_id}"
    append_audit(tx, shop_book(shop_id), Act(actor=actor, act="join", subject=subject, at=at))
    return True


def leave_phone(tx: Tx, customer_id: CustomerId, words: str, at: datetime) -> str:
    """Keeps the number a person typed, sealed, for the shops they are a regular of now; its
    digits. Raises Invalid(phone).
    """
    digits = normal_phone(words)
    if digits is None or not digits.isascii():
        raise Invalid({"phone": "휴대폰 번호 모양이 아니에요. 010-1234-5678처럼 적어 주세요."})
    known = list_using_phone(tx, customer_id, digits)
    save_phone(tx, customer_id, digits)
    for shop_id in list_member_shops(tx, customer_id):
        if shop_id in known:
            continue
        record = _record(Purpose.PHONE, Choice.GRANTED, "typed", at)
        record_choice(tx, shop_id, customer_id, record)
        grant_phone(tx, shop_id, customer_id, at)
        _audit(tx, shop_id, customer_id, "leave_phone", at)
    return digits


def forget_phone(tx: Tx, customer_id: CustomerId, at: datetime) -> None:
    """Removes the number; what was agreed to otherwise stays."""
    save_phone(tx, customer_id, None)
    for shop_id in list_member_shops(tx, customer_id):
        record = _record(Purpose.PHONE, Choice.WITHDRAWN, "typed", at)
        record_choice(tx, shop_id, customer_id, record)
        grant_phone(tx, shop_id, customer_id, None)
        _audit(tx, shop_id, customer_id, "forget_phone", at)


def _record(purpose: Purpose, choice: Choice, pressed: str, at: datetime) -> ConsentRecord:
    return ConsentRecord(
        purpose=purpose,
        choice=choice,
        text_version=TEXT_VERSION,
        pressed=pressed,
        chosen_at=at,
        notice_at=None,
    )


def _audit(tx: Tx, shop_id: ShopId, customer_id: CustomerId, act: str, at: datetime) -> None:
    who = f"customer:{customer_id}"
    append_audit(tx, shop_book(shop_id), Act(actor=who, act=act, subject=who, at=at))
