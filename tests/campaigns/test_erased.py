"""People who are deleted while a run is under way: nothing leaves for them, the sums hold (I4)."""

from datetime import timedelta

import pytest

from campaigns.showing import show_message
from domain.campaigns import CampaignState, SenderName
from domain.people import CustomerId
from loyalty.meeting import recognize
from loyalty.privacy import erase_customer
from storage.books import Books
from tests.campaigns.fakes import Step
from tests.campaigns.stage import PUBLIC_URL, SENDERS, Stage, set_stage
from tests.conftest import Clock
from tests.factories import make_caller, rows

UNIT_JEON = {SenderName.KAKAO_EVENT: 1_650, SenderName.SOLAPI: 2_750}
FULL_GRANT = 30_000_000


async def erase(stage: Stage, customer_id: CustomerId) -> None:
    who = f"customer:{customer_id}"
    await stage.books.write(erase_customer, customer_id, actor=who, at=stage.clock.now())


def cost(stage: Stage, people: int) -> int:
    """Rounded up to whole won."""
    return -(-UNIT_JEON[stage.sender.name] * people // 100) * 100


async def assert_only_the_others_got_it(stage: Stage) -> None:
    _, *others = stage.street.customers
    result = await stage.result()
    assert stage.sender.arrived == dict.fromkeys(others, 1)
    assert (result.state, result.delivered) == (CampaignState.FINISHED, len(others))
    assert (result.spent_jeon, result.held_jeon) == (cost(stage, len(others)), 0)
    assert await stage.grant_left() == FULL_GRANT - cost(stage, len(others))


@pytest.mark.parametrize("sender", SENDERS)
async def test_deleted_between_plan_and_dispatch_means_refused(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    stage = await set_stage(books, clock, sender)
    await erase(stage, stage.street.customers[0])

    await stage.drain()

    await assert_only_the_others_got_it(stage)
    sql = "SELECT state FROM message WHERE customer_id = :id"
    assert await books.read(rows, sql, id=stage.street.customers[0]) == [("refused",)]


@pytest.mark.parametrize("call", ["open", "fill"])
@pytest.mark.parametrize("sender", SENDERS)
async def test_deleted_while_the_chunk_is_prepared_means_taken_out(
    books: Books, clock: Clock, sender: SenderName, call: str
) -> None:
    stage = await set_stage(books, clock, sender)
    stage.sender.script(call, Step(before=lambda: erase(stage, stage.street.customers[0])))

    await stage.drain()

    await assert_only_the_others_got_it(stage)


@pytest.mark.parametrize("sender", SENDERS)
async def test_a_run_of_deleted_people_alone_sends_nothing_and_gives_all_back(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    stage = await set_stage(books, clock, sender)
    for customer_id in stage.street.customers:
        await erase(stage, customer_id)

    await stage.drain()

    result = await stage.result()
    assert stage.sender.arrived == {}
    assert (result.state, result.delivered, result.held_jeon) == (CampaignState.FINISHED, 0, 0)
    assert await stage.grant_left() == FULL_GRANT


async def test_deleted_after_it_was_shown_counts_as_delivered(books: Books, clock: Clock) -> None:
    """The bubble came, and then its reader deleted everything: it was sent, and is paid for."""
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    first = stage.street.customers[0]
    run_id, chunk_id = await stage.run_and_chunk()
    assert await stage.dispatcher().send_next()
    bubble = await books.write(
        show_message,
        channel_id=stage.street.channel_id,
        run_id=run_id,
        chunk_id=chunk_id,
        customer_id=first,
        at=clock.now(),
        public_url=PUBLIC_URL,
    )
    assert bubble is not None
    await erase(stage, first)
    stage.sender.names_nobody = True

    await stage.drain()

    sql = "SELECT state, code FROM message WHERE customer_id = :id"
    assert await books.read(rows, sql, id=first) == [("delivered", "SHOWN")]


async def test_deleted_on_the_way_to_the_chat_is_shown_nothing_and_closed(
    books: Books, clock: Clock
) -> None:
    """Kakao asks for the bubble of somebody whom we have just met: there is none."""
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    first = stage.street.customers[0]
    run_id, chunk_id = await stage.run_and_chunk()
    assert await stage.dispatcher().send_next()
    await erase(stage, first)
    stranger = await books.write(recognize, stage.street.channel_id, make_caller(1), clock.now())
    bubble = await books.write(
        show_message,
        channel_id=stage.street.channel_id,
        run_id=run_id,
        chunk_id=chunk_id,
        customer_id=stranger,
        at=clock.now(),
        public_url=PUBLIC_URL,
    )

    await stage.drain()

    result = await stage.result()
    assert bubble is None
    assert stranger not in stage.street.customers
    assert (result.state, result.delivered, result.unknown) == (CampaignState.FINISHED, 2, 0)
    assert result.held_jeon == 0


async def test_a_report_about_a_deleted_person_settles_their_number_and_brings_nobody_back(
    books: Books, clock: Clock
) -> None:
    """SOLAPI reports by our message's number, which stays."""
    stage = await set_stage(books, clock, SenderName.SOLAPI)
    assert await stage.dispatcher().send_next()
    await erase(stage, stage.street.customers[0])
    clock.advance(timedelta(minutes=5))

    await stage.drain()

    result = await stage.result()
    assert (result.state, result.delivered) == (CampaignState.FINISHED, 3)
    assert result.spent_jeon == cost(stage, 3)
    sql = "SELECT count(*) FROM customer"
    assert await books.read(rows, sql) == [(2,)]
