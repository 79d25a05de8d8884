"""Whom and when, read from the form; the shop's days, its series and its own segments."""

from datetime import datetime, time
from typing import Any

import pytest

from campaigns.when import When
from console.forms import Form
from console.owner.people_chosen import people_words, read_people
from console.owner.when_chosen import read_when, when_words
from domain.refusals import Invalid
from domain.schedule import Every, Repeat
from domain.segments import Condition, Joined, Segment, What
from domain.time import kst_instant
from storage.books import Books
from storage.queries.segments import segment_text
from tests.console.browser import Browser, token_on
from tests.console.street import MONDAY_TEN, Clock, Street, add_regulars, give_grant
from tests.factories import rows

SEND, DAYS, SERIES, SEGMENTS = "/owner/send", "/owner/days", "/owner/series", "/owner/segments"
NEWS = {"body": "오늘 3시에 식빵이 나와요.", "way": "list", "key": "form-1"}
THURSDAYS = {"when": "repeat", "every": "week", "weekday": "3", "repeat_time": "15:00"}
CAMPAIGNS = "SELECT state, keeps_day FROM campaign ORDER BY id"
QUIET = Segment((Condition(What.GONE_QUIET),))


def kst(day: int, hour: int, minute: int = 0) -> datetime:
    return kst_instant(datetime(2026, 11, day).date(), time(hour, minute))  # noqa: DTZ001 - the day alone is taken


def often(weekday: int | None = 3, every: Every = Every.WEEK, nth: int | None = None) -> Repeat:
    return Repeat(every=every, clock_time=time(15), weekday=weekday, nth=nth)


def daily(hour: int, minute: int = 0) -> Repeat:
    return Repeat(every=Every.DAY, clock_time=time(hour, minute))


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({}, When()),
        ({"when": "now", "closing": "1"}, When(is_closing_notice=True)),
        ({"when": "later", "due": "2026-11-24T15:00"}, When(due_at=kst(24, 15))),
        ({"when": "now", "until": "2026-11-23T18:00"}, When(not_later_than=kst(23, 18))),
        ({"when": "good"}, When(is_good_moment=True)),
        (THURSDAYS, When(repeat=often())),
        ({**THURSDAYS, "due": "broken"}, When(repeat=often())),
        ({**THURSDAYS, "every": "day"}, When(repeat=often(None, Every.DAY))),
        (
            {**THURSDAYS, "every": "month", "nth": "-1"},
            When(repeat=often(3, Every.MONTH, -1)),
        ),
        (
            {"when": "event", "event": "birthday"},
            When(repeat=daily(9, 30), event=Condition(What.BIRTHDAY_TODAY)),
        ),
        (
            {"when": "event", "event": "seen", "event_days": "14일"},
            When(repeat=daily(15), event=Condition(What.SEEN_DAYS_AGO, 14)),
        ),
        (
            {"when": "event", "event": "coupon", "event_time": "10:20"},
            When(repeat=daily(10, 20), event=Condition(What.COUPON_LAPSES_IN, 2)),
        ),
        ({"due_open": "2026-11-25T15:00", "when": "now"}, When(due_at=kst(25, 15))),
    ],
)
def test_when_is_read(texts: dict[str, str], wanted: When) -> None:
    assert read_when(Form(texts), MONDAY_TEN) == wanted


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"when": "later"}, "due_at"),
        ({"when": "later", "due": "2026-11-22T15:00"}, "due_at"),
        ({"when": "later", "due": "9999-12-31T23:59"}, "due_at"),
        ({"when": "now", "until": "9999-12-31T23:59"}, "not_later_than"),
        ({"when": "now", "until": "2026-11-23T09:00"}, "not_later_than"),
        ({**THURSDAYS, "every": "year"}, "every"),
        ({**THURSDAYS, "weekday": "7"}, "weekday"),
        ({**THURSDAYS, "every": "month", "nth": "5"}, "nth"),
        ({**THURSDAYS, "repeat_time": "스물"}, "repeat_time"),
        ({"when": "event", "event": "rain"}, "event"),
        ({"when": "event", "event": "seen", "event_days": "0"}, "event_days"),
        ({"when": "event", "event": "joined", "event_days": "9999"}, "event_days"),
    ],
)
def test_a_time_that_cannot_be_is_refused_beside_its_field(
    texts: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        read_when(Form(texts), MONDAY_TEN)

    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({}, (Segment(), 0)),
        ({"who": segment_text(QUIET), "holdout": "10"}, (QUIET, 10)),
        (
            {
                "who": "own",
                "joined": "any",
                "s0_what": "visited_often",
                "s0_number": "3",
                "s0_days": "30",
                "s2_what": "has_coupon",
                "s2_not": "1",
            },
            (
                Segment(
                    (
                        Condition(What.VISITED_OFTEN, 3, 30),
                        Condition(What.HAS_COUPON, is_not=True),
                    ),
                    Joined.ANY,
                ),
                0,
            ),
        ),
    ],
)
def test_whom_is_read(texts: dict[str, str], wanted: tuple[Segment, int]) -> None:
    assert read_people(Form(texts)) == wanted


@pytest.mark.parametrize(
    "texts",
    [
        {"who": "own"},
        {"who": "nobody"},
        {"who": "[]"},
        {"who": '{"joined":"all","conditions":[{"what":"gone_quiet"}]}'},
        {"who": segment_text(QUIET).replace('"number":0', '"number":"0"')},
        {"who": segment_text(QUIET).replace("gone_quiet", "rich")},
        {"who": segment_text(Segment(event=Condition(What.BIRTHDAY_TODAY)))},
        {"who": "own", "s0_what": "birthday_today"},
        {"who": "own", "s0_what": "joined_within", "s0_number": "며칠"},
        {"who": "own", "s0_what": "joined_within"},
        {"holdout": "50"},
        {"holdout": "많이"},
    ],
)
def test_people_that_cannot_be_meant_are_refused(texts: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_people(Form(texts))

    assert set(refused.value.fields) <= {"segment", "holdout"}


def test_what_was_chosen_is_carried_on() -> None:
    texts = {**THURSDAYS, "who": "own", "s0_what": "gone_quiet", "holdout": "20"}
    kept = dict([*people_words(Form(texts)).kept, *when_words(Form(texts)).kept])

    assert kept == texts


async def ready(owner: Browser, street: Street, books: Books) -> dict[str, str]:
    await books.write(add_regulars, street.shop_id, 3)
    await books.write(give_grant, street, is_started=True)
    return {"csrf": token_on(await owner.get(SEND)), **NEWS}


async def test_the_count_is_a_fragment(
    owner: Browser, street: Street, console_books: Books
) -> None:
    form = await ready(owner, street, console_books)

    everybody = await owner.post("/owner/send/people", form)
    quiet = await owner.post("/owner/send/people", {**form, "who": segment_text(QUIET)})
    held = await owner.post("/owner/send/people", {**form, "holdout": "20"})
    broken = await owner.post("/owner/send/people", {**form, "who": "own"})

    assert everybody.words.startswith("3명 · 소식값 50원")
    assert "<html" not in everybody.html
    assert quiet.words.startswith("0명")
    assert held.status == 200
    assert (broken.status, broken.words) == (200, "조건을 하나 이상 골라 주세요.")


async def test_a_repeating_message_becomes_a_series(
    owner: Browser, street: Street, console_books: Books
) -> None:
    form = await ready(owner, street, console_books)

    first = await owner.post("/owner/campaigns", {**form, **THURSDAYS})
    again = await owner.post("/owner/campaigns", {**form, **THURSDAYS})
    shown = await owner.get(SERIES)

    assert (first.status, first.location) == (303, SERIES)
    assert again.location == SERIES
    assert shown.words.count("다음: 11월 26일 (목) 오후 3:00") == 1
    assert await console_books.read(rows, CAMPAIGNS) == []


async def test_another_shop_does_not_stop_a_series(
    owner: Browser, street: Street, other_street: Street, browsers: Any, console_books: Books
) -> None:
    form = await ready(owner, street, console_books)
    await owner.post("/owner/campaigns", {**form, **THURSDAYS})
    stranger: Browser = await browsers.open(other_street.owner)
    token = {"csrf": token_on(await stranger.get(DAYS))}

    assert (await stranger.post(f"{SERIES}/1/end", token)).status == 404
    assert "다음:" in (await owner.get(SERIES)).words
    assert "다음:" not in (await stranger.get(SERIES)).words


async def test_a_closed_day_is_refused_and_the_next_open_one_offered(
    owner: Browser, street: Street, console_books: Books
) -> None:
    form = await ready(owner, street, console_books)
    await owner.submit(DAYS, f"{DAYS}/weekdays", {"closed_1": "1"})
    tuesday = {**form, "when": "later", "due": "2026-11-24T15:00"}

    refused = await owner.post(SEND, tuesday)
    mended = await owner.post(f"{SEND}/edit", {**tuesday, "due_open": "2026-11-25T15:00"})
    as_notice = await owner.post("/owner/campaigns", {**tuesday, "closing": "1"})

    assert refused.status == 422
    assert "쉬는 날이거나 다 팔린 날이에요" in refused.words
    assert 'value="2026-11-25T15:00"' in refused.html
    assert mended.value("due") == "2026-11-25T15:00"
    assert as_notice.status == 303
    assert await console_books.read(rows, CAMPAIGNS) == [("booked", 1)]


async def test_what_is_booked_on_a_closed_day_is_shown(
    owner: Browser, street: Street, console_books: Books
) -> None:
    form = await ready(owner, street, console_books)
    await owner.post("/owner/campaigns", {**form, "when": "later", "due": "2026-11-24T15:00"})
    before = await owner.get(DAYS)

    closed = await owner.submit(DAYS, DAYS, {"day": "2026-11-24"})
    after = await owner.get(DAYS)

    assert closed.location == DAYS
    assert "쉬는 날에 나갈 소식이 있어요" not in before.words
    assert "쉬는 날에 나갈 소식이 있어요" in after.words


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("", {"day": "2026-11-22"}, "오늘부터 1년 안의"),
        ("", {"day": "내일"}, "날짜를 골라 주세요"),
        ("/weekdays", {f"closed_{day}": "1" for day in range(7)}, "하루는 여는 날"),
    ],
)
async def test_days_that_cannot_be_are_refused(
    owner: Browser, path: str, fields: dict[str, str], said: str
) -> None:
    page = await owner.submit(DAYS, f"{DAYS}{path}", fields)

    assert page.status == 422
    assert said in page.words


async def test_sold_out_holds_today_and_is_taken_back(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    form = await ready(owner, street, console_books)
    await owner.submit(DAYS, f"{DAYS}/sold-out", {"sold_out": "1"})

    refused = await owner.post("/owner/campaigns", form)
    await owner.submit(DAYS, f"{DAYS}/sold-out", {"sold_out": "0"})
    sent = await owner.post("/owner/campaigns", form)

    assert refused.status == 422
    assert sent.status == 303


async def test_a_segment_of_ones_own_is_kept_once_and_dropped(
    owner: Browser, street: Street, console_books: Books
) -> None:
    form = await ready(owner, street, console_books)
    key = (await owner.get(SEGMENTS)).value("key")
    new = {"key": key, "s0_what": "gone_quiet", "segment_name": "뜸한 분"}

    for _ in range(2):
        assert (await owner.submit(SEGMENTS, SEGMENTS, new)).location == SEGMENTS
    nameless = await owner.submit(SEGMENTS, SEGMENTS, {**new, "segment_name": ""})
    shown = await owner.get(SEND)
    dropped = await owner.submit(SEGMENTS, f"{SEGMENTS}/1/drop")

    assert shown.words.count("뜸한 분") == 1
    assert nameless.status == 422
    assert 'option value="gone_quiet" selected' in nameless.html
    assert dropped.location == SEGMENTS
    assert "뜸한 분" not in (await owner.get(SEND)).words
    assert form


async def test_after_back_other_conditions_are_another_segment(
    owner: Browser, street: Street
) -> None:
    key = (await owner.get(SEGMENTS)).value("key")

    for what, name in (("gone_quiet", "하나"), ("has_coupon", "둘")):
        new = {"key": key, "s0_what": what, "segment_name": name}
        assert (await owner.submit(SEGMENTS, SEGMENTS, new)).location == SEGMENTS

    assert "하나 지우기" in (shown := await owner.get(SEGMENTS)).html
    assert "둘 지우기" in shown.html
