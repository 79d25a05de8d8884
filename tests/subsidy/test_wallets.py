"""A shop's own money: top-ups and refunds recorded, three states, never more than agreed (F5, F6)."""

from datetime import timedelta
from functools import partial

import pytest

from domain.money import Jeon, won
from domain.people import ShopId
from domain.refusals import Conflict, Invalid, NotFound, OverBudget
from domain.subsidy import WalletState
from storage.books import Books
from storage.desk import Tx
from storage.errors import ConstraintBroken
from storage.queries.wallets import WalletView
from subsidy.holding import Charge, settle_money, spendable
from subsidy.wallets import change_wallet, open_wallet, refund, top_up
from tests.factories import EARLIER, MANAGER, OWNER, Street, change, make_street, rows
from tests.subsidy.booked import hold_run

LATER = EARLIER + timedelta(days=1)
FREE_WON, OWN_WON = 100, 20_000
IN_USE, STOPPED, SUSPENDED = WalletState.IN_USE, WalletState.STOPPED, WalletState.SUSPENDED


def pay_in(tx: Tx, shop_id: ShopId, amount_won: float = OWN_WON, key: str = "in") -> WalletView:
    return top_up(
        tx, shop_id, won(amount_won), reference="20261101-1", form_key=key, actor=MANAGER, at=LATER
    )


def pay_out(tx: Tx, shop_id: ShopId, amount_won: float, key: str = "out") -> WalletView:
    return refund(
        tx, shop_id, won(amount_won), reference="20261102-1", form_key=key, actor=MANAGER, at=LATER
    )


def turn(tx: Tx, shop_id: ShopId, new: WalletState, *, is_owner: bool = True) -> WalletView:
    actor = OWNER if is_owner else MANAGER
    return change_wallet(tx, shop_id, new, is_owner=is_owner, actor=actor, at=LATER)


async def make_paid_street(books: Books) -> Street:
    street = await books.write(make_street, grant_won=FREE_WON)
    await books.write(pay_in, street.shop_id)
    return street


def open_wallet_of(tx: Tx, shop_id: ShopId) -> WalletView:
    return open_wallet(tx, shop_id, actor=OWNER, at=LATER)


async def test_the_same_payment_form_counts_once(books: Books) -> None:
    street = await make_paid_street(books)

    again = await books.write(pay_in, street.shop_id)
    other = await books.write(pay_in, street.shop_id, key="another")

    assert (again.left_jeon, other.left_jeon) == (won(OWN_WON), won(2 * OWN_WON))


async def test_the_same_form_saying_something_else_is_another_payment(books: Books) -> None:
    """Back, another amount or number, press: nothing is said to be recorded that is not."""
    street = await make_paid_street(books)

    await books.write(pay_in, street.shop_id, 15_000)
    await books.write(
        top_up,
        street.shop_id,
        won(10_000),
        reference="20261101-2",
        form_key="in",
        actor=MANAGER,
        at=LATER,
    )
    await books.write(pay_out, street.shop_id, 1_000)
    after = await books.write(pay_out, street.shop_id, 2_000)

    assert after.left_jeon == won(OWN_WON + 15_000 + 10_000 - 3_000)


@pytest.mark.parametrize(
    "reference", ["", "김보람", "KB KIM 1", "KIM-BORAM", "010-1234-5678", "1" * 41, "１２３"]
)
async def test_only_a_banks_number_enters_the_ledger(books: Books, reference: str) -> None:
    """A bank's line is the payer's name, and nothing of the ledger is ever erased."""
    street = await make_paid_street(books)
    for record in (top_up, refund):
        with pytest.raises(Invalid) as refusal:
            await books.write(
                record,
                street.shop_id,
                won(10_000),
                reference=reference,
                form_key="other",
                actor=MANAGER,
                at=LATER,
            )
        assert list(refusal.value.fields) == ["reference"]


@pytest.mark.parametrize("amount_won", [9_999.5, 0, -1])
async def test_less_than_ten_thousand_won_is_refused(books: Books, amount_won: float) -> None:
    """F5."""
    street = await books.write(make_street, grant_won=FREE_WON)

    with pytest.raises(Invalid) as refusal:
        await books.write(pay_in, street.shop_id, amount_won)

    assert list(refusal.value.fields) == ["amount"]


async def test_only_what_is_free_is_paid_back(books: Books) -> None:
    street = await make_paid_street(books)
    run = partial(hold_run, sizes=[10], at=LATER, own_max_jeon=won(1_000))
    await books.write(run, street.program_id, street.shop_id)
    free_won = OWN_WON - (165 - FREE_WON)

    with pytest.raises(OverBudget):
        await books.write(pay_out, street.shop_id, free_won + 0.5)
    after = await books.write(pay_out, street.shop_id, free_won)

    assert (after.left_jeon, after.held_jeon) == (0, won(165 - FREE_WON))


async def test_a_shop_that_never_paid_in_gets_nothing_back(books: Books) -> None:
    street = await books.write(make_street, grant_won=FREE_WON)

    with pytest.raises(NotFound):
        await books.write(pay_out, street.shop_id, 1)


@pytest.mark.parametrize(
    ("state", "may_spend", "may_pay_in"),
    [(IN_USE, True, True), (STOPPED, False, True), (SUSPENDED, False, False)],
)
async def test_what_each_state_allows(
    books: Books, state: WalletState, may_spend: bool, may_pay_in: bool
) -> None:
    """F6: money goes back in every state."""
    street = await make_paid_street(books)
    await books.write(turn, street.shop_id, state, is_owner=False)
    run = partial(hold_run, sizes=[10], at=LATER, own_max_jeon=won(1_000))

    assert bool(await books.read(spendable, street.shop_id)) is may_spend
    if may_spend:
        await books.write(run, street.program_id, street.shop_id)
    else:
        with pytest.raises(OverBudget):
            await books.write(run, street.program_id, street.shop_id)
    if may_pay_in:
        await books.write(pay_in, street.shop_id, key="more")
    else:
        with pytest.raises(Conflict):
            await books.write(pay_in, street.shop_id, key="more")
    await books.write(pay_out, street.shop_id, 1_000)


async def test_a_stopped_wallet_still_pays_what_it_had_promised(books: Books) -> None:
    street = await make_paid_street(books)
    run = partial(hold_run, sizes=[10], at=LATER, own_max_jeon=won(1_000))
    (chunk_id,) = await books.write(run, street.program_id, street.shop_id)
    await books.write(turn, street.shop_id, STOPPED)

    await books.write(settle_money, [Charge(chunk_id, won(165), has_left=True)], LATER)

    wallet = await books.write(open_wallet_of, street.shop_id)
    assert (wallet.left_jeon, wallet.held_jeon) == (won(OWN_WON - 65), 0)


@pytest.mark.parametrize(("old", "new"), [(IN_USE, SUSPENDED), (SUSPENDED, IN_USE)])
async def test_an_owner_neither_suspends_nor_ends_it(
    books: Books, old: WalletState, new: WalletState
) -> None:
    street = await make_paid_street(books)
    await books.write(turn, street.shop_id, old, is_owner=False)

    with pytest.raises(Conflict):
        await books.write(turn, street.shop_id, new)
    wallet = await books.write(turn, street.shop_id, new, is_owner=False)

    assert wallet.state is new


async def test_changing_to_what_it_is_writes_no_line(books: Books) -> None:
    street = await make_paid_street(books)
    for _ in range(2):
        await books.write(turn, street.shop_id, STOPPED)

    lines = await books.read(rows, "SELECT details FROM audit_line WHERE act = 'change_wallet'")

    assert lines == [("state=stopped",)]


@pytest.mark.parametrize("agreed_won", [0, 64.99, 65, 1_000])
async def test_own_money_never_pays_beyond_what_the_owner_agreed_to(
    books: Books, agreed_won: float
) -> None:
    """Ten people cost 165 won, the grant has 100."""
    street = await make_paid_street(books)
    run = partial(hold_run, sizes=[10], at=LATER, own_max_jeon=Jeon(round(agreed_won * 100)))

    if agreed_won < 65:
        with pytest.raises(OverBudget):
            await books.write(run, street.program_id, street.shop_id)
    else:
        await books.write(run, street.program_id, street.shop_id)

    wallet = await books.write(open_wallet_of, street.shop_id)
    assert wallet.held_jeon == (won(65) if agreed_won >= 65 else 0)


async def test_a_shops_own_money_is_not_the_programs(books: Books) -> None:
    """What it bought stands apart, and what was not needed goes back to the wallet (I10)."""
    street = await make_paid_street(books)
    run = partial(hold_run, sizes=[10], at=LATER, own_max_jeon=won(1_000))
    (chunk_id,) = await books.write(run, street.program_id, street.shop_id)

    await books.write(settle_money, [Charge(chunk_id, won(132), has_left=True)], LATER)

    bought = "SELECT kind, credits_posted FROM account WHERE kind IN ('spent', 'own_spent')"
    assert dict(await books.read(rows, bought)) == {"spent": won(100), "own_spent": won(32)}
    wallet = await books.write(open_wallet_of, street.shop_id)
    assert wallet.left_jeon == won(OWN_WON - 32)


async def test_the_database_itself_refuses_an_overdrawn_wallet(books: Books) -> None:
    """I2, should the code ever be bypassed."""
    await make_paid_street(books)

    sql = "UPDATE account SET debits_posted = credits_posted + 1 WHERE kind = 'wallet'"
    with pytest.raises(ConstraintBroken, match="not_overdrawn"):
        await books.write(change, sql)
