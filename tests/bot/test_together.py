"""Turns of one moment are read as sets: each person is shown their own, and as if alone."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from domain.coupons import CouponKind, CouponSource, CouponTerms
from domain.rules import ShopRules
from loyalty.cards import CardDraft, set_cards, set_rules
from loyalty.coupons import NewOffer, give, make_offer
from loyalty.regulars import name_regular
from loyalty.sales import Sale
from loyalty.visits import stamp_person
from storage.books import Books
from storage.desk import Tx
from tests.bot.conftest import Bot, Chat, Clock, Web, open_shop, settings, whole
from tests.factories import rows

PEOPLE = 12
OWNER = "owner:1"
NEEDED = 20


def coupon_of(number: int) -> CouponTerms:
    return CouponTerms(kind=CouponKind.ITEM, title=f"선물{number}번", item=f"빵{number}")


def live(tx: Tx, bot: Bot) -> None:
    """The n-th regular has n stamps, a name and a coupon of their own; the first has none."""
    draft = CardDraft(needed=NEEDED, rewards={NEEDED: coupon_of(99)})
    rules = replace(ShopRules(), visits_per_day_max=NEEDED)
    set_rules(tx, bot.shop_id, rules, actor=OWNER, at=bot.clock.at)
    set_cards(tx, bot.shop_id, [draft], actor=OWNER, at=bot.clock.at)
    people = rows(tx, "SELECT customer_id FROM membership ORDER BY customer_id")
    for number, (customer_id,) in enumerate(people):
        person = bot.shop_id, customer_id
        for stamp in range(number):
            sale = Sale(key=f"{number}:{stamp}", actor=OWNER)
            stamp_person(tx, *person, sale, bot.clock.at)
        if number:
            name_regular(tx, *person, f"손님{number}", actor=OWNER, at=bot.clock.at)
            offer = NewOffer(source=CouponSource.HAND, terms=coupon_of(number))
            offer_id = make_offer(tx, bot.shop_id, offer, actor=OWNER, at=bot.clock.at)
            give(tx, person, offer_id, key="k", actor=OWNER, at=bot.clock.at)


@pytest_asyncio.fixture
async def chats(
    books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> list[Chat]:
    client = await open_client(whole(books, clock, settings()))
    bot = Bot(client, books, clock, *await books.write(open_shop))
    about: list[dict[str, Any]] = [
        {"user": f"{number:066x}", "app_user_id": f"6{number}"} for number in range(PEOPLE)
    ]
    made = [await bot.joined(**one) for one in about]
    await books.write(lambda tx: live(tx, bot))
    for chat in made:
        await chat.say("도움말")  # what waited to be told is said
    return made


@pytest.mark.parametrize("words", ["내 도장", "내 쿠폰", "내 정보", "도장 받기", "매장 안내"])
async def test_everyone_is_told_at_once_what_they_are_told_alone(
    chats: list[Chat], words: str
) -> None:
    together = await asyncio.gather(*(replace(chat).say(words) for chat in chats))
    alone = [await chat.say(words) for chat in chats]

    assert [one.body for one in together] == [one.body for one in alone]


async def test_nobody_is_shown_anything_of_a_neighbor(chats: list[Chat]) -> None:
    wishes = ("내 도장", "내 쿠폰", "내 정보")
    said = await asyncio.gather(*(replace(chat).say(words) for chat in chats for words in wishes))
    for number in range(PEOPLE):
        stamps, coupons, held = said[3 * number : 3 * number + 3]
        if number == 0:
            assert "첫 도장부터" in stamps.texts
            assert "쓸 수 있는 쿠폰이 없어요" in coupons.texts
            assert "손님" not in held.texts.replace("단골", "")
            continue
        assert f"{number} / {NEEDED}개" in stamps.texts
        assert f"선물{number}번" in coupons.texts
        assert f'"손님{number}"' in held.texts
        for other in set(range(1, PEOPLE)) - {number}:
            assert f"선물{other}번" not in coupons.texts
            assert f'"손님{other}"' not in held.texts


async def test_each_gets_a_number_of_their_own(chats: list[Chat]) -> None:
    said = await asyncio.gather(*(replace(chat).say("도장 받기") for chat in chats))
    digits = {one.body["template"]["outputs"][0]["textCard"]["title"] for one in said}

    assert len(digits) == PEOPLE
