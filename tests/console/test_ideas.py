"""The weekly idea in the console: looked at, sent by one press, and its day chosen."""

import pytest

from campaigns.ideas import find_idea_now, propose_ideas
from domain.ideas import IdeaTime
from storage.books import Books
from storage.desk import Tx
from storage.queries.customers import Caller, see_person
from storage.queries.ideas import IdeaView, get_time, save_time
from storage.queries.places import get_shop
from storage.queries.staff_chats import save_chat
from tests.console.browser import Browser, token_on
from tests.console.street import Clock, Street, add_regulars, give_grant
from tests.factories import change, rows

IDEAS = "/owner/ideas"
CAMPAIGNS = "SELECT body FROM campaign"


def propose(tx: Tx, street: Street, clock: Clock) -> IdeaView:
    """Somebody to write to, money, and this Monday's idea."""
    add_regulars(tx, street.shop_id, 2)
    give_grant(tx, street, is_started=True)
    save_time(tx, street.shop_id, IdeaTime(day=0, hour=10), clock.at)
    propose_ideas(tx, clock.at)
    idea = find_idea_now(tx, street.shop_id, clock.at)
    assert idea is not None
    return idea


async def test_the_idea_is_shown_with_its_reason_its_people_and_its_cost(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    idea = await console_books.write(propose, street, console_clock)

    assert "골라 두었어요" in (await owner.get("/owner")).words
    page = await owner.get(IDEAS)

    assert idea.body.partition("#")[0] in page.words
    for words in ("월급날", "2명 · 지원금 33원", "바로 나가요", "이번 주는 쉬기"):
        assert words in page.words
    assert await console_books.read(rows, CAMPAIGNS) == []


def pair(tx: Tx, street: Street, clock: Clock, *, is_friend: bool) -> None:
    channel_id = get_shop(tx, street.shop_id).channel_id
    caller = Caller("bot-user-owner", None, None, is_friend=is_friend)
    save_chat(tx, street.owner, see_person(tx, channel_id, caller, clock.at).customer_id, clock.at)


@pytest.mark.parametrize(
    ("is_friend", "said"),
    [(None, "카카오톡과 연결"), (False, "‘채널 추가’를 눌러"), (True, "지금 받으실 수 있어요")],
)
async def test_it_says_whether_a_message_can_arrive_now(
    is_friend: bool | None,
    said: str,
    owner: Browser,
    street: Street,
    console_books: Books,
    console_clock: Clock,
) -> None:
    """K7: only who has added the channel is reached."""
    if is_friend is not None:
        await console_books.write(pair, street, console_clock, is_friend=is_friend)
    page = await owner.get(IDEAS)

    assert "톡채널을 추가하셔야 도착해요" in page.words
    assert said in page.words
    assert ("지금은 도착하지 않아요" in page.words) is not (is_friend is True)


async def test_one_press_sends_it_once(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    idea = await console_books.write(propose, street, console_clock)
    shown = await owner.get(IDEAS)
    way = f"{IDEAS}/{idea.idea_id}/send"

    first = await owner.post(way, {"csrf": token_on(shown)})
    again = await owner.post(way, {"csrf": token_on(shown)})

    assert (first.status, again.location) == (303, first.location)
    assert first.location.startswith("/owner/campaigns/")
    assert await console_books.read(rows, CAMPAIGNS) == [(idea.body,)]
    late = await owner.post(f"{IDEAS}/{idea.idea_id}/skip", {"csrf": token_on(shown)})
    assert late.location == IDEAS
    assert "이미 보내기로 하셨어요" in (await owner.get(IDEAS)).words


async def test_a_week_can_be_skipped(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    idea = await console_books.write(propose, street, console_clock)
    shown = await owner.get(IDEAS)

    await owner.post(f"{IDEAS}/{idea.idea_id}/skip", {"csrf": token_on(shown)})
    page = await owner.get(IDEAS)
    late = await owner.post(f"{IDEAS}/{idea.idea_id}/send", {"csrf": token_on(shown)})

    assert "이번 주는 쉴게요" in page.words
    assert "지금 기다리는 소식은 없어요" in page.words
    assert late.location == IDEAS
    assert "때가 지나서" in (await owner.get(IDEAS)).words
    assert await console_books.read(rows, CAMPAIGNS) == []


async def test_what_is_to_be_changed_goes_to_the_sending_page(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    await console_books.write(propose, street, console_clock)
    await console_books.write(change, "UPDATE idea SET body = '○○ 나왔어요 & 더'")

    page = await owner.get(IDEAS)
    form = await owner.get(
        "/owner/send?body=%E2%97%8B%E2%97%8B%20%EB%82%98%EC%99%94%EC%96%B4%EC%9A%94"
    )

    assert "이대로 보내기" not in page.words
    assert "body=%E2%97%8B%E2%97%8B%20%EB%82%98%EC%99%94%EC%96%B4%EC%9A%94%20%26%20" in page.html
    fields = {name: form.value(name) for name in ("key", "csrf")}
    looked = await owner.post(
        "/owner/send", {**fields, "body": "○○ 나왔어요", "way": "list", "when": "now"}
    )
    assert looked.status == 422
    assert "○○ 자리를 알맞은 말로 바꿔 주세요" in looked.words


async def test_a_shop_without_a_number_is_told_what_is_missing(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    await console_books.write(propose, street, console_clock)
    await console_books.write(change, "UPDATE shop SET contact = NULL")
    await console_books.write(change, "UPDATE channel SET service_number = NULL")

    page = await owner.get(IDEAS)

    assert page.status == 200
    assert "연락처가 꼭 있어야 해요" in page.words


async def test_an_owner_is_asked_on_the_first_page_and_answers_with_one_tap(
    owner: Browser, street: Street, console_books: Books
) -> None:
    first = await owner.get("/owner")
    assert "네, 매주 화요일 오전 10시에" in first.words

    saved = await owner.post(f"{IDEAS}/time", {"csrf": token_on(first), "day": "1", "hour": "10"})

    assert saved.location == IDEAS
    assert (await console_books.read(get_time, street.shop_id))[0] == IdeaTime(day=1, hour=10)
    assert "골라 드릴까요" not in (await owner.get("/owner")).words
    assert "매주 화요일 오전 10시에" in (await owner.get(IDEAS)).words


async def test_who_does_not_want_ideas_is_not_asked_again(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await owner.submit("/owner", f"{IDEAS}/time", {"day": "never"})

    assert (await console_books.read(get_time, street.shop_id))[0].day is None
    assert "골라 드릴까요" not in (await owner.get("/owner")).words
    assert "지금은 골라 드리지 않아요" in (await owner.get(IDEAS)).words


async def test_another_day_and_a_message_are_chosen(
    owner: Browser, street: Street, console_books: Books
) -> None:
    fields = {"day": "4", "hour": "15", "is_sent": "1"}

    await owner.submit(IDEAS, f"{IDEAS}/time", fields)
    page = await owner.get(IDEAS)

    chosen = IdeaTime(day=4, hour=15, is_sent=True)
    assert (await console_books.read(get_time, street.shop_id))[0] == chosen
    assert '<option value="4" selected>' in page.html
    assert '<option value="15" selected>' in page.html


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "9", "hour": "10"}, "요일을 골라 주세요"),
        ({"day": "x", "hour": "10"}, "요일을 골라 주세요"),
        ({"day": "1", "hour": "3"}, "오전 9시부터"),
        ({"day": "1"}, "오전 9시부터"),
    ],
)
async def test_a_time_that_can_not_be_gets_a_sentence(
    owner: Browser, street: Street, fields: dict[str, str], sentence: str
) -> None:
    page = await owner.submit(IDEAS, f"{IDEAS}/time", fields)

    assert page.status == 422
    assert sentence in page.words


async def test_another_shops_idea_is_not_found(
    owner: Browser, other_street: Street, console_books: Books, console_clock: Clock
) -> None:
    idea = await console_books.write(propose, other_street, console_clock)

    for act in ("send", "skip"):
        page = await owner.submit(IDEAS, f"{IDEAS}/{idea.idea_id}/{act}")
        assert page.status == 404
    assert await console_books.read(rows, CAMPAIGNS) == []


async def test_at_night_the_page_says_when_it_would_leave(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    await console_books.write(propose, street, console_clock)
    console_clock.pass_(hours=12)

    assert "11월 24일 (화) 오전 8:00에 보내 드려요" in (await owner.get(IDEAS)).words
