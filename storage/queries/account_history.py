"""What happened to the money of one account, for the shop that it is for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, bindparam, case, func, or_, select
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId, CampaignId, ShopId
from domain.subsidy import GIVING_BACK, Phase, TransferCode
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Run
from storage.models.ledger import Account, Transfer
from storage.statements import Statement, one_of, total

MOVES_MAX = 100
COSTS_MAX = 50


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Money that came into an account or left it at once, not for a campaign."""

    code: TransferCode
    is_in: bool
    amount_jeon: Jeon
    reference: str | None
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class CampaignCost:
    """What one campaign holds, has taken and has given back."""

    campaign_id: CampaignId
    body: str
    planned_at: datetime
    held_jeon: Jeon
    spent_jeon: Jeon
    returned_jeon: Jeon


@dataclass(frozen=True, slots=True)
class CalledBack:
    """What was called back from a shop and has stayed away; `last_at`: the last time."""

    amount_jeon: Jeon
    last_at: datetime


ACCOUNT = bindparam("of_account", type_=BigInteger())
FOR_SHOP = or_(
    col(Account.shop_id) == bindparam("of_shop"), col(Transfer.shop_id) == bindparam("of_shop")
)
"""The shop's own account, or what it used of one that its market shares."""

MOVES = Statement(
    select(
        col(Transfer.code),
        col(Transfer.credit_account_id) == ACCOUNT,
        col(Transfer.amount_jeon),
        col(Transfer.reference),
        col(Transfer.happened_at),
    )
    .join(Account, col(Account.id) == ACCOUNT)
    .where(
        or_(col(Transfer.debit_account_id) == ACCOUNT, col(Transfer.credit_account_id) == ACCOUNT),
        col(Transfer.phase) == Phase.SINGLE,
        FOR_SHOP,
    )
    .order_by(col(Transfer.happened_at).desc(), col(Transfer.id).desc())
    .limit(MOVES_MAX)
)


def _sum_of(*phases: Phase) -> ColumnElement[int]:
    return total(case((one_of(col(Transfer.phase), *phases), col(Transfer.amount_jeon)), else_=0))


COSTS = Statement(
    select(
        col(Campaign.id),
        col(Campaign.body),
        col(Run.planned_at),
        _sum_of(Phase.HOLD) - _sum_of(Phase.POST, *GIVING_BACK),
        _sum_of(Phase.POST),
        _sum_of(*GIVING_BACK),
    )
    .select_from(Transfer)
    .join(Run, col(Run.id) == col(Transfer.run_id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(col(Transfer.debit_account_id) == ACCOUNT, col(Run.shop_id) == bindparam("of_shop"))
    .group_by(col(Campaign.id), col(Campaign.body), col(Run.planned_at))
    .order_by(col(Run.planned_at).desc(), col(Campaign.id).desc())
    .limit(COSTS_MAX)
)

TAKEN = col(Transfer.code) == TransferCode.CLAW_BACK
CALLED_BACK = Statement(
    select(
        total(case((TAKEN, col(Transfer.amount_jeon)), else_=-col(Transfer.amount_jeon))),
        func.max(case((TAKEN, col(Transfer.happened_at)))),
    )
    .where(
        col(Transfer.shop_id) == bindparam("of_shop"),
        col(Transfer.recorded_at) >= bindparam("since", type_=INSTANT),
        one_of(col(Transfer.code), TransferCode.CLAW_BACK, TransferCode.RESTORE),
    )
    .group_by(case((TAKEN, col(Transfer.debit_account_id)), else_=col(Transfer.credit_account_id)))
)
"""By grant: less what was given back."""


def list_moves(tx: Tx, shop_id: ShopId, account_id: AccountId) -> list[MoveRow]:
    """The newest first, at most 100."""
    return [
        MoveRow(TransferCode(code), bool(is_in), Jeon(jeon), reference, at)
        for code, is_in, jeon, reference, at in tx.all(
            MOVES, of_shop=shop_id, of_account=account_id
        )
    ]


def list_costs(tx: Tx, shop_id: ShopId, account_id: AccountId) -> list[CampaignCost]:
    """The newest campaigns that took from it first, at most 50."""
    rows = tx.all(COSTS, of_shop=shop_id, of_account=account_id)
    return [CampaignCost(*row) for row in rows]


def find_called_back(tx: Tx, shop_id: ShopId, since: datetime) -> CalledBack | None:
    rows = tx.all(CALLED_BACK, of_shop=shop_id, since=since)
    taken = [(jeon, last_at) for jeon, last_at in rows if jeon > 0]
    if not taken:
        return None
    return CalledBack(Jeon(sum(jeon for jeon, _ in taken)), max(at for _, at in taken))
