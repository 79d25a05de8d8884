"""Trying and booking: who, how many won, when; nothing is written by trying."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from campaigns.booking import Draft, book_campaign, cancel_campaign, dry_run
from campaigns.results import campaign_result, list_campaigns
from domain.bubbles import ListCard
from domain.campaigns import BubbleKind, CampaignState, SenderName
from domain.people import Friend
from domain.refusals import Conflict, Invalid, NotFound
from domain.segments import NUMBER_MAX, PERCENT_MAX, Condition, Segment, What
from loyalty.consent import stop_advertising
from loyalty.friendship import set_friend
from storage.books import Books
from storage.desk import Tx
from storage.queries.campaigns import find_campaign
from tests.conftest import START, Clock
from tests.factories import (
    BUBBLE_OF,
    OWNER,
    change,
    make_campaign,
    make_customer,
    make_draft,
    make_grant,
    make_shop,
    make_street,
    rows,
)

EVENING = START + timedelta(hours=10, minutes=50)  # 20:50 KST
MORNING = START + timedelta(hours=22)  # 08:00 KST of the next day
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def count_campaigns(tx: Tx) -> int:
    return int(rows(tx, "SELECT count(*) FROM campaign")[0][0])


@pytest.mark.parametrize(
    ("sender", "won_each", "jeon"),
    [(SenderName.KAKAO_EVENT, 1_650, 236_000), (SenderName.SOLAPI, 2_750, 393_300)],
)
async def test_143_people_cost_whole_won(
    books: Books, clock: Clock, sender: SenderName, won_each: int, jeon: int
) -> None:
    """143 x 16.5 = 2,359.5 won, rounded up once: 2,360."""
    street = await books.write(make_street, people=143)

    tried = await books.read(dry_run, street.shop_id, make_draft(sender), clock.now())

    assert (tried.people, tried.unit_jeon, tried.cost_jeon) == (143, won_each, jeon)


@on_sqlite
async def test_trying_writes_nothing(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)

    await books.read(dry_run, street.shop_id, make_draft(), clock.now())

    assert await books.read(count_campaigns) == 0


async def test_trying_says_who_would_not_get_it_and_why(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=6)
    withdrawn, not_friend, blocked, no_phone, *_ = street.customers
    await books.write(make_customer, street.channel_id, street.shop_id, 99, has_consent=False)
    await books.write(stop_advertising, withdrawn, pressed="그만", at=clock.now())
    await books.write(set_friend, not_friend, Friend.NONE, clock.now(), now=clock.now())
    await books.write(set_friend, blocked, Friend.BLOCKED, clock.now(), now=clock.now())
    await books.write(change, "UPDATE customer SET phone_hash = NULL WHERE id = :id", id=no_phone)

    draft = make_draft(SenderName.SOLAPI)
    tried = await books.read(dry_run, street.shop_id, draft, clock.now())

    assert tried.people == 2
    assert tried.refused == {"L4": 2, "K7": 1, "L68": 1, "L1": 1}


@on_sqlite
async def test_the_preview_is_what_a_regular_sees(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)

    tried = await books.read(dry_run, street.shop_id, make_draft(), clock.now())

    assert isinstance(tried.preview, ListCard)
    assert tried.preview.header == "(광고) 연남빵집"
    assert tried.preview.rows[0].title == "단골님, 오늘 식빵이 나왔어요."


@pytest.mark.parametrize(
    ("at", "due_at", "leaves_at"),
    [
        (START, None, START),
        (START, START + timedelta(hours=1), START + timedelta(hours=1)),
        (START, START - timedelta(hours=1), START),
        (EVENING - timedelta(microseconds=1), None, EVENING - timedelta(microseconds=1)),
        (EVENING, None, MORNING),
        (EVENING + timedelta(hours=5), None, MORNING),
        (MORNING - timedelta(microseconds=1), None, MORNING),
        (MORNING, None, MORNING),
        (START, EVENING, MORNING),
    ],
)
@on_sqlite
async def test_what_is_booked_for_the_night_leaves_in_the_morning(
    books: Books, at: datetime, due_at: datetime | None, leaves_at: datetime
) -> None:
    """K1, L5, I7."""
    street = await books.write(make_street)

    tried = await books.read(dry_run, street.shop_id, make_draft(due_at=due_at), at)

    assert tried.leaves_at == leaves_at


async def test_what_was_tried_is_what_is_booked(books: Books) -> None:
    street = await books.write(make_street)

    campaign_id = await books.write(make_campaign, street.shop_id, at=EVENING)

    booked = await books.read(find_campaign, street.shop_id, campaign_id)
    assert booked is not None
    assert (booked.state, booked.due_at) == (CampaignState.BOOKED, MORNING)
    assert booked.not_later_than == MORNING + timedelta(hours=2)


async def test_a_second_press_books_once(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)

    first = await books.write(make_campaign, street.shop_id, at=clock.now())
    again = await books.write(make_campaign, street.shop_id, at=clock.now())

    assert first == again
    assert await books.read(count_campaigns) == 1


@on_sqlite
async def test_a_second_press_is_harmless_when_the_first_took_all_the_money(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    first = await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(change, 'UPDATE "grant" SET expires_at = granted_at')

    assert await books.write(make_campaign, street.shop_id, at=clock.now()) == first


@on_sqlite
async def test_the_same_form_key_in_another_shop_is_another_booking(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    other = await books.write(make_shop, street.market_id, street.channel_id, slug="other")
    await books.write(make_customer, street.channel_id, other, 50)
    await books.write(make_grant, street.program_id, other, form_key="grant-2")
    first = await books.write(make_campaign, street.shop_id, at=clock.now())

    second = await books.write(make_campaign, other, at=clock.now())

    assert first != second
    assert await books.read(find_campaign, other, first) is None


@on_sqlite
async def test_a_campaign_that_nobody_would_get_is_refused(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=0)

    with pytest.raises(Conflict, match="no_audience"):
        await books.write(make_campaign, street.shop_id, at=clock.now())


@pytest.mark.parametrize(("grant_won", "is_enough"), [(50, True), (49.99, False)])
async def test_the_money_must_cover_everybody(
    books: Books, clock: Clock, grant_won: float, *, is_enough: bool
) -> None:
    """Three people cost 49.5, so 50 won."""
    street = await books.write(make_street, people=3, grant_won=grant_won)

    if is_enough:
        assert await books.write(make_campaign, street.shop_id, at=clock.now())
        return
    with pytest.raises(Conflict, match="no_money") as refusal:
        await books.write(make_campaign, street.shop_id, at=clock.now())
    assert refusal.value.facts == {"needed_jeon": 5_000, "left_jeon": 4_999}


async def test_money_is_not_promised_twice(books: Books, clock: Clock) -> None:
    """What is booked for later holds nothing yet; the next one is told what it counts on."""
    street = await books.write(make_street, people=3, grant_won=60)
    await books.write(make_campaign, street.shop_id, form_key="first", at=clock.now())

    with pytest.raises(Conflict, match="no_money") as refusal:
        await books.write(make_campaign, street.shop_id, form_key="second", at=clock.now())

    assert refusal.value.facts == {"needed_jeon": 5_000, "left_jeon": 1_000}


@on_sqlite
async def test_a_grant_that_is_not_started_does_not_count(books: Books, clock: Clock) -> None:
    """F1."""
    street = await books.write(make_street, grant_won=0)
    await books.write(make_grant, street.program_id, street.shop_id, is_started=False)

    with pytest.raises(Conflict, match="no_money"):
        await books.write(make_campaign, street.shop_id, at=clock.now())


@on_sqlite
async def test_a_grant_that_ends_before_the_campaign_leaves_does_not_count(
    books: Books, clock: Clock
) -> None:
    """F2."""
    street = await books.write(make_street, grant_won=0)
    ends_at = clock.now() + timedelta(hours=1)
    await books.write(make_grant, street.program_id, street.shop_id, expires_at=ends_at)

    with pytest.raises(Conflict, match="no_money"):
        await books.write(
            make_campaign, street.shop_id, at=clock.now(), draft=make_draft(due_at=ends_at)
        )


def picture_draft(picture_id: str | None) -> Draft:
    return Draft(
        sender=SenderName.KAKAO_EVENT,
        bubble=BubbleKind.PICTURE,
        body="식빵이 나왔어요.",
        picture_id=picture_id,
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"holdout_percent": PERCENT_MAX + 1}, "holdout"),
        ({"holdout_percent": -1}, "holdout"),
        ({"segment": Segment((Condition(What.NOT_SEEN_FOR, number=NUMBER_MAX + 1),))}, "segment"),
    ],
)
@on_sqlite
async def test_whom_it_is_for_is_asked_whoever_asks(
    books: Books, clock: Clock, wrong: dict[str, Any], field: str
) -> None:
    """A form checks it too, but not every way leads through a form."""
    street = await books.write(make_street)

    with pytest.raises(Invalid) as refusal:
        await books.write(dry_run, street.shop_id, replace(make_draft(), **wrong), clock.now())

    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (make_draft(body=" "), "body"),
        (make_draft(body="#{이름}"), "body"),
        (make_draft(due_at=START - timedelta(hours=2, microseconds=1)), "due_at"),
        (picture_draft(None), "picture"),
        (picture_draft("0" * 64), "picture"),
        (
            Draft(sender=SenderName.SOLAPI, bubble=BUBBLE_OF[SenderName.KAKAO_EVENT], body="식빵"),
            "bubble",
        ),
    ],
)
@on_sqlite
async def test_what_can_be_mended_is_told_beside_its_field(
    books: Books, clock: Clock, draft: Draft, field: str
) -> None:
    street = await books.write(make_street)

    with pytest.raises(Invalid) as refusal:
        await books.read(dry_run, street.shop_id, draft, clock.now())

    assert list(refusal.value.fields) == [field]


@on_sqlite
async def test_a_shop_without_a_contact_cannot_advertise(books: Books, clock: Clock) -> None:
    """L7."""
    street = await books.write(make_street, contact=None)

    with pytest.raises(Invalid) as refusal:
        await books.read(dry_run, street.shop_id, make_draft(), clock.now())

    assert list(refusal.value.fields) == ["contact"]


@on_sqlite
async def test_the_channels_number_stands_in_for_a_shops(books: Books, clock: Clock) -> None:
    """L7."""
    street = await books.write(make_street, contact=None)
    await books.write(change, "UPDATE channel SET service_number = '1577-1234'")

    tried = await books.read(dry_run, street.shop_id, make_draft(), clock.now())

    assert isinstance(tried.preview, ListCard)
    assert "1577-1234" in tried.preview.rows[-1].title


async def test_a_booking_can_be_canceled_and_again(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())

    for _ in range(2):
        await books.write(cancel_campaign, street.shop_id, campaign_id, actor=OWNER, at=clock.now())

    result = await books.read(campaign_result, street.shop_id, campaign_id)
    assert (result.state, result.recipients) == (CampaignState.CANCELED, 0)


@on_sqlite
async def test_another_shops_campaign_is_neither_seen_nor_canceled(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    other = await books.write(make_shop, street.market_id, street.channel_id, slug="other")
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())

    with pytest.raises(NotFound):
        await books.write(cancel_campaign, other, campaign_id, actor=OWNER, at=clock.now())
    with pytest.raises(NotFound):
        await books.read(campaign_result, other, campaign_id)
    assert await books.read(list_campaigns, other) == []


@on_sqlite
async def test_booking_leaves_one_line_in_the_audit_log(books: Books, clock: Clock) -> None:
    """I12."""
    street = await books.write(make_street)

    for _ in range(2):
        await books.write(
            book_campaign,
            street.shop_id,
            make_draft(),
            form_key="form-1",
            staff_id=None,
            at=clock.now(),
        )

    acts = await books.read(rows, "SELECT actor FROM audit_line WHERE act = 'book_campaign'")
    assert acts == [("program",)]
