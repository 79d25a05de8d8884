"""A market street for the demo: a program, twelve shops, their regulars and their grants.

Everything is made by the same functions that people use, so nothing here can be true that
could not be true outside.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from dangol.desks import fill_wallet, seat_desk, share_pot
from dangol.pictures import draw_picture
from dangol.shops import SHOPS, ShopPlan
from domain.cards import NEEDED_DEFAULT
from domain.consent import Choice
from domain.coupons import CouponKind, CouponTerms
from domain.eligibility import Standing
from domain.money import Jeon, won
from domain.people import (
    ChannelId,
    CustomerId,
    Friend,
    MarketId,
    ProgramId,
    Role,
    ShopId,
    StaffId,
)
from domain.time import day_end, in_kst, kst_instant
from loyalty.cards import CardDraft, set_cards
from loyalty.consent import choose_advertising
from loyalty.friendship import set_friend
from loyalty.joining import join_shop, leave_phone
from loyalty.sales import Sale
from loyalty.shop_facts import describe_shop
from loyalty.visits import stamp_person
from storage.desk import Tx
from storage.queries.customers import Caller, save_name, see_person
from storage.queries.shop_facts import ShopFacts
from subsidy.channels import NewChannel, Secrets, add_channel
from subsidy.enrolling import enroll_shop
from subsidy.grants import start_grant
from subsidy.invitations import accept, invite
from subsidy.offering import Offer, offer_grant
from subsidy.operating import fund_operating
from subsidy.programs import open_market, open_program
from subsidy.shops import add_picture, card_picture, change_shop, open_shop

SEED = 20_261_125
PROGRAM = "소신상인 시범 사업"
BUDGET = won(50_000_000)
OPERATING = won(50_000)
GRANT = won(300_000)
STANDING = Standing(yearly_sales_won=300_000_000, opened_on=None, has_business_wallet=True)
EVENT_NAME = "shop_news"
HEADER_NAME = "X-Dangol-Secret"
CONSENTED, LEFT_PHONE = 0.90, 0.95
VISITS = (0, 12)
FIRST_SHOP = ShopFacts(
    menu="식빵 5,000원\n단팥빵 2,500원\n소금빵 3,000원\n케이크 32,000원부터 (이틀 전 예약)",
    parking="시장 공영주차장을 쓰시면 30분 무료 도장을 찍어 드려요.",
    reply_hours=24,
)

OWNERS = (
    *("김행복", "이고운", "박순희", "최경수", "강만석", "윤으뜸"),
    *("서다온", "한단정", "오봄이", "정복례", "신나라", "임남해"),
)
FAMILY_NAMES = "김이박최정강조윤장임한오서신권황안송류홍"
GIVEN_NAMES = [
    "서연",
    "민준",
    "지우",
    "서준",
    "하은",
    "도윤",
    "지민",
    "예준",
    "수아",
    "시우",
    "영희",
    "철수",
    "순자",
    "영수",
    "정숙",
    "광수",
    "미영",
    "성호",
    "은정",
    "상철",
    "보람",
    "현우",
    "다은",
    "재현",
    "혜진",
    "동현",
    "소영",
    "태윤",
    "유진",
    "준호",
    "경자",
    "명숙",
    "말순",
    "복례",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Someone who lives nearby, as the pretend KakaoTalk will know them, too."""

    person_id: str
    name: str
    phone: str
    shop_index: int
    bot_user_key: str
    app_user_id: str
    friend: Friend
    has_consented: bool
    has_left_phone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShop:
    """A shop as it stands in the books, with what the platform's side must know."""

    plan: ShopPlan
    shop_id: ShopId
    channel_id: ChannelId
    owner_id: StaffId
    channel: NewChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    program_id: ProgramId
    market_id: MarketId
    desk: Mapping[str, StaffId]
    shops: Sequence[OpenShop]


def draw_residents(count: int) -> list[Resident]:
    """The same people every time: names, numbers and habits follow from one seed."""
    rng = random.Random(SEED)  # noqa: S311 - a story, not a secret
    weights = [plan.share for plan in SHOPS]
    return [_resident(rng, number, weights) for number in range(1, count + 1)]


def _resident(rng: random.Random, number: int, weights: Sequence[float]) -> Resident:
    friend = rng.choices(list(Friend), (95, 3, 2))[0]
    return Resident(
        person_id=f"p{number}",
        name=rng.choice(FAMILY_NAMES) + rng.choice(GIVEN_NAMES),
        phone=f"010{number + 20_000_000:08d}",
        shop_index=rng.choices(range(len(SHOPS)), weights)[0],
        bot_user_key=rng.randbytes(33).hex(),
        app_user_id=str(3_000_000_000 + number),
        friend=friend,
        has_consented=rng.random() < CONSENTED,
        has_left_phone=rng.random() < LEFT_PHONE,
    )


def open_street(tx: Tx, at: datetime) -> Street:
    """The program with its market, its shops with their grants started, and who runs them."""
    day = at.date()
    program_id = open_program(
        tx,
        name=PROGRAM,
        starts_on=day - timedelta(days=60),
        ends_on=day + timedelta(days=120),
        budget_jeon=BUDGET,
        actor="operator",
        at=at,
    )
    fund_operating(tx, program_id, amount_jeon=OPERATING, key="street", actor="operator", at=at)
    market_id = open_market(
        tx, program_id, name="망원 단골거리", region="서울 마포구", actor="operator", at=at
    )
    desk = seat_desk(tx, program_id, market_id, at)
    shops = [_open_shop(tx, program_id, market_id, index, at=at) for index in range(len(SHOPS))]
    share_pot(tx, program_id, market_id, desk, at)
    fill_wallet(tx, shops[0].shop_id, desk, at)
    return Street(program_id=program_id, market_id=market_id, desk=desk, shops=shops)


def _open_shop(
    tx: Tx, program_id: ProgramId, market_id: MarketId, index: int, *, at: datetime
) -> OpenShop:
    plan = SHOPS[index]
    channel = plan_channel(market_id, index)
    channel_id = add_channel(tx, channel, actor="operator", at=at)
    shop_id = open_shop(
        tx,
        market_id=market_id,
        channel_id=channel_id,
        name=plan.name,
        trade=plan.trade,
        slug=plan.slug,
        contact=plan.contact,
        at=at,
        actor="operator",
    )
    _describe(tx, shop_id, plan, index, at)
    owner_id = accept(tx, invite(tx, Role.OWNER, shop_id=shop_id, name=OWNERS[index], at=at), at)
    _give(tx, program_id, shop_id, owner_id, at)
    _offer_card(tx, shop_id, plan, owner_id, at - timedelta(days=60))
    return OpenShop(
        plan=plan, shop_id=shop_id, channel_id=channel_id, owner_id=owner_id, channel=channel
    )


def plan_channel(market_id: MarketId, index: int) -> NewChannel:
    """The same channel every time, so that a benchmark can call it without asking."""
    plan = SHOPS[index]
    rng = random.Random(f"{SEED}:{plan.slug}")  # noqa: S311 - ids of a pretend platform
    return NewChannel(
        market_id=market_id,
        name=plan.name,
        bot_id=rng.randbytes(12).hex(),
        public_id=f"_{plan.slug.replace('-', '')[:8]}{index}",
        search_id=f"@{plan.name}",
        event_name=EVENT_NAME,
        event_block_id=rng.randbytes(12).hex(),
        pf_id=f"KA01PF{rng.randbytes(13).hex().upper()}",
        service_number=plan.contact,
        secrets=Secrets(
            header_name=HEADER_NAME,
            header_secrets=(rng.randbytes(16).hex(),),
            rest_api_key=rng.randbytes(16).hex(),
            admin_keys=(rng.randbytes(16).hex(),),
        ),
    )


def _describe(tx: Tx, shop_id: ShopId, plan: ShopPlan, index: int, at: datetime) -> None:
    add_picture(tx, shop_id, card_picture(draw_picture(plan.colors, index)), at)
    change_shop(
        tx,
        shop_id,
        contact=plan.contact,
        address=plan.address,
        hours=plan.hours,
        welcome="찾아와 주셔서 고마워요. 좋은 것이 나오면 먼저 알려 드릴게요.",
        actor="operator",
        at=at,
    )
    if index == 0:
        describe_shop(tx, shop_id, FIRST_SHOP, actor="operator", at=at)


def _give(tx: Tx, program_id: ProgramId, shop_id: ShopId, owner_id: StaffId, at: datetime) -> None:
    """Two grants: one in use that ends in a month, and one that waits to be started."""
    enroll_shop(tx, program_id, shop_id, STANDING, actor="operator", at=at)
    amounts: Sequence[tuple[Jeon, int, bool]] = ((GRANT, 30, True), (GRANT, 90, False))
    for amount_jeon, days, is_started in amounts:
        grant_id = offer_grant(
            tx,
            program_id,
            shop_id,
            Offer(
                amount_jeon=amount_jeon,
                start_by=day_end(at, days // 2),
                expires_at=day_end(at, days),
            ),
            form_key=f"street:{shop_id}:{days}",
            actor="operator",
            at=at,
        )
        if is_started:
            start_grant(tx, shop_id, grant_id, actor=f"owner:{owner_id}", at=at)


def _offer_card(tx: Tx, shop_id: ShopId, plan: ShopPlan, owner_id: StaffId, at: datetime) -> None:
    """Ten stamps for one of what the shop is known for (C1)."""
    gift = CouponTerms(
        kind=CouponKind.ITEM, title=f"{plan.gift} 1개 무료", item=plan.gift, life_days=30
    )
    card = CardDraft(rewards={NEEDED_DEFAULT: gift}, expiry_days=180)
    set_cards(tx, shop_id, [card], actor=f"owner:{owner_id}", at=at)


def settle_residents(tx: Tx, street: Street, residents: Sequence[Resident], at: datetime) -> None:
    """Each resident's past: met the bot, joined, chose, perhaps left a number or blocked."""
    rng = random.Random(SEED + 1)  # noqa: S311 - a story, not a secret
    for resident in residents:
        joined_at = at - timedelta(days=rng.randint(2, 60), minutes=rng.randint(0, 600))
        shop = street.shops[resident.shop_index]
        customer_id = _settle(tx, shop, resident, joined_at)
        for days in sorted(rng.sample(range(60), rng.randint(*VISITS)), reverse=True):
            visited_at = min(_in_the_day(at, days) + timedelta(minutes=rng.randint(0, 480)), at)
            if visited_at >= joined_at:
                sale = Sale(key=f"street:{customer_id}:{days}", actor=f"owner:{shop.owner_id}")
                stamp_person(tx, shop.shop_id, customer_id, sale, visited_at)


def _in_the_day(at: datetime, days: int) -> datetime:
    """Eleven in the morning so many days ago: every shop of the street is open by then."""
    return kst_instant(in_kst(at).date() - timedelta(days=days), time(11))


def _settle(tx: Tx, shop: OpenShop, resident: Resident, at: datetime) -> CustomerId:
    caller = Caller(
        bot_user_key=resident.bot_user_key,
        plusfriend_user_key=None,
        app_user_id=resident.app_user_id,
        is_friend=resident.friend is not Friend.NONE,
    )
    customer_id = see_person(tx, shop.channel_id, caller, at).customer_id
    join_shop(tx, shop.shop_id, customer_id, pressed="네, 14세 이상이에요", at=at)
    save_name(tx, shop.shop_id, customer_id, resident.name)
    choice = Choice.GRANTED if resident.has_consented else Choice.DECLINED
    pressed = "네, 소식 받을래요" if resident.has_consented else "괜찮아요"
    choose_advertising(tx, shop.shop_id, customer_id, choice, pressed=pressed, at=at)
    if resident.has_left_phone:
        leave_phone(tx, customer_id, resident.phone, at)
    if resident.friend is Friend.BLOCKED:
        blocked_at = at + timedelta(days=1)
        set_friend(tx, customer_id, Friend.BLOCKED, blocked_at, now=blocked_at)
    return customer_id
