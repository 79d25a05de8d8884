"""Money is held, posted, given back, topped up and paid out: the acts of shops and the worker."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.money import Jeon
from domain.people import AccountId, ChunkId
from domain.subsidy import WalletState
from subsidy.holding import Charge, settle_money
from subsidy.operating import operating_lot
from subsidy.wallets import change_wallet, open_wallet, refund, top_up
from tests.factories import OWNER
from tests.subsidy.booked import IN_TIME, hold_run

from .giving import Giving
from .should import Chunk, cost
from .stepping import SHOP

SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=3)
OWN_MAX = st.sampled_from([0, 0, 10_000, 10_000_000])
PAID_IN = st.integers(1_000_000, 3_000_000)
PAID_OUT = st.integers(1, 2_000_000)


class Spending(Giving):
    @rule(who=SHOP, sizes=SIZES, own_max=OWN_MAX)
    def hold(self, who: int, sizes: list[int], own_max: int) -> None:
        """All chunks of a run at once, in burn order, or nothing."""
        shop, market = self.shops[who]
        run = (hold_run, self.program_id, shop, sizes, self.now)
        filled = self.should.fill(self.should.purses(shop, market, self.now, own_max), sizes)
        if filled is None:
            assert self.refused(*run, own_max_jeon=own_max) == "short"
            return
        self.held(who, sizes, self.do(*run, own_max_jeon=own_max), filled)

    @rule(who=SHOP)
    def hold_for_the_program(self, who: int) -> None:
        """A statutory notice to one person."""
        account, need = self.should.operating, cost(1)
        if self.should.left[account] < need:
            return
        lot = self.do(operating_lot, self.program_id)
        run = (hold_run, self.program_id, self.shops[who][0], [1], self.now)
        self.held(who, [1], self.do(*run, lots=[lot]), [[(account, need)]])

    def held(
        self,
        who: int,
        sizes: list[int],
        chunk_ids: list[ChunkId],
        filled: list[list[tuple[AccountId, int]]],
    ) -> None:
        for chunk_id, people, parts in zip(chunk_ids, sizes, filled, strict=True):
            chunk = Chunk(self.shops[who][0], people, self.now + IN_TIME, parts)
            self.should.hold(chunk_id, chunk)
        self.sent[self.shops[who][0]] = self.now

    @precondition(lambda self: self.should.chunks)
    @rule(data=st.data())
    def post(self, data: st.DataObject) -> None:
        """All or some of its people got it; the rest of the money goes home."""
        chunk_id = self.a_chunk(data)
        people = data.draw(st.integers(0, self.should.chunks[chunk_id].people))
        self.settle(chunk_id, cost(people), has_left=True)

    @precondition(lambda self: self.should.chunks)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        """It never left: voided, or expired when its time ran out."""
        self.settle(self.a_chunk(data), 0, has_left=False)

    @precondition(lambda self: self.should.chunks)
    @rule(people=st.integers(0, 1))
    def settle_everything(self, people: int) -> None:
        for chunk_id in sorted(self.should.chunks):
            charge = cost(self.should.chunks[chunk_id].people * people)
            self.settle(chunk_id, charge, has_left=True)

    def settle(self, chunk_id: ChunkId, charge: int, *, has_left: bool) -> None:
        self.do(settle_money, [Charge(chunk_id, Jeon(charge), has_left=has_left)], self.now)
        self.should.settle(chunk_id, charge, self.now)
        self.settled.append(chunk_id)

    @precondition(lambda self: self.settled)
    @rule(data=st.data())
    def settle_again(self, data: st.DataObject) -> None:
        chunk_id = data.draw(st.sampled_from(self.settled))
        self.do(settle_money, [Charge(chunk_id, Jeon(0), has_left=True)], self.now)

    def a_chunk(self, data: st.DataObject) -> ChunkId:
        return data.draw(st.sampled_from(sorted(self.should.chunks)))

    @rule(who=SHOP, amount=PAID_IN, is_doubled=st.booleans())
    def pay_in(self, who: int, amount: int, *, is_doubled: bool) -> None:
        shop = self.shops[who][0]
        facts = {"reference": "20261101-1", "form_key": self.key(), "actor": OWNER, "at": self.now}
        account, state = self.wallet(who)
        if state is WalletState.SUSPENDED:
            assert self.refused(top_up, shop, Jeon(amount), **facts) == "wallet_suspended"
            return
        for _ in range(1 + is_doubled):
            self.do(top_up, shop, Jeon(amount), **facts)
        self.should.move(self.should.funder, account, amount)

    @rule(who=SHOP, amount=PAID_OUT, is_doubled=st.booleans())
    def pay_out(self, who: int, amount: int, *, is_doubled: bool) -> None:
        """In every state of the wallet (F6), but never more than is free in it."""
        shop = self.shops[who][0]
        facts = {"reference": "20261102-1", "form_key": self.key(), "actor": OWNER, "at": self.now}
        account, _ = self.wallet(who)
        if self.should.left[account] < amount:
            assert self.refused(refund, shop, Jeon(amount), **facts) == "overdrawn"
            return
        for _ in range(1 + is_doubled):
            self.do(refund, shop, Jeon(amount), **facts)
        self.should.move(account, self.should.funder, amount)

    @rule(who=SHOP, new=st.sampled_from(list(WalletState)), is_owner=st.booleans())
    def change_wallet(self, who: int, new: WalletState, *, is_owner: bool) -> None:
        """F6: only a manager suspends, and only a manager ends it."""
        shop = self.shops[who][0]
        facts = {"is_owner": is_owner, "actor": OWNER, "at": self.now}
        account, old = self.wallet(who)
        if is_owner and WalletState.SUSPENDED in (old, new):
            assert self.refused(change_wallet, shop, new, **facts) == "wallet_suspended"
            return
        self.do(change_wallet, shop, new, **facts)
        self.should.wallets[shop] = account, new

    def wallet(self, who: int) -> tuple[AccountId, WalletState]:
        shop = self.shops[who][0]
        if shop not in self.should.wallets:
            opened = self.do(open_wallet, shop, actor=OWNER, at=self.now)
            self.should.wallets[shop] = opened.account_id, WalletState.IN_USE
        return self.should.wallets[shop]
