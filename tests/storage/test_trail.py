"""The trail's and the audit log's statements, on both databases; the pages are tested by clicking."""

from datetime import timedelta

from domain.audit import shop_book
from domain.money import won
from domain.people import AccountId, CampaignId, ChunkId, MarketId, MessageId, ProgramId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.books import Books
from storage.desk import Tx
from storage.queries import trail, trail_sendings
from storage.queries.audit_log import Sought, list_chain, list_ends_seen, list_entries
from storage.queries.journal import FIRST_LINE, list_lines
from storage.queries.trail import Sight
from subsidy.moving import move_money
from tests.conftest import START
from tests.factories import EARLIER, Street, change, make_program, make_run, make_street, rows
from tests.subsidy.desks import NOW, make_desk

PEOPLE = 3


def live(tx: Tx) -> Street:
    """A grant and a run that holds some of it; beside it another program."""
    street = make_street(tx, people=PEOPLE)
    make_run(tx, street.shop_id, at=START)
    change(tx, "UPDATE chunk SET provider_ref = 'task-1'")
    make_program(tx, name="이웃")
    return street


def sights(street: Street) -> tuple[Sight, Sight, tuple[Sight, Sight]]:
    """Who sees the program, who sees the market, and two who see nothing of it."""
    beside = Sight(ProgramId(street.program_id + 1), None)
    nowhere = Sight(street.program_id, MarketId(street.market_id + 1))
    return (
        Sight(street.program_id, None),
        Sight(street.program_id, street.market_id),
        (
            beside,
            nowhere,
        ),
    )


def accounts(tx: Tx) -> dict[str, AccountId]:
    return {
        kind: AccountId(one)
        for kind, one in rows(tx, "SELECT kind, id FROM account WHERE program_id = 1")
    }


async def test_accounts_are_seen_by_whose_they_are(books: Books) -> None:
    street = await books.write(live)
    whole, market, others = sights(street)
    ids = await books.read(accounts)

    seen = await books.read(trail.list_accounts, whole, after=0)
    here = await books.read(trail.list_accounts, market, after=0)

    assert len(seen) == len(ids)
    assert [one.kind for one in here] == [AccountKind.GRANT]
    assert here[0].left_jeon == 30_000_000 - here[0].held_jeon
    assert here[0].held_jeon > 0
    for other in others:
        assert await books.read(trail.find_account, other, ids["grant"]) is None
    assert await books.read(trail.find_account, market, ids["program"]) is None
    assert await books.read(trail.list_children, whole, ids["grant"]) == []


async def test_transfers_are_seen_from_both_ends_and_page_by_page(books: Books) -> None:
    street = await books.write(live)
    whole, market, others = sights(street)
    ids = await books.read(accounts)

    newest = await books.read(trail.list_of_account, whole, ids["grant"], before=None)
    held, given = newest
    older = await books.read(trail.list_of_account, whole, ids["grant"], before=held.transfer_id)
    here = await books.read(trail.find_transfer, market, held.transfer_id)

    assert (held.phase, older) == (Phase.HOLD, [given])
    assert held.campaign_id is not None
    assert held.source.before_jeon == 30_000_000
    assert here is not None
    assert here.source == held.source
    assert (here.target.is_seen, here.target.name) == (False, None)
    for other in others:
        assert await books.read(trail.find_transfer, other, held.transfer_id) is None
    assert await books.read(trail.list_resolutions, whole, held.transfer_id) == []
    assert held.chunk_id is not None
    assert await books.read(trail.list_of_chunk, whole, held.chunk_id) == [held]
    (paid,) = await books.read(trail_sendings.list_paid_runs, market, ids["grant"], before=None)
    assert (paid.open_jeon, paid.posted_jeon) == (held.amount_jeon, 0)
    assert (
        await books.read(trail_sendings.list_paid_runs, market, ids["grant"], before=paid.run_id)
        == []
    )


async def test_money_that_moved_to_another_market_names_no_shop_there(books: Books) -> None:
    desk = await books.write(make_desk)
    ids = (desk.grants[0], desk.grants[2])
    await books.write(move_money, desk.maker, *ids, won(100), form_key="form", at=NOW)
    market = Sight(desk.program_id, desk.market_id)
    ((account_id,),) = await books.read(
        rows, 'SELECT account_id FROM "grant" WHERE id = :one', one=desk.grants[0]
    )

    (moved, _) = await books.read(trail.list_of_account, market, account_id, before=None)
    seen = await books.read(
        trail.find_transfer, Sight(desk.program_id, desk.other_market), moved.transfer_id
    )

    assert moved.code is TransferCode.MOVE
    assert (moved.source.name, moved.target.name) == ("가게0", None)
    assert (moved.shop_id, moved.shop_name) == (None, None)
    assert seen is not None
    assert (seen.shop_id, seen.shop_name) == (desk.shops[2], "가게2")


async def test_what_was_sent_is_seen_by_whose_it_is(books: Books) -> None:
    street = await books.write(live)
    _, market, others = sights(street)

    campaign = await books.read(trail_sendings.find_campaign, market, CampaignId(1))
    assert campaign is not None
    assert campaign.run_id is not None
    (chunk,) = await books.read(trail_sendings.list_chunks, market, campaign.run_id, after=-1)
    (payer,) = await books.read(trail_sendings.list_payers, market, campaign.run_id)
    people = await books.read(trail_sendings.list_messages, market, chunk.chunk_id, after=0)

    assert await books.read(trail_sendings.list_chunks_by_ref, market, "task-1") == [chunk]
    assert payer.kind is AccountKind.GRANT
    assert len(people) == chunk.size == PEOPLE
    assert await books.read(trail_sendings.find_message, market, people[0].message_id) == people[0]
    for other in others:
        assert await books.read(trail_sendings.find_campaign, other, CampaignId(1)) is None
        assert await books.read(trail_sendings.find_chunk, other, ChunkId(1)) is None
        assert await books.read(trail_sendings.find_message, other, MessageId(1)) is None
        assert await books.read(trail_sendings.list_chunks_by_ref, other, "task-1") == []


async def test_words_to_one_person_are_not_read_out(books: Books) -> None:
    """L54: what an owner answered somebody is not for the program."""
    street = await books.write(live)
    whole, _, _ = sights(street)
    await books.write(change, "UPDATE campaign SET kind = 'information'")

    campaign = await books.read(trail_sendings.find_campaign, whole, CampaignId(1))

    assert campaign is not None
    assert campaign.body is None


async def test_the_log_is_seen_by_whose_it_is(books: Books) -> None:
    street = await books.write(live)
    whole, market, others = sights(street)
    shops = shop_book(street.shop_id)

    seen = await books.read(list_entries, whole, Sought(), before=None)
    here = await books.read(list_entries, market, Sought(), before=None)

    ids = [one.line_id for one in seen]
    assert ids == sorted(ids, reverse=True)
    assert {one.line[0] for one in seen} == {f"program:{street.program_id}", shops}
    assert {one.line[0] for one in here} == {shops}
    assert await books.read(list_entries, whole, Sought(), before=ids[0]) == seen[1:]
    assert await books.read(list_entries, others[1], Sought(), before=None) == []
    assert set(await books.read(list_ends_seen, market)) == {shops}


async def test_the_log_is_narrowed_in_every_way_at_once(books: Books) -> None:
    street = await books.write(live)
    whole, _, _ = sights(street)
    sought = Sought(
        actor="owner:1",
        act="start_grant",
        book=shop_book(street.shop_id),
        since=EARLIER,
        until=EARLIER + timedelta(seconds=1),
    )

    (found,) = await books.read(list_entries, whole, sought, before=None)

    assert found.line[2].subject == "grant:1"


async def test_a_chain_is_read_in_its_order_whatever_the_pages(books: Books) -> None:
    street = await books.write(live)
    whole, _, _ = sights(street)
    lines, after = [], FIRST_LINE
    while page := await books.read(list_chain, whole, None, after, 2):
        lines += page
        after = page[-1][0], page[-1][1]

    everything = await books.read(list_lines, FIRST_LINE, 1_000)
    beside = f"program:{street.program_id + 1}"
    assert lines == [line for line in everything if line[0] != beside]
    assert [line[:2] for line in lines] == sorted(line[:2] for line in lines)
