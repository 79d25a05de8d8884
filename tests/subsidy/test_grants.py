"""Grants of free cash (F1-F4): inert, started once, burned in order."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

import pytest

from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon, won
from domain.people import AccountId, GrantId, ShopId
from domain.refusals import Conflict, Invalid, NotFound, OverBudget
from domain.subsidy import AccountKind, GrantState, Phase, TransferCode, burn_order
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.grants import list_lots
from storage.queries.ledger import get_program_account
from storage.vault import Vault
from subsidy.ending import lapse_grants
from subsidy.grants import GrantView, list_grants, start_grant
from subsidy.holding import pays_for
from subsidy.ledger import Move, transfer
from subsidy.money import program_money, shop_money
from subsidy.offering import Offer, offer_grant
from tests.factories import (
    EARLIER,
    MANAGER,
    OWNER,
    Street,
    change,
    make_grant,
    make_program,
    make_shop,
    make_street,
    rows,
)

PAYS = pays_for(SenderName.KAKAO_EVENT, MessageKind.ADVERTISEMENT)
START_BY = EARLIER + timedelta(days=7)
EXPIRES = EARLIER + timedelta(days=30)
LATER = EARLIER + timedelta(days=1)
BEFORE_EXPIRY = EXPIRES - timedelta(microseconds=1)


def lots(tx: Tx, shop_id: ShopId, at: datetime) -> list[AccountId]:
    return [lot.account_id for lot in burn_order(list_lots(tx, shop_id, PAYS, at))]


def only_grant(tx: Tx, shop_id: ShopId, at: datetime) -> GrantView:
    (grant,) = list_grants(tx, shop_id, at)
    return grant


def account_of(tx: Tx, grant_id: GrantId) -> AccountId:
    found = rows(tx, 'SELECT account_id FROM "grant" WHERE id = :id', id=grant_id)
    return AccountId(found[0][0])


def hold_some(tx: Tx, street: Street, grant_id: GrantId, amount: int, at: datetime) -> Move:
    move = Move(
        key="hold",
        code=TransferCode.MESSAGE,
        phase=Phase.HOLD,
        debit=account_of(tx, grant_id),
        credit=get_program_account(tx, street.program_id, AccountKind.SPENT),
        amount_jeon=Jeon(amount),
    )
    transfer(tx, [move], happened_at=at, recorded_at=at)
    return move


async def test_a_grant_pays_nothing_until_its_owner_starts_it(books: Books) -> None:
    """F1."""
    street = await books.write(make_street, grant_won=0)

    await books.write(make_grant, street.program_id, street.shop_id, is_started=False)

    assert await books.read(lots, street.shop_id, LATER) == []


async def test_a_started_grant_pays(books: Books) -> None:
    """F1."""
    street = await books.write(make_street, grant_won=0)

    await books.write(make_grant, street.program_id, street.shop_id, is_started=True)

    assert len(await books.read(lots, street.shop_id, LATER)) == 1


async def test_starting_again_keeps_the_first_date(books: Books) -> None:
    """F4."""
    street = await books.write(make_street, grant_won=0)
    grant_id = await books.write(make_grant, street.program_id, street.shop_id)

    await books.write(start_grant, street.shop_id, grant_id, actor=OWNER, at=LATER)

    assert (await books.read(only_grant, street.shop_id, LATER)).started_at == EARLIER


async def test_a_grant_is_not_started_at_its_last_instant_or_later(books: Books) -> None:
    """F2."""
    street = await books.write(make_street, grant_won=0)
    grant_id = await books.write(make_grant, street.program_id, street.shop_id, is_started=False)

    with pytest.raises(Conflict):
        await books.write(start_grant, street.shop_id, grant_id, actor=OWNER, at=START_BY)


async def test_a_grant_is_started_just_before_its_last_instant(books: Books) -> None:
    """F2."""
    street = await books.write(make_street, grant_won=0)
    grant_id = await books.write(make_grant, street.program_id, street.shop_id, is_started=False)
    at = START_BY - timedelta(microseconds=1)

    await books.write(start_grant, street.shop_id, grant_id, actor=OWNER, at=at)

    assert (await books.read(only_grant, street.shop_id, at)).state is GrantState.STARTED


async def test_another_shops_grant_is_not_found(books: Books) -> None:
    street = await books.write(make_street)
    other = await books.write(make_shop, street.market_id, street.channel_id, slug="other")
    (grant,) = await books.read(list_grants, street.shop_id, LATER)

    with pytest.raises(NotFound):
        await books.write(start_grant, other, grant.grant_id, actor=OWNER, at=LATER)


async def test_the_grant_that_expires_first_burns_first(books: Books) -> None:
    """F3."""
    street = await books.write(make_street, grant_won=0)
    late, soon = [
        await books.write(
            make_grant,
            street.program_id,
            street.shop_id,
            form_key=f"grant-{days}",
            expires_at=EARLIER + timedelta(days=days),
        )
        for days in (60, 20)
    ]

    order = await books.read(lots, street.shop_id, LATER)

    assert order == [await books.read(account_of, soon), await books.read(account_of, late)]


async def test_a_grant_pays_until_its_last_instant_and_not_at_it(books: Books) -> None:
    """F2."""
    street = await books.write(make_street)

    assert len(await books.read(lots, street.shop_id, BEFORE_EXPIRY)) == 1
    assert await books.read(lots, street.shop_id, EXPIRES) == []


async def test_pressing_offer_twice_gives_one_grant(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)

    ids = [
        await books.write(make_grant, street.program_id, street.shop_id, is_started=False)
        for _ in range(2)
    ]

    assert ids[0] == ids[1]
    assert len(await books.read(list_grants, street.shop_id, LATER)) == 1


async def test_a_changed_offer_of_the_same_form_is_another_grant(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    other = await books.write(make_shop, street.market_id, street.channel_id, slug="other")

    async def offer(shop_id: ShopId, amount_won: int, days: int) -> GrantId:
        until = EARLIER + timedelta(days=days)
        make = partial(make_grant, amount_won=amount_won, expires_at=until, form_key="f" * 200)
        return await books.write(make, street.program_id, shop_id)

    forms = [(street.shop_id, 1, 9), (street.shop_id, 2, 9), (street.shop_id, 1, 8), (other, 1, 9)]
    ids = [await offer(*form) for form in forms * 2]

    assert ids[:4] == ids[4:]
    assert len(set(ids)) == len(forms)


async def test_two_offers_of_one_form_at_once_give_one_grant(
    books: Books, database_url: str, vault: Vault
) -> None:
    street = await books.write(make_street, grant_won=0)
    async with open_books(database_url, vault) as other:
        desks = [books, other if database_url.startswith("postgresql") else books]
        offers = [
            desks[number % 2].write(make_grant, street.program_id, street.shop_id, is_started=False)
            for number in range(6)
        ]
        ids = await asyncio.gather(*offers)

    assert len(set(ids)) == 1
    assert len(await books.read(list_grants, street.shop_id, LATER)) == 1


async def test_an_offer_over_the_programs_budget_writes_nothing(books: Books) -> None:
    street = await books.write(make_street, budget_won=1_000, grant_won=0)

    with pytest.raises(OverBudget):
        await books.write(
            make_grant, street.program_id, street.shop_id, amount_won=1_000.5, is_started=False
        )

    assert await books.read(list_grants, street.shop_id, LATER) == []
    assert (await books.read(program_money, street.program_id)).left_jeon == won(1_000)


async def test_a_whole_budget_may_be_granted(books: Books) -> None:
    street = await books.write(make_street, budget_won=1_000, grant_won=1_000)

    assert (await books.read(only_grant, street.shop_id, LATER)).left_jeon == won(1_000)


async def test_a_shop_of_another_program_is_not_found(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    other = await books.write(make_program, name="다른 프로그램")

    with pytest.raises(NotFound):
        await books.write(make_grant, other, street.shop_id)


@pytest.mark.parametrize(
    ("amount_won", "start_by", "expires_at", "field"),
    [
        (0, START_BY, EXPIRES, "amount"),
        (-1, START_BY, EXPIRES, "amount"),
        (1, EARLIER, EXPIRES, "start_by"),
        (1, START_BY, START_BY - timedelta(seconds=1), "expires_at"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_an_impossible_offer_is_refused_beside_its_field(
    books: Books, amount_won: int, start_by: datetime, expires_at: datetime, field: str
) -> None:
    street = await books.write(make_street, grant_won=0)

    with pytest.raises(Invalid) as refusal:
        await books.write(
            offer_grant,
            street.program_id,
            street.shop_id,
            Offer(amount_jeon=won(amount_won), start_by=start_by, expires_at=expires_at),
            form_key="grant-1",
            actor=MANAGER,
            at=EARLIER,
        )

    assert list(refusal.value.fields) == [field]


async def test_a_grant_pays_only_what_its_terms_name(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(change, "UPDATE \"grant\" SET pays = 'solapi:advertisement'")

    assert await books.read(lots, street.shop_id, LATER) == []


@pytest.mark.parametrize(
    "at", [EARLIER, LATER, BEFORE_EXPIRY, EXPIRES, EXPIRES + timedelta(days=1)]
)
@pytest.mark.parametrize("lapses", [False, True])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_a_shop_was_granted_is_always_somewhere(
    books: Books, at: datetime, lapses: bool
) -> None:
    """Also in the moments between a grant's end and the worker's next look."""
    street = await books.write(make_street, grant_won=100)
    (grant,) = await books.read(list_grants, street.shop_id, LATER)
    await books.write(hold_some, street, grant.grant_id, 4_000, EARLIER)
    if lapses:
        await books.write_batch(lapse_grants, at)

    money = await books.read(shop_money, street.shop_id, at)

    gone = money.held_jeon + money.spent_jeon + money.lapsed_jeon
    assert money.granted_jeon == gone + money.offered_jeon + money.left_jeon
