"""Connecting a KakaoTalk channel: its ids, its keys, and what is still missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import orjson

from domain.audit import Act, program_book
from domain.campaigns import Account
from domain.people import ChannelId, MarketId, ProgramId
from domain.refusals import Invalid, NotFound
from storage.desk import Tx
from storage.queries.channel_ways import save_channel_ways
from storage.queries.journal import append_audit
from storage.queries.places import (
    ChannelRow,
    get_channel,
    get_program_of_market,
    insert_channel,
    save_channel_blocks,
    save_channel_secrets,
)
from storage.queries.sanctions import save_barred

BLOCK_ID = re.compile(r"[0-9A-Za-z_-]{1,40}")
BLOCKS_TEXT_MAX = 4_000
SECRETS_KEPT = 2
"""During rotation the new and the last header secret are both good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """A channel's keys; sealed in the books, never printed."""

    header_name: str
    header_secrets: tuple[str, ...]
    rest_api_key: str
    admin_keys: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        facts = orjson.loads(text)
        return cls(
            header_name=facts["header_name"],
            header_secrets=tuple(facts["header_secrets"]),
            rest_api_key=facts["rest_api_key"],
            admin_keys=tuple(facts["admin_keys"]),
        )

    def write(self) -> str:
        return orjson.dumps(self).decode()

    def __repr__(self) -> str:
        return f"Secrets(header_name={self.header_name!r}, …)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """What the platform's consoles say of a channel (kakao-chatbot.md 1.8, 4, 5.1, 6).

    `opt_out_number` is the free 080 number to refuse by; friends refuse in the chat, so it is
    needed only by kinds of message that reach others (providers.md D4, D6).
    """

    market_id: MarketId
    name: str
    bot_id: str
    public_id: str
    search_id: str
    event_name: str
    event_block_id: str
    pf_id: str | None
    service_number: str | None
    opt_out_number: str | None = None
    nhn_sender_key: str | None = None
    secrets: Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWays:
    """What a channel is called at its providers; None leaves what is there."""

    pf_id: str | None = None
    nhn_sender_key: str | None = None
    opt_out_number: str | None = None


def add_channel(tx: Tx, new: NewChannel, *, actor: str, at: datetime) -> ChannelId:
    """Connects a channel; raises ConstraintBroken when its bot or profile is known already."""
    channel_id = insert_channel(
        tx,
        market_id=new.market_id,
        name=new.name,
        bot_id=new.bot_id.removesuffix("!"),
        public_id=new.public_id,
        search_id=new.search_id,
        event_name=new.event_name,
        event_block_id=new.event_block_id,
        pf_id=new.pf_id,
        service_number=new.service_number,
        opt_out_number=new.opt_out_number,
        nhn_sender_key=new.nhn_sender_key,
        secrets=new.secrets.write(),
        created_at=at,
    )
    act = Act(actor=actor, act="add_channel", subject=f"channel:{channel_id}", at=at)
    append_audit(tx, program_book(get_program_of_market(tx, new.market_id)), act)
    return channel_id


def rotate_header(
    tx: Tx, channel_id: ChannelId, new_secret: str, *, actor: str, at: datetime
) -> None:
    """Takes a new header secret; the last one stays good until the next rotation."""
    channel = get_channel(tx, channel_id)
    secrets = Secrets.read(channel.secrets)
    kept = (new_secret, *secrets.header_secrets)[:SECRETS_KEPT]
    save_channel_secrets(tx, channel_id, replace(secrets, header_secrets=kept).write())
    act = Act(actor=actor, act="rotate_header", subject=f"channel:{channel_id}", at=at)
    append_audit(tx, program_book(get_program_of_market(tx, channel.market_id)), act)


def blocks_of(channel: ChannelRow) -> Mapping[str, str]:
    """What the blocks of a channel's bot do, by their ids."""
    found: dict[str, str] = orjson.loads(channel.blocks or "{}")
    return found


def set_blocks(
    tx: Tx, channel_id: ChannelId, changes: Mapping[str, str | None], *, actor: str, at: datetime
) -> None:
    """Says what blocks do, by their ids; None takes one off. Others stay as they are.

    Raises Invalid for an id that is none, for the event's own block and for too many.
    """
    channel = get_channel(tx, channel_id)
    wrong = [one for one in changes if not BLOCK_ID.fullmatch(one)]
    if wrong:
        raise Invalid({"blocks": f"블록 id의 모양이 아니에요: {', '.join(wrong)}"})
    if channel.event_block_id in changes:
        raise Invalid({"blocks": "소식을 보내는 이벤트 블록은 다른 일에 쓸 수 없어요."})
    changed = {**blocks_of(channel), **changes}
    kept = {block_id: does for block_id, does in changed.items() if does is not None}
    text = orjson.dumps(kept).decode()
    if len(text) > BLOCKS_TEXT_MAX:
        raise Invalid({"blocks": "블록이 너무 많아요."})
    save_channel_blocks(tx, channel_id, text if kept else None)
    act = Act(actor=actor, act="set_blocks", subject=f"channel:{channel_id}", at=at)
    append_audit(tx, program_book(get_program_of_market(tx, channel.market_id)), act)


def set_ways(tx: Tx, channel_id: ChannelId, new: NewWays, *, actor: str, at: datetime) -> None:
    """Notes new names at the providers; what is not given stays."""
    channel = get_channel(tx, channel_id)
    save_channel_ways(
        tx,
        channel_id,
        pf_id=new.pf_id or channel.pf_id,
        nhn_sender_key=new.nhn_sender_key or channel.nhn_sender_key,
        opt_out_number=new.opt_out_number or channel.opt_out_number,
    )
    act = Act(actor=actor, act="set_channel_ways", subject=f"channel:{channel_id}", at=at)
    append_audit(tx, program_book(get_program_of_market(tx, channel.market_id)), act)


def bar_channel(
    tx: Tx,
    program_id: ProgramId,
    channel_id: ChannelId,
    until: datetime | None,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Notes until when Kakao lets this channel send nothing (K8); None when it is free again.

    Raises NotFound for another program's channel.
    """
    channel = get_channel(tx, channel_id)
    if get_program_of_market(tx, channel.market_id) != program_id:
        raise NotFound("channel")
    save_barred(tx, channel_id, until)
    details = f"until:{until.isoformat()}" if until else "until:over"
    subject = f"channel:{channel_id}"
    act = Act(actor=actor, act="bar_channel", subject=subject, details=details, at=at)
    append_audit(tx, program_book(program_id), act)


def account_of(channel: ChannelRow) -> Account:
    """What a sender needs to speak in this channel's name."""
    return Account(
        channel_id=channel.channel_id,
        bot_id=channel.bot_id,
        rest_api_key=Secrets.read(channel.secrets).rest_api_key,
        event_name=channel.event_name,
        pf_id=channel.pf_id,
        nhn_sender_key=channel.nhn_sender_key,
        opt_out_number=channel.opt_out_number,
    )


def missing_parts(channel: ChannelRow) -> Sequence[str]:
    """What a channel still lacks before advertising may leave, in the manager's words."""
    secrets = Secrets.read(channel.secrets)
    checks = (
        (bool(secrets.header_secrets), "스킬 헤더 비밀값이 없어요 (챗봇 관리자센터 > 스킬)"),
        (bool(secrets.rest_api_key), "REST API 키가 없어요 (Kakao Developers > 앱 키)"),
        (bool(secrets.admin_keys), "어드민 키가 없어요 (채널 추가·차단 알림을 못 받아요)"),
        (bool(channel.event_name), "이벤트 이름이 없어요 (블록 > 이벤트 설정)"),
        (bool(channel.event_block_id), "이벤트 블록 id가 없어요"),
        (bool(channel.service_number), "고객센터 번호가 없어요 (광고에 꼭 필요해요, L7)"),
        (bool(channel.pf_id), "발신 채널 id(pfId)가 없어요 (브랜드 메시지를 못 보내요)"),
    )
    return [sentence for holds, sentence in checks if not holds]
