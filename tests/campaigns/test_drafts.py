"""News written in the chat: one draft, one booking, and an old preview that sends nothing."""

import asyncio
from datetime import timedelta

import pytest

from campaigns.drafts import (
    choose_for_short_money,
    drop_draft,
    propose_draft,
    send_draft,
    try_draft,
)
from domain.campaigns import BODY_MAX
from domain.money import won
from domain.people import Role, ShopId, StaffId
from domain.refusals import Conflict, Invalid, NotAllowed
from domain.subsidy import FairOrder
from storage.books import Books
from storage.desk import Tx
from storage.queries.campaigns import find_campaign
from storage.queries.drafts import lock_draft
from subsidy.invitations import accept, invite
from tests.conftest import Clock
from tests.factories import EARLIER, make_street, rows

BODY = "오늘 식빵 20% 할인"
BOOKED = "SELECT count(*) FROM campaign"


def hire(tx: Tx, shop_id: ShopId, role: Role = Role.OWNER) -> StaffId:
    return accept(tx, invite(tx, role, shop_id=shop_id, name="보람", at=EARLIER), EARLIER)


async def test_a_draft_is_sent_once_however_often_it_is_pressed(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    staff_id = await books.write(hire, street.shop_id)
    at = clock.now()
    draft = await books.write(propose_draft, staff_id, street.shop_id, BODY, at=at)

    told = await asyncio.gather(
        *(
            books.write(send_draft, staff_id, street.shop_id, draft.form_key, at=at)
            for _ in range(10)
        )
    )
    late = await books.write(send_draft, staff_id, street.shop_id, draft.form_key, at=at)

    assert {*told, late} == {told[0]}
    assert await books.read(rows, BOOKED) == [(1,)]
    lines = "SELECT actor FROM audit_line WHERE act = 'book_campaign'"
    assert await books.read(rows, lines) == [(f"owner:{staff_id}",)]


async def test_the_same_words_again_are_the_same_draft(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    staff_id = await books.write(hire, street.shop_id)

    first = await books.write(propose_draft, staff_id, street.shop_id, BODY, at=clock.now())
    again = await books.write(propose_draft, staff_id, street.shop_id, f" {BODY} ", at=clock.now())

    assert again == first


async def test_an_old_preview_sends_nothing(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    staff_id = await books.write(hire, street.shop_id)
    at = clock.now()
    old = await books.write(propose_draft, staff_id, street.shop_id, BODY, at=at)
    later = at + timedelta(hours=5)
    await books.write(propose_draft, staff_id, street.shop_id, BODY, due_at=later, at=at)

    with pytest.raises(Conflict) as refusal:
        await books.write(send_draft, staff_id, street.shop_id, old.form_key, at=at)

    assert refusal.value.reason == "draft_changed"
    assert await books.read(rows, BOOKED) == [(0,)]


async def test_a_draft_that_was_dropped_is_gone(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    staff_id = await books.write(hire, street.shop_id)
    draft = await books.write(propose_draft, staff_id, street.shop_id, BODY, at=clock.now())

    other = await books.write(drop_draft, staff_id, "another")
    own = await books.write(drop_draft, staff_id, draft.form_key)

    assert (other, own) == (False, True)
    with pytest.raises(Conflict):
        await books.write(send_draft, staff_id, street.shop_id, draft.form_key, at=clock.now())


async def test_a_chosen_time_is_kept_and_one_that_is_over_is_asked_again(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    staff_id = await books.write(hire, street.shop_id)
    at, due_at = clock.now(), clock.now() + timedelta(hours=3)
    draft = await books.write(propose_draft, staff_id, street.shop_id, BODY, due_at=due_at, at=at)

    with pytest.raises(Invalid) as refusal:
        await books.write(send_draft, staff_id, street.shop_id, draft.form_key, at=due_at)
    campaign_id = await books.write(send_draft, staff_id, street.shop_id, draft.form_key, at=at)

    assert set(refusal.value.fields) == {"due_at"}
    campaign = await books.read(find_campaign, street.shop_id, campaign_id)
    assert campaign
    assert campaign.due_at == due_at


async def test_trying_writes_nothing_and_says_what_it_costs(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=3)
    staff_id = await books.write(hire, street.shop_id)
    at = clock.now()
    draft = await books.write(propose_draft, staff_id, street.shop_id, BODY, at=at)

    dry = await books.read(try_draft, street.shop_id, draft, at, public_url="https://dangol.test")

    assert (dry.people, dry.cost_jeon, dry.is_enough) == (3, 50_00, True)
    assert await books.read(rows, BOOKED) == [(0,)]


@pytest.mark.parametrize("body", ["", "   ", "가" * (BODY_MAX + 1), "#{이름}님"])
async def test_words_that_cannot_be_sent_are_not_kept(
    books: Books, clock: Clock, body: str
) -> None:
    street = await books.write(make_street)
    staff_id = await books.write(hire, street.shop_id)

    with pytest.raises(Invalid):
        await books.write(propose_draft, staff_id, street.shop_id, body, at=clock.now())

    assert await books.write(lock_draft, staff_id) is None


async def test_only_the_shops_own_owner_may(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    clerk_id = await books.write(hire, street.shop_id, Role.CLERK)
    owner_id = await books.write(hire, street.shop_id)
    elsewhere = ShopId(street.shop_id + 1)

    for staff_id, shop_id in ((clerk_id, street.shop_id), (owner_id, elsewhere)):
        with pytest.raises(NotAllowed):
            await books.write(propose_draft, staff_id, shop_id, BODY, at=clock.now())
        with pytest.raises(NotAllowed):
            await books.write(send_draft, staff_id, shop_id, "key", at=clock.now())


async def test_a_choice_for_short_money_stays_with_its_words(books: Books, clock: Clock) -> None:
    """Another time keeps it; other words, which are other news, forget it."""
    street = await books.write(make_street, people=3)
    staff_id = await books.write(hire, street.shop_id)
    at, due_at = clock.now(), clock.now() + timedelta(hours=3)
    about = staff_id, street.shop_id
    draft = await books.write(propose_draft, *about, BODY, at=at)

    chosen = await books.write(
        choose_for_short_money,
        staff_id,
        draft,
        own_max_jeon=won(760),
        fair_order=FairOrder.NEWEST,
        at=at,
    )
    later = await books.write(propose_draft, *about, BODY, due_at=due_at, at=at)
    other = await books.write(propose_draft, *about, "바게트 나왔어요", at=at)

    assert len({one.form_key for one in (draft, chosen, later, other)}) == 4
    assert (later.own_max_jeon, later.fair_order) == (won(760), FairOrder.NEWEST)
    assert (other.own_max_jeon, other.fair_order) == (0, None)


async def test_the_same_choice_again_changes_nothing_and_an_older_preview_sends_nothing(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street, people=3)
    staff_id = await books.write(hire, street.shop_id)
    at = clock.now()
    shown = await books.write(propose_draft, staff_id, street.shop_id, BODY, at=at)

    chosen = await books.write(
        choose_for_short_money, staff_id, shown, fair_order=FairOrder.NEWEST, at=at
    )
    again = await books.write(
        choose_for_short_money, staff_id, chosen, fair_order=FairOrder.NEWEST, at=at
    )

    assert again == chosen
    with pytest.raises(Conflict) as refusal:
        await books.write(send_draft, staff_id, street.shop_id, shown.form_key, at=at)
    assert refusal.value.reason == "draft_changed"
