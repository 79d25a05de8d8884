"""Money is moved, extended, called back and given again, and a program closed: managers' acts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.money import Jeon
from domain.people import AccountId, GrantId, ProposalId
from domain.subsidy import Lot
from subsidy.clawing import Quiet, claw_back, look_for_quiet, propose_claw_back, undo_claw_back
from subsidy.closing import close_program, propose_closing
from subsidy.extending import Dates, extend_grant
from subsidy.moving import move_money
from tests.subsidy.booked import hold_run

from .should import Grant, cost
from .spending import Spending
from .stepping import AMOUNT, SHOP

SHORTLY = timedelta(seconds=1)
STORY_JEON = 60_000
OLD_ENOUGH_TO_CLOSE = 200
"""After so many steps a program may be closed; what follows is the life after it."""


@dataclass(eq=False)
class Proposed:
    proposal_id: ProposalId
    made_at: datetime
    shown: dict[GrantId, int]
    taken: dict[GrantId, int] = field(default_factory=dict)
    decided_at: datetime | None = None
    is_undone: bool = False


class Managing(Spending):
    def __init__(self) -> None:
        super().__init__()
        self.proposed: list[Proposed] = []

    @precondition(lambda self: len(self.should.grants) > 1)
    @rule(data=st.data(), amount=AMOUNT)
    def move_between(self, data: st.DataObject, amount: int) -> None:
        """Between two shops' grants of one origin; twice from the same form is once."""
        source, to = self.grant_at(data), self.grant_at(data)
        key = self.key()
        act = partial(
            move_money,
            acting=self.maker,
            from_id=source.grant_id,
            to_id=to.grant_id,
            amount_jeon=Jeon(amount),
            form_key=key,
            at=self.now,
        )
        if self.is_closed:
            assert self.refused(act) == "program_closed"
        elif not self.may_move(source, to) or amount > self.should.left[source.account]:
            assert self.refused(act) == "invalid"
        else:
            self.do(act)
            self.do(act)
            self.should.move(source.account, to.account, amount)

    def may_move(self, source: Grant, to: Grant) -> bool:
        are_shops = source.shop is not None and to.shop is not None and source is not to
        both_work = source.works(self.now) and to.works(self.now)
        return are_shops and both_work and source.pot is to.pot

    @precondition(lambda self: self.should.grants)
    @rule(data=st.data(), days=st.integers(0, 5))
    def extend(self, data: st.DataObject, days: int) -> None:
        """Never beyond its pot."""
        grant = self.grant_at(data)
        until = grant.expires_at + timedelta(days=days)
        act = partial(extend_grant, acting=self.maker, grant_id=grant.grant_id, at=self.now)
        press = partial(act, dates=Dates(expires_at=until))
        if not grant.works(self.now):
            assert self.refused(press) == "extend_over"
        elif self.is_closed:
            assert self.refused(press) == "program_closed"
        elif grant.pot is not None and until > grant.pot.expires_at:
            assert self.refused(press) == "invalid"
        else:
            self.do(press)
            grant.returned_until += until - grant.expires_at
            grant.expires_at = until

    @rule(days=st.sampled_from([0, 0, 1, 3]), data=st.data())
    def propose_claw_back(self, days: int, data: st.DataObject) -> None:
        listed = self.do(look_for_quiet, self.maker, Quiet(days=days), self.now)
        for one in listed:
            grant = self.should.grants[one.grant_id]
            assert grant.works(self.now)
            assert one.left_jeon == self.should.left[grant.account] > 0
            assert grant.shop not in self.sent or self.sent[grant.shop] < self.now - timedelta(days)
        if not listed or self.is_closed:
            return
        ids = [one.grant_id for one in listed]
        chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
        self.keep_proposal(days, {one.grant_id: int(one.left_jeon) for one in listed}, chosen)

    def keep_proposal(self, days: int, shown: dict[GrantId, int], chosen: list[GrantId]) -> None:
        facts = {"form_key": self.key(), "at": self.now}
        proposal_id = self.do(propose_claw_back, self.maker, Quiet(days=days), chosen, **facts)
        self.proposed.append(Proposed(proposal_id, self.now, {one: shown[one] for one in chosen}))

    @rule(who=SHOP, back=st.sampled_from(["before", "after", "never"]), is_undone=st.booleans())
    def call_back_from_one(self, who: int, back: str, *, is_undone: bool) -> None:
        """A whole story, because its parts seldom meet by chance: something of the grant is held
        and comes home before it is called back, or after that.
        """
        if self.is_closed or self.should.left[self.should.budget] < STORY_JEON:
            return
        shop, market = self.shops[who]
        grant = self.give(shop, market, self.an_offer(STORY_JEON, 2, 3), None)
        self.press_start(grant)
        lot = [(grant.account, cost(5))]
        before = set(self.should.chunks)
        self.hold_from(who, [5], [lot])
        (chunk_id,) = set(self.should.chunks) - before
        self.wait(timedelta(hours=1))
        self.keep_proposal(0, {grant.grant_id: self.should.left[grant.account]}, [grant.grant_id])
        if back == "before":
            self.settle(chunk_id, cost(2), has_left=True)
        self.decide(self.proposed[-1])
        if back == "after":
            self.settle(chunk_id, cost(2), has_left=True)
        if is_undone:
            self.undo(self.proposed[-1])

    def hold_from(
        self, who: int, sizes: list[int], parts: list[list[tuple[AccountId, int]]]
    ) -> None:
        account = parts[0][0][0]
        grant = self.should.of_account(account)
        assert grant is not None
        lot = Lot(
            account_id=account,
            grant_id=grant.grant_id,
            expires_at=grant.expires_at,
            left_jeon=Jeon(self.should.left[account]),
        )
        run = (hold_run, self.program_id, self.shops[who][0], sizes, self.now)
        self.held(who, sizes, self.do(*run, lots=[lot]), parts)

    @precondition(lambda self: self.proposed)
    @rule(data=st.data())
    def claw_back(self, data: st.DataObject) -> None:
        """What is free and was shown, of shops that have not woken; approved twice is once."""
        self.decide(data.draw(st.sampled_from(self.proposed)))

    def decide(self, one: Proposed) -> None:
        act = partial(claw_back, proposal_id=one.proposal_id, at=self.now)
        if one.is_undone:
            assert self.refused(act, acting=self.second) == "proposal_settled"
            return
        if one.decided_at is not None:
            self.do(act, acting=self.second)
            return
        assert self.refused(act, acting=self.maker) == "second_person"
        if self.is_closed:
            assert self.refused(act, acting=self.second) == "program_closed"
            return
        # Two acts never happen at one instant.
        self.wait(SHORTLY)
        self.do(claw_back, self.second, one.proposal_id, self.now)
        one.decided_at = self.now
        for grant_id, shown in one.shown.items():
            self.take(one, self.should.grants[grant_id], shown)

    def take(self, one: Proposed, grant: Grant, shown: int) -> None:
        assert grant.shop is not None
        left = self.should.left[grant.account]
        has_woken = grant.shop in self.sent and self.sent[grant.shop] >= one.made_at
        taken = min(left, shown)
        if has_woken or not grant.works(self.now) or not taken:
            return
        self.should.move(grant.account, self.should.home(grant), taken)
        one.taken[grant.grant_id] = taken
        if taken == left:
            grant.called_back_at = self.now

    @precondition(lambda self: self.proposed)
    @rule(data=st.data())
    def undo_claw_back(self, data: st.DataObject) -> None:
        self.undo(data.draw(st.sampled_from(self.proposed)))

    def undo(self, one: Proposed) -> None:
        act = partial(undo_claw_back, acting=self.maker, proposal_id=one.proposal_id, at=self.now)
        if one.is_undone:
            self.do(act)
            return
        if one.decided_at is None:
            assert self.refused(act) == "proposal_settled"
            return
        if self.is_closed:
            assert self.refused(act) == "program_closed"
            return
        self.give_again(one, act)

    def give_again(self, one: Proposed, act: "partial[None]") -> None:
        back = {
            grant_id: amount
            for grant_id, taken in one.taken.items()
            if (amount := self.back(one, self.should.grants[grant_id], taken))
        }
        need: dict[AccountId, int] = {}
        for grant_id, amount in back.items():
            home = self.should.home(self.should.grants[grant_id])
            need[home] = need.get(home, 0) + amount
        if not back:
            assert self.refused(act) == "undo_late"
        elif any(amount > self.should.left[home] for home, amount in need.items()):
            assert self.refused(act) == "overdrawn"
        else:
            self.do(act)
            one.is_undone = True
            for grant_id, amount in back.items():
                grant = self.should.grants[grant_id]
                self.should.move(self.should.home(grant), grant.account, amount)
                grant.called_back_at = None

    def back(self, one: Proposed, grant: Grant, taken: int) -> int:
        assert one.decided_at is not None
        is_in_time = self.now < grant.expires_at and (grant.is_started or self.now < grant.start_by)
        if not is_in_time or (grant.is_called_back and grant.called_back_at != one.decided_at):
            return 0
        later = sum(jeon for at, jeon in grant.came_home if at >= one.decided_at)
        return taken + (later if grant.called_back_at == one.decided_at else 0)

    @precondition(lambda self: self.steps > OLD_ENOUGH_TO_CLOSE and not self.is_closed)
    @rule()
    def close_the_program(self) -> None:
        """What is free goes home; what is held follows when it is settled."""
        proposal_id = self.do(propose_closing, self.maker, form_key=self.key(), at=self.now)
        self.wait(SHORTLY)
        for _ in range(2):
            self.do(close_program, self.second, proposal_id, self.now)
        self.is_closed = True
        able = [
            one
            for one in self.should.grants.values()
            if not one.is_called_back and one.returned_until > self.now
        ]
        for one in sorted(able, key=lambda one: one.shop is None):
            home = self.should.home(one) if one.pot in able else self.should.budget
            self.should.move(one.account, home, self.should.left[one.account])
        for one in able:
            one.called_back_at = self.now
