"""Terms in versions: written once, old grants keep theirs, a new one never begins in the past."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.eligibility import Standing
from domain.people import ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.subsidy import VatRule
from storage.books import Books
from storage.desk import Tx
from storage.queries.grants import list_grants
from storage.queries.journal import list_audit
from storage.queries.programs import find_terms, list_terms
from subsidy.enrolling import enroll_shop, list_bars
from subsidy.terms import NewTerms, add_terms, get_terms_of_grant, see_effect
from tests.conftest import START
from tests.factories import Street, change, make_grant, make_shop, make_street

ACTOR = "manager:1"
STRICTER = NewTerms(
    body="새 약관",
    sales_max_won=200_000_000,
    new_months=3,
    vat_rule=VatRule.WITHOUT_VAT,
    returned_days=7,
    valid_from=START,
)


def write(tx: Tx, street: Street, new: NewTerms = STRICTER, after: int = 1) -> int:
    return add_terms(tx, street.program_id, new, after=after, actor=ACTOR, at=START)


async def test_a_new_version_leaves_the_old_grant_as_it_was(books: Books) -> None:
    street = await books.write(make_street)
    (old,) = await books.read(list_grants, street.shop_id)

    await books.write(write, street, replace(STRICTER, sales_max_won=400_000_000))
    new_id = await books.write(
        make_grant, street.program_id, street.shop_id, amount_won=5_000, form_key="new", at=START
    )

    told = await books.read(get_terms_of_grant, street.shop_id, old.grant_id)
    told_now = await books.read(get_terms_of_grant, street.shop_id, new_id)
    rows = {one.grant_id: one for one in await books.read(list_grants, street.shop_id)}
    assert (told.version, told_now.version) == (1, 2)
    assert rows[old.grant_id] == old
    assert rows[new_id].vat_rule is VatRule.WITHOUT_VAT
    assert rows[new_id].returned_until == rows[new_id].expires_at + timedelta(days=7)


async def test_a_version_is_in_force_from_its_day_on(books: Books) -> None:
    street = await books.write(make_street)
    later = START + timedelta(days=10)

    await books.write(write, street, replace(STRICTER, valid_from=later))

    async def version(at: datetime) -> int:
        terms = await books.read(find_terms, street.program_id, at)
        assert terms is not None
        return terms.version

    assert await version(later - timedelta(microseconds=1)) == 1
    assert await version(later) == 2


async def test_pressed_twice_it_is_written_once(books: Books) -> None:
    street = await books.write(make_street)
    again = replace(STRICTER, valid_from=START + timedelta(seconds=4))

    first = await books.write(write, street)
    second = await books.write(write, street, again)

    assert first == second
    assert len(await books.read(list_terms, street.program_id)) == 2


async def test_of_two_at_once_one_is_told_that_there_is_another(books: Books) -> None:
    street = await books.write(make_street)
    others = [replace(STRICTER, body=f"글 {number}") for number in range(6)]

    results = await asyncio.gather(
        *(books.write(write, street, one) for one in others), return_exceptions=True
    )

    refused = [one for one in results if isinstance(one, Conflict)]
    assert [one.reason for one in refused] == ["terms_changed"] * 5
    assert [one.version for one in await books.read(list_terms, street.program_id)] == [1, 2]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": "가" * 4_001}, "body"),
        ({"sales_max_won": 0}, "sales_max"),
        ({"new_months": 61}, "new_months"),
        ({"returned_days": -1}, "returned_days"),
        ({"returned_days": 366}, "returned_days"),
        ({"valid_from": START - timedelta(seconds=1)}, "valid_from"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_does_not_fit_is_told_beside_its_field(
    books: Books, changes: dict[str, Any], field: str
) -> None:
    street = await books.write(make_street)

    with pytest.raises(Invalid) as refused:
        await books.write(write, street, replace(STRICTER, **changes))

    assert set(refused.value.fields) == {field}
    assert len(await books.read(list_terms, street.program_id)) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_version_never_begins_before_the_one_it_follows(books: Books) -> None:
    street = await books.write(make_street)
    later = START + timedelta(days=10)
    await books.write(write, street, replace(STRICTER, valid_from=later))

    with pytest.raises(Invalid) as refused:
        await books.write(
            write, street, replace(STRICTER, body="또", valid_from=later - timedelta(days=1)), 2
        )

    assert "2판이 12월 5일부터예요" in refused.value.fields["valid_from"]


async def test_another_shops_grant_has_no_terms_here(books: Books) -> None:
    street = await books.write(make_street)
    (grant,) = await books.read(list_grants, street.shop_id)

    with pytest.raises(NotFound):
        await books.read(get_terms_of_grant, ShopId(street.shop_id + 1), grant.grant_id)


async def test_a_grant_from_before_there_were_terms_shows_the_first(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(write, street)
    await books.write(change, 'UPDATE "grant" SET terms_id = NULL')
    (grant,) = await books.read(list_grants, street.shop_id)

    terms = await books.read(get_terms_of_grant, street.shop_id, grant.grant_id)

    assert terms.version == 1


async def test_the_effect_names_the_shops_that_would_come_and_go(books: Books) -> None:
    """QUALIFIED sells 3억 a year: the stricter terms ask for 2억."""
    street = await books.write(make_street)
    newcomer = await books.write(
        make_shop, street.market_id, street.channel_id, name="새빵집", slug="new"
    )
    opened = Standing(
        yearly_sales_won=None,
        opened_on=(START - timedelta(days=210)).date(),
        has_business_wallet=True,
    )
    await books.write(enroll_shop, street.program_id, newcomer, opened, actor=ACTOR, at=START)
    longer = replace(STRICTER, new_months=12)

    effect = await books.read(see_effect, street.program_id, longer, START)

    assert (effect.joining, effect.leaving) == (["새빵집"], ["연남빵집"])
    assert len(await books.read(list_terms, street.program_id)) == 1
    await books.write(write, street, longer)
    assert await books.read(list_bars, street.program_id, newcomer, START) == []
    assert await books.read(list_bars, street.program_id, street.shop_id, START) != []


async def test_a_new_version_stands_in_the_audit_log_once(books: Books) -> None:
    street = await books.write(make_street)
    for _ in range(2):
        await books.write(write, street)

    acts = [line[2] for line in await books.read(list_audit) if line[2].act == "add_terms"]
    assert [(act.actor, act.details) for act in acts] == [(ACTOR, "version=2")]
