"""Programs, markets, channels and shops."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlmodel import col

from domain.people import ChannelId, MarketId, ProgramId, ShopId
from domain.refusals import NotFound
from domain.visits import Place
from storage.desk import Tx
from storage.models.places import Channel, Market, Program, Shop
from storage.statements import Statement, inserting

SECRETS = "channel.secrets"
BEGINS_WITH = {"reply_hours": 24, "idea_hour": 10, "is_idea_sent": False}
"""A new shop: see `Shop`."""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel's public side; its secrets stay sealed until asked for."""

    channel_id: ChannelId
    market_id: MarketId
    name: str
    bot_id: str
    public_id: str
    search_id: str
    event_name: str
    event_block_id: str
    pf_id: str | None
    nhn_sender_key: str | None
    service_number: str | None
    opt_out_number: str | None
    blocks: str | None
    secrets: str


@dataclass(frozen=True, slots=True)
class ShopView:
    shop_id: ShopId
    market_id: MarketId
    channel_id: ChannelId
    slug: str
    name: str
    trade: str
    contact: str | None
    address: str | None
    hours: str | None
    welcome: str | None
    picture_id: str | None
    channel_public_id: str
    channel_search_id: str
    program_id: ProgramId


CHANNEL = (
    col(Channel.id),
    col(Channel.market_id),
    col(Channel.name),
    col(Channel.bot_id),
    col(Channel.public_id),
    col(Channel.search_id),
    col(Channel.event_name),
    col(Channel.event_block_id),
    col(Channel.pf_id),
    col(Channel.nhn_sender_key),
    col(Channel.service_number),
    col(Channel.opt_out_number),
    col(Channel.blocks),
    col(Channel.secrets),
)
CHANNEL_BY_BOT = Statement(select(*CHANNEL).where(col(Channel.bot_id) == bindparam("of_bot")))
CHANNEL_BY_PUBLIC = Statement(
    select(*CHANNEL).where(col(Channel.public_id) == bindparam("of_public"))
)
CHANNEL_BY_ID = Statement(select(*CHANNEL).where(col(Channel.id) == bindparam("of_id")))
CHANNELS = Statement(select(*CHANNEL).order_by(col(Channel.id)).limit(1000))


def _shops() -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(Shop.id),
            col(Shop.market_id),
            col(Shop.channel_id),
            col(Shop.slug),
            col(Shop.name),
            col(Shop.trade),
            col(Shop.contact),
            col(Shop.address),
            col(Shop.hours),
            col(Shop.welcome),
            col(Shop.picture_id),
            col(Channel.public_id),
            col(Channel.search_id),
            col(Market.program_id),
        )
        .join(Channel, col(Channel.id) == col(Shop.channel_id))
        .join(Market, col(Market.id) == col(Shop.market_id))
    )


SHOP_BY_ID = Statement(_shops().where(col(Shop.id) == bindparam("of_id")))
SHOP_BY_SLUG = Statement(_shops().where(col(Shop.slug) == bindparam("of_slug")))
INSERT_PROGRAM = Statement(
    inserting(Program, "name", "starts_on", "ends_on", "created_at").returning(col(Program.id))
)
INSERT_MARKET = Statement(
    inserting(Market, "program_id", "name", "region").returning(col(Market.id))
)
INSERT_CHANNEL = Statement(
    inserting(
        Channel,
        "market_id",
        "name",
        "bot_id",
        "public_id",
        "search_id",
        "event_name",
        "event_block_id",
        "pf_id",
        "nhn_sender_key",
        "service_number",
        "opt_out_number",
        "secrets",
        "created_at",
    ).returning(col(Channel.id))
)
SAVE_SECRETS = Statement(
    update(Channel)
    .where(col(Channel.id) == bindparam("of_id"))
    .values(secrets=bindparam("secrets"))
)
SAVE_BLOCKS = Statement(
    update(Channel).where(col(Channel.id) == bindparam("of_id")).values(blocks=bindparam("blocks"))
)
INSERT_SHOP = Statement(
    inserting(
        Shop,
        "market_id",
        "channel_id",
        "slug",
        "name",
        "trade",
        "contact",
        "address",
        "hours",
        "welcome",
        "picture_id",
        "created_at",
    )
    .values(**BEGINS_WITH, closed_weekdays="", may_text=False)
    .returning(col(Shop.id))
)
SAVE_SHOP = Statement(
    update(Shop)
    .where(col(Shop.id) == bindparam("of_id"))
    .values({name: bindparam(name) for name in ("contact", "address", "hours", "welcome")})
)
SAVE_PLACE = Statement(
    update(Shop)
    .where(col(Shop.id) == bindparam("of_id"))
    .values(latitude=bindparam("latitude"), longitude=bindparam("longitude"))
)
PROGRAM_BY_ID = Statement(
    select(col(Program.name), col(Program.starts_on), col(Program.ends_on)).where(
        col(Program.id) == bindparam("of_id")
    )
)
MARKETS_OF_PROGRAM = Statement(
    select(col(Market.id), col(Market.name), col(Market.region))
    .where(col(Market.program_id) == bindparam("of_program"))
    .order_by(col(Market.id))
)
PROGRAM_BY_NAME = Statement(
    select(col(Program.id)).where(col(Program.name) == bindparam("of_name"))
)
MARKET_BY_ID = Statement(select(col(Market.program_id)).where(col(Market.id) == bindparam("of_id")))


def _channel(tx: Tx, row: tuple[Any, ...] | None) -> ChannelRow | None:
    if row is None:
        return None
    *public, sealed = row
    return ChannelRow(*[*public, tx.vault.unseal(sealed, purpose=SECRETS)])


def find_channel_by_bot(tx: Tx, bot_id: str) -> ChannelRow | None:
    return _channel(tx, tx.one(CHANNEL_BY_BOT, of_bot=bot_id))


def find_channel_by_public_id(tx: Tx, public_id: str) -> ChannelRow | None:
    return _channel(tx, tx.one(CHANNEL_BY_PUBLIC, of_public=public_id))


def get_channel(tx: Tx, channel_id: ChannelId) -> ChannelRow:
    """Raises NotFound."""
    found = _channel(tx, tx.one(CHANNEL_BY_ID, of_id=channel_id))
    if found is None:
        raise NotFound("channel")
    return found


def list_channels(tx: Tx) -> list[ChannelRow]:
    return [channel for row in tx.all(CHANNELS) if (channel := _channel(tx, row))]


def find_shop_by_slug(tx: Tx, slug: str) -> ShopView | None:
    row = tx.one(SHOP_BY_SLUG, of_slug=slug)
    return ShopView(*row) if row else None


def get_shop(tx: Tx, shop_id: ShopId) -> ShopView:
    """Raises NotFound."""
    row = tx.one(SHOP_BY_ID, of_id=shop_id)
    if row is None:
        raise NotFound("shop")
    return ShopView(*row)


def insert_program(tx: Tx, *, name: str, starts_on: date, ends_on: date, at: datetime) -> ProgramId:
    row = tx.one(INSERT_PROGRAM, name=name, starts_on=starts_on, ends_on=ends_on, created_at=at)
    assert row is not None
    return ProgramId(row[0])


def insert_market(tx: Tx, program_id: ProgramId, *, name: str, region: str) -> MarketId:
    row = tx.one(INSERT_MARKET, program_id=program_id, name=name, region=region)
    assert row is not None
    return MarketId(row[0])


def insert_channel(tx: Tx, *, secrets: str, **facts: object) -> ChannelId:
    """`facts` are the columns of Channel by name; `secrets` is sealed here."""
    given: dict[str, object] = {"opt_out_number": None, "nhn_sender_key": None} | facts
    row = tx.one(INSERT_CHANNEL, secrets=tx.vault.seal(secrets, purpose=SECRETS), **given)
    assert row is not None
    return ChannelId(row[0])


def save_channel_secrets(tx: Tx, channel_id: ChannelId, secrets: str) -> None:
    tx.run(SAVE_SECRETS, of_id=channel_id, secrets=tx.vault.seal(secrets, purpose=SECRETS))


def save_channel_blocks(tx: Tx, channel_id: ChannelId, blocks: str | None) -> None:
    tx.run(SAVE_BLOCKS, of_id=channel_id, blocks=blocks)


def insert_shop(tx: Tx, **facts: object) -> ShopId:
    """`facts` are the columns of Shop by name."""
    row = tx.one(INSERT_SHOP, **facts)
    assert row is not None
    return ShopId(row[0])


def save_shop(tx: Tx, shop_id: ShopId, **facts: object) -> None:
    """`facts`: contact, address, hours, welcome, all of them."""
    tx.run(SAVE_SHOP, of_id=shop_id, **facts)


def save_place(tx: Tx, shop_id: ShopId, place: Place | None) -> None:
    """Where a shop stands; None forgets it."""
    latitude, longitude = (place.latitude, place.longitude) if place else (None, None)
    tx.run(SAVE_PLACE, of_id=shop_id, latitude=latitude, longitude=longitude)


def get_program(tx: Tx, program_id: ProgramId) -> tuple[str, date, date]:
    """Name, first day and last day; raises NotFound."""
    row = tx.one(PROGRAM_BY_ID, of_id=program_id)
    if row is None:
        raise NotFound("program")
    return row[0], row[1], row[2]


def find_program_by_name(tx: Tx, name: str) -> ProgramId | None:
    row = tx.one(PROGRAM_BY_NAME, of_name=name)
    return ProgramId(row[0]) if row else None


def list_markets(tx: Tx, program_id: ProgramId) -> list[tuple[MarketId, str, str]]:
    """Id, name and region."""
    rows = tx.all(MARKETS_OF_PROGRAM, of_program=program_id)
    return [(MarketId(row[0]), row[1], row[2]) for row in rows]


def get_program_of_market(tx: Tx, market_id: MarketId) -> ProgramId:
    """Raises NotFound."""
    row = tx.one(MARKET_BY_ID, of_id=market_id)
    if row is None:
        raise NotFound("market")
    return ProgramId(row[0])
