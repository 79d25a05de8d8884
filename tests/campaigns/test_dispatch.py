"""Letting a chunk leave: at most once, whatever breaks at whichever line."""

from datetime import timedelta

import pytest

from campaigns.dispatch import RETRY_AFTER
from campaigns.showing import show_message
from domain.campaigns import CampaignState, SenderName
from domain.refusals import Rejected, Retryable, Unknown
from storage.books import Books
from storage.queries.chunks import find_next_act
from tests.campaigns.fakes import Step
from tests.campaigns.stage import PUBLIC_URL, SENDERS, Stage, set_stage
from tests.conftest import Clock
from tests.factories import change

PRICES = {SenderName.KAKAO_EVENT: 1_650, SenderName.SOLAPI: 2_750}
FULL_GRANT = 30_000_000
BEFORE_LEAVING = ("open", "fill")
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def cost(stage: Stage, people: int) -> int:
    """Rounded up to whole won."""
    return -(-PRICES[stage.sender.name] * people // 100) * 100


@pytest.mark.parametrize("sender", SENDERS)
async def test_a_run_arrives_once_and_is_paid_for(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    stage = await set_stage(books, clock, sender)

    await stage.drain()

    result = await stage.result()
    assert stage.sender.arrived == stage.everybody()
    assert (result.state, result.delivered) == (CampaignState.FINISHED, 3)
    assert (result.spent_jeon, result.held_jeon) == (cost(stage, 3), 0)
    assert await stage.grant_left() == FULL_GRANT - cost(stage, 3)


@pytest.mark.parametrize("happens", [False, True])
@on_sqlite
async def test_an_unknown_answer_is_asked_about_and_never_blindly_repeated(
    books: Books, clock: Clock, *, happens: bool
) -> None:
    stage = await set_stage(books, clock, SenderName.SOLAPI)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=happens))

    await stage.drain()

    after = stage.sender.calls[stage.sender.calls.index("send") + 1 :]
    assert after[0] == "look"
    assert stage.sender.arrived == stage.everybody()


@pytest.mark.parametrize("happens", [False, True])
@on_sqlite
async def test_a_lost_answer_with_nothing_to_ask_stays_unknown_and_held(
    books: Books, clock: Clock, *, happens: bool
) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=happens))

    await stage.drain()

    result = await stage.result()
    assert stage.sender.calls.count("send") == 1
    assert (result.unknown, result.state) == (3, CampaignState.RUNNING)
    assert (result.held_jeon, result.spent_jeon) == (cost(stage, 3), 0)


@on_sqlite
async def test_our_own_skill_is_evidence_where_the_answer_was_lost(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    run_id, chunk_id = await stage.run_and_chunk()
    stage.sender.script("send", Step(error=Unknown("TIMEOUT")))
    assert await stage.dispatcher().send_next()
    for customer_id in stage.street.customers[:2]:
        await books.write(
            show_message,
            channel_id=stage.street.channel_id,
            run_id=run_id,
            chunk_id=chunk_id,
            customer_id=customer_id,
            at=clock.now(),
            public_url=PUBLIC_URL,
        )

    await stage.drain()

    result = await stage.result()
    assert (result.delivered, result.unknown) == (2, 1)


@on_sqlite
async def test_whom_a_provider_does_not_name_stays_unknown_and_held(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)
    stage.sender.names_nobody = True

    await stage.drain()

    result = await stage.result()
    assert (result.unknown, result.held_jeon) == (3, cost(stage, 3))


@pytest.mark.parametrize("call", ["open", "fill", "send", "look"])
@pytest.mark.parametrize("sender", SENDERS)
@on_sqlite
async def test_what_may_be_tried_again_is_tried_until_it_works(
    books: Books, clock: Clock, sender: SenderName, call: str
) -> None:
    stage = await set_stage(books, clock, sender)
    trouble = Step(error=Retryable("CONNECT"), happens=False)
    stage.sender.script(call, trouble, trouble, trouble)

    await stage.drain()

    assert stage.sender.arrived == stage.everybody()
    assert (await stage.result()).spent_jeon == cost(stage, 3)


@on_sqlite
async def test_each_further_try_waits_longer(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)
    stage.sender.script("open", *[Step(error=Retryable("CONNECT"), happens=False)] * 6)
    pauses = []
    for _ in range(6):
        assert await stage.dispatcher().send_next()
        due_at = await books.read(find_next_act)
        assert due_at is not None
        pauses.append((due_at - clock.now()).total_seconds())
        clock.at = due_at

    assert pauses == [*RETRY_AFTER, RETRY_AFTER[-1]]


@pytest.mark.parametrize("call", ["open", "fill", "send"])
@pytest.mark.parametrize("sender", SENDERS)
async def test_what_is_rejected_fails_and_gives_the_money_back(
    books: Books, clock: Clock, sender: SenderName, call: str
) -> None:
    stage = await set_stage(books, clock, sender)
    stage.sender.script(call, Step(error=Rejected("BUBBLE"), happens=False))

    await stage.drain()

    result = await stage.result()
    assert not stage.sender.arrived
    assert result.failures == {"BUBBLE": 3}
    assert await stage.grant_left() == FULL_GRANT


@on_sqlite
async def test_a_question_that_is_rejected_is_asked_again_later(books: Books, clock: Clock) -> None:
    """It says nothing about the chunk, which has left."""
    stage = await set_stage(books, clock)
    stage.sender.script("look", Step(error=Rejected("HTTP_403"), happens=False))

    await stage.drain()

    assert (await stage.result()).delivered == 3


@on_sqlite
async def test_whom_the_provider_refuses_at_filling_fails_unpaid_and_the_others_arrive(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)
    refused, *others = stage.street.customers
    stage.sender.refuses[refused] = "1021"

    await stage.drain()

    result = await stage.result()
    assert stage.sender.arrived == dict.fromkeys(others, 1)
    assert (result.failures, result.spent_jeon) == ({"1021": 1}, cost(stage, 2))


@on_sqlite
async def test_a_chunk_whose_people_are_all_refused_at_filling_is_not_sent(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)
    stage.sender.refuses = dict.fromkeys(stage.street.customers, "1021")

    await stage.drain()

    assert "send" not in stage.sender.calls
    assert (await stage.result()).state is CampaignState.FINISHED


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("call", BEFORE_LEAVING)
async def test_who_withdraws_while_the_request_is_prepared_gets_nothing(
    books: Books, clock: Clock, sender: SenderName, call: str
) -> None:
    """L4, I9."""
    stage = await set_stage(books, clock, sender)
    gone, *others = stage.street.customers
    stage.sender.script(call, Step(before=lambda: stage.withdraw(gone)))

    await stage.drain()

    result = await stage.result()
    assert stage.sender.arrived == dict.fromkeys(others, 1)
    assert (result.refused, result.spent_jeon) == ({"L4": 1}, cost(stage, 2))


@on_sqlite
async def test_who_withdraws_while_it_is_not_known_whether_it_left_is_taken_out(
    books: Books, clock: Clock
) -> None:
    """I9: the second request carries nobody who refused after the first."""
    stage = await set_stage(books, clock)
    gone, *others = stage.street.customers
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False))
    assert await stage.dispatcher().send_next()
    await stage.withdraw(gone)

    await stage.drain()

    assert stage.sender.arrived == dict.fromkeys(others, 1)


@on_sqlite
async def test_when_everybody_withdraws_nothing_leaves_and_the_money_goes_back(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)

    async def all_withdraw() -> None:
        for customer_id in stage.street.customers:
            await stage.withdraw(customer_id)

    stage.sender.script("fill", Step(before=all_withdraw))

    await stage.drain()

    result = await stage.result()
    assert "send" not in stage.sender.calls
    assert (result.state, result.refused) == (CampaignState.FINISHED, {"L4": 3})
    assert await stage.grant_left() == FULL_GRANT


@pytest.mark.parametrize("sender", SENDERS)
@on_sqlite
async def test_what_is_still_being_prepared_when_the_evening_comes_is_canceled(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    """K1, I7."""
    stage = await set_stage(books, clock, sender)

    async def evening() -> None:
        clock.advance(timedelta(hours=10, minutes=50))

    stage.sender.script("fill", Step(before=evening))

    await stage.drain(hours=24)

    result = await stage.result()
    assert not stage.sender.arrived
    assert (result.canceled, await stage.grant_left()) == (3, FULL_GRANT)


@on_sqlite
async def test_in_the_last_second_of_the_day_it_still_leaves(books: Books, clock: Clock) -> None:
    """K1: until 20:50."""
    stage = await set_stage(books, clock)
    await books.write(change, "UPDATE campaign SET not_later_than = '2026-12-24 00:00:00'")
    clock.advance(timedelta(hours=10, minutes=49, seconds=59))

    await stage.dispatcher().send_next()

    assert stage.sender.arrived == stage.everybody()


@on_sqlite
async def test_a_chunk_in_doubt_is_taken_back_and_not_sent_in_the_evening(
    books: Books, clock: Clock
) -> None:
    """K1, I7: what the provider still has is taken out before the money goes back."""
    stage = await set_stage(books, clock)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False))
    assert await stage.dispatcher().send_next()
    clock.advance(timedelta(hours=11))

    await stage.drain(hours=24)

    result = await stage.result()
    assert not stage.sender.arrived
    assert not stage.sender.places["P1"].people
    assert (result.canceled, await stage.grant_left()) == (3, FULL_GRANT)


@on_sqlite
async def test_what_could_not_leave_in_time_is_canceled_and_not_sent_hours_late(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)
    stage.sender.script("open", *[Step(error=Retryable("CONNECT"), happens=False)] * 40)

    await stage.drain(hours=6)

    result = await stage.result()
    assert not stage.sender.arrived
    assert (result.canceled, await stage.grant_left()) == (3, FULL_GRANT)


@on_sqlite
async def test_a_contact_taken_away_after_planning_still_stands_in_what_leaves(
    books: Books, clock: Clock
) -> None:
    """L7: a run names the contact it was planned with."""
    stage = await set_stage(books, clock)
    await books.write(change, "UPDATE shop SET contact = NULL")

    await stage.drain()

    assert (await stage.result()).delivered == 3


@pytest.mark.parametrize(
    "taken",
    [
        "UPDATE customer SET phone = NULL, phone_hash = NULL WHERE id = :id",
        "UPDATE membership SET phone_granted_at = NULL WHERE customer_id = :id",
    ],
)
@on_sqlite
async def test_who_took_the_number_back_is_not_sent_to(
    books: Books, clock: Clock, taken: str
) -> None:
    """L68: also where it is still there for another shop of the channel."""
    stage = await set_stage(books, clock)
    gone, *others = stage.street.customers
    await books.write(change, taken, id=gone)

    await stage.drain()

    assert stage.sender.arrived == dict.fromkeys(others, 1)
    assert (await stage.result()).refused == {"L68": 1}
