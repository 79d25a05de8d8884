"""What a shop, a market and a program have been given, hold, spent and have left."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.money import Jeon
from domain.people import MarketId, ProgramId, ShopId
from domain.subsidy import AccountKind, GrantState, TransferCode
from storage.desk import Tx
from storage.queries.grants import BOUGHT, list_lots
from storage.queries.ledger import sum_by_kind
from storage.queries.overview import EVERYTHING, ShopCounts, Sought, list_shop_counts
from storage.queries.shops_money import (
    NO_TOTALS,
    list_grants_of,
    list_own_money,
    list_paid_for,
    sum_called_back,
    sum_given,
    sum_market,
    sum_market_gone,
)
from storage.queries.wallets import find_wallet
from subsidy.grants import GrantView, list_grants, view_grant

GRANTING = (AccountKind.GRANT, AccountKind.POT)
ELSEWHERE = (TransferCode.CLAW_BACK, TransferCode.RESTORE, TransferCode.MOVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantMoney:
    """Granted = offered + held + spent + lapsed + elsewhere + left: what is not started cannot
    pay (F1).
    """

    granted_jeon: Jeon
    offered_jeon: Jeon
    held_jeon: Jeon
    spent_jeon: Jeon
    lapsed_jeon: Jeon
    elsewhere_jeon: Jeon
    left_jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class Money(GrantMoney):
    """`own_left_jeon` is the shop's own money, `pot_left_jeon` what it may still use of its
    market's pots; neither is part of what it was granted.
    """

    pot_left_jeon: Jeon
    own_left_jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramMoney:
    """Budget = left + held + spent + lapsed; left includes what may still be granted
    (`grantable`), what stands in the markets' pots, and what is set aside for the program's own
    messages (`operating`; `told` is what these cost). Of what was granted, `elsewhere_jeon` was
    called back into the budget. The shops' own money is no part of it.
    """

    budget_jeon: Jeon
    granted_jeon: Jeon
    elsewhere_jeon: Jeon
    grantable_jeon: Jeon
    held_jeon: Jeon
    spent_jeon: Jeon
    lapsed_jeon: Jeon
    left_jeon: Jeon
    pot_left_jeon: Jeon
    operating_jeon: Jeon
    told_jeon: Jeon
    own_left_jeon: Jeon
    own_spent_jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketMoney:
    """Granted = left + held + spent + lapsed + elsewhere: out of the budget to the market's shops
    and pots; left includes what is not started. `elsewhere_jeon` was called back, or moved to
    another market's shop. The shops' own money is no part of it.
    """

    granted_jeon: Jeon
    held_jeon: Jeon
    spent_jeon: Jeon
    lapsed_jeon: Jeon
    elsewhere_jeon: Jeon
    left_jeon: Jeon
    pot_left_jeon: Jeon
    own_left_jeon: Jeon
    own_spent_jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopLine:
    """A shop with its own grants' money; what its market's pots paid for it stands apart."""

    counts: ShopCounts
    money: GrantMoney
    pot_spent_jeon: Jeon
    own_left_jeon: Jeon


def shop_money(tx: Tx, shop_id: ShopId, at: datetime) -> Money:
    grants = sum_grants(list_grants(tx, shop_id, at))
    wallet = find_wallet(tx, shop_id)
    pots = [lot.left_jeon for lot in list_lots(tx, shop_id, None, at) if lot.is_pot]
    return Money(
        granted_jeon=grants.granted_jeon,
        offered_jeon=grants.offered_jeon,
        held_jeon=grants.held_jeon,
        spent_jeon=grants.spent_jeon,
        lapsed_jeon=grants.lapsed_jeon,
        elsewhere_jeon=grants.elsewhere_jeon,
        left_jeon=grants.left_jeon,
        pot_left_jeon=Jeon(sum(max(one, 0) for one in pots)),
        own_left_jeon=wallet.left_jeon if wallet else Jeon(0),
    )


def sum_grants(grants: Sequence[GrantView]) -> GrantMoney:
    return GrantMoney(
        granted_jeon=Jeon(sum(grant.amount_jeon for grant in grants)),
        offered_jeon=_left(grants, GrantState.OFFERED),
        held_jeon=Jeon(sum(grant.held_jeon for grant in grants)),
        spent_jeon=Jeon(sum(grant.spent_jeon for grant in grants)),
        lapsed_jeon=Jeon(sum(grant.lapsed_jeon for grant in grants)),
        elsewhere_jeon=Jeon(sum(grant.elsewhere_jeon for grant in grants)),
        left_jeon=Jeon(_left(grants, GrantState.STARTED) + _left(grants, GrantState.EXPIRED)),
    )


def _left(grants: Sequence[GrantView], state: GrantState) -> Jeon:
    return Jeon(sum(grant.left_jeon for grant in grants if grant.state is state))


def list_shop_lines(
    tx: Tx, program_id: ProgramId, sought: Sought = EVERYTHING, *, page: int = 1, at: datetime
) -> list[ShopLine]:
    """One page of a program's shops with their money, in a few statements whatever their number."""
    counts = list_shop_counts(tx, program_id, sought, page=page)
    shop_ids = [one.shop_id for one in counts]
    grants = list_grants_of(tx, shop_ids)
    own, paid = list_own_money(tx, shop_ids), list_paid_for(tx, shop_ids)
    return [
        ShopLine(
            counts=one,
            money=sum_grants([view_grant(row, at) for row in grants.get(one.shop_id, [])]),
            pot_spent_jeon=paid.get((one.shop_id, AccountKind.POT), Jeon(0)),
            own_left_jeon=own.get(one.shop_id, Jeon(0)),
        )
        for one in counts
    ]


def market_money(tx: Tx, program_id: ProgramId, market_id: MarketId) -> MarketMoney:
    """Every won that was given to one market, by where it is now."""
    totals = sum_market(tx, program_id, market_id)
    gone = sum_market_gone(tx, program_id, market_id)
    given = sum_given(tx, program_id, market_id)
    granting = [totals.get(kind, NO_TOTALS) for kind in GRANTING]
    wallets = totals.get(AccountKind.WALLET, NO_TOTALS)
    held = sum(one.held_jeon for one in granting)
    left = sum(one.left_jeon for one in granting)
    spent = _gone(gone, GRANTING, BOUGHT)
    lapsed = _gone(gone, GRANTING, (TransferCode.LAPSE,))
    return MarketMoney(
        granted_jeon=given,
        held_jeon=Jeon(held),
        spent_jeon=spent,
        lapsed_jeon=lapsed,
        elsewhere_jeon=_gone(gone, GRANTING, ELSEWHERE),
        left_jeon=Jeon(left),
        pot_left_jeon=totals.get(AccountKind.POT, NO_TOTALS).left_jeon,
        own_left_jeon=wallets.left_jeon,
        own_spent_jeon=_gone(gone, (AccountKind.WALLET,), BOUGHT),
    )


def _gone(
    gone: Mapping[tuple[AccountKind, TransferCode], Jeon],
    kinds: Sequence[AccountKind],
    codes: Sequence[TransferCode],
) -> Jeon:
    return Jeon(sum(gone.get((kind, code), 0) for kind in kinds for code in codes))


def program_money(tx: Tx, program_id: ProgramId) -> ProgramMoney:
    """Every won of a program's budget, by where it is now."""
    sums = defaultdict(lambda: (0, 0, 0), sum_by_kind(tx, program_id))
    telling, told, set_aside = sums[AccountKind.OPERATING]
    pending, given_out, received = sums[AccountKind.PROGRAM]
    in_pots, out_of_pots, into_pots = sums[AccountKind.POT]
    owned, out_of_wallets, into_wallets = sums[AccountKind.WALLET]
    held = sums[AccountKind.GRANT][0] + in_pots + telling
    _, corrected, bought = sums[AccountKind.SPENT]
    spent, lapsed = bought - corrected, sums[AccountKind.LAPSED][2]
    # What was called back came into the budget's account a second time, and may leave it again.
    called_back, given_again = sum_called_back(tx, program_id)
    budget = received - called_back
    return ProgramMoney(
        budget_jeon=Jeon(budget),
        granted_jeon=Jeon(given_out - set_aside - given_again),
        elsewhere_jeon=Jeon(called_back - given_again),
        grantable_jeon=Jeon(received - given_out - pending),
        held_jeon=Jeon(held),
        spent_jeon=Jeon(spent),
        lapsed_jeon=Jeon(lapsed),
        left_jeon=Jeon(budget - held - spent - lapsed),
        pot_left_jeon=Jeon(into_pots - out_of_pots - in_pots),
        operating_jeon=Jeon(set_aside - told - telling),
        told_jeon=Jeon(told),
        own_left_jeon=Jeon(into_wallets - out_of_wallets - owned),
        own_spent_jeon=Jeon(sums[AccountKind.OWN_SPENT][2]),
    )
