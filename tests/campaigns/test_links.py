"""The owner's own button in a message that leaves: one address for each person, so it is counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.leaving import load_batch
from campaigns.plan import plan_next
from campaigns.presses import find_address
from campaigns.showing import show_message
from domain.bubbles import Action, Bubble, ListCard, Text
from domain.campaigns import LinkButton, SenderName
from loyalty.links import read_button_token
from storage.books import Books
from storage.desk import Tx
from storage.queries.chunks import lease_to_send
from tests.campaigns.fakes import FakeSender
from tests.campaigns.stage import PUBLIC_URL, Stage
from tests.conftest import Clock
from tests.factories import make_campaign, make_draft, make_street

ADDRESS = "https://booking.naver.com/booking/13?a=b"
BUTTON = LinkButton("예약하기", ADDRESS)


async def booked(
    books: Books, clock: Clock, sender: SenderName, button: LinkButton | None = BUTTON
) -> Stage:
    """Planned, and nothing has left."""
    street = await books.write(make_street)
    draft = replace(make_draft(sender), button=button)
    at = clock.now()
    campaign_id = await books.write(make_campaign, street.shop_id, at=at, draft=draft)
    while await books.write(plan_next, at):
        pass
    return Stage(
        books=books,
        clock=clock,
        sender=FakeSender(sender),
        street=street,
        campaign_id=campaign_id,
    )


async def shown(stage: Stage) -> Bubble | None:
    """What our skill answers once it has left."""
    assert await stage.dispatcher().send_next()
    run_id, chunk_id = await stage.run_and_chunk()
    return await stage.books.write(
        show_message,
        channel_id=stage.street.channel_id,
        run_id=run_id,
        chunk_id=chunk_id,
        customer_id=stage.street.customers[0],
        at=stage.clock.now(),
        public_url=PUBLIC_URL,
    )


def where(tx: Tx, url: str) -> tuple[str, int]:
    """What our door makes of a button's address: where it leads, and whose shop it is."""
    token = url.removeprefix(f"{PUBLIC_URL}/g/")
    return find_address(tx, token), read_button_token(tx, token)[0]


async def test_a_card_leads_through_our_door_to_the_owners_address(
    books: Books, clock: Clock
) -> None:
    stage = await booked(books, clock, SenderName.KAKAO_EVENT)

    bubble = await shown(stage)

    assert isinstance(bubble, ListCard)
    assert [one.label for one in bubble.buttons] == ["예약하기", "왜 받았나요?", "무료 수신거부"]
    assert await books.read(where, bubble.buttons[0].target) == (ADDRESS, stage.street.shop_id)


async def test_a_text_is_given_its_button_for_each_person(books: Books, clock: Clock) -> None:
    stage = await booked(books, clock, SenderName.SOLAPI)
    at = clock.now()
    chunk = await books.write(lease_to_send, at, at + timedelta(minutes=1))
    assert chunk is not None
    people = (await books.write(load_batch, chunk, at, PUBLIC_URL)).people

    buttons = [one.button for one in people if one.button]
    assert len(buttons) == len(people) == len(stage.street.customers)
    assert {(one.label, one.action) for one in buttons} == {("예약하기", Action.LINK)}
    assert len({one.target for one in buttons}) == len(people)
    for one in buttons:
        assert await books.read(where, one.target) == (ADDRESS, stage.street.shop_id)
    assert all(isinstance(one.bubble, Text) for one in people)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_without_a_button_there_are_the_two_of_every_advertisement(
    books: Books, clock: Clock
) -> None:
    stage = await booked(books, clock, SenderName.KAKAO_EVENT, button=None)

    bubble = await shown(stage)

    assert isinstance(bubble, ListCard)
    assert [one.label for one in bubble.buttons] == ["왜 받았나요?", "무료 수신거부"]
