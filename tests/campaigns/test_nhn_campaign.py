"""Whole campaigns through NHN, with our real books and the pretend cloud over real HTTP (B10)."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from campaigns.booking import Draft
from campaigns.dispatch import LEASE, Dispatcher
from campaigns.doubts import list_undecided
from campaigns.plan import plan_next
from campaigns.results import Result, campaign_result
from campaigns.senders.nhn_brand import NhnBrandSender
from campaigns.senders.nhn_places import Place
from campaigns.senders.nhn_wire import NhnKeys
from dangol.rehearsal.crashing import BrittleSender, Crash, Fuse
from domain.campaigns import BubbleKind, SenderName
from domain.people import CampaignId
from simulator.app import BACKGROUND, FAULTS, build
from simulator.background import Background
from simulator.faults import Fault, Faults, Kind
from simulator.nhn_account import NhnAccount, NhnSender
from simulator.settings import Settings
from simulator.world import Bot, World
from storage.books import Books
from storage.desk import Tx
from storage.queries.chunks import find_next_act
from subsidy.channels import NewWays, set_ways
from tests.campaigns.stage import PUBLIC_URL, broken_promises
from tests.conftest import Clock
from tests.factories import MANAGER, Street, make_campaign, make_street, phone_of, rows

KEYS = NhnKeys(appkey="exampleAppKey", secret_key="FAKE-NHN-SECRET")
SENDER_KEY, BOT_ID = "0" * 40, "bot-1"
BASIC = "POST /brand-message/v1.0/appkeys/*/basic-messages"
UNIT_JEON = 2_750
HOURS = timedelta(hours=3)
PEOPLE = 3
AFTER_START = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A campaign that waits to leave by NHN."""

    books: Books
    clock: Clock
    street: Street
    campaign_id: CampaignId
    world: World
    nhn: NhnAccount
    faults: Faults
    background: Background
    sender: NhnBrandSender

    def dispatcher(self, sender: NhnBrandSender | BrittleSender | None = None) -> Dispatcher:
        """A process of its own."""
        senders = {SenderName.NHN: sender or self.sender}
        return Dispatcher(self.books, senders, self.clock.now, PUBLIC_URL)

    async def drain(self) -> None:
        """Until nothing is due for hours; no promise is broken."""
        dispatcher, end = self.dispatcher(), self.clock.now() + HOURS
        while True:
            while await dispatcher.send_next() or await dispatcher.ask_next():
                await self.background.idle()
            due_at = await self.books.read(find_next_act)
            if due_at is None or due_at > end:
                break
            self.clock.at = max(self.clock.at, due_at)
        assert await broken_promises(self.books) == {}

    async def result(self) -> Result:
        return await self.books.read(campaign_result, self.street.shop_id, self.campaign_id)

    def received(self) -> Counter[str]:
        return Counter(one.person_id for one in self.world.handset.all_deliveries())


def book(tx: Tx, clock: Clock) -> tuple[Street, CampaignId]:
    street = make_street(tx, people=PEOPLE)
    ways = NewWays(nhn_sender_key=SENDER_KEY, opt_out_number="080-123-4567")
    set_ways(tx, street.channel_id, ways, actor=MANAGER, at=clock.at)
    body = "#{고객명}님, 오늘 식빵이 나왔어요."
    draft = Draft(sender=SenderName.NHN, bubble=BubbleKind.TEXT, body=body)
    return street, make_campaign(tx, street.shop_id, at=clock.at, draft=draft)


def make_bot() -> Bot:
    return Bot(
        bot_id=BOT_ID,
        name="연남빵집",
        channel_public_id="_pub1",
        channel_uuid="@bread",
        skill_url="",
        rest_api_key="key",
        events={},
    )


@pytest_asyncio.fixture
async def sending(books: Books, clock: Clock) -> AsyncIterator[Sending]:
    street, campaign_id = await books.write(book, clock)
    assert await books.write(plan_next, clock.at)
    world = World(clock.now, seed=7)
    app = build(world, Settings(deliver_delay_seconds=0.0))
    server = TestServer(app)
    await server.start_server()
    world.add_bot(make_bot())
    for number in range(1, PEOPLE + 1):
        world.add_person(name=f"손님{number}", phone=phone_of(number), person_id=f"p{number}")
        world.add_friend(f"p{number}", BOT_ID)
    nhn = world.add_nhn_account(NhnAccount(appkey=KEYS.appkey, secret_key=KEYS.secret_key))
    nhn.add_sender(NhnSender(sender_key=SENDER_KEY, bot_id=BOT_ID, plus_friend_id="@bread"))
    url = str(server.make_url("")).rstrip("/")
    sender = NhnBrandSender(KEYS, clock.now, base_url=url)
    yield Sending(
        books=books,
        clock=clock,
        street=street,
        campaign_id=campaign_id,
        world=world,
        nhn=nhn,
        faults=app[FAULTS],
        background=app[BACKGROUND],
        sender=sender,
    )
    await sender.close()
    await server.close()


async def test_everybody_gets_their_own_words_and_it_is_paid_for(sending: Sending) -> None:
    await sending.drain()

    result = await sending.result()
    assert sending.received() == {"p1": 1, "p2": 1, "p3": 1}
    assert (result.delivered, result.held_jeon) == (PEOPLE, 0)
    assert result.spent_jeon == -(-UNIT_JEON * PEOPLE // 100) * 100


async def test_who_opted_out_at_the_provider_is_withdrawn_at_once(sending: Sending) -> None:
    """L4, I9: -3301 comes with the answer, so nobody has to ask for it."""
    sending.nhn.opt_outs.add(phone_of(2))

    assert await sending.dispatcher().send_next()

    sql = "SELECT customer_id FROM membership WHERE withdrawn_at IS NOT NULL"
    assert await sending.books.read(rows, sql) == [(sending.street.customers[1],)]
    await sending.drain()
    assert (await sending.result()).failures == {"-3301": 1}
    assert sending.received() == {"p1": 1, "p3": 1}


async def test_when_all_have_opted_out_nothing_is_held_any_more(sending: Sending) -> None:
    sending.nhn.opt_outs.update(phone_of(number) for number in range(1, PEOPLE + 1))

    await sending.drain()

    result = await sending.result()
    assert (result.spent_jeon, result.held_jeon) == (0, 0)
    assert result.failures == {"-3301": PEOPLE}


@pytest.mark.parametrize("kind", ["close_after_acting", "half_reply", "http_500_after_acting"])
async def test_what_was_lost_is_found_under_our_own_key(sending: Sending, kind: Kind) -> None:
    sending.faults.arm(Fault(endpoint=BASIC, kind=kind))

    await sending.drain()

    assert sending.received() == {"p1": 1, "p2": 1, "p3": 1}
    assert (await sending.result()).delivered == PEOPLE
    ((ref,),) = await sending.books.read(rows, "SELECT provider_ref FROM chunk")
    assert Place.read(ref) is None, "NHN's own name for it is adopted"


async def test_what_left_no_trace_waits_for_a_person_and_keeps_its_money(
    sending: Sending,
) -> None:
    sending.faults.arm(Fault(endpoint=BASIC, kind="close_after_reading"))

    await sending.drain()

    result = await sending.result()
    assert not sending.received()
    assert result.delivered == 0
    assert result.held_jeon == -(-UNIT_JEON * PEOPLE // 100) * 100
    program_id, at = sending.street.program_id, sending.clock.at
    assert len(await sending.books.read(list_undecided, program_id=program_id, at=at)) == 1


async def test_what_was_turned_away_begins_again(sending: Sending) -> None:
    sending.faults.arm(Fault(endpoint=BASIC, kind="http_429", times=2))

    await sending.drain()

    assert sending.received() == {"p1": 1, "p2": 1, "p3": 1}


async def live(sending: Sending, fuse: Fuse) -> None:
    dispatcher = sending.dispatcher(BrittleSender(sending.sender, fuse))
    await dispatcher.send_next()
    await sending.background.idle()
    sending.clock.at += timedelta(minutes=1)
    await dispatcher.ask_next()


@pytest.mark.parametrize("step", range(1, 9))
async def test_a_process_may_end_at_any_step(sending: Sending, step: int) -> None:
    """I5 after kill -9: our key was in the books before the request was made, so only what was
    never made stays unknown (5: it had been written that it leaves).
    """
    with pytest.raises(Crash):
        await live(sending, Fuse(step))

    sending.clock.at += LEASE
    await sending.drain()

    everybody = {} if step == AFTER_START else {"p1": 1, "p2": 1, "p3": 1}
    assert sending.received() == everybody
    assert (await sending.result()).delivered == len(everybody)
