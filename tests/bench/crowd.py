"""Many regulars at once, for the benchmarks only: the demo lives each person's story instead."""

from datetime import datetime

from sqlalchemy import BigInteger, String, bindparam, false, insert, literal, select, text, true
from sqlmodel import col

from domain.consent import Choice, Purpose
from domain.people import ChannelId, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.queries.customers import PHONE
from storage.statements import Statement

PIECE = 500
AT = bindparam("at", type_=INSTANT)
CHANNEL = bindparam("channel_id", type_=BigInteger())
SHOP = bindparam("shop_id", type_=BigInteger())


CUSTOMERS = Statement(
    text("""
        INSERT INTO customer (
            channel_id, bot_user_key, phone, phone_hash, friend, friend_at, of_age_at, is_staff,
            created_at, last_seen_at
        )
        WITH RECURSIVE crowd(number) AS (
            SELECT 0 UNION ALL SELECT number + 1 FROM crowd WHERE number + 1 < :count
        )
        SELECT CAST(:channel_id AS BIGINT),
            substr(CAST(:keys AS TEXT), number * :key_length + 1, :key_length),
            substr(:phones, number * :phone_length + 1, :phone_length),
            substr(CAST(:hashes AS TEXT), number * :hash_length + 1, :hash_length),
            'added', :at, :at, false, :at, :at
        FROM crowd
    """).bindparams(AT)
)
"""A set whose values come strung together: neither database takes a list of sealed bytes."""

MEMBERS = Statement(
    insert(Membership).from_select(
        [
            "shop_id",
            "customer_id",
            "joined_at",
            "phone_granted_at",
            "advertising_since",
            "visits",
            "visit_days",
            "is_told",
            "has_news",
        ],
        select(SHOP, col(Customer.id), AT, AT, AT, literal(0), literal(0), true(), false()).where(
            col(Customer.channel_id) == CHANNEL
        ),
        include_defaults=False,
    )
)
CHOICES = Statement(
    insert(ConsentChoice).from_select(
        [
            "shop_id",
            "customer_id",
            "purpose",
            "choice",
            "text_version",
            "pressed",
            "chosen_at",
            "counts_from",
        ],
        select(
            SHOP,
            col(Customer.id),
            bindparam("purpose", type_=String()),
            bindparam("choice", type_=String()),
            bindparam("version", type_=String()),
            bindparam("pressed", type_=String()),
            AT,
            AT,
        ).where(col(Customer.channel_id) == CHANNEL),
        include_defaults=False,
    )
)


ALIKE = Statement(
    text("""
        INSERT INTO customer (
            channel_id, bot_user_key, phone_hash, friend, friend_at, of_age_at, is_staff,
            created_at, last_seen_at
        )
        WITH RECURSIVE crowd(number) AS (
            SELECT 1 UNION ALL SELECT number + 1 FROM crowd WHERE number < :count
        )
        SELECT CAST(:channel_id AS BIGINT), 'crowd-' || number, 'phone-' || number, 'added',
            :at, :at, false, :at, :at
        FROM crowd
    """).bindparams(AT)
)


def phone_of(number: int) -> str:
    return f"010{number + 50_000_000:08d}"


def key_of(number: int) -> str:
    return f"{number:066x}"


def gather(tx: Tx, channel_id: ChannelId, shop_id: ShopId, count: int, at: datetime) -> None:
    """`count` friends of a channel, all members who agreed to advertising and left a number."""
    for start in range(0, count, PIECE):
        _add(tx, channel_id, range(start, min(start + PIECE, count)), at)
    tx.run(MEMBERS, channel_id=channel_id, shop_id=shop_id, at=at)
    tx.run(
        CHOICES,
        channel_id=channel_id,
        shop_id=shop_id,
        purpose=Purpose.ADVERTISING.value,
        choice=Choice.GRANTED.value,
        version="bench",
        pressed="bench",
        at=at,
    )


def _add(tx: Tx, channel_id: ChannelId, numbers: range, at: datetime) -> None:
    phones = [phone_of(number) for number in numbers]
    keys = [key_of(number) for number in numbers]
    sealed = [tx.vault.seal(phone, purpose=PHONE) for phone in phones]
    hashes = [tx.vault.fingerprint(phone, purpose=PHONE) for phone in phones]
    tx.run(
        CUSTOMERS,
        channel_id=channel_id,
        count=len(numbers),
        keys="".join(keys),
        key_length=len(keys[0]),
        phones=b"".join(sealed),
        phone_length=len(sealed[0]),
        hashes="".join(hashes),
        hash_length=len(hashes[0]),
        at=at,
    )


def gather_alike(tx: Tx, channel_id: ChannelId, shop_id: ShopId, count: int, at: datetime) -> None:
    """The same in one set, of people whom nobody can call: for what never leaves."""
    tx.run(ALIKE, channel_id=channel_id, count=count, at=at)
    tx.run(MEMBERS, channel_id=channel_id, shop_id=shop_id, at=at)
