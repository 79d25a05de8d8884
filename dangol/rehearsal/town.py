"""A quarter of small shops with their regulars, the same in our books and in the pretend world."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from campaigns.ideas import choose_time
from dangol.demo import SOLAPI_KEY, SOLAPI_SECRET, WEBHOOK_SECRET
from dangol.rehearsal.values import (
    PARTS,
    START,
    Diary,
    Options,
    Part,
    Place,
    Quarter,
    Regular,
    twin_of,
)
from dangol.shops import SHOPS
from dangol.street import EVENT_NAME, HEADER_NAME, STANDING
from domain.cards import NEEDED_DEFAULT
from domain.consent import Choice
from domain.coupons import CouponKind, CouponTerms
from domain.ideas import DAY_PROPOSED, IdeaTime
from domain.money import won
from domain.people import MarketId, ProgramId, Role, ShopId, StaffId
from domain.time import day_end, in_kst, kst_instant
from loyalty.cards import CardDraft, set_cards
from loyalty.consent import choose_advertising
from loyalty.joining import join_shop, leave_phone
from loyalty.sales import Sale
from loyalty.visits import stamp_person
from simulator.values import Bot, SolapiAccount
from simulator.world import World
from storage.desk import Tx
from storage.queries.customers import Caller, see_person
from subsidy.channels import NewChannel, Secrets, add_channel
from subsidy.enrolling import enroll_shop
from subsidy.grants import start_grant
from subsidy.invitations import accept, invite
from subsidy.offering import Offer, offer_grant
from subsidy.operating import fund_operating
from subsidy.programs import open_market, open_program
from subsidy.shops import open_shop

REGULARS, MANY_REGULARS = (16, 22), (104, 112)
"""Of most shops, and of the one that stops what is leaving: it needs a second request to stop."""

GAPS_DAYS = (3, 14)
QUIET, PHONELESS, DECLINED = 0.15, 0.05, 0.10
"""How many of the regulars go quiet, leave no number, and want no advertising."""

PAST_DAYS, PAST_VISITS_MAX = 60, 8
GRANTS_WON = ((3_000, 9), (6_000, 60))
"""Won and days: the first of a shop's two grants ends within the life of most rehearsals."""

OPERATING, BUDGET = won(50_000), won(5_000_000)
PROGRAM_DAYS = 400
OPERATOR = "operator"


def open_quarter(tx: Tx, options: Options) -> Quarter:
    """The program, its two managers, and its shops with their first grants in use."""
    day = in_kst(START).date()
    program_id = open_program(
        tx,
        name="연습 프로그램",
        starts_on=day - timedelta(days=PAST_DAYS),
        ends_on=day + timedelta(days=PROGRAM_DAYS),
        budget_jeon=BUDGET,
        actor=OPERATOR,
        at=START,
    )
    fund_operating(tx, program_id, amount_jeon=OPERATING, key="rehearsal", actor=OPERATOR, at=START)
    market_id = open_market(
        tx, program_id, name="연습시장", region="서울 마포구", actor=OPERATOR, at=START
    )
    managers = _seat(tx, program_id, "박담당"), _seat(tx, program_id, "최담당")
    places = tuple(_open_place(tx, program_id, market_id, n, options) for n in range(options.shops))
    return Quarter(program_id=program_id, market_id=market_id, managers=managers, places=places)


def _seat(tx: Tx, program_id: ProgramId, name: str) -> StaffId:
    return accept(tx, invite(tx, Role.MANAGER, program_id=program_id, name=name, at=START), START)


def _open_place(
    tx: Tx, program_id: ProgramId, market_id: MarketId, index: int, options: Options
) -> Place:
    plan, contact = SHOPS[twin_of(index) % len(SHOPS)], f"02-345-{index:04d}"
    name = f"{plan.name} {index + 1}호"
    channel = _channel(market_id, index, name, contact, options.seed)
    channel_id = add_channel(tx, channel, actor=OPERATOR, at=START)
    shop_id = open_shop(
        tx,
        market_id=market_id,
        channel_id=channel_id,
        name=name,
        trade=plan.trade,
        slug=f"{plan.slug}-{index + 1}",
        contact=contact,
        at=START,
        actor=OPERATOR,
    )
    owner_id = accept(tx, invite(tx, Role.OWNER, shop_id=shop_id, name="김사장", at=START), START)
    part = PARTS[index % len(PARTS)]
    _equip(tx, shop_id, owner_id, part)
    give_grant(tx, program_id, shop_id, 0, START)
    return Place(
        index=index,
        part=part,
        name=name,
        contact=contact,
        shop_id=shop_id,
        channel_id=channel_id,
        owner_id=owner_id,
        channel=channel,
    )


def _channel(market_id: MarketId, index: int, name: str, contact: str, seed: int) -> NewChannel:
    rng = random.Random(f"{seed}:channel:{index}")  # noqa: S311 - ids of a pretend platform
    return NewChannel(
        market_id=market_id,
        name=name,
        bot_id=rng.randbytes(12).hex(),
        public_id=f"_rehearsal{index}",
        search_id=f"@rehearsal{index}",
        event_name=EVENT_NAME,
        event_block_id=rng.randbytes(12).hex(),
        pf_id=f"KA01PF{rng.randbytes(13).hex().upper()}",
        service_number=contact,
        secrets=Secrets(
            header_name=HEADER_NAME,
            header_secrets=(rng.randbytes(16).hex(),),
            rest_api_key=rng.randbytes(16).hex(),
            admin_keys=(rng.randbytes(16).hex(),),
        ),
    )


def _equip(tx: Tx, shop_id: ShopId, owner_id: StaffId, part: Part) -> None:
    gift = CouponTerms(kind=CouponKind.ITEM, title="단팥빵 1개 무료", item="단팥빵", life_days=30)
    card = CardDraft(rewards={NEEDED_DEFAULT: gift}, expiry_days=180)
    owner = f"owner:{owner_id}"
    set_cards(tx, shop_id, [card], actor=owner, at=START - timedelta(days=PAST_DAYS))
    day = DAY_PROPOSED if part is Part.NUDGED else None
    choose_time(tx, shop_id, IdeaTime(day=day, is_sent=day is not None), actor=owner, at=START)


def give_grant(tx: Tx, program_id: ProgramId, shop_id: ShopId, number: int, at: datetime) -> None:
    """The shop's first grant or its next one, started by its owner at once."""
    if number == 0:
        enroll_shop(tx, program_id, shop_id, STANDING, actor=OPERATOR, at=at)
    amount_won, days = GRANTS_WON[number]
    end = day_end(at, days)
    offer = Offer(amount_jeon=won(amount_won), start_by=end, expires_at=end)
    key = f"rehearsal:{shop_id}:{number}"
    grant_id = offer_grant(tx, program_id, shop_id, offer, form_key=key, actor=OPERATOR, at=at)
    start_grant(tx, shop_id, grant_id, actor="owner:0", at=at)


def draw_regulars(options: Options, place: Place) -> list[Regular]:
    """Twins have the same regulars with the same habits."""
    rng = random.Random(f"{options.seed}:regulars:{twin_of(place.index)}")  # noqa: S311 - a story, not a secret
    most = rng.randint(*(MANY_REGULARS if place.part is Part.UNSURE else REGULARS))
    return [draw_regular(rng, place.index, number, options) for number in range(1, most + 1)]


def draw_regular(rng: random.Random, place: int, number: int, options: Options) -> Regular:
    quiet_from = None
    if rng.random() < QUIET:
        quiet_from = in_kst(START).date() + timedelta(days=rng.randint(0, options.days))
    return Regular(
        person_id=f"s{place}p{number}",
        place=place,
        number=number,
        phone=f"010{30_000_000 + place * 10_000 + number:08d}",
        gap_days=rng.uniform(*GAPS_DAYS),
        quiet_from=quiet_from,
    )


def settle(
    tx: Tx, place: Place, regulars: Sequence[Regular], keys: Sequence[str], seed: int
) -> list[tuple[Regular, int, bool]]:
    """The regulars' past: joined, chose, left a number, came; their ids and whether they agreed."""
    rng = random.Random(f"{seed}:past:{twin_of(place.index)}")  # noqa: S311 - a story, not a secret
    return [
        (one, *_settle(tx, place, one, key, rng)) for one, key in zip(regulars, keys, strict=True)
    ]


def _settle(tx: Tx, place: Place, one: Regular, key: str, rng: random.Random) -> tuple[int, bool]:
    joined_at = START - timedelta(days=rng.randint(2, PAST_DAYS), minutes=rng.randint(0, 300))
    caller = Caller(
        bot_user_key=key,
        plusfriend_user_key=None,
        app_user_id=app_user_id(one),
        is_friend=True,
    )
    customer_id = see_person(tx, place.channel_id, caller, joined_at).customer_id
    join_shop(tx, place.shop_id, customer_id, pressed="네, 14세 이상이에요", at=joined_at)
    has_agreed = rng.random() >= DECLINED
    choice = Choice.GRANTED if has_agreed else Choice.DECLINED
    choose_advertising(tx, place.shop_id, customer_id, choice, pressed="버튼", at=joined_at)
    if rng.random() >= PHONELESS:
        leave_phone(tx, customer_id, one.phone, joined_at)
    past = rng.sample(range(1, PAST_DAYS), rng.randint(0, PAST_VISITS_MAX))
    for days in sorted(past, reverse=True):
        visited_at = kst_instant(in_kst(START).date() - timedelta(days=days), time(11))
        if visited_at > joined_at:
            sale = Sale(key=f"past:{customer_id}:{days}", actor=place.owner)
            stamp_person(tx, place.shop_id, customer_id, sale, visited_at)
    return customer_id, has_agreed


def app_user_id(one: Regular) -> str:
    return str(4_000_000_000 + one.place * 10_000 + one.number)


def people_world(world: World, places: Sequence[Place], door: str, post: str) -> None:
    """`door` is our house, `post` whoever carries its webhooks."""
    for place in places:
        world.add_bot(_bot(place, door, post))
    world.add_account(
        SolapiAccount(
            api_key=SOLAPI_KEY,
            api_secret=SOLAPI_SECRET,
            webhook_url=f"{post}/reports/solapi",
            webhook_secret=WEBHOOK_SECRET,
            pf_ids={place.channel.pf_id or "": place.bot_id for place in places},
            balance_won=10_000_000,
        )
    )


def place_person(world: World, place: Place, one: Regular, *, is_friend: bool) -> None:
    world.add_person(
        person_id=one.person_id,
        name=f"손님{one.number}",
        phone=one.phone,
        app_user_id=app_user_id(one),
    )
    if is_friend:
        world.add_friend(one.person_id, place.bot_id)


def _bot(place: Place, door: str, post: str) -> Bot:
    channel = place.channel
    return Bot(
        bot_id=channel.bot_id,
        name=channel.name,
        channel_public_id=channel.public_id,
        channel_uuid=channel.search_id,
        skill_url=f"{door}/kakao/skill",
        skill_header=(HEADER_NAME, channel.secrets.header_secrets[0]),
        rest_api_key=channel.secrets.rest_api_key,
        admin_key=channel.secrets.admin_keys[0],
        webhook_url=f"{post}/kakao/channel",
        events={channel.event_name: channel.event_block_id},
        fallback_block=f"{channel.bot_id[:20]}fa11",
        welcome_block=f"{channel.bot_id[:20]}a0a0",
    )


def note_settled(diary: Diary, settled: Sequence[tuple[Regular, int, bool]]) -> None:
    for one, _, has_agreed in settled:
        diary.choose(one.person_id, START - timedelta(days=PAST_DAYS + 1), wants=has_agreed)
