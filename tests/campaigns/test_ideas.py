"""An idea's life: proposed once a week, and sent by an owner's press alone."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaigns import ideas
from campaigns.ideas import (
    change_idea,
    choose_time,
    find_idea_now,
    lapse_old_ideas,
    propose_ideas,
    show_idea,
    skip_idea,
    take_idea,
)
from domain.ideas import GOOD_FOR, IdeaState, IdeaTime
from domain.people import Role
from domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from storage.books import Books
from storage.queries.ideas import LAPSE, find_idea, get_time, save_time
from tests.campaigns.idea_stage import (
    CAMPAIGNS,
    WEDNESDAY,
    WEDNESDAYS,
    make_owner,
    make_scene,
    pair,
    proposed,
)
from tests.factories import (
    EARLIER,
    change,
    make_customer,
    make_shop,
    rows,
)
from tests.loyalty.sweeping import plan


async def test_an_idea_waits_from_the_chosen_hour_on(books: Books) -> None:
    street, _ = await books.write(make_scene)

    await books.write(propose_ideas, WEDNESDAY - timedelta(seconds=1))
    assert await books.read(find_idea_now, street.shop_id, WEDNESDAY) is None

    idea = await proposed(books, street.shop_id)
    assert (idea.state, idea.made_at) == (IdeaState.WAITING, WEDNESDAY)
    assert await books.read(rows, CAMPAIGNS) == []


@pytest.mark.parametrize(
    ("time", "at"),
    [
        (IdeaTime(day=None), WEDNESDAY),
        (IdeaTime(day=3, hour=10), WEDNESDAY),
        (IdeaTime(day=1, hour=10), WEDNESDAY),
        (IdeaTime(day=2, hour=11), WEDNESDAY),
        (WEDNESDAYS, WEDNESDAY + timedelta(hours=10)),
        (WEDNESDAYS, WEDNESDAY + timedelta(hours=14)),
    ],
)
async def test_no_idea_comes_at_another_time_or_at_night(
    books: Books, time: IdeaTime, at: datetime
) -> None:
    await books.write(make_scene, time)

    assert not await books.write(propose_ideas, at)
    assert await books.read(rows, "SELECT 1 FROM idea") == []


async def test_nobody_to_write_to_means_no_idea(books: Books) -> None:
    await books.write(make_scene, people=0)

    await books.write(propose_ideas, WEDNESDAY)

    assert await books.read(rows, "SELECT 1 FROM idea") == []


async def test_a_week_has_one_idea_also_when_the_day_is_changed(books: Books) -> None:
    street, _ = await books.write(make_scene)
    first = await proposed(books, street.shop_id)

    for _ in range(3):
        await books.write(propose_ideas, WEDNESDAY + timedelta(minutes=1))
    friday = IdeaTime(day=4, hour=10)
    await books.write(choose_time, street.shop_id, friday, actor="owner:1", at=WEDNESDAY)
    await books.write(propose_ideas, WEDNESDAY + timedelta(days=2))

    assert await books.read(rows, "SELECT id FROM idea") == [(first.idea_id,)]


async def test_two_workers_at_once_propose_once(books: Books) -> None:
    street, staff_id = await books.write(make_scene, replace(WEDNESDAYS, is_sent=True))
    await books.write(pair, street, staff_id)

    await asyncio.gather(
        *(books.write(propose_ideas, WEDNESDAY) for _ in range(4)),
        *(books.write_batch(propose_ideas, WEDNESDAY) for _ in range(4)),
    )

    assert len(await books.read(rows, "SELECT 1 FROM idea")) == 1
    assert len(await books.read(rows, CAMPAIGNS)) == 1


async def test_the_reason_comes_with_people_cost_and_time(books: Books) -> None:
    street, _ = await books.write(make_scene, people=3)
    idea = await proposed(books, street.shop_id)

    shown = await books.read(show_idea, street.shop_id, idea, WEDNESDAY, public_url="")

    assert shown.why
    assert shown.dry is not None
    assert (shown.dry.people, shown.dry.cost_jeon, shown.dry.leaves_at) == (3, 5000, WEDNESDAY)


async def test_a_press_books_it_once_whoever_presses(books: Books) -> None:
    street, staff_id = await books.write(make_scene)
    other = await books.write(make_owner, street.shop_id)
    idea = await proposed(books, street.shop_id)

    taken = await asyncio.gather(
        *(
            books.write(take_idea, who, street.shop_id, idea.idea_id, at=WEDNESDAY)
            for who in (staff_id, other, staff_id, other)
        )
    )

    assert len(set(taken)) == 1
    ((kind, body, _),) = await books.read(rows, CAMPAIGNS)
    assert (kind, body) == ("advertisement", idea.body)
    settled = await books.read(find_idea, street.shop_id, idea.idea_id)
    assert settled is not None
    assert (settled.state, settled.campaign_id) == (IdeaState.TAKEN, taken[0])
    assert await books.read(find_idea_now, street.shop_id, WEDNESDAY) is None


async def test_an_idea_of_another_shop_is_nobodys(books: Books) -> None:
    street, staff_id = await books.write(make_scene)
    idea = await proposed(books, street.shop_id)
    other = await books.write(
        make_shop, street.market_id, street.channel_id, name="이웃", slug="next"
    )
    stranger = await books.write(make_owner, other)

    for call in (take_idea, change_idea):
        with pytest.raises(NotFound):
            await books.write(call, stranger, other, idea.idea_id, at=WEDNESDAY)
        with pytest.raises(NotAllowed):
            await books.write(call, stranger, street.shop_id, idea.idea_id, at=WEDNESDAY)
    with pytest.raises(NotFound):
        await books.write(skip_idea, other, idea.idea_id, actor="owner:9", at=WEDNESDAY)
    assert staff_id != stranger


async def test_a_clerk_cannot_take_it(books: Books) -> None:
    street, _ = await books.write(make_scene)
    idea = await proposed(books, street.shop_id)
    clerk = await books.write(make_owner, street.shop_id, Role.CLERK)

    with pytest.raises(NotAllowed):
        await books.write(take_idea, clerk, street.shop_id, idea.idea_id, at=WEDNESDAY)


async def test_what_was_skipped_is_quiet_and_can_not_be_sent_any_more(books: Books) -> None:
    street, staff_id = await books.write(make_scene)
    idea = await proposed(books, street.shop_id)

    for _ in range(2):
        await books.write(skip_idea, street.shop_id, idea.idea_id, actor="owner:1", at=WEDNESDAY)

    assert await books.read(find_idea_now, street.shop_id, WEDNESDAY) is None
    acts = await books.read(rows, "SELECT act FROM audit_line WHERE act = 'skip_idea'")
    assert len(acts) == 1
    with pytest.raises(Conflict, match="idea_over"):
        await books.write(take_idea, staff_id, street.shop_id, idea.idea_id, at=WEDNESDAY)


async def test_what_was_sent_can_not_be_skipped(books: Books) -> None:
    street, staff_id = await books.write(make_scene)
    idea = await proposed(books, street.shop_id)
    await books.write(take_idea, staff_id, street.shop_id, idea.idea_id, at=WEDNESDAY)

    with pytest.raises(Conflict, match="idea_taken"):
        await books.write(skip_idea, street.shop_id, idea.idea_id, actor="owner:1", at=WEDNESDAY)
    with pytest.raises(Conflict, match="idea_taken"):
        await books.write(change_idea, staff_id, street.shop_id, idea.idea_id, at=WEDNESDAY)


async def test_one_shops_bug_holds_up_nobody(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    """The first shop's memory can not be read."""
    street, _ = await books.write(make_scene)
    await proposed(books, street.shop_id)
    await books.write(change, "UPDATE idea SET facts = '{}'")
    other = await books.write(
        make_shop, street.market_id, street.channel_id, name="이웃", slug="next"
    )
    await books.write(make_customer, street.channel_id, other, 50)
    await books.write(save_time, other, WEDNESDAYS, EARLIER)

    next_week = WEDNESDAY + timedelta(days=7)
    is_more = await books.write(propose_ideas, next_week)

    assert not is_more
    assert await books.read(find_idea_now, other, next_week) is not None
    assert [one.message for one in caplog.records] == [
        f"no idea can be found for shop {street.shop_id}"
    ]


async def test_a_page_of_shops_with_a_bug_is_not_asked_for_again_at_once(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    street, _ = await books.write(make_scene)
    await proposed(books, street.shop_id)
    await books.write(change, "UPDATE idea SET facts = '{}'")
    monkeypatch.setattr(ideas, "SHOPS_AT_ONCE_MAX", 1)

    assert not await books.write(propose_ideas, WEDNESDAY + timedelta(days=7))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_old_ideas_stay_and_are_not_looked_through(books: Books) -> None:
    steps = await books.read(plan, LAPSE)

    assert [one for one in steps if "ix_idea_live" not in one] == []


async def test_after_a_week_it_lapses(books: Books) -> None:
    street, staff_id = await books.write(make_scene)
    idea = await proposed(books, street.shop_id)
    later = WEDNESDAY + GOOD_FOR

    assert await books.read(find_idea_now, street.shop_id, later) is None
    with pytest.raises(Conflict, match="idea_over"):
        await books.write(take_idea, staff_id, street.shop_id, idea.idea_id, at=later)
    await books.write(lapse_old_ideas, later)

    lapsed = await books.read(find_idea, street.shop_id, idea.idea_id)
    assert lapsed is not None
    assert lapsed.state is IdeaState.LAPSED


async def test_words_about_a_day_are_not_sent_when_it_is_here(books: Books) -> None:
    """Pressed at night on the eve it would leave in the morning, and not be true any more."""
    street, staff_id = await books.write(make_scene, IdeaTime(day=1, hour=10))
    tuesday = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
    idea = await proposed(books, street.shop_id, tuesday)
    assert idea.facts["until"] == "2026-12-21"
    at_night = datetime(2026, 12, 21, 12, 30, tzinfo=UTC)  # 21:30 KST

    with pytest.raises(Conflict, match="idea_over"):
        await books.write(take_idea, staff_id, street.shop_id, idea.idea_id, at=at_night)
    assert await books.read(rows, CAMPAIGNS) == []

    in_time = at_night - timedelta(hours=2)
    assert await books.write(take_idea, staff_id, street.shop_id, idea.idea_id, at=in_time)


async def test_a_blank_is_filled_before_anything_is_sent(books: Books) -> None:
    street, staff_id = await books.write(make_scene)
    idea = await proposed(books, street.shop_id)
    await books.write(change, "UPDATE idea SET body = '○○ 나왔어요'")
    blank = await books.read(find_idea_now, street.shop_id, WEDNESDAY)
    assert blank is not None

    shown = await books.read(show_idea, street.shop_id, blank, WEDNESDAY, public_url="")
    assert shown.dry is None
    with pytest.raises(Conflict, match="idea_blank"):
        await books.write(take_idea, staff_id, street.shop_id, idea.idea_id, at=WEDNESDAY)
    about = staff_id, street.shop_id, idea.idea_id
    draft, replaced = await books.write(change_idea, *about, at=WEDNESDAY)
    assert (draft.body, draft.idea_id, replaced) == ("○○ 나왔어요", idea.idea_id, None)


async def test_no_money_leaves_the_idea_where_it_was(books: Books) -> None:
    street, staff_id = await books.write(make_scene, grant_won=20)
    idea = await proposed(books, street.shop_id)

    with pytest.raises(Conflict, match="no_money"):
        await books.write(take_idea, staff_id, street.shop_id, idea.idea_id, at=WEDNESDAY)

    assert await books.read(find_idea_now, street.shop_id, WEDNESDAY) == idea


@pytest.mark.parametrize(
    ("is_sent", "is_friend", "messages"), [(True, True, 1), (True, False, 0), (False, True, 0)]
)
async def test_a_paid_message_only_tells_that_there_is_an_idea(
    books: Books, *, is_sent: bool, is_friend: bool, messages: int
) -> None:
    """Only to a paired friend who wants it; the idea itself still waits for their press."""
    street, staff_id = await books.write(make_scene, replace(WEDNESDAYS, is_sent=is_sent))
    await books.write(lambda tx: pair(tx, street, staff_id, is_friend=is_friend))

    idea = await proposed(books, street.shop_id)
    told = await books.read(rows, CAMPAIGNS)

    assert [(one[0], one[1]) for one in told] == [("information", ideas.NEWS)] * messages
    assert idea.state is IdeaState.WAITING


@pytest.mark.parametrize(
    ("time", "field"),
    [
        (IdeaTime(day=7), "day"),
        (IdeaTime(day=-1), "day"),
        (IdeaTime(day=1, hour=8), "hour"),
        (IdeaTime(day=1, hour=20), "hour"),
    ],
)
async def test_a_time_that_can_not_be_is_refused(books: Books, time: IdeaTime, field: str) -> None:
    street, _ = await books.write(make_scene)

    with pytest.raises(Invalid) as refused:
        await books.write(choose_time, street.shop_id, time, actor="owner:1", at=WEDNESDAY)

    assert set(refused.value.fields) == {field}
    assert (await books.read(get_time, street.shop_id))[0] == WEDNESDAYS


async def test_choosing_the_same_again_writes_one_line(books: Books) -> None:
    street, _ = await books.write(make_scene)
    friday = IdeaTime(day=4, hour=15, is_sent=True)

    for _ in range(2):
        await books.write(choose_time, street.shop_id, friday, actor="owner:1", at=WEDNESDAY)

    assert (await books.read(get_time, street.shop_id))[0] == friday
    lines = await books.read(rows, "SELECT details FROM audit_line WHERE act = 'choose_idea_time'")
    assert lines == [("day=4 hour=15 sent=True",)]
