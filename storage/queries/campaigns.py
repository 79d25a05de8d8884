"""Campaigns and runs: booking, claiming, planning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Executable,
    Integer,
    String,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import col

from domain.campaigns import (
    BubbleKind,
    CampaignState,
    ChunkState,
    MessageKind,
    MessageState,
    PauseReason,
    SenderName,
)
from domain.money import Jeon
from domain.people import (
    CampaignId,
    ChunkId,
    CustomerId,
    Friend,
    OfferId,
    RunId,
    SeriesId,
    ShopId,
)
from domain.subsidy import FairOrder
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.customers import Customer, Membership
from storage.queries.audience import STANDING
from storage.queries.halts import is_halted_at
from storage.queries.jobs import JobKind, nudge
from storage.statements import Statement, insert_once, inserting, json_rows, total


@dataclass(frozen=True, slots=True)
class CampaignRow:
    campaign_id: CampaignId
    shop_id: ShopId
    kind: MessageKind
    customer_id: CustomerId | None
    sender: SenderName
    bubble: BubbleKind
    body: str
    picture_id: str | None
    offer_id: OfferId | None
    state: CampaignState
    due_at: datetime
    not_later_than: datetime
    own_max_jeon: Jeon
    fair_order: FairOrder | None
    segment: str
    holdout_percent: int
    seed: int
    keeps_day: bool
    button_label: str | None
    button_url: str | None
    series_id: SeriesId | None
    paused_for: PauseReason | None
    parts: str


class RunCharge(NamedTuple):
    """How many messages of a run have been charged by now, and at what price."""

    charged: int
    unit_jeon: int
    rounds_to_jeon: int


class PersonFacts(NamedTuple):
    """What the gate must know of one regular, straight from the books."""

    customer_id: CustomerId
    friend: Friend
    is_of_age: bool
    has_consent: bool
    has_withdrawn: bool
    has_phone: bool
    hears_texts: bool
    paused_at: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    customer_id: CustomerId
    chunk_id: ChunkId | None
    state: MessageState
    code: str | None


CAMPAIGN = (
    col(Campaign.id),
    col(Campaign.shop_id),
    col(Campaign.kind),
    col(Campaign.customer_id),
    col(Campaign.sender),
    col(Campaign.bubble),
    col(Campaign.body),
    col(Campaign.picture_id),
    col(Campaign.offer_id),
    col(Campaign.state),
    col(Campaign.due_at),
    col(Campaign.not_later_than),
    col(Campaign.own_max_jeon),
    col(Campaign.fair_order),
    col(Campaign.segment),
    col(Campaign.holdout_percent),
    col(Campaign.seed),
    col(Campaign.keeps_day),
    col(Campaign.button_label),
    col(Campaign.button_url),
    col(Campaign.series_id),
    col(Campaign.paused_for),
    col(Campaign.parts),
)
UNSAID = {
    "parts": "",
    "segment": "",
    "holdout_percent": 0,
    "seed": 0,
    "keeps_day": False,
    "button_label": None,
    "button_url": None,
    "series_id": None,
}
"""What a message to one person, or to every regular, says nothing about."""

BOOK = Statement(
    lambda dialect: insert_once(
        dialect,
        Campaign,
        **{
            name: bindparam(name)
            for name in (
                "shop_id",
                "form_key",
                "kind",
                "customer_id",
                "sender",
                "bubble",
                "body",
                "parts",
                "picture_id",
                "offer_id",
                "segment",
                "holdout_percent",
                "seed",
                "keeps_day",
                "button_label",
                "button_url",
                "series_id",
                "state",
                "due_at",
                "not_later_than",
                "promised_jeon",
                "own_max_jeon",
                "fair_order",
                "staff_id",
                "created_at",
            )
        },
    )
)
BY_FORM_KEY = Statement(
    select(col(Campaign.id)).where(
        col(Campaign.shop_id) == bindparam("of_shop"),
        col(Campaign.form_key) == bindparam("of_key"),
    )
)
BY_ID = Statement(
    select(*CAMPAIGN).where(
        col(Campaign.shop_id) == bindparam("of_shop"), col(Campaign.id) == bindparam("of_id")
    )
)
NEWEST = Statement(
    select(*CAMPAIGN)
    .where(
        col(Campaign.shop_id) == bindparam("of_shop"),
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
    )
    .order_by(col(Campaign.id).desc())
    .limit(bindparam("most", type_=Integer()))
)
PROMISED = Statement(
    select(total(col(Campaign.promised_jeon))).where(
        col(Campaign.shop_id) == bindparam("of_shop"), col(Campaign.state) == CampaignState.BOOKED
    )
)
NEXT_DUE = Statement(
    select(*CAMPAIGN)
    .where(
        col(Campaign.state) == CampaignState.BOOKED,
        col(Campaign.due_at) <= bindparam("now"),
        or_(col(Campaign.kind) == MessageKind.INFORMATION, ~is_halted_at(col(Campaign.shop_id))),
    )
    .order_by(col(Campaign.due_at), col(Campaign.id))
    .limit(1)
    .with_for_update(skip_locked=True, of=Campaign)
)
MOVE_CAMPAIGN = Statement(
    update(Campaign)
    .where(
        col(Campaign.id) == bindparam("of_id"),
        col(Campaign.shop_id) == bindparam("of_shop"),
        col(Campaign.state) == bindparam("old_state"),
    )
    .values(state=bindparam("new_state"))
)
PAUSE = Statement(
    update(Campaign)
    .where(
        col(Campaign.id) == bindparam("of_id"),
        col(Campaign.shop_id) == bindparam("of_shop"),
        col(Campaign.state) == CampaignState.RUNNING,
    )
    .values(state=CampaignState.PAUSED, paused_for=bindparam("reason"))
)
POSTPONE = Statement(
    update(Campaign)
    .where(
        col(Campaign.id) == bindparam("of_id"),
        col(Campaign.shop_id) == bindparam("of_shop"),
        col(Campaign.state) == CampaignState.BOOKED,
    )
    .values(due_at=bindparam("due_at"))
)
FACTS = (
    col(Customer.id),
    col(Customer.friend),
    *STANDING,
    col(Membership.paused_at),
    col(Membership.paused_until),
)
ONE_PERSON = Statement(
    select(*FACTS)
    .outerjoin(
        Membership,
        and_(
            col(Membership.customer_id) == col(Customer.id),
            col(Membership.shop_id) == bindparam("of_shop"),
        ),
    )
    .where(col(Customer.id) == bindparam("of_customer"))
)
INSERT_RUN = Statement(
    inserting(
        Run,
        "shop_id",
        "campaign_id",
        "price_id",
        "unit_jeon",
        "rounds_to_jeon",
        "contact",
        "recipients",
        "charged",
        "gathered_to",
        "planned_at",
    ).returning(col(Run.id))
)


CHUNK_FACTS: dict[str, TypeEngine[Any]] = {
    "shop_id": BigInteger(),
    "run_id": BigInteger(),
    "sender": String(),
    "state": String(),
    "act_at": INSTANT,
    "tries": Integer(),
    "failures": Integer(),
    "delivered": Integer(),
    "failed": Integer(),
}


def _insert_chunks(dialect: str) -> Executable:
    rows = json_rows(dialect, "chunks", number=Integer(), size=Integer(), send_key=String())
    source = select(*[bindparam(name, type_=kind) for name, kind in CHUNK_FACTS.items()], *rows.c)
    names = [*CHUNK_FACTS, *rows.c.keys()]
    filled = insert(Chunk).from_select(names, source, include_defaults=False)
    return filled.returning(col(Chunk.number), col(Chunk.id))


def _insert_messages(dialect: str) -> Executable:
    kinds = {"customer_id": BigInteger(), "chunk_id": BigInteger()}
    rows = json_rows(dialect, "messages", **kinds, state=String(), code=String())
    names = ["shop_id", "run_id", "is_charged", *rows.c.keys()]
    source = select(
        bindparam("shop_id", type_=BigInteger()),
        bindparam("run_id", type_=BigInteger()),
        bindparam("is_charged", type_=Boolean()),
        *rows.c,
    )
    return insert(Message).from_select(names, source, include_defaults=False)


INSERT_CHUNKS = Statement(_insert_chunks)
INSERT_MESSAGES = Statement(_insert_messages)
ADD_CHARGED = Statement(
    update(Run)
    .where(col(Run.id) == bindparam("of_run"))
    .values(charged=col(Run.charged) + bindparam("added", type_=Integer()))
    .returning(col(Run.charged), col(Run.unit_jeon), col(Run.rounds_to_jeon))
)
FINISH_RUN = Statement(
    update(Run)
    .where(
        col(Run.id) == bindparam("of_run"),
        col(Run.finished_at).is_(None),
        ~select(col(Chunk.id))
        .where(col(Chunk.run_id) == bindparam("of_run"), col(Chunk.state) != ChunkState.SETTLED)
        .exists(),
    )
    .values(finished_at=bindparam("at"))
    .returning(col(Run.campaign_id), col(Run.shop_id))
)


def find_by_form_key(tx: Tx, shop_id: ShopId, form_key: str) -> CampaignId | None:
    row = tx.one(BY_FORM_KEY, of_shop=shop_id, of_key=form_key)
    return CampaignId(row[0]) if row else None


def book_once(
    tx: Tx, *, shop_id: ShopId, form_key: str, **facts: object
) -> tuple[CampaignId, bool]:
    """Books, or finds what the same form booked before; whether it is new.

    `facts`: Campaign's other columns, those of `UNSAID` where they say something.
    """
    is_new = bool(tx.run(BOOK, shop_id=shop_id, form_key=form_key, **{**UNSAID, **facts}))
    campaign_id = find_by_form_key(tx, shop_id, form_key)
    assert campaign_id is not None, "it was booked now or before"
    if is_new:
        due_at, now = facts["due_at"], facts["created_at"]
        assert isinstance(due_at, datetime)
        assert isinstance(now, datetime)
        nudge(tx, JobKind.PLAN, [campaign_id], now=now, act_at=due_at)
    return campaign_id, is_new


def find_campaign(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> CampaignRow | None:
    row = tx.one(BY_ID, of_shop=shop_id, of_id=campaign_id)
    return CampaignRow(*row) if row else None


def list_campaigns(tx: Tx, shop_id: ShopId, most: int) -> list[CampaignRow]:
    """The newest first."""
    return [CampaignRow(*row) for row in tx.all(NEWEST, of_shop=shop_id, most=most)]


def sum_promised(tx: Tx, shop_id: ShopId) -> Jeon:
    """The free cash that this shop's booked campaigns count on; nothing of it is held yet."""
    row = tx.one(PROMISED, of_shop=shop_id)
    assert row is not None
    return Jeon(row[0])


def find_due(tx: Tx, now: datetime) -> CampaignRow | None:
    """The campaign that has been due the longest, for this transaction alone; no advertising of
    a halted shop.
    """
    row = tx.one(NEXT_DUE, now=now)
    return CampaignRow(*row) if row else None


def claim_state(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, old: CampaignState, new: CampaignState
) -> bool:
    """One conditional UPDATE: of several who try, one gets True."""
    return bool(
        tx.run(MOVE_CAMPAIGN, of_id=campaign_id, of_shop=shop_id, old_state=old, new_state=new)
    )


def pause(tx: Tx, shop_id: ShopId, campaign_id: CampaignId, reason: PauseReason) -> bool:
    """Only what runs."""
    return bool(tx.run(PAUSE, of_id=campaign_id, of_shop=shop_id, reason=reason))


def postpone(tx: Tx, shop_id: ShopId, campaign_id: CampaignId, due_at: datetime) -> None:
    tx.run(POSTPONE, of_id=campaign_id, of_shop=shop_id, due_at=due_at)


def find_person(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> PersonFacts | None:
    """Anybody of the shop's channel, regular or not; None once they are deleted."""
    row = tx.one(ONE_PERSON, of_shop=shop_id, of_customer=customer_id)
    return PersonFacts._make(row) if row else None


def insert_run(tx: Tx, **facts: object) -> RunId:
    """`facts`: Run's columns; without `gathered_to` it is whole."""
    row = tx.one(INSERT_RUN, **{"charged": 0, "gathered_to": None, **facts})
    assert row is not None
    return RunId(row[0])


def insert_chunks(
    tx: Tx,
    *,
    sizes: Sequence[int],
    send_keys: Sequence[str],
    first: int = 0,
    state: ChunkState = ChunkState.PLANNED,
    **facts: object,
) -> list[ChunkId]:
    """Chunks numbered from `first`, in that order. `facts`: shop_id, run_id, sender, act_at."""
    chunks = [
        {"number": number, "size": size, "send_key": key}
        for number, (size, key) in enumerate(zip(sizes, send_keys, strict=True), first)
    ]
    rows = tx.all(
        INSERT_CHUNKS,
        chunks=orjson.dumps(chunks).decode(),
        state=state.value,
        tries=0,
        failures=0,
        delivered=0,
        failed=0,
        **facts,
    )
    return [ChunkId(row[1]) for row in sorted(rows)]


def insert_messages(tx: Tx, shop_id: ShopId, run_id: RunId, messages: Sequence[NewMessage]) -> None:
    listed = orjson.dumps(list(messages)).decode()
    tx.run(INSERT_MESSAGES, shop_id=shop_id, run_id=run_id, is_charged=False, messages=listed)


def add_charged(tx: Tx, run_id: RunId, added: int) -> RunCharge:
    row = tx.one(ADD_CHARGED, of_run=run_id, added=added)
    assert row is not None
    return RunCharge(*row)


def finish_run(tx: Tx, run_id: RunId, at: datetime) -> tuple[CampaignId, ShopId] | None:
    """Marks a run whose chunks are all settled; None when it is not, or was before."""
    row = tx.one(FINISH_RUN, of_run=run_id, at=at)
    return (CampaignId(row[0]), ShopId(row[1])) if row else None
