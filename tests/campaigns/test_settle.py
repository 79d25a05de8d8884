"""Reports become outcomes and money: harmless when repeated, in any order, at any time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.results import Result
from campaigns.settle import settle_reports
from domain.campaigns import SAME_NUMBER, CampaignState, MessageState, Outcome, Report, SenderName
from domain.consent import Choice
from domain.people import CustomerId, MessageId
from loyalty.consent import choose_advertising, stop_advertising
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.customers import list_choices
from storage.queries.outcomes import marks_of
from storage.vault import Vault
from tests.campaigns.fakes import Step, delivered, failed, unknown
from tests.campaigns.stage import Stage, broken_promises, set_stage
from tests.conftest import Clock
from tests.factories import rows

FULL_GRANT = 30_000_000
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def messages(tx: Tx) -> list[MessageId]:
    return [row[0] for row in rows(tx, "SELECT id FROM message ORDER BY id")]


def chunk_states(tx: Tx) -> list[str]:
    return [row[0] for row in rows(tx, "SELECT state FROM chunk ORDER BY id")]


async def sent(
    books: Books, clock: Clock, *, people: int = 3, sender: SenderName = SenderName.SOLAPI
) -> tuple[Stage, list[MessageId]]:
    """Everything has left; nothing is reported yet."""
    stage = await set_stage(books, clock, sender, people=people)
    while await stage.dispatcher().send_next():
        pass
    return stage, await books.read(messages)


async def settle(stage: Stage, *reports: Report) -> Result:
    await stage.books.write_batch(settle_reports, reports, stage.clock.now())
    return await stage.result()


async def test_the_last_report_closes_the_chunk_and_the_money(books: Books, clock: Clock) -> None:
    stage, ids = await sent(books, clock)

    first = await settle(stage, *map(delivered, ids[:2]))
    last = await settle(stage, delivered(ids[2]))

    assert (first.state, first.held_jeon, first.spent_jeon) == (CampaignState.RUNNING, 8_300, 0)
    assert (last.state, last.held_jeon, last.spent_jeon) == (CampaignState.FINISHED, 0, 8_300)


async def test_what_failed_is_not_paid_and_goes_back_to_its_grant(
    books: Books, clock: Clock
) -> None:
    """I10."""
    stage, ids = await sent(books, clock)

    result = await settle(stage, delivered(ids[0]), failed(ids[1]), failed(ids[2], "3014"))

    assert (result.delivered, result.failures) == (1, {"3000": 1, "3014": 1})
    assert result.spent_jeon == 2_800
    assert await stage.grant_left() == FULL_GRANT - 2_800


async def test_a_repeated_report_changes_nothing(books: Books, clock: Clock) -> None:
    stage, ids = await sent(books, clock)
    reports = [delivered(ids[0]), failed(ids[1]), delivered(ids[2])]

    first = await settle(stage, *reports)
    again = await settle(stage, *reports)

    assert first == again


@on_sqlite
async def test_a_final_word_is_never_changed(books: Books, clock: Clock) -> None:
    stage, ids = await sent(books, clock)
    await settle(stage, delivered(ids[0]), failed(ids[1]))

    result = await settle(stage, failed(ids[0]), delivered(ids[1]), unknown(ids[0]))

    assert (result.delivered, result.failed, result.waiting) == (1, 1, 1)


@on_sqlite
async def test_an_unknown_one_may_still_become_known(books: Books, clock: Clock) -> None:
    stage, ids = await sent(books, clock)

    before = await settle(stage, unknown(ids[0]), delivered(ids[1]), delivered(ids[2]))
    after = await settle(stage, delivered(ids[0]))

    assert (before.unknown, before.held_jeon) == (1, 8_300)
    assert (after.unknown, after.delivered, after.spent_jeon) == (0, 3, 8_300)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@on_sqlite
async def test_any_order_of_chunks_sums_to_the_same_won(
    books: Books, clock: Clock, order: Sequence[int]
) -> None:
    """201 people in chunks of 100, 100 and 1; 41 of them are delivered in each of two."""
    stage, ids = await sent(books, clock, people=201, sender=SenderName.KAKAO_EVENT)
    parts = [ids[:100], ids[100:200], ids[200:]]

    for number in order:
        good, bad = parts[number][:41], parts[number][41:]
        await settle(stage, *map(delivered, good), *map(failed, bad))

    result = await stage.result()
    assert (result.delivered, result.failed) == (83, 118)
    assert (result.spent_jeon, result.held_jeon) == (137_000, 0)  # 83 x 16.5 = 1,369.5
    assert await stage.grant_left() == FULL_GRANT - 137_000


@on_sqlite
async def test_a_report_may_come_before_our_own_record_of_sending(
    books: Books, clock: Clock
) -> None:
    """limits.md 8: guarding on 'sent' dropped 2,000 of 200,000."""
    stage = await set_stage(books, clock)
    ids = await books.read(messages)

    result = await settle(stage, *map(delivered, ids))

    assert (result.state, result.spent_jeon) == (CampaignState.FINISHED, 8_300)


@on_sqlite
async def test_our_own_record_that_comes_after_the_reports_changes_nothing(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)
    ids = await books.read(messages)
    reports = list(map(delivered, ids))
    stage.sender.script("send", Step(before=lambda: settle(stage, *reports)))

    await stage.drain()

    assert await books.read(chunk_states) == ["settled"]
    assert (await stage.result()).spent_jeon == 8_300


async def test_two_halves_at_once_close_the_chunk_exactly_once(
    books: Books, clock: Clock, database_url: str, vault: Vault
) -> None:
    stage, ids = await sent(books, clock, people=20)
    async with open_books(database_url, vault) as other:
        desks = [books, other if database_url.startswith("postgresql") else books]
        halves = [[delivered(one) for one in ids[part::2]] for part in range(2)]
        await asyncio.gather(
            *[
                desk.write_batch(settle_reports, half, clock.now())
                for desk, half in zip(desks, halves, strict=True)
            ]
        )

    result = await stage.result()
    assert (result.state, result.delivered) == (CampaignState.FINISHED, 20)
    assert (result.spent_jeon, result.held_jeon) == (55_000, 0)


async def test_reports_of_several_chunks_at_once_settle_every_chunk_once(
    books: Books, clock: Clock, database_url: str, vault: Vault
) -> None:
    """Each part touches each chunk, so that the steps want the same rows."""
    stage, ids = await sent(books, clock, people=230, sender=SenderName.KAKAO_EVENT)
    async with open_books(database_url, vault) as other:
        desks = [books, other if database_url.startswith("postgresql") else books]
        parts = [[delivered(one) for one in ids[part::7]] for part in range(7)]
        doubled = [*parts, *reversed(parts)]
        await asyncio.gather(
            *[
                desks[number % 2].write_batch(settle_reports, part, clock.now())
                for number, part in enumerate(doubled)
            ]
        )

    result = await stage.result()
    assert (result.state, result.delivered) == (CampaignState.FINISHED, 230)
    assert (result.spent_jeon, result.held_jeon) == (379_500, 0)


async def test_a_providers_opt_out_is_a_refusal_to_us(books: Books, clock: Clock) -> None:
    """I9."""
    stage, ids = await sent(books, clock)
    gone = stage.street.customers[0]

    await settle(stage, failed(ids[0], "3008", is_opt_out=True))

    sql = "SELECT advertising_since FROM membership WHERE customer_id = :id"
    assert await books.read(rows, sql, id=gone) == [(None,)]


@on_sqlite
async def test_who_refused_at_the_provider_has_not_been_told_yet(
    books: Books, clock: Clock
) -> None:
    """L13: no answer of ours was the notice, so it is still due."""
    stage, ids = await sent(books, clock)

    await settle(stage, failed(ids[0], "3008", is_opt_out=True))

    choices = await books.read(list_choices, stage.street.shop_id, stage.street.customers[0])
    assert choices[-1].notice_at is None


@on_sqlite
async def test_a_repeated_opt_out_does_not_undo_a_later_consent(books: Books, clock: Clock) -> None:
    """A provider repeats its reports; what the person chose afterwards stands."""
    stage, ids = await sent(books, clock)
    report = failed(ids[0], "3008", is_opt_out=True)
    await settle(stage, report)
    clock.advance(timedelta(hours=1))
    await books.write(agree_again, stage, stage.street.customers[0])

    await settle(stage, report)

    sql = "SELECT advertising_since FROM membership WHERE customer_id = :id"
    since = await books.read(rows, sql, id=stage.street.customers[0])
    assert since != [(None,)]


async def test_an_opt_out_is_heard_after_the_message_is_closed(books: Books, clock: Clock) -> None:
    """L4: a person had decided on it, then the provider says that they refused."""
    stage, ids = await sent(books, clock)
    first, second, _ = stage.street.customers
    await settle(stage, failed(ids[0], "DECIDED"), failed(ids[1], "DECIDED"))
    clock.advance(timedelta(hours=1))
    await books.write(stop_advertising, second, pressed="그만", at=clock.now())
    await books.write(agree_again, stage, second)

    for _ in range(2):
        late = [failed(one, "2061", is_opt_out=True) for one in ids[:2]]
        await settle(stage, *late)

    sql = "SELECT customer_id FROM membership WHERE advertising_since IS NULL"
    assert await books.read(rows, sql) == [(first,)]
    choices = await books.read(list_choices, stage.street.shop_id, first)
    assert [one.choice for one in choices].count(Choice.WITHDRAWN) == 1


@pytest.mark.parametrize("code", SAME_NUMBER)
async def test_who_shares_a_number_was_left_out_and_is_no_failure(
    books: Books, clock: Clock, code: str
) -> None:
    """I5 at the handset: the other one has it there."""
    stage, ids = await sent(books, clock)

    result = await settle(stage, delivered(ids[0]), failed(ids[1], code), failed(ids[2]))

    assert (result.delivered, result.failed, result.refused) == (1, 1, {code: 1})
    assert await broken_promises(books) == {}


def agree_again(tx: Tx, stage: Stage, customer_id: CustomerId) -> None:
    choose_advertising(
        tx,
        stage.street.shop_id,
        customer_id,
        Choice.GRANTED,
        pressed="받을게요",
        at=stage.clock.now(),
    )


@given(st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=5))
def test_of_several_words_on_a_message_in_one_set_the_first_certain_one_counts(
    outcomes: list[Outcome],
) -> None:
    """As it would be if they came one by one."""
    reports = [
        Report(message_id=MessageId(1), outcome=one, code=one, is_charged=False) for one in outcomes
    ]

    (mark,) = marks_of(reports)

    certain = [one for one in outcomes if one is not Outcome.UNKNOWN]
    assert mark.state == MessageState((certain or outcomes)[0])
