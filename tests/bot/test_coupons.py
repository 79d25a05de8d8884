"""Coupons in the chat: cards within every limit, and nobody's but one's own."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import PRESSED
from bot.handlers.coupons import coupon_card
from bot.kakao_out import Reply, encode_strictly
from domain.bubbles import CAROUSEL_CARDS_MAX, Carousel
from domain.coupons import (
    EVERY_DAY,
    TITLE_MAX,
    WON_MAX,
    CouponKind,
    CouponSource,
    CouponState,
    CouponTerms,
    CouponWay,
)
from domain.people import CouponId
from domain.time import Window
from loyalty.coupons import NewOffer, Showing, give, make_offer, use_coupon
from storage.queries.coupons import CouponView
from tests.bot.conftest import SUNDAY_TEN, Bot, Chat
from tests.factories import rows

OWNER = "owner:1"
BREAD = CouponTerms(kind=CouponKind.ITEM, title="단팥빵", item="단팥빵")


async def give_bread(bot: Bot, count: int = 1, terms: CouponTerms = BREAD) -> list[CouponId]:
    """Coupons by hand for the first regular of the bakery."""
    at = bot.clock.at
    offer = NewOffer(source=CouponSource.HAND, terms=terms)
    offer_id = await bot.books.write(make_offer, bot.shop_id, offer, actor=OWNER, at=at)
    ((customer_id,),) = await bot.books.read(rows, "SELECT min(customer_id) FROM membership")
    person = bot.shop_id, customer_id
    given = [
        await bot.books.write(give, person, offer_id, key=f"k{one}", actor=OWNER, at=at)
        for one in range(count)
    ]
    return [one.coupon_id for one in given if one]


async def press_coupon(chat: Chat, coupon_id: object) -> str:
    pressed = {"do": "use_coupon", "coupon": str(coupon_id)}
    return (await chat.say("쿠폰 쓰기", pressed)).texts


async def test_ten_cards_are_shown_and_the_rest_counted(bot: Bot) -> None:
    chat = await bot.joined()
    await give_bread(bot, 13)
    said = await chat.say("내 쿠폰")

    text, carousel = said.body["template"]["outputs"]
    assert "13장" in text["simpleText"]["text"]
    assert "나머지 3장" in text["simpleText"]["text"]
    assert len(carousel["carousel"]["items"]) == CAROUSEL_CARDS_MAX


async def test_a_card_says_what_when_and_under_which_conditions(bot: Bot) -> None:
    terms = CouponTerms(
        kind=CouponKind.BUNDLE,
        title="소금빵 덤",
        item="소금빵",
        buy=3,
        value=1,
        min_spend_won=10_000,
        weekdays=frozenset({0, 1}),
        hours=Window(time(14), time(17, 30)),
        can_stack=True,
    )
    chat = await bot.joined()
    await give_bread(bot, 1, terms)
    said = await chat.say("내 쿠폰")

    (card,) = said.body["template"]["outputs"][1]["carousel"]["items"]
    assert card["head"] == {"title": "연남빵집"}
    assert (card["title"], card["description"]) == ("소금빵 덤", "다른 쿠폰과 함께 쓸 수 있어요.")
    assert [(one["title"], one["description"]) for one in card["itemList"]] == [
        ("혜택", "3개 사면 소금빵 1개 더"),
        ("기한", "2026년 12월 5일까지"),
        ("요일", "월·화요일"),
        ("시간", "14:00–17:30"),
        ("최소 금액", "10,000원부터"),
    ]
    bot.clock.pass_(days=1)
    assert "14:00–17:30에 쓸 수 있어요" in (await chat.say("쿠폰 쓸게요")).texts


@pytest.mark.parametrize(
    ("kind", "value", "gift"),
    [
        (CouponKind.PERCENT, 10, "10% 할인"),
        (CouponKind.WON, 2_000, "2,000원 할인"),
        (CouponKind.ITEM, 2, "단팥빵 2개 무료"),
    ],
)
async def test_each_kind_of_gift_has_its_words(
    bot: Bot, kind: CouponKind, value: int, gift: str
) -> None:
    chat = await bot.joined()
    await give_bread(bot, 1, replace(BREAD, kind=kind, value=value))

    assert f'"{gift}"' in (await chat.say("내 쿠폰")).texts


async def test_what_the_title_says_is_not_said_twice(bot: Bot) -> None:
    chat = await bot.joined()
    terms = replace(BREAD, kind=CouponKind.WON, value=2_000, title="2,000원 할인")
    await give_bread(bot, 1, terms)

    assert (await chat.say("내 쿠폰")).texts.count("2,000원 할인") == 1


async def test_a_coupon_opens_its_page(bot: Bot) -> None:
    chat = await bot.joined()
    (coupon_id,) = await give_bread(bot)
    await press_coupon(chat, coupon_id)

    assert chat.last is not None
    card = chat.last.body["template"]["outputs"][0]["textCard"]
    (button,) = card["buttons"]
    assert (button["label"], button["action"]) == ("쿠폰 화면 열기", "webLink")
    assert button["webLinkUrl"].startswith("https://dangol.example/c/")


async def test_nobody_uses_the_coupon_of_another(bot: Bot) -> None:
    await bot.joined()
    (coupon_id,) = await give_bread(bot)
    thief = await bot.joined(user="7" * 66, app_user_id="77")

    assert "여기에 없어요" in await press_coupon(thief, coupon_id)
    assert "여기에 없어요" in await press_coupon(thief, 99_999)
    assert await bot.books.read(rows, "SELECT digits FROM counter_code") == []


async def test_an_old_button_says_what_became_of_the_coupon(bot: Bot) -> None:
    chat = await bot.joined()
    used, canceled, lapsed = await give_bread(bot, 3)
    showing = Showing(key="counter:1", way=CouponWay.CODE, actor=OWNER)
    await bot.books.write(use_coupon, bot.shop_id, used, showing, bot.clock.at)
    sql = "UPDATE coupon SET state = 'canceled' WHERE id = :id RETURNING id"
    await bot.books.write(rows, sql, id=canceled)
    bot.clock.pass_(days=20)

    assert "이미 쓰셨어요" in await press_coupon(chat, used)
    assert "함께 없어졌어요" in await press_coupon(chat, canceled)
    assert "2026년 12월 5일까지였어요" in await press_coupon(chat, lapsed)


@pytest.mark.parametrize("do", PRESSED)
@pytest.mark.parametrize("coupon", ["0", "99999", "-1", "한", "9" * 30, ""])
async def test_no_coupon_button_breaks_anything(bot: Bot, do: str, coupon: str) -> None:
    chat = await bot.joined()
    said = await chat.say("눌렀어요", {"do": do, "coupon": coupon})

    assert said.status == 200
    assert "문제가 생겨서" not in said.texts


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)
TERMS = st.builds(
    CouponTerms,
    kind=st.sampled_from(CouponKind),
    title=WORDS.map(lambda words: words[:TITLE_MAX]),
    value=st.integers(1, WON_MAX),
    item=WORDS,
    buy=st.integers(1, 99),
    min_spend_won=st.integers(0, 10**9),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1) | st.just(EVERY_DAY),
    hours=st.none() | st.just(Window(time(0), time(23, 59))),
    can_stack=st.booleans(),
)


@given(st.lists(TERMS, min_size=1, max_size=CAROUSEL_CARDS_MAX))
def test_whatever_coupons_there_are_their_cards_may_leave(every: list[CouponTerms]) -> None:
    """kakao-chatbot.md 2.7, 2.8: a broken limit would show nothing at all."""
    cards = tuple(coupon_card("가" * 40, _coupon(one, terms)) for one, terms in enumerate(every))

    payload = orjson.loads(encode_strictly(Reply((Carousel(cards),))))
    assert len(payload["template"]["outputs"][0]["carousel"]["items"]) == len(every)


def _coupon(number: int, terms: CouponTerms) -> CouponView:
    fields: dict[str, Any] = dict.fromkeys(CouponView._fields)
    fields |= {"coupon_id": number, "shop_id": 1, "state": CouponState.READY, "terms": terms}
    return CouponView(**fields | {"expires_at": SUNDAY_TEN + timedelta(days=14)})
