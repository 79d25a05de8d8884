"""Money is set aside, started, and lapses: the acts of a program and of time."""

from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.money import Jeon
from domain.people import GrantId, MarketId, ShopId
from domain.subsidy import VatRule
from storage.queries.grants import find_grant
from storage.queries.programs import insert_terms
from subsidy.ending import lapse_grants
from subsidy.grants import start_grant, start_pot
from subsidy.offering import Offer, offer_grant, open_pot
from subsidy.operating import fund_operating
from tests.factories import MANAGER, OWNER

from .should import Grant
from .stepping import AMOUNT, SHOP, Stepping

CAP = st.one_of(st.none(), st.integers(1, 100_000))
START_DAYS = st.integers(1, 4)
MORE_DAYS = st.integers(0, 5)


class Giving(Stepping):
    @rule(who=SHOP, amount=AMOUNT, days=START_DAYS, more=MORE_DAYS, starts=st.booleans())
    def offer(self, who: int, amount: int, days: int, more: int, *, starts: bool) -> None:
        """Pressed twice; some are started at once."""
        shop, market = self.shops[who]
        offer = self.an_offer(amount, days, more)
        if self.is_closed or self.should.left[self.should.budget] < amount:
            self.refuse_offer(shop, offer, "program_closed" if self.is_closed else "overdrawn")
            return
        grant = self.give(shop, market, offer, None)
        if starts:
            self.press_start(grant)

    @precondition(lambda self: self.has_grants(shop=None))
    @rule(data=st.data(), amount=AMOUNT, days=START_DAYS, more=MORE_DAYS)
    def carve(self, data: st.DataObject, amount: int, days: int, more: int) -> None:
        """A grant out of a market's pot, which it never outlives."""
        pot = self.grant_at(data, shop=None)
        shops = [one for one in self.shops if one[1] == pot.market]
        shop, market = data.draw(st.sampled_from(shops))
        offer = self.an_offer(amount, days, more, pot)
        if not pot.works(self.now):
            self.refuse_offer(shop, offer, "pot_over")
        elif self.is_closed:
            self.refuse_offer(shop, offer, "program_closed")
        elif offer.expires_at > pot.expires_at:
            self.refuse_offer(shop, offer, "invalid")
        elif self.should.left[pot.account] < amount:
            self.refuse_offer(shop, offer, "overdrawn")
        else:
            self.give(shop, market, offer, pot)

    def an_offer(self, amount: int, days: int, more: int, pot: Grant | None = None) -> Offer:
        start_by = self.now + timedelta(days=days)
        return Offer(
            amount_jeon=Jeon(amount),
            start_by=start_by,
            expires_at=start_by + timedelta(days=more),
            pot_id=pot.grant_id if pot else None,
        )

    def give(self, shop: ShopId, market: MarketId, offer: Offer, pot: Grant | None) -> Grant:
        facts = {"form_key": self.key(), "actor": MANAGER, "at": self.now}
        twice = [self.do(offer_grant, self.program_id, shop, offer, **facts) for _ in range(2)]
        assert twice[0] == twice[1]
        return self.keep(twice[0], shop, market, offer, pot)

    def refuse_offer(self, shop: ShopId, offer: Offer, why: str) -> None:
        facts = {"form_key": self.key(), "actor": MANAGER, "at": self.now}
        assert self.refused(offer_grant, self.program_id, shop, offer, **facts) == why

    @rule(where=SHOP, amount=AMOUNT, days=START_DAYS, more=MORE_DAYS, cap=CAP)
    def set_up_pot(self, where: int, amount: int, days: int, more: int, cap: int | None) -> None:
        """What the shops of a market share, each up to a cap if there is one; started at once."""
        market = self.shops[where][1]
        start_by = self.now + timedelta(days=days)
        offer = Offer(
            amount_jeon=Jeon(amount),
            start_by=start_by,
            expires_at=start_by + timedelta(days=more),
            shop_cap_jeon=None if cap is None else Jeon(cap),
        )
        facts = {"form_key": self.key(), "actor": MANAGER, "at": self.now}
        if self.is_closed or self.should.left[self.should.budget] < amount:
            why = "program_closed" if self.is_closed else "overdrawn"
            assert self.refused(open_pot, self.program_id, market, offer, **facts) == why
            return
        pot_id = self.do(open_pot, self.program_id, market, offer, **facts)
        self.press_start(self.keep(pot_id, None, market, offer, None))

    def keep(
        self,
        grant_id: GrantId,
        shop: ShopId | None,
        market: MarketId,
        offer: Offer,
        pot: Grant | None,
    ) -> Grant:
        row = self.do(find_grant, grant_id)
        assert row is not None
        grant = Grant(
            grant_id=grant_id,
            account=row.account_id,
            shop=shop,
            market=market,
            pot=pot,
            start_by=offer.start_by,
            expires_at=offer.expires_at,
            returned_until=offer.expires_at + timedelta(days=self.returned_days),
            cap=offer.shop_cap_jeon,
        )
        self.should.grants[grant_id] = grant
        self.should.move(self.should.home(grant), row.account_id, offer.amount_jeon)
        return grant

    @precondition(lambda self: self.should.grants)
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        """F1, F4; a second time changes nothing."""
        self.press_start(self.grant_at(data))

    def press_start(self, grant: Grant) -> None:
        work = (
            partial(start_grant, shop_id=grant.shop)
            if grant.shop
            else partial(start_pot, market_id=grant.market)
        )
        press = partial(work, grant_id=grant.grant_id, actor=OWNER, at=self.now)
        is_late = self.now >= min(grant.start_by, grant.expires_at) or grant.is_called_back
        if is_late and not grant.is_started:
            assert self.refused(press) == "grant_over"
            return
        self.do(press)
        grant.is_started = True

    @rule(returned_days=st.sampled_from([0, 3]))
    def change_terms(self, returned_days: int) -> None:
        """For grants to come only."""
        self.do(
            insert_terms,
            self.program_id,
            body="다른 약관",
            sales_max_won=1_000_000_000,
            new_months=6,
            vat_rule=VatRule.WITH_VAT,
            returned_days=returned_days,
            valid_from=self.now,
            actor=MANAGER,
        )
        self.returned_days = returned_days

    @rule()
    def sweep(self) -> None:
        self.do(lapse_grants, self.now)
        self.should.sweep(self.now)

    @rule(amount=AMOUNT)
    def set_aside_for_itself(self, amount: int) -> None:
        facts = {"amount_jeon": Jeon(amount), "key": self.key(), "actor": MANAGER, "at": self.now}
        if self.is_closed or self.should.left[self.should.budget] < amount:
            why = "program_closed" if self.is_closed else "overdrawn"
            assert self.refused(fund_operating, self.program_id, **facts) == why
            return
        self.do(fund_operating, self.program_id, **facts)
        self.should.move(self.should.budget, self.should.operating, amount)
