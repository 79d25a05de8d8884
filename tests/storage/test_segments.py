"""Whom a segment means: the statement agrees with the words, person by person."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.birthdays import A_LEAP_YEAR, Birthday
from domain.coupons import CouponState
from domain.segments import EVENTS, Condition, Joined, Segment, What
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.drivers import dialect_of, open_link
from storage.models.customers import Membership
from storage.queries.segments import clause_of, params_of
from storage.statements import Statement
from storage.vault import Vault
from tests.conftest import START
from tests.factories import make_street
from tests.storage.segments import Held, Person, Shop, add_person, is_meant, open_books

DAYS_BACK = 70
MINUTES = DAYS_BACK * 24 * 60
BIRTHDAYS = st.dates(date(A_LEAP_YEAR, 1, 1), date(A_LEAP_YEAR, 12, 31)).map(
    lambda day: Birthday(day.month, day.day)
)


def back(minutes: int) -> datetime:
    return START - timedelta(minutes=minutes)


def _midnight(days: int) -> datetime:
    return kst_instant(in_kst(START).date() + timedelta(days=days), time())


PASTS = st.integers(0, MINUTES).map(back)
ENDS = st.one_of(
    st.integers(-3, 12).map(_midnight),
    st.integers(-4_000, 20_000).map(lambda minutes: START + timedelta(minutes=minutes)),
)
NEAR_BIRTHDAYS = st.integers(-1, 4).map(
    lambda days: Birthday(*(_midnight(days) + timedelta(hours=12)).timetuple()[1:3])
)


COUPONS = st.builds(
    Held,
    state=st.sampled_from(CouponState),
    issued_at=PASTS,
    expires_at=ENDS,
)
FULL_CARDS = st.lists(COUPONS, max_size=1).map(
    lambda held: [replace(coupon, is_full=True) for coupon in held]
)
OFTEN_LONG_AGO = st.lists(
    st.tuples(st.integers(MINUTES // 2, MINUTES).map(back), st.just(True)), min_size=4, max_size=8
)
PEOPLE = st.builds(
    Person,
    joined_at=PASTS,
    visits=st.one_of(st.lists(st.tuples(PASTS, st.booleans()), max_size=6), OFTEN_LONG_AGO),
    birthday=st.one_of(st.none(), NEAR_BIRTHDAYS, BIRTHDAYS),
    is_told=st.booleans(),
    stamps=st.one_of(st.none(), st.integers(0, 10)),
    card_lapses_at=st.one_of(st.none(), ENDS),
    coupons=st.tuples(st.lists(COUPONS, max_size=2), FULL_CARDS).map(lambda two: two[0] + two[1]),
)
CONDITIONS = st.builds(
    Condition,
    st.sampled_from(What),
    st.one_of(st.integers(1, 12), st.integers(1, DAYS_BACK)),
    st.integers(1, DAYS_BACK),
    st.booleans(),
)
HAPPENED = st.builds(Condition, st.sampled_from(sorted(EVENTS)), st.integers(0, 12))
SEGMENTS = st.builds(
    Segment,
    st.lists(CONDITIONS, max_size=5).map(tuple),
    st.sampled_from(Joined),
    st.one_of(st.none(), HAPPENED),
)


@contextmanager
def opened(url: str, vault: Vault) -> Iterator[Shop]:
    """A transaction with a shop in it, that leaves nothing behind."""
    link = open_link(url)
    link.begin()
    tx = Tx(link, dialect_of(url), vault)
    try:
        street = make_street(tx, people=0, grant_won=0)
        shop = Shop(tx, street.shop_id, street.channel_id)
        open_books(shop, START)
        yield shop
    finally:
        link.rollback()
        link.close()


def meant(shop: Shop, segment: Segment, at: datetime) -> set[int]:
    statement = Statement(
        lambda dialect: select(col(Membership.customer_id)).where(
            col(Membership.shop_id) == bindparam("of_shop"), clause_of(segment, dialect)
        )
    )
    rows = shop.tx.all(statement, of_shop=shop.shop_id, **params_of(shop.tx, segment, at))
    return {row[0] for row in rows}


def test_the_statement_means_what_the_words_mean(database_url: str, vault: Vault) -> None:
    asked = set[What]()

    @settings(max_examples=120, suppress_health_check=list(HealthCheck))
    @given(st.lists(PEOPLE, min_size=1, max_size=4), st.lists(SEGMENTS, min_size=1, max_size=6))
    def check(people: list[Person], segments: list[Segment]) -> None:
        with opened(database_url, vault) as shop:
            for person in people:
                add_person(shop, person)
            for segment in segments:
                wanted = {who for who, one in shop.people.items() if is_meant(segment, one, START)}
                assert meant(shop, segment, START) == wanted
                asked.update(one.what for one in segment.parts)

    check()

    assert asked == set(What)


SOMEBODY = Person(
    joined_at=START - timedelta(days=40),
    visits=[(START - timedelta(days=days), True) for days in (39, 38, 37, 36)],
    birthday=Birthday(11, 25),
    stamps=9,
    coupons=[
        Held(
            state=CouponState.READY,
            issued_at=START - timedelta(days=36),
            expires_at=_midnight(3),
            is_full=True,
        )
    ],
)
THEIRS = (
    Condition(What.JOINED_WITHIN, 41),
    Condition(What.VISITED_OFTEN, 4, 40),
    Condition(What.NOT_SEEN_FOR, 36),
    Condition(What.GONE_QUIET),
    Condition(What.BIRTHDAY_WITHIN, 1),
    Condition(What.STAMPS_MISSING, 1),
    Condition(What.HAS_COUPON),
    Condition(What.JOINED_DAYS_AGO, 40),
    Condition(What.SEEN_DAYS_AGO, 36),
    Condition(What.CARD_FULL_DAYS_AGO, 36),
    Condition(What.COUPON_LAPSES_IN, 2),
    Condition(What.BIRTHDAY_TODAY),
)
NOT_THEIRS = (
    Condition(What.JOINED_WITHIN, 39),
    Condition(What.VISITED_OFTEN, 5, 40),
    Condition(What.NOT_SEEN_FOR, 37),
    Condition(What.STAMPS_MISSING, 1, is_not=True),
    Condition(What.JOINED_DAYS_AGO, 39),
    Condition(What.SEEN_DAYS_AGO, 37),
    Condition(What.CARD_FULL_DAYS_AGO, 35),
    Condition(What.COUPON_LAPSES_IN, 3),
)


def test_everything_that_can_be_asked_finds_somebody(database_url: str, vault: Vault) -> None:
    assert [one.what for one in THEIRS] == list(What)
    with opened(database_url, vault) as shop:
        who = add_person(shop, SOMEBODY)
        add_person(shop, Person(joined_at=START - timedelta(days=60), birthday=Birthday(5, 5)))

        found = [meant(shop, Segment((one,)), START) for one in THEIRS]
        missed = [meant(shop, Segment((one,)), START) & {who} for one in NOT_THEIRS]

    assert [list(one) for one in found if who not in one] == []
    assert missed == [set()] * len(NOT_THEIRS)


@pytest.mark.parametrize(
    "event",
    [
        Condition(What.JOINED_DAYS_AGO, 7),
        Condition(What.SEEN_DAYS_AGO, 7),
        Condition(What.CARD_FULL_DAYS_AGO, 7),
        Condition(What.COUPON_LAPSES_IN, 2),
        Condition(What.BIRTHDAY_TODAY),
    ],
)
def test_who_is_asked_for_daily_is_met_once(
    database_url: str, vault: Vault, event: Condition
) -> None:
    with opened(database_url, vault) as shop:
        who = add_person(shop, SOMEBODY)

        days = [START + timedelta(days=days) for days in range(-45, 200)]
        met = [day for day in days if meant(shop, Segment(event=event), day) == {who}]

    assert len(met) == 1


def test_a_birthday_told_to_another_shop_is_not_known_here(database_url: str, vault: Vault) -> None:
    with opened(database_url, vault) as shop:
        add_person(shop, replace(SOMEBODY, is_told=False))

        assert meant(shop, Segment((Condition(What.BIRTHDAY_WITHIN, 7),)), START) == set()
