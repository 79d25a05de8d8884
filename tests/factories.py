"""Makes places, people and money through the real business functions.

Each is a plain function over a transaction with defaults, to be handed to `books.write`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from campaigns.booking import Draft, book_campaign
from campaigns.plan import plan_next
from domain.campaigns import BubbleKind, SenderName
from domain.consent import Choice
from domain.eligibility import Standing
from domain.money import won
from domain.people import (
    CampaignId,
    ChannelId,
    CustomerId,
    GrantId,
    MarketId,
    ProgramId,
    ShopId,
)
from domain.rules import ADS_A_WEEK_MAX
from loyalty.cards import set_rules
from loyalty.consent import choose_advertising
from loyalty.daily import SWEEP_STEPS
from loyalty.joining import join_shop, leave_phone
from loyalty.meeting import recognize
from storage.desk import Tx
from storage.queries.cards import get_rules
from storage.queries.certificates import save_certificate, save_may_text
from storage.queries.customers import Caller
from storage.statements import Statement
from subsidy.channels import NewChannel, Secrets, add_channel
from subsidy.enrolling import enroll_shop
from subsidy.grants import start_grant
from subsidy.offering import Offer, offer_grant
from subsidy.programs import open_market, open_program
from subsidy.shops import open_shop

EARLIER = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""When everything made here began: two days before the tests' clock starts."""

MANAGER = "manager:1"
QUALIFIED = Standing(yearly_sales_won=300_000_000, opened_on=None, has_business_wallet=True)
"""What a shop shows that may have a program's money."""

OWNER = "owner:1"
SHOP_NAME = "연남빵집"
CONTACT = "02-123-4567"
REST_API_KEY = "rest-key-0001"
HEADER_NAME = "X-Dangol"
HEADER_SECRET = "header-secret-0001"
ADMIN_KEY = "admin-key-0001"


def make_program(
    tx: Tx, *, name: str = "단골 프로그램", budget_won: int = 10_000_000, at: datetime = EARLIER
) -> ProgramId:
    """A program with a budget."""
    return open_program(
        tx,
        name=name,
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
        budget_jeon=won(budget_won),
        actor=MANAGER,
        at=at,
    )


def make_market(
    tx: Tx, program_id: ProgramId, *, name: str = "연남시장", at: datetime = EARLIER
) -> MarketId:
    return open_market(tx, program_id, name=name, region="서울 마포구", actor=MANAGER, at=at)


def make_channel(
    tx: Tx,
    market_id: MarketId,
    *,
    number: int = 1,
    service_number: str | None = None,
    pf_id: str | None = "PF01",
    at: datetime = EARLIER,
) -> ChannelId:
    """`number` tells one test's channels apart: bot `bot-1`, profile `_pub1`."""
    new = NewChannel(
        market_id=market_id,
        name=f"채널 {number}",
        bot_id=f"bot-{number}",
        public_id=f"_pub{number}",
        search_id=f"@shop{number}",
        event_name="promotion",
        event_block_id="block-event",
        pf_id=pf_id,
        service_number=service_number,
        secrets=Secrets(
            header_name=HEADER_NAME,
            header_secrets=(HEADER_SECRET,),
            rest_api_key=REST_API_KEY,
            admin_keys=(ADMIN_KEY,),
        ),
    )
    return add_channel(tx, new, actor=MANAGER, at=at)


def make_shop(
    tx: Tx,
    market_id: MarketId,
    channel_id: ChannelId,
    *,
    name: str = SHOP_NAME,
    slug: str = "bread",
    contact: str | None = CONTACT,
    at: datetime = EARLIER,
) -> ShopId:
    return open_shop(
        tx,
        market_id=market_id,
        channel_id=channel_id,
        name=name,
        trade="bakery",
        slug=slug,
        contact=contact,
        actor=MANAGER,
        at=at,
    )


def make_caller(number: int, *, is_friend: bool = True) -> Caller:
    """Who a skill call of the person with this number says it is."""
    return Caller(
        bot_user_key=f"bot-user-{number}",
        plusfriend_user_key=f"friend-{number}",
        app_user_id=f"{3_000_000 + number}",
        is_friend=is_friend,
    )


def phone_of(number: int) -> str:
    return f"0105550{number:04}"


def make_customer(
    tx: Tx,
    channel_id: ChannelId,
    shop_id: ShopId,
    number: int = 1,
    *,
    is_friend: bool = True,
    has_consent: bool = True,
    has_phone: bool = True,
    at: datetime = EARLIER,
) -> CustomerId:
    """A regular of a shop, of age; consent and phone number are left in the chat."""
    customer_id = recognize(tx, channel_id, make_caller(number, is_friend=is_friend), at)
    join_shop(tx, shop_id, customer_id, pressed="14세 이상이에요", at=at)
    if has_phone:
        leave_phone(tx, customer_id, phone_of(number), at)
    if has_consent:
        choose_advertising(tx, shop_id, customer_id, Choice.GRANTED, pressed="받을게요", at=at)
    return customer_id


def make_grant(
    tx: Tx,
    program_id: ProgramId,
    shop_id: ShopId,
    *,
    amount_won: float = 300_000,
    is_started: bool = True,
    form_key: str = "grant-1",
    expires_at: datetime | None = None,
    at: datetime = EARLIER,
) -> GrantId:
    """Free cash, started at once unless said otherwise; good for 30 days, startable for 7."""
    expires_at = expires_at or at + timedelta(days=30)
    enroll_shop(tx, program_id, shop_id, QUALIFIED, actor=MANAGER, at=at)
    grant_id = offer_grant(
        tx,
        program_id,
        shop_id,
        Offer(
            amount_jeon=won(amount_won),
            start_by=min(at + timedelta(days=7), expires_at),
            expires_at=expires_at,
        ),
        form_key=form_key,
        actor=MANAGER,
        at=at,
    )
    if is_started:
        start_grant(tx, shop_id, grant_id, actor=OWNER, at=at)
    return grant_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """One program, one market, one channel, one shop and its regulars."""

    program_id: ProgramId
    market_id: MarketId
    channel_id: ChannelId
    shop_id: ShopId
    customers: Sequence[CustomerId]


def make_street(
    tx: Tx,
    *,
    people: int = 3,
    budget_won: int = 10_000_000,
    grant_won: float = 300_000,
    contact: str | None = CONTACT,
    at: datetime = EARLIER,
) -> Street:
    """A shop that can send: `people` regulars who all agreed, a grant that has been started.

    `grant_won=0` leaves the grant out.
    """
    program_id = make_program(tx, budget_won=budget_won, at=at)
    market_id = make_market(tx, program_id, at=at)
    channel_id = make_channel(tx, market_id, at=at)
    shop_id = make_shop(tx, market_id, channel_id, contact=contact, at=at)
    customers = [
        make_customer(tx, channel_id, shop_id, number, at=at) for number in range(1, people + 1)
    ]
    if grant_won:
        make_grant(tx, program_id, shop_id, amount_won=grant_won, at=at)
    return Street(
        program_id=program_id,
        market_id=market_id,
        channel_id=channel_id,
        shop_id=shop_id,
        customers=customers,
    )


BUBBLE_OF = dict.fromkeys(SenderName, BubbleKind.TEXT) | {SenderName.KAKAO_EVENT: BubbleKind.LIST}
"""What each sender can draw without a picture."""


def make_draft(
    sender: SenderName = SenderName.KAKAO_EVENT,
    body: str = "#{고객명}님, 오늘 식빵이 나왔어요.",
    *,
    due_at: datetime | None = None,
) -> Draft:
    return Draft(sender=sender, bubble=BUBBLE_OF[sender], body=body, due_at=due_at)


def make_campaign(
    tx: Tx,
    shop_id: ShopId,
    *,
    at: datetime,
    draft: Draft | None = None,
    form_key: str = "form-1",
) -> CampaignId:
    """Booked, not planned."""
    return book_campaign(
        tx, shop_id, draft or make_draft(), form_key=form_key, staff_id=None, at=at
    )


def make_run(
    tx: Tx,
    shop_id: ShopId,
    *,
    at: datetime,
    sender: SenderName = SenderName.KAKAO_EVENT,
    form_key: str = "form-1",
) -> CampaignId:
    """Booked and planned: its chunks wait to leave."""
    draft = make_draft(sender)
    campaign_id = make_campaign(tx, shop_id, at=at, draft=draft, form_key=form_key)
    assert plan_next(tx, at)
    return campaign_id


def let_advertise_often(tx: Tx, shop_id: ShopId, *, at: datetime = EARLIER) -> None:
    """For who tests something else: the most a week that a shop may allow itself."""
    rules = replace(get_rules(tx, shop_id), ads_a_week=ADS_A_WEEK_MAX)
    set_rules(tx, shop_id, rules, actor=OWNER, at=at)


def let_text(
    tx: Tx,
    street: Street,
    *,
    is_on: bool = True,
    until: date = date(2099, 12, 31),
    opt_out: str | None = "080-123-4567",
) -> None:
    """Its shop's news may go as text messages (L18)."""
    save_may_text(tx, street.shop_id, is_on=is_on)
    save_certificate(tx, SenderName.SOLAPI_LMS, "제2026-1호", until)
    change(tx, "UPDATE channel SET opt_out_number = :number", number=opt_out)


def rows(tx: Tx, sql: str, /, **params: object) -> list[tuple[Any, ...]]:
    """What a test must see, or break, behind the back of the code under test."""
    return tx.all(Statement(text(sql)), **params)


def change(tx: Tx, sql: str, /, **params: object) -> int:
    """The same for a statement that returns no rows; how many it touched."""
    return tx.run(Statement(text(sql)), **params)


def sweep(tx: Tx, at: datetime) -> bool:
    """One step of each kind at once; True while there is more to do."""
    more = [step(tx, at) for step in SWEEP_STEPS]
    return any(more)
