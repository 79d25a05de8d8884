"""AlimTalk templates: what a channel has handed in where, and how each stands there (D2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Executable, bindparam, or_, select, update
from sqlmodel import col

from domain.campaigns import SenderName
from domain.people import ChannelId, MarketId, ProgramId, TemplateId
from domain.ways import NoticeUse, TemplateState
from storage.desk import Tx
from storage.models.places import Channel, Market
from storage.models.ways import NoticeTemplate
from storage.statements import Statement, insert_once

LISTED_MAX = 2_000
"""Six uses, two providers, and what each channel had before."""


@dataclass(frozen=True, slots=True)
class TemplateRow:
    template_id: TemplateId
    channel_id: ChannelId
    sender: SenderName
    use: NoticeUse
    code: str
    body: str
    state: TemplateState
    changed_at: datetime


TEMPLATE = (
    col(NoticeTemplate.id),
    col(NoticeTemplate.channel_id),
    col(NoticeTemplate.sender),
    col(NoticeTemplate.use),
    col(NoticeTemplate.code),
    col(NoticeTemplate.body),
    col(NoticeTemplate.state),
    col(NoticeTemplate.changed_at),
)
APPROVED = Statement(
    select(*TEMPLATE)
    .where(
        col(NoticeTemplate.channel_id) == bindparam("of_channel"),
        col(NoticeTemplate.sender) == bindparam("of_sender"),
        col(NoticeTemplate.use) == bindparam("of_use"),
        col(NoticeTemplate.state) == TemplateState.APPROVED,
    )
    .order_by(col(NoticeTemplate.changed_at).desc(), col(NoticeTemplate.id).desc())
    .limit(1)
)
MARKET = bindparam("of_market", type_=BigInteger())
OF_PROGRAM = Statement(
    select(*TEMPLATE)
    .join(Channel, col(Channel.id) == col(NoticeTemplate.channel_id))
    .join(Market, col(Market.id) == col(Channel.market_id))
    .where(
        col(Market.program_id) == bindparam("of_program"),
        or_(MARKET.is_(None), col(Market.id) == MARKET),
    )
    .order_by(col(NoticeTemplate.id))
    .limit(LISTED_MAX)
)
OF_SENDER = Statement(
    select(*TEMPLATE)
    .where(col(NoticeTemplate.sender) == bindparam("of_sender"))
    .order_by(col(NoticeTemplate.id))
    .limit(LISTED_MAX)
)
SAVE = Statement(
    update(NoticeTemplate)
    .where(
        col(NoticeTemplate.channel_id) == bindparam("of_channel"),
        col(NoticeTemplate.sender) == bindparam("of_sender"),
        col(NoticeTemplate.code) == bindparam("of_code"),
    )
    .values(
        use=bindparam("use"),
        body=bindparam("body"),
        state=bindparam("state"),
        changed_at=bindparam("at"),
    )
)
TAKE = Statement(
    update(NoticeTemplate)
    .where(
        col(NoticeTemplate.id) == bindparam("of_template"),
        or_(
            col(NoticeTemplate.state) != bindparam("state"),
            col(NoticeTemplate.body) != bindparam("body"),
        ),
    )
    .values(body=bindparam("body"), state=bindparam("state"), changed_at=bindparam("at"))
)


def _insert_once(dialect: str) -> Executable:
    names = "channel_id", "sender", "use", "code", "body", "state", "changed_at"
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return insert_once(dialect, NoticeTemplate, **values)


INSERT = Statement(_insert_once)


def find_approved(
    tx: Tx, channel_id: ChannelId, sender: SenderName, use: NoticeUse
) -> TemplateRow | None:
    """The newest that may be used."""
    row = tx.one(APPROVED, of_channel=channel_id, of_sender=sender, of_use=use)
    return TemplateRow(*row) if row else None


def list_templates(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None = None
) -> list[TemplateRow]:
    """Those of a program's channels, or of one market's; the oldest first."""
    rows = tx.all(OF_PROGRAM, of_program=program_id, of_market=market_id)
    return [TemplateRow(*row) for row in rows]


def list_at_provider(tx: Tx, sender: SenderName) -> list[TemplateRow]:
    """All that one provider has of this installation, whosever they are."""
    return [TemplateRow(*row) for row in tx.all(OF_SENDER, of_sender=sender)]


def save_template(
    tx: Tx, channel_id: ChannelId, sender: SenderName, code: str, **facts: object
) -> bool:
    """Writes it down, or anew; whether it is new. A code is its channel's: another may have the
    same one.

    `facts`: use, body, state, changed_at.
    """
    known = {"channel_id": channel_id, "sender": sender, "code": code}
    if tx.run(INSERT, **known, **facts):
        return True
    changed_at = facts.pop("changed_at")
    of_code = {"of_sender": sender, "of_code": code, "of_channel": channel_id}
    tx.run(SAVE, **of_code, **facts, at=changed_at)
    return False


def take_inspected(tx: Tx, row: TemplateRow, body: str, state: TemplateState, at: datetime) -> bool:
    """As its provider has it; whether that is news."""
    return bool(tx.run(TAKE, of_template=row.template_id, body=body, state=state, at=at))
