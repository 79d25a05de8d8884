"""The subsidy's acts in any order, each made in the books and in what should be."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from domain.people import AccountId, ChunkId, MarketId, ShopId
from domain.refusals import Refusal
from domain.subsidy import AccountKind
from storage.queries.ledger import get_program_account
from subsidy.enrolling import enroll_shop
from tests.factories import (
    EARLIER,
    MANAGER,
    QUALIFIED,
    make_channel,
    make_market,
    make_program,
    make_shop,
)
from tests.sitting import Sitting
from tests.subsidy.desks import make_manager

from .looking import broken, compare, follow, remember
from .should import Grant, Should

T = TypeVar("T")
BUDGET_WON = 60_000
SHOPS = 3
SHOP = st.integers(0, SHOPS - 1)
AMOUNT = st.integers(min_value=1, max_value=300_000)


class Stepping(RuleBasedStateMachine):
    """Two markets, three shops (two of them in the first market), one program, one clock."""

    def __init__(self) -> None:
        super().__init__()
        self.sitting = Sitting(self.new_url())
        self.number = count()
        self.now = EARLIER
        self.steps = 0
        self.returned_days = 0
        self.is_closed = False
        self.sent: dict[ShopId, datetime] = {}
        self.settled: list[ChunkId] = []

    def new_url(self) -> str:
        raise NotImplementedError

    def drop(self) -> None:
        """Nothing, but on a server."""

    def do(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return self.sitting.write(work, *args, **kwargs)

    def refused(self, work: Callable[..., object], *args: Any, **kwargs: Any) -> str:
        """Why it was refused; nothing has changed by it."""
        try:
            self.do(work, *args, **kwargs)
        except Refusal as reason:
            return reason.reason
        raise AssertionError("this should have been refused")

    def key(self) -> str:
        return f"form-{next(self.number)}"

    @initialize()
    def begin(self) -> None:
        self.program_id = self.do(make_program, budget_won=BUDGET_WON)
        self.markets = [self.do(make_market, self.program_id, name=name) for name in "가나"]
        self.shops: list[tuple[ShopId, MarketId]] = [self.open(number) for number in range(SHOPS)]
        self.maker, self.second = [
            self.do(make_manager, self.program_id, name) for name in ("이정", "박선")
        ]

        def account(kind: AccountKind) -> AccountId:
            return self.do(get_program_account, self.program_id, kind)

        self.should = Should(
            budget=account(AccountKind.PROGRAM),
            funder=account(AccountKind.FUNDER),
            spent=account(AccountKind.SPENT),
            own_spent=account(AccountKind.OWN_SPENT),
            lapsed=account(AccountKind.LAPSED),
            operating=account(AccountKind.OPERATING),
        )
        self.should.move(self.should.funder, self.should.budget, BUDGET_WON * 100)

    def open(self, number: int) -> tuple[ShopId, MarketId]:
        market = self.markets[number // 2]
        channel = self.do(make_channel, market, number=number + 1)
        shop_id = self.do(make_shop, market, channel, slug=f"shop-{number}")
        self.do(enroll_shop, self.program_id, shop_id, QUALIFIED, actor=MANAGER, at=self.now)
        return shop_id, market

    def grant_at(self, data: st.DataObject, **wanted: object) -> Grant:
        """One of the grants that are there, by chance."""
        able = [one for one in self.should.grants.values() if fits(one, wanted)]
        return data.draw(st.sampled_from(able))

    def has_grants(self, **wanted: object) -> bool:
        return any(fits(one, wanted) for one in self.should.grants.values())

    def wait(self, by: timedelta) -> None:
        """Within an act: what stood at this instant is kept."""
        self.should.was[self.now] = dict(self.should.left)
        self.now += by

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.wait(timedelta(hours=hours))

    @precondition(lambda self: self.should.grants)
    @rule(data=st.data(), which=st.sampled_from(["start_by", "expires_at", "returned_until"]))
    def time_passes_until(self, data: st.DataObject, which: str) -> None:
        """To the very instant at which something ends."""
        ends: datetime = getattr(self.grant_at(data), which)
        self.now = max(self.now, ends)

    @invariant()
    def the_books_say_what_should_be(self) -> None:
        self.steps += 1
        self.do(compare, self.should)
        assert self.do(broken) == []
        self.should.was[self.now] = dict(self.should.left)

    def teardown(self) -> None:
        try:
            self.do(follow, self.should.was)
            self.do(remember, self.should.was)
        finally:
            self.sitting.close()
            self.drop()


def fits(grant: Grant, wanted: dict[str, object]) -> bool:
    return all(getattr(grant, name) == value for name, value in wanted.items())
