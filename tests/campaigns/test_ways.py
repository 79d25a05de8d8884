"""Which way serves whom: by address, kind, price, hours and balance, in the program's order; and
whom one way does not reach is reached by another, once.
"""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from campaigns.dispatch import Dispatcher
from campaigns.plan import plan_next
from campaigns.rest import find_rest, send_rest
from campaigns.ways import by_policy, way_for_one, weigh
from domain.campaigns import BubbleKind, MessageKind, SenderName
from domain.money import Jeon
from domain.people import CustomerId, Friend, ShopId
from domain.refusals import Conflict, NotFound
from domain.time import Window
from domain.ways import DEFAULT_ORDER, NoticeUse, WayFacts, WayLine, WhyNot
from storage.books import Books
from storage.desk import Tx
from storage.queries.campaigns import find_campaign
from storage.queries.provider_balances import save_balance
from storage.queries.segments import segment_of
from storage.queries.way_rules import insert_orders
from tests.campaigns.fakes import FakeSender
from tests.campaigns.stage import PUBLIC_URL, broken_promises
from tests.conftest import Clock
from tests.factories import (
    Street,
    change,
    let_advertise_often,
    make_campaign,
    make_customer,
    make_draft,
    make_street,
)

EVENT, BRAND = SenderName.KAKAO_EVENT, SenderName.SOLAPI
INSTALLED = frozenset({EVENT, BRAND})
AD, INFORMATION = MessageKind.ADVERTISEMENT, MessageKind.INFORMATION


def make_mixed_street(tx: Tx) -> Street:
    """Three with a phone number, two without."""
    street = make_street(tx, people=3)
    silent = [
        make_customer(tx, street.channel_id, street.shop_id, number, has_phone=False)
        for number in (4, 5)
    ]
    return replace(street, customers=[*street.customers, *silent])


def order_with(*lines: WayLine) -> dict[MessageKind, tuple[WayLine, ...]]:
    return {AD: lines, INFORMATION: tuple(DEFAULT_ORDER[INFORMATION])}


class World:
    """Both senders, and whatever is booked goes through them."""

    def __init__(self, books: Books, clock: Clock, street: Street) -> None:
        self.books, self.clock, self.street = books, clock, street
        self.senders = {name: FakeSender(name) for name in INSTALLED}

    async def send(self, *, hours: int = 1) -> None:
        while await self.books.write(plan_next, self.clock.now()):
            pass
        dispatcher = Dispatcher(self.books, self.senders, self.clock.now, PUBLIC_URL)
        for _ in range(hours * 60):
            while await dispatcher.send_next() or await dispatcher.ask_next():
                pass
            self.clock.advance(timedelta(minutes=1))
        assert await broken_promises(self.books) == {}

    def got(self, sender: SenderName) -> set[CustomerId]:
        return set(self.senders[sender].arrived)


async def test_the_cheapest_way_is_proposed_and_the_others_told(books: Books, clock: Clock) -> None:
    street = await books.write(make_mixed_street)

    weighed = await books.read(weigh, street.shop_id, make_draft(BRAND), INSTALLED, clock.now())

    said = "카카오톡(채팅방)으로 보내면 5명 모두에게 닿고 가장 싸요: 한 명 16.5원"
    assert weighed.proposal.why == said
    others = {one.facts.sender: one.words for one in weighed.proposal.others}
    assert others == {
        BRAND: "3명에게 닿아요. 한 명 27.5원",
        SenderName.NHN: "아직 이 길로 보낼 계정이 없어요.",
        SenderName.SOLAPI_LMS: "아직 이 길로 보낼 계정이 없어요.",
    }
    assert weighed.rest is not None
    assert (weighed.rest.sender, weighed.rest.people, weighed.rest.bubble) == (
        EVENT,
        2,
        BubbleKind.LIST,
    )


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([WayLine(sender=BRAND)], WhyNot.OFF),
        (
            [WayLine(sender=BRAND), WayLine(sender=EVENT, hours=Window(time(15), time(16)))],
            WhyNot.HOURS,
        ),
    ],
)
async def test_the_programs_order_is_kept_to(
    books: Books, clock: Clock, lines: list[WayLine], reason: WhyNot
) -> None:
    street = await books.write(make_mixed_street)
    orders = order_with(*lines)
    await books.write(insert_orders, street.program_id, 1, orders, clock.now())

    weighed = await books.read(weigh, street.shop_id, make_draft(), INSTALLED, clock.now())
    draft = await books.read(by_policy, street.shop_id, make_draft(), INSTALLED, clock.now())

    assert weighed.proposal.of(EVENT).why_not is reason
    assert (draft.sender, draft.bubble) == (BRAND, BubbleKind.TEXT)


async def test_what_an_account_holds_counts(books: Books, clock: Clock) -> None:
    """82 won 50 for three people, with VAT and rounded up: 83 won."""
    street = await books.write(make_mixed_street)
    found = []
    for held in (8_299, 8_300):
        await books.write(save_balance, BRAND, Jeon(held), clock.now())
        weighed = await books.read(weigh, street.shop_id, make_draft(), INSTALLED, clock.now())
        found.append(weighed.proposal.of(BRAND).why_not)

    assert found == [WhyNot.BALANCE, None]


async def test_what_no_grant_pays_is_the_owners_own_money(books: Books, clock: Clock) -> None:
    """Free cash for brand messages alone: then they cost the owner nothing."""
    street = await books.write(make_mixed_street)
    paid = "solapi:advertisement"
    await books.write(change, 'UPDATE "grant" SET pays = :pays', pays=paid)

    weighed = await books.read(weigh, street.shop_id, make_draft(), INSTALLED, clock.now())

    assert weighed.proposal.chosen is not None
    assert weighed.proposal.chosen.sender is BRAND
    assert "지원금으로 낼 수 있어요" in weighed.proposal.why
    assert not weighed.proposal.of(EVENT).facts.is_granted


async def test_where_no_way_is_left_the_draft_stays_as_it_is(books: Books, clock: Clock) -> None:
    street = await books.write(make_mixed_street)
    draft = make_draft()

    assert await books.read(by_policy, street.shop_id, draft, frozenset(), clock.now()) == draft


async def test_whom_the_first_way_did_not_reach_gets_the_second_and_nobody_both(
    books: Books, clock: Clock
) -> None:
    """The cap would stop it, too; here it allows more, so that the audience alone must."""
    street = await books.write(make_mixed_street)
    await books.write(let_advertise_often, street.shop_id)
    world = World(books, clock, street)
    shop_id, clean = street.shop_id, make_draft(BRAND, "식빵이 나왔어요.")
    first = await books.write(make_campaign, shop_id, at=clock.now(), draft=clean)
    await world.send()

    offer = await books.read(find_rest, shop_id, first, INSTALLED, clock.now())
    assert offer is not None
    assert (offer.sender, offer.people, offer.cost_jeon) == (EVENT, 2, 3_300)
    pressed = [
        await books.write(send_rest, shop_id, first, EVENT, staff_id=None, at=clock.now())
        for _ in range(2)
    ]
    second = pressed[0]
    assert pressed == [second, second]
    await world.send()

    assert world.got(BRAND) == set(street.customers[:3])
    assert world.got(EVENT) == set(street.customers[3:])
    assert await books.read(find_rest, shop_id, second, INSTALLED, clock.now()) is None
    row = await books.read(find_campaign, shop_id, second)
    assert row is not None
    assert segment_of(row.segment).but == (first,)
    assert await books.read(find_rest, shop_id, first, INSTALLED, clock.now()) is None


async def test_whose_handset_has_it_by_another_s_number_gets_no_second(
    books: Books, clock: Clock
) -> None:
    """I5: refused as a double, they have it where they would get it again."""
    street = await books.write(make_mixed_street)
    await books.write(let_advertise_often, street.shop_id)
    world = World(books, clock, street)
    shop_id, clean = street.shop_id, make_draft(BRAND, "식빵이 나왔어요.")
    first = await books.write(make_campaign, shop_id, at=clock.now(), draft=clean)
    await world.send()
    double = "UPDATE message SET state = 'refused', code = 'SAME_NUMBER' WHERE customer_id = :id"
    await books.write(change, double, id=street.customers[0])

    offer = await books.read(find_rest, shop_id, first, INSTALLED, clock.now())

    assert offer is not None
    assert offer.people == len(street.customers) - 3


async def test_without_that_exclusion_they_would_have_got_it_twice(
    books: Books, clock: Clock
) -> None:
    """What the test above can fail by."""
    street = await books.write(make_mixed_street)
    await books.write(let_advertise_often, street.shop_id)
    world = World(books, clock, street)
    for key, sender in (("1", BRAND), ("2", EVENT)):
        draft = make_draft(sender, "식빵이 나왔어요.")
        await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft, form_key=key)
        await world.send()

    assert world.got(BRAND) & world.got(EVENT) == set(street.customers[:3])


async def test_nothing_is_offered_while_it_may_still_arrive_or_when_it_is_old(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_mixed_street)
    world = World(books, clock, street)
    first = await books.write(
        make_campaign, street.shop_id, at=clock.now(), draft=make_draft(BRAND)
    )

    async def offered(days: int = 0) -> WayFacts | None:
        at = clock.now() + timedelta(days=days)
        return await books.read(find_rest, street.shop_id, first, INSTALLED, at)

    assert await offered() is None
    await world.send()
    assert await offered() is not None
    assert await offered(days=1) is None
    with pytest.raises(Conflict, match="no_rest"):
        await books.write(
            send_rest,
            street.shop_id,
            first,
            EVENT,
            staff_id=None,
            at=clock.now() + timedelta(days=1),
        )


async def test_another_shop_is_told_nothing(books: Books, clock: Clock) -> None:
    street = await books.write(make_mixed_street)
    first = await books.write(make_campaign, street.shop_id, at=clock.now())

    with pytest.raises(NotFound):
        await books.read(find_rest, ShopId(street.shop_id + 1), first, INSTALLED, clock.now())


TEMPLATE = """
INSERT INTO notice_template (channel_id, sender, use, code, body, state, changed_at)
VALUES (:channel, 'solapi_alimtalk', 'consent_result', 'T1', '안내', :state, :at)
"""


@pytest.mark.parametrize(
    ("friend", "has_phone", "state", "way"),
    [
        (Friend.ADDED, True, "approved", EVENT),
        (Friend.NONE, True, "approved", SenderName.SOLAPI_ALIMTALK),
        (Friend.NONE, True, "requested", None),
        (Friend.NONE, False, "approved", None),
        (Friend.BLOCKED, True, "approved", None),
    ],
)
async def test_one_person_is_told_by_the_first_way_that_reaches_them(
    books: Books, clock: Clock, friend: Friend, has_phone: bool, state: str, way: SenderName | None
) -> None:
    street = await books.write(make_mixed_street)
    customer_id = street.customers[0 if has_phone else 3]
    await books.write(
        change,
        "UPDATE customer SET friend = :friend WHERE id = :id",
        friend=friend.value,
        id=customer_id,
    )
    at = clock.now().isoformat(" ", "microseconds")
    await books.write(change, TEMPLATE, channel=street.channel_id, state=state, at=at)

    use = NoticeUse.CONSENT_RESULT
    about = street.shop_id, customer_id, use, clock.now()
    told = await books.read(way_for_one, *about, frozenset(SenderName))

    assert told is way
