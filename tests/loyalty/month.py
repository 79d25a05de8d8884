"""A month of a market street, by seed: visits, stamps, undo, coupons, tills without a network.

What happens in one hour happens at once. A diary on this side notes every answer; at the end
it must say the same as the books.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from domain.cards import ExpiryFrom
from domain.coupons import CouponKind, CouponSource, CouponTerms, CouponWay
from domain.people import ChannelId, CouponId, CustomerId, ShopId, VisitId
from domain.refusals import Refusal
from domain.rules import Per, ShopRules
from domain.visits import Line, Purchase, VisitWay
from loyalty.cards import CardDraft, set_cards, set_rules
from loyalty.codes import issue_counter_code, issue_customer_code
from loyalty.coupons import (
    NewOffer,
    Redeemed,
    Showing,
    give,
    hold_coupon,
    make_offer,
    release_coupon,
    reverse_coupon,
    use_by_code,
    use_coupon,
)
from loyalty.paper import stamp_by_phone
from loyalty.sales import Sale
from loyalty.visits import Stamped, cancel_visit, claim_visit, stamp_by_code
from storage.books import Books
from storage.desk import Tx
from storage.queries.coupons import list_usable
from tests.conftest import START
from tests.factories import (
    OWNER,
    make_channel,
    make_customer,
    make_market,
    make_program,
    make_shop,
    phone_of,
    sweep,
)

DAYS, SHOPS, PEOPLE = 30, 5, 40
HOURS = (0, 2, 5, 8)
T = TypeVar("T")


def gift(title: str, **terms: Any) -> CouponTerms:
    return CouponTerms(kind=CouponKind.ITEM, title=title, item=title, **terms)


CARDS: Sequence[Sequence[CardDraft]] = (
    (CardDraft(needed=4, rewards={4: gift("단팥빵")}),),
    (CardDraft(needed=6, rewards={3: gift("꿀떡", life_days=3), 6: gift("떡 한 팩")}, starter=2),),
    (CardDraft(needed=3, rewards={3: gift("나물")}, expiry_days=6),),
    (
        CardDraft(needed=2, rewards={2: gift("첫 커피")}),
        CardDraft(
            needed=5,
            rewards={5: gift("커피", can_stack=True)},
            expiry_days=10,
            expiry_from=ExpiryFrom.FIRST,
        ),
    ),
    (),
)
RULES: Sequence[ShopRules] = (
    ShopRules(),
    ShopRules(per=Per.ITEM, excluded=("쇼핑백",)),
    ShopRules(double_weekdays=frozenset({2, 5})),
    ShopRules(visits_per_day_max=1, double_days=frozenset({date(2026, 12, 5)})),
    ShopRules(visits_per_day_max=1),
)


@dataclass(frozen=True, slots=True)
class Shop:
    shop_id: ShopId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of a till's own list: it was typed when the network was gone."""

    shop: Shop
    typed: str
    sale: Sale


@dataclass(slots=True)
class Diary:
    """What the counters were told: visits that stand by key, uses by coupon, and refusals."""

    stands: dict[tuple[ShopId, str], VisitId] = field(default_factory=dict)
    uses: Counter[CouponId] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)

    def note_visit(self, shop: Shop, key: str, stamped: Stamped) -> None:
        self.happened["replay" if stamped.is_repeated else f"visit by {stamped.way}"] += 1
        if not stamped.is_repeated:
            self.stands[shop.shop_id, key] = stamped.visit_id
        self.happened["coupon earned"] += len(stamped.earned)

    def note_coupon(self, what: str, redeemed: Redeemed, change: int = 0) -> None:
        self.happened["coupon replay" if redeemed.is_repeated else what] += 1
        if not redeemed.is_repeated:
            self.uses[redeemed.coupon.coupon_id] += change


class Month:
    """`live` goes through all days; everything random follows from the seed."""

    def __init__(self, books: Books, seed: int) -> None:
        self.books = books
        self.rng = random.Random(seed)
        self.diary = Diary()
        self.kept: list[Kept] = []
        self.number = 0
        self.at = START
        self.shops: list[Shop] = []
        self.people: dict[ChannelId, list[tuple[CustomerId, int]]] = {}

    async def live(self) -> Diary:
        self.shops, self.people = await self.books.write(open_street)
        for shop, cards, rules in zip(self.shops, CARDS, RULES, strict=True):
            await self.books.write(set_cards, shop.shop_id, cards, actor=OWNER, at=START)
            await self.books.write(set_rules, shop.shop_id, rules, actor=OWNER, at=START)
            await self._offer(shop)
        for day in range(DAYS):
            for hour in HOURS:
                self.at = START + timedelta(days=day, hours=hour)
                await self._hour()
            await self._evening(day)
        return self.diary

    async def _hour(self) -> None:
        """Everything of one hour at once."""
        acts: list[Callable[[], Awaitable[None]]] = [
            *[self._visit] * self.rng.randint(2, 9),
            *[self._use_coupon] * self.rng.randint(1, 6),
            *[self._cancel] * (self.rng.random() < 0.5),
            *[self._hold] * (self.rng.random() < 0.6),
        ]
        await asyncio.gather(*[act() for act in acts])

    async def _evening(self, day: int) -> None:
        """Tills find the network again, most send their list twice; rules change now and then."""
        self.at = START + timedelta(days=day, hours=10)
        sending = [one for one in self.kept if self.rng.random() < 0.7]
        self.kept = [one for one in self.kept if one not in sending]
        again = [one for one in sending if self.rng.random() < 0.6]
        await asyncio.gather(*[self._send(one) for one in [*sending, *again]])
        while await self.books.write_batch(sweep, self.at):
            self.diary.happened["sweep"] += 1
        if day in (9, 19):
            cards = [[CardDraft(needed=day - 5, rewards={day - 5: gift("새 선물")})], *CARDS[1:]]
            for shop, card in zip(self.shops, cards, strict=True):
                await self.books.write(set_cards, shop.shop_id, card, actor=OWNER, at=self.at)

    async def _visit(self) -> None:
        shop, customer_id, number = self._someone()
        way = self.rng.choices(("code", "phone", "qr", "offline"), (6, 2, 2, 3))[0]
        if way == "qr":
            await self._claim(shop, customer_id)
            return
        is_code = way == "code" or (way == "offline" and self.rng.random() < 0.5)
        typed = phone_of(number)
        if is_code:
            shown = await self._try(issue_customer_code, shop.channel_id, customer_id, self.at)
            if shown is None:
                return
            typed = shown.digits
        kept = Kept(shop, typed, self._sale(is_late=way == "offline"))
        if way == "offline":
            self.kept.append(kept)
            return
        doubled = 1 + (self.rng.random() < 0.2)
        await asyncio.gather(*[self._send(kept) for _ in range(doubled)])

    async def _send(self, kept: Kept) -> None:
        stamp = stamp_by_phone if len(kept.typed) > 6 else stamp_by_code
        shop = kept.shop
        stamped = await self._try(stamp, shop.shop_id, kept.typed, kept.sale, self.at)
        if stamped:
            self.diary.note_visit(shop, kept.sale.key, stamped)

    async def _claim(self, shop: Shop, customer_id: CustomerId) -> None:
        way = self.rng.choice((VisitWay.ROTATING_QR, VisitWay.PIN))
        code = await self._try(issue_counter_code, shop.channel_id, shop.shop_id, way, self.at)
        if code is None:
            return
        who = [customer_id, self._someone(shop)[1]] if self.rng.random() < 0.3 else [customer_id]
        for claimer in who:
            claimed = await self._try(claim_visit, shop.channel_id, claimer, code.digits, self.at)
            if isinstance(claimed, Stamped):
                self.diary.note_visit(shop, f"claimed:{claimed.visit_id}", claimed)
            elif isinstance(claimed, Refusal):
                self.diary.happened[claimed.reason] += 1

    async def _cancel(self) -> None:
        if not self.diary.stands:
            return
        shop_id, key = self.rng.choice(sorted(self.diary.stands))
        visit_id = self.diary.stands.pop((shop_id, key))
        for _ in range(self.rng.randint(1, 2)):
            undone = await self._try(cancel_visit, shop_id, visit_id, actor=OWNER, at=self.at)
            assert undone is not None
            self.diary.happened["cancel again" if undone.is_repeated else "cancel"] += 1
            self.diary.happened["debt"] += len(undone.owed)

    async def _use_coupon(self) -> None:
        shop, customer_id, _ = self._someone()
        ready = await self.books.read(list_usable, customer_id, self.at)
        mine = [one for one in ready if one.shop_id == shop.shop_id]
        if not mine:
            return
        coupon_id = self.rng.choice(mine).coupon_id
        used = await self._show(shop, customer_id, coupon_id)
        if used is None:
            return
        self.diary.note_coupon("use", used, 1)
        if self.rng.random() < 0.2:
            this = (shop.shop_id, coupon_id, self._showing(), self.at)
            back = await self._try(reverse_coupon, *this)
            if back:
                self.diary.note_coupon("reverse", back, -1)

    async def _show(
        self, shop: Shop, customer_id: CustomerId, coupon_id: CouponId
    ) -> Redeemed | None:
        """At the counter, by its code or by the till's own list."""
        showing = self._showing()
        if self.rng.random() < 0.5:
            return await self._try(use_coupon, shop.shop_id, coupon_id, showing, self.at)
        who, coupon = (shop.channel_id, customer_id), (shop.shop_id, coupon_id)
        code = await self._try(issue_customer_code, *who, self.at, coupon=coupon)
        if code is None:
            return None
        return await self._try(use_by_code, shop.shop_id, code.digits, showing, self.at)

    async def _hold(self) -> None:
        shop, customer_id, _ = self._someone()
        ready = await self.books.read(list_usable, customer_id, self.at)
        mine = [one for one in ready if one.shop_id == shop.shop_id]
        if not mine:
            return
        held = await self._try(
            hold_coupon, shop.shop_id, mine[0].coupon_id, self._showing(), self.at
        )
        if held:
            self.diary.note_coupon("hold", held)
            if self.rng.random() < 0.5:
                this = (shop.shop_id, mine[0].coupon_id, self._showing(), self.at)
                released = await self._try(release_coupon, *this)
                if released:
                    self.diary.note_coupon("release", released)

    async def _offer(self, shop: Shop) -> None:
        """A capped coupon that twenty people hold and three may use."""
        terms = CouponTerms(kind=CouponKind.PERCENT, title="10% 할인", value=10, life_days=30)
        new = NewOffer(source=CouponSource.HAND, terms=terms, cap=3)
        offer_id = await self.books.write(make_offer, shop.shop_id, new, actor=OWNER, at=START)
        for customer_id, _ in self.people[shop.channel_id][:20]:
            person = shop.shop_id, customer_id
            await self._try(give, person, offer_id, key="month", actor=OWNER, at=START)

    async def _try(self, work: Callable[..., T], *args: Any, **named: Any) -> T | None:
        """What the books answer; a refusal is noted by its reason."""
        try:
            return await self.books.write(work, *args, **named)
        except Refusal as refusal:
            self.diary.happened[refusal.reason] += 1
            return None

    def _someone(self, shop: Shop | None = None) -> tuple[Shop, CustomerId, int]:
        shop = shop or self.rng.choice(self.shops)
        return shop, *self.rng.choice(self.people[shop.channel_id])

    def _sale(self, *, is_late: bool) -> Sale:
        self.number += 1
        lines = (Line("식빵", self.rng.randint(1, 3)), Line("쇼핑백"))
        purchase = self.rng.choice((Purchase(items=self.rng.randint(1, 4)), Purchase(lines=lines)))
        happened_at = self.at if is_late else None
        return Sale(
            key=f"till:{self.number}", actor=OWNER, purchase=purchase, happened_at=happened_at
        )

    def _showing(self) -> Showing:
        self.number += 1
        return Showing(
            key=f"coupon:{self.number}", way=CouponWay.TILL, actor=OWNER, spend_won=10_000
        )


def open_street(tx: Tx) -> tuple[list[Shop], dict[ChannelId, list[tuple[CustomerId, int]]]]:
    """Four shops in the market's channel and one with its own; who is a regular of the first
    may come to the others.
    """
    market_id = make_market(tx, make_program(tx))
    shared, own = (make_channel(tx, market_id, number=number) for number in (1, 2))
    shops = [
        Shop(make_shop(tx, market_id, channel, name=f"가게 {n}", slug=f"shop-{n}"), channel)
        for n, channel in enumerate([shared] * (SHOPS - 1) + [own])
    ]
    people: dict[ChannelId, list[tuple[CustomerId, int]]] = {shared: [], own: []}
    for number in range(1, PEOPLE + 1):
        shop = shops[0] if number % 4 else shops[-1]
        customer_id = make_customer(tx, shop.channel_id, shop.shop_id, number)
        people[shop.channel_id].append((customer_id, number))
    return shops, people
