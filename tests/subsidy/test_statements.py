"""Statements: every line adds up, the lines add up to the program, and old months never change."""

import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import example, given, settings

from domain.audit import shop_book
from domain.campaigns import MessageKind
from domain.money import Tariff, won
from domain.people import AccountId, ProgramId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.statements import (
    Line,
    Sent,
    Subject,
    last_month,
    month_of,
    month_starts,
    next_month,
    read_line,
    sum_of,
    write_line,
)
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.books import Books
from storage.desk import Tx
from storage.queries.prices import insert_price
from storage.queries.statements import list_late
from subsidy.by_hand import Sending, record_by_hand, take_back
from subsidy.closing_months import check_statements, close_month
from subsidy.ledger import Move, transfer
from subsidy.posts import tell_posts
from subsidy.statements import (
    all_lines,
    get_shop_line,
    list_lines,
    open_sheet,
)
from tests.factories import EARLIER, MANAGER, OWNER, rows
from tests.postgres import create_database, drop_database
from tests.sitting import Sitting
from tests.subsidy.history import (
    CORRECTED,
    START,
    STEPS,
    World,
    balances_at,
    build_world,
    check_columns,
    live,
    sent_street,
)

NOVEMBER = date(2026, 11, 1)
DECEMBER = date(2026, 12, 1)
LATER = EARLIER + timedelta(days=40)  # a day of January
INTERNAL = (
    TransferCode.GRANT,
    TransferCode.MOVE,
    TransferCode.CLAW_BACK,
    TransferCode.RESTORE,
)
"""What leaves one line of a program and arrives in another."""

Steps = list[tuple[str, int, int, int]]


def check_month(tx: Tx, world: World, month: date, at_lines: Sequence[Line]) -> None:
    """The lines against the plain sum of all transfers up to both ends of the month."""
    opened, _ = balances_at(tx, month_starts(month))
    closed, held = balances_at(tx, month_starts(next_month(month)))

    def expect(line_sums: tuple[int, int, int], accounts: Sequence[AccountId]) -> None:
        assert line_sums == tuple(
            sum(one[account] for account in accounts) for one in (opened, closed, held)
        )

    for line in at_lines:
        match line.subject:
            case Subject.SHOP:
                mine = [one for one, shop in world.shop_of.items() if shop == line.shop_id]
                wallets = set(world.accounts[AccountKind.WALLET])
                expect(sums(line, "free"), [one for one in mine if one not in wallets])
                expect(sums(line, "own"), [one for one in mine if one in wallets])
            case Subject.POT:
                assert line.market_id is not None, "a pot is a market's"
                place = world.markets.index(line.market_id)
                expect(sums(line, "free"), [world.accounts[AccountKind.POT][place]])
            case Subject.BUDGET:
                expect(sums(line, "free"), world.accounts[AccountKind.PROGRAM])
            case Subject.OPERATING:
                expect(sums(line, "free"), world.accounts[AccountKind.OPERATING])


def sums(line: Line, name: str) -> tuple[int, int, int]:
    purse = line.free if name == "free" else line.own
    return purse.opening_jeon, purse.closing_jeon, purse.held_jeon


def check_history(tx: Tx, steps: Steps) -> None:
    world = build_world(tx)
    live(tx, world, steps)
    month, last = month_of(START), month_of(world.at)
    before: list[Line] = []
    while month <= last:
        sheet = open_sheet(tx, world.program_id, month, world.at + timedelta(seconds=1))
        lines = list(all_lines(tx, sheet))
        check_month(tx, world, month, lines)
        whole = sum_of("모두", lines)
        for line in (*lines, whole):
            check_columns(line)
        spent = whole.free.spent_jeon + whole.own.spent_jeon
        assert sum(one.jeon for one in whole.spendings) == spent
        for code in INTERNAL:
            assert whole.free.came.get(code, 0) == whole.free.went.get(code, 0)
        in_markets = [
            line
            for market_id in world.markets
            for line in all_lines(
                tx, open_sheet(tx, world.program_id, month, world.at, market_id=market_id)
            )
        ]
        assert {one.market_id for one in in_markets} == set(world.markets)
        assert len(in_markets) == len(lines) - 2
        assert [read_line(write_line(line)) for line in lines] == lines
        if before:
            assert [sums(one, "free")[0] for one in lines] == [
                sums(one, "free")[1] for one in before
            ]
        before, month = lines, next_month(month)
    freeze_all(tx, world)


def freeze_all(tx: Tx, world: World) -> None:
    """A closed month says what it said while it was open, whatever comes after."""
    month = month_of(START)
    while month < month_of(world.at):
        live_lines = list(all_lines(tx, open_sheet(tx, world.program_id, month, world.at)))
        at = max(world.at, month_starts(next_month(month)) + timedelta(hours=2))
        close_month(tx, world.program_id, month, actor=MANAGER, at=at)
        sheet = open_sheet(tx, world.program_id, month, at)
        assert sheet.closed is not None
        assert list(all_lines(tx, sheet)) == live_lines
        month = next_month(month)
    assert check_statements(tx) == []


@given(steps=STEPS)
@example(steps=CORRECTED)
@settings(max_examples=60)
def test_every_line_adds_up_after_any_history_on_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, steps: Steps
) -> None:
    path = tmp_path_factory.mktemp("history") / "books.db"
    shutil.copyfile(sqlite_template, path)
    sitting = Sitting(f"sqlite:///{path}")
    try:
        sitting.write(check_history, steps)
    finally:
        sitting.close()
        path.unlink()


@given(steps=STEPS)
@example(steps=CORRECTED)
@settings(max_examples=8)
def test_every_line_adds_up_after_any_history_on_postgresql(
    postgres_url: str, postgres_template: str, steps: Steps
) -> None:
    name = f"dangol_history_{uuid4().hex}"
    sitting = Sitting(create_database(postgres_url, name, postgres_template))
    try:
        sitting.write(check_history, steps)
    finally:
        sitting.close()
        drop_database(postgres_url, name)


def test_months_follow_each_other_over_the_new_year() -> None:
    assert next_month(DECEMBER) == date(2027, 1, 1)
    assert last_month(date(2027, 1, 1)) == DECEMBER
    assert next_month(last_month(NOVEMBER)) == NOVEMBER
    assert month_of(month_starts(DECEMBER)) == DECEMBER
    assert month_of(month_starts(DECEMBER) - timedelta(microseconds=1)) == NOVEMBER


async def test_a_statement_counts_messages_and_what_they_cost(books: Books) -> None:
    program_id, shop_id = await books.write(sent_street)

    line = await books.read(_november, program_id, shop_id)

    assert line.sent == (
        Sent(
            tariff=Tariff.KAKAO_EVENT,
            kind=MessageKind.ADVERTISEMENT,
            asked=10,
            delivered=8,
            failed=1,
            left_out=1,
        ),
    )
    assert line.messages == 8
    assert line.friends == 9
    assert line.posts is None
    assert [(one.tariff, one.paid_from, one.jeon) for one in line.spendings] == [
        (Tariff.KAKAO_EVENT, AccountKind.GRANT, won(132))
    ]
    assert line.free.opening_jeon == 0
    assert line.free.came == {TransferCode.GRANT: won(300_000)}
    assert line.free.went == {TransferCode.MESSAGE: won(132)}
    assert line.free.voided_jeon == won(17)
    assert line.free.closing_jeon == won(299_868)


async def test_what_was_told_wrongly_by_hand_is_no_spending_in_the_month_it_came_back(
    books: Books,
) -> None:
    program_id, shop_id = await books.write(sent_street)
    book = shop_book(shop_id)
    sending = Sending(sent_on=EARLIER.date(), people=10, is_targeted=False)
    told = await books.write(
        record_by_hand,
        shop_id,
        sending,
        form_key="1",
        agreed_jeon=won(165),
        book=book,
        actor=OWNER,
        at=EARLIER,
    )
    with_it = await books.read(_november, program_id, shop_id)
    await books.write(
        take_back, shop_id, told.hand_id, is_owner=True, book=book, actor=OWNER, at=EARLIER
    )

    line = await books.read(_november, program_id, shop_id)

    assert with_it.free.spent_jeon == won(132 + 165)
    assert line.free.came[TransferCode.BY_HAND] == won(165)
    assert line.free.closing_jeon == won(299_868)
    assert line.free.spent_jeon == won(132)
    assert [(one.tariff, one.jeon) for one in line.spendings] == [(Tariff.KAKAO_EVENT, won(132))]


def _november(tx: Tx, program_id: ProgramId, shop_id: ShopId) -> Line:
    return get_shop_line(tx, open_sheet(tx, program_id, NOVEMBER, LATER), shop_id)


async def test_a_new_price_changes_nothing_in_an_old_month(books: Books) -> None:
    program_id, shop_id = await books.write(sent_street)
    before = await books.read(_november, program_id, shop_id)

    await books.write(_raise_price)

    assert await books.read(_november, program_id, shop_id) == before
    found = await books.read(rows, "SELECT unit_jeon, charged FROM run")
    assert -(-found[0][0] * found[0][1] // 100) * 100 == before.free.spent_jeon


def _raise_price(tx: Tx) -> None:
    """Even one that claims to have been valid then."""
    insert_price(
        tx,
        tariff=Tariff.KAKAO_EVENT,
        kind=MessageKind.ADVERTISEMENT,
        is_targeted=False,
        net_jeon=9_000,
        vat_percent=10,
        rounds_to_jeon=100,
        valid_from=EARLIER - timedelta(days=20),
    )


async def test_what_is_recorded_late_belongs_to_the_open_month_and_is_shown(books: Books) -> None:
    program_id, shop_id = await books.write(sent_street)
    await books.write(close_month, program_id, NOVEMBER, actor=MANAGER, at=LATER)
    before = await books.read(_november, program_id, shop_id)

    await books.write(_by_hand_late, shop_id)

    assert await books.read(_november, program_id, shop_id) == before
    january = await books.read(open_sheet, program_id, date(2027, 1, 1), LATER + timedelta(days=1))
    line = await books.read(get_shop_line, january, shop_id)
    assert line.free.went == {TransferCode.BY_HAND: won(17)}
    (late,) = await books.read(list_late, shop_id, january.since, january.until)
    assert (late.code, late.amount_jeon) == (TransferCode.BY_HAND, won(17))
    assert late.happened_at == EARLIER


def _by_hand_late(tx: Tx, shop_id: ShopId) -> None:
    from_, to = (
        rows(tx, "SELECT id FROM account WHERE kind = :kind", kind=kind)[0][0]
        for kind in ("grant", "spent")
    )
    move = Move(
        key="by-hand",
        code=TransferCode.BY_HAND,
        phase=Phase.SINGLE,
        debit=from_,
        credit=to,
        amount_jeon=won(17),
        shop_id=shop_id,
    )
    transfer(tx, [move], happened_at=EARLIER, recorded_at=LATER)


async def test_posts_are_told_until_the_month_is_closed(books: Books) -> None:
    program_id, shop_id = await books.write(sent_street)
    sheet = await books.read(open_sheet, program_id, NOVEMBER, LATER)

    with pytest.raises(Invalid):
        await books.write(tell_posts, sheet, shop_id, 1_000, actor=MANAGER, at=LATER)
    await books.write(tell_posts, sheet, shop_id, 4, actor=MANAGER, at=LATER)
    await books.write(tell_posts, sheet, shop_id, 4, actor=MANAGER, at=LATER)

    assert (await books.read(_november, program_id, shop_id)).posts == 4
    told = await books.read(rows, "SELECT details FROM audit_line WHERE act = 'tell_posts'")
    assert told == [("month=2026-11 posts=4",)]
    await books.write(close_month, program_id, NOVEMBER, actor=MANAGER, at=LATER)
    closed = await books.read(open_sheet, program_id, NOVEMBER, LATER)
    with pytest.raises(Conflict, match="month_closed"):
        await books.write(tell_posts, closed, shop_id, 5, actor=MANAGER, at=LATER)


async def test_a_sheet_is_of_its_own_program_market_and_time_only(books: Books) -> None:
    program_id, shop_id = await books.write(sent_street)
    other = await books.write(build_world)

    with pytest.raises(NotFound, match="month"):
        await books.read(open_sheet, program_id, date(2026, 10, 1), LATER)
    with pytest.raises(NotFound, match="month"):
        await books.read(open_sheet, program_id, date(2027, 2, 1), LATER)
    for is_closed in (False, True):
        if is_closed:
            await books.write(close_month, program_id, NOVEMBER, actor=MANAGER, at=LATER)
        whole = await books.read(open_sheet, program_id, NOVEMBER, LATER)
        strange = await books.read(
            open_sheet, program_id, NOVEMBER, LATER, market_id=other.markets[0]
        )
        for sheet, shop in ((whole, other.shops[0]), (strange, shop_id)):
            with pytest.raises(NotFound, match="shop"):
                await books.read(get_shop_line, sheet, shop)
        lines, _ = await books.read(list_lines, whole)
        assert [one.shop_id for one in lines] == [None, None, shop_id]
