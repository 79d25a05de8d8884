"""What an auditor asks of the books; every list is empty when a promise is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from domain.campaigns import BubbleKind, MessageKind, MessageState
from domain.consent import Choice, Purpose
from domain.people import CampaignId, ProgramId
from domain.subsidy import Phase
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.customers import ConsentChoice
from storage.models.journal import AuditBook
from storage.models.ledger import Account, Transfer
from storage.models.places import Shop
from storage.statements import Statement, one_of, total


@dataclass(frozen=True, slots=True)
class RunSums:
    run_id: int
    recipients: int
    unit_jeon: int
    charged: int
    is_finished: int
    messages: int
    charged_messages: int
    posted_jeon: int
    open_jeon: int


@dataclass(frozen=True, slots=True)
class CampaignWords:
    campaign_id: CampaignId
    bubble: BubbleKind
    body: str
    shop_name: str
    contact: str


def _sum_of(*phases: Phase, minus: tuple[Phase, ...] = ()) -> ColumnElement[int]:
    amount = col(Transfer.amount_jeon)
    signed = case(
        (one_of(col(Transfer.phase), *phases), amount),
        *([(one_of(col(Transfer.phase), *minus), -amount)] if minus else []),
        else_=0,
    )
    return total(signed)


def _side(account_column: Mapped[int]) -> Select[int, int, int]:
    return select(
        account_column.label("account_id"),
        _sum_of(Phase.HOLD, minus=(Phase.POST, Phase.VOID)).label("pending"),
        _sum_of(Phase.SINGLE, Phase.POST).label("posted"),
    ).group_by(account_column)


DEBITS = _side(col(Transfer.debit_account_id)).subquery()
CREDITS = _side(col(Transfer.credit_account_id)).subquery()
DRIFTED = Statement(
    select(col(Account.id))
    .outerjoin(DEBITS, DEBITS.c.account_id == col(Account.id))
    .outerjoin(CREDITS, CREDITS.c.account_id == col(Account.id))
    .where(
        or_(
            col(Account.debits_pending) != func.coalesce(DEBITS.c.pending, 0),
            col(Account.debits_posted) != func.coalesce(DEBITS.c.posted, 0),
            col(Account.credits_pending) != func.coalesce(CREDITS.c.pending, 0),
            col(Account.credits_posted) != func.coalesce(CREDITS.c.posted, 0),
        )
    )
)
NET = total(
    col(Account.credits_posted)
    - col(Account.debits_posted)
    + col(Account.credits_pending)
    - col(Account.debits_pending)
)
UNBALANCED = Statement(
    select(col(Account.program_id), NET).group_by(col(Account.program_id)).having(NET != 0)
)
OVERDRAWN = Statement(
    select(col(Account.id)).where(
        col(Account.is_limited),
        col(Account.debits_pending) + col(Account.debits_posted) > col(Account.credits_posted),
    )
)
Resolution = aliased(Transfer)
RESOLVED = func.sum(col(Resolution.amount_jeon))
BAD_HOLDS = Statement(
    select(col(Transfer.id))
    .join(Resolution, col(Resolution.hold_id) == col(Transfer.id))
    .group_by(col(Transfer.id), col(Transfer.amount_jeon))
    .having(col(Transfer.amount_jeon) != RESOLVED)
)
STRAYED = Statement(
    select(col(Resolution.id))
    .join(Transfer, col(Transfer.id) == col(Resolution.hold_id))
    .where(
        or_(
            col(Resolution.debit_account_id) != col(Transfer.debit_account_id),
            col(Resolution.credit_account_id) != col(Transfer.credit_account_id),
            col(Transfer.phase) != Phase.HOLD,
        )
    )
)
PEOPLE_OF_RUN = (
    select(
        col(Message.run_id).label("run_id"),
        func.count().label("messages"),
        func.count(
            case((and_(col(Message.is_charged), col(Chunk.settled_at).is_not(None)), 1))
        ).label("charged"),
    )
    .outerjoin(Chunk, col(Chunk.id) == col(Message.chunk_id))
    .group_by(col(Message.run_id))
    .subquery()
)
MONEY_OF_RUN = (
    select(
        col(Transfer.run_id).label("run_id"),
        _sum_of(Phase.POST).label("posted"),
        _sum_of(Phase.HOLD, minus=(Phase.POST, Phase.VOID)).label("open"),
    )
    .where(col(Transfer.run_id).is_not(None))
    .group_by(col(Transfer.run_id))
    .subquery()
)
RUNS = Statement(
    select(
        col(Run.id),
        col(Run.recipients),
        col(Run.unit_jeon),
        col(Run.charged),
        col(Run.finished_at).is_not(None),
        func.coalesce(PEOPLE_OF_RUN.c.messages, 0),
        func.coalesce(PEOPLE_OF_RUN.c.charged, 0),
        func.coalesce(MONEY_OF_RUN.c.posted, 0),
        func.coalesce(MONEY_OF_RUN.c.open, 0),
    )
    .outerjoin(PEOPLE_OF_RUN, PEOPLE_OF_RUN.c.run_id == col(Run.id))
    .outerjoin(MONEY_OF_RUN, MONEY_OF_RUN.c.run_id == col(Run.id))
    .order_by(col(Run.id))
)
DOUBLES = Statement(
    select(col(Message.run_id), col(Message.customer_id))
    .group_by(col(Message.run_id), col(Message.customer_id))
    .having(func.count() > 1)
)
LEFT_AT = func.coalesce(col(Message.shown_at), col(Chunk.started_at))
REACHED = (MessageState.DELIVERED, MessageState.FAILED, MessageState.UNKNOWN)
LAST_CHOICE = (
    select(col(ConsentChoice.choice))
    .where(
        col(ConsentChoice.shop_id) == col(Message.shop_id),
        col(ConsentChoice.customer_id) == col(Message.customer_id),
        col(ConsentChoice.purpose) == Purpose.ADVERTISING,
        col(ConsentChoice.counts_from) <= LEFT_AT,
    )
    .order_by(col(ConsentChoice.id).desc())
    .limit(1)
    .correlate(Message, Chunk)
    .scalar_subquery()
)
STILL_KNOWN = (
    select(col(ConsentChoice.id))
    .where(col(ConsentChoice.customer_id) == col(Message.customer_id))
    .correlate(Message)
    .exists()
)


IS_ADVERTISEMENT = (
    select(col(Campaign.id))
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .where(col(Run.id) == col(Chunk.run_id), col(Campaign.kind) == MessageKind.ADVERTISEMENT)
    .correlate(Chunk)
    .exists()
)


def _left(*conditions: ColumnElement[bool]) -> Statement:
    """Advertisements that left, of people who have not been deleted since."""
    return Statement(
        select(col(Message.id))
        .join(Chunk, col(Chunk.id) == col(Message.chunk_id))
        .where(
            one_of(col(Message.state), *REACHED),
            col(Chunk.started_at).is_not(None),
            IS_ADVERTISEMENT,
            STILL_KNOWN,
            *conditions,
        )
        .limit(100)
    )


WITHOUT_CONSENT = _left(func.coalesce(LAST_CHOICE, Choice.DECLINED.value) != Choice.GRANTED.value)
AFTER_REFUSAL = _left(func.coalesce(LAST_CHOICE, Choice.DECLINED.value) == Choice.WITHDRAWN.value)
STARTED = Statement(
    select(col(Chunk.id), col(Chunk.sender), col(Chunk.started_at)).where(
        col(Chunk.started_at).is_not(None), IS_ADVERTISEMENT
    )
)
SHOWN = Statement(
    select(col(Chunk.id), col(Chunk.sender), col(Message.shown_at))
    .join(Message, col(Message.chunk_id) == col(Chunk.id))
    .where(col(Message.shown_at).is_not(None), IS_ADVERTISEMENT)
)
WORDS = Statement(
    select(
        col(Campaign.id),
        col(Campaign.bubble),
        col(Campaign.body),
        col(Shop.name),
        col(Run.contact),
    )
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .join(Shop, col(Shop.id) == col(Campaign.shop_id))
    .where(col(Campaign.kind) == MessageKind.ADVERTISEMENT)
)
BOOK_ENDS = Statement(select(col(AuditBook.book), col(AuditBook.number), col(AuditBook.hash)))


def list_unbalanced(tx: Tx) -> list[tuple[ProgramId, int]]:
    return [(ProgramId(row[0]), row[1]) for row in tx.all(UNBALANCED)]


def list_drifted(tx: Tx) -> list[int]:
    return _ids(tx, DRIFTED)


def list_overdrawn(tx: Tx) -> list[int]:
    return _ids(tx, OVERDRAWN)


def list_bad_holds(tx: Tx) -> list[int]:
    return _ids(tx, BAD_HOLDS)


def list_strayed(tx: Tx) -> list[int]:
    return _ids(tx, STRAYED)


def list_runs(tx: Tx) -> list[RunSums]:
    return [RunSums(*map(int, row)) for row in tx.all(RUNS)]


def list_doubles(tx: Tx) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in tx.all(DOUBLES)]


def list_without_consent(tx: Tx) -> list[int]:
    return _ids(tx, WITHOUT_CONSENT)


def list_after_refusal(tx: Tx) -> list[int]:
    return _ids(tx, AFTER_REFUSAL)


def list_leavings(tx: Tx) -> Sequence[tuple[int, str, datetime]]:
    """Chunk, sender and instant of each advertisement that left, or that our skill showed."""
    return [(row[0], str(row[1]), row[2]) for row in tx.all(STARTED) + tx.all(SHOWN)]


def list_words(tx: Tx) -> list[CampaignWords]:
    return [CampaignWords(*row) for row in tx.all(WORDS)]


def read_book_ends(tx: Tx) -> dict[str, tuple[int, str]]:
    return {row[0]: (row[1], row[2]) for row in tx.all(BOOK_ENDS)}


def _ids(tx: Tx, statement: Statement) -> list[int]:
    return [row[0] for row in tx.all(statement)]
