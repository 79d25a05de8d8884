"""What is held is shown (L48); who wants to be deleted is, and nothing else (L45-L47, L49)."""

import asyncio
from datetime import timedelta
from typing import Any

import orjson
import pytest

from campaigns.invariants import check_invariants
from domain.consent import Choice
from domain.keeping import DUTIES, What, kept_until
from domain.people import CustomerId, ShopId
from domain.refusals import Conflict, NotFound
from loyalty.codes import issue_customer_code
from loyalty.consent import choose_advertising, stop_advertising
from loyalty.coupons import use_coupon
from loyalty.joining import join_shop
from loyalty.meeting import meet, recognize
from loyalty.notes import write_note
from loyalty.privacy import erase_again, erase_customer, erase_regular, show_held
from loyalty.visits import stamp_by_code
from storage.books import Books, open_books
from storage.desk import Tx
from storage.models import metadata
from storage.queries.coupons import list_usable
from storage.queries.erasing import list_erasures
from storage.vault import Vault
from tests.conftest import START
from tests.factories import EARLIER, OWNER, make_caller, make_customer, make_shop, make_street, rows
from tests.known import NAME, NOTE_WORDS, PAPER_NAME, WHO, Known, know_everything, showing
from tests.loyalty.street import make_sale, open_shop

LATER = START + timedelta(hours=1)
PEOPLE_TABLES = [
    table.name
    for table in metadata.sorted_tables
    if table.name in ("held_card", "tries")
    or any(key.column.table.name == "customer" for key in table.foreign_keys)
]


async def broken(books: Books) -> dict[str, list[str]]:
    told = await books.read(check_invariants)
    return {name: found for name, found in told.items() if found}


def erase(tx: Tx, customer_id: CustomerId) -> Any:
    return erase_customer(tx, customer_id, actor=f"customer:{customer_id}", at=LATER)


def counts(tx: Tx) -> dict[str, int]:
    tables = (*PEOPLE_TABLES, "customer", "redemption", "message", "transfer", "kept_record")
    return {one: rows(tx, f"SELECT count(*) FROM {one}")[0][0] for one in tables}


async def test_everything_held_is_shown_to_its_person_alone(books: Books) -> None:
    """L48: the number is masked even here."""
    known = await know_everything(books)
    who, paper = known.people

    held = await books.read(show_held, known.shop_id, who, START)
    other = await books.read(show_held, known.shop_id, paper, START)

    assert (held.name, held.phone, held.birthday) == (NAME, "010-****-1234", (2, 29))
    assert held.card is not None
    assert (held.card.stamps, held.card.needed) == (1, 1)
    assert list(held.notes) == [NOTE_WORDS]
    assert (held.questions, other.questions) == (1, 0)
    assert [one.state for one in held.coupons] == ["held", "ready"]
    assert {one.purpose for one in held.choices} == {
        "service",
        "advertising",
        "phone",
        "birthday",
    }
    assert (other.name, other.birthday, list(other.notes)) == (PAPER_NAME, None, [])


async def test_what_is_held_elsewhere_is_not_shown(books: Books) -> None:
    """L54: one shop's notes and coupons are not another's."""

    def work(tx: Tx) -> Any:
        street = make_street(tx, people=1)
        other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        one = make_customer(tx, street.channel_id, other)
        write_note(tx, street.shop_id, one, "늘 아침에 오심", actor=OWNER, at=START)
        return show_held(tx, other, one, START)

    held = await books.write(work)
    assert (list(held.notes), list(held.coupons)) == ([], [])


STAYING = {"membership", "consent_choice", "statutory_notice", "inbound_event", "join_code"}


async def test_a_deleted_person_leaves_only_numbers(books: Books) -> None:
    """The ledger, messages, redemptions and the log keep them; nobody else's rows are touched."""
    known = await know_everything(books)
    before = await books.read(counts)
    assert all(before[table] for table in PEOPLE_TABLES), "nothing was forgotten in the story"
    lines = "SELECT * FROM audit_line ORDER BY id"
    log = await books.read(rows, lines)

    for customer_id in known.people:
        await books.write(erase, customer_id)

    after = await books.read(counts)
    others = len(known.street.customers)
    assert [after[one] for one in ("customer", "membership", "statutory_notice")] == [others] * 3
    gone = set(PEOPLE_TABLES) - STAYING
    assert await books.read(rows, "SELECT used_by FROM join_code") == [(None,)]
    assert {table: after[table] for table in gone} == dict.fromkeys(gone, 0)
    for stays in ("redemption", "message", "transfer", "inbound_event"):
        assert after[stays] == before[stays], stays
    new = (await books.read(rows, lines))[len(log) :]
    assert (await books.read(rows, lines))[: len(log)] == log
    subjects = [f"customer:{one}" for one in known.people]
    assert [(line[4], line[5], line[6], line[7]) for line in new] == [
        (who, "erase_customer", who, "") for who in subjects
    ]
    assert await broken(books) == {}


async def test_only_the_proof_about_advertising_is_kept_apart_and_for_half_a_year(
    books: Books,
) -> None:
    """L2, L43, L46, L47: choices and times, no words, no person."""
    known = await know_everything(books)
    who, paper = known.people
    await books.write(stop_advertising, who, pressed="그만 보내요 010-9876-1234", at=LATER)

    erased = await books.write(erase, who)
    nothing = await books.write(erase, paper)

    duty = DUTIES[What.ADVERTISING_PROOF]
    (kept,) = erased.kept
    assert (kept.shop_id, kept.what, kept.count) == (known.shop_id, What.ADVERTISING_PROOF, 2)
    assert (kept.ground, kept.until) == (
        duty.ground,
        kept_until(What.ADVERTISING_PROOF, LATER),
    )
    assert nothing.kept == ()
    sql = "SELECT subject, facts, kept_at, until FROM kept_record ORDER BY id"
    found = await books.read(rows, sql)
    assert {row[0] for row in found} == {f"customer:{who}"}
    granted, withdrawn = (orjson.loads(row[1]) for row in found)
    assert (granted["choice"], withdrawn["choice"]) == ("granted", "withdrawn")
    assert set(granted) == {"choice", "text_version", "chosen_at", "counts_from", "notice_at"}
    assert granted["chosen_at"] == START.isoformat()


@pytest.mark.parametrize("choice", [None, Choice.DECLINED])
async def test_of_who_never_agreed_to_advertising_nothing_is_kept(
    books: Books, choice: Choice | None
) -> None:
    def work(tx: Tx) -> Any:
        street = make_street(tx, people=0)
        one = make_customer(tx, street.channel_id, street.shop_id, has_consent=False)
        if choice:
            pressed = {"pressed": "괜찮아요", "at": START}
            choose_advertising(tx, street.shop_id, one, choice, **pressed)  # type: ignore[arg-type]  # keywords from a table
        return erase(tx, one)

    assert (await books.write(work)).kept == ()
    assert await books.read(rows, "SELECT * FROM kept_record") == []


async def test_deleting_twice_says_the_same_and_changes_nothing(books: Books) -> None:
    known = await know_everything(books)
    who = known.people[0]
    first = await books.write(erase, who)
    before = await books.read(counts), await books.read(rows, "SELECT count(*) FROM audit_line")

    again = await books.write(erase, who)

    assert (again.kept, again.is_repeated, first.is_repeated) == (first.kept, True, False)
    after = await books.read(counts), await books.read(rows, "SELECT count(*) FROM audit_line")
    assert before == after


async def test_the_same_chat_is_a_stranger_afterwards(books: Books) -> None:
    """Nothing comes back by itself: not the age, not consent, not a coupon, not the number."""
    known = await know_everything(books)
    who = known.people[0]
    await books.write(erase, who)

    meeting = await books.write(meet, known.street.channel_id, WHO, LATER)

    person = meeting.person
    assert person.customer_id not in known.people
    assert (person.has_phone, person.of_age_at) == (False, None)
    assert meeting.joined == []
    assert await books.read(list_usable, person.customer_id, LATER) == []
    held = await books.read(show_held, known.shop_id, person.customer_id, LATER)
    assert held.choices == []


async def test_a_deleted_persons_code_and_coupon_work_no_more(books: Books) -> None:
    known = await know_everything(books)
    who = known.people[0]
    code = await books.write(issue_customer_code, known.street.channel_id, who, START)
    coupon = (await books.read(list_usable, who, START))[-1]
    await books.write(erase, who)

    with pytest.raises(NotFound):
        await books.write(stamp_by_code, known.shop_id, code.digits, make_sale(), START)
    with pytest.raises(NotFound):
        await books.write(use_coupon, known.shop_id, coupon.coupon_id, showing("use-late"), START)


async def test_a_held_coupon_gives_its_place_back(books: Books) -> None:
    """A cap of one: deleted while paying, somebody else may have it."""
    known = await know_everything(books)
    sql = "SELECT taken FROM coupon_offer WHERE cap = 1"
    assert await books.read(rows, sql) == [(1,)]

    await books.write(erase, known.people[0])

    assert await books.read(rows, sql) == [(0,)]


async def test_who_has_joined_nothing_can_be_deleted_and_is_written_down(books: Books) -> None:
    """I12: with no shop's book to write in, the program's."""

    def work(tx: Tx) -> Any:
        street = make_street(tx, people=0)
        stranger = recognize(tx, street.channel_id, make_caller(1), START)
        erase(tx, stranger)
        sql = "SELECT book, act, subject FROM audit_line ORDER BY id DESC LIMIT 1"
        return rows(tx, sql), street.program_id, stranger

    line, program_id, stranger = await books.write(work)
    assert line == [(f"program:{program_id}", "erase_customer", f"customer:{stranger}")]
    assert await books.read(rows, "SELECT * FROM customer") == []


def two_shops(tx: Tx) -> tuple[ShopId, ShopId, CustomerId]:
    """A regular of both, with a note in both."""
    street = make_street(tx, people=1)
    other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
    one = make_customer(tx, street.channel_id, other)
    for shop_id in (street.shop_id, other):
        write_note(tx, shop_id, one, "늘 아침에 오심", actor=OWNER, at=START)
    return street.shop_id, other, one


async def test_an_owner_deletes_what_their_own_shop_has(books: Books) -> None:
    """L54: the other shop of the channel keeps its regular; the last one deletes the person."""
    first, second, one = await books.write(two_shops)

    erased = await books.write(erase_regular, first, one, actor=OWNER, at=LATER)

    assert {kept.shop_id for kept in erased.kept} == {first}
    assert not erased.is_gone
    for table in ("membership", "note", "consent_choice"):
        sql = f"SELECT DISTINCT shop_id FROM {table} WHERE customer_id = :id"
        assert await books.read(rows, sql, id=one) == [(second,)], table
    sql = "SELECT act, book FROM audit_line ORDER BY id DESC LIMIT 1"
    assert await books.read(rows, sql) == [("erase_regular", f"shop:{first}")]

    again = await books.write(erase_regular, first, one, actor=OWNER, at=LATER)
    assert (again.is_repeated, again.kept) == (True, erased.kept)
    last = await books.write(erase_regular, second, one, actor=OWNER, at=LATER)
    late = await books.write(erase_regular, first, one, actor=OWNER, at=LATER)
    assert (again.is_gone, last.is_gone, late.is_gone) == (False, True, True)
    assert await books.read(rows, "SELECT * FROM customer") == []
    assert await broken(books) == {}


async def test_an_owner_of_another_shop_deletes_and_learns_nothing(books: Books) -> None:
    known = await know_everything(books)
    elsewhere = ShopId(known.shop_id + 99)
    who = known.people[0]
    before = await books.read(counts)

    erased = await books.write(erase_regular, elsewhere, who, actor=OWNER, at=LATER)

    assert (erased.kept, erased.is_repeated) == ((), True)
    assert await books.read(counts) == before
    await books.write(erase, who)
    erased = await books.write(erase_regular, elsewhere, who, actor=OWNER, at=LATER)
    assert erased.kept == ()


async def test_after_an_older_backup_the_deletions_are_done_again(books: Books) -> None:
    """By the numbers alone; whoever came later is somebody else and stays."""
    known = await know_everything(books)
    who, _ = known.people
    await books.write(erase, who)
    erasures = await books.read(list_erasures, EARLIER)
    assert [(one.at, one.subject) for one in erasures] == [(LATER, f"customer:{who}")]

    first, second, one = await books.write(restored, known)
    named = [
        erasures[0]._replace(subject=f"customer:{one}"),
        erasures[0]._replace(subject=f"customer:{second}", at=START - timedelta(days=1)),
        erasures[0]._replace(subject="customer:999999"),
    ]
    assert await books.write(erase_again, named, LATER) == 1
    assert await books.write(erase_again, named, LATER) == 0

    left = [row[0] for row in await books.read(rows, "SELECT id FROM customer ORDER BY id")]
    assert one not in left
    assert {first, second} <= set(left)
    assert await broken(books) == {}


def restored(tx: Tx, known: Known) -> list[CustomerId]:
    """Three who are there (again)."""
    channel_id, shop_id = known.street.channel_id, known.shop_id
    return [make_customer(tx, channel_id, shop_id, number, at=START) for number in (11, 12, 13)]


async def test_a_shops_own_deletion_is_done_again_for_that_shop(books: Books) -> None:
    first, second, one = await books.write(two_shops)
    await books.write(erase_regular, first, one, actor=OWNER, at=LATER)
    erasures = await books.read(list_erasures, EARLIER)
    await books.write(lambda tx: join_shop(tx, first, one, pressed="네", at=START))

    assert await books.write(erase_again, erasures, LATER) == 1

    sql = "SELECT shop_id FROM membership WHERE customer_id = :id"
    assert await books.read(rows, sql, id=one) == [(second,)]


async def test_stamps_that_come_in_while_a_person_is_deleted_leave_nothing_behind(
    books: Books, database_url: str, vault: Vault
) -> None:
    """A stamp is before the deletion, and goes; or after it, and finds no code."""
    shop = await open_shop(books)
    code = await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)
    who = f"customer:{shop.customer_id}"
    async with open_books(database_url, vault) as second:
        done = await asyncio.gather(
            second.write(stamp_by_code, shop.shop_id, code.digits, make_sale(), START),
            books.write(erase_customer, shop.customer_id, actor=who, at=START),
            second.write(write_note, shop.shop_id, shop.customer_id, "단골", actor=OWNER, at=START),
            books.write(erase_customer, shop.customer_id, actor=who, at=START),
            return_exceptions=True,
        )

    refused = [one for one in done if isinstance(one, Exception)]
    assert all(isinstance(one, NotFound | Conflict) for one in refused), refused
    sql = "SELECT count(*) FROM customer WHERE id = :id"
    assert await books.read(rows, sql, id=shop.customer_id) == [(0,)]
    for table in ("visit", "note", "tally", "membership"):
        sql = f"SELECT count(*) FROM {table} WHERE customer_id = :id"
        assert await books.read(rows, sql, id=shop.customer_id) == [(0,)], table
    assert await broken(books) == {}
