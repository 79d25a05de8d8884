"""Visits: written down once, stamped, told, and undone together (I11)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.audit import Act, shop_book
from domain.notices import BY_VISIT, NoticeKind
from domain.people import ChannelId, CouponId, CustomerId, ShopId, VisitId
from domain.refusals import Conflict, NotFound
from domain.regulars import Rhythm, rhythm_of
from domain.rules import ShopRules
from domain.time import in_kst
from domain.visits import CANCEL_WITHIN, Doubt, VisitWay, is_impossible, kst_day
from loyalty.codes import (
    check_code,
    has_tries_left,
    note_wrong_try,
    take_visit_code,
    use_code,
)
from loyalty.issuing import Given
from loyalty.joining import become_member
from loyalty.notices import News, tell
from loyalty.sales import Sale, check_purchase, happened_at_of
from loyalty.tallies import (
    CardStanding,
    Earning,
    Saved,
    TakenBack,
    find_standing,
    open_tally,
    save_stamps,
    take_stamps_back,
)
from storage.desk import Tx
from storage.errors import Busy
from storage.queries.cards import get_rules
from storage.queries.codes import find_code_in_channel
from storage.queries.journal import append_audit
from storage.queries.notices import drop_notice
from storage.queries.visits import (
    Member,
    NewVisit,
    VisitView,
    cancel_visit_once,
    count_visits_between,
    find_place,
    find_visit,
    find_visit_by_key,
    insert_visit,
    list_elsewhere,
    list_visit_times,
    lock_customer,
    lock_member,
    save_rhythm,
)

LOOK_AROUND = timedelta(hours=1)
"""Visits elsewhere this close in time are compared: farther apart anybody gets anywhere."""

PRESSED = "QR 화면의 숫자"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A visit as it stands: `visits` of this person so far, `earned` and `paid` by this one."""

    visit_id: VisitId
    shop_id: ShopId
    customer_id: CustomerId
    way: VisitWay
    stamps: int
    visits: int
    card: CardStanding | None
    earned: tuple[Given, ...] = ()
    paid: tuple[str, ...] = ()
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Canceled:
    """What went with a sale; `owed` coupons had been used already and count as a debt."""

    visit_id: VisitId
    customer_id: CustomerId
    stamps: int
    card: CardStanding | None
    canceled: tuple[CouponId, ...] = ()
    owed: tuple[CouponId, ...] = ()
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Who was seen, how; `is_here` when the person is told by the answer itself."""

    shop_id: ShopId
    customer_id: CustomerId
    way: VisitWay
    code: str | None = None
    is_here: bool = False


def stamp_by_code(tx: Tx, shop_id: ShopId, digits: str, sale: Sale, at: datetime) -> Stamped:
    """A visit shown by the customer's four digits.

    Raises NotFound(`code`), Conflict(`code_used`, `code_lapsed`, `code_of_coupon`,
    `day_limit`) and Invalid.
    """
    if known := _repeated(tx, shop_id, sale.key, at):
        return known
    try:
        code = take_visit_code(tx, shop_id, digits, happened_at_of(sale, at), at)
    except Conflict:
        # The same request may have been answered while this one waited for the code.
        if known := _repeated(tx, shop_id, sale.key, at):
            return known
        raise
    assert code.customer_id is not None, "read_code gives customers' codes"
    seen = _Seen(shop_id=shop_id, customer_id=code.customer_id, way=code.way, code=code.issue)
    return _stamp(tx, seen, sale, at)


def stamp_person(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, sale: Sale, at: datetime
) -> Stamped:
    """A visit of someone the counter named by phone number: claimed, not proven.

    Raises Conflict(`day_limit`) and Invalid.
    """
    seen = _Seen(shop_id=shop_id, customer_id=customer_id, way=VisitWay.PHONE)
    return _stamp(tx, seen, sale, at)


def claim_visit(
    tx: Tx, channel_id: ChannelId, customer_id: CustomerId, digits: str, at: datetime
) -> Stamped | Conflict | NotFound:
    """A visit that a customer claims with the six digits of a shop's QR page.

    Who must be told no is told by a value, not by raising: a wrong try is to be counted.
    """
    tries = f"code:{customer_id}"
    if not has_tries_left(tx, tries, at):
        return Conflict("too_many_tries")
    code = find_code_in_channel(tx, channel_id, digits)
    if code is None or code.customer_id is not None or code.shop_id is None:
        note_wrong_try(tx, tries, at)
        return NotFound("code")
    sale = Sale(key=f"claim:{code.issue}", actor=f"customer:{customer_id}")
    known = _repeated(tx, code.shop_id, sale.key, at)
    if known and known.customer_id == customer_id:
        return known
    seen = _Seen(
        shop_id=code.shop_id,
        customer_id=customer_id,
        way=code.way,
        code=code.issue,
        is_here=True,
    )
    try:
        check_code(code, at)
        _check_day(tx, seen, get_rules(tx, code.shop_id), at)
        use_code(tx, code, at)
    except Conflict as refusal:
        return refusal
    return _stamp(tx, seen, sale, at)


def cancel_visit(
    tx: Tx, shop_id: ShopId, visit_id: VisitId, *, actor: str, at: datetime
) -> Canceled:
    """Undoes a sale: its stamps, the coupons they unlocked and the count, together.

    Harmless when repeated. Raises NotFound(`visit`) and Conflict(`too_late`).
    """
    visit = _lock_visit(tx, shop_id, visit_id)
    person = shop_id, visit.customer_id
    if visit.canceled_at is None and at - visit.recorded_at > CANCEL_WITHIN:
        raise Conflict("too_late", within=CANCEL_WITHIN)
    is_first = cancel_visit_once(tx, visit_id, at)
    back = TakenBack()
    if is_first:
        save_rhythm(tx, *person, rhythm_of(list_visit_times(tx, *person)))
        drop_notice(tx, shop_id, f"stamp:{visit_id}", at)
        _audit(tx, visit, "cancel_visit", actor, at)
        if visit.tally_id is not None:
            back = take_stamps_back(tx, visit.tally_id, visit.stamps, at)
    return Canceled(
        visit_id=visit_id,
        customer_id=visit.customer_id,
        stamps=visit.stamps,
        card=find_standing(tx, *person, at),
        canceled=back.canceled,
        owed=back.owed,
        is_repeated=not is_first,
    )


def _stamp(tx: Tx, seen: _Seen, sale: Sale, at: datetime) -> Stamped:
    person = seen.shop_id, seen.customer_id
    member = lock_member(tx, *person) or _join(tx, seen, sale.actor, at)
    # Under the lock, for two at once; a code lets only one of them come this far.
    if not seen.code and (known := _repeated(tx, seen.shop_id, sale.key, at)):
        return known
    happened_at = happened_at_of(sale, at)
    check_purchase(sale.purchase)
    rules = get_rules(tx, seen.shop_id)
    _check_day(tx, seen, rules, happened_at)
    stamps = rules.stamps_for(sale.purchase, happened_at)
    held = open_tally(tx, person, happened_at) if stamps else None
    visit = NewVisit(
        shop_id=seen.shop_id,
        customer_id=seen.customer_id,
        key=sale.key,
        way=seen.way,
        code=seen.code,
        items=sale.purchase.items,
        spend_won=sale.purchase.spend_won,
        stamps=stamps if held else 0,
        tally_id=held.tally.tally_id if held else None,
        doubt=_doubt(tx, seen, happened_at),
        actor=sale.actor,
        visited_at=happened_at,
        recorded_at=at,
    )
    visit_id = insert_visit(tx, visit)
    saved = Saved(find_standing(tx, *person, at)) if held is None else Saved()
    if held is not None:
        earning = Earning(
            stamps=stamps, happened_at=happened_at, at=at, reason=f"{BY_VISIT}{visit_id}"
        )
        saved = save_stamps(tx, person, held, earning)
    stamped = Stamped(
        visit_id=visit_id,
        shop_id=seen.shop_id,
        customer_id=seen.customer_id,
        way=seen.way,
        stamps=visit.stamps,
        visits=_count(tx, person, member, happened_at),
        card=saved.card,
        earned=saved.earned,
        paid=saved.paid,
    )
    if member.is_told and not seen.is_here:
        _tell(tx, rules, stamped, at)
    _audit(tx, stamped, "stamp", sale.actor, at)
    return stamped


def _lock_visit(tx: Tx, shop_id: ShopId, visit_id: VisitId) -> VisitView:
    """With its person's lock. Raises NotFound(`visit`), and Busy when it moved to another
    person (loyalty/merging.py) while we waited.
    """
    found = find_visit(tx, shop_id, visit_id)
    if found is None:
        raise NotFound("visit")
    lock_member(tx, shop_id, found.customer_id)
    visit = find_visit(tx, shop_id, visit_id)
    if visit is None or visit.customer_id != found.customer_id:
        raise Busy("the visit has moved")
    return visit


def _join(tx: Tx, seen: _Seen, actor: str, at: datetime) -> Member:
    """Who shows a code asks for what only a regular has (L67). Raises Busy for someone who was
    merged or deleted while we waited: what named them is to be read again.
    """
    person, pressed = (seen.shop_id, seen.customer_id), PRESSED if seen.is_here else None
    if not lock_customer(tx, seen.customer_id):
        raise Busy("the customer is gone")
    become_member(tx, *person, pressed=pressed, actor=actor, at=at)
    member = lock_member(tx, *person)
    assert member is not None, "who has joined is a member"
    return member


def _repeated(tx: Tx, shop_id: ShopId, key: str, at: datetime) -> Stamped | None:
    """The answer to a request that has been answered before."""
    visit = find_visit_by_key(tx, shop_id, key)
    if visit is None:
        return None
    person = shop_id, visit.customer_id
    member = lock_member(tx, *person)
    return Stamped(
        visit_id=visit.visit_id,
        shop_id=shop_id,
        customer_id=visit.customer_id,
        way=visit.way,
        stamps=visit.stamps,
        visits=member.visits if member else 0,
        card=find_standing(tx, *person, at),
        is_repeated=True,
    )


def _check_day(tx: Tx, seen: _Seen, rules: ShopRules, happened_at: datetime) -> None:
    """Raises Conflict(`day_limit`): so many visits of one person on one Korean day."""
    count = count_visits_between(tx, seen.shop_id, seen.customer_id, *kst_day(happened_at))
    if count >= rules.visits_per_day_max:
        raise Conflict("day_limit", count=count)


def _doubt(tx: Tx, seen: _Seen, happened_at: datetime) -> Doubt | None:
    """Two shops far apart within minutes: flagged, not blocked; within one channel (L54)."""
    here = find_place(tx, seen.shop_id)
    if here is None:
        return None
    around = happened_at - LOOK_AROUND, happened_at + LOOK_AROUND
    elsewhere = list_elsewhere(tx, seen.shop_id, seen.customer_id, *around)
    is_far = any(is_impossible(here, there, happened_at - at) for there, at in elsewhere)
    return Doubt.FAR if is_far else None


def _count(tx: Tx, person: tuple[ShopId, CustomerId], member: Member, happened_at: datetime) -> int:
    """Moves the person's rhythm on by one visit; one that comes late is counted anew."""
    last_at = member.last_visit_at if member.visits else None  # a paper list's is no visit
    if last_at is not None and happened_at < last_at:
        rhythm = rhythm_of(list_visit_times(tx, *person))
    else:
        is_new_day = last_at is None or in_kst(last_at).date() < in_kst(happened_at).date()
        rhythm = Rhythm(
            visits=member.visits + 1,
            days=member.visit_days + is_new_day,
            first_at=member.first_visit_at or happened_at,
            last_at=happened_at,
        )
    save_rhythm(tx, *person, rhythm)
    return rhythm.visits


def _tell(tx: Tx, rules: ShopRules, stamped: Stamped, at: datetime) -> None:
    person, card = (stamped.shop_id, stamped.customer_id), stamped.card
    if stamped.stamps and card:
        facts = {"stamps": stamped.stamps, "count": card.stamps, "needed": card.needed}
        news = News(NoticeKind.STAMP_SAVED, f"stamp:{stamped.visit_id}", facts)
        tell(tx, rules, person, news, at)
    for coupon in stamped.earned:
        earned = {"title": coupon.title, "expires_at": coupon.expires_at}
        news = News(NoticeKind.COUPON_EARNED, f"earned:{coupon.coupon_id}", earned)
        tell(tx, rules, person, news, at)


def _audit(tx: Tx, visit: Stamped | VisitView, act: str, actor: str, at: datetime) -> None:
    subject, details = f"customer:{visit.customer_id}", f"visit:{visit.visit_id}"
    line = Act(actor=actor, act=act, subject=subject, details=details, at=at)
    append_audit(tx, shop_book(visit.shop_id), line)
