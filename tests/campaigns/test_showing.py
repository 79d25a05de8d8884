"""What our skill shows of a run, and to whom it shows nothing."""

from datetime import datetime, timedelta

import pytest

from campaigns.showing import show_message
from domain.bubbles import Bubble, ListCard
from domain.campaigns import SenderName
from domain.people import ChannelId, ChunkId, CustomerId, RunId
from domain.refusals import Rejected
from loyalty.links import read_why_token
from storage.books import Books
from tests.campaigns.fakes import Step
from tests.campaigns.stage import PUBLIC_URL, Stage, set_stage
from tests.conftest import START, Clock
from tests.factories import change, make_channel, rows

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


async def left(books: Books, clock: Clock) -> Stage:
    """The run has left through the Event API."""
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    assert await stage.dispatcher().send_next()
    return stage


async def show(
    stage: Stage,
    *,
    channel_id: ChannelId | None = None,
    run_id: RunId | None = None,
    chunk_id: ChunkId | None = None,
    customer_id: CustomerId | None = None,
    at: datetime | None = None,
) -> Bubble | None:
    run, chunk = await stage.run_and_chunk()
    return await stage.books.write(
        show_message,
        channel_id=channel_id or stage.street.channel_id,
        run_id=run_id or run,
        chunk_id=chunk_id or chunk,
        customer_id=customer_id or stage.street.customers[0],
        at=at or stage.clock.now(),
        public_url=PUBLIC_URL,
    )


async def shown_at(stage: Stage) -> list[object]:
    sql = "SELECT shown_at FROM message WHERE customer_id = :id"
    return list(await stage.books.read(rows, sql, id=stage.street.customers[0]))


async def test_a_person_is_shown_their_advertisement(books: Books, clock: Clock) -> None:
    """L6, L7."""
    stage = await left(books, clock)

    bubble = await show(stage)

    assert isinstance(bubble, ListCard)
    assert bubble.header == "(광고) 연남빵집"
    assert bubble.rows[0].title == "단골님, 오늘 식빵이 나왔어요."


async def test_it_leads_to_why_that_person_got_it(books: Books, clock: Clock) -> None:
    """L8, L11: one tap before the way out, and its token is of this very message."""
    stage = await left(books, clock)

    bubble = await show(stage)

    assert isinstance(bubble, ListCard)
    why, refuse = bubble.buttons
    assert (why.label, refuse.label) == ("왜 받았나요?", "무료 수신거부")
    url, _, token = why.target.rpartition("/")
    of_person = "SELECT id FROM message WHERE customer_id = :id"
    ((message_id,),) = await books.read(rows, of_person, id=stage.street.customers[0])
    assert url == f"{PUBLIC_URL}/w"
    assert await books.read(read_why_token, token) == (stage.street.shop_id, message_id)


async def test_a_repeated_call_shows_the_same_bubble(books: Books, clock: Clock) -> None:
    stage = await left(books, clock)
    first = await show(stage)
    noted = await shown_at(stage)
    clock.advance(timedelta(minutes=5))

    again = await show(stage)

    assert first == again
    assert await shown_at(stage) == noted


@on_sqlite
async def test_it_is_shown_again_after_it_was_settled(books: Books, clock: Clock) -> None:
    stage = await left(books, clock)
    await stage.drain()

    assert await show(stage) is not None


@on_sqlite
async def test_another_channel_is_shown_nothing(books: Books, clock: Clock) -> None:
    stage = await left(books, clock)
    other = await books.write(make_channel, stage.street.market_id, number=2)

    assert await show(stage, channel_id=other) is None


@on_sqlite
async def test_another_run_or_chunk_shows_nothing(books: Books, clock: Clock) -> None:
    stage = await left(books, clock)

    assert await show(stage, run_id=RunId(99)) is None
    assert await show(stage, chunk_id=ChunkId(99)) is None


@on_sqlite
async def test_a_person_who_is_not_in_the_run_is_shown_nothing(books: Books, clock: Clock) -> None:
    stage = await left(books, clock)

    assert await show(stage, customer_id=CustomerId(99)) is None


@on_sqlite
async def test_a_run_that_has_not_left_shows_nothing(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)

    assert await show(stage) is None


async def test_who_withdrew_meanwhile_is_refused_and_shown_nothing(
    books: Books, clock: Clock
) -> None:
    """L4, I9."""
    stage = await left(books, clock)
    await stage.withdraw(stage.street.customers[0])

    assert await show(stage) is None

    result = await stage.result()
    assert (result.refused, result.waiting) == ({"L4": 1}, 2)


@on_sqlite
async def test_who_withdrew_after_it_was_shown_is_not_shown_it_again(
    books: Books, clock: Clock
) -> None:
    """L4; it stays delivered, as it was."""
    stage = await left(books, clock)
    await show(stage)
    await stage.drain()
    await stage.withdraw(stage.street.customers[0])

    assert await show(stage) is None
    assert (await stage.result()).delivered == 3


@pytest.mark.parametrize(
    "at", [START + timedelta(hours=10, minutes=50), START + timedelta(hours=14)]
)
@on_sqlite
async def test_a_call_that_comes_in_the_night_shows_nothing(
    books: Books, clock: Clock, at: datetime
) -> None:
    """K1, L5, I7."""
    stage = await left(books, clock)

    assert await show(stage, at=at) is None


@on_sqlite
async def test_what_failed_is_not_shown(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    stage.sender.script("send", Step(error=Rejected("HTTP_400"), happens=False))
    await stage.drain()

    assert await show(stage) is None


@on_sqlite
async def test_a_contact_taken_away_since_still_stands_in_what_is_shown(
    books: Books, clock: Clock
) -> None:
    """L7: a run names the contact it was planned with."""
    stage = await left(books, clock)
    before = await show(stage)
    await books.write(change, "UPDATE shop SET contact = NULL")

    assert before is not None
    assert await show(stage) == before
