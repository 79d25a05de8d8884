"""A small town to try things on: one shop with its regulars, the same in our books and outside."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url

from domain.people import CustomerId, ShopId
from simulator.values import Bot, SolapiAccount
from simulator.world import World
from storage.books import open_books
from storage.desk import Tx
from storage.migrate import migrate
from storage.vault import KEY_BYTES, Vault
from tests.factories import (
    ADMIN_KEY,
    HEADER_NAME,
    HEADER_SECRET,
    REST_API_KEY,
    SHOP_NAME,
    Street,
    make_caller,
    make_customer,
    make_street,
    phone_of,
)
from tests.postgres import create_database, drop_database

START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # a Wednesday, 10:00 KST
KEY = bytes(range(KEY_BYTES))

BOT_ID = "bot-1"
PF_ID = "PF01"
SOLAPI_KEY = "SIMKEY00000001"
SOLAPI_SECRET = "SIM-SECRET-0000000000000000001"
WEBHOOK_SECRET = "SIM-WEBHOOK-SECRET"

DECLINED, STRANGERS, PHONELESS = 3, 2, 2
"""People whom the gate must keep out: no consent, not a friend, no number (SOLAPI only)."""

BLOCK_EVERY = 60
"""Every so many people, one has blocked the channel and Kakao never told us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A migrated and settled database that is copied for each life lived in it.

    Person `p7` outside is customer number 7: the first `regulars` have all agreed.
    """

    url: str
    shop_id: ShopId
    regulars: int

    @property
    def consenting(self) -> frozenset[str]:
        return frozenset(
            person_id(number)
            for number in range(1, self.everybody + 1)
            if not self.regulars < number <= self.regulars + DECLINED
        )

    @property
    def everybody(self) -> int:
        return self.regulars + DECLINED + STRANGERS + PHONELESS


def person_id(number: int) -> str:
    return f"p{number}"


def bot_user_key(number: int) -> str:
    return make_caller(number).bot_user_key


def person_of_key(key: str) -> str:
    return f"p{key.rpartition('-')[2]}"


async def settle_town(url: str, regulars: int) -> Town:
    """Migrates an empty database and fills it."""
    migrate(url)
    async with open_books(url, Vault(KEY)) as books:
        street = await books.write(make_street, people=regulars)
        await books.write(_settle_others, street, regulars)
    return Town(url=url, shop_id=street.shop_id, regulars=regulars)


def _settle_others(tx: Tx, street: Street, regulars: int) -> list[CustomerId]:
    place = street.channel_id, street.shop_id
    number = regulars
    settled = []
    for _ in range(DECLINED):
        number += 1
        settled.append(make_customer(tx, *place, number, has_consent=False))
    for _ in range(STRANGERS):
        number += 1
        settled.append(make_customer(tx, *place, number, is_friend=False))
    for _ in range(PHONELESS):
        number += 1
        settled.append(make_customer(tx, *place, number, has_phone=False))
    return settled


@contextmanager
def copied(town: Town, folder: Path) -> Iterator[str]:
    """The URL of a copy of the town's database, of this life's own."""
    if town.url.startswith("sqlite:///"):
        path = folder / "town.db"
        for name in ("town.db", "town.db-wal", "town.db-shm"):
            (folder / name).unlink(missing_ok=True)
        shutil.copyfile(town.url.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    name, template = f"dangol_life_{uuid4().hex[:12]}", make_url(town.url).database
    admin = make_url(town.url).set(database="postgres").render_as_string(hide_password=False)
    try:
        yield create_database(admin, name, template)
    finally:
        drop_database(admin, name)


def people_world(world: World, town: Town, address: str) -> None:
    """The same people in the pretend KakaoTalk and at the pretend provider."""
    world.add_bot(_bot(address))
    world.add_account(_account(address))
    for number in range(1, town.everybody + 1):
        caller = make_caller(number)
        world.add_person(
            person_id=person_id(number),
            name=f"손님{number}",
            phone=phone_of(number),
            app_user_id=caller.app_user_id,
            bot_user_keys={BOT_ID: caller.bot_user_key},
        )
        if number % BLOCK_EVERY == 0:
            world.block(person_id(number), BOT_ID)
        elif not _is_stranger(town, number):
            world.add_friend(person_id(number), BOT_ID)


def _is_stranger(town: Town, number: int) -> bool:
    first = town.regulars + DECLINED
    return first < number <= first + STRANGERS


def _bot(address: str) -> Bot:
    return Bot(
        bot_id=BOT_ID,
        name=SHOP_NAME,
        channel_public_id="_pub1",
        channel_uuid="@shop1",
        skill_url=f"{address}/kakao/skill",
        skill_header=(HEADER_NAME, HEADER_SECRET),
        rest_api_key=REST_API_KEY,
        admin_key=ADMIN_KEY,
        webhook_url=f"{address}/kakao/channel",
        events={"promotion": "block-event"},
        fallback_block="block-fallback",
    )


def _account(address: str) -> SolapiAccount:
    return SolapiAccount(
        api_key=SOLAPI_KEY,
        api_secret=SOLAPI_SECRET,
        webhook_url=f"{address}/reports/solapi",
        webhook_secret=WEBHOOK_SECRET,
        pf_ids={PF_ID: BOT_ID},
        balance_won=10_000_000,
    )
