"""Random regulars in a shop's books, and what a segment means of them in plain Python."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.birthdays import Birthday, celebrated_on
from domain.cards import CardTerms
from domain.consent import Choice, Purpose
from domain.coupons import CouponKind, CouponSource, CouponState, CouponTerms
from domain.people import ChannelId, CustomerId, Friend, OfferId, ShopId
from domain.regulars import rhythm_of
from domain.segments import Condition, Joined, Segment, What
from domain.time import in_kst
from domain.visits import VisitWay
from storage.desk import Tx
from storage.models.cards import CardRules, HeldCard, Tally
from storage.models.coupons import Coupon, CouponOffer
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.visits import Visit
from storage.queries.birthdays import BIRTHDAY
from storage.statements import Statement, inserting
from storage.terms import CARD_TERMS, COUPON_TERMS

NEEDED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A coupon; `is_full` was given at the last stamp of a card."""

    state: CouponState
    issued_at: datetime
    expires_at: datetime
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`visits`: when, and whether it stands. `is_told`: this shop knows the birthday."""

    joined_at: datetime
    visits: Sequence[tuple[datetime, bool]] = ()
    birthday: Birthday | None = None
    is_told: bool = True
    stamps: int | None = None
    card_lapses_at: datetime | None = None
    coupons: Sequence[Held] = ()

    @property
    def standing(self) -> list[datetime]:
        return sorted(at for at, stands in self.visits if stands)


@dataclass(slots=True)
class Shop:
    tx: Tx
    shop_id: ShopId
    channel_id: ChannelId
    offer_id: int = 0
    rules_id: int = 0
    added: int = 0
    people: dict[CustomerId, Person] = field(default_factory=dict)


def columns(table: type, *names: str) -> Statement:
    return Statement(inserting(table, *names))


def returning(table: type, *names: str) -> Statement:
    return Statement(inserting(table, *names).returning(table.id))  # type: ignore[attr-defined]  # every table here has one


OFFER = returning(CouponOffer, "shop_id", "source", "terms", "taken", "made_at")
RULES = returning(CardRules, "shop_id", "position", "terms", "made_at")
CUSTOMER = returning(
    Customer,
    "channel_id",
    "bot_user_key",
    "friend",
    "friend_at",
    "created_at",
    "last_seen_at",
    "is_staff",
    "birthday_hash",
)
MEMBER = columns(
    Membership,
    "shop_id",
    "customer_id",
    "joined_at",
    "visits",
    "visit_days",
    "first_visit_at",
    "last_visit_at",
    "is_told",
    "has_news",
)
CHOICE = columns(
    ConsentChoice,
    "shop_id",
    "customer_id",
    "purpose",
    "choice",
    "text_version",
    "pressed",
    "chosen_at",
    "counts_from",
)
VISIT = columns(
    Visit,
    "shop_id",
    "customer_id",
    "key",
    "way",
    "items",
    "stamps",
    "actor",
    "visited_at",
    "recorded_at",
    "canceled_at",
)
TALLY = returning(
    Tally,
    "shop_id",
    "customer_id",
    "stamps",
    "given",
    "card_number",
    "first_at",
    "last_at",
    "lapses_at",
)
CARD = columns(HeldCard, "tally_id", "number", "rules_id", "starts_after")
COUPON = columns(
    Coupon,
    "shop_id",
    "customer_id",
    "offer_id",
    "key",
    "state",
    "tally_id",
    "threshold",
    "issued_at",
    "expires_at",
)


def open_books(shop: Shop, at: datetime) -> None:
    terms = COUPON_TERMS.write(CouponTerms(kind=CouponKind.ITEM, title="빵", item="빵"))
    offer = shop.tx.one(
        OFFER, shop_id=shop.shop_id, source=CouponSource.CARD, terms=terms, taken=0, made_at=at
    )
    assert offer
    shop.offer_id = offer[0]
    card = CARD_TERMS.write(CardTerms(needed=NEEDED, rewards={NEEDED: OfferId(offer[0])}))
    rules = shop.tx.one(RULES, shop_id=shop.shop_id, position=1, terms=card, made_at=at)
    assert rules
    shop.rules_id = rules[0]


def add_person(shop: Shop, person: Person) -> CustomerId:
    tx, shop.added = shop.tx, shop.added + 1
    hashed = tx.vault.fingerprint(str(person.birthday), purpose=BIRTHDAY)
    found = tx.one(
        CUSTOMER,
        channel_id=shop.channel_id,
        bot_user_key=f"segment-{shop.added}",
        friend=Friend.ADDED,
        friend_at=person.joined_at,
        created_at=person.joined_at,
        last_seen_at=person.joined_at,
        is_staff=False,
        birthday_hash=hashed if person.birthday else None,
    )
    assert found
    customer_id = CustomerId(found[0])
    shop.people[customer_id] = person
    _add_member(shop, customer_id, person)
    _add_card_and_coupons(shop, customer_id, person)
    return customer_id


def _add_member(shop: Shop, customer_id: CustomerId, person: Person) -> None:
    tx, who = shop.tx, {"shop_id": shop.shop_id, "customer_id": customer_id}
    rhythm = rhythm_of(person.standing)
    tx.run(
        MEMBER,
        **who,
        joined_at=person.joined_at,
        visits=rhythm.visits,
        visit_days=rhythm.days,
        first_visit_at=rhythm.first_at,
        last_visit_at=rhythm.last_at,
        is_told=True,
        has_news=False,
    )
    tx.run(
        CHOICE,
        **who,
        purpose=Purpose.BIRTHDAY,
        choice=Choice.GRANTED if person.is_told else Choice.WITHDRAWN,
        text_version="1",
        pressed="typed",
        chosen_at=person.joined_at,
        counts_from=person.joined_at,
    )
    for number, (at, stands) in enumerate(person.visits):
        tx.run(
            VISIT,
            **who,
            key=f"{customer_id}-{number}",
            way=VisitWay.CODE,
            items=1,
            stamps=1,
            actor="owner:1",
            visited_at=at,
            recorded_at=at,
            canceled_at=None if stands else at,
        )


def _add_card_and_coupons(shop: Shop, customer_id: CustomerId, person: Person) -> None:
    tx, who = shop.tx, {"shop_id": shop.shop_id, "customer_id": customer_id}
    tally = tx.one(
        TALLY,
        **who,
        stamps=NEEDED + (person.stamps or 0),
        given=0,
        card_number=2,
        first_at=person.joined_at,
        last_at=person.joined_at,
        lapses_at=person.card_lapses_at if person.stamps is not None else person.joined_at,
    )
    assert tally
    for number in (1, 2):
        tx.run(
            CARD,
            tally_id=tally[0],
            number=number,
            rules_id=shop.rules_id,
            starts_after=(number - 1) * NEEDED,
        )
    for number, coupon in enumerate(person.coupons):
        tx.run(
            COUPON,
            **who,
            offer_id=shop.offer_id,
            key=f"{number}",
            state=coupon.state,
            tally_id=tally[0] if coupon.is_full else None,
            threshold=NEEDED if coupon.is_full else None,
            issued_at=coupon.issued_at,
            expires_at=coupon.expires_at,
        )


def is_meant(segment: Segment, person: Person, at: datetime) -> bool:
    met = [holds(one, person, at) for one in segment.conditions]
    join = all if segment.joined is Joined.ALL else any
    is_chosen = join(met) if met else True
    return is_chosen and (segment.event is None or holds(segment.event, person, at))


def holds(one: Condition, person: Person, at: datetime) -> bool:
    return _is_so(one, person, at) is not one.is_not


def _is_so(one: Condition, person: Person, at: datetime) -> bool:
    """Read this beside storage/queries/segments.py: it says the same, person by person."""
    return MEANINGS[one.what](one, person, at)


def _day(at: datetime, ahead: int = 0) -> date:
    return in_kst(at).date() + timedelta(days=ahead)


def _visited_often(one: Condition, person: Person, at: datetime) -> bool:
    since = at - timedelta(days=one.days)
    return sum(visit > since for visit in person.standing) >= one.number


def _not_seen_for(one: Condition, person: Person, at: datetime) -> bool:
    seen_at = max(person.standing, default=person.joined_at)
    return seen_at <= at - timedelta(days=one.number)


def _seen_days_ago(one: Condition, person: Person, at: datetime) -> bool:
    visits = person.standing
    return bool(visits) and _day(visits[-1]) == _day(at, -one.number)


def _birthday_within(one: Condition, person: Person, at: datetime) -> bool:
    coming = (_day(at, count) for count in range(one.number))
    return any(_known(person) in celebrated_on(day) for day in coming)


def _known(person: Person) -> Birthday | None:
    return person.birthday if person.is_told else None


def _stamps_missing(one: Condition, person: Person, at: datetime) -> bool:
    if person.stamps is None or (person.card_lapses_at and person.card_lapses_at <= at):
        return False
    return 0 < NEEDED - person.stamps <= one.number


def _usable(person: Person, at: datetime) -> list[Held]:
    states = {CouponState.READY, CouponState.HELD}
    return [one for one in person.coupons if one.state in states and one.expires_at > at]


def _lapses_in(one: Condition, person: Person, at: datetime) -> bool:
    instant = timedelta(microseconds=1)
    ends = [_day(coupon.expires_at - instant) for coupon in _usable(person, at)]
    return _day(at, one.number) in ends


def _card_full_days_ago(one: Condition, person: Person, at: datetime) -> bool:
    full = [coupon for coupon in person.coupons if coupon.is_full]
    stands = [coupon for coupon in full if coupon.state is not CouponState.CANCELED]
    return _day(at, -one.number) in [_day(coupon.issued_at) for coupon in stands]


MEANINGS: Mapping[What, Callable[[Condition, Person, datetime], bool]] = {
    What.JOINED_WITHIN: lambda one, person, at: person.joined_at > at - timedelta(one.number),
    What.VISITED_OFTEN: _visited_often,
    What.NOT_SEEN_FOR: _not_seen_for,
    What.GONE_QUIET: lambda _, person, at: rhythm_of(person.standing).is_quiet(at),
    What.BIRTHDAY_WITHIN: _birthday_within,
    What.STAMPS_MISSING: _stamps_missing,
    What.HAS_COUPON: lambda _, person, at: bool(_usable(person, at)),
    What.JOINED_DAYS_AGO: lambda one, person, at: _day(person.joined_at) == _day(at, -one.number),
    What.SEEN_DAYS_AGO: _seen_days_ago,
    What.CARD_FULL_DAYS_AGO: _card_full_days_ago,
    What.COUPON_LAPSES_IN: _lapses_in,
    What.BIRTHDAY_TODAY: lambda _, person, at: _known(person) in celebrated_on(_day(at)),
}
