"""What became of campaigns: their runs, their messages and their money, many at once."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import BigInteger, Executable, FromClause, bindparam, func, select
from sqlmodel import col

from domain.campaigns import NO_MONEY, MessageState
from domain.people import CampaignId, CustomerId, RunId, ShopId
from domain.subsidy import AccountKind, Phase
from storage.desk import Tx
from storage.models.campaigns import Message, Run
from storage.models.ledger import Account, Transfer
from storage.statements import Statement, json_rows, total

Counts = Counter[tuple[MessageState, str | None]]
"""Messages by what became of them, and why."""

Sums = Counter[tuple[Phase, AccountKind]]
"""Jeon by phase, and by the kind of account that pays."""

LEFT_OUT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class RunRow:
    run_id: RunId
    unit_jeon: int
    recipients: int
    charged: int
    planned_at: datetime
    finished_at: datetime | None


def _listed(dialect: str) -> FromClause:
    return json_rows(dialect, "ids", id=BigInteger())


def _runs(dialect: str) -> Executable:
    campaigns = _listed(dialect)
    return (
        select(
            col(Run.campaign_id),
            col(Run.id),
            col(Run.unit_jeon),
            col(Run.recipients),
            col(Run.charged),
            col(Run.planned_at),
            col(Run.finished_at),
        )
        .select_from(campaigns)
        .join(Run, col(Run.campaign_id) == campaigns.c.id)
        .where(col(Run.shop_id) == bindparam("of_shop"))
    )


def _messages(dialect: str) -> Executable:
    runs = _listed(dialect)
    key = col(Message.run_id), col(Message.state), col(Message.code)
    return (
        select(*key, func.count())
        .select_from(runs)
        .join(Message, col(Message.run_id) == runs.c.id)
        .group_by(*key)
    )


def _money(dialect: str) -> Executable:
    runs = _listed(dialect)
    key = col(Transfer.run_id), col(Transfer.phase), col(Account.kind)
    return (
        select(*key, total(col(Transfer.amount_jeon)))
        .select_from(runs)
        .join(Transfer, col(Transfer.run_id) == runs.c.id)
        .join(Account, col(Account.id) == col(Transfer.debit_account_id))
        .group_by(*key)
    )


RUNS = Statement(_runs)
MESSAGES = Statement(_messages)
MONEY = Statement(_money)
LEFT_OUT = Statement(
    select(col(Message.customer_id))
    .where(
        col(Message.run_id) == bindparam("of_run"),
        col(Message.shop_id) == bindparam("of_shop"),
        col(Message.code) == NO_MONEY,
    )
    .order_by(col(Message.id))
    .limit(LEFT_OUT_MAX)
)


def find_run(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> RunRow | None:
    return find_runs(tx, shop_id, [campaign_id]).get(campaign_id)


def find_runs(
    tx: Tx, shop_id: ShopId, campaigns: Collection[CampaignId]
) -> Mapping[CampaignId, RunRow]:
    """Those of them that have been planned."""
    rows = tx.all(RUNS, of_shop=shop_id, ids=_as_json(campaigns)) if campaigns else []
    return {CampaignId(row[0]): RunRow(*row[1:]) for row in rows}


def count_messages(tx: Tx, runs: Collection[RunId]) -> Mapping[RunId, Counts]:
    counts: dict[RunId, Counts] = {run_id: Counter() for run_id in runs}
    for run_id, state, code, count in tx.all(MESSAGES, ids=_as_json(runs)) if runs else []:
        counts[run_id][MessageState(state), code] = count
    return counts


def sum_run_money(tx: Tx, runs: Collection[RunId]) -> Mapping[RunId, Sums]:
    """What was held, posted and given back for each run."""
    sums: dict[RunId, Sums] = {run_id: Counter() for run_id in runs}
    for run_id, phase, kind, jeon in tx.all(MONEY, ids=_as_json(runs)) if runs else []:
        sums[run_id][Phase(phase), AccountKind(kind)] += jeon
    return sums


def list_left_out(tx: Tx, shop_id: ShopId, run_id: RunId) -> list[CustomerId]:
    """For whom there was no money, first who would have been next; at most 1,000."""
    return [CustomerId(row[0]) for row in tx.all(LEFT_OUT, of_run=run_id, of_shop=shop_id)]


def _as_json(ids: Collection[int]) -> str:
    return orjson.dumps([{"id": one} for one in ids]).decode()
