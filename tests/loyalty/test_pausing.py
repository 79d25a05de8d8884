"""Pauses, stops and consents in any order: who refused or rests is never reached."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.gate import gate_addressee, gate_regular
from campaigns.plan import plan_next
from domain.campaigns import MessageKind, SenderName
from domain.consent import Choice
from domain.gate import RESTING
from domain.people import CustomerId
from loyalty.consent import choose_advertising, stop_advertising
from loyalty.pausing import pause_advertising, resume_advertising
from storage.books import Books
from storage.desk import Tx
from storage.queries import messages
from storage.queries.campaigns import find_person
from tests.campaigns.stage import SENDERS, Stage, set_stage
from tests.conftest import START, Clock
from tests.factories import Street, make_shop, make_street, rows

DAY = timedelta(days=1)
ACTS = ("agree", "decline", "stop", "pause", "doubt", "resume", "wait")
SENDER = SenderName.KAKAO_EVENT


class Model:
    """What the words of the person mean, without any database."""

    def __init__(self) -> None:
        self.agrees = True
        self.rests_until: datetime | None = None

    def hear(self, act: str, at: datetime) -> None:
        match act:
            case "agree":
                self.agrees, self.rests_until = True, None
            case "stop" | "decline":
                self.agrees, self.rests_until = False, None
            case "pause":
                self.rests_until = at + 30 * DAY
            case "doubt":
                self.rests_until = at + 9_999 * DAY
            case "resume":
                self.rests_until = None

    def may_reach(self, at: datetime) -> bool:
        return self.agrees and (self.rests_until is None or at >= self.rests_until)


def do(tx: Tx, street: Street, act: str, at: datetime) -> None:
    shop_id, who = street.shop_id, street.customers[0]
    actor = f"customer:{who}"
    match act:
        case "agree":
            choose_advertising(tx, shop_id, who, Choice.GRANTED, pressed="네", at=at)
        case "decline":
            choose_advertising(tx, shop_id, who, Choice.DECLINED, pressed="아니요", at=at)
        case "stop":
            stop_advertising(tx, who, pressed="그만", at=at)
        case "pause":
            pause_advertising(tx, shop_id, who, at + 30 * DAY, actor=actor, at=at)
        case "doubt":
            pause_advertising(tx, shop_id, who, None, actor=actor, at=at)
        case "resume":
            resume_advertising(tx, shop_id, who, actor=actor, at=at)


def reached(tx: Tx, street: Street, at: datetime) -> bool:
    person = find_person(tx, street.shop_id, street.customers[0])
    assert person is not None
    return gate_regular(MessageKind.ADVERTISEMENT, SENDER, person, at).is_allowed


class Undone(Exception):
    """Rolls a tried story back, so that the next one begins as the first did."""


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 40)), max_size=8))
@settings(max_examples=60)
def try_story(tx: Tx, street: Street, story: list[tuple[str, int]]) -> None:
    model, at = Model(), START
    do(tx, street, "stop", at)
    do(tx, street, "agree", at)
    for act, days in story:
        model.hear(act, at)
        do(tx, street, act, at)
        assert reached(tx, street, at) is model.may_reach(at)
        at += days * DAY
        assert reached(tx, street, at) is model.may_reach(at)


async def test_any_order_of_words_ends_as_the_last_of_them_says(books: Books) -> None:
    """L4: after a stop nothing until a fresh consent; after a pause nothing until its end."""
    street = await books.write(make_street, people=1)

    def work(tx: Tx) -> None:
        try_story(tx, street)
        raise Undone

    with pytest.raises(Undone):
        await books.write(work)


async def test_a_pause_is_one_shops_alone(books: Books) -> None:
    def work(tx: Tx) -> list[object]:
        street = make_street(tx, people=1)
        other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        who = street.customers[0]
        assert not pause_advertising(tx, other, who, None, actor="customer:1", at=START)
        pause_advertising(tx, street.shop_id, who, None, actor="customer:1", at=START)
        return [row[0] for row in rows(tx, "SELECT paused_at FROM membership")]

    (paused,) = await books.write(work)
    assert paused is not None


async def test_each_change_is_one_line_in_the_log(books: Books) -> None:
    """I12"""

    def work(tx: Tx) -> list[str]:
        street = make_street(tx, people=1)
        for act in ("pause", "resume", "resume"):
            do(tx, street, act, START)
        sql = "SELECT act FROM audit_line WHERE act LIKE '%e_advertising' ORDER BY id"
        return [row[0] for row in rows(tx, sql)]

    assert await books.write(work) == ["pause_advertising", "resume_advertising"]


@pytest.mark.parametrize("sender", [*SENDERS, SenderName.NHN])
async def test_who_rests_after_planning_is_taken_out_when_it_leaves(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    """The gate is asked again at the moment of leaving, on the chunk's own rows."""
    stage: Stage = await set_stage(books, clock, sender, people=3)
    resting = stage.street.customers[1]
    await books.write(rest, stage.street, resting, clock.now())

    await stage.drain()

    result = await stage.result()
    assert result.refused == {RESTING: 1}
    assert resting not in stage.sender.arrived
    assert len(stage.sender.arrived) == 2


async def test_who_rests_is_refused_at_planning(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, people=2)
    _, chunk_id = await stage.run_and_chunk()
    await books.write(rest, stage.street, stage.street.customers[0], clock.now())

    def verdicts(tx: Tx) -> list[str | None]:
        kind = MessageKind.ADVERTISEMENT
        people = messages.list_all(tx, chunk_id)
        return [
            gate_addressee(kind, SenderName.SOLAPI, one, at).rule
            for one in people
            for at in (clock.now(), clock.now() + 31 * DAY)
        ]

    assert await books.read(verdicts) == [RESTING, None, None, None]
    assert not await books.write(plan_next, clock.now())


def rest(tx: Tx, street: Street, who: CustomerId, at: datetime) -> None:
    pause_advertising(tx, street.shop_id, who, at + 30 * DAY, actor=f"customer:{who}", at=at)
