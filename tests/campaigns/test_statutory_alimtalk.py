"""L13 and L14 for whom the chat does not reach: by an inspected text to their number."""

import pytest

from campaigns.statutory import tell_statutory
from domain.alimtalk import TEXTS_VERSION
from domain.campaigns import SenderName
from domain.people import Friend
from domain.ways import NoticeUse
from loyalty.consent import stop_advertising
from loyalty.friendship import set_friend
from loyalty.joining import forget_phone
from storage.books import Books
from tests.campaigns.test_alimtalk import DAY, approve, let_leave, stranger
from tests.campaigns.test_telling import street_with
from tests.conftest import START, Clock
from tests.factories import change, rows


async def test_a_statutory_notice_reaches_who_is_no_friend(books: Books, clock: Clock) -> None:
    """L13: sender, choice, its date, the result, and how to change it; whatever the number was
    left for.
    """
    street = await street_with(books)
    person = await stranger(books, street)
    await books.write(approve, street, NoticeUse.CONSENT_RESULT)
    await books.write(stop_advertising, person, pressed="list", at=START, is_told=False)
    clock.at = START + 10 * DAY

    await books.write(tell_statutory, clock.now())
    sender = await let_leave(books, clock)
    await books.write(tell_statutory, clock.advance(DAY))

    (said,) = sender.said
    for words in ("연남빵집", "광고 수신 동의 철회", "2026년 11월 25일", "철회하신 대로"):
        assert words in said.text
    seen = await books.read(rows, "SELECT state, text_version, code FROM statutory_notice")
    assert ("sent", TEXTS_VERSION, None) in seen


@pytest.mark.parametrize("lacks", ["text", "number"])
async def test_without_text_or_number_it_is_noted_as_undeliverable(
    books: Books, lacks: str
) -> None:
    """K7, as before."""
    street = await street_with(books)
    person = await stranger(books, street)
    if lacks == "number":
        await books.write(approve, street, NoticeUse.CONSENT_RESULT)
        await books.write(forget_phone, person, START)
    await books.write(stop_advertising, person, pressed="list", at=START, is_told=False)

    await books.write(tell_statutory, START + 10 * DAY)

    seen = await books.read(rows, "SELECT state, code FROM statutory_notice WHERE kind = 'result'")
    assert seen == [("undeliverable", "K7")]


async def test_who_has_blocked_the_channel_gets_no_alimtalk_either(books: Books) -> None:
    """I9."""
    street = await street_with(books)
    person = street.customers[0]
    await books.write(approve, street, NoticeUse.CONSENT_RESULT)
    await books.write(stop_advertising, person, pressed="list", at=START, is_told=False)
    await books.write(set_friend, person, Friend.BLOCKED, START, now=START)

    await books.write(tell_statutory, START + 10 * DAY)

    seen = await books.read(rows, "SELECT state, code FROM statutory_notice WHERE kind = 'result'")
    assert seen == [("undeliverable", "L4")]


async def test_a_shop_whose_name_sounds_like_an_offer_is_told_of_as_any_other(
    books: Books, clock: Clock
) -> None:
    """K15 is about what is told, not about who tells it."""
    street = await street_with(books)
    person = await stranger(books, street)
    await books.write(change, "UPDATE shop SET name = '할인마트'")
    await books.write(approve, street, NoticeUse.CONSENT_RESULT)
    await books.write(stop_advertising, person, pressed="list", at=START, is_told=False)
    clock.at = START + 10 * DAY

    await books.write(tell_statutory, clock.now())
    sender = await let_leave(books, clock)

    (said,) = sender.said
    assert "할인마트" in said.text


async def test_a_name_that_fits_no_text_is_known_before_it_is_tried(books: Books) -> None:
    street = await street_with(books)
    person = await stranger(books, street)
    await books.write(change, "UPDATE shop SET name = :name", name="가" * 22)
    await books.write(approve, street, NoticeUse.CONSENT_RESULT)
    await books.write(stop_advertising, person, pressed="list", at=START, is_told=False)

    await books.write(tell_statutory, START + 10 * DAY)

    seen = await books.read(rows, "SELECT state, code FROM statutory_notice WHERE kind = 'result'")
    assert seen == [("undeliverable", "K7")]
    assert await books.read(rows, "SELECT id FROM campaign") == []


async def test_a_way_without_an_account_is_none(books: Books) -> None:
    street = await street_with(books)
    person = await stranger(books, street)
    await books.write(approve, street, NoticeUse.CONSENT_RESULT)
    await books.write(stop_advertising, person, pressed="list", at=START, is_told=False)

    await books.write(tell_statutory, START + 10 * DAY, frozenset({SenderName.KAKAO_EVENT}))

    assert await books.read(rows, "SELECT id FROM campaign") == []


async def test_after_a_way_that_failed_another_one_is_tried(books: Books) -> None:
    street = await street_with(books)
    person = street.customers[0]
    await books.write(approve, street, NoticeUse.CONSENT_RESULT)
    await books.write(stop_advertising, person, pressed="list", at=START, is_told=False)
    await books.write(tell_statutory, START + 10 * DAY)
    await books.write(change, "UPDATE campaign SET state = 'missed'")

    for _ in range(2):  # what became of it, then the next try
        await books.write(tell_statutory, START + 11 * DAY)

    told = await books.read(rows, "SELECT sender FROM campaign ORDER BY id")
    assert len(told) == 2
    assert told[0] != told[1]
