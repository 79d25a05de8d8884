"""Which idea a shop gets: the most urgent reason, never the same words twice."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from campaigns.catalog import CATALOG, GENERAL, WORDS_OF, why
from campaigns.choosing import Choice, LapsingMoney, Situation, choose
from domain.ideas import MONEY, IdeaState
from domain.occasions import Occasion, has_blank
from domain.people import IdeaId
from storage.queries.ideas import IdeaView

PLAIN = date(2026, 6, 9)
"""A Tuesday in June with no day to speak of near."""

NOW = Situation(trade="빵집", today=PLAIN)
MONEY_SOON = LapsingMoney(1_240_000, date(2026, 6, 20), 751)


def idea(choice: Choice, day: date = PLAIN) -> IdeaView:
    return IdeaView(
        idea_id=IdeaId(1),
        week=day,
        reason=choice.reason,
        facts=choice.facts,
        body=choice.body,
        state=IdeaState.LAPSED,
        campaign_id=None,
        made_at=datetime(day.year, day.month, day.day, 1, tzinfo=UTC),
    )


def told(about: Occasion, day: date) -> IdeaView:
    return idea(Choice(about.value, {"about": about.value}, "다른 말"), day)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "thanks"),
        ({"has_birthday_gift": True}, "birthday"),
        ({"quiet": 3}, "quiet"),
        ({"quiet": 3, "cards": 3}, "cards"),
        ({"quiet": 3, "cards": 3, "coupons": 1}, "coupons"),
        ({"quiet": 2, "cards": 2}, "thanks"),
        ({"today": date(2026, 7, 10), "coupons": 9}, "bok"),
        ({"today": date(2026, 7, 10), "coupons": 9, "money": MONEY_SOON}, MONEY),
        ({"today": date(2026, 5, 19)}, "holiday"),
        ({"today": date(2026, 5, 19), "quiet": 3}, "quiet"),
    ],
)
def test_the_most_urgent_reason_is_chosen(changes: dict[str, Any], reason: str) -> None:
    yesterday = told(Occasion.SUMMER, date(2026, 6, 2))

    assert choose(replace(NOW, told=[yesterday], **changes)).reason == reason


@pytest.mark.parametrize(
    ("today", "about", "line"),
    [
        ("2026-02-05", "seollal", "general.seollal.ready"),
        ("2026-09-15", "chuseok", "general.chuseok.ready"),
        ("2026-07-09", "bok", "general.bok.rest"),
        ("2026-12-15", "dongji", "general.dongji.night"),
        ("2026-11-17", "exam", "bakery.exam.snack"),
        ("2026-12-18", "dongji", "general.dongji.night"),
        ("2026-02-04", "seollal", "general.seollal.ready"),
        ("2026-05-01", "parents", "general.parents.visit"),
    ],
)
def test_a_day_that_comes_has_its_words(today: str, about: str, line: str) -> None:
    choice = choose(replace(NOW, today=date.fromisoformat(today)))

    assert (choice.facts["about"], choice.facts["line"]) == (about, line)


@pytest.mark.parametrize(
    ("today", "about"),
    [("2026-09-10", "chuseok"), ("2026-09-22", "chuseok"), ("2026-11-20", "exam")],
)
def test_nothing_is_said_too_early_or_when_it_is_too_late(today: str, about: str) -> None:
    assert choose(replace(NOW, today=date.fromisoformat(today))).facts["about"] != about


def test_each_of_the_dog_days_is_told_once_and_in_other_words() -> None:
    first = choose(replace(NOW, today=date(2026, 7, 13)))
    again = choose(replace(NOW, today=date(2026, 7, 14), told=[idea(first)]))
    second = choose(replace(NOW, today=date(2026, 7, 20), told=[idea(first)]))

    assert (first.facts["name"], second.facts["name"]) == ("초복", "중복")
    assert again.reason != "bok"
    assert first.body != second.body


def test_lapsing_money_is_the_reason_and_the_next_best_gives_the_words() -> None:
    choice = choose(replace(NOW, today=date(2026, 6, 9), quiet=5, money=MONEY_SOON))

    assert why(choice.reason, choice.facts) == (
        "지원금 12,400원이 6월 20일에 사라져요. 751명분이에요."
    )
    assert choice.facts["about"] == "quiet"


def test_a_known_pace_tells_what_will_be_left_and_how_to_use_it() -> None:
    choice = choose(replace(NOW, quiet=5, money=MONEY_SOON._replace(week=1_376)))

    assert why(choice.reason, choice.facts) == (
        "지금처럼 보내면 지원금 12,400원이 6월 20일에 사라져요. "
        "일주일에 1,376명분씩 더 보내면 다 쓸 수 있어요."
    )
    assert choice.facts["about"] == "quiet"


def test_the_words_are_true_only_while_the_money_is_there() -> None:
    tomorrow = MONEY_SOON._replace(on=date(2026, 6, 10))

    assert choose(replace(NOW, money=tomorrow)).facts["until"] == "2026-06-10"


def test_words_about_a_day_are_true_until_its_eve_and_of_a_season_until_its_end() -> None:
    exam = choose(replace(NOW, today=date(2026, 11, 17)))
    autumn = choose(
        replace(NOW, today=date(2026, 11, 28), told=[told(Occasion.THANKS, date(2026, 11, 20))])
    )

    assert exam.facts["until"] == "2026-11-18"
    assert (autumn.reason, autumn.facts["until"]) == ("autumn", "2026-11-30")


@pytest.mark.parametrize("about", ["quiet", "coupons", "cards"])
def test_a_reason_of_the_regulars_rests_for_four_weeks(about: str) -> None:
    counts: dict[str, Any] = {about: 9}
    now = replace(NOW, **counts)
    three_weeks_ago = told(Occasion(about), date(2026, 5, 19))
    four_weeks_ago = told(Occasion(about), date(2026, 5, 12))

    assert choose(replace(now, told=[three_weeks_ago])).reason != about
    assert choose(replace(now, told=[four_weeks_ago])).reason == about


def test_the_same_situation_gives_the_same_idea() -> None:
    assert choose(NOW) == choose(NOW)


def test_what_the_shop_has_sent_by_itself_is_avoided() -> None:
    first = choose(NOW)

    assert choose(replace(NOW, sent=frozenset({first.body}))).body != first.body


@pytest.mark.parametrize("name", sorted(CATALOG))
@pytest.mark.parametrize("month", [1, 4, 8, 11])
def test_no_shop_runs_out_of_words_in_eight_weeks(name: str, month: int) -> None:
    """Not even when it has sent everything that the catalog knows."""
    trade = "세탁소" if name == GENERAL else CATALOG[name].words[0]
    every = frozenset(line.text for one in CATALOG.values() for line in one.lines)
    now = Situation(trade=trade, today=date(2026, month, 9), sent=every)
    bodies: list[str] = []
    for _ in range(9):
        choice = choose(now)
        bodies.append(choice.body)
        now = replace(now, told=[idea(choice, now.today), *now.told])

    assert len(set(bodies)) == len(bodies)


def test_what_can_be_sent_at_once_comes_before_what_has_a_blank() -> None:
    ready = []
    now = NOW
    for _ in range(4):
        choice = choose(now)
        ready.append(not has_blank(choice.body))
        now = replace(now, told=[idea(choice, now.today), *now.told])

    assert ready.count(True) >= 3


@pytest.mark.parametrize("occasion", [*Occasion])
def test_every_occasion_has_a_reason_in_words(occasion: Occasion) -> None:
    assert WORDS_OF[occasion]
    assert len(occasion) <= 40
