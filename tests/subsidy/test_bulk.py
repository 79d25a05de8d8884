"""Grants from a list: every bad row named, all given at once or none, once."""

import asyncio
from datetime import datetime, timedelta

import pytest

from domain.grant_list import GrantList, read_grant_list
from domain.money import won
from domain.people import GrantId, ProposalId
from domain.refusals import Conflict, NotAllowed
from domain.subsidy import GrantState
from domain.tables import BadLine, Cell
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.programs import close_program_once
from storage.vault import Vault
from subsidy.bulk import BadList, confirm_grants, propose_grants, read_bulk
from subsidy.enrolling import enroll_shop
from subsidy.grants import list_grants
from subsidy.offering import Offer
from subsidy.pots import open_pot, start_pot
from subsidy.proposals import get_proposal
from tests.factories import EARLIER, MANAGER, QUALIFIED, change, make_shop, rows
from tests.subsidy.desks import NOW, Desk, acts, budget_left, left, make_desk

LATER = NOW + timedelta(hours=1)
TITLES: list[Cell] = ["가게 (주소나 이름)", "금액(원)", "시작 기한", "만료일"]
START, END = "2026-12-31", "2027-01-31"


def listed(*lines: list[Cell]) -> GrantList:
    return read_grant_list([TITLES, *lines])


def line(shop: str, amount: Cell = "10,000원", start: Cell = START, end: Cell = END) -> list[Cell]:
    return [shop, amount, start, end]


GOOD = listed(line("shop-0"), line("가게1"), line("https://dangol.kr/s/shop-2/"))


def propose(
    tx: Tx,
    desk: Desk,
    of: GrantList = GOOD,
    *,
    pot_id: GrantId | None = None,
    form_key: str = "form",
) -> ProposalId:
    return propose_grants(tx, desk.maker, of, pot_id=pot_id, form_key=form_key, at=NOW)


def look(tx: Tx, desk: Desk, of: GrantList) -> list[BadLine]:
    proposal = get_proposal(tx, desk.maker, propose(tx, desk, of))
    return list(read_bulk(proposal.content).bad)


async def test_looking_writes_the_proposal_and_no_grant(books: Books) -> None:
    desk = await books.write(make_desk)

    await books.write(propose, desk)
    await books.write(propose, desk)

    assert await books.read(rows, 'SELECT count(*) FROM "grant"') == [(3,)]
    assert await books.read(rows, "SELECT count(*) FROM proposal") == [(1,)]


async def test_confirmed_each_shop_has_its_grant_once(books: Books) -> None:
    desk = await books.write(make_desk)
    before = await books.write(budget_left, desk.program_id)
    proposal_id = await books.write(propose, desk)

    for _ in range(2):
        await books.write(confirm_grants, desk.maker, proposal_id, LATER)

    for shop_id in desk.shops:
        _, new = sorted(await books.read(list_grants, shop_id, LATER), key=lambda one: one.grant_id)
        assert (new.state, new.amount_jeon, new.left_jeon) == (
            GrantState.OFFERED,
            1_000_000,
            1_000_000,
        )
        assert new.start_by == datetime.fromisoformat("2027-01-01T00:00+09:00")
        assert new.expires_at == datetime.fromisoformat("2027-02-01T00:00+09:00")
    assert await books.write(budget_left, desk.program_id) == before - 3_000_000
    assert (await books.read(acts, desk.program_id))[:2] == ["do_grants", "propose"]


async def test_each_bad_row_is_named_with_its_reason(books: Books) -> None:
    desk = await books.write(make_desk)
    twins = [
        await books.write(make_shop, desk.market_id, desk.channel_id, name="쌍둥이", slug=slug)
        for slug in ("twin-a", "twin-b")
    ]
    for shop_id in twins:
        await books.write(
            enroll_shop, desk.program_id, shop_id, QUALIFIED, actor=MANAGER, at=EARLIER
        )
    await books.write(make_shop, desk.market_id, desk.channel_id, name="새 가게", slug="fresh")

    bad = await books.write(
        look,
        desk,
        listed(
            line("shop-0"),
            line("없는 가게"),
            line("쌍둥이"),
            line("twin-a"),
            line("fresh"),
            line("가게1", "-5"),
            line("가게1", 10.5),
            line("가게1", start="2026-11-01"),
            line("가게1", end="2026-12-01"),
            line("가게1", end="2028-01-01"),
            line("가게1", end="언젠가"),
            line("shop-0", 5),
            ["가게1", "", START, END],
        ),
    )

    reasons = {one.number: one.reason for one in bad}
    wanted = {
        3: "그런 가게가 없어요",
        4: "이름이 같은 가게가 2곳이에요. 주소로 적어 주세요: twin-a, twin-b",
        6: "연 매출이나 개업일을 아직 적지 않았어요",
        7: "금액을 1원에서",
        8: "금액을 1원에서",
        9: "시작 기한은 지금보다 뒤",
        10: "만료일은 시작 기한보다 앞설 수 없어요",
        11: "2027년 12월 31일까지만",
        12: "만료일을 2026-12-31처럼",
        13: "2번째 줄에 이미 있는 가게",
        14: "금액 칸이 비어 있어요",
    }
    assert list(reasons) == list(wanted)
    for number, words in wanted.items():
        assert words in reasons[number]


async def test_a_name_that_is_anothers_address_is_refused(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(make_shop, desk.market_id, desk.channel_id, name="shop-1", slug="other")

    (bad,) = await books.write(look, desk, listed(line("shop-0"), line("shop-1")))

    assert bad.number == 3
    assert "이름과 주소가 서로 다른 가게예요." in bad.reason


async def test_a_name_with_a_slash_is_no_link(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(
        change, "UPDATE shop SET name = '떡집/shop-1' WHERE id = :id", id=desk.shops[0]
    )

    proposal_id = await books.write(
        propose, desk, listed(line("떡집/shop-1"), line("dangol.kr/s/SHOP-2"))
    )

    proposal = await books.read(get_proposal, desk.maker, proposal_id)
    shops = [one.shop_id for one in read_bulk(proposal.content).ready]
    assert shops == [desk.shops[0], desk.shops[2]]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_sum_beyond_the_budget_names_the_row_and_proposes_nothing(books: Books) -> None:
    desk = await books.write(make_desk, budget_won=33_000)

    with pytest.raises(BadList) as refusal:
        await books.write(
            propose, desk, listed(line("shop-0"), line("shop-1"), line("shop-2", 10_001))
        )

    assert "4번째 줄에서" in refusal.value.fields["sheet"]
    assert "모두 30,001원인데 30,000원이" in refusal.value.fields["sheet"]
    assert await books.read(rows, "SELECT count(*) FROM proposal") == [(0,)]


async def test_money_gone_meanwhile_gives_nothing_at_all(books: Books) -> None:
    desk = await books.write(make_desk, budget_won=43_000)
    one, two = [await books.write(propose, desk, form_key=key) for key in ("one", "two")]
    await books.write(confirm_grants, desk.maker, one, LATER)

    with pytest.raises(BadList):
        await books.write(confirm_grants, desk.maker, two, LATER)

    assert await books.read(rows, 'SELECT count(*) FROM "grant"') == [(6,)]
    assert await books.read(rows, "SELECT state FROM proposal ORDER BY id") == [
        ("done",),
        ("open",),
    ]


async def test_a_shop_that_does_not_qualify_any_more_is_named(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)
    sql = "UPDATE enrollment SET has_business_wallet = false WHERE shop_id = :shop_id"
    await books.write(change, sql, shop_id=desk.shops[1])

    with pytest.raises(BadList) as refusal:
        await books.write(confirm_grants, desk.maker, proposal_id, LATER)

    assert [(one.number, one.words) for one in refusal.value.bad] == [(3, "가게1")]
    assert await books.read(rows, 'SELECT count(*) FROM "grant"') == [(3,)]


async def test_a_closed_program_gives_nothing(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)
    await books.write(close_program_once, desk.program_id, NOW)

    with pytest.raises(Conflict):
        await books.write(confirm_grants, desk.maker, proposal_id, LATER)


async def test_a_market_manager_gives_out_of_its_pot_and_not_out_of_the_budget(
    books: Books,
) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(make_pot, desk)

    with pytest.raises(NotAllowed):
        await books.write(
            propose_grants, desk.of_market, GOOD, pot_id=None, form_key="form", at=NOW
        )
    proposal_id = await books.write(
        propose_grants, desk.of_market, GOOD, pot_id=pot_id, form_key="form", at=NOW
    )

    proposal = await books.read(get_proposal, desk.of_market, proposal_id)
    bulk = read_bulk(proposal.content)
    assert [one.shop_id for one in bulk.ready] == desk.shops[:2]
    assert [one.number for one in bulk.bad] == [4]
    await books.write(confirm_grants, desk.of_market, proposal_id, LATER)
    assert await books.write(left, pot_id) == 0


def make_pot(tx: Tx, desk: Desk) -> GrantId:
    """20,000 won for the first market, until the end of January."""
    offer = Offer(
        amount_jeon=won(20_000),
        start_by=NOW + timedelta(days=5),
        expires_at=datetime.fromisoformat("2027-02-01T00:00+09:00"),
    )
    pot_id = open_pot(tx, desk.maker, desk.market_id, offer, form_key="pot", at=NOW)
    start_pot(tx, desk.maker, pot_id, NOW)
    return pot_id


async def test_out_of_a_pot_only_its_market_and_not_beyond_its_date(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(make_pot, desk)
    of = listed(line("shop-0"), line("shop-1", end="2027-02-01"), line("shop-2"))

    proposal_id = await books.write(propose, desk, of, pot_id=pot_id)
    await books.write(confirm_grants, desk.maker, proposal_id, LATER)

    proposal = await books.read(get_proposal, desk.maker, proposal_id)
    assert [one.number for one in read_bulk(proposal.content).bad] == [3, 4]
    assert await books.write(left, pot_id) == 1_000_000


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_confirmed_by_two_at_once_it_is_given_once(
    books: Books, database_url: str, vault: Vault
) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)

    async with open_books(database_url, vault) as other:
        await asyncio.gather(
            books.write(confirm_grants, desk.maker, proposal_id, LATER),
            books.write_batch(confirm_grants, desk.second, proposal_id, LATER),
            other.write(confirm_grants, desk.maker, proposal_id, LATER),
            other.write_batch(confirm_grants, desk.second, proposal_id, LATER),
        )

    assert await books.read(rows, 'SELECT count(*) FROM "grant"') == [(6,)]
