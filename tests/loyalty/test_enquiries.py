"""Questions to a shop: once, bounded, sealed, answered once, forgotten."""

from datetime import timedelta

import pytest

from domain.enquiries import ENQUIRY_KEPT, OPEN_MAX, EnquiryState
from domain.people import CustomerId, EnquiryId
from domain.refusals import Conflict, Invalid, NotFound
from loyalty.enquiries import (
    Asked,
    ask_shop,
    close_enquiry,
    list_open_enquiries,
    settle_with_answer,
    take_back,
)
from loyalty.notices import switch_telling
from loyalty.privacy import erase_customer, erase_regular
from storage.books import Books
from storage.desk import Tx
from storage.queries.enquiries import LISTED_MAX, count_open, list_of_person
from storage.queries.notices import list_waiting
from tests.conftest import START
from tests.factories import OWNER, Street, make_customer, make_shop, make_street, rows, sweep

HOUR = timedelta(hours=1)
WORDS = "글루텐 프리 빵 있나요?"


def ask(tx: Tx, street: Street, words: str = WORDS, hours: float = 0) -> Asked:
    at = START + hours * HOUR
    who = street.customers[0]
    return ask_shop(tx, street.shop_id, who, words, reply_hours=24, at=at)


def answer(tx: Tx, street: Street, enquiry_id: EnquiryId, words: str = "네, 있어요.") -> str | None:
    settled = settle_with_answer(tx, street.shop_id, enquiry_id, words, actor=OWNER, at=START)
    return settled.answer


async def test_the_same_words_are_one_question(books: Books) -> None:
    """While it is open, also on another day; on the same day also after its answer."""

    def work(tx: Tx) -> list[bool]:
        street = make_street(tx, people=1)
        first = ask(tx, street)
        later = [ask(tx, street, hours=hours) for hours in (0, 1, 30)]
        answer(tx, street, first.enquiry.enquiry_id)
        after = [ask(tx, street, hours=hours) for hours in (2, 48)]
        return [one.is_new for one in (first, *later, *after)]

    assert await books.write(work) == [True, False, False, False, False, True]


async def test_what_was_taken_back_can_be_asked_again(books: Books) -> None:
    def work(tx: Tx) -> tuple[EnquiryState, EnquiryState, int]:
        street = make_street(tx, people=1)
        first = ask(tx, street).enquiry
        who = street.customers[0]
        closed = take_back(tx, who, first.enquiry_id, START)
        take_back(tx, who, first.enquiry_id, START)
        again = ask(tx, street, hours=1)
        assert again.is_new
        return closed.state, again.enquiry.state, len(list_of_person(tx, who))

    assert await books.write(work) == (EnquiryState.CLOSED, EnquiryState.OPEN, 1)


async def test_an_open_question_is_never_hidden_by_many_that_are_settled(books: Books) -> None:
    def work(tx: Tx) -> None:
        street = make_street(tx, people=1)
        who = street.customers[0]
        first = ask(tx, street).enquiry
        for number in range(LISTED_MAX + 1):
            other = ask(tx, street, f"{number}번째로 궁금한 것이 있어요").enquiry
            take_back(tx, who, other.enquiry_id, START)
        assert list_of_person(tx, who)[0] == first
        assert not ask(tx, street, hours=30).is_new
        assert take_back(tx, who, first.enquiry_id, START).state is EnquiryState.CLOSED

    await books.write(work)


async def test_what_waits_is_counted_whole_and_what_is_late(books: Books) -> None:
    def work(tx: Tx) -> list[tuple[int, int]]:
        street = make_street(tx, people=12)
        for who in street.customers:
            for number in range(OPEN_MAX):
                words = f"{number}번째로 궁금한 것이 있어요"
                ask_shop(tx, street.shop_id, who, words, reply_hours=24, at=START)
        by = list_open_enquiries(tx, street.shop_id)[0].promised_by
        return [count_open(tx, street.shop_id, at) for at in (by, by + HOUR)]

    assert await books.write(work) == [(60, 0), (60, 60)]


async def test_a_person_has_so_many_open_in_one_shop(books: Books) -> None:
    def work(tx: Tx) -> None:
        street = make_street(tx, people=1)
        for number in range(OPEN_MAX):
            ask(tx, street, f"{number}번째로 궁금한 것이 있어요")
        assert not ask(tx, street, "0번째로 궁금한 것이 있어요").is_new
        other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        ask_shop(tx, other, street.customers[0], WORDS, reply_hours=24, at=START)
        with pytest.raises(Conflict, match="too_many_questions"):
            ask(tx, street)

    await books.write(work)


async def test_an_answer_is_given_once_and_waits_to_be_said(books: Books) -> None:
    def work(tx: Tx) -> list[str]:
        street = make_street(tx, people=1)
        who = street.customers[0]
        enquiry_id = ask(tx, street).enquiry.enquiry_id
        switch_telling(tx, who, [street.shop_id], is_told=False, at=START)
        assert answer(tx, street, enquiry_id) == answer(tx, street, enquiry_id) == "네, 있어요."
        with pytest.raises(Conflict, match="enquiry_settled"):
            answer(tx, street, enquiry_id, "아니요.")
        with pytest.raises(Invalid):
            answer(tx, street, enquiry_id, "")
        assert list_open_enquiries(tx, street.shop_id) == []
        switch_telling(tx, who, [street.shop_id], is_told=False, at=START)
        return [one.facts for one in list_waiting(tx, who, START)]

    (facts,) = await books.write(work)
    assert facts == '{"enquiry":1}'


async def test_a_question_is_its_own_shops_and_persons(books: Books) -> None:
    def work(tx: Tx) -> None:
        street = make_street(tx, people=2)
        other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        enquiry_id = ask(tx, street).enquiry.enquiry_id
        with pytest.raises(NotFound):
            settle_with_answer(tx, other, enquiry_id, "네", actor=OWNER, at=START)
        with pytest.raises(NotFound):
            close_enquiry(tx, other, enquiry_id, actor=OWNER, at=START)
        with pytest.raises(NotFound):
            take_back(tx, street.customers[1], enquiry_id, START)
        assert list_open_enquiries(tx, other) == []

    await books.write(work)


async def test_words_are_sealed_and_never_in_the_log(books: Books) -> None:
    def work(tx: Tx) -> str:
        street = make_street(tx, people=1)
        answer(tx, street, ask(tx, street).enquiry.enquiry_id)
        stored = rows(tx, "SELECT key, words, answer FROM enquiry")
        log = rows(tx, "SELECT act, subject, details FROM audit_line WHERE details LIKE 'enquiry%'")
        assert [line[0] for line in log] == ["ask_shop", "answer_enquiry"]
        notices = rows(tx, "SELECT key, facts FROM notice")
        return " ".join(
            str(bytes(v) if not isinstance(v, str) else v)
            for row in (*stored, *log, *notices)
            for v in row
        )

    told = await books.write(work)
    assert "글루텐" not in told
    assert "있어요" not in told


async def test_questions_go_with_the_person(books: Books) -> None:
    """L45: also of who is a regular of nobody, and of one shop only where one shop deletes."""

    def work(tx: Tx) -> list[list[CustomerId]]:
        street = make_street(tx, people=1)
        other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        who = make_customer(tx, street.channel_id, other, number=7)
        both = make_customer(tx, street.channel_id, other, number=8)
        for shop_id, one in ((other, who), (street.shop_id, both), (other, both)):
            ask_shop(tx, shop_id, one, WORDS, reply_hours=24, at=START)
        ask(tx, street)
        held = [left(tx)]
        for one in (street.customers[0], who):
            erase_customer(tx, one, actor="customer", at=START)
        held.append(left(tx))
        erase_regular(tx, other, both, actor=OWNER, at=START)
        held.append(left(tx))
        return held

    before, after, at_last = await books.write(work)
    assert len(before) == 4
    assert len(set(after)) == 1
    assert at_last == []


async def test_a_settled_question_is_forgotten(books: Books) -> None:
    street = await books.write(make_street, people=1)
    first = await books.write(ask, street)
    await books.write(answer, street, first.enquiry.enquiry_id)
    await books.write(ask, street, "이건 아무도 답하지 않아요")

    while await books.write(sweep, START + ENQUIRY_KEPT - HOUR):
        pass
    assert len(await books.read(left)) == 2
    while await books.write(sweep, START + ENQUIRY_KEPT + HOUR):
        pass
    assert await books.read(left) == []


def left(tx: Tx) -> list[CustomerId]:
    return [CustomerId(row[0]) for row in rows(tx, "SELECT customer_id FROM enquiry")]
