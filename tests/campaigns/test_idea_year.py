"""A year of weeks: one idea each at most, each with its reason, and nothing sent without a tap."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from campaigns.calendar import days_of
from campaigns.catalog import why
from campaigns.ideas import find_idea_now, propose_ideas, skip_idea, take_idea
from domain.ideas import IDEA_HOURS, NEVER_AGAIN_FOR, IdeaTime
from domain.occasions import Occasion, has_blank, week_of
from domain.people import Role, ShopId, StaffId
from domain.time import in_kst, kst_instant
from storage.books import Books
from storage.desk import Tx
from storage.queries.ideas import IdeaView, list_ideas_since, save_time
from storage.queries.staff import insert_staff
from tests.factories import Street, change, make_grant, make_street, rows

SEED = 20260101
NEW_YEAR = kst_instant(date(2026, 1, 1), time(9))
GREAT = (Occasion.SEOLLAL, Occasion.CHUSEOK, Occasion.BOK, Occasion.DONGJI, Occasion.EXAM)
EIGHT_WEEKS = "winter thanks new payday winter seollal valentine daeboreum"
TRADES = ("빵집", "정육점", "미용실", "세탁소")


def open_year(tx: Tx, trade: str, time_of: IdeaTime) -> tuple[Street, StaffId]:
    street = make_street(tx, people=4, grant_won=0, at=NEW_YEAR)
    for days in (200, 400):
        make_grant(
            tx,
            street.program_id,
            street.shop_id,
            amount_won=50_000,
            form_key=f"grant:{days}",
            expires_at=NEW_YEAR + timedelta(days=days),
            at=NEW_YEAR,
        )
    change(tx, "UPDATE shop SET trade = :trade", trade=trade)
    save_time(tx, street.shop_id, time_of, NEW_YEAR)
    owner = insert_staff(
        tx,
        role=Role.OWNER,
        program_id=None,
        shop_id=street.shop_id,
        name="김사장",
        created_at=NEW_YEAR,
    )
    return street, owner


async def live(
    books: Books, random: Random, trade: str, time_of: IdeaTime, weeks: int
) -> Sequence[IdeaView]:
    """The worker looks every few hours; the owner takes, skips or lets it be."""
    street, owner = await books.write(open_year, trade, time_of)
    at, shop_id = NEW_YEAR, street.shop_id
    taken = 0
    while at < NEW_YEAR + timedelta(weeks=weeks):
        at += timedelta(minutes=random.randint(20, 240))
        await books.write(propose_ideas, at)
        idea = await books.read(find_idea_now, shop_id, at)
        if idea and random.random() < 0.05:
            taken += await decide(books, random, (shop_id, owner), idea, at)
        await keep_promises(books, taken)
    return await books.read(list_ideas_since, shop_id, NEW_YEAR - timedelta(days=1))


async def decide(
    books: Books, random: Random, who: tuple[ShopId, StaffId], idea: IdeaView, at: datetime
) -> int:
    """How many messages that booked."""
    shop_id, owner = who
    if random.random() < 0.5 or has_blank(idea.body):
        await books.write(skip_idea, shop_id, idea.idea_id, actor=f"owner:{owner}", at=at)
        return 0
    await books.write(take_idea, owner, shop_id, idea.idea_id, at=at)
    return 1


async def keep_promises(books: Books, taken: int) -> None:
    """No message but by a tap."""
    ((booked,),) = await books.read(rows, "SELECT count(*) FROM campaign")
    assert booked == taken


def check_year(ideas: Sequence[IdeaView]) -> None:
    assert len({idea.week for idea in ideas}) == len(ideas)
    for number, idea in enumerate(ideas):
        assert idea.week == week_of(in_kst(idea.made_at).date())
        assert IDEA_HOURS.contains(idea.made_at)
        assert "{" not in why(idea.reason, idea.facts)
        lately = [
            one for one in ideas[number + 1 :] if idea.made_at - one.made_at < NEVER_AGAIN_FOR
        ]
        assert idea.body not in {one.body for one in lately}


@pytest.mark.parametrize("trade", TRADES)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_year_of_ideas_keeps_every_promise(books: Books, trade: str) -> None:
    random = Random(f"{SEED} {trade}")
    time_of = IdeaTime(day=random.randrange(7), hour=random.randrange(9, 16))

    ideas = await live(books, random, trade, time_of, 52)

    check_year(ideas)
    assert len(ideas) >= 50
    about = {(idea.facts["about"], idea.facts.get("day")) for idea in ideas}
    first, last = ideas[-1].made_at.date(), ideas[0].made_at.date()
    great = [day for day in days_of(2026) if day.occasion in GREAT]
    missed = [
        day.name
        for day in great
        if first < day.on - timedelta(days=7) and day.on < last
        if (day.occasion.value, day.on.isoformat()) not in about
    ]
    assert missed == []


async def test_eight_weeks_are_the_same_on_both_databases(books: Books) -> None:
    ideas = await live(books, Random(SEED), "빵집", IdeaTime(day=3, hour=14), 8)

    check_year(ideas)
    assert " ".join(idea.reason for idea in reversed(ideas)) == EIGHT_WEEKS
