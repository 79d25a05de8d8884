"""The stamp card and the shop's rules, set by their owner in a form."""

from collections.abc import Mapping

import pytest

from domain.cards import ExpiryFrom
from domain.coupons import CouponKind
from domain.rules import Per
from loyalty.cards import show_cards
from storage.books import Books
from storage.queries.cards import get_rules
from tests.console.browser import Browser
from tests.console.street import Street
from tests.factories import rows

PAGE = "/owner/card"
SIMPLE = {
    "act": "save",
    "cards": "1",
    "c0_needed": "10",
    "c0_reward_kind": "item",
    "c0_reward_item": "단팥빵",
    "c0_reward_count": "1",
    "c0_reward_buy": "2",
    "c0_reward_life_days": "14",
    "c0_starter": "0",
    "c0_expires": "never",
    "c0_expiry_days": "180",
}
RULES = {
    "per": "item",
    "excluded": "봉투, 배달비",
    "visits_per_day_max": "2번",
    "double_2": "1",
    "double_days": "12월 24일, 2027-01-01",
    "tier0_name": "처음",
    "tier1_name": "단골",
    "tier1_visits": "3",
    "tier1_days": "90",
    "tell_stamp_saved": "1",
    "ads_a_week": "2",
}


async def test_three_fields_make_a_card(
    owner: Browser, street: Street, console_books: Books
) -> None:
    saved = await owner.submit(PAGE, PAGE, SIMPLE)

    page = await owner.get(PAGE)
    assert saved.status == 303
    assert "도장 카드를 저장했어요" in page.words
    assert "10번 오시면 ‘단팥빵 1개 무료’ 쿠폰을 드려요." in page.words
    assert "손님이 이미 찍은 카드는 그대로예요" in page.words
    (card,) = await console_books.read(show_cards, street.shop_id)
    assert (card.needed, card.starter, card.expiry_days) == (10, 0, None)
    assert card.rewards[10].title == "단팥빵 1개 무료"


async def test_everything_of_a_card_comes_back_as_it_was_saved(
    owner: Browser, street: Street, console_books: Books
) -> None:
    fields = {
        **SIMPLE,
        "cards": "2",
        "c0_starter": "2",
        "c0_expires": "days",
        "c0_expiry_days": "90",
        "c0_expiry_from": "first",
        "c0_g0_at": "5",
        "c0_g0_kind": "percent",
        "c0_g0_percent": "10%",
        "c0_g0_life_days": "7",
        "c1_needed": "20",
        "c1_reward_kind": "bundle",
        "c1_reward_item": "식빵",
        "c1_reward_buy": "2",
        "c1_reward_count": "1",
        "c1_reward_life_days": "30",
        "c1_starter": "0",
    }
    await owner.submit(PAGE, PAGE, fields)
    first, second = await console_books.read(show_cards, street.shop_id)

    page = await owner.get(PAGE)
    again = await owner.post(PAGE, {"csrf": page.value("csrf"), **fields})

    assert (first.starter, first.expiry_days, first.expiry_from) == (2, 90, ExpiryFrom.FIRST)
    assert {place: terms.title for place, terms in first.rewards.items()} == {
        5: "10% 할인",
        10: "단팥빵 1개 무료",
    }
    assert second.rewards[20].kind is CouponKind.BUNDLE
    assert page.value("c0_g0_at") == "5"
    assert page.value("c0_g0_percent") == "10"
    assert "처음 받으실 때 도장 2개를 미리 찍어 드려요" in page.words
    assert "3번 오시면 ‘10% 할인’" in page.words
    assert again.status == 303
    made = "SELECT count(*) FROM card_rules"
    assert await console_books.read(rows, made) == [(2,)]


async def test_only_the_first_card_begins_with_stamps(
    owner: Browser, street: Street, console_books: Books
) -> None:
    """A person gets them once, with their very first card: no later one may promise them."""
    second = {name.replace("c0_", "c1_"): value for name, value in SIMPLE.items() if "_" in name}
    fields = {**SIMPLE, **second, "cards": "2", "c0_starter": "2", "c1_starter": "2"}
    await owner.submit(PAGE, PAGE, fields)

    page = await owner.get(PAGE)

    cards = await console_books.read(show_cards, street.shop_id)
    assert [card.starter for card in cards] == [2, 0]
    assert 'name="c0_starter"' in page.html
    assert 'name="c1_starter"' not in page.html
    assert page.words.count("미리 찍어 드려요") == 1
    assert "8번 오시면" in page.words
    assert "10번 오시면" in page.words


@pytest.mark.parametrize(
    ("begin", "sentence"),
    [
        ("last", "90일 동안 새 도장이 없으면 카드가 끝나요."),
        ("first", "첫 도장을 찍은 날부터 90일 안에 채우셔야 해요."),
    ],
)
async def test_when_a_card_ends_is_said_as_it_will_be(
    owner: Browser, begin: str, sentence: str
) -> None:
    """From the last stamp, every stamp begins the days anew."""
    days = {"c0_expires": "days", "c0_expiry_days": "90", "c0_expiry_from": begin}

    page = await owner.submit(PAGE, PAGE, {**SIMPLE, **days, "act": "look"})

    assert sentence in page.words


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"c0_needed": "열"}, "c0_needed", "숫자로"),
        ({"c0_needed": "51"}, "c0_needed", "1개에서 50개"),
        ({"c0_reward_item": ""}, "c0_reward_item", "무엇을 드릴지"),
        ({"c0_reward_item": "가" * 26}, "c0_reward_item", "너무 길어요"),
        ({"c0_reward_count": "0"}, "c0_reward_count", "1개부터"),
        ({"c0_reward_kind": "won", "c0_reward_won": "0"}, "c0_reward_won", "1원에서"),
        ({"c0_reward_kind": "percent", "c0_reward_percent": "101"}, "c0_reward_percent", "100%"),
        ({"c0_reward_kind": "gold"}, "c0_reward_kind", "골라 주세요"),
        ({"c0_starter": "10"}, "c0_starter", "적어야 해요"),
        ({"c0_expires": "days", "c0_expiry_days": "0"}, "c0_expiry_days", "1일에서"),
        ({"c0_g0_at": "10", "c0_g0_item": "쿠키"}, "c0_g0_at", "마지막 도장보다 앞"),
        ({"c0_reward_life_days": "0"}, "c0_reward_life_days", "1일에서"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_the_rest_stays(
    owner: Browser,
    street: Street,
    console_books: Books,
    changes: Mapping[str, str],
    field: str,
    sentence: str,
) -> None:
    page = await owner.submit(PAGE, PAGE, {**SIMPLE, **changes})

    assert page.status == 422
    beside = page.html.split(f'id="{field}-mistake"')[1].split("</p>")[0]
    assert sentence in beside
    assert page.html.count("-mistake") == page.html.count(f"{field}-mistake")
    assert await console_books.read(show_cards, street.shop_id) == []


async def test_looking_saves_nothing(owner: Browser, street: Street, console_books: Books) -> None:
    page = await owner.submit(PAGE, PAGE, {**SIMPLE, "act": "look", "c0_needed": "8"})

    assert "8번 오시면" in page.words
    assert await console_books.read(show_cards, street.shop_id) == []


async def test_a_card_is_added_taken_away_and_given_up(
    owner: Browser, street: Street, console_books: Books
) -> None:
    more = await owner.submit(PAGE, PAGE, {**SIMPLE, "act": "add"})
    fewer = await owner.submit(PAGE, PAGE, {**SIMPLE, "cards": "2", "act": "drop"})
    await owner.submit(PAGE, PAGE, SIMPLE)
    stopped = await owner.submit(PAGE, "/owner/card/stop")

    assert more.value("cards") == "2"
    assert more.status == 200
    assert fewer.value("cards") == "1"
    assert stopped.status == 303
    assert await console_books.read(show_cards, street.shop_id) == []


async def test_rules_are_saved_and_shown(
    owner: Browser, street: Street, console_books: Books
) -> None:
    saved = await owner.submit(PAGE, "/owner/card/rules", RULES)

    rules = await console_books.read(get_rules, street.shop_id)
    page = await owner.get(PAGE)
    assert saved.status == 303
    assert (rules.per, rules.excluded, rules.visits_per_day_max) == (
        Per.ITEM,
        ("봉투", "배달비"),
        2,
    )
    assert rules.double_weekdays == frozenset({2})
    assert {day.isoformat() for day in rules.double_days} == {"2026-12-24", "2027-01-01"}
    assert [(tier.name, tier.visits) for tier in rules.tiers] == [("처음", 0), ("단골", 3)]
    assert [kind.value for kind in rules.notices] == ["stamp_saved"]
    assert rules.ads_a_week == 2
    assert page.value("excluded") == "봉투, 배달비"
    assert "손님이 다음에 채팅방에서 말을 거시면" in page.words


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"visits_per_day_max": "많이"}, "visits_per_day_max", "숫자로"),
        ({"visits_per_day_max": "0"}, "visits_per_day_max", "하루 1번에서"),
        ({"double_days": "성탄절"}, "double_days", "12월 24일"),
        ({"double_days": "2월 30일"}, "double_days", "12월 24일"),
        ({"tier1_name": "처음"}, "tiers", "서로 다르게"),
        ({"tier1_visits": ""}, "tiers", "숫자로"),
        ({"ads_a_week": "4"}, "ads_a_week", "일주일 1번에서 3번"),
        ({"ads_a_week": ""}, "ads_a_week", "일주일 1번에서 3번"),
    ],
)
async def test_wrong_rules_are_said_beside_their_field(
    owner: Browser, street: Street, changes: Mapping[str, str], field: str, sentence: str
) -> None:
    page = await owner.submit(PAGE, "/owner/card/rules", {**RULES, **changes})

    assert page.status == 422
    assert sentence in page.html.split(f'id="{field}-mistake"')[1].split("</p>")[0]
    assert page.value("excluded") == RULES["excluded"]
