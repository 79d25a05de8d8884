"""The demo street: our server and the pretend world, talking over real HTTP.

`show` waits for a browser; dangol/story.py lives one story without one.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.keys import KakaoLogin
from dangol import doors, serving
from dangol.settings import Settings, Solapi
from dangol.stage import HOST, OWNER, DemoClock, fresh_database
from dangol.street import (
    HEADER_NAME,
    OpenShop,
    Resident,
    Street,
    draw_residents,
    open_street,
    settle_residents,
)
from dangol.wiring import House, open_house
from domain.people import Friend
from domain.time import Now
from simulator import app as simulator
from simulator.app import FAULTS, KAKAO
from simulator.faults import Faults
from simulator.kakao import Kakao
from simulator.phones import VISITOR
from simulator.settings import Settings as WorldSettings
from simulator.values import Bot, LoginApp, SolapiAccount
from simulator.world import World
from storage.migrate import migrate
from storage.vault import KEY_BYTES
from subsidy.accounts import link_account
from subsidy.pairing import make_pairing_code

SOLAPI_KEY = "DEMOKEY0000001"
SOLAPI_SECRET = "DEMO-SECRET-0000000000000000001"  # noqa: S105 - of a pretend provider
WEBHOOK_SECRET = "DEMO-WEBHOOK-SECRET"  # noqa: S105 - of a pretend provider
BALANCE_WON = 10_000_000
SETTLE_AT_ONCE = 250
OWNER_ACCOUNT = "3999999998"
LOGIN_KEY, LOGIN_SECRET = "demo-rest-api-key", "demo-client-secret"  # of a pretend app


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`database_url` None means a fresh SQLite file in `folder`."""

    database_url: str | None
    folder: Path
    port: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything a story or a visitor needs."""

    house: House
    street: Street
    world: World
    kakao: Kakao
    address: str
    world_address: str
    visitor_id: str
    clock: DemoClock
    faults: Faults

    @property
    def now(self) -> Now:
        return self.clock.now


async def show(options: Options) -> None:
    """Serves the street until stopped, and prints its doors."""
    async with open_stage(options, port=options.port, world_port=options.port + 10) as stage:
        sys.stdout.write(
            f"\n  단골거리가 열렸어요.  {stage.address}\n\n"
            f"  손님의 휴대폰  {stage.world_address}/phones/{VISITOR}\n"
            f"  사장님의 채팅  {stage.world_address}/phones/{OWNER}\n"
            f"  사장님의 화면  {stage.address}/demo/owner\n"
            f"  담당자         {stage.address}/demo/manager\n"
            f"  오가는 요청    {stage.world_address}/feed\n\n"
            "  끝내려면 Ctrl-C\n\n"
        )
        sys.stdout.flush()
        await serving.until_stopped()


@asynccontextmanager
async def open_stage(options: Options, *, port: int, world_port: int) -> AsyncIterator[Stage]:
    clock = DemoClock()
    world = World(clock.now)
    address, world_address = f"http://{HOST}:{port}", f"http://{HOST}:{world_port}"
    pretend = simulator.build(world, WorldSettings(public_url=world_address), clock=clock)
    with fresh_database(options.database_url, options.folder) as database_url:
        migrate(database_url)
        settings = _settings(database_url, address, world_port)
        async with (
            serving.listening(pretend, HOST, world_port),
            open_house(settings, clock.now) as house,
        ):
            street = await _people_street(house, world, options.people, address, clock)
            phones = {
                "customer": f"{world_address}/phones/{VISITOR}",
                "owner": f"{world_address}/phones/{OWNER}",
                "feed": f"{world_address}/feed",
            }
            doors.add(house, street, phones=phones, now=clock.now)
            async with serving.listening(house.app, HOST, port):
                await _pair_owner(house, street, pretend[KAKAO], clock.now())
                yield Stage(
                    house=house,
                    street=street,
                    world=world,
                    kakao=pretend[KAKAO],
                    address=address,
                    world_address=world_address,
                    visitor_id=VISITOR,
                    clock=clock,
                    faults=pretend[FAULTS],
                )


def _settings(database_url: str, address: str, world_port: int) -> Settings:
    return Settings(
        database_url=database_url,
        data_key=os.urandom(KEY_BYTES),
        public_url=address,
        kakao_url=f"http://{HOST}:{world_port}",
        callback_host=f"{HOST}:{world_port}",
        chat_link=f"http://{HOST}:{world_port}/pf",
        login=KakaoLogin(
            client_id=LOGIN_KEY,
            client_secret=LOGIN_SECRET,
            issuer=f"http://{HOST}:{world_port}",
        ),
        solapi=Solapi(
            api_key=SOLAPI_KEY,
            api_secret=SOLAPI_SECRET,
            webhook_secret=WEBHOOK_SECRET,
            base_url=f"http://{HOST}:{world_port}",
        ),
    )


async def _people_street(
    house: House, world: World, count: int, address: str, clock: DemoClock
) -> Street:
    """The same people on both sides: in our books, and in the pretend KakaoTalk."""
    street = await house.books.write(open_street, clock.start)
    residents = draw_residents(count)
    for start in range(0, count, SETTLE_AT_ONCE):
        some = residents[start : start + SETTLE_AT_ONCE]
        await house.books.write_batch(settle_residents, street, some, clock.start)
    world.add_person(person_id=VISITOR, name="나", phone="01012345678", app_user_id="3999999999")
    world.add_person(person_id=OWNER, name="사장님", phone="01087654321", app_user_id=OWNER_ACCOUNT)
    for shop in street.shops:
        world.add_bot(_bot(shop, address))
    world.add_account(_account(street, address))
    back_url = f"{address}/login/kakao/back"
    world.add_app(
        LoginApp(
            client_id=LOGIN_KEY,
            client_secret=LOGIN_SECRET,
            redirect_uris=frozenset({back_url}),
            name="단골",
        )
    )
    for resident in residents:
        _place(world, resident, street)
    return street


async def _pair_owner(house: House, street: Street, kakao: Kakao, at: datetime) -> None:
    """The first shop's owner says in the chat what the console's page shows, and may come in
    with the same Kakao account.
    """
    shop = street.shops[0]
    kakao.world.add_friend(OWNER, shop.channel.bot_id)
    code = await house.books.write(make_pairing_code, shop.owner_id, at)
    await kakao.say(OWNER, shop.channel.bot_id, code.digits)
    await house.books.write(link_account, shop.owner_id, OWNER_ACCOUNT, at)


def _bot(shop: OpenShop, address: str) -> Bot:
    channel = shop.channel
    return Bot(
        bot_id=channel.bot_id,
        name=channel.name,
        channel_public_id=channel.public_id,
        channel_uuid=channel.search_id,
        skill_url=f"{address}/kakao/skill",
        skill_header=(HEADER_NAME, channel.secrets.header_secrets[0]),
        rest_api_key=channel.secrets.rest_api_key,
        admin_key=channel.secrets.admin_keys[0],
        webhook_url=f"{address}/kakao/channel",
        events={channel.event_name: channel.event_block_id},
        fallback_block=f"{channel.bot_id[:20]}fa11",
        welcome_block=f"{channel.bot_id[:20]}a0a0",
        image_url=f"{address}/demo/picture/{shop.plan.slug}",
    )


def _account(street: Street, address: str) -> SolapiAccount:
    return SolapiAccount(
        api_key=SOLAPI_KEY,
        api_secret=SOLAPI_SECRET,
        webhook_url=f"{address}/reports/solapi",
        webhook_secret=WEBHOOK_SECRET,
        pf_ids={shop.channel.pf_id or "": shop.channel.bot_id for shop in street.shops},
        balance_won=BALANCE_WON,
    )


def _place(world: World, resident: Resident, street: Street) -> None:
    bot_id = street.shops[resident.shop_index].channel.bot_id
    world.add_person(
        person_id=resident.person_id,
        name=resident.name,
        phone=resident.phone,
        app_user_id=resident.app_user_id,
        bot_user_keys={bot_id: resident.bot_user_key},
    )
    if resident.friend is Friend.ADDED:
        world.add_friend(resident.person_id, bot_id)
    elif resident.friend is Friend.BLOCKED:
        world.block(resident.person_id, bot_id)
