"""What should be: the subsidy as a few dictionaries, written without looking at the books' code."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.people import AccountId, ChunkId, GrantId, MarketId, ShopId
from domain.subsidy import WalletState

WON = 100


def cost(people: int) -> int:
    """16.5 won each with VAT, rounded up to a won."""
    return -(-1_650 * people // WON) * WON


@dataclass(eq=False)
class Grant:
    """A shop's grant, or a pot: then `market` says whose."""

    grant_id: GrantId
    account: AccountId
    shop: ShopId | None
    market: MarketId
    pot: "Grant | None"
    start_by: datetime
    expires_at: datetime
    returned_until: datetime
    cap: int | None = None
    is_started: bool = False
    has_lapsed: bool = False
    called_back_at: datetime | None = None
    came_home: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def is_called_back(self) -> bool:
        return self.called_back_at is not None

    def works(self, now: datetime) -> bool:
        """Whether its money is, or may still become, spendable."""
        is_in_time = now < self.expires_at and (self.is_started or now < self.start_by)
        return is_in_time and not self.is_called_back

    def may_pay(self, now: datetime) -> bool:
        if not self.is_started or self.is_called_back or now >= self.returned_until:
            return False
        return now < self.expires_at or self.has_lapsed

    def is_over(self, now: datetime) -> bool:
        """Whether free money may not stay in it (F2)."""
        if self.is_called_back or now >= self.returned_until:
            return True
        if not self.is_started and now >= self.start_by:
            return True
        return now >= self.expires_at and not self.has_lapsed

    def burns_until(self, now: datetime) -> datetime:
        return self.expires_at if now < self.expires_at else self.returned_until


@dataclass(eq=False)
class Chunk:
    shop: ShopId
    people: int
    until: datetime
    parts: list[tuple[AccountId, int]]


@dataclass(eq=False)
class Should:
    """Every account's money that may be spent, what is held of it, and who may have it."""

    budget: AccountId
    funder: AccountId
    spent: AccountId
    own_spent: AccountId
    lapsed: AccountId
    operating: AccountId
    left: Counter[AccountId] = field(default_factory=Counter)
    held: Counter[AccountId] = field(default_factory=Counter)
    used: Counter[tuple[AccountId, ShopId]] = field(default_factory=Counter)
    grants: dict[GrantId, Grant] = field(default_factory=dict)
    wallets: dict[ShopId, tuple[AccountId, WalletState]] = field(default_factory=dict)
    chunks: dict[ChunkId, Chunk] = field(default_factory=dict)
    was: dict[datetime, dict[AccountId, int]] = field(default_factory=dict)

    def move(self, debit: AccountId, credit: AccountId, amount: int) -> None:
        self.left[debit] -= amount
        self.left[credit] += amount

    def of_account(self, account: AccountId) -> Grant | None:
        return next((one for one in self.grants.values() if one.account == account), None)

    def purses(
        self, shop: ShopId, market: MarketId, now: datetime, own_max: int
    ) -> list[tuple[AccountId, int]]:
        """Which money pays, in its order, and how much of each this shop may use."""
        able = [
            one
            for one in self.grants.values()
            if one.may_pay(now)
            and (one.shop == shop or (one.shop is None and one.market == market))
        ]
        able.sort(key=lambda one: (one.burns_until(now), one.account))
        found = [(one.account, self.usable(one, shop)) for one in able]
        wallet, state = self.wallets.get(shop, (None, WalletState.STOPPED))
        if wallet is not None and state is WalletState.IN_USE:
            found.append((wallet, min(self.left[wallet], own_max)))
        return found

    def usable(self, grant: Grant, shop: ShopId) -> int:
        if grant.cap is None:
            return self.left[grant.account]
        return min(self.left[grant.account], grant.cap - self.used[grant.account, shop])

    def fill(
        self, purses: Sequence[tuple[AccountId, int]], sizes: Sequence[int]
    ) -> list[list[tuple[AccountId, int]]] | None:
        """Which purse pays how much of each chunk; None when it is not enough."""
        left = dict(purses)
        filled = []
        for size in sizes:
            need, parts = cost(size), []
            for account, free in left.items():
                taken = min(need, free)
                if taken:
                    parts.append((account, taken))
                left[account] = free - taken
                need -= taken
            if need:
                return None
            filled.append(parts)
        return filled

    def hold(self, chunk_id: ChunkId, chunk: Chunk) -> None:
        self.chunks[chunk_id] = chunk
        for account, amount in chunk.parts:
            self.left[account] -= amount
            self.held[account] += amount
            self.used[account, chunk.shop] += amount

    def settle(self, chunk_id: ChunkId, charge: int, now: datetime) -> None:
        chunk = self.chunks.pop(chunk_id)
        touched = [account for account, _ in chunk.parts]
        comes_back = sum(amount for _, amount in chunk.parts) > charge
        if comes_back:
            self.send_home(touched, now)
        own = {account for account, _ in self.wallets.values()}
        for account, amount in chunk.parts:
            posted = min(charge, amount)
            charge -= posted
            self.held[account] -= amount
            self.left[account] += amount - posted
            self.left[self.own_spent if account in own else self.spent] += posted
            self.used[account, chunk.shop] -= amount - posted
        assert charge == 0
        if comes_back:
            self.send_home(touched, now)

    def send_home(self, accounts: Sequence[AccountId], now: datetime) -> None:
        for grant in sorted(self.grants.values(), key=lambda one: one.grant_id):
            if grant.account in accounts and grant.is_over(now):
                if grant.is_called_back:
                    grant.came_home.append((now, self.left[grant.account]))
                to = self.home(grant) if grant.is_called_back else self.lapsed
                self.move(grant.account, to, self.left[grant.account])
                grant.has_lapsed = grant.has_lapsed or now >= grant.expires_at

    def home(self, grant: Grant) -> AccountId:
        """Where its money came from, past a pot that was called back itself."""
        if grant.pot is None or grant.pot.is_called_back:
            return self.budget
        return grant.pot.account

    def sweep(self, now: datetime) -> None:
        """Only grants with money are looked at, and each is seen as it was at the start."""
        over = [g.account for g in self.grants.values() if g.is_over(now) and self.left[g.account]]
        self.send_home(over, now)
