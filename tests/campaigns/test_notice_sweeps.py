"""Notices by AlimTalk over several looks: what never left, and whose turn it is."""

import pytest

from campaigns.notices import tell_notices
from domain.campaigns import SenderName
from domain.ways import NoticeUse
from storage.books import Books
from storage.queries.notice_sendings import AT_ONCE_MAX
from tests.campaigns.test_alimtalk import LATER, approve, earn, earned, states
from tests.campaigns.test_telling import street_with
from tests.conftest import Clock
from tests.factories import change


@pytest.mark.parametrize("state", ["missed", "stuck"])
async def test_what_never_left_is_said_in_the_chat(books: Books, clock: Clock, state: str) -> None:
    """No worker for a day, or no money when it was its turn: there is not even a message."""
    await earned(books)
    clock.at = LATER
    await books.write(tell_notices, clock.now())
    await books.write(tell_notices, clock.now())
    assert await states(books) == ["sent"], "it is still to leave"
    await books.write(change, "UPDATE campaign SET state = :state", state=state)

    await books.write(tell_notices, clock.now())

    assert await states(books) == ["waiting"]


async def test_those_who_cannot_be_told_do_not_hold_up_the_others(
    books: Books, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.notices.PAGES_MAX", 1)
    street = await street_with(books)
    await books.write(approve, street, NoticeUse.COUPON_EARNED)
    for number in range(AT_ONCE_MAX):
        await books.write(earn, street, street.customers[0], f"{number}% 할인")
    await books.write(earn, street, street.customers[0])
    clock.at = LATER

    places = await books.write(tell_notices, clock.now())
    assert "sent" not in await states(books)
    places = await books.write(tell_notices, clock.now(), places)

    assert (await states(books))[-1] == "sent"
    assert set(places.values()) == {0}


async def test_no_way_without_an_account_is_booked(books: Books, clock: Clock) -> None:
    """The template is approved, and yet nobody here could carry it."""
    await earned(books)
    clock.at = LATER

    await books.write(tell_notices, clock.now(), None, frozenset({SenderName.NHN_ALIMTALK}))

    assert await states(books) == ["waiting"]
    await books.write(tell_notices, clock.now(), None, frozenset({SenderName.SOLAPI_ALIMTALK}))
    assert await states(books) == ["sent"]


async def test_a_name_that_fits_no_text_books_nothing(books: Books, clock: Clock) -> None:
    """-1028: known before it is paid for and refused."""
    await earned(books)
    await books.write(change, "UPDATE shop SET name = :name", name="가" * 22)
    clock.at = LATER

    await books.write(tell_notices, clock.now())

    assert await states(books) == ["waiting"]
