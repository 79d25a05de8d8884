"""Many at once on PostgreSQL: sixteen connections, four processes, one grant (I1-I3, I10)."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import pytest

from campaigns.invariants import CHECKS
from domain.money import won
from domain.people import ChunkId, GrantId, ProposalId, ShopId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.desk import Tx
from storage.queries.grants import find_grant, list_grants
from storage.queries.ledger import get_program_account
from subsidy.clawing import Quiet, claw_back, look_for_quiet, propose_claw_back, undo_claw_back
from subsidy.ending import lapse_grants
from subsidy.grants import start_pot
from subsidy.holding import Charge, settle_money
from subsidy.ledger import Move, transfer
from subsidy.offering import Offer, open_pot
from tests.factories import EARLIER, MANAGER, Street, make_grant, make_shop, make_street, rows
from tests.sitting import Sitting
from tests.subsidy.booked import hold_run
from tests.subsidy.desks import NOW, Desk, make_desk
from tests.subsidy.hands import HANDS, PROCESSES, Hand, all_at_once, hold_in_processes

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

LATER = EARLIER + timedelta(days=1)
EXPIRES = EARLIER + timedelta(days=30)
ONE_WON = 17
"""What a hold for one person takes: 16.5 won, rounded up."""

PLACES = 11
CHECKED = ("I1", "I2", "I3", "I10")


@pytest.fixture
def sitting(database_url: str) -> Iterator[Sitting]:
    with closing(Sitting(database_url)) as opened:
        yield opened
        broken = [line for name in CHECKED for line in opened.write(CHECKS[name])]
        assert broken == []


def hold_one(hand: Hand, street: Street, at: datetime = LATER) -> object:
    return hand.patiently(hold_run, street.program_id, street.shop_id, [1], at)


def count(found: list[object], kind: type) -> int:
    return sum(isinstance(one, kind) for one in found)


def test_holds_on_one_hot_grant_are_exactly_as_many_as_it_has(
    database_url: str, sitting: Sitting
) -> None:
    """I2: with 32 tries of sixteen connections for eleven places."""
    street = sitting.write(make_street, grant_won=PLACES * ONE_WON + 16)

    def twice(hand: Hand) -> list[object]:
        return [hold_one(hand, street), hold_one(hand, street)]

    tries = list(chain.from_iterable(all_at_once(database_url, [twice] * HANDS)))

    assert count(tries, list) == PLACES
    assert {one for one in tries if isinstance(one, str)} <= {"short", "overdrawn"}
    (grant,) = sitting.write(list_grants, street.shop_id)
    assert (grant.left_jeon, grant.debits_pending) == (won(16), won(PLACES * ONE_WON))


def test_holds_of_four_processes_are_exactly_as_many_as_the_grant_has(
    database_url: str, sitting: Sitting
) -> None:
    street = sitting.write(make_street, grant_won=PLACES * PROCESSES * ONE_WON)

    held = hold_in_processes(database_url, street.program_id, street.shop_id, PLACES * 2, LATER)

    assert sum(held) == PLACES * PROCESSES
    (grant,) = sitting.write(list_grants, street.shop_id)
    assert (grant.left_jeon, grant.debits_pending) == (0, grant.amount_jeon)


def test_a_shops_cap_of_a_pot_holds_under_sixteen_hands(
    database_url: str, sitting: Sitting
) -> None:
    """Two shops, each up to five people, from a pot that would be enough for all tries."""
    street = sitting.write(make_street, grant_won=0)
    other = sitting.write(make_shop, street.market_id, street.channel_id, slug="other")
    pot_id = sitting.write(make_pot, street, amount_won=10_000, cap_won=5 * ONE_WON)
    shops = [street.shop_id, other] * (HANDS // 2)

    tries = all_at_once(database_url, [partial(hold_for, street, one) for one in shops])

    assert count(tries, list) == 10
    assert {one for one in tries if isinstance(one, str)} <= {"short", "over_cap"}
    used = sitting.write(rows, "SELECT used_jeon, cap_jeon FROM pot_share ORDER BY shop_id")
    assert used == [(won(5 * ONE_WON),) * 2] * 2
    pot = sitting.write(find_grant, pot_id)
    assert pot is not None
    assert pot.left_jeon == won(10_000 - 10 * ONE_WON)


def hold_for(street: Street, shop_id: ShopId, hand: Hand) -> object:
    return hand.patiently(hold_run, street.program_id, shop_id, [1], LATER)


def make_pot(tx: Tx, street: Street, *, amount_won: int, cap_won: int) -> GrantId:
    offer = Offer(
        amount_jeon=won(amount_won),
        start_by=LATER,
        expires_at=EXPIRES,
        shop_cap_jeon=won(cap_won),
    )
    pot_id = open_pot(
        tx,
        street.program_id,
        street.market_id,
        offer,
        form_key="pot",
        actor=MANAGER,
        at=EARLIER,
    )
    start_pot(tx, street.market_id, pot_id, actor=MANAGER, at=EARLIER)
    return pot_id


def test_one_key_a_hundred_times_at_once_moves_money_once(
    database_url: str, sitting: Sitting
) -> None:
    street = sitting.write(make_street, grant_won=100)
    (grant,) = sitting.write(list_grants, street.shop_id)
    spent = sitting.write(get_program_account, street.program_id, AccountKind.SPENT)
    move = Move(
        key="once",
        code=TransferCode.MESSAGE,
        phase=Phase.SINGLE,
        debit=grant.account_id,
        credit=spent,
        amount_jeon=won(60),
    )

    def press(hand: Hand) -> list[object]:
        put = partial(transfer, moves=[move], happened_at=LATER, recorded_at=LATER)
        return [hand.patiently(put) for _ in range(5)]

    pressed = list(chain.from_iterable(all_at_once(database_url, [press] * 20)))

    assert sorted(pressed, key=str) == [0] * 99 + [1]
    (after,) = sitting.write(list_grants, street.shop_id)
    assert after.left_jeon == won(40)


def test_a_sweep_and_the_settling_of_many_chunks_lose_nothing(
    database_url: str, sitting: Sitting
) -> None:
    """At the grant's end: half of every chunk is posted, whatever the sweeps do meanwhile."""
    street = sitting.write(make_street, grant_won=0)
    for number in range(3):
        sitting.write(
            make_grant,
            street.program_id,
            street.shop_id,
            amount_won=1_000,
            form_key=f"grant-{number}",
        )
    chunks = sitting.write(
        hold_run, street.program_id, street.shop_id, [10] * HANDS, EXPIRES - timedelta(hours=1)
    )

    def settle(chunk_id: ChunkId, hand: Hand) -> None:
        charges = [Charge(chunk_id, won(83), has_left=True)]
        assert hand.patiently(settle_money, charges, EXPIRES) is None

    def sweep(hand: Hand) -> None:
        for _ in range(5):
            assert isinstance(hand.patiently(lapse_grants, EXPIRES), int)

    acts: list[Callable[[Hand], None]] = [partial(settle, one) for one in chunks]
    all_at_once(database_url, [*acts, *[sweep] * 4])
    sitting.write(lapse_grants, EXPIRES)

    grants = sitting.write(list_grants, street.shop_id)
    assert [one.left_jeon + one.debits_pending for one in grants] == [0, 0, 0]
    assert sum(one.spent_jeon for one in grants) == won(83 * HANDS)
    assert sum(one.lapsed_jeon for one in grants) == won(3_000 - 83 * HANDS)


def test_two_managers_call_back_the_same_money_once(database_url: str, sitting: Sitting) -> None:
    """Two proposals about the same grants and one approved by two, while news are booked."""
    desk = sitting.write(make_desk, shops=5, grant_won=1_000)
    proposals = [sitting.write(propose_all, desk, f"form-{number}") for number in range(2)]
    at = NOW + timedelta(minutes=1)

    def approve(proposal_id: ProposalId, hand: Hand) -> object:
        return hand.patiently(claw_back, desk.second, proposal_id, at)

    def book(shop_id: ShopId, hand: Hand) -> object:
        return hand.patiently(hold_run, desk.program_id, shop_id, [1], at)

    approvals = [partial(approve, proposals[number % 2]) for number in range(HANDS - 5)]
    bookings = [partial(book, shop_id) for shop_id in desk.shops]
    found = all_at_once(database_url, [*approvals, *bookings])

    assert found[: HANDS - 5] == [None] * (HANDS - 5)
    held = count(found[HANDS - 5 :], list)
    assert sitting.write(budget_and_held, desk) == (
        won(1_000_000 - held * ONE_WON) - sitting.write(still_free, desk),
        won(held * ONE_WON),
    )


def test_an_undo_pressed_by_many_gives_back_once(database_url: str, sitting: Sitting) -> None:
    desk = sitting.write(make_desk, shops=4, grant_won=1_000)
    proposal_id = sitting.write(propose_all, desk, "form")
    sitting.write(claw_back, desk.second, proposal_id, NOW)
    at = NOW + timedelta(minutes=1)

    def undo(hand: Hand) -> object:
        return hand.patiently(undo_claw_back, desk.maker, proposal_id, at)

    assert all_at_once(database_url, [undo] * HANDS) == [None] * HANDS
    assert sitting.write(still_free, desk) == won(4_000)


def propose_all(tx: Tx, desk: Desk, form_key: str) -> ProposalId:
    quiet = Quiet(days=14)
    ids = [one.grant_id for one in look_for_quiet(tx, desk.maker, quiet, NOW)]
    return propose_claw_back(tx, desk.maker, quiet, ids, form_key=form_key, at=NOW)


def budget_and_held(tx: Tx, desk: Desk) -> tuple[int, int]:
    account = get_program_account(tx, desk.program_id, AccountKind.PROGRAM)
    budget = rows(
        tx, "SELECT credits_posted - debits_posted FROM account WHERE id = :id", id=account
    )
    grants = [row for shop_id in desk.shops for row in list_grants(tx, shop_id)]
    return budget[0][0], sum(row.debits_pending for row in grants)


def still_free(tx: Tx, desk: Desk) -> int:
    return sum(row.left_jeon for shop_id in desk.shops for row in list_grants(tx, shop_id))
