"""What is learned of a campaign is what plain counting finds, person by person."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.learning import Learned, learn
from campaigns.presses import press_button
from campaigns.results import campaign_result
from domain.campaigns import HELD_OUT
from domain.learning import LOOK_FOR, Verdict
from domain.people import CampaignId, CustomerId, Friend, ShopId
from loyalty.friendship import set_friend
from loyalty.links import button_token
from loyalty.privacy import erase_customer
from storage.books import Books, open_books
from storage.desk import Tx
from storage.vault import Vault
from tests.campaigns.stage import Stage, set_stage
from tests.conftest import START, Clock
from tests.factories import change, make_run, make_street, rows

HOUR = timedelta(hours=1)
LATER = START + timedelta(days=30)
PEOPLE = 7


@dataclass(frozen=True, slots=True)
class Visit:
    hours: int
    is_canceled: bool


@dataclass(frozen=True, slots=True)
class Life:
    """One person in the run, and what they did so many hours after it began to leave."""

    state: str
    is_held_out: bool
    visits: Sequence[Visit]
    stopped_hours: int | None
    has_blocked: bool
    is_gone: bool

    @property
    def is_sent(self) -> bool:
        return self.state != "refused"

    @property
    def has_come(self) -> bool:
        return any(0 <= one.hours < 168 and not one.is_canceled for one in self.visits)

    @property
    def has_stopped(self) -> bool:
        return self.stopped_hours is not None and 0 <= self.stopped_hours < 168


hours = st.sampled_from([-30, -1, 0, 1, 100, 167, 168, 200])
lives = st.builds(
    Life,
    state=st.sampled_from(["delivered", "delivered", "failed", "unknown", "refused"]),
    is_held_out=st.booleans(),
    visits=st.lists(st.builds(Visit, hours, st.booleans()), max_size=3),
    stopped_hours=st.none() | hours,
    has_blocked=st.booleans(),
    is_gone=st.booleans(),
)


class Undone(Exception):
    """Carries what was found out of a transaction that leaves no trace."""

    def __init__(self, learned: Learned | None) -> None:
        self.learned = learned


def instant(tx: Tx, at: datetime | None) -> object:
    """As the database keeps it: these statements are not ours to convert."""
    if at is None or tx.dialect != "sqlite":
        return at
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def live(tx: Tx, shop_id: ShopId, customer_id: CustomerId, life: Life) -> None:
    is_held_out = life.is_held_out and not life.is_sent
    who: dict[str, object] = {"person": customer_id}
    change(
        tx,
        "UPDATE message SET state = :state, code = :code WHERE customer_id = :person",
        state=life.state,
        code=HELD_OUT if is_held_out else None,
        **who,
    )
    if not life.is_sent:
        change(tx, "UPDATE message SET chunk_id = NULL WHERE customer_id = :person", **who)
    for number, visit in enumerate(life.visits):
        add_visit(tx, shop_id, customer_id, START + visit.hours * HOUR, f"visit-{number}")
        if visit.is_canceled:
            sql = "UPDATE visit SET canceled_at = visited_at WHERE key = :key AND customer_id = :person"
            change(tx, sql, key=f"visit-{number}-{customer_id}", **who)
    if life.stopped_hours is not None:
        at = instant(tx, START + life.stopped_hours * HOUR)
        sql = "UPDATE membership SET advertising_since = NULL, withdrawn_at = :at"
        change(tx, f"{sql} WHERE customer_id = :person", at=at, **who)
    if life.has_blocked:
        sql = "UPDATE customer SET friend = :blocked WHERE id = :person"
        change(tx, sql, blocked=Friend.BLOCKED.value, **who)
    if life.is_gone:
        change(tx, "DELETE FROM visit WHERE customer_id = :person", **who)
        change(tx, "DELETE FROM membership WHERE customer_id = :person", **who)


def add_visit(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime, key: str) -> None:
    change(
        tx,
        "INSERT INTO visit (shop_id, customer_id, key, way, items, stamps, actor, visited_at,"
        " recorded_at) VALUES (:shop, :person, :key, 'code', 1, 0, 'owner:1', :at, :at)",
        shop=shop_id,
        person=customer_id,
        key=f"{key}-{customer_id}",
        at=instant(tx, at),
    )


def look(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, people: Sequence[CustomerId], all_: list[Life]
) -> None:
    at = instant(tx, START)
    change(tx, "UPDATE chunk SET state = 'settled', started_at = :at", at=at)
    for customer_id, life in zip(people, all_, strict=True):
        live(tx, shop_id, customer_id, life)
    raise Undone(learn(tx, shop_id, campaign_result(tx, shop_id, campaign_id), LATER))


async def learned_of(url: str, vault: Vault, all_: list[Life]) -> Learned | None:
    async with open_books(url, vault) as books:
        ((shop, campaign),) = await books.read(rows, "SELECT shop_id, id FROM campaign")
        people = await books.read(rows, "SELECT id FROM customer ORDER BY id")
        ids = [CustomerId(row[0]) for row in people]
        with pytest.raises(Undone) as undone:
            await books.write(look, ShopId(shop), CampaignId(campaign), ids, all_)
        return undone.value.learned


async def build(url: str, vault: Vault) -> None:
    async with open_books(url, vault) as books:
        street = await books.write(make_street, people=PEOPLE)
        await books.write(make_run, street.shop_id, at=START)


def test_it_is_what_plain_counting_finds(database_url: str, vault: Vault) -> None:
    asyncio.run(build(database_url, vault))

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.lists(lives, min_size=PEOPLE, max_size=PEOPLE))
    def check(everybody: list[Life]) -> None:
        learned = asyncio.run(learned_of(database_url, vault, everybody))
        got = [one for one in everybody if one.state == "delivered"]
        assert (learned is None) == (not got)
        if learned is None:
            return
        known = [one for one in got if not one.is_gone]
        stopped = [one for one in known if one.has_stopped]
        assert learned.gone == len(got) - len(known)
        assert (learned.came.people, learned.came.count) == (
            len(known),
            sum(one.has_come for one in known),
        )
        assert learned.stopped.count == len(stopped)
        assert learned.blocked == sum(one.has_blocked for one in stopped)
        see_sides(learned, everybody)

    check()


def see_sides(learned: Learned, everybody: Sequence[Life]) -> None:
    held_out = [one for one in everybody if not one.is_sent and one.is_held_out]
    assert (learned.compared is None) == (not held_out)
    if learned.compared is None:
        return
    for share, side in (
        (learned.compared.held_out, held_out),
        (learned.compared.sent, [one for one in everybody if one.is_sent]),
    ):
        here = [one for one in side if not one.is_gone]
        assert (share.people, share.count) == (len(here), sum(one.has_come for one in here))


async def learn_now(stage: Stage) -> Learned | None:
    result = await stage.result()
    return await stage.books.read(learn, stage.street.shop_id, result, stage.clock.now())


async def test_nothing_is_learned_before_anybody_got_it(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)

    assert await learn_now(stage) is None


async def test_visits_are_counted_from_the_moment_it_left(books: Books, clock: Clock) -> None:
    """On the real way: sent, one blocked the channel, one came, one was deleted."""
    stage = await set_stage(books, clock)
    left_at = clock.now()
    await stage.drain()
    shop_id, (came, blocked, gone) = stage.street.shop_id, stage.street.customers
    await books.write(add_visit, shop_id, came, left_at - HOUR, "before")
    await books.write(add_visit, shop_id, came, left_at + HOUR, "after")
    await books.write(add_visit, shop_id, came, left_at + 2 * HOUR, "again")
    at = clock.now()
    await books.write(set_friend, blocked, Friend.BLOCKED, at, now=at)
    await books.write(erase_customer, gone, actor="owner:1", at=at)

    learned = await learn_now(stage)

    assert learned is not None
    assert learned.since == left_at
    assert not learned.is_over
    assert (learned.came.count, learned.came.people, learned.gone) == (1, 2, 1)
    assert (learned.stopped.count, learned.blocked) == (1, 1)
    assert learned.per_visitor_jeon == (await stage.result()).spent_jeon
    assert learned.pressed is None
    assert learned.compared is None


async def test_a_week_later_its_days_are_over(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)
    await stage.drain()
    clock.advance(LOOK_FOR)

    learned = await learn_now(stage)

    assert learned is not None
    assert learned.is_over


@pytest.mark.parametrize(("code", "state"), [("MONEY", "refused"), ("STOPPED", "canceled")])
async def test_what_was_not_left_to_the_lot_alone_is_not_compared(
    books: Books, clock: Clock, code: str, state: str
) -> None:
    stage = await set_stage(books, clock, people=4)
    await stage.drain()
    one, other, *_ = stage.street.customers
    held = "UPDATE message SET state = 'refused', code = 'HOLDOUT', chunk_id = NULL"
    await books.write(change, f"{held} WHERE customer_id = :person", person=one)
    before = await learn_now(stage)
    out = "UPDATE message SET state = :state, code = :code WHERE customer_id = :person"
    await books.write(change, out, state=state, code=code, person=other)
    after = await learn_now(stage)

    assert before is not None
    assert before.compared is not None
    assert before.compared.verdict is Verdict.TOO_FEW
    assert after is not None
    assert after.compared is not None
    assert after.compared.verdict is Verdict.UNLIKE


async def test_a_button_is_counted_once_for_each_person(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)
    await books.write(
        change, "UPDATE campaign SET button_label = '보기', button_url = 'https://shop.example/'"
    )
    await stage.drain()
    shop_id = stage.street.shop_id
    messages = await books.read(rows, "SELECT id FROM message ORDER BY id")
    token = await books.read(button_token, shop_id, messages[0][0])

    led = [await books.write(press_button, token, clock.now()) for _ in range(3)]
    learned = await learn_now(stage)

    assert led == ["https://shop.example/"] * 3
    assert learned is not None
    assert learned.pressed == 1
