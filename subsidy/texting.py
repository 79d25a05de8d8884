"""Whether a shop's news may go as text messages, and a channel's AlimTalk templates (D2, L18)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.alimtalk import check_text
from domain.audit import Act, program_book, shop_book
from domain.campaigns import PRODUCTS, Product, SenderName
from domain.people import ChannelId, MarketId, ProgramId, ShopId
from domain.refusals import Invalid, NotFound
from domain.ways import NoticeUse, TemplateState
from storage.desk import Tx
from storage.queries.certificates import save_may_text
from storage.queries.journal import append_audit
from storage.queries.notice_templates import save_template
from storage.queries.sanctions import list_channels_of

INSPECTORS: Final = tuple(name for name in SenderName if PRODUCTS[name] is Product.ALIMTALK)
"""Ways whose texts are inspected."""

CODE: Final = re.compile(r"[0-9A-Za-z_-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A template as it was handed in: under which code, for what, and how it stands."""

    channel_id: ChannelId
    sender: SenderName
    use: NoticeUse
    code: str
    body: str
    state: TemplateState


def let_text(tx: Tx, shop_id: ShopId, *, is_on: bool, actor: str, at: datetime) -> None:
    """What the owner decides; what else text messages need is the gate's to ask (L18)."""
    save_may_text(tx, shop_id, is_on=is_on)
    act = "texts_on" if is_on else "texts_off"
    append_audit(
        tx, shop_book(shop_id), Act(actor=actor, act=act, subject=f"shop:{shop_id}", at=at)
    )


def note_template(
    tx: Tx,
    program_id: ProgramId,
    market_id: MarketId | None,
    told: HandedIn,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Writes a template down, or how it stands by now.

    Raises NotFound(`channel`) for one that this manager does not look after, and Invalid beside
    the field: a text that we could not fill, a code that is none.
    """
    channels = list_channels_of(tx, program_id, market_id)
    if all(one.channel_id != told.channel_id for one in channels):
        raise NotFound("channel")
    if not CODE.fullmatch(told.code):
        raise Invalid({"code": "업체가 준 코드를 그대로 적어 주세요. 영문자와 숫자예요."})
    check_text(told.use, told.body)
    facts = {"use": told.use, "body": told.body, "state": told.state, "changed_at": at}
    save_template(tx, told.channel_id, told.sender, told.code, **facts)
    act = Act(
        actor=actor,
        act="note_template",
        subject=f"channel:{told.channel_id}",
        details=f"{told.sender}:{told.use}:{told.state}",
        at=at,
    )
    append_audit(tx, program_book(program_id), act)
