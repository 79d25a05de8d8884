"""What may have left is asked about, then shown to a person who decides; never guessed."""

import asyncio
import logging
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from campaigns.asking import DOUBT_PAUSE
from campaigns.doubts import Undecided, decide_unknown, list_undecided
from campaigns.settle import settle_reports
from campaigns.showing import show_message
from domain.campaigns import CampaignState, MessageState, SenderName
from domain.doubt import ASK_ON_EVERY, ASK_PAUSES, ASKED_FOR, next_question
from domain.people import MarketId, MessageId, ProgramId, ShopId
from domain.refusals import Conflict, NotFound, Retryable, Unknown
from domain.time import NEVER
from storage.books import Books
from storage.queries.chunks import find_next_act
from tests.campaigns.fakes import Step, delivered, failed
from tests.campaigns.stage import PUBLIC_URL, SENDERS, Stage, broken_promises, set_stage
from tests.conftest import Clock
from tests.factories import rows

MANAGER = "manager:1"
LOST = Step(error=Unknown("TIMEOUT"), happens=False)
ARRIVED = Step(error=Unknown("TIMEOUT"))
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


async def in_doubt(
    books: Books, clock: Clock, *, step: Step = ARRIVED, sender: SenderName = SenderName.KAKAO_EVENT
) -> Stage:
    """One chunk of three people, asked about in vain for as long as we ask."""
    stage = await set_stage(books, clock, sender)
    stage.sender.script("send", step)
    await stage.drain()
    return stage


async def undecided(stage: Stage, **scope: Any) -> list[Undecided]:
    whose = {"program_id": stage.street.program_id, **scope}
    return await stage.books.read(list_undecided, **whose, at=stage.clock.now())


async def decide(stage: Stage, *, is_delivered: bool, **scope: Any) -> int:
    _, chunk_id = await stage.run_and_chunk()
    whose = {"program_id": stage.street.program_id, **scope}
    return await stage.books.write(
        decide_unknown,
        chunk_id,
        **whose,
        is_delivered=is_delivered,
        actor=MANAGER,
        at=stage.clock.now(),
    )


async def show(stage: Stage, number: int) -> None:
    run_id, chunk_id = await stage.run_and_chunk()
    await stage.books.write(
        show_message,
        channel_id=stage.street.channel_id,
        run_id=run_id,
        chunk_id=chunk_id,
        customer_id=stage.street.customers[number],
        at=stage.clock.now(),
        public_url=PUBLIC_URL,
    )


def test_the_questions_come_as_the_issue_has_them() -> None:
    asked, since = [], timedelta()
    while (pause := next_question(since)) is not None:
        asked.append(pause)
        since += pause

    assert [one.total_seconds() for one in asked] == [5, 15, 60, 300, 600]
    assert since == ASKED_FOR
    assert next_question(timedelta(seconds=7)) == timedelta(seconds=13)


async def questions(stage: Stage) -> list[datetime]:
    """When it was looked at, from the doubt to the last question there is."""
    asked = [stage.clock.now()]
    while (due_at := await stage.books.read(find_next_act)) not in (None, NEVER):
        assert due_at is not None
        stage.clock.at = due_at
        assert await stage.dispatcher().ask_next()
        asked.append(due_at)
        if due_at - asked[0] > ASKED_FOR:
            break
    return asked


async def test_a_lost_answer_is_looked_at_with_growing_pauses_and_then_never(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    stage.sender.script("send", ARRIVED)
    assert await stage.dispatcher().send_next()

    asked = await questions(stage)

    assert [later - earlier for earlier, later in pairwise(asked)] == list(ASK_PAUSES)
    assert await books.read(find_next_act) == NEVER
    assert [one.code for one in await undecided(stage)] == ["LOST"]


async def test_a_provider_that_cannot_tell_is_asked_on_while_a_person_may_decide(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)
    stage.sender.script("send", ARRIVED)
    silent = Step(error=Retryable("HTTP_503"), happens=False)
    stage.sender.script("look", *[silent] * 7)
    assert await stage.dispatcher().send_next()

    asked = await questions(stage)

    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert pauses == [*ASK_PAUSES, ASK_ON_EVERY]
    assert len(await undecided(stage)) == 1
    await stage.drain()
    assert await undecided(stage) == []
    assert (await stage.result()).delivered == 3


async def test_nobody_is_let_go_twice_while_the_first_request_may_still_arrive(
    books: Books, clock: Clock
) -> None:
    """A11: the questions begin after five seconds, the second release waits for the time-out."""
    stage = await set_stage(books, clock)
    stage.sender.script("send", LOST)
    since = clock.now()
    assert await stage.dispatcher().send_next()

    while stage.sender.calls.count("send") == 1:
        due_at = await books.read(find_next_act)
        assert due_at is not None
        clock.at = due_at
        assert await stage.dispatcher().ask_next()

    assert clock.now() - since >= DOUBT_PAUSE
    assert stage.sender.calls.count("look") == 3
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()


@pytest.mark.parametrize("is_delivered", [True, False])
@pytest.mark.parametrize("sender", SENDERS)
async def test_a_person_decides_once_and_the_money_follows(
    books: Books, clock: Clock, sender: SenderName, *, is_delivered: bool
) -> None:
    stage = await set_stage(books, clock, sender)
    full = await stage.grant_left() + (await stage.result()).held_jeon
    if sender is SenderName.KAKAO_EVENT:
        stage.sender.script("send", ARRIVED)
    else:
        stage.sender.names_nobody = True
    await stage.drain()
    held = (await stage.result()).held_jeon

    assert await decide(stage, is_delivered=is_delivered) == 3

    result = await stage.result()
    spent = held if is_delivered else 0
    assert (result.held_jeon, result.spent_jeon) == (0, spent)
    assert (result.delivered, result.failed) == ((3, 0) if is_delivered else (0, 3))
    assert result.state is CampaignState.FINISHED
    assert await stage.grant_left() == full - spent
    assert await undecided(stage) == []
    with pytest.raises(Conflict, match="settled"):
        await decide(stage, is_delivered=not is_delivered)
    assert await broken_promises(books) == {}
    codes = "SELECT DISTINCT state, code FROM message"
    state = MessageState.DELIVERED if is_delivered else MessageState.FAILED
    assert await books.read(rows, codes) == [(state, "DECIDED")]
    lines = "SELECT actor, details FROM audit_line WHERE act = 'decide_unknown'"
    details = f"is_delivered={is_delivered} people=3"
    assert await books.read(rows, lines) == [(MANAGER, details)]


async def test_whom_our_skill_has_shown_it_is_reached_whatever_is_decided(
    books: Books, clock: Clock
) -> None:
    stage = await in_doubt(books, clock)
    await show(stage, 0)
    (one,) = await undecided(stage)
    assert (one.people, one.shown) == (2, 1)

    assert await decide(stage, is_delivered=False) == 3

    result = await stage.result()
    assert (result.delivered, result.failed) == (1, 2)
    assert result.spent_jeon > 0
    assert await broken_promises(books) == {}


async def test_what_is_known_of_it(books: Books, clock: Clock) -> None:
    stage = await in_doubt(books, clock)
    run_id, chunk_id = await stage.run_and_chunk()
    street = stage.street

    (one,) = await undecided(stage, market_id=street.market_id, shop_id=street.shop_id)

    assert (one.chunk_id, one.run_id, one.shop_id) == (chunk_id, run_id, street.shop_id)
    assert (one.people, one.shown, one.code, one.provider_ref) == (3, 0, "LOST", None)
    assert one.doubted_at >= one.started_at
    assert one.unit_jeon * one.people > 0


async def test_nobody_decides_beyond_their_scope(books: Books, clock: Clock) -> None:
    stage = await in_doubt(books, clock)
    foreign: list[dict[str, Any]] = [
        {"program_id": ProgramId(stage.street.program_id + 1)},
        {"market_id": MarketId(stage.street.market_id + 1)},
    ]

    for scope in foreign:
        assert await undecided(stage, **scope) == []
        with pytest.raises(NotFound):
            await decide(stage, is_delivered=True, **scope)
    assert await undecided(stage, shop_id=ShopId(stage.street.shop_id + 1)) == []
    assert (await stage.result()).unknown == 3


@pytest.mark.parametrize("step", [None, ARRIVED])
@ON_SQLITE
async def test_what_is_still_asked_about_is_nobodys_to_decide(
    books: Books, clock: Clock, step: Step | None
) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    if step is not None:
        stage.sender.script("send", step)
    assert await stage.dispatcher().send_next()
    clock.advance(ASKED_FOR - timedelta(seconds=1))

    assert await undecided(stage) == []
    with pytest.raises(Conflict, match="not_in_doubt"):
        await decide(stage, is_delivered=True)


async def test_a_report_before_the_decision_settles_it_by_itself(
    books: Books, clock: Clock
) -> None:
    stage = await in_doubt(books, clock)
    ids = [MessageId(row[0]) for row in await books.read(rows, "SELECT id FROM message")]

    await books.write(settle_reports, [delivered(one) for one in ids], clock.now())

    assert await undecided(stage) == []
    assert (await stage.result()).delivered == 3
    with pytest.raises(Conflict, match="settled"):
        await decide(stage, is_delivered=False)
    assert await broken_promises(books) == {}


async def test_a_report_after_the_decision_changes_nothing_and_is_noted(
    books: Books, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    stage = await in_doubt(books, clock)
    await decide(stage, is_delivered=True)
    before = await stage.result()
    ids = [MessageId(row[0]) for row in await books.read(rows, "SELECT id FROM message")]

    with caplog.at_level(logging.WARNING, logger="campaigns.settle"):
        await books.write(settle_reports, [failed(one) for one in ids], clock.now())

    assert await stage.result() == before
    assert "after a person had decided" in caplog.text
    assert await broken_promises(books) == {}


async def test_a_decision_waits_while_it_is_let_go_again(books: Books, clock: Clock) -> None:
    """From the commit that lets it leave again until its outcome it is in nobody's hands."""
    stage = await set_stage(books, clock)
    stage.sender.script("send", LOST)
    assert await stage.dispatcher().send_next()
    clock.advance(ASKED_FOR + timedelta(minutes=1))
    assert len(await undecided(stage)) == 1
    refused: list[str] = []

    async def try_to_decide() -> None:
        try:
            await decide(stage, is_delivered=False)
        except Conflict as conflict:
            refused.append(conflict.reason)

    stage.sender.script("send", Step(before=try_to_decide))
    await stage.drain()

    assert refused == ["not_in_doubt"]
    assert stage.sender.arrived == stage.everybody()
    assert (await stage.result()).delivered == 3


async def test_a_decision_and_a_report_at_the_same_moment_agree(books: Books, clock: Clock) -> None:
    stage = await in_doubt(books, clock)
    ids = [MessageId(row[0]) for row in await books.read(rows, "SELECT id FROM message")]
    reports = [delivered(one) for one in ids]

    told = books.write(settle_reports, reports, clock.now())
    await asyncio.gather(decide(stage, is_delivered=False), told, return_exceptions=True)

    result = await stage.result()
    assert (result.delivered, result.failed) in ((3, 0), (0, 3))
    assert (result.spent_jeon > 0) is (result.delivered == 3)
    assert await broken_promises(books) == {}


@ON_SQLITE
async def test_what_times_out_again_and_again_comes_to_a_person(books: Books, clock: Clock) -> None:
    """The doubt is as old as its first time-out, and the questions grow rarer."""
    stage = await set_stage(books, clock)
    stage.sender.script("send", *[LOST] * 40)
    since = clock.now()
    assert await stage.dispatcher().send_next()

    while clock.now() - since <= ASKED_FOR:
        due_at = await books.read(find_next_act)
        assert due_at is not None
        clock.at = due_at
        assert await stage.dispatcher().ask_next()

    assert [one.doubted_at for one in await undecided(stage)] == [since]
    assert 3 <= stage.sender.calls.count("send") <= len(ASK_PAUSES) + 2
