"""Unused money of quiet shops: which grants, what was called back from them, and marking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Date,
    Executable,
    Select,
    String,
    and_,
    bindparam,
    case,
    or_,
    select,
    update,
)
from sqlmodel import col

from domain.campaigns import CampaignState, MessageKind
from domain.money import Jeon
from domain.people import (
    AccountId,
    CohortId,
    GrantId,
    MarketId,
    ProgramId,
    ShopId,
)
from domain.subsidy import TransferCode
from domain.time import in_kst
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign
from storage.models.grants import Grant
from storage.models.ledger import Account, Transfer
from storage.models.places import Market, Shop
from storage.models.programs import Enrollment
from storage.queries.grants import HAS_MONEY, LEFT
from storage.queries.overview import LAST_BY_HAND, LAST_RUN, last_sent
from storage.statements import Statement, json_rows, total

QUIET_MAX = 5_000
ANY = 0
"""Ids begin at 1."""


@dataclass(frozen=True, slots=True)
class ShopGrant:
    """A shop's own grant as a manager looks over many: never a pot."""

    grant_id: GrantId
    account_id: AccountId
    parent_id: GrantId | None
    shop_id: ShopId
    shop_name: str
    market_name: str
    start_by: datetime
    started_at: datetime | None
    expires_at: datetime
    clawed_back_at: datetime | None
    left_jeon: Jeon
    held_jeon: Jeon
    last_run_at: datetime | None
    last_by_hand_on: date | None
    is_booked: bool

    @property
    def last_sent_at(self) -> datetime | None:
        return last_sent(self.last_run_at, self.last_by_hand_on)

    def is_quiet(self, since: datetime) -> bool:
        """Nothing advertised since then, also by hand on that day, and nothing booked."""
        has_run = self.last_run_at is not None and self.last_run_at >= since
        day = in_kst(since).date()
        has_told = self.last_by_hand_on is not None and self.last_by_hand_on >= day
        return not (has_run or has_told or self.is_booked)

    def works(self, at: datetime) -> bool:
        """Whether its money is, or may still become, spendable."""
        is_in_time = at < self.expires_at and (self.started_at is not None or at < self.start_by)
        return is_in_time and self.clawed_back_at is None


IS_BOOKED = col(Shop.id).in_(
    select(col(Campaign.shop_id)).where(
        col(Campaign.state) == CampaignState.BOOKED,
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
    )
)


def _grants() -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(Grant.id),
            col(Grant.account_id),
            col(Grant.parent_id),
            col(Shop.id),
            col(Shop.name),
            col(Market.name),
            col(Grant.start_by),
            col(Grant.started_at),
            col(Grant.expires_at),
            col(Grant.clawed_back_at),
            LEFT,
            col(Account.debits_pending),
            LAST_RUN.c.last_sent_at,
            LAST_BY_HAND.c.sent_on,
            IS_BOOKED,
        )
        .join(Account, col(Account.id) == col(Grant.account_id))
        .join(Shop, col(Shop.id) == col(Grant.shop_id))
        .join(Market, col(Market.id) == col(Shop.market_id))
        .outerjoin(LAST_RUN, LAST_RUN.c.shop_id == col(Shop.id))
        .outerjoin(LAST_BY_HAND, LAST_BY_HAND.c.shop_id == col(Shop.id))
        .where(
            col(Grant.program_id) == bindparam("of_program"),
            or_(
                bindparam("of_market", type_=BigInteger()) == ANY,
                col(Shop.market_id) == bindparam("of_market"),
            ),
        )
        .order_by(col(Grant.id))
    )


WORKING = (
    col(Grant.clawed_back_at).is_(None),
    col(Grant.expires_at) > bindparam("now", type_=INSTANT),
    or_(
        col(Grant.started_at).is_not(None),
        col(Grant.start_by) > bindparam("now", type_=INSTANT),
    ),
)
OF_COHORT = or_(
    bindparam("of_cohort", type_=BigInteger()) == ANY,
    col(Shop.id).in_(
        select(col(Enrollment.shop_id)).where(col(Enrollment.cohort_id) == bindparam("of_cohort"))
    ),
)
QUIET = Statement(
    _grants()
    .where(
        *WORKING,
        OF_COHORT,
        HAS_MONEY,
        col(Grant.granted_at) <= bindparam("since", type_=INSTANT),
        or_(
            LAST_RUN.c.last_sent_at.is_(None),
            LAST_RUN.c.last_sent_at < bindparam("since", type_=INSTANT),
        ),
        or_(
            LAST_BY_HAND.c.sent_on.is_(None),
            LAST_BY_HAND.c.sent_on < bindparam("since_day", type_=Date()),
        ),
        ~IS_BOOKED,
    )
    .limit(QUIET_MAX)
)
ENDING = Statement(
    _grants()
    .where(
        *WORKING,
        OF_COHORT,
        or_(
            col(Grant.expires_at) <= bindparam("until", type_=INSTANT),
            and_(
                col(Grant.started_at).is_(None),
                col(Grant.start_by) <= bindparam("until", type_=INSTANT),
            ),
        ),
    )
    .limit(bindparam("most", type_=BigInteger()))
)


def _among(dialect: str) -> Executable:
    ids = json_rows(dialect, "grants", id=BigInteger())
    return _grants().where(col(Grant.id).in_(select(ids.c.id)))


def _mark(dialect: str) -> Executable:
    ids = json_rows(dialect, "grants", id=BigInteger())
    return (
        update(Grant)
        .where(col(Grant.id).in_(select(ids.c.id)), col(Grant.clawed_back_at).is_(None))
        .values(clawed_back_at=bindparam("at", type_=INSTANT))
    )


def _unmark(dialect: str) -> Executable:
    ids = json_rows(dialect, "grants", id=BigInteger())
    return (
        update(Grant)
        .where(
            col(Grant.id).in_(select(ids.c.id)),
            col(Grant.clawed_back_at) == bindparam("marked_at", type_=INSTANT),
        )
        .values(clawed_back_at=None)
    )


def _called_back(dialect: str) -> Executable:
    ids = json_rows(dialect, "accounts", id=BigInteger())
    by_act = col(Transfer.reference) == bindparam("act", type_=String())
    after_it = and_(
        col(Transfer.reference).is_(None),
        col(Transfer.happened_at) >= bindparam("since", type_=INSTANT),
    )
    return (
        select(
            col(Transfer.debit_account_id),
            total(case((by_act, col(Transfer.amount_jeon)), else_=0)),
            total(case((after_it, col(Transfer.amount_jeon)), else_=0)),
        )
        .where(
            col(Transfer.debit_account_id).in_(select(ids.c.id)),
            col(Transfer.code) == TransferCode.CLAW_BACK,
        )
        .group_by(col(Transfer.debit_account_id))
    )


AMONG = Statement(_among)
MARK = Statement(_mark)
UNMARK = Statement(_unmark)
CALLED_BACK = Statement(_called_back)


def list_quiet_grants(
    tx: Tx,
    program_id: ProgramId,
    market_id: MarketId | None,
    cohort_id: CohortId | None,
    *,
    since: datetime,
    now: datetime,
) -> list[ShopGrant]:
    """Working grants with free money that were given before `since`, of shops that have sent
    nothing since then and have nothing booked; at most 5,000.
    """
    rows = tx.all(
        QUIET,
        of_program=program_id,
        of_market=market_id or ANY,
        of_cohort=cohort_id or ANY,
        since=since,
        since_day=in_kst(since).date(),
        now=now,
    )
    return [ShopGrant(*row) for row in rows]


def list_ending_grants(
    tx: Tx,
    program_id: ProgramId,
    market_id: MarketId | None,
    cohort_id: CohortId | None,
    *,
    until: datetime,
    now: datetime,
    most: int,
) -> list[ShopGrant]:
    """Working grants that end by an instant, or have to be started by then."""
    rows = tx.all(
        ENDING,
        of_program=program_id,
        of_market=market_id or ANY,
        of_cohort=cohort_id or ANY,
        until=until,
        now=now,
        most=most,
    )
    return [ShopGrant(*row) for row in rows]


def list_grants_among(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, grant_ids: Sequence[GrantId]
) -> list[ShopGrant]:
    """Those of these that are shops' own and in reach."""
    rows = tx.all(AMONG, grants=_ids(grant_ids), of_program=program_id, of_market=market_id or ANY)
    return [ShopGrant(*row) for row in rows]


def mark_many_clawed_back(tx: Tx, grant_ids: Sequence[GrantId], at: datetime) -> None:
    tx.run(MARK, grants=_ids(grant_ids), at=at)


def unmark_many_clawed_back(tx: Tx, grant_ids: Sequence[GrantId], marked_at: datetime) -> None:
    """Only those that were called back at that very instant."""
    tx.run(UNMARK, grants=_ids(grant_ids), marked_at=marked_at)


def sum_called_back_by(
    tx: Tx, account_ids: Sequence[AccountId], act: str, since: datetime
) -> dict[AccountId, tuple[Jeon, Jeon]]:
    """What an act took from each account, and what went home by itself from that instant on."""
    rows = tx.all(CALLED_BACK, accounts=_ids(account_ids), act=act, since=since)
    return {AccountId(row[0]): (Jeon(row[1]), Jeon(row[2])) for row in rows}


def _ids(ids: Sequence[int]) -> str:
    return orjson.dumps([{"id": one} for one in ids]).decode()
