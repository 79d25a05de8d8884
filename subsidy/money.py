"""What a shop and a program have been given, hold, spent and have left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.money import Jeon
from domain.people import ProgramId, ShopId
from domain.subsidy import AccountKind, GrantState
from storage.desk import Tx
from storage.queries.grants import list_lots
from storage.queries.ledger import sum_by_kind, sum_called_back
from storage.queries.overview import list_shop_counts
from storage.queries.wallets import find_wallet
from subsidy.grants import GrantView, list_grants


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Granted = offered + held + spent + lapsed + elsewhere + left: what is not started cannot
    pay (F1). `own_left_jeon` is the shop's own money, `pot_left_jeon` what it may still use of its
    market's pots; neither is part of that sum.
    """

    granted_jeon: Jeon
    offered_jeon: Jeon
    held_jeon: Jeon
    spent_jeon: Jeon
    lapsed_jeon: Jeon
    elsewhere_jeon: Jeon
    left_jeon: Jeon
    pot_left_jeon: Jeon
    own_left_jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramMoney:
    """Budget = left + held + spent + lapsed; left includes what no shop was granted yet, and
    what is set aside for the program's own messages (`operating`).
    """

    budget_jeon: Jeon
    granted_jeon: Jeon
    held_jeon: Jeon
    spent_jeon: Jeon
    lapsed_jeon: Jeon
    left_jeon: Jeon
    operating_jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopLine:
    shop_id: ShopId
    name: str
    trade: str
    market_name: str
    regulars: int
    consented: int
    last_sent_at: datetime | None
    money: Money


def shop_money(tx: Tx, shop_id: ShopId, at: datetime) -> Money:
    grants = list_grants(tx, shop_id, at)
    wallet = find_wallet(tx, shop_id)
    pots = [lot.left_jeon for lot in list_lots(tx, shop_id, None, at) if lot.is_pot]
    return Money(
        granted_jeon=Jeon(sum(grant.amount_jeon for grant in grants)),
        offered_jeon=_left(grants, GrantState.OFFERED),
        held_jeon=Jeon(sum(grant.held_jeon for grant in grants)),
        spent_jeon=Jeon(sum(grant.spent_jeon for grant in grants)),
        lapsed_jeon=Jeon(sum(grant.lapsed_jeon for grant in grants)),
        elsewhere_jeon=Jeon(sum(grant.elsewhere_jeon for grant in grants)),
        left_jeon=Jeon(_left(grants, GrantState.STARTED) + _left(grants, GrantState.EXPIRED)),
        pot_left_jeon=Jeon(sum(max(one, 0) for one in pots)),
        own_left_jeon=wallet.left_jeon if wallet else Jeon(0),
    )


def _left(grants: Sequence[GrantView], state: GrantState) -> Jeon:
    return Jeon(sum(grant.left_jeon for grant in grants if grant.state is state))


def program_lines(tx: Tx, program_id: ProgramId, at: datetime) -> list[ShopLine]:
    """One line a shop, in id order."""
    return [
        ShopLine(
            shop_id=row.shop_id,
            name=row.name,
            trade=row.trade,
            market_name=row.market_name,
            regulars=row.regulars,
            consented=row.consented,
            last_sent_at=row.last_sent_at,
            money=shop_money(tx, row.shop_id, at),
        )
        for row in list_shop_counts(tx, program_id)
    ]


def program_money(tx: Tx, program_id: ProgramId) -> ProgramMoney:
    """Every won of a program's budget, by where it is now."""
    sums = sum_by_kind(tx, program_id)
    nothing = (0, 0, 0)
    granting = sums.get(AccountKind.GRANT, nothing)[0] + sums.get(AccountKind.POT, nothing)[0]
    telling, told, set_aside = sums.get(AccountKind.OPERATING, nothing)
    _, given_out, received = sums.get(AccountKind.PROGRAM, nothing)
    held = granting + telling
    spent = sums.get(AccountKind.SPENT, nothing)[2]
    lapsed = sums.get(AccountKind.LAPSED, nothing)[2]
    # What was called back came into the budget's account a second time, and may leave it again.
    called_back = sum_called_back(tx, program_id)
    budget = received - called_back
    return ProgramMoney(
        budget_jeon=Jeon(budget),
        granted_jeon=Jeon(given_out - set_aside - called_back),
        held_jeon=Jeon(held),
        spent_jeon=Jeon(spent),
        lapsed_jeon=Jeon(lapsed),
        left_jeon=Jeon(budget - held - spent - lapsed),
        operating_jeon=Jeon(set_aside - told - telling),
    )
