"""What an owner is told before and after sending, so that nothing later comes as a surprise."""

from datetime import timedelta

import pytest

from campaigns.good_moment import GoodMoment, GoodReason
from console.pages import pages
from domain.segments import Condition, Joined, Segment, What
from storage.books import Books
from tests.console.browser import Browser
from tests.console.street import MONDAY_TEN, Clock, Street, add_regular, add_regulars, give_grant
from tests.console.test_preview_says import PEOPLE, THURSDAYS, plan_all, preview, send
from tests.factories import let_advertise_often


@pytest.fixture
async def ready(console_books: Books, street: Street) -> Street:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, PEOPLE)
    return street


def said_by(part: str, macro: str, value: object) -> str:
    source = f"{{% from '{part}' import {macro} %}}{{{{ {macro}(value) }}}}"
    return pages.from_string(source).render(value=value)


async def test_the_weeks_only_news_is_called_so_before_it_leaves(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    once = await preview(owner)
    await console_books.write(let_advertise_often, ready.shop_id)
    often = await preview(owner)

    again = "이 소식을 받으신 분께는 11월 30일 (월)부터 다시 보낼 수 있어요."
    assert f"한 분께는 한 주에 한 번만 보내요. {again}" in once.words
    assert "한 분께는 한 주에" in often.words
    assert "다시 보낼 수 있어요" not in often.words


async def test_the_day_that_is_promised_is_the_first_that_works(
    owner: Browser, ready: Street, console_books: Books, console_clock: Clock
) -> None:
    await send(owner)
    await console_books.write(plan_all, console_clock())
    day_before = await preview(owner, key="b", when="later", due="2026-11-29T15:00")
    that_day = await preview(owner, key="c", when="later", due="2026-11-30T08:00")

    assert f"{PEOPLE}명에게 보내기" not in day_before.words
    assert f"{PEOPLE}명에게 보내기" in that_day.words


async def test_what_repeats_itself_says_when_it_leaves_first(owner: Browser, ready: Street) -> None:
    open_ = await preview(owner, **THURSDAYS)
    await owner.submit("/owner/days", "/owner/days/weekdays", {"closed_3": "1"})
    closed = await preview(owner, **THURSDAYS)

    assert "처음은 11월 26일 (목) 오후 3:00이에요." in open_.words
    assert "처음은 11월 27일 (금) 오후 3:00이에요." in closed.words


async def test_letters_are_counted_while_typing(owner: Browser, ready: Street) -> None:
    plain = await owner.submit("/owner/send", "/owner/send/look", {"body": "식빵 나와요"})
    named = await owner.submit("/owner/send", "/owner/send/look", {"body": "#{고객명}님, 식빵"})

    assert "지금 6자예요." in plain.words
    assert "지금 25자예요. 이름은 가장 긴 20자로 셌어요." in named.words


async def test_news_is_quoted_as_its_preview_has_shown_it(owner: Browser, ready: Street) -> None:
    """○○ is what the page itself asks to fill in."""
    seen = await preview(owner, body="#{고객명}님, 식빵 나와요")
    sent = await send(owner, body="#{고객명}님, 식빵 나와요")
    result = await owner.get(sent.location)

    assert "단골님, 식빵 나와요" in seen.words
    assert "단골님, 식빵 나와요" in result.words
    assert "○○" not in result.words


async def test_a_result_says_whom_it_does_not_count(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    """The preview counts them among whom it leaves out."""
    for number in range(50):
        await console_books.write(add_regular, ready.shop_id, f"another-{number}")
    sent = await send(owner, holdout="20")
    await console_books.write(plan_all, MONDAY_TEN)

    page = await owner.get(sent.location)

    assert "소식 받기에 동의하지 않으신 분은 뺐어요" in page.words


@pytest.mark.parametrize(
    ("busiest", "hour", "said"),
    [
        (18, 16, "오후 6시쯤 가장 많이 오셔서 오후 4:00에 보내요."),
        (8, 8, "오전 8시쯤 가장 많이 오셔서 오전 8:00에 보내요."),
        (12, 10, "오후 12시쯤 가장 많이 오셔서 오전 10:00에 보내요."),
        (0, 8, "오전 12시쯤 가장 많이 오셔서 오전 8:00에 보내요."),
    ],
)
def test_a_good_moment_is_said_as_it_is(busiest: int, hour: int, said: str) -> None:
    good = GoodMoment(MONDAY_TEN + timedelta(hours=hour - 10), GoodReason.VISITS, busiest)
    words = said_by("parts/when.html", "good_words", good)

    assert words.strip() == f"지난 8주 동안 {said}"


@pytest.mark.parametrize(
    ("joined", "said"),
    [
        ("all", "평소보다 뜸해진 분, 그중 안 쓴 쿠폰이 있는 분 빼고, 그중 오늘이 생일인 분"),
        ("any", "평소보다 뜸해진 분 또는 안 쓴 쿠폰이 있는 분 빼고, 그중 오늘이 생일인 분"),
    ],
)
def test_conditions_are_joined_by_words_that_can_be_read_aloud(joined: str, said: str) -> None:
    segment = Segment(
        (Condition(What.GONE_QUIET), Condition(What.HAS_COUPON, is_not=True)),
        joined=Joined(joined),
        event=Condition(What.BIRTHDAY_TODAY),
    )
    words = said_by("parts/people.html", "segment_words", segment)

    assert words.strip() == said
