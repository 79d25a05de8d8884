"""Prices: written once, from today on, whole jeon with VAT; an old run keeps its own."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.campaigns import MessageKind
from domain.money import Jeon, Tariff
from domain.refusals import Conflict, Invalid
from storage.books import Books
from storage.desk import Tx
from storage.queries.journal import list_audit
from storage.queries.prices import find_price, list_prices
from subsidy.prices import NewPrice, add_price, list_by_tariff
from tests.conftest import START
from tests.factories import Street, make_program, make_run, make_street, rows

ACTOR = "manager:1"
DEARER = NewPrice(
    tariff=Tariff.KAKAO_EVENT,
    kind=MessageKind.ADVERTISEMENT,
    is_targeted=False,
    net_jeon=Jeon(2_000),
    vat_percent=10,
    rounds_to_jeon=100,
    valid_from=START,
)
RUN = "SELECT unit_jeon, price_id FROM run"


def write(tx: Tx, street: Street, new: NewPrice = DEARER) -> int:
    return add_price(tx, new, of_program=street.program_id, actor=ACTOR, at=START)


async def test_a_new_price_changes_no_run_that_was_planned(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(make_run, street.shop_id, at=START)
    before = await books.read(rows, RUN)

    await books.write(write, street)
    later = START + timedelta(days=7)
    await books.write(make_run, street.shop_id, at=later, form_key="later")

    (old, new) = await books.read(rows, RUN + " ORDER BY id")
    assert [old] == before
    assert (old[0], new[0]) == (1_650, 2_200)


async def test_a_price_begins_on_its_day(books: Books) -> None:
    street = await books.write(make_street)
    day = START + timedelta(days=30)
    await books.write(write, street, replace(DEARER, valid_from=day))

    async def unit(seconds: int) -> int:
        at = day + timedelta(seconds=seconds)
        price = await books.read(find_price, DEARER.tariff, DEARER.kind, at)
        assert price is not None
        return price.unit_jeon

    assert (await unit(-1), await unit(0)) == (1_650, 2_200)


async def test_what_says_the_same_is_not_written_again(books: Books) -> None:
    street = await books.write(make_street)
    count = len(await books.read(list_prices))

    first = await books.write(write, street)
    again = await books.write(write, street, replace(DEARER, valid_from=START + timedelta(hours=1)))

    assert first == again
    assert len(await books.read(list_prices)) == count + 1


async def test_of_many_at_once_one_is_written(books: Books) -> None:
    street = await books.write(make_street)
    count = len(await books.read(list_prices))

    await asyncio.gather(*(books.write(write, street) for _ in range(8)))

    assert len(await books.read(list_prices)) == count + 1


async def test_two_prices_never_begin_together(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(write, street)

    with pytest.raises(Invalid) as refused:
        await books.write(write, street, replace(DEARER, net_jeon=Jeon(3_000)))

    assert set(refused.value.fields) == {"valid_from"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"net_jeon": Jeon(0)}, "net"),
        ({"net_jeon": Jeon(1_000_100)}, "net"),
        ({"net_jeon": Jeon(1_505)}, "net"),
        ({"net_jeon": Jeon(1_500), "vat_percent": 101}, "vat"),
        ({"vat_percent": -10}, "vat"),
        ({"rounds_to_jeon": 7}, "rounds_to"),
        ({"is_targeted": True}, "is_targeted"),
        ({"valid_from": START - timedelta(microseconds=1)}, "valid_from"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_does_not_fit_is_told_beside_its_field(
    books: Books, changes: dict[str, Any], field: str
) -> None:
    """15.05 won with 10 % VAT is 16.555 won: no whole number of jeon."""
    street = await books.write(make_street)
    count = len(await books.read(list_prices))

    with pytest.raises(Invalid) as refused:
        await books.write(write, street, replace(DEARER, **changes))

    assert set(refused.value.fields) == {field}
    assert len(await books.read(list_prices)) == count


async def test_where_programs_share_the_lists_only_the_operator_adds(books: Books) -> None:
    street = await books.write(make_street)
    other = await books.write(make_program, name="다른 프로그램")

    with pytest.raises(Conflict, match="prices_shared"):
        await books.write(write, street)
    price_id = await books.write(
        lambda tx: add_price(tx, DEARER, of_program=None, actor="operator", at=START)
    )

    lines = [
        (line[0], line[2].subject)
        for line in await books.read(list_audit)
        if line[2].act == "add_price"
    ]
    assert sorted(lines) == sorted(
        (f"program:{one}", f"price:{price_id}") for one in (street.program_id, other)
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_each_list_is_told_newest_first(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(write, street)

    lists = await books.read(list_by_tariff)

    news = lists[Tariff.KAKAO_EVENT, MessageKind.ADVERTISEMENT, False]
    assert [price.net_jeon for price in news] == [2_000, 1_500]
    targeted = lists[Tariff.CHANNEL_MESSAGE, MessageKind.ADVERTISEMENT, True]
    assert [price.unit_jeon for price in targeted] == [2_200]
