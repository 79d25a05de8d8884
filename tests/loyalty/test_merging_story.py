"""Merging after any story: no stamp is lost, no coupon doubled, all can be undone (I11)."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.coupons import CouponWay
from domain.people import CustomerId, VisitId
from loyalty.coupons import Showing, use_coupon
from loyalty.visits import cancel_visit
from storage.queries.coupons import list_coupons
from tests.conftest import START
from tests.factories import Street, rows
from tests.loyalty.merging import (
    LIVE,
    OPEN,
    OWNER,
    STEP,
    broken,
    change_card,
    merge,
    open_shop_with_card,
    paper_person,
    stamp,
)
from tests.postgres import create_database, drop_database
from tests.sitting import Sitting


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to one of the two before they are merged, or to both after."""

    act: str
    who: int
    number: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["stamp", "stamp", "stamp", "cancel", "use", "rules"]),
        st.integers(0, 1),
        st.integers(1, 7),
    ),
    max_size=14,
)
PLACES = st.lists(st.integers(1, 6), max_size=2)


class Story:
    """Plays steps on real books; merges; looks at what is left."""

    def __init__(self, url: str, needed: int, places: Sequence[int]) -> None:
        self.sitting = Sitting(url)
        self.at = START
        self.street: Street = self.sitting.write(open_shop_with_card, needed, places)
        self.shop_id = self.street.shop_id
        paper = self.sitting.write(paper_person, self.shop_id)
        self.people = [self.street.customers[0], paper]
        self.sales: list[tuple[CustomerId, VisitId]] = []

    def play(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.at += STEP
            who = self.people[step.who]
            match step.act:
                case "stamp":
                    visit = self.sitting.write(stamp, self.shop_id, who, step.number, self.at)
                    self.sales.append((who, visit))
                case "cancel":
                    self.cancel(who)
                case "use":
                    self.use(who)
                case "rules":
                    places = (step.number % 3 + 1,)
                    self.sitting.write(change_card, self.shop_id, step.number, places)

    def cancel(self, who: CustomerId) -> None:
        for owner, visit in self.sales:
            if owner == who:
                self.sales.remove((owner, visit))
                undo = cancel_visit
                self.sitting.write(undo, self.shop_id, visit, actor=OWNER, at=self.at)
                return

    def use(self, who: CustomerId) -> None:
        for coupon in self.sitting.write(list_coupons, who):
            if coupon.state == "ready":
                showing = Showing(key=uuid4().hex, way=CouponWay.CODE, actor=OWNER)
                use = use_coupon
                self.sitting.write(use, self.shop_id, coupon.coupon_id, showing, self.at)
                return

    def merge(self) -> None:
        self.at += STEP
        kept = self.sitting.write(merge, self.street, self.people[1], self.at)
        self.people = [kept, kept]
        self.sales = [(kept, visit) for _, visit in self.sales]

    def read(self, sql: str) -> list[tuple[object, ...]]:
        return self.sitting.write(rows, sql)


def check_story(
    url: str, needed: int, places: Sequence[int], before: Sequence[Step], after: Sequence[Step]
) -> None:
    story = Story(url, needed, places)
    try:
        story.play(before)
        stamps = sum(int(row[2]) for row in story.read(OPEN))  # type: ignore[call-overload]  # a count, from raw rows
        had = {row[0] for row in story.read(LIVE)}
        story.merge()

        tallies = story.read(OPEN)
        coupons = story.read(LIVE)
        assert sum(int(row[2]) for row in tallies) == stamps  # type: ignore[call-overload]  # a count, from raw rows
        assert all(row[1] == story.people[0] for row in [*tallies, *coupons])
        assert had <= {row[0] for row in coupons}
        assert [row[2] for row in coupons if row[0] not in had] == [
            tallies[0][0] for row in coupons if row[0] not in had
        ]
        assert story.sitting.write(broken) == []
        assert_every_place_has_its_coupon(story)

        story.play(after)
        assert story.sitting.write(broken) == []
        while story.sales:
            story.at += STEP
            story.cancel(story.people[0])
        assert story.sitting.write(broken) == []
        assert [row[2:] for row in story.read(OPEN)] in ([], [(0, 0)])
    finally:
        story.sitting.close()


def assert_every_place_has_its_coupon(story: Story) -> None:
    """No reward that the stamps have reached is missing; the index forbids a second one."""
    for tally_id, _, stamps, _ in story.read(OPEN):
        cards = story.read(
            "SELECT h.starts_after, r.terms FROM held_card h JOIN card_rules r"
            f" ON r.id = h.rules_id WHERE h.tally_id = {tally_id}"
        )
        there = {row[3] for row in story.read(LIVE) if row[2] == tally_id}
        for starts_after, terms in cards:
            for place in orjson.loads(str(terms))["rewards"]:
                reached = int(str(starts_after)) + int(place)
                assert reached > int(str(stamps)) or reached in there


STORIES = {"needed": st.integers(1, 6), "places": PLACES, "before": STEPS, "after": STEPS}


def played(tries: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def wrap(test: Callable[..., None]) -> Callable[..., None]:
        checks = settings(max_examples=tries, suppress_health_check=list(HealthCheck))
        return checks(given(**STORIES)(test))

    return wrap


def test_merging_loses_no_stamp_and_doubles_no_coupon_on_sqlite(
    sqlite_template: Path, tmp_path: Path
) -> None:
    @played(150)
    def tell(needed: int, places: list[int], before: list[Step], after: list[Step]) -> None:
        path = tmp_path / f"{uuid4().hex}.db"
        shutil.copyfile(sqlite_template, path)
        check_story(f"sqlite:///{path}", needed, places, before, after)

    tell()


def test_merging_loses_no_stamp_and_doubles_no_coupon_on_postgresql(
    postgres_url: str, postgres_template: str
) -> None:
    @played(8)
    def tell(needed: int, places: list[int], before: list[Step], after: list[Step]) -> None:
        name = f"dangol_{uuid4().hex}"
        url = create_database(postgres_url, name, postgres_template)
        try:
            check_story(url, needed, places, before, after)
        finally:
            drop_database(postgres_url, name)

    tell()
