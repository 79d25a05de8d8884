"""A street for the console's tests: a program, a shop, its owner and manager, regulars, grants."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from campaigns.booking import Draft, book_campaign
from campaigns.plan import plan_next
from campaigns.settle import settle_reports
from domain.campaigns import BubbleKind, Outcome, Report, SenderName
from domain.consent import Choice
from domain.money import won
from domain.people import (
    CampaignId,
    CustomerId,
    MessageId,
    ProgramId,
    Role,
    ShopId,
    StaffId,
)
from loyalty.consent import choose_advertising
from loyalty.joining import join_shop, leave_phone
from storage.desk import Tx
from storage.queries.customers import Caller, see_person
from storage.queries.places import get_shop
from subsidy.channels import NewChannel, Secrets, add_channel
from subsidy.enrolling import enroll_shop
from subsidy.grants import start_grant
from subsidy.invitations import accept, invite
from subsidy.offering import Offer, offer_grant
from subsidy.programs import open_market, open_program
from subsidy.shops import open_shop
from tests.factories import QUALIFIED

MONDAY_TEN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 10:00 KST
GRANT_WON = 300_000


class Clock:
    def __init__(self) -> None:
        self.at = MONDAY_TEN

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Street:
    """One program: its shop, the shop's owner and the program's manager."""

    program_id: ProgramId
    shop_id: ShopId
    owner: StaffId
    manager: StaffId
    slug: str


def build_street(tx: Tx, name: str, at: datetime = MONDAY_TEN) -> Street:
    program_id = open_program(
        tx,
        name=f"{name} 프로그램",
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 2, 28),
        budget_jeon=won(10_000_000),
        actor="test",
        at=at,
    )
    market_id = open_market(
        tx, program_id, name=f"{name}시장", region="서울 마포", actor="test", at=at
    )
    channel_id = add_channel(
        tx,
        NewChannel(
            market_id=market_id,
            name=f"{name}시장",
            bot_id=f"bot-{name}",
            public_id=f"_{name}",
            search_id=f"@{name}",
            event_name="dangol_news",
            event_block_id="block",
            pf_id=None,
            service_number=None,
            secrets=Secrets(
                header_name="X-Dangol", header_secrets=("s",), rest_api_key="k", admin_keys=("a",)
            ),
        ),
        actor="test",
        at=at,
    )
    slug = f"bakery-{program_id}"
    shop_id = open_shop(
        tx,
        market_id=market_id,
        channel_id=channel_id,
        name=f"{name}빵집",
        trade="빵집",
        slug=slug,
        contact="02-123-4567",
        at=at,
        actor="test",
    )
    owner = accept(tx, invite(tx, Role.OWNER, shop_id=shop_id, name="김보람", at=at), at)
    manager = accept(tx, invite(tx, Role.MANAGER, program_id=program_id, name="이정", at=at), at)
    return Street(program_id, shop_id, owner, manager, slug)


def give_grant(
    tx: Tx, street: Street, *, is_started: bool, key: str = "first", at: datetime = MONDAY_TEN
) -> None:
    enroll_shop(tx, street.program_id, street.shop_id, QUALIFIED, actor="test", at=at)
    grant_id = offer_grant(
        tx,
        street.program_id,
        street.shop_id,
        Offer(
            amount_jeon=won(GRANT_WON),
            start_by=at + timedelta(days=14),
            expires_at=at + timedelta(days=60),
        ),
        form_key=key,
        actor="test",
        at=at,
    )
    if is_started:
        start_grant(tx, street.shop_id, grant_id, actor="test", at=at)


def add_regular(
    tx: Tx,
    shop_id: ShopId,
    name: str,
    *,
    consents: bool = True,
    is_friend: bool = True,
    phone: str | None = None,
) -> CustomerId:
    caller = Caller(
        bot_user_key=name, plusfriend_user_key=None, app_user_id=None, is_friend=is_friend
    )
    person = see_person(tx, get_shop(tx, shop_id).channel_id, caller, MONDAY_TEN)
    join_shop(tx, shop_id, person.customer_id, pressed="단골 되기", at=MONDAY_TEN)
    if phone:
        leave_phone(tx, person.customer_id, phone, MONDAY_TEN)
    if consents:
        choose_advertising(
            tx, shop_id, person.customer_id, Choice.GRANTED, pressed="받을게요", at=MONDAY_TEN
        )
    return person.customer_id


def add_regulars(tx: Tx, shop_id: ShopId, count: int) -> None:
    for number in range(count):
        add_regular(tx, shop_id, f"person-{number}")


def book_news(tx: Tx, street: Street, body: str = "오늘 3시 식빵 나와요") -> CampaignId:
    draft = Draft(sender=SenderName.KAKAO_EVENT, bubble=BubbleKind.LIST, body=body)
    return book_campaign(
        tx, street.shop_id, draft, form_key=body, staff_id=street.owner, at=MONDAY_TEN
    )


def report_all(tx: Tx, delivered: int, failed: int) -> None:
    """What a provider would say of the first messages, once they are planned."""
    while plan_next(tx, MONDAY_TEN):
        pass
    outcomes = [Outcome.DELIVERED] * delivered + [Outcome.FAILED] * failed
    reports = [
        Report(
            message_id=MessageId(number),
            outcome=outcome,
            code="4000" if outcome is Outcome.DELIVERED else "3104",
            is_charged=outcome is Outcome.DELIVERED,
        )
        for number, outcome in enumerate(outcomes, start=1)
    ]
    settle_reports(tx, reports, MONDAY_TEN)
