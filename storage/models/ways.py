"""By which way a message goes, and what each provider keeps for us: rules, templates, pictures."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from domain.campaigns import MessageKind, SenderName
from domain.ways import NoticeUse, PictureShape, TemplateState
from storage.columns import choice, jeon, primary, ref


class WayRule(SQLModel, table=True):
    """One line of a program's order of ways for a kind of message (domain/ways.py).

    Lines are never changed: each new order is written whole under the next `version`, so that
    an old message's reason can be told. A way whose provider holds less than `least_jeon` is
    passed over; so is one outside `opens` to `closes` (minutes of a day, KST).
    """

    __tablename__ = "way_rule"
    __table_args__ = (UniqueConstraint("program_id", "version", "kind", "position"),)

    id: int = primary()
    program_id: int = ref("program.id")
    version: int
    kind: MessageKind = Field(sa_type=choice(MessageKind))
    position: int
    sender: SenderName = Field(sa_type=choice(SenderName))
    least_jeon: int = jeon()
    opens: int | None = None
    closes: int | None = None
    made_at: datetime


class NoticeTemplate(SQLModel, table=True):
    """An AlimTalk template of a channel for one use, as its provider inspected it.

    `body` with `#{name}` variables must equal the inspected text to the letter (providers.md A10
    1043). Only an approved one is used.
    """

    __tablename__ = "notice_template"
    __table_args__ = (
        Index("ix_notice_template_use", "channel_id", "sender", "use"),
        UniqueConstraint("channel_id", "sender", "code"),
    )

    id: int = primary()
    channel_id: int = ref("channel.id")
    sender: SenderName = Field(sa_type=choice(SenderName))
    use: NoticeUse = Field(sa_type=choice(NoticeUse))
    code: str = Field(max_length=40)
    body: str = Field(max_length=1300)
    state: TemplateState = Field(sa_type=choice(TemplateState))
    changed_at: datetime


class ProviderPicture(SQLModel, table=True):
    """A picture of ours as a provider keeps it: its id or address there, for one shape of bubble."""

    __tablename__ = "provider_picture"

    sender: SenderName = Field(sa_type=choice(SenderName), primary_key=True)
    picture_id: str = Field(max_length=64, primary_key=True, foreign_key="picture.id")
    shape: PictureShape = Field(sa_type=choice(PictureShape), primary_key=True)
    provider_ref: str = Field(max_length=300)
    made_at: datetime


class ProviderBalance(SQLModel, table=True):
    """What an account at a provider held when it was last asked."""

    __tablename__ = "provider_balance"

    sender: SenderName = Field(sa_type=choice(SenderName), primary_key=True)
    balance_jeon: int = jeon()
    asked_at: datetime


class SenderCertificate(SQLModel, table=True):
    """That the provider of a way may carry others' advertising texts (전송자격인증, L18): its number,
    and the last day (KST) on which it holds. From the installation's settings, at every start.
    """

    __tablename__ = "sender_certificate"

    sender: SenderName = Field(sa_type=choice(SenderName), primary_key=True)
    number: str = Field(max_length=40)
    until: date
