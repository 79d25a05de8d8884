"""Advertising as text messages: by whose leave, and only to whom agreed to it (L1, L18)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaigns.booking import Draft, dry_run
from campaigns.dispatch import Dispatcher
from campaigns.plan import plan_next
from domain.bubbles import Letter
from domain.campaigns import Batch, BubbleKind, MessageKind, SenderName
from domain.people import CustomerId, Friend
from domain.refusals import Invalid
from domain.time import in_kst
from loyalty.friendship import set_friend
from storage.books import Books
from storage.desk import Tx
from storage.queries.certificates import (
    find_certified_until,
    forget_certificate,
)
from subsidy.holding import pays_for
from tests.campaigns.fakes import FakeSender
from tests.campaigns.stage import PUBLIC_URL, broken_promises
from tests.conftest import START, Clock
from tests.factories import Street, change, let_text, make_campaign, make_street, rows

LMS = SenderName.SOLAPI_LMS
PAYS = """UPDATE "grant" SET pays = :pays"""
TODAY = in_kst(START).date()
DRAFT = Draft(sender=LMS, bubble=BubbleKind.TEXT, body="#{고객명}님, 식빵이 나왔어요.")


class Carrier(FakeSender):
    """Remembers what the messages said."""

    def __init__(self) -> None:
        super().__init__(LMS)
        self.said: list[Letter] = []

    async def send(self, batch: Batch, ref: str | None) -> str:
        for one in batch.people:
            assert isinstance(one.bubble, Letter)
            self.said.append(one.bubble)
        return await super().send(batch, ref)


async def texting(
    books: Books,
    *,
    may_text: bool = True,
    until: date = TODAY,
    opt_out: str | None = "080-123-4567",
) -> Street:
    """A shop that wants text messages, of a channel with a number to refuse by."""
    street = await books.write(make_street, people=3)
    await books.write(let_text, street, is_on=may_text, until=until, opt_out=opt_out)
    await books.write(change, PAYS, pays=pays_for(LMS, MessageKind.ADVERTISEMENT))
    return street


async def carried(books: Books, clock: Clock, street: Street) -> Carrier:
    await books.write(make_campaign, street.shop_id, at=START, draft=DRAFT)
    sender = Carrier()
    dispatcher = Dispatcher(books, {LMS: sender}, clock.now, PUBLIC_URL)
    while (
        await books.write(plan_next, clock.now())
        or await dispatcher.send_next()
        or await dispatcher.ask_next()
    ):
        clock.advance(timedelta(seconds=40))
    assert await broken_promises(books) == {}
    return sender


def reached(tx: Tx, street: Street) -> tuple[int, dict[str, int]]:
    tried = dry_run(tx, street.shop_id, DRAFT, START)
    return tried.people, dict(tried.refused)


async def test_a_text_message_carries_its_marks(books: Books, clock: Clock) -> None:
    """L6-L8; a name that no text message can spell is left out of it."""
    street = await texting(books)
    sql = "UPDATE membership SET name = '똠이' WHERE customer_id = :id"
    await books.write(change, sql, id=street.customers[0])

    sender = await carried(books, clock, street)

    assert sender.arrived == dict.fromkeys(street.customers, 1)
    assert {one.text.splitlines()[0] for one in sender.said} == {"(광고) 연남빵집"}
    assert {one.text.splitlines()[-1] for one in sender.said} == {"무료수신거부 080-123-4567"}
    assert [one.text.splitlines()[1] for one in sender.said].count("단골님, 식빵이 나왔어요.") >= 1
    assert not any("똠" in one.text for one in sender.said)


async def test_it_reaches_who_is_no_friend_and_nobody_who_blocked(books: Books) -> None:
    """L4; K7 is KakaoTalk's."""
    street = await texting(books)
    await books.write(set_friend, street.customers[0], Friend.NONE, START, now=START)
    await books.write(set_friend, street.customers[1], Friend.BLOCKED, START, now=START)

    assert await books.read(reached, street) == (2, {"L4": 1})


async def test_only_who_agreed_to_text_messages_gets_one(books: Books, clock: Clock) -> None:
    """L1, L2: the earlier words named KakaoTalk alone."""
    street = await texting(books)
    others: CustomerId = street.customers[2]
    sql = "UPDATE membership SET texts_since = NULL WHERE customer_id <> :id"
    await books.write(change, sql, id=others)

    assert await books.read(reached, street) == (1, {"L1": 2})
    sender = await carried(books, clock, street)

    assert sender.arrived == {others: 1}


@pytest.mark.parametrize(("may_text", "until"), [(False, TODAY), (True, TODAY - timedelta(days=1))])
async def test_without_leave_or_certificate_nobody_gets_one(
    books: Books, may_text: bool, until: date
) -> None:
    """L18: the last day counts, the day after does not."""
    street = await texting(books, may_text=may_text, until=until)

    assert await books.read(reached, street) == (0, {"L18": 3})


async def test_a_certificate_that_is_gone_holds_back_what_was_planned(
    books: Books, clock: Clock
) -> None:
    """L18: asked once more when the chunk leaves."""
    street = await texting(books)
    await books.write(make_campaign, street.shop_id, at=START, draft=DRAFT)
    while await books.write(plan_next, clock.now()):
        pass
    await books.write(forget_certificate, LMS)
    sender = Carrier()

    await Dispatcher(books, {LMS: sender}, clock.now, PUBLIC_URL).send_next()

    assert not sender.said
    assert await books.read(rows, "SELECT DISTINCT code FROM message") == [("L18",)]
    assert await books.read(find_certified_until, LMS) is None


async def test_without_a_number_to_refuse_by_it_is_not_offered(books: Books) -> None:
    """L8, said before any money is asked about."""
    street = await texting(books, opt_out=None)

    with pytest.raises(Invalid) as refusal:
        await books.read(reached, street)

    assert "080" in refusal.value.fields["bubble"]


async def test_emoji_are_refused_when_the_words_are_written(books: Books) -> None:
    """1029, with the letters named."""
    street = await texting(books)

    with pytest.raises(Invalid) as refusal:
        await books.read(
            dry_run,
            street.shop_id,
            replace(DRAFT, body="똠얌꿍 🍜 있어요"),
            START,
        )

    assert "똠 🍜" in refusal.value.fields["body"]
