"""What the law wants people told about their choices: owed, said, sent, proven (L13, L14)."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Executable, String, bindparam, delete, func, or_, select, update
from sqlmodel import col

from domain.campaigns import CampaignState, MessageState
from domain.consent import Choice, Purpose
from domain.people import CampaignId, CustomerId, RunId, ShopId
from domain.statutory import Deadlines, StatutoryKind, StatutoryState
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Message, Run
from storage.models.customers import ConsentChoice, Membership
from storage.models.regulars import StatutoryNotice
from storage.statements import Statement, insert_once, one_of

SAID_AT_ONCE_MAX = 3
"""So many fit one bubble of the chat beside each other; the rest follow in the next turn."""

ACTED_ON_MAX = 100


class Owed(NamedTuple):
    """One notice. `choice` was made at `chosen_at`; `number` counts confirmations, 0 a result."""

    notice_id: int
    shop_id: ShopId
    customer_id: CustomerId
    kind: StatutoryKind
    choice: Choice
    chosen_at: datetime
    number: int
    due_at: datetime
    state: StatutoryState
    campaign_id: CampaignId | None


OWED = (
    col(StatutoryNotice.id),
    col(StatutoryNotice.shop_id),
    col(StatutoryNotice.customer_id),
    col(StatutoryNotice.kind),
    col(StatutoryNotice.about),
    col(StatutoryNotice.chosen_at),
    col(StatutoryNotice.number),
    col(StatutoryNotice.due_at),
    col(StatutoryNotice.state),
    col(StatutoryNotice.campaign_id),
)
OPEN_STATES = (StatutoryState.WAITING, StatutoryState.UNDELIVERABLE)
IS_OPEN = one_of(col(StatutoryNotice.state), *OPEN_STATES)
IS_IT = col(StatutoryNotice.id) == bindparam("of_notice")
OF_MEMBER = (
    col(StatutoryNotice.shop_id) == bindparam("of_shop"),
    col(StatutoryNotice.customer_id) == bindparam("of_customer"),
)


def _insert_once(dialect: str) -> Executable:
    names = "shop_id", "customer_id", "kind", "about", "chosen_at", "number", *Deadlines._fields
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return insert_once(dialect, StatutoryNotice, **values, state=StatutoryState.WAITING)


INSERT = Statement(_insert_once)
NOTE_NEWS = Statement(
    update(Membership)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
    )
    .values(has_news=True)
)
DROP_CONFIRMATIONS = Statement(
    delete(StatutoryNotice).where(
        *OF_MEMBER,
        col(StatutoryNotice.kind) == StatutoryKind.CONFIRM,
        col(StatutoryNotice.state) == StatutoryState.WAITING,
    )
)
STILL_AGREES = (
    select(col(Membership.shop_id))
    .where(
        col(Membership.shop_id) == col(StatutoryNotice.shop_id),
        col(Membership.customer_id) == col(StatutoryNotice.customer_id),
        col(Membership.advertising_since) == col(StatutoryNotice.chosen_at),
    )
    .correlate(StatutoryNotice)
    .exists()
)
# A result stays true; a consent that is gone, or was given anew, is not confirmed any more.
IS_TRUE = or_(col(StatutoryNotice.kind) == StatutoryKind.RESULT, STILL_AGREES)
SAYABLE = (
    select(col(StatutoryNotice.id))
    .where(
        col(StatutoryNotice.customer_id) == bindparam("of_customer"),
        IS_OPEN,
        IS_TRUE,
        col(StatutoryNotice.say_from) <= bindparam("at", type_=INSTANT),
    )
    .order_by(col(StatutoryNotice.due_at), col(StatutoryNotice.id))
    .limit(SAID_AT_ONCE_MAX)
)
SAY = Statement(
    update(StatutoryNotice)
    .where(col(StatutoryNotice.id).in_(SAYABLE), IS_OPEN)
    .values(
        state=StatutoryState.SAID,
        text_version=bindparam("text_version"),
        settled_at=bindparam("at", type_=INSTANT),
        act_at=None,
        code=None,
    )
    .returning(*OWED)
)
DUE = Statement(
    select(*OWED)
    .where(col(StatutoryNotice.act_at) <= bindparam("at"))
    .order_by(col(StatutoryNotice.act_at), col(StatutoryNotice.id))
    .limit(ACTED_ON_MAX)
    .with_for_update(skip_locked=True)
)
POSTPONE = Statement(update(StatutoryNotice).where(IS_IT).values(act_at=bindparam("act_at")))
SEND = Statement(
    update(StatutoryNotice)
    .where(IS_IT)
    .values(
        state=StatutoryState.SENT,
        text_version=bindparam("text_version"),
        campaign_id=bindparam("campaign_id"),
        act_at=bindparam("act_at"),
    )
)
SETTLE = Statement(
    update(StatutoryNotice)
    .where(IS_IT)
    .values(
        state=bindparam("state", type_=col(StatutoryNotice.state).type),  # type: ignore[attr-defined]  # `col` hides the column
        code=bindparam("code", type_=String()),
        settled_at=bindparam("settled_at"),
        act_at=None,
    )
)
TRY_AGAIN = Statement(
    update(StatutoryNotice)
    .where(IS_IT, IS_TRUE)
    .values(state=StatutoryState.WAITING, text_version=None, act_at=bindparam("act_at"))
)
ARRIVED = Statement(
    select(col(Campaign.state), col(Message.state), col(Message.code), col(Message.settled_at))
    .select_from(Campaign)
    .outerjoin(Run, col(Run.campaign_id) == col(Campaign.id))
    .outerjoin(Message, col(Message.run_id) == col(Run.id))
    .where(
        col(Campaign.shop_id) == bindparam("of_shop"), col(Campaign.id) == bindparam("of_campaign")
    )
)
SHOWN = Statement(
    select(*OWED)
    .join(Run, col(Run.campaign_id) == col(StatutoryNotice.campaign_id))
    .where(
        col(Run.id) == bindparam("of_run"),
        col(StatutoryNotice.customer_id) == bindparam("of_customer"),
        col(Run.shop_id) == col(StatutoryNotice.shop_id),
        IS_TRUE,
    )
)
TRUE_ONE = Statement(select(*OWED).where(IS_IT, *OF_MEMBER, IS_TRUE))
SAID_AT = (
    select(func.max(col(StatutoryNotice.settled_at)))
    .where(
        col(StatutoryNotice.shop_id) == col(ConsentChoice.shop_id),
        col(StatutoryNotice.customer_id) == col(ConsentChoice.customer_id),
        col(StatutoryNotice.kind) == StatutoryKind.RESULT,
        col(StatutoryNotice.about) == col(ConsentChoice.choice),
        col(StatutoryNotice.chosen_at) == col(ConsentChoice.chosen_at),
        one_of(col(StatutoryNotice.state), StatutoryState.SAID, StatutoryState.SENT),
        col(ConsentChoice.purpose) == Purpose.ADVERTISING,
    )
    .correlate(ConsentChoice)
    .scalar_subquery()
)
# When the result of a choice was told: by the answer to it, or later (L13).
TOLD_AT = func.coalesce(col(ConsentChoice.notice_at), SAID_AT, type_=INSTANT)


def insert_statutory_once(
    tx: Tx,
    person: tuple[ShopId, CustomerId],
    kind: StatutoryKind,
    about: tuple[Choice, datetime],
    number: int,
    deadlines: Deadlines,
) -> bool:
    """Owes one notice about a choice and its instant; False when it is owed already."""
    shop_id, customer_id = person
    choice, chosen_at = about
    touched = tx.run(
        INSERT,
        shop_id=shop_id,
        customer_id=customer_id,
        kind=kind,
        about=choice,
        chosen_at=chosen_at,
        number=number,
        **deadlines._asdict(),
    )
    return bool(touched)


def note_statutory(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> None:
    """The person's next turn looks for what is to be said."""
    tx.run(NOTE_NEWS, of_shop=shop_id, of_customer=customer_id)


def drop_confirmations(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> None:
    """A consent that is gone needs none."""
    tx.run(DROP_CONFIRMATIONS, of_shop=shop_id, of_customer=customer_id)


def say_statutory(tx: Tx, customer_id: CustomerId, text_version: str, at: datetime) -> list[Owed]:
    """Takes what is to be said now, of all shops of the channel, and notes that it was said."""
    taken = tx.all(SAY, of_customer=customer_id, text_version=text_version, at=at)
    return sorted(map(_owed, taken), key=lambda one: (one.due_at, one.notice_id))


def list_due_statutory(tx: Tx, at: datetime) -> list[Owed]:
    """What the worker must look at now, locked."""
    return [_owed(row) for row in tx.all(DUE, at=at)]


def postpone_statutory(tx: Tx, notice_id: int, act_at: datetime) -> None:
    tx.run(POSTPONE, of_notice=notice_id, act_at=act_at)


def note_sent(
    tx: Tx, notice_id: int, campaign_id: CampaignId, text_version: str, act_at: datetime
) -> None:
    """A message has been booked for it; whether it arrived is looked at later."""
    tx.run(
        SEND,
        of_notice=notice_id,
        campaign_id=campaign_id,
        text_version=text_version,
        act_at=act_at,
    )


def try_again(tx: Tx, notice_id: int, act_at: datetime) -> bool:
    """What was sent and did not arrive waits once more; False when there is nothing to tell."""
    return bool(tx.run(TRY_AGAIN, of_notice=notice_id, act_at=act_at))


def settle_statutory(
    tx: Tx, notice_id: int, state: StatutoryState, code: str | None, settled_at: datetime
) -> None:
    tx.run(SETTLE, of_notice=notice_id, state=state, code=code, settled_at=settled_at)


def find_arrival(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId
) -> tuple[CampaignState, MessageState | None, str | None, datetime | None] | None:
    """What became of a message to one person: the campaign's state, the message's, code, when."""
    row = tx.one(ARRIVED, of_shop=shop_id, of_campaign=campaign_id)
    if row is None:
        return None
    return CampaignState(row[0]), MessageState(row[1]) if row[1] else None, row[2], row[3]


def find_statutory_of_run(tx: Tx, run_id: RunId, customer_id: CustomerId) -> Owed | None:
    """The notice that a message of the program's brings to this person, if it is still true."""
    row = tx.one(SHOWN, of_run=run_id, of_customer=customer_id)
    return _owed(row) if row else None


def find_statutory(tx: Tx, shop_id: ShopId, customer_id: CustomerId, notice_id: int) -> Owed | None:
    """One notice of this person, if it is still true."""
    row = tx.one(TRUE_ONE, of_notice=notice_id, of_shop=shop_id, of_customer=customer_id)
    return _owed(row) if row else None


def _owed(row: tuple[Any, ...]) -> Owed:
    kind, choice, state = StatutoryKind(row[3]), Choice(row[4]), StatutoryState(row[8])
    return Owed._make((*row[:3], kind, choice, *row[5:8], state, row[9]))
