"""What a shop does for one regular by hand: a name, stamps that rest on no visit."""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.coupons import CouponSource
from domain.people import DISPLAY_NAME_MAX, CustomerId, OfferId, ShopId, clean_text
from domain.refusals import Conflict, Invalid, NotFound
from loyalty.coupons import give
from loyalty.issuing import Given
from loyalty.tallies import Earning, Saved, open_tally, save_stamps
from storage.desk import Tx
from storage.queries.customers import save_name
from storage.queries.given_stamps import NewGiven, insert_given_once
from storage.queries.journal import append_audit
from storage.queries.offers import list_open_offers
from storage.queries.visits import lock_member

GIVEN_AT_ONCE_MAX = 100
"""Stamps that may be given at once: two full cards of the largest kind."""


def give_stamps(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    stamps: int,
    *,
    key: str,
    actor: str,
    at: datetime,
    happened_at: datetime | None = None,
) -> Saved | None:
    """Stamps out of kindness, or from a paper card (`happened_at` is its last visit).

    None when they were given before for the same `key`. What they earn is told by nobody: it
    rests on no purchase (K14). Raises NotFound(`customer`), Conflict(`no_card`), Invalid(stamps).
    """
    if not 1 <= stamps <= GIVEN_AT_ONCE_MAX:
        raise Invalid(
            {"stamps": f"도장은 한 번에 1개에서 {GIVEN_AT_ONCE_MAX}개까지 드릴 수 있어요."}
        )
    person = shop_id, customer_id
    if lock_member(tx, *person) is None:
        raise NotFound("customer")
    new = NewGiven(
        shop_id=shop_id,
        customer_id=customer_id,
        key=key,
        stamps=stamps,
        actor=actor,
        happened_at=happened_at or at,
        recorded_at=at,
    )
    number = insert_given_once(tx, new)
    if number is None:
        return None
    held = open_tally(tx, person, at)
    if held is None:
        raise Conflict("no_card")
    earning = Earning(stamps=stamps, happened_at=at, at=at, reason=f"given:{number}", is_given=True)
    saved = save_stamps(tx, person, held, earning)
    _audit(tx, person, "give_stamps", f"stamps:{stamps}", actor=actor, at=at)
    return saved


def give_by_hand(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    offer_id: OfferId,
    *,
    key: str,
    actor: str,
    at: datetime,
) -> Given | None:
    """One of the coupons made for this; None when it was given before for the same `key`.

    Raises NotFound(`offer`, `customer`).
    """
    offers = list_open_offers(tx, shop_id, CouponSource.HAND)
    if offer_id not in {offer.offer_id for offer in offers}:
        raise NotFound("offer")
    return give(tx, (shop_id, customer_id), offer_id, key=key, actor=actor, at=at)


def name_regular(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, words: str, *, actor: str, at: datetime
) -> str:
    """How the shop calls them, and `#{고객명}` in its news. Raises Invalid(name), NotFound."""
    name = clean_text(words).replace("\n", " ")
    if not 1 <= len(name) <= DISPLAY_NAME_MAX:
        raise Invalid({"name": f"이름을 {DISPLAY_NAME_MAX}자까지 적어 주세요."})
    person = shop_id, customer_id
    if lock_member(tx, *person) is None:
        raise NotFound("customer")
    if save_name(tx, *person, name):
        _audit(tx, person, "name_regular", "", actor=actor, at=at)
    return name


def _audit(
    tx: Tx,
    person: tuple[ShopId, CustomerId],
    act: str,
    details: str,
    *,
    actor: str,
    at: datetime,
) -> None:
    shop_id, customer_id = person
    line = Act(actor=actor, act=act, subject=f"customer:{customer_id}", details=details, at=at)
    append_audit(tx, shop_book(shop_id), line)
