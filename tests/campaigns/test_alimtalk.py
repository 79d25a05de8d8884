"""AlimTalk: whom the chat does not reach, by an inspected text, composed when it leaves."""

from datetime import timedelta

import pytest

from campaigns.dispatch import Dispatcher
from campaigns.notices import tell_notices
from campaigns.plan import plan_next
from campaigns.telling import tell_person
from domain.alimtalk import TEXTS
from domain.bubbles import Notice
from domain.campaigns import Batch, SenderName
from domain.notices import SENT_AFTER, NoticeKind
from domain.people import CampaignId, CustomerId, Friend, MessageId
from domain.ways import NoticeUse, TemplateState
from loyalty.friendship import set_friend
from loyalty.joining import forget_phone
from loyalty.notices import News, switch_telling, tell
from storage.books import Books
from storage.desk import Tx
from storage.queries.cards import get_rules
from storage.queries.notice_templates import save_template
from tests.campaigns.fakes import FakeSender, failed
from tests.campaigns.stage import PUBLIC_URL, broken_promises
from tests.campaigns.test_telling import left_won, street_with
from tests.conftest import START, Clock
from tests.factories import Street, change, rows

ALIMTALK = SenderName.SOLAPI_ALIMTALK
DAY = timedelta(days=1)
LATER = START + SENT_AFTER[NoticeKind.COUPON_EARNED]


class Carrier(FakeSender):
    """Remembers what the messages said."""

    def __init__(self) -> None:
        super().__init__(ALIMTALK)
        self.said: list[Notice] = []

    async def send(self, batch: Batch, ref: str | None) -> str:
        for one in batch.people:
            assert isinstance(one.bubble, Notice)
            self.said.append(one.bubble)
        return await super().send(batch, ref)


async def let_leave(books: Books, clock: Clock, sender: Carrier | None = None) -> Carrier:
    """Everything that is due within three hours, with promises kept."""
    sender = sender or Carrier()
    dispatcher = Dispatcher(books, {ALIMTALK: sender}, clock.now, PUBLIC_URL)
    end = clock.now() + timedelta(hours=3)
    while clock.now() <= end:
        while (
            await books.write(plan_next, clock.now())
            or await dispatcher.send_next()
            or await dispatcher.ask_next()
        ):
            pass
        clock.advance(timedelta(minutes=5))
    assert await broken_promises(books) == {}
    return sender


def approve(
    tx: Tx, street: Street, use: NoticeUse, state: TemplateState = TemplateState.APPROVED
) -> bool:
    facts = {"use": use, "body": TEXTS[use], "state": state, "changed_at": START}
    return save_template(tx, street.channel_id, ALIMTALK, f"KA01TP-{use}", **facts)


def earn(tx: Tx, street: Street, customer_id: CustomerId, title: str = "식빵 한 개") -> None:
    """A coupon that a purchase earned, as loyalty/visits.py tells of it."""
    facts = {"title": title, "expires_at": START + 14 * DAY}
    news = News(NoticeKind.COUPON_EARNED, f"earned:{title}", facts)
    tell(tx, get_rules(tx, street.shop_id), (street.shop_id, customer_id), news, START)


async def stranger(books: Books, street: Street) -> CustomerId:
    """No friend of the channel any more, who has left a number."""
    person = street.customers[0]
    await books.write(set_friend, person, Friend.NONE, START, now=START)
    return person


async def earned(books: Books, use: NoticeUse = NoticeUse.COUPON_EARNED) -> Street:
    street = await street_with(books)
    await books.write(approve, street, use)
    await books.write(earn, street, street.customers[0])
    return street


async def states(books: Books) -> list[str]:
    return [row[0] for row in await books.read(rows, "SELECT state FROM notice ORDER BY id")]


async def test_a_coupon_that_was_earned_is_told_by_its_inspected_text(
    books: Books, clock: Clock
) -> None:
    """K14: with the ground at its foot, paid by the program."""
    street = await earned(books)
    clock.at = LATER

    await books.write(tell_notices, clock.now())
    sender = await let_leave(books, clock)

    assert sender.arrived == {street.customers[0]: 1}
    (said,) = sender.said
    assert said.code == "KA01TP-coupon_earned"
    assert dict(said.values)["쿠폰이름"] == "식빵 한 개"
    assert said.text.endswith("구매하신 것에 찍어 드린 도장으로 나온 쿠폰의 적립 안내예요.")
    assert await states(books) == ["sent"]
    assert await left_won(books, street) == 1_000 - 11  # 10 won, VAT, rounded up


async def test_the_books_keep_no_word_of_it(books: Books, clock: Clock) -> None:
    """What it says is composed when it leaves."""
    await earned(books)
    clock.at = LATER
    await books.write(tell_notices, clock.now())
    await let_leave(books, clock)

    kept = await books.read(rows, "SELECT body, parts, form_key FROM campaign")

    assert "식빵" not in str(kept)


async def test_it_waits_for_the_next_word_first(books: Books, clock: Clock) -> None:
    await earned(books)

    await books.write(tell_notices, LATER - timedelta(minutes=1))
    sender = await let_leave(books, clock)

    assert not sender.said
    assert await states(books) == ["waiting"]


async def test_the_sweep_may_run_as_often_as_it_likes(books: Books, clock: Clock) -> None:
    street = await earned(books)
    clock.at = LATER

    for _ in range(3):
        await books.write(tell_notices, clock.now())
    sender = await let_leave(books, clock)

    assert sender.arrived == {street.customers[0]: 1}


OTHER_USE = NoticeUse.COUPON_LAPSING


@pytest.mark.parametrize(
    ("use", "state"),
    [
        (OTHER_USE, TemplateState.APPROVED),
        (NoticeUse.COUPON_EARNED, TemplateState.REQUESTED),
        (NoticeUse.COUPON_EARNED, TemplateState.REJECTED),
        (NoticeUse.COUPON_EARNED, TemplateState.DORMANT),
    ],
)
async def test_without_an_approved_text_it_waits_for_the_chat(
    books: Books, use: NoticeUse, state: TemplateState
) -> None:
    """K15: nothing else may bring it."""
    street = await street_with(books)
    await books.write(approve, street, use, state)
    await books.write(earn, street, street.customers[0])

    await books.write(tell_notices, LATER)

    assert await states(books) == ["waiting"]
    assert await books.read(rows, "SELECT id FROM campaign") == []


@pytest.mark.parametrize("version", ["2026-11.4", "2026-11"])
async def test_a_number_is_used_for_what_it_was_left_for(books: Books, version: str) -> None:
    """L67: the earlier words named advertising and the counter alone."""
    await earned(books)
    sql = "UPDATE consent_choice SET text_version = :version WHERE purpose = 'phone'"
    await books.write(change, sql, version=version)

    await books.write(tell_notices, LATER)

    assert await states(books) == ["waiting"]


async def test_who_wants_no_notices_gets_none(books: Books) -> None:
    street = await earned(books)
    person = street.customers[0]
    await books.write(switch_telling, person, [street.shop_id], is_told=False, at=START)

    await books.write(tell_notices, LATER)

    assert await books.read(rows, "SELECT id FROM campaign") == []


async def test_who_switches_them_off_meanwhile_gets_none(books: Books, clock: Clock) -> None:
    """Asked once more when it leaves; and nobody pays."""
    street = await earned(books)
    person = street.customers[0]
    clock.at = LATER
    await books.write(tell_notices, clock.now())
    await books.write(switch_telling, person, [street.shop_id], is_told=False, at=clock.now())

    sender = await let_leave(books, clock)

    assert not sender.said
    assert await left_won(books, street) == 1_000


async def test_who_takes_the_number_back_meanwhile_gets_none(books: Books, clock: Clock) -> None:
    """L68."""
    street = await earned(books)
    clock.at = LATER
    await books.write(tell_notices, clock.now())
    await books.write(forget_phone, street.customers[0], clock.now())

    sender = await let_leave(books, clock)

    assert not sender.said
    assert (await books.read(rows, "SELECT code FROM message")) == [("L68",)]


async def test_a_name_that_urges_to_buy_is_never_brought(books: Books) -> None:
    """K15: in a variable, too, where no inspector reads it."""
    street = await street_with(books)
    await books.write(approve, street, NoticeUse.COUPON_EARNED)
    await books.write(earn, street, street.customers[0], "50% 할인, 놓치지 마세요")

    await books.write(tell_notices, LATER)

    assert await states(books) == ["waiting"]


async def test_what_does_not_arrive_is_said_in_the_chat(books: Books, clock: Clock) -> None:
    """Once by AlimTalk and not again: 3104, no KakaoTalk."""
    street = await earned(books)
    clock.at = LATER
    await books.write(tell_notices, clock.now())
    ((message_id,),) = await _placed(books, clock)
    sender = Carrier()
    sender.outcomes[street.customers[0]] = failed(MessageId(message_id), "3104")

    await let_leave(books, clock, sender)
    assert await left_won(books, street) == 1_000
    for _ in range(2):
        await books.write(tell_notices, clock.now())

    assert await states(books) == ["waiting"]
    ((has_news,),) = await books.read(
        rows,
        "SELECT has_news FROM membership WHERE customer_id = :id",
        id=street.customers[0],
    )
    assert has_news
    assert len(await books.read(rows, "SELECT id FROM campaign")) == 1


async def _placed(books: Books, clock: Clock) -> list[tuple[int]]:
    while await books.write(plan_next, clock.now()):
        pass
    return await books.read(rows, "SELECT id FROM message")


async def test_a_text_that_is_withdrawn_meanwhile_is_not_used(books: Books, clock: Clock) -> None:
    """1043 is refused by us already, and costs nobody anything."""
    street = await earned(books)
    clock.at = LATER
    await books.write(tell_notices, clock.now())
    await books.write(approve, street, NoticeUse.COUPON_EARNED, TemplateState.REJECTED)

    sender = await let_leave(books, clock)

    assert not sender.said
    assert await books.read(rows, "SELECT code FROM message") == [("TEMPLATE",)]
    assert await left_won(books, street) == 1_000


async def test_an_answer_is_announced_and_stays_in_the_chat(books: Books, clock: Clock) -> None:
    street = await street_with(books)
    person = await stranger(books, street)
    await books.write(approve, street, NoticeUse.ENQUIRY_ANSWERED)

    assert await _announce(books, street, person)
    sender = await let_leave(books, clock)

    assert [one.values for one in sender.said] == [(("보내는가게이름", "연남빵집"),)]


async def _announce(books: Books, street: Street, person: CustomerId) -> CampaignId | None:
    return await books.write(
        tell_person,
        street.shop_id,
        person,
        key="enquiry:1",
        body="여쭤보신 것에 답이 왔어요.",
        use=NoticeUse.ENQUIRY_ANSWERED,
        at=START,
    )


async def test_no_use_brings_another_ones_news(books: Books) -> None:
    """K14: a coupon is never told of as if it were an answer."""
    street = await street_with(books)

    with pytest.raises(AssertionError):
        await books.write(
            tell_person,
            street.shop_id,
            street.customers[0],
            key="enquiry:1",
            body="쿠폰",
            use=NoticeUse.COUPON_EARNED,
            at=START,
        )
