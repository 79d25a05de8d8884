"""A small town to try things on: one shop with its regulars, the same in our books and outside."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from PIL import Image
from sqlalchemy import make_url

from domain.alimtalk import TEXTS
from domain.campaigns import MessageKind, SenderName
from domain.money import won
from domain.people import CustomerId, ShopId
from domain.ways import NoticeUse
from simulator.nhn_account import NhnAccount, NhnSender, approved
from simulator.values import Bot, SolapiAccount
from simulator.world import World
from storage.books import open_books
from storage.desk import Tx
from storage.migrate import migrate
from storage.vault import KEY_BYTES, Vault
from subsidy.channels import NewWays, set_ways
from subsidy.holding import pays_for
from subsidy.operating import fund_operating
from subsidy.shops import Card, add_picture, card_picture
from tests.factories import (
    ADMIN_KEY,
    EARLIER,
    HEADER_NAME,
    HEADER_SECRET,
    MANAGER,
    REST_API_KEY,
    SHOP_NAME,
    Street,
    change,
    let_advertise_often,
    let_text,
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
SENDER_NUMBER = "0212345678"
NHN_APPKEY = "SIMAPPKEY00001"
NHN_SECRET = "SIM-NHN-SECRET-00000000000001"
NHN_SENDER_KEY = "5" * 40
OPT_OUT = "080-123-4567"
USE = NoticeUse.COUPON_EARNED
TEMPLATE = "COUPONEARNED"
"""The inspected text that both providers have, under this code."""

OPERATING_WON = 100_000

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
    picture_id: str

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
        await books.write(_open_ways, street)
        picture_id = await books.write(add_picture, street.shop_id, _picture(), EARLIER)
    return Town(url=url, shop_id=street.shop_id, regulars=regulars, picture_id=picture_id)


def _open_ways(tx: Tx, street: Street) -> None:
    """Every way may carry for this shop, and every way is paid for."""
    ways = NewWays(nhn_sender_key=NHN_SENDER_KEY, opt_out_number=OPT_OUT)
    set_ways(tx, street.channel_id, ways, actor=MANAGER, at=EARLIER)
    let_text(tx, street, opt_out=OPT_OUT)
    let_advertise_often(tx, street.shop_id)
    pays = pays_for(SenderName.SOLAPI_LMS, MessageKind.ADVERTISEMENT)
    change(tx, """UPDATE "grant" SET pays = pays || :more""", more=f",{pays}")
    fund_operating(
        tx,
        street.program_id,
        amount_jeon=won(OPERATING_WON),
        key="first",
        actor=MANAGER,
        at=EARLIER,
    )


def _picture() -> Card:
    body = io.BytesIO()
    Image.new("RGB", (800, 600), "orange").save(body, "PNG")
    return card_picture(body.getvalue())


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
    world.add_nhn_account(_nhn_account(address))
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
        sender_numbers={SENDER_NUMBER},
        balance_won=10_000_000,
        templates={TEMPLATE: TEXTS[USE]},
    )


def _nhn_account(address: str) -> NhnAccount:
    account = NhnAccount(
        appkey=NHN_APPKEY,
        secret_key=NHN_SECRET,
        webhook_url=f"{address}/reports/nhn",
        webhook_signature=WEBHOOK_SECRET,
    )
    channel = NhnSender(
        sender_key=NHN_SENDER_KEY,
        bot_id=BOT_ID,
        plus_friend_id="@shop1",
        unsubscribe_no=OPT_OUT,
        templates={TEMPLATE: approved(TEMPLATE, TEXTS[USE])},
    )
    account.add_sender(channel)
    return account
