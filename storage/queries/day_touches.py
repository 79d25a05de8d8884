"""How often a channel's people are advertised to on a day: by keyed hash, without a shop.

Counted for the day on which a run is planned. Who is left out for want of money, or because the
gathering is undone, is taken off again; who is not sent to after that (stopped, too late) stays
counted: a day of one advertisement too few is better than one too many.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import orjson
from sqlalchemy import (
    BigInteger,
    Date,
    Executable,
    Integer,
    String,
    bindparam,
    delete,
    literal,
    select,
    true,
)
from sqlmodel import col

from domain.people import ChannelId, CustomerId
from storage.desk import Tx
from storage.models.campaigns import DayTouch
from storage.statements import Statement, json_rows, upsert_rows

CAP = "cap"
HASH_CHARACTERS = 32
CHANNEL, DAY = bindparam("of_channel", type_=BigInteger()), bindparam("of_day", type_=Date())
OF_DAY = (col(DayTouch.channel_id) == CHANNEL, col(DayTouch.on) == DAY)


def _full(dialect: str) -> Executable:
    people = json_rows(dialect, "people", hash=String())
    return (
        select(col(DayTouch.person_hash))
        .select_from(people)
        .join(DayTouch, col(DayTouch.person_hash) == people.c.hash)
        .where(*OF_DAY, col(DayTouch.count) >= bindparam("most", type_=Integer()))
    )


def _count(dialect: str) -> Executable:
    people = json_rows(dialect, "people", hash=String())
    by = bindparam("by", type_=Integer())
    source = select(
        CHANNEL.label("channel_id"),
        DAY.label("on"),
        people.c.hash.label("person_hash"),
        by.label("count"),
    ).where(true())
    return upsert_rows(
        dialect,
        DayTouch,
        ("channel_id", "on", "person_hash"),
        source,
        lambda fresh: {"count": col(DayTouch.count) + fresh["count"]},
    )


ANY_FULL = Statement(
    select(literal(1))
    .where(*OF_DAY, col(DayTouch.count) >= bindparam("most", type_=Integer()))
    .limit(1)
)
FULL = Statement(_full)
COUNT = Statement(_count)
FORGET = Statement(
    delete(DayTouch).where(col(DayTouch.channel_id) == CHANNEL, col(DayTouch.on) < DAY)
)


def is_anybody_full(tx: Tx, channel_id: ChannelId, day: date, most: int) -> bool:
    return tx.one(ANY_FULL, of_channel=channel_id, of_day=day, most=most) is not None


def list_full(
    tx: Tx, channel_id: ChannelId, day: date, people: Iterable[CustomerId], most: int
) -> list[CustomerId]:
    """Who of them has had so many on this day (KST)."""
    by_hash = _hashed(tx, channel_id, people)
    listed = _as_json(by_hash)
    found = tx.all(FULL, of_channel=channel_id, of_day=day, people=listed, most=most)
    return [by_hash[row[0]] for row in found]


def count_touches(
    tx: Tx, channel_id: ChannelId, day: date, people: Sequence[CustomerId], by: int
) -> None:
    """One more for each of them, or one less."""
    if people:
        listed = _as_json(_hashed(tx, channel_id, people))
        tx.run(COUNT, of_channel=channel_id, of_day=day, people=listed, by=by)


def forget_days(tx: Tx, channel_id: ChannelId, today: date) -> None:
    """A day that is over caps nothing."""
    tx.run(FORGET, of_channel=channel_id, of_day=today)


def _hashed(
    tx: Tx, channel_id: ChannelId, people: Iterable[CustomerId]
) -> Mapping[str, CustomerId]:
    fingerprint = tx.vault.fingerprint
    return {
        fingerprint(f"{channel_id}:{one}", purpose=CAP)[:HASH_CHARACTERS]: one for one in people
    }


def _as_json(hashes: Iterable[str]) -> str:
    return orjson.dumps([{"hash": one} for one in hashes]).decode()
