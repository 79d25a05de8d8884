"""A shop with a card, and someone who comes to it: what the loyalty tests begin with."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from domain.coupons import CouponKind, CouponTerms
from domain.people import ChannelId, CustomerId, ShopId
from domain.rules import ShopRules
from domain.visits import Purchase
from loyalty.cards import CardDraft, set_cards, set_rules
from loyalty.codes import issue_customer_code
from loyalty.sales import Sale
from loyalty.visits import Stamped, stamp_by_code, stamp_person
from storage.books import Books
from storage.desk import Tx
from tests.conftest import START
from tests.factories import OWNER, make_shop, make_street, rows

GIFT = CouponTerms(kind=CouponKind.ITEM, title="단팥빵 1개 무료", item="단팥빵")
KEYS = count(1)


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop, one regular (and a second, who is somebody else)."""

    books: Books
    channel_id: ChannelId
    shop_id: ShopId
    customer_id: CustomerId
    other_id: CustomerId

    async def stamp(self, at: datetime, *, items: int = 1) -> Stamped:
        """By the customer's code, at the counter."""
        code = await self.books.write(issue_customer_code, self.channel_id, self.customer_id, at)
        sale = make_sale(items=items)
        return await self.books.write(stamp_by_code, self.shop_id, code.digits, sale, at)

    async def claim(self, at: datetime, happened_at: datetime | None = None) -> Stamped:
        """By the counter's word alone."""
        sale = make_sale(happened_at=happened_at)
        return await self.books.write(stamp_person, self.shop_id, self.customer_id, sale, at)

    async def set_card(self, card: CardDraft, at: datetime = START) -> None:
        await self.books.write(set_cards, self.shop_id, [card], actor=OWNER, at=at)

    async def set_rules(self, rules: ShopRules, at: datetime = START) -> None:
        await self.books.write(set_rules, self.shop_id, rules, actor=OWNER, at=at)


async def open_shop(books: Books, *, needed: int = 3) -> Shop:
    street = await books.write(make_street, people=2, grant_won=0)
    shop = Shop(books, street.channel_id, street.shop_id, *street.customers)
    if needed:
        await shop.set_card(make_card(needed))
    return shop


def make_card(needed: int = 3, *, starter: int = 0, **expiry: Any) -> CardDraft:
    """One gift at the end; `expiry_days` and `expiry_from` as in CardDraft."""
    return CardDraft(needed=needed, rewards={needed: GIFT}, starter=starter, **expiry)


def make_sale(
    *, items: int = 1, happened_at: datetime | None = None, key: str | None = None
) -> Sale:
    return Sale(
        key=key or f"sale-{next(KEYS)}",
        actor=OWNER,
        purchase=Purchase(items=items),
        happened_at=happened_at,
    )


def another_shop(tx: Tx, shop: Shop) -> ShopId:
    """In the same channel."""
    market_id = rows(tx, "SELECT market_id FROM shop")[0][0]
    return make_shop(tx, market_id, shop.channel_id, name="옆집떡", slug="next-door")
