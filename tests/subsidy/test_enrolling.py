"""How shops take part: cohorts of their own program, what they have shown, one line a change."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.eligibility import Bar, Standing
from domain.money import Jeon
from domain.people import CohortId, ProgramId
from domain.refusals import Conflict, Invalid, NotFound
from storage.books import Books
from storage.desk import Tx
from storage.queries.journal import list_audit
from storage.queries.programs import list_cohorts
from storage.queries.standings import count_cohorts, list_standings
from subsidy.enrolling import add_cohort, enroll_shop, list_bars
from subsidy.offering import Offer, offer_grant
from tests.conftest import START
from tests.factories import QUALIFIED, Street, make_program, make_street

ACTOR = "manager:1"


def add(tx: Tx, program_id: ProgramId, name: str = "1기") -> CohortId:
    add_cohort(
        tx,
        program_id,
        name=name,
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 2, 28),
        actor=ACTOR,
        at=START,
    )
    return list_cohorts(tx, program_id)[-1].cohort_id


def enroll(
    tx: Tx, street: Street, standing: Standing = QUALIFIED, cohort_id: CohortId | None = None
) -> list[Bar]:
    return enroll_shop(
        tx,
        street.program_id,
        street.shop_id,
        standing,
        cohort_id=cohort_id,
        actor=ACTOR,
        at=START,
    )


async def test_a_cohort_counts_its_shops(books: Books) -> None:
    street = await books.write(make_street)
    cohort_id = await books.write(add, street.program_id)
    assert await books.read(count_cohorts, street.program_id) == {}

    await books.write(enroll, street, QUALIFIED, cohort_id)

    assert await books.read(count_cohorts, street.program_id) == {cohort_id: 1}


async def test_another_programs_cohort_and_shop_are_not_there(books: Books) -> None:
    street = await books.write(make_street)
    other = await books.write(make_program, name="다른 프로그램")
    cohort_id = await books.write(add, other)

    with pytest.raises(NotFound, match="cohort"):
        await books.write(enroll, street, QUALIFIED, cohort_id)
    with pytest.raises(NotFound, match="shop"):
        await books.write(enroll, replace(street, program_id=other))
    assert await books.read(list_standings, other) == []


async def test_two_programs_may_call_a_cohort_alike_one_may_not(books: Books) -> None:
    street = await books.write(make_street)
    other = await books.write(make_program, name="다른 프로그램")
    await books.write(add, street.program_id)
    await books.write(add, other)

    with pytest.raises(Conflict, match="cohort_known"):
        await books.write(add, other)


async def test_what_was_shown_says_why_a_shop_gets_nothing(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    nothing = await books.read(list_bars, street.program_id, street.shop_id, START)

    over = await books.write(enroll, street, replace(QUALIFIED, yearly_sales_won=1_000_000_001))
    at_most = await books.write(enroll, street, replace(QUALIFIED, yearly_sales_won=1_000_000_000))

    assert nothing == [Bar.SALES_UNKNOWN, Bar.NO_WALLET]
    assert (over, at_most) == ([Bar.SALES_OVER], [])


async def test_a_shop_that_does_not_qualify_is_refused_with_every_reason(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    offer = Offer(
        amount_jeon=Jeon(1_000),
        start_by=START + timedelta(days=1),
        expires_at=START + timedelta(days=2),
    )

    with pytest.raises(Invalid) as refused:
        await books.write(
            offer_grant,
            street.program_id,
            street.shop_id,
            offer,
            form_key="a",
            actor=ACTOR,
            at=START,
        )

    assert "연 매출" in refused.value.fields["shop"]
    assert "비즈월렛" in refused.value.fields["shop"]


@pytest.mark.parametrize(
    ("standing", "field"),
    [
        (replace(QUALIFIED, yearly_sales_won=-1), "yearly_sales"),
        (replace(QUALIFIED, yearly_sales_won=10**12 + 1), "yearly_sales"),
        (replace(QUALIFIED, opened_on=date(2026, 11, 26)), "opened_on"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_cannot_be_is_told_beside_its_field(
    books: Books, standing: Standing, field: str
) -> None:
    """The test's today is November 25."""
    street = await books.write(make_street)

    with pytest.raises(Invalid) as refused:
        await books.write(enroll, street, standing)

    assert set(refused.value.fields) == {field}


async def test_saving_the_same_again_adds_no_line(books: Books) -> None:
    """I12"""
    street = await books.write(make_street, grant_won=0)
    for _ in range(2):
        await books.write(enroll, street)
    await books.write(enroll, street, replace(QUALIFIED, has_business_wallet=False))

    acts = [line[2].act for line in await books.read(list_audit)]
    assert acts.count("enroll_shop") == 2
