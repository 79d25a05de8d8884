"""The kill switch (L21): who may, whom it reaches, what goes on all the same, what lifting resumes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from campaigns.halting import find_halt_of, halt_sending, lift_halt, list_halts
from campaigns.plan import plan_next
from campaigns.stopping import pause_campaign, resume_campaign, stop_campaign
from campaigns.telling import tell_person
from domain.campaigns import CampaignState, ChunkState, PauseReason, SenderName
from domain.money import won
from domain.people import HaltId, MarketId, ShopId
from domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from storage.books import Books
from storage.queries.campaigns import find_campaign
from storage.queries.halts import is_halted
from subsidy.operating import fund_operating
from tests.campaigns.fakes import FakeSender, Step
from tests.campaigns.stage import SENDERS, Stage, broken_promises, set_stage
from tests.conftest import START, Clock
from tests.factories import change, make_campaign, make_channel, make_market, make_shop, rows

OWNER, MARKET, MANAGER = "owner:1", "market_manager:1", "manager:1"
WHY = "이용자 신고가 여러 번 들어왔어요."
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SCOPES = ["shop", "market", "program"]
HALT_BY_HAND = """
INSERT INTO halt (program_id, reason, actor, since)
SELECT id, 'r', 'manager:1', '2026-11-25 01:00:00+00:00' FROM program
"""


def scope_of(stage: Stage, which: str) -> dict[str, Any]:
    street = stage.street
    scopes: dict[str, dict[str, Any]] = {
        "shop": {"market_id": street.market_id, "shop_id": street.shop_id},
        "market": {"market_id": street.market_id},
        "program": {},
    }
    return scopes[which]


async def halt(stage: Stage, which: str = "shop", *, actor: str = MANAGER) -> HaltId:
    return await stage.books.write(
        halt_sending,
        program_id=stage.street.program_id,
        **scope_of(stage, which),
        reason=WHY,
        actor=actor,
        at=stage.clock.now(),
    )


async def lift(stage: Stage, halt_id: HaltId, **scope: Any) -> None:
    await stage.books.write(
        lift_halt,
        halt_id,
        program_id=stage.street.program_id,
        **{"actor": MANAGER, **scope},
        at=stage.clock.now(),
    )


async def state_of(stage: Stage) -> tuple[CampaignState, PauseReason | None]:
    row = await stage.books.read(find_campaign, stage.street.shop_id, stage.campaign_id)
    assert row is not None
    return row.state, row.paused_for


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("which", SCOPES)
async def test_a_halt_stops_what_runs_and_lifting_it_lets_it_go_on(
    books: Books, clock: Clock, which: str, sender: SenderName
) -> None:
    stage = await set_stage(books, clock, sender)

    halt_id = await halt(stage, which)
    await stage.drain(hours=1)
    assert stage.sender.arrived == {}
    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.HALT)

    await lift(stage, halt_id)
    await lift(stage, halt_id)
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()
    assert await state_of(stage) == (CampaignState.FINISHED, None)
    lines = "SELECT act, actor, details FROM audit_line WHERE subject LIKE 'halt:%' ORDER BY id"
    assert await books.read(rows, lines) == [
        ("halt_sending", MANAGER, "campaigns=1"),
        ("lift_halt", MANAGER, "campaigns=1"),
    ]


@pytest.mark.parametrize("call", ["open", "fill"])
@pytest.mark.parametrize("sender", SENDERS)
@ON_SQLITE
async def test_who_is_about_to_send_finds_the_halt(
    books: Books, clock: Clock, sender: SenderName, call: str
) -> None:
    stage = await set_stage(books, clock, sender)
    stage.sender.script(call, Step(before=lambda: halt(stage, "program")))

    await stage.drain(hours=1)

    assert stage.sender.arrived == {}


@pytest.mark.parametrize("sender", SENDERS)
async def test_a_chunk_that_was_planned_beside_the_halt_does_not_leave(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    """The last question, in the transaction that lets it leave: nobody has paused it."""
    stage = await set_stage(books, clock, sender)
    stage.sender.script("fill", Step(before=lambda: books.write(change, HALT_BY_HAND)))

    await stage.drain(hours=1)

    assert stage.sender.arrived == {}
    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.HALT)
    states = await books.read(rows, "SELECT state FROM chunk")
    assert states == [(ChunkState.PAUSED,)]
    (one,) = await books.read(list_halts, program_id=stage.street.program_id)
    await lift(stage, one.halt_id)
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()


async def test_others_go_on(books: Books, clock: Clock) -> None:
    """Another shop of the market, and another market, are not asked about."""
    stage = await set_stage(books, clock)
    street = stage.street
    elsewhere = await books.write(make_market, street.program_id, name="다른시장")
    channel_id = await books.write(make_channel, elsewhere, number=2)
    neighbor = await books.write(
        make_shop, street.market_id, street.channel_id, name="옆집", slug="next"
    )
    stranger = await books.write(make_shop, elsewhere, channel_id, name="먼집", slug="far")

    await halt(stage, "shop")
    assert await halted(books, street.shop_id, neighbor, stranger) == [True, False, False]
    await halt(stage, "market")
    assert await halted(books, street.shop_id, neighbor, stranger) == [True, True, False]
    await halt(stage, "program")
    assert await halted(books, street.shop_id, neighbor, stranger) == [True, True, True]


async def halted(books: Books, *shops: ShopId) -> list[bool]:
    return [await books.read(is_halted, shop_id) for shop_id in shops]


async def test_only_what_a_halt_alone_had_paused_goes_on(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)
    first = await halt(stage, "shop")
    second = await halt(stage, "program")

    await lift(stage, first)
    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.HALT)
    shop_id, campaign_id = stage.street.shop_id, stage.campaign_id
    with pytest.raises(Conflict, match="halted"):
        await books.write(resume_campaign, shop_id, campaign_id, actor=OWNER, at=clock.now())
    await books.write(pause_campaign, shop_id, campaign_id, actor=OWNER, at=clock.now())
    await lift(stage, second)
    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.OWNER)

    await books.write(resume_campaign, shop_id, campaign_id, actor=OWNER, at=clock.now())
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()


async def test_what_is_too_late_asks(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)
    halt_id = await halt(stage)
    clock.advance(timedelta(hours=3))

    await lift(stage, halt_id)

    assert await state_of(stage) == (CampaignState.PAUSED, PauseReason.HALT)
    shop_id, campaign_id = stage.street.shop_id, stage.campaign_id
    with pytest.raises(Conflict, match="too_late"):
        await books.write(resume_campaign, shop_id, campaign_id, actor=OWNER, at=clock.now())
    await books.write(stop_campaign, shop_id, campaign_id, actor=OWNER, at=clock.now())
    await stage.drain()
    assert (await stage.result()).held_jeon == 0


async def test_what_is_booked_begins_only_after_the_halt(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)
    await stage.drain()
    clock.advance(timedelta(days=8))
    await books.write(make_campaign, stage.street.shop_id, at=clock.now(), form_key="form-2")
    halt_id = await halt(stage)

    assert not await books.write(plan_next, clock.now())
    await lift(stage, halt_id)

    assert await books.write(plan_next, clock.now())


async def test_what_one_person_asked_for_still_goes(books: Books, clock: Clock) -> None:
    """A halt is about advertising: an answer to a question is not."""
    stage = await set_stage(books, clock)
    await stage.drain()
    funded: dict[str, Any] = {
        "amount_jeon": won(1_000),
        "key": "first",
        "actor": "operator",
        "at": START,
    }
    await books.write(fund_operating, stage.street.program_id, **funded)
    await halt(stage, "program")
    shop_id, person = stage.street.shop_id, stage.street.customers[0]
    told: dict[str, Any] = {
        "key": "enquiry:1",
        "body": "여쭤보신 것에 답이 왔어요.",
        "at": clock.now(),
    }
    assert await books.write(tell_person, shop_id, person, **told)

    sender = FakeSender(SenderName.KAKAO_EVENT)
    assert await books.write(plan_next, clock.now())
    for_one = Stage(
        books=books,
        clock=clock,
        sender=sender,
        street=stage.street,
        campaign_id=stage.campaign_id,
    )
    await for_one.drain()

    assert sender.arrived == {person: 1}


@ON_SQLITE
async def test_twice_is_once(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)

    assert await halt(stage) == await halt(stage)

    assert len(await books.read(list_halts, program_id=stage.street.program_id)) == 1


@ON_SQLITE
async def test_who_reaches_further_takes_a_halt_over(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)

    halts = {await halt(stage, actor=actor) for actor in (MARKET, OWNER, MANAGER, MARKET)}
    with pytest.raises(NotAllowed):
        await lift(stage, HaltId(*halts), market_id=stage.street.market_id)

    lines = "SELECT actor FROM audit_line WHERE act = 'halt_sending' ORDER BY id"
    assert await books.read(rows, lines) == [(MARKET,), (MANAGER,)]
    (one,) = await books.read(list_halts, program_id=stage.street.program_id)
    assert one.actor == MANAGER


@pytest.mark.parametrize("reason", ["", "  ", "가" * 201])
@ON_SQLITE
async def test_it_wants_a_reason(books: Books, clock: Clock, reason: str) -> None:
    stage = await set_stage(books, clock)
    program_id = stage.street.program_id

    with pytest.raises(Invalid):
        await books.write(
            halt_sending, program_id=program_id, reason=reason, actor=MANAGER, at=clock.now()
        )


@ON_SQLITE
async def test_nobody_reaches_beyond_their_own(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock)
    street = stage.street
    elsewhere = await books.write(make_market, street.program_id, name="다른시장")
    foreign: list[dict[str, Any]] = [
        {"program_id": street.program_id + 1, "shop_id": street.shop_id},
        {"program_id": street.program_id + 1, "market_id": street.market_id},
        {"program_id": street.program_id, "market_id": elsewhere, "shop_id": street.shop_id},
    ]

    for scope in foreign:
        with pytest.raises(NotFound):
            await books.write(halt_sending, **scope, reason=WHY, actor=MANAGER, at=clock.now())
    assert not await books.read(is_halted, street.shop_id)


Lifting = Callable[[Stage], dict[str, Any]]
LIFTS: list[tuple[str, str, Lifting, type[Exception] | None]] = [
    ("shop", MANAGER, lambda _: {}, None),
    ("shop", MARKET, lambda one: {"market_id": one.street.market_id}, None),
    ("shop", OWNER, lambda one: {"market_id": one.street.market_id}, None),
    ("shop", MANAGER, lambda one: {"market_id": one.street.market_id}, NotAllowed),
    ("shop", MANAGER, lambda _: {"market_id": MarketId(99)}, NotFound),
    ("shop", OWNER, lambda one: {"shop_id": one.street.shop_id, "actor": OWNER}, None),
    ("shop", MANAGER, lambda one: {"shop_id": one.street.shop_id, "actor": OWNER}, NotAllowed),
    ("shop", OWNER, lambda _: {"shop_id": ShopId(99), "actor": OWNER}, NotFound),
    ("shop", MARKET, lambda one: {"shop_id": one.street.shop_id, "actor": OWNER}, NotAllowed),
    ("market", MARKET, lambda _: {}, None),
    ("market", MARKET, lambda one: {"market_id": one.street.market_id}, None),
    ("market", MANAGER, lambda one: {"market_id": one.street.market_id}, NotAllowed),
    ("market", MANAGER, lambda one: {"shop_id": one.street.shop_id, "actor": OWNER}, NotAllowed),
    ("program", MANAGER, lambda one: {"market_id": one.street.market_id}, NotAllowed),
    ("program", MANAGER, lambda one: {"shop_id": one.street.shop_id, "actor": OWNER}, NotAllowed),
]


@pytest.mark.parametrize(("which", "by", "lifting", "refused"), LIFTS)
@ON_SQLITE
async def test_who_may_lift_it(
    books: Books,
    clock: Clock,
    which: str,
    by: str,
    lifting: Lifting,
    refused: type[Exception] | None,
) -> None:
    stage = await set_stage(books, clock)
    halt_id = await halt(stage, which, actor=by)

    if refused is None:
        await lift(stage, halt_id, **lifting(stage))
    else:
        with pytest.raises(refused):
            await lift(stage, halt_id, **lifting(stage))

    assert await books.read(is_halted, stage.street.shop_id) is (refused is not None)


async def test_what_is_shown_of_it(books: Books, clock: Clock) -> None:
    """A shop sees the halt that reaches furthest; a market those that reach into it."""
    stage = await set_stage(books, clock)
    street = stage.street
    elsewhere = await books.write(make_market, street.program_id, name="다른시장")
    of_shop = await halt(stage, "shop")
    of_program = await halt(stage, "program")

    seen = await books.read(find_halt_of, street.shop_id)
    assert seen is not None
    assert (seen.halt_id, seen.market_name, seen.shop_name) == (of_program, None, None)
    await lift(stage, of_program)
    seen = await books.read(find_halt_of, street.shop_id)
    assert seen is not None
    assert (seen.halt_id, seen.reason, seen.market_id) == (of_shop, WHY, street.market_id)

    everything = await books.read(list_halts, program_id=street.program_id)
    there = await books.read(list_halts, program_id=street.program_id, market_id=elsewhere)
    assert [one.halt_id for one in everything] == [of_shop, of_program]
    assert [one.halt_id for one in there] == [of_program]
    assert await broken_promises(books) == {}
