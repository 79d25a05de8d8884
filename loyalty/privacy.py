"""What is held about a person, shown to that person (L48), and deleted (L45-L47, L49)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, program_book, shop_book
from domain.birthdays import Birthday
from domain.consent import ConsentRecord
from domain.keeping import Kept, What, kept_until, proves_advertising
from domain.people import CustomerId, ShopId, masked_phone
from loyalty.tallies import CardStanding, list_standings
from storage.desk import Tx
from storage.queries.coupons import CouponView
from storage.queries.erasing import (
    ERASE_CUSTOMER,
    ERASE_REGULAR,
    Erasure,
    delete_person,
    delete_regular,
    get_program_of,
    list_held_places,
    list_proofs,
    lock_person,
    refuse_unseen,
)
from storage.queries.faces import Pair, list_usable_of
from storage.queries.journal import append_audit
from storage.queries.kept_records import keep_proof, list_kept
from storage.queries.offers import give_place_back
from storage.queries.privacy import (
    NOTHING,
    count_questions,
    list_choices_of,
    list_note_words,
    list_personal,
)

AGAIN = "program"
"""Who deletes anew what a restored backup has brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything about a person in one shop; visits are on the membership.

    The phone number is masked even here: the chat may be read over a shoulder.
    """

    name: str | None
    phone: str | None
    birthday: Birthday | None
    card: CardStanding | None
    coupons: Sequence[CouponView]
    notes: Sequence[str]
    questions: int
    choices: list[ConsentRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What had to stay of a deleted person, why and until when (L46); nothing for most.

    `is_gone`: no shop of the channel knows them any more.
    """

    kept: tuple[Kept, ...]
    is_gone: bool = True
    is_repeated: bool = False


def show_held(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> Held:
    person = shop_id, customer_id
    return list_held(tx, [person], at)[person]


def list_held(tx: Tx, people: Collection[Pair], at: datetime) -> Mapping[Pair, Held]:
    """`show_held` for a set, in six statements."""
    known = list_personal(tx, people)
    cards = list_standings(tx, people, at)
    coupons = list_usable_of(tx, {customer_id for _, customer_id in people}, at)
    notes = list_note_words(tx, people)
    choices = list_choices_of(tx, people)
    questions = count_questions(tx, people)

    def held(one: Pair) -> Held:
        person = known.get(one, NOTHING)
        return Held(
            name=person.name,
            phone=masked_phone(person.phone) if person.phone else None,
            birthday=person.birthday,
            card=cards.get(one),
            coupons=[each for each in coupons.get(one[1], ()) if each.shop_id == one[0]],
            questions=questions.get(one, 0),
            notes=notes.get(one, ()),
            choices=choices.get(one, []),
        )

    return {one: held(one) for one in people}


def erase_customer(tx: Tx, customer_id: CustomerId, *, actor: str, at: datetime) -> Erased:
    """Deletes a person from a channel and all its shops, for good; harmless when repeated.

    Money, messages, redemptions and the audit log keep their number, which no one else gets.
    What a law makes us keep is written down apart first.
    """
    shops, known_since = lock_person(tx, customer_id)
    if known_since is None:
        return Erased(kept=tuple(list_kept(tx, customer_id)), is_repeated=True)
    books = [shop_book(one) for one in shops] or [program_book(get_program_of(tx, customer_id))]
    for shop_id in shops:
        _clear(tx, shop_id, customer_id, at)
    delete_person(tx, customer_id)
    for book in books:
        _audit(tx, book, ERASE_CUSTOMER, customer_id, actor, at)
    return Erased(kept=tuple(list_kept(tx, customer_id)))


def erase_regular(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, *, actor: str, at: datetime
) -> Erased:
    """Deletes what one shop has about a person, for that shop's owner (L54).

    Who is a regular of no other shop of the channel is deleted altogether.
    """
    shops, known_since = lock_person(tx, customer_id)
    if shops == [shop_id]:
        return erase_customer(tx, customer_id, actor=actor, at=at)
    if shop_id in shops:
        _clear(tx, shop_id, customer_id, at)
        _audit(tx, shop_book(shop_id), ERASE_REGULAR, customer_id, actor, at)
    kept = tuple(one for one in list_kept(tx, customer_id) if one.shop_id == shop_id)
    return Erased(kept=kept, is_gone=known_since is None, is_repeated=shop_id not in shops)


def erase_again(tx: Tx, erasures: Sequence[Erasure], at: datetime) -> int:
    """After an older backup was restored: deletes anew; how many were there again.

    A person who came after the deletion is somebody else, whatever their number.
    """
    count = 0
    for one in erasures:
        customer_id = CustomerId(int(one.subject.removeprefix("customer:")))
        _, known_since = lock_person(tx, customer_id)
        if known_since is None or known_since > one.at:
            continue
        if one.act == ERASE_REGULAR:
            shop_id = ShopId(int(one.book.removeprefix("shop:")))
            erased = erase_regular(tx, shop_id, customer_id, actor=AGAIN, at=at)
        else:
            erased = erase_customer(tx, customer_id, actor=AGAIN, at=at)
        count += not erased.is_repeated
    return count


def _clear(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> None:
    """Everything of one shop, what must be kept excepted."""
    proofs = list_proofs(tx, shop_id, customer_id)
    if proves_advertising(one.record for one in proofs):
        until = kept_until(What.ADVERTISING_PROOF, at)
        for proof in proofs:
            keep_proof(tx, customer_id, proof, at, until)
    for offer_id in list_held_places(tx, shop_id, customer_id):
        give_place_back(tx, offer_id)
    refuse_unseen(tx, shop_id, customer_id, at)
    delete_regular(tx, shop_id, customer_id)


def _audit(tx: Tx, book: str, act: str, customer_id: CustomerId, actor: str, at: datetime) -> None:
    subject = f"customer:{customer_id}"
    append_audit(tx, book, Act(actor=actor, act=act, subject=subject, at=at))
