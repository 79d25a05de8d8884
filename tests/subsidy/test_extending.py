"""More time: later only, never beyond where the money came from, never once it is over."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.audit import Chains
from domain.money import won
from domain.people import GrantId
from domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from storage.books import Books
from storage.desk import Tx
from storage.queries.clawing import mark_many_clawed_back
from storage.queries.extending import save_ends
from storage.queries.grants import find_grant
from storage.queries.journal import list_audit, list_ends
from storage.statements import Statement
from subsidy.acting import Acting
from subsidy.ending import lapse_grants
from subsidy.extending import Dates, TooLate, extend_grant, extend_grants, list_ending
from subsidy.grants import start_grant
from subsidy.offering import Offer, offer_grant
from subsidy.pots import open_pot
from tests.factories import MANAGER, OWNER, rows
from tests.subsidy.desks import ENDS, NOW, Desk, acts, make_desk

LATER_END = ENDS + timedelta(days=30)
LAST = datetime.fromisoformat("2028-01-01T00:00+09:00")


async def ends_of(books: Books, grant_id: GrantId) -> tuple[datetime, datetime, datetime]:
    row = await books.read(find_grant, grant_id)
    assert row is not None
    return row.start_by, row.expires_at, row.returned_until


async def test_a_later_end_is_kept_with_old_and_new_dates_written_down(books: Books) -> None:
    desk = await books.write(make_desk)
    dates = Dates(expires_at=LATER_END)

    for _ in range(2):
        await books.write(extend_grant, desk.maker, desk.grants[0], dates, NOW)

    assert (await ends_of(books, desk.grants[0]))[1:] == (LATER_END, LATER_END)
    (line,) = await books.read(rows, "SELECT details FROM audit_line WHERE act = 'extend_grant'")
    assert f"expires_at={ENDS.isoformat()}>{LATER_END.isoformat()}" in line[0]


async def test_what_comes_back_later_keeps_its_days(books: Books) -> None:
    desk = await books.write(make_desk)
    days = timedelta(days=3)
    await books.write(save_ends, [desk.grants[0]], ENDS, ENDS + days)

    await books.write(extend_grant, desk.maker, desk.grants[0], Dates(expires_at=LATER_END), NOW)

    assert (await ends_of(books, desk.grants[0]))[2] == LATER_END + days


@pytest.mark.parametrize(
    ("expires_at", "words"),
    [
        (ENDS - timedelta(seconds=1), "뒤로만"),
        (LAST + timedelta(microseconds=1), "2027년 12월 31일까지만"),
    ],
)
async def test_neither_sooner_nor_beyond_the_programs_last_day(
    books: Books, expires_at: datetime, words: str
) -> None:
    desk = await books.write(make_desk)

    with pytest.raises(Invalid) as refusal:
        await books.write(
            extend_grant, desk.maker, desk.grants[0], Dates(expires_at=expires_at), NOW
        )

    assert words in refusal.value.fields["expires_at"]
    assert (await ends_of(books, desk.grants[0]))[1] == ENDS


async def test_to_the_programs_last_instant(books: Books) -> None:
    desk = await books.write(make_desk)

    await books.write(extend_grant, desk.maker, desk.grants[0], Dates(expires_at=LAST), NOW)

    assert (await ends_of(books, desk.grants[0]))[1] == LAST


@pytest.mark.parametrize("sweeps", [False, True])
async def test_after_its_end_it_is_over(books: Books, sweeps: bool) -> None:
    desk = await books.write(make_desk)
    if sweeps:
        await books.write(lapse_grants, ENDS)

    with pytest.raises(Conflict):
        await books.write(
            extend_grant, desk.maker, desk.grants[0], Dates(expires_at=LATER_END), ENDS
        )


async def test_what_was_not_started_gets_a_later_start(books: Books) -> None:
    desk = await books.write(make_desk)
    offer = Offer(amount_jeon=won(1), start_by=NOW + timedelta(days=1), expires_at=ENDS)
    grant_id = await books.write(
        offer_grant,
        desk.program_id,
        desk.shops[0],
        offer,
        form_key="new",
        actor=MANAGER,
        at=NOW,
    )
    start_by = NOW + timedelta(days=9)

    await books.write(extend_grant, desk.maker, grant_id, Dates(start_by=start_by), NOW)

    assert (await ends_of(books, grant_id))[:2] == (start_by, ENDS)
    with pytest.raises(Invalid):
        await books.write(
            extend_grant, desk.maker, grant_id, Dates(start_by=ENDS + timedelta(days=1)), NOW
        )


async def test_a_child_of_a_pot_ends_with_the_pot_at_the_latest(books: Books) -> None:
    desk = await books.write(make_desk)
    start_by = NOW + timedelta(days=1)
    pot = Offer(amount_jeon=won(10), start_by=start_by, expires_at=ENDS)
    pot_id = await books.write(open_pot, desk.maker, desk.market_id, pot, form_key="pot", at=NOW)
    part = Offer(
        amount_jeon=won(1), start_by=start_by, expires_at=ENDS - timedelta(days=9), pot_id=pot_id
    )
    child = await books.write(
        offer_grant,
        desk.program_id,
        desk.shops[0],
        part,
        form_key="part",
        actor=MANAGER,
        at=NOW,
    )

    await books.write(extend_grant, desk.maker, child, Dates(expires_at=ENDS), NOW)

    with pytest.raises(Invalid):
        await books.write(extend_grant, desk.maker, child, Dates(expires_at=LATER_END), NOW)
    with pytest.raises(NotAllowed):
        await books.write(extend_grant, desk.of_market, pot_id, Dates(expires_at=LATER_END), NOW)
    await books.write(extend_grant, desk.maker, pot_id, Dates(expires_at=LATER_END), NOW)
    await books.write(extend_grant, desk.maker, child, Dates(expires_at=LATER_END), NOW)


async def test_another_markets_grant_is_not_found(books: Books) -> None:
    desk = await books.write(make_desk)

    with pytest.raises(NotFound):
        await books.write(
            extend_grant, desk.of_market, desk.grants[2], Dates(expires_at=LATER_END), NOW
        )


async def test_many_are_extended_at_once_and_one_that_ends_later_stays(books: Books) -> None:
    desk = await books.write(make_desk)
    far = Dates(expires_at=LATER_END + timedelta(days=9))
    await books.write(extend_grant, desk.maker, desk.grants[0], far, NOW)

    count = await books.write(
        extend_grants, desk.maker, desk.grants, Dates(expires_at=LATER_END), NOW
    )

    ends = [(await ends_of(books, one))[1] for one in desk.grants]
    assert (count, ends) == (2, [far.expires_at, LATER_END, LATER_END])
    assert (await books.read(acts, desk.program_id)).count("extend_grant") == 3


async def test_many_are_extended_all_or_none(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(mark_many_clawed_back, [desk.grants[1]], NOW)

    with pytest.raises(TooLate) as refusal:
        await books.write(extend_grants, desk.maker, desk.grants, Dates(expires_at=LATER_END), NOW)

    assert refusal.value.grants == [(desk.grants[1], "이미 끝난 지원금이에요.")]
    assert (await ends_of(books, desk.grants[0]))[1] == ENDS


async def test_those_that_end_soon_are_listed_in_reach(books: Books) -> None:
    desk = await books.write(make_desk)

    async def listed(by: Acting, until: datetime) -> list[GrantId]:
        found = await books.read(list_ending, by, None, None, until=until, at=NOW)
        return [one.grant_id for one in found]

    assert await listed(desk.maker, ENDS) == desk.grants
    assert await listed(desk.maker, ENDS - timedelta(seconds=1)) == []
    assert await listed(desk.of_market, ENDS) == desk.grants[:2]


async def test_what_has_to_be_started_soon_is_listed_until_it_is_started(books: Books) -> None:
    desk = await books.write(make_desk)
    start_by = NOW + timedelta(days=5)
    offer = Offer(amount_jeon=won(1), start_by=start_by, expires_at=ENDS)
    facts = (desk.program_id, desk.shops[0], offer)
    waiting = await books.write(offer_grant, *facts, form_key="w", actor=MANAGER, at=NOW)
    started = await books.write(offer_grant, *facts, form_key="s", actor=MANAGER, at=NOW)
    await books.write(start_grant, desk.shops[0], started, actor=OWNER, at=NOW)

    async def listed(until: datetime) -> list[GrantId]:
        found = await books.read(list_ending, desk.maker, None, None, until=until, at=NOW)
        return [one.grant_id for one in found]

    assert await listed(start_by) == [waiting]
    assert await listed(start_by - timedelta(seconds=1)) == []


class CountingTx(Tx):
    """Counts the statements it runs."""

    __slots__ = ("count",)

    def __init__(self, tx: Tx) -> None:
        super().__init__(tx._link, tx.dialect, tx.vault)
        self.count = 0

    def all(self, statement: Statement, **params: Any) -> list[tuple[Any, ...]]:
        self.count += 1
        return super().all(statement, **params)

    def run(self, statement: Statement, **params: Any) -> int:
        self.count += 1
        return super().run(statement, **params)


def extend_counted(tx: Tx, desk: Desk, many: int) -> int:
    counting = CountingTx(tx)
    dates = Dates(expires_at=LATER_END + timedelta(days=many))
    assert extend_grants(counting, desk.maker, desk.grants[:many], dates, NOW) == many
    return counting.count


def whole_chains(tx: Tx) -> bool:
    chains = Chains(list_ends(tx))
    for line in list_audit(tx):
        chains.follow(*line)
    return not chains.finish()


async def test_many_take_as_many_statements_as_two(books: Books) -> None:
    desk = await books.write(make_desk, shops=9)

    counts = [await books.write(extend_counted, desk, many) for many in (2, 9)]

    assert counts[0] == counts[1]
    assert await books.read(whole_chains)


async def test_of_many_each_keeps_its_days_for_what_comes_back(books: Books) -> None:
    desk = await books.write(make_desk)
    days = timedelta(days=3)
    await books.write(save_ends, [desk.grants[1]], ENDS, ENDS + days)

    await books.write(extend_grants, desk.maker, desk.grants, Dates(expires_at=LATER_END), NOW)

    ends = [(await ends_of(books, one))[2] - LATER_END for one in desk.grants]
    assert ends == [timedelta(0), days, timedelta(0)]


async def test_one_grant_out_of_reach_extends_none(books: Books) -> None:
    desk = await books.write(make_desk)

    with pytest.raises(NotFound):
        await books.write(
            extend_grants, desk.of_market, desk.grants, Dates(expires_at=LATER_END), NOW
        )

    assert (await ends_of(books, desk.grants[0]))[1] == ENDS
