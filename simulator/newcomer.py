"""A ready world for somebody's own bot: one channel, a few people, a provider account."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.nhn_account import NhnAccount, NhnSender
from simulator.values import Bot, LoginApp, SolapiAccount
from simulator.world import World

BOT_ID = "65f0000011112222333344aa"
PF_ID = "KA01PF260101000000000Practice00000"
VISITOR = "me"
API_KEY = "PRACTICEKEY00001"
API_SECRET = "PRACTICE-SECRET-0000000000000001"  # noqa: S105 - of a pretend provider
NHN_APP_KEY, NHN_SECRET_KEY = "practice-app-key", "practice-secret-key"
NHN_SENDER_KEY = "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2"
REST_API_KEY, ADMIN_KEY = "practice-rest-api-key", "practice-admin-key"
BALANCE_WON = 100_000
EVENT = "event"
# The first is whoever sits in front of the browser; the others have added the channel already.
PEOPLE = ("나", "김단골", "이손님", "박이웃", "최시장", "정골목", "한가게", "오전화")
FIRST_APP_USER_ID = 3_000_000_001


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What somebody says of their own bot."""

    skill_url: str
    name: str
    header: tuple[str, str] = ("", "")
    blocks: Mapping[str, str] = field(default_factory=dict)  # the words that lead to it -> its id
    webhook_url: str = ""
    login_back: str = ""  # where Kakao Login sends the browser back to


def furnish(world: World, newcomer: Newcomer) -> None:
    world.add_bot(_bot(newcomer))
    if newcomer.login_back:
        back = frozenset({newcomer.login_back})
        world.add_app(LoginApp(client_id=REST_API_KEY, redirect_uris=back, name=newcomer.name))
    _open_accounts(world)
    _people(world)


def _bot(newcomer: Newcomer) -> Bot:
    return Bot(
        bot_id=BOT_ID,
        name=newcomer.name,
        channel_public_id="_abCdE",
        channel_uuid="@practice",
        skill_url=newcomer.skill_url,
        skill_header=newcomer.header,
        rest_api_key=REST_API_KEY,
        admin_key=ADMIN_KEY,
        webhook_url=newcomer.webhook_url,
        blocks=newcomer.blocks,
        events={EVENT: "block-event"},
        fallback_block="block-fallback",
        welcome_block="block-welcome",
    )


def _open_accounts(world: World) -> None:
    """At both providers, with the channel linked."""
    world.add_account(
        SolapiAccount(
            api_key=API_KEY,
            api_secret=API_SECRET,
            pf_ids={PF_ID: BOT_ID},
            sender_numbers={"0212345678"},
            balance_won=BALANCE_WON,
        )
    )
    sender = NhnSender(sender_key=NHN_SENDER_KEY, bot_id=BOT_ID)
    world.add_nhn_account(
        NhnAccount(appkey=NHN_APP_KEY, secret_key=NHN_SECRET_KEY, senders={NHN_SENDER_KEY: sender})
    )


def _people(world: World) -> None:
    for place, name in enumerate(PEOPLE):
        person = world.add_person(
            person_id=None if place else VISITOR,
            name=name,
            phone=f"0100000{place:04d}",
            app_user_id=str(FIRST_APP_USER_ID + place),
        )
        if place:
            world.add_friend(person.person_id, BOT_ID)


def practice_keys(world: World) -> list[tuple[str, str]]:
    """What a program of the newcomer's needs to call the pretended hosts; none in another world."""
    if API_KEY not in world.accounts:
        return []
    return [
        ("봇 id", BOT_ID),
        ("REST API 키", REST_API_KEY),
        ("어드민 키", ADMIN_KEY),
        ("이벤트 이름", EVENT),
        ("솔라피 API Key", API_KEY),
        ("솔라피 API Secret", API_SECRET),
        ("솔라피 pfId", PF_ID),
        ("NHN appkey", NHN_APP_KEY),
        ("NHN 비밀 키", NHN_SECRET_KEY),
        ("NHN 발신 키", NHN_SENDER_KEY),
    ]
