"""Two identities of one person: nothing is lost, nothing doubled, a refusal wins (I6, I11)."""

from datetime import datetime, timedelta

import pytest

from campaigns.invariants import CHECKS
from domain.consent import Choice
from domain.people import CustomerId, Friend, ShopId
from domain.refusals import Conflict, NotFound
from loyalty.consent import choose_advertising
from loyalty.friendship import set_friend
from loyalty.joining import forget_phone, leave_phone
from loyalty.merging import merge_customers
from loyalty.notes import write_note
from loyalty.regulars import give_stamps
from loyalty.tallies import find_standing
from loyalty.visits import cancel_visit
from storage.books import Books
from storage.desk import Tx
from storage.models import metadata
from storage.queries.coupons import list_coupons
from storage.queries.merging import HANDED_OVER
from storage.queries.notes import list_notes
from storage.queries.paper import find_regular_by_phone
from tests.conftest import START
from tests.factories import Street, change, make_customer, make_run, make_shop, phone_of, rows
from tests.loyalty.merging import (
    GIFT,
    OPEN,
    OWNER,
    broken,
    merge,
    open_shop_with_card,
    paper_person,
    stamp,
)


async def test_stamps_of_both_stand_on_one_card_and_earn_together(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10)
    chat, paper = street.customers[0], await books.write(paper_person, street.shop_id)
    await books.write(stamp, street.shop_id, chat, 6)
    await books.write(stamp, street.shop_id, paper, 7)

    kept = await books.write(merge, street, paper)

    standing = await books.read(find_standing, street.shop_id, kept, START)
    coupons = await books.read(list_coupons, kept)
    assert kept == chat
    assert standing is not None
    assert (standing.number, standing.stamps, standing.needed) == (2, 3, 10)
    assert [one.terms.title for one in coupons] == [GIFT.title]
    assert await books.read(broken) == []


async def test_a_full_cards_coupon_comes_along_and_its_sale_can_still_be_undone(
    books: Books,
) -> None:
    street = await books.write(open_shop_with_card, 5)
    chat, paper = street.customers[0], await books.write(paper_person, street.shop_id)
    await books.write(stamp, street.shop_id, chat, 1)
    sale = await books.write(stamp, street.shop_id, paper, 5)
    kept = await books.write(merge, street, paper)
    assert [one.state for one in await books.read(list_coupons, kept)] == ["ready"]

    undone = await books.write(cancel_visit, street.shop_id, sale, actor=OWNER, at=START)

    assert [one.state for one in await books.read(list_coupons, kept)] == ["canceled"]
    assert undone.card is not None
    assert undone.card.stamps == 1
    assert await books.read(broken) == []


async def test_a_gift_on_the_way_is_not_given_again(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10, (5,))
    chat, paper = street.customers[0], await books.write(paper_person, street.shop_id)
    await books.write(stamp, street.shop_id, chat, 3)
    await books.write(stamp, street.shop_id, paper, 6)

    kept = await books.write(merge, street, paper)

    assert [one.threshold for one in await books.read(list_coupons, kept)] == [5]
    assert await books.read(broken) == []


async def test_without_a_card_of_ones_own_the_others_is_taken_as_it_is(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10)
    paper = await books.write(paper_person, street.shop_id)
    await books.write(stamp, street.shop_id, paper, 4)

    kept = await books.write(merge, street, paper)

    standing = await books.read(find_standing, street.shop_id, kept, START)
    assert standing is not None
    assert (standing.number, standing.stamps) == (1, 4)
    assert await books.read(broken) == []


async def test_a_lapsed_card_does_not_come_back(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10, expiry_days=30)
    chat, paper = street.customers[0], await books.write(paper_person, street.shop_id)
    later = START + timedelta(days=40)
    await books.write(stamp, street.shop_id, paper, 4)
    await books.write(stamp, street.shop_id, chat, 2, later)

    kept = await books.write(merge, street, paper, later)

    standing = await books.read(find_standing, street.shop_id, kept, later)
    assert standing is not None
    assert standing.stamps == 2
    assert len(await books.read(rows, OPEN)) == 1
    assert await books.read(broken) == []


HOUR = timedelta(hours=1)
YES, NO, STOP, BLOCK = Choice.GRANTED, Choice.DECLINED, Choice.WITHDRAWN, Friend.BLOCKED
CHAT, PAPER = 0, 1


def say(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, word: Choice | Friend, at: datetime
) -> None:
    if isinstance(word, Choice):
        choose_advertising(tx, shop_id, customer_id, word, pressed="말함", at=at)
    else:
        set_friend(tx, customer_id, word, at, now=at)


@pytest.mark.parametrize(
    ("said", "agrees"),
    [
        ([], False),
        ([(CHAT, YES)], True),
        ([(PAPER, YES)], False),
        ([(PAPER, YES), (CHAT, YES)], True),
        ([(CHAT, YES), (PAPER, STOP)], False),
        ([(PAPER, YES), (CHAT, STOP)], False),
        ([(CHAT, STOP), (PAPER, YES)], False),
        ([(CHAT, YES), (PAPER, NO)], False),
        ([(CHAT, YES), (PAPER, NO), (CHAT, YES)], False),
        ([(PAPER, STOP), (CHAT, YES)], True),
        ([(PAPER, NO), (CHAT, YES)], True),
        ([(CHAT, BLOCK), (PAPER, YES)], False),
    ],
)
async def test_consent_is_the_chats_own_and_a_refusal_of_either_wins(
    books: Books, said: list[tuple[int, Choice | Friend]], *, agrees: bool
) -> None:
    """I9: what was refused after the consent stays refused; an older refusal does not undo a
    newer consent.
    """
    street = await books.write(open_shop_with_card)
    chat = await books.write(make_chat, street, 11)
    two = [chat, await books.write(paper_person, street.shop_id)]
    for hour, (who, word) in enumerate(said):
        await books.write(say, street.shop_id, two[who], word, START + hour * HOUR)

    at = START + 5 * HOUR
    await books.write(merge_customers, street.shop_id, *two, actor=OWNER, at=at)

    standing = "SELECT advertising_since, withdrawn_at FROM membership WHERE customer_id = :who"
    since, _ = (await books.read(rows, standing, who=chat))[0]
    last = (
        "SELECT choice FROM consent_choice WHERE purpose = 'advertising'"
        " AND customer_id = :who ORDER BY id DESC"
    )
    words = await books.read(rows, last, who=chat)
    assert (since is not None) is agrees
    assert (bool(words) and words[0][0] == YES) is agrees
    assert await books.read(broken) == []


def make_chat(tx: Tx, street: Street, number: int, phone: str | None = None) -> CustomerId:
    """Another chat, with no word on advertising yet."""
    customer_id = make_customer(
        tx, street.channel_id, street.shop_id, number, has_consent=False, has_phone=False
    )
    if phone:
        leave_phone(tx, customer_id, phone, START)
    return customer_id


async def test_what_left_before_the_two_were_one_was_lawful(books: Books) -> None:
    """I6: the other identity had refused, and nobody could know that it was the same person."""
    street = await books.write(open_shop_with_card)
    other = await books.write(paper_person, street.shop_id)
    await books.write(say, street.shop_id, other, STOP, START + HOUR)
    await books.write(make_run, street.shop_id, at=START + 2 * HOUR)
    left_at = START + 2 * HOUR
    await books.write(
        change, "UPDATE chunk SET started_at = :at", at=f"{left_at:%Y-%m-%d %H:%M:%S.%f}"
    )
    await books.write(change, "UPDATE message SET state = 'delivered'")

    await books.write(merge, street, other, START + 3 * HOUR)

    assert await books.read(CHECKS["I6"]) == []
    assert await books.read(CHECKS["I9"]) == []
    assert await books.read(rows, "SELECT advertising_since FROM membership") == [(None,)]


async def test_two_chats_are_never_one_person(books: Books) -> None:
    """Nobody proves that the number they type is their own: with one number, too."""
    street = await books.write(open_shop_with_card)
    stranger = await books.write(make_chat, street, 12, phone_of(1))

    with pytest.raises(Conflict, match="two_chats"):
        await books.write(merge, street, stranger)


async def test_two_numbers_are_never_one_person(books: Books) -> None:
    street = await books.write(open_shop_with_card)
    two = [await books.write(paper_person, street.shop_id, number) for number in (50, 51)]

    with pytest.raises(Conflict, match="two_numbers"):
        await books.write(merge_customers, street.shop_id, *two, actor=OWNER, at=START)


async def test_what_another_shop_has_is_not_moved(books: Books) -> None:
    """L54: the number is a regular next door, too, who may be somebody else."""
    street = await books.write(open_shop_with_card)
    elsewhere = await books.write(
        make_shop, street.market_id, street.channel_id, name="옆집", slug="next"
    )
    paper = await books.write(paper_person, street.shop_id)
    await books.write(stamp, elsewhere, paper, 1)
    await books.write(write_note, elsewhere, paper, "창가 자리", actor=OWNER, at=START)

    with pytest.raises(Conflict, match="elsewhere"):
        await books.write(merge, street, paper)

    notes = await books.read(list_notes, elsewhere, paper)
    assert [one.words for one in notes] == ["창가 자리"]


PHONE_OF_CHAT = (
    "SELECT c.phone_hash IS NOT NULL, m.phone_granted_at FROM customer c"
    " JOIN membership m ON m.customer_id = c.id WHERE c.id = :who"
)


async def test_the_papers_number_finds_the_chat_and_gives_no_right_to_send(books: Books) -> None:
    """L68: only the person's own word lets a shop send to a number."""
    street = await books.write(open_shop_with_card)
    chat = await books.write(make_chat, street, 12)
    paper = await books.write(paper_person, street.shop_id, 60)
    await books.write(merge_customers, street.shop_id, chat, paper, actor=OWNER, at=START)

    found = await books.read(find_regular_by_phone, street.shop_id, phone_of(60))
    ((has_phone, granted_at),) = await books.read(rows, PHONE_OF_CHAT, who=chat)

    assert found == chat
    assert (bool(has_phone), granted_at) == (True, None)


async def test_a_number_that_was_taken_back_in_the_chat_stays_away(books: Books) -> None:
    street = await books.write(open_shop_with_card)
    chat = await books.write(make_chat, street, 12, phone_of(60))
    await books.write(forget_phone, chat, START)
    paper = await books.write(paper_person, street.shop_id, 60)

    await books.write(merge_customers, street.shop_id, chat, paper, actor=OWNER, at=START)

    ((has_phone, granted_at),) = await books.read(rows, PHONE_OF_CHAT, who=chat)
    assert (bool(has_phone), granted_at) == (False, None)


async def test_the_chat_stays_whoever_was_named_first(books: Books) -> None:
    street = await books.write(open_shop_with_card)
    chat, paper = street.customers[0], await books.write(paper_person, street.shop_id)

    merged = await books.write(merge_customers, street.shop_id, paper, chat, actor=OWNER, at=START)

    assert (merged.kept_id, merged.gone_id) == (chat, paper)


async def test_nobody_merges_another_shops_regulars(books: Books) -> None:
    street = await books.write(open_shop_with_card)
    elsewhere = await books.write(
        make_shop, street.market_id, street.channel_id, name="옆집", slug="next"
    )
    theirs = await books.write(paper_person, elsewhere)

    with pytest.raises(NotFound, match="customer"):
        await books.write(merge, street, theirs)
    with pytest.raises(NotFound, match="customer"):
        await books.write(merge, street, street.customers[0])


async def test_everything_else_comes_along(books: Books) -> None:
    street = await books.write(open_shop_with_card)
    chat = await books.write(make_chat, street, 12)
    paper = await books.write(paper_person, street.shop_id, name="김철수")
    await books.write(stamp, street.shop_id, paper, 1)
    await books.write(write_note, street.shop_id, paper, "창가 자리", actor=OWNER, at=START)
    await books.write(give_stamps, street.shop_id, paper, 2, key="k", actor=OWNER, at=START)

    await books.write(merge_customers, street.shop_id, chat, paper, actor=OWNER, at=START)

    mine = "SELECT name, visits FROM membership WHERE customer_id = :who"
    assert await books.read(rows, mine, who=chat) == [("김철수", 1)]
    assert await books.read(rows, "SELECT id FROM customer WHERE id = :who", who=paper) == []
    notes = await books.read(list_notes, street.shop_id, chat)
    assert [one.words for one in notes] == ["창가 자리"]
    lines = "SELECT book, subject, details FROM audit_line WHERE act = 'merge_customers'"
    assert await books.read(rows, lines) == [
        (f"shop:{street.shop_id}", f"customer:{chat}", f"customer:{paper}")
    ]
    assert await books.read(broken) == []


def test_every_table_with_a_person_is_handed_over() -> None:
    """A new table that carries a customer must say here what becomes of it.

    Who is taken in stands on paper only: no chat was paired with them, no code said by them.
    """
    carrying = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname == "customer.id"
    }

    handed = {one.__tablename__ for one in HANDED_OVER}
    assert carrying == handed | {"membership", "consent_choice", "join_code", "staff_chat"}
