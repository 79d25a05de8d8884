"""Which money pays a broadcast, with VAT and without (F3, F8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.campaigns import MessageKind
from domain.money import Jeon, Price, Tariff, cost_jeon
from domain.people import AccountId, GrantId
from domain.subsidy import Lot, Payment, VatRule, chunk_sizes, keep_back, pay, plan_holds
from tests.factories import EARLIER

CHUNK = 100
PRICE = Price(
    price_id=1,
    tariff=Tariff.KAKAO_EVENT,
    kind=MessageKind.ADVERTISEMENT,
    is_targeted=False,
    net_jeon=Jeon(1_500),
    vat_percent=10,
    rounds_to_jeon=100,
    valid_from=EARLIER,
)
GROSS, NET = VatRule.WITH_VAT, VatRule.WITHOUT_VAT


def make_lot(number: int, left: int, rule: VatRule = GROSS, *, is_own: bool = False) -> Lot:
    """A lower number burns first."""
    return Lot(
        account_id=AccountId(number),
        grant_id=None if is_own else GrantId(number),
        expires_at=None,
        left_jeon=Jeon(left),
        vat_rule=rule,
        is_own=is_own,
    )


def drawn(paid: Payment) -> dict[int, int]:
    """What each account really pays."""
    sizes = chunk_sizes(paid.people, CHUNK)
    found: dict[int, int] = {}
    for part in plan_holds(paid.lots, paid.unit_jeon, sizes, PRICE.rounds_to_jeon):
        found[part.account_id] = found.get(part.account_id, 0) + part.amount_jeon
    return found


@pytest.mark.parametrize(
    ("lots", "unit", "accounts"),
    [
        ([make_lot(1, 20_000)], 1_650, {1: 16_500}),
        ([make_lot(1, 20_000, NET)], 1_500, {1: 15_000}),
        ([make_lot(1, 15_000, NET), make_lot(2, 20_000)], 1_500, {1: 15_000}),
        ([make_lot(1, 20_000), make_lot(2, 15_000, NET)], 1_500, {2: 15_000}),
        ([make_lot(1, 14_999, NET), make_lot(2, 20_000)], 1_650, {1: 14_999, 2: 1_501}),
        ([make_lot(1, 20_000), make_lot(2, 20_000, NET)], 1_500, {2: 15_000}),
        ([make_lot(1, 9_000, NET), make_lot(2, 6_000, NET)], 1_500, {1: 9_000, 2: 6_000}),
        ([make_lot(1, 15_000, NET), make_lot(2, 99_999, is_own=True)], 1_500, {1: 15_000}),
        ([make_lot(1, 9_000, NET), make_lot(2, 99_999, is_own=True)], 1_650, {1: 9_000, 2: 7_500}),
    ],
)
def test_ten_people_are_paid_at_one_price(
    lots: list[Lot], unit: int, accounts: dict[int, int]
) -> None:
    """F8: at the net price only cash pays that is drawn without VAT, and only when it is enough."""
    paid = pay(lots, PRICE, 10, CHUNK)

    assert (paid.people, paid.unit_jeon) == (10, unit)
    assert drawn(paid) == accounts
    assert paid.cost_jeon == paid.free_jeon + paid.own_jeon == sum(accounts.values())


MANY_LOTS = st.lists(
    st.tuples(st.integers(0, 400_000), st.sampled_from([GROSS, NET]), st.booleans()),
    max_size=4,
)


@given(found=MANY_LOTS, people=st.integers(1, 250))
def test_what_is_promised_can_be_held(found: list[tuple[int, VatRule, bool]], people: int) -> None:
    """As many as the money reaches, and not one more of those who asked."""
    lots = [
        make_lot(number, left, rule, is_own=is_own)
        for number, (left, rule, is_own) in enumerate(found, 1)
    ]

    paid = pay(lots, PRICE, people, CHUNK)

    held = drawn(paid)
    assert sum(held.values()) == paid.held_jeon >= paid.cost_jeon
    assert all(held[lot.account_id] <= lot.left_jeon for lot in lots if lot.account_id in held)
    if paid.unit_jeon == PRICE.net_jeon:
        assert {lot.vat_rule for lot in lots if lot.account_id in held} <= {NET}
    if paid.people < people:
        one_more = [cost_jeon(1_650, size) for size in chunk_sizes(paid.people + 1, CHUNK)]
        assert sum(one_more) > sum(lot.left_jeon for lot in lots)


def test_cash_without_vat_stays_without_it_when_it_is_short() -> None:
    """F8: the terms say so; at the price with VAT it would reach fewer."""
    paid = pay([make_lot(1, 14_999, NET)], PRICE, 10, CHUNK)

    assert (paid.people, paid.unit_jeon) == (9, 1_500)


def test_what_is_promised_to_others_is_kept_back_in_burn_order() -> None:
    lots = [make_lot(3, 500, is_own=True), make_lot(1, 300), make_lot(2, 400)]

    assert [(lot.account_id, lot.left_jeon) for lot in keep_back(lots, 450)] == [
        (1, 0),
        (2, 250),
        (3, 500),
    ]
