"""How a program's operating money came and went."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.money import Jeon
from domain.people import AccountId, ShopId
from domain.subsidy import Phase, TransferCode
from storage.desk import Tx
from storage.models.campaigns import Campaign, Run
from storage.models.ledger import Transfer
from storage.models.places import Shop
from storage.statements import Statement, one_of

LISTED_MAX = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One message that the program paid; `body` says nothing personal."""

    at: datetime
    shop_id: ShopId
    shop_name: str
    body: str
    cost_jeon: Jeon


TOLD = Statement(
    select(
        col(Transfer.recorded_at),
        col(Shop.id),
        col(Shop.name),
        col(Campaign.body),
        col(Transfer.amount_jeon),
    )
    .join(Run, col(Run.id) == col(Transfer.run_id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .join(Shop, col(Shop.id) == col(Run.shop_id))
    .where(
        col(Transfer.debit_account_id) == bindparam("of_account"),
        col(Transfer.code) == TransferCode.MESSAGE,
        one_of(col(Transfer.phase), Phase.SINGLE, Phase.POST),
    )
    .order_by(col(Transfer.id).desc())
    .limit(LISTED_MAX)
)
SET_ASIDE = Statement(
    select(col(Transfer.recorded_at), col(Transfer.amount_jeon))
    .where(
        col(Transfer.credit_account_id) == bindparam("of_account"),
        col(Transfer.code) == TransferCode.FUND,
    )
    .order_by(col(Transfer.id).desc())
    .limit(LISTED_MAX)
)


def list_told(tx: Tx, account_id: AccountId) -> list[Told]:
    """The newest messages that an operating account paid."""
    return [Told(*row) for row in tx.all(TOLD, of_account=account_id)]


def list_set_aside(tx: Tx, account_id: AccountId) -> list[tuple[datetime, Jeon]]:
    """When how much of the budget was set aside for it, the newest first."""
    return [(row[0], Jeon(row[1])) for row in tx.all(SET_ASIDE, of_account=account_id)]
