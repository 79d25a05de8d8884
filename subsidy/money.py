"""What a shop and a program have been given, hold, spent and have left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.money import Jeon
from domain.people import ProgramId, ShopId
from domain.subsidy import AccountKind, GrantState
from storage.desk import Tx
from storage.queries.ledger import sum_by_kind
from storage.queries.overview import list_shop_counts
from subsidy.grants import GrantView, list_grants


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Granted = offered + held + spent + lapsed + left: what is not started cannot pay (F1)."""

    granted_jeon: Jeon
    offered_jeon: Jeon
    held_jeon: Jeon
    spent_jeon: Jeon
    lapsed_jeon: Jeon
    left_jeon: Jeon


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
    return Money(
        granted_jeon=Jeon(sum(grant.amount_jeon for grant in grants)),
        offered_jeon=_left(grants, GrantState.OFFERED),
        held_jeon=Jeon(sum(grant.held_jeon for grant in grants)),
        spent_jeon=Jeon(sum(grant.spent_jeon for grant in grants)),
        lapsed_jeon=Jeon(sum(grant.lapsed_jeon for grant in grants)),
        left_jeon=_left(grants, GrantState.STARTED),
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
    granting, _, granted = sums.get(AccountKind.GRANT, nothing)
    telling, told, set_aside = sums.get(AccountKind.OPERATING, nothing)
    _, given_out, budget = sums.get(AccountKind.PROGRAM, nothing)
    assert given_out == granted + set_aside, "what left the budget stands in other accounts"
    held = granting + telling
    spent = sums.get(AccountKind.SPENT, nothing)[2]
    lapsed = sums.get(AccountKind.LAPSED, nothing)[2]
    return ProgramMoney(
        budget_jeon=Jeon(budget),
        granted_jeon=Jeon(granted),
        held_jeon=Jeon(held),
        spent_jeon=Jeon(spent),
        lapsed_jeon=Jeon(lapsed),
        left_jeon=Jeon(budget - held - spent - lapsed),
        operating_jeon=Jeon(set_aside - told - telling),
    )
