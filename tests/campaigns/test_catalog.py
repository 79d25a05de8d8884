"""The catalog of ready messages: sendable as it stands, and true whenever it is sent."""

import re

import pytest

from campaigns.catalog import CATALOG, GENERAL, WORDS_OF, Line, lines_for, trade_of, why
from campaigns.compose import CUSTOMER_NAME, PLACEHOLDERS, SHOP_NAME, frame_of, read_words
from domain.campaigns import BODY_MAX
from domain.checking import check_words
from domain.occasions import SEASONS, Occasion
from subsidy.shops import NAME_MAX

LINES = [line for trade in CATALOG.values() for line in trade.lines]
READY = [line for line in LINES if not line.has_blank]
TRADES = [name for name in CATALOG if name != GENERAL]
SHOP = "가" * NAME_MAX
LONGEST = {CUSTOMER_NAME: PLACEHOLDERS[CUSTOMER_NAME], SHOP_NAME: SHOP}
UNDECIDED = re.compile(
    r"할인|세일|무료|공짜|반값|덤|증정|특가|최저|이벤트|사은|\d|%|원에|"
    r"오늘|내일|어제|방금|갓 |막 구|들어왔|(?<!\w)새로|신상|한정|마감"
)
"""Prices, gifts and news that the owner alone can promise."""

FORBIDDEN = re.compile(
    r"광고|수신거부|효능|효과|면역|예방|치료|보양|건강에|피부에 좋|다이어트|최고|1등|유일"
)
"""Marks are written by the program; claims for health and of rank are against the law."""


def test_every_line_fits_with_the_longest_names() -> None:
    longest = {line.line_id: len(read_words(line.text, SHOP).fill(LONGEST)) for line in LINES}

    assert {name: length for name, length in longest.items() if length > BODY_MAX} == {}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.line_id)
def test_the_checker_finds_nothing_but_blanks(line: Line) -> None:
    rules = {one.rule for one in check_words(line.text, frame_of(SHOP))}

    assert rules == ({"BLANK"} if line.has_blank else set())


@pytest.mark.parametrize("name", TRADES)
@pytest.mark.parametrize("occasion", [Occasion.FIRST, Occasion.BIRTHDAY_TODAY])
def test_who_came_first_or_has_a_birthday_hears_words_of_the_trade(
    name: str, occasion: Occasion
) -> None:
    assert [line for line in CATALOG[name].lines if line.occasion is occasion]


def test_no_line_says_anything_unlawful() -> None:
    assert [line for line in LINES if FORBIDDEN.search(line.text)] == []


def test_no_ready_line_promises_what_only_the_owner_decides() -> None:
    assert [line for line in READY if UNDECIDED.search(line.text)] == []
    assert any(UNDECIDED.search(line.text) for line in LINES)


def test_no_two_lines_say_the_same() -> None:
    texts = [line.text for line in LINES]

    assert len(texts) == len(set(texts))


def test_there_are_ten_trades() -> None:
    assert len(TRADES) >= 10


@pytest.mark.parametrize("name", TRADES)
def test_a_trade_has_two_lines_of_its_own_for_every_season(name: str) -> None:
    for season in SEASONS:
        assert len([line for line in CATALOG[name].lines if line.occasion is season]) >= 2


@pytest.mark.parametrize("name", [*TRADES, GENERAL])
@pytest.mark.parametrize(
    "occasion",
    [
        *(Occasion.NEW, Occasion.TODAY, Occasion.CLOSING, Occasion.THANKS, Occasion.BIRTHDAY),
        *(Occasion.QUIET, Occasion.COUPONS, Occasion.CARDS, *SEASONS),
        *(Occasion.FIRST, Occasion.BIRTHDAY_TODAY),
        *(Occasion.SEOLLAL, Occasion.CHUSEOK, Occasion.BOK, Occasion.DONGJI, Occasion.EXAM),
    ],
)
def test_every_trade_has_something_to_say(name: str, occasion: Occasion) -> None:
    trade = CATALOG[name].words[0] if CATALOG[name].words else "세탁소"

    assert lines_for(trade, occasion)


@pytest.mark.parametrize(
    ("written", "trade"),
    [
        ("빵집", "bakery"),
        ("bakery", "bakery"),
        ("우리 떡집", "ricecake"),
        ("떡볶이", "restaurant"),
        ("반찬가게", "sidedish"),
        ("Cafe", "cafe"),
        ("정육점", "butcher"),
        ("꽃집", "flowers"),
        ("미용실", "hair"),
        ("건어물", "fish"),
        ("청과", "fruit"),
        ("세탁소", None),
    ],
)
def test_a_trade_is_known_by_what_a_manager_wrote(written: str, trade: str | None) -> None:
    assert trade_of(written) == trade


def test_the_trades_own_lines_come_first() -> None:
    ids = [line.line_id.partition(".")[0] for line in lines_for("빵집", Occasion.WINTER)]

    assert ids[:2] == ["bakery", "bakery"]
    assert set(ids[2:]) == {GENERAL}


def test_the_reason_says_what_lapses_when_and_for_how_many() -> None:
    facts = {"left": 1_240_000, "on": "2026-12-30", "people": 751, "line": "x"}

    assert why("money", facts) == "지원금 12,400원이 12월 30일에 사라져요. 751명분이에요."


@pytest.mark.parametrize("reason", sorted(WORDS_OF))
def test_every_reason_can_be_said(reason: str) -> None:
    facts = {"left": 100, "on": "2026-12-22", "people": 3, "week": 2, "name": "초복"}

    assert "{" not in why(reason, facts)
