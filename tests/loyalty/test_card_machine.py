"""Cards against a dictionary: stamps, undo, coupons and changed rules in any order (C1, C5, I11)."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.coupons import CouponKind, CouponTerms, CouponWay
from domain.people import CouponId, CustomerId, VisitId
from domain.refusals import Conflict
from domain.rules import Per, ShopRules
from domain.visits import Purchase
from loyalty.cards import CardDraft, set_cards, set_rules
from loyalty.coupons import Redeemed, Showing, reverse_coupon, use_coupon
from loyalty.invariants import earned_and_used_once
from loyalty.sales import Sale
from loyalty.visits import Canceled, cancel_visit, stamp_person
from tests.conftest import START
from tests.factories import make_street, rows
from tests.postgres import create_database, drop_database
from tests.sitting import Sitting

PEOPLE = 2
PERSON = st.integers(0, PEOPLE - 1)
GIFT = CouponTerms(kind=CouponKind.ITEM, title="단팥빵 1개 무료", item="단팥빵", life_days=365)
TALLIES = """
SELECT m.customer_id, m.visits, COALESCE(t.stamps, 0)
FROM membership m LEFT JOIN tally t ON t.customer_id = m.customer_id ORDER BY 1
"""
COUPONS = """
SELECT customer_id, threshold, id, state, owed_at IS NOT NULL FROM coupon
WHERE state <> 'canceled' ORDER BY id
"""


class Person:
    """What one regular should have: cards by their length and places, and coupons by place."""

    def __init__(self) -> None:
        self.total = 0
        self.visits = 0
        self.cards: list[dict[str, object]] = []
        self.coupons: dict[int, str] = {}
        self.begins: list[int] = []
        self.ends = 0
        self.places: set[int] = set()

    def reach(self, total: int, needed: int, places: set[int]) -> None:
        """`needed` and `places` are the shop's card of today, for cards not begun yet."""
        while not self.begins or total > self.ends:
            self.begins.append(self.ends)
            self.places |= {self.ends + one for one in places}
            self.ends += needed
        for place in sorted(self.places):
            if self.total < place <= total:
                self.coupons[place] = "used" if self.coupons.get(place) == "owed" else "ready"
        self.total = total

    def fall(self, total: int) -> None:
        for place, state in list(self.coupons.items()):
            if place > total and state == "ready":
                del self.coupons[place]
            elif place > total:
                self.coupons[place] = "owed"
        self.total = total


class CardMachine(RuleBasedStateMachine):
    """`people` are what should be; the books are what is."""

    def __init__(self) -> None:
        super().__init__()
        self.sitting = Sitting(self.new_url())
        self.number = count()
        self.at = START
        self.people = [Person() for _ in range(PEOPLE)]
        self.stands: dict[VisitId, tuple[int, int]] = {}
        self.canceled: list[VisitId] = []

    def new_url(self) -> str:
        raise NotImplementedError

    def drop(self) -> None:
        """Nothing, but on a server."""

    @initialize(needed=st.integers(1, 5))
    def open(self, needed: int) -> None:
        self.street = self.sitting.write(make_street, people=PEOPLE, grant_won=0)
        rules = ShopRules(per=Per.ITEM, visits_per_day_max=20)
        shop_id = self.street.shop_id
        self.sitting.write(set_rules, shop_id, rules, actor="owner:1", at=self.at)
        self.change_rules(needed, {needed})

    def later(self) -> None:
        """Coupons of one sale do not stack: each step is a sale of its own."""
        self.at += timedelta(hours=1, minutes=30)

    @rule(needed=st.integers(1, 6), places=st.sets(st.integers(1, 6), max_size=2))
    def change_rules(self, needed: int, places: set[int]) -> None:
        self.later()
        self.needed = needed
        self.places = {needed, *(one for one in places if one < needed)}
        card = CardDraft(needed=needed, rewards=dict.fromkeys(self.places, GIFT))
        self.sitting.write(set_cards, self.street.shop_id, [card], actor="owner:1", at=self.at)

    @rule(who=PERSON, items=st.integers(1, 7), is_doubled=st.booleans())
    def stamp(self, who: int, items: int, *, is_doubled: bool) -> None:
        self.later()
        sale = Sale(key=f"s{next(self.number)}", actor="owner:1", purchase=Purchase(items=items))
        customer_id = self.street.customers[who]
        for again in (False, True)[: 1 + is_doubled]:
            shop_id = self.street.shop_id
            stamped = self.sitting.write(stamp_person, shop_id, customer_id, sale, self.at)
            assert stamped.is_repeated is again
        person = self.people[who]
        person.reach(person.total + items, self.needed, self.places)
        person.visits += 1
        self.stands[stamped.visit_id] = (who, items)

    @precondition(lambda self: self.stands)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.later()
        visit_id = data.draw(st.sampled_from(sorted(self.stands)))
        who, items = self.stands.pop(visit_id)
        before = self.books_coupons(who)
        undone = self.undo(visit_id)
        person = self.people[who]
        person.fall(person.total - items)
        person.visits -= 1
        self.canceled.append(visit_id)
        gone = {place for place in before if place not in person.coupons}
        assert {before[place] for place in gone} == set(undone.canceled)

    @precondition(lambda self: self.canceled)
    @rule(data=st.data())
    def cancel_again(self, data: st.DataObject) -> None:
        assert self.undo(data.draw(st.sampled_from(self.canceled))).is_repeated

    @rule(who=PERSON, data=st.data())
    def use(self, who: int, data: st.DataObject) -> None:
        self.later()
        coupons = self.books_coupons(who)
        if not coupons:
            return
        place = data.draw(st.sampled_from(sorted(coupons)))
        is_ready = self.people[who].coupons[place] == "ready"
        assert self.try_coupon(use_coupon, coupons[place]) is is_ready
        if is_ready:
            self.people[who].coupons[place] = "used"

    @rule(who=PERSON, data=st.data())
    def take_back(self, who: int, data: st.DataObject) -> None:
        self.later()
        coupons = self.books_coupons(who)
        if not coupons:
            return
        place = data.draw(st.sampled_from(sorted(coupons)))
        state = self.people[who].coupons[place]
        assert self.try_coupon(reverse_coupon, coupons[place]) is (state != "ready")
        if state == "used":
            self.people[who].coupons[place] = "ready"
        elif state == "owed":
            del self.people[who].coupons[place]

    def undo(self, visit_id: VisitId) -> Canceled:
        shop_id = self.street.shop_id
        return self.sitting.write(cancel_visit, shop_id, visit_id, actor="owner:1", at=self.at)

    def try_coupon(self, act: Callable[..., Redeemed], coupon_id: CouponId) -> bool:
        showing = Showing(key=f"c{next(self.number)}", way=CouponWay.CODE, actor="owner:1")
        try:
            self.sitting.write(act, self.street.shop_id, coupon_id, showing, self.at)
        except Conflict:
            return False
        return True

    def books_coupons(self, who: int) -> dict[int, CouponId]:
        customer_id = self.street.customers[who]
        found = self.sitting.write(rows, COUPONS)
        return {row[1]: CouponId(row[2]) for row in found if row[0] == customer_id}

    @invariant()
    def the_books_say_what_should_be(self) -> None:
        if not hasattr(self, "street"):
            return
        found = {row[0]: row[1:] for row in self.sitting.write(rows, TALLIES)}
        coupons: dict[CustomerId, dict[int, str]] = {one: {} for one in self.street.customers}
        for customer_id, place, _, state, is_owed in self.sitting.write(rows, COUPONS):
            coupons[customer_id][place] = "owed" if is_owed else state
        for customer_id, person in zip(self.street.customers, self.people, strict=True):
            assert found[customer_id] == (person.visits, person.total)
            assert coupons[customer_id] == person.coupons
        assert self.sitting.write(earned_and_used_once) == []

    def teardown(self) -> None:
        self.sitting.close()
        self.drop()


def test_cards_keep_up_with_a_dictionary_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    class OnSqlite(CardMachine):
        def new_url(self) -> str:
            path = tmp_path / f"{uuid4().hex}.db"
            shutil.copyfile(sqlite_template, path)
            return f"sqlite:///{path}"

    run_state_machine_as_test(OnSqlite, settings=examples(60))


def test_cards_keep_up_with_a_dictionary_on_postgresql(
    postgres_url: str, postgres_template: str
) -> None:
    class OnPostgres(CardMachine):
        def new_url(self) -> str:
            self.name = f"dangol_{uuid4().hex}"
            return create_database(postgres_url, self.name, postgres_template)

        def drop(self) -> None:
            drop_database(postgres_url, self.name)

    run_state_machine_as_test(OnPostgres, settings=examples(8))


def examples(most: int) -> settings:
    return settings(
        max_examples=most, stateful_step_count=25, suppress_health_check=list(HealthCheck)
    )
