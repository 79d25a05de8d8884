"""A bill beside the chunks of a month: of this program and this sender, by whatever name it uses."""

from datetime import UTC, date, datetime

import pytest

from campaigns.bills import Compared, compare_bill
from domain.bills import Bill, BillLine, Kind
from domain.campaigns import Outcome, SenderName
from domain.money import won
from domain.people import ProgramId, ShopId
from storage.books import Books
from storage.desk import Tx
from tests.factories import EARLIER, Street, change, make_program, make_run, make_street, rows
from tests.subsidy.weekly import settle_all

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
REF = "G4V20261123100203CCCCCCCCCCCCCCC"


def make_sent(tx: Tx, *, sender: SenderName = SenderName.SOLAPI) -> Street:
    """One chunk to three people that the provider calls `REF`, delivered and paid."""
    street = make_street(tx)
    make_run(tx, street.shop_id, at=EARLIER, sender=sender)
    name_chunks(tx, street.shop_id)
    settle_all(tx, EARLIER)
    return street


def name_chunks(tx: Tx, shop_id: ShopId, ref: str = REF, at: datetime = EARLIER) -> None:
    change(
        tx,
        "UPDATE chunk SET provider_ref = :ref, started_at = :at, state = 'accepted'"
        " WHERE shop_id = :shop AND provider_ref IS NULL",
        ref=ref,
        at=at.replace(tzinfo=None).isoformat(" ", "microseconds") if tx.dialect == "sqlite" else at,
        shop=shop_id,
    )


def billed(*lines: tuple[str, int, float]) -> Bill:
    return Bill(
        lines=[
            BillLine(number=number, reference=ref, count=count, amount_jeon=won(amount))
            for number, (ref, count, amount) in enumerate(lines, 2)
        ],
        bad=[],
    )


async def compared(
    books: Books,
    program_id: ProgramId,
    bill: Bill,
    *,
    month: date = NOVEMBER,
    sender: SenderName = SenderName.SOLAPI,
    has_vat: bool = True,
) -> Compared:
    return await books.read(compare_bill, program_id, sender, month, bill, has_vat=has_vat)


def kinds(seen: Compared) -> list[Kind]:
    return [pair.kind for pair in seen.pairs]


async def test_a_group_that_was_billed_as_it_was_paid_matches(books: Books) -> None:
    street = await books.write(make_sent)
    ((posted,),) = await books.read(
        rows, "SELECT sum(amount_jeon) FROM transfer WHERE phase = 'post'"
    )

    seen = await compared(books, street.program_id, billed((REF, 3, posted / 100)))

    assert kinds(seen) == [Kind.MATCHED]
    assert seen.differences() == []
    assert seen.billed(*Kind) == seen.ours(*Kind)


async def test_a_bill_without_vat_matches_the_same_money(books: Books) -> None:
    """50 won were posted, of which a rounded-up tenth is VAT."""
    street = await books.write(make_sent)
    ((net,),) = await books.read(rows, "SELECT net_jeon FROM price JOIN run ON price_id = price.id")

    seen = await compared(books, street.program_id, billed((REF, 3, 3 * net / 100)), has_vat=False)

    assert kinds(seen) == [Kind.MATCHED]


@pytest.mark.parametrize(("count", "amount"), [(2, 0.0), (3, 9_999.0)])
async def test_another_count_or_amount_is_a_difference(
    books: Books, count: int, amount: float
) -> None:
    street = await books.write(make_sent)

    seen = await compared(books, street.program_id, billed((REF, count, amount)))

    (pair,) = seen.differences()
    assert (pair.kind, pair.counts_differ) == (Kind.DIFFERENT, count == 2)
    assert pair.ours is not None
    assert (pair.ours.shop_name, pair.ours.count) == ("연남빵집", 3)


async def test_what_the_bill_leaves_out_and_what_we_do_not_know(books: Books) -> None:
    street = await books.write(make_sent)

    seen = await compared(books, street.program_id, billed(("unknown", 5, 1)))

    assert kinds(seen) == [Kind.NOT_OURS, Kind.NOT_THEIRS]


async def test_a_bill_with_a_line_for_each_of_our_messages(books: Books) -> None:
    """`customFields.message` is the number of ours that goes out with each."""
    street = await books.write(make_sent)
    ids = [str(one) for (one,) in await books.read(rows, "SELECT id FROM message ORDER BY id")]
    bill = Bill(
        lines=[BillLine(number=1, reference=one, count=1, amount_jeon=None) for one in ids], bad=[]
    )

    seen = await compared(books, street.program_id, bill)

    assert kinds(seen) == [Kind.MATCHED]


async def test_a_chunk_is_looked_for_in_its_month_and_found_by_name_in_any(books: Books) -> None:
    street = await books.write(make_sent)

    absent = await compared(books, street.program_id, billed(("x", 1, 1)), month=DECEMBER)
    named = await compared(books, street.program_id, billed((REF, 2, 0)), month=DECEMBER)

    assert kinds(absent) == [Kind.NOT_OURS]
    assert kinds(named) == [Kind.DIFFERENT]


async def test_a_month_is_koreas(books: Books) -> None:
    """15:00 UTC on 30 November is the first instant of December in Seoul."""
    street = await books.write(make_street)
    await books.write(make_run, street.shop_id, at=EARLIER, sender=SenderName.SOLAPI)
    await books.write(name_chunks, street.shop_id, REF, datetime(2026, 11, 30, 15, tzinfo=UTC))
    await books.write(settle_all, EARLIER)
    bill = billed(("x", 1, 1))

    assert kinds(await compared(books, street.program_id, bill)) == [Kind.NOT_OURS]
    december = await compared(books, street.program_id, bill, month=DECEMBER)
    assert kinds(december) == [Kind.NOT_OURS, Kind.NOT_THEIRS]


async def test_what_still_waits_for_its_reports_is_no_difference_yet(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(make_run, street.shop_id, at=EARLIER, sender=SenderName.SOLAPI)
    await books.write(name_chunks, street.shop_id)

    seen = await compared(books, street.program_id, billed((REF, 3, 49.5)))

    assert kinds(seen) == [Kind.OPEN]


async def test_what_failed_is_not_missed_in_the_bill(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(make_run, street.shop_id, at=EARLIER, sender=SenderName.SOLAPI)
    await books.write(name_chunks, street.shop_id)
    await books.write(settle_all, EARLIER, Outcome.FAILED)

    assert kinds(await compared(books, street.program_id, billed(("x", 1, 1)))) == [Kind.NOT_OURS]


async def test_another_senders_chunks_are_not_looked_at(books: Books) -> None:
    street = await books.write(make_sent)

    seen = await compared(
        books, street.program_id, billed((REF, 3, 1)), sender=SenderName.KAKAO_EVENT
    )

    assert kinds(seen) == [Kind.NOT_OURS]


async def test_of_another_program_no_more_is_told_than_that_it_is_one(books: Books) -> None:
    """Several programs may share an installation, and so a provider's account."""
    await books.write(make_sent)
    other = await books.write(make_program, name="다른 프로그램")

    seen = await compared(books, other, billed((REF, 3, 50)))

    (pair,) = seen.pairs
    assert (pair.kind, pair.ours) == (Kind.ELSEWHERE, None)
    assert seen.differences() == []


async def test_nothing_is_written(books: Books) -> None:
    """A bill is evidence: `read` runs on a connection that cannot write."""
    street = await books.write(make_sent)
    before = await books.read(rows, "SELECT count(*), max(id) FROM transfer")

    await compared(books, street.program_id, billed((REF, 1, 1)))

    assert await books.read(rows, "SELECT count(*), max(id) FROM transfer") == before
