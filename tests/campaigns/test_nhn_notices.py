"""An AlimTalk through NHN, with our real books and the pretend cloud over real HTTP (B2, B10)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from campaigns.dispatch import LEASE, Dispatcher
from campaigns.notices import tell_notices
from campaigns.plan import plan_next
from campaigns.senders.nhn_alimtalk import NhnAlimtalkSender
from dangol.rehearsal.crashing import BrittleSender, Crash, Fuse
from domain.alimtalk import TEXTS
from domain.campaigns import SenderName
from domain.ways import NoticeUse, TemplateState
from simulator.app import BACKGROUND, FAULTS, build
from simulator.background import Background
from simulator.faults import Fault, Faults, Kind
from simulator.nhn_account import NhnAccount, NhnSender, approved
from simulator.settings import Settings
from simulator.world import World
from storage.books import Books
from storage.desk import Tx
from storage.queries.chunks import find_next_act
from storage.queries.notice_templates import save_template
from subsidy.channels import NewWays, set_ways
from tests.campaigns.stage import PUBLIC_URL, broken_promises
from tests.campaigns.test_alimtalk import LATER, earn
from tests.campaigns.test_nhn_campaign import BOT_ID, KEYS, SENDER_KEY, make_bot
from tests.campaigns.test_telling import street_with
from tests.conftest import START, Clock
from tests.factories import MANAGER, Street, phone_of, rows

USE, CODE = NoticeUse.COUPON_EARNED, "COUPON_EARNED"
POST = "POST /alimtalk/v2.3/appkeys/*/messages"
LOSSES: tuple[Kind, ...] = ("close_after_reading", "close_after_acting", "http_500", "half_reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    books: Books
    clock: Clock
    world: World
    faults: Faults
    background: Background
    sender: NhnAlimtalkSender

    async def drain(self, sender: NhnAlimtalkSender | BrittleSender | None = None) -> None:
        """Until nothing is due for an hour; no promise is broken."""
        senders = {SenderName.NHN_ALIMTALK: sender or self.sender}
        dispatcher = Dispatcher(self.books, senders, self.clock.now, PUBLIC_URL)
        end = self.clock.now() + timedelta(hours=1)
        while True:
            while await dispatcher.send_next() or await dispatcher.ask_next():
                await self.background.idle()
            due_at = await self.books.read(find_next_act)
            if due_at is None or due_at > end:
                break
            self.clock.at = max(self.clock.at, due_at)
        assert await broken_promises(self.books) == {}

    def received(self) -> list[str]:
        return [one.person_id for one in self.world.handset.all_deliveries()]

    async def states(self) -> list[str]:
        return [row[0] for row in await self.books.read(rows, "SELECT state FROM message")]


def prepare(tx: Tx, street: Street) -> None:
    set_ways(tx, street.channel_id, NewWays(nhn_sender_key=SENDER_KEY), actor=MANAGER, at=START)
    facts = {"use": USE, "body": TEXTS[USE], "state": TemplateState.APPROVED, "changed_at": START}
    save_template(tx, street.channel_id, SenderName.NHN_ALIMTALK, CODE, **facts)
    earn(tx, street, street.customers[0])


@pytest_asyncio.fixture
async def telling(books: Books, clock: Clock) -> AsyncIterator[Telling]:
    street = await street_with(books)
    await books.write(prepare, street)
    clock.at = LATER
    await books.write(tell_notices, clock.at)
    assert await books.write(plan_next, clock.at)
    world = World(clock.now, seed=7)
    app = build(world, Settings(deliver_delay_seconds=0.0))
    server = TestServer(app)
    await server.start_server()
    world.add_bot(make_bot())
    world.add_person(name="손님", phone=phone_of(1), person_id="p1")
    channel = NhnSender(sender_key=SENDER_KEY, bot_id=BOT_ID, plus_friend_id="@bread")
    channel.templates[CODE] = approved(CODE, TEXTS[USE])
    nhn = world.add_nhn_account(NhnAccount(appkey=KEYS.appkey, secret_key=KEYS.secret_key))
    nhn.add_sender(channel)
    url = str(server.make_url("")).rstrip("/")
    sender = NhnAlimtalkSender(KEYS, clock.now, base_url=url)
    yield Telling(
        books=books,
        clock=clock,
        world=world,
        faults=app[FAULTS],
        background=app[BACKGROUND],
        sender=sender,
    )
    await sender.close()
    await server.close()


async def test_it_arrives_in_the_inspected_words(telling: Telling) -> None:
    await telling.drain()

    (delivery,) = telling.world.handset.all_deliveries()
    assert "식빵 한 개" in delivery.shown_text
    assert await telling.states() == ["delivered"]


@pytest.mark.parametrize("kind", LOSSES)
async def test_a_lost_answer_is_made_good_by_the_same_key(telling: Telling, kind: Kind) -> None:
    telling.faults.arm(Fault(endpoint=POST, kind=kind, times=2))

    await telling.drain()

    assert telling.received() == ["p1"]
    assert await telling.states() == ["delivered"]


async def test_when_it_goes_on_for_ten_minutes_a_person_decides(telling: Telling) -> None:
    telling.faults.arm(Fault(endpoint=POST, kind="close_after_reading", times=50))

    await telling.drain()

    assert not telling.received()
    assert await telling.states() == ["waiting"]


@pytest.mark.parametrize("step", range(1, 7))
async def test_a_process_may_end_at_any_step(telling: Telling, step: int) -> None:
    """Also between the commit that it leaves and the request: the name is in the books."""
    with pytest.raises(Crash):
        await telling.drain(BrittleSender(telling.sender, Fuse(step)))
    telling.sender._unsent.clear()  # another process remembers nothing

    telling.clock.at += LEASE
    await telling.drain()

    assert telling.received() == ["p1"]
    assert await telling.states() == ["delivered"]
