"""손님 질문: answered once and honestly, late ones first and said so; answers kept ready."""

import re

import pytest

from domain.enquiries import READY_ANSWERS_MAX
from domain.money import won
from domain.people import CustomerId, EnquiryId
from loyalty.enquiries import ask_shop
from loyalty.pausing import pause_advertising
from loyalty.ready_answers import add_ready_answer
from storage.books import Books
from storage.queries.enquiries import list_of_person
from storage.queries.ready_answers import list_ready_answers
from storage.queries.shop_facts import get_shop_facts
from subsidy.operating import fund_operating
from tests.console.browser import Browser
from tests.console.street import MONDAY_TEN, Clock, Street, add_regular
from tests.factories import rows

PAGE = "/owner/questions"
HIDDEN = re.compile(r'<input type="hidden" name="(question|answer)" value="([^"]*)">')


async def asked(books: Books, street: Street, words: str, number: int = 1) -> EnquiryId:
    who = await books.write(add_regular, street.shop_id, f"person-{number}")
    made = await books.write(ask_shop, street.shop_id, who, words, reply_hours=24, at=MONDAY_TEN)
    return made.enquiry.enquiry_id


async def test_an_answer_waits_where_no_message_can_tell_of_it(
    owner: Browser, street: Street, console_books: Books
) -> None:
    """No money in the operating account: the owner is told the truth."""
    enquiry_id = await asked(console_books, street, "글루텐프리 빵 있나요?")
    assert "1개" in (await owner.get("/owner")).words

    page = await owner.get(PAGE)
    sent = await owner.submit(PAGE, f"{PAGE}/{enquiry_id}/answer", {"answer": "네, 있어요."})
    after = await owner.get(PAGE)

    assert "글루텐프리 빵 있나요?" in page.words
    assert "11월 24일 (화) 오전 10:00까지" in page.words
    assert sent.status == 303
    assert "다음에 말을 거시면 보여 드려요" in after.words
    assert "답을 기다리는 질문 0개" in after.words
    assert "네, 있어요." in after.words


async def test_an_answer_is_kept_ready_in_one_tap(
    owner: Browser, street: Street, console_books: Books
) -> None:
    enquiry_id = await asked(console_books, street, "글루텐프리 빵 있나요?")
    await owner.submit(PAGE, f"{PAGE}/{enquiry_id}/answer", {"answer": "네, 있어요."})
    page = await owner.get(PAGE)
    fields = dict(HIDDEN.findall(page.html))

    await owner.submit(PAGE, f"{PAGE}/ready", fields)
    after = await owner.get(PAGE)

    assert "이 답을 앞으로도 쓰기" in page.words
    ((question, answer),) = [
        (one.question, one.answer)
        for one in await console_books.read(list_ready_answers, street.shop_id)
    ]
    assert (question, answer) == ("글루텐프리 빵 있나요?", "네, 있어요.")
    assert "이 답을 앞으로도 쓰기" not in after.words


async def test_an_answer_is_told_at_once_where_the_program_pays(
    owner: Browser, street: Street, console_books: Books
) -> None:
    enquiry_id = await asked(console_books, street, "글루텐프리 빵 있나요?")
    await console_books.write(
        fund_operating,
        street.program_id,
        amount_jeon=won(10_000),
        key="1",
        actor="manager:1",
        at=MONDAY_TEN,
    )
    await owner.submit("/owner/shop", "/owner/shop", {"contact": "02-123-4567"})

    await owner.submit(PAGE, f"{PAGE}/{enquiry_id}/answer", {"answer": "네, 있어요."})

    assert "답이 왔다는 메시지를 지금 보내요" in (await owner.get(PAGE)).words
    sql = "SELECT body FROM campaign WHERE kind = 'information'"
    ((body,),) = await console_books.read(rows, sql)
    assert "여쭤보신 것에" in body
    assert "네, 있어요" not in body


async def test_a_late_question_says_so_in_words(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    await asked(console_books, street, "우산 있나요?")
    console_clock.pass_(days=2)

    assert "약속한 시각이 지났어요" in (await owner.get(PAGE)).words
    assert "1개는 약속한 시각이 지났어요" in (await owner.get("/owner")).words


async def test_an_empty_answer_is_refused_beside_its_question(
    owner: Browser, street: Street, console_books: Books
) -> None:
    first = await asked(console_books, street, "첫째 질문이에요?")
    await asked(console_books, street, "둘째 질문이에요?", number=2)

    page = await owner.submit(PAGE, f"{PAGE}/{first}/answer", {"answer": " "})

    assert page.status == 422
    assert page.html.count("mistake") == 3  # one sentence and what points to it
    assert f'id="answer-{first}-mistake"' in page.html


async def test_a_second_different_answer_changes_nothing(
    owner: Browser, street: Street, console_books: Books
) -> None:
    enquiry_id = await asked(console_books, street, "주말에도 열어요?")
    for answer in ("네", "아니요"):
        await owner.submit(PAGE, f"{PAGE}/{enquiry_id}/answer", {"answer": answer})

    words = (await owner.get(PAGE)).words
    assert "이미 답하거나 닫은 질문이에요" in words
    assert "아니요" not in words


async def test_a_question_may_be_closed_without_an_answer(
    owner: Browser, street: Street, console_books: Books
) -> None:
    enquiry_id = await asked(console_books, street, "아르바이트 구하세요?")

    await owner.submit(PAGE, f"{PAGE}/{enquiry_id}/close")

    page = await owner.get(PAGE)
    assert "답 없이 닫았어요" in page.words
    assert "답을 기다리는 질문 0개" in page.words


async def test_another_shops_question_is_not_there(
    owner: Browser, other_street: Street, console_books: Books
) -> None:
    enquiry_id = await asked(console_books, other_street, "이웃 가게 질문이에요?")

    assert "이웃 가게 질문" not in (await owner.get(PAGE)).words
    for act in ("answer", "close"):
        page = await owner.submit(PAGE, f"{PAGE}/{enquiry_id}/{act}", {"answer": "네"})
        assert page.status == 404
    held = await console_books.read(list_of_person, CustomerId(1))
    assert held[0].answer is None


async def test_ready_answers_are_added_changed_and_deleted(
    owner: Browser, street: Street, console_books: Books
) -> None:
    first = {"question": "케이크 예약 되나요?", "answer": "이틀 전까지요."}
    assert "케이크 예약 되나요?" in (await owner.get(PAGE)).words  # of the trade, as a suggestion
    await owner.submit(PAGE, f"{PAGE}/ready", first)
    await owner.submit(PAGE, f"{PAGE}/ready", first)
    ((answer_id, *_),) = await console_books.read(list_ready_answers, street.shop_id)

    changed = {**first, "answer": "사흘 전까지요."}
    await owner.submit(PAGE, f"{PAGE}/ready/{answer_id}", changed)
    assert "사흘 전까지요." in (await owner.get(PAGE)).html

    await owner.submit(PAGE, f"{PAGE}/ready/{answer_id}/delete")
    assert await console_books.read(list_ready_answers, street.shop_id) == []


async def test_a_pressed_suggestion_stands_in_the_field(owner: Browser) -> None:
    page = await owner.get(f"{PAGE}?q=케이크 예약 되나요?")

    assert page.value("question") == "케이크 예약 되나요?"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"question": "", "answer": "답"}, "자주 묻는 말을 적어 주세요"),
        ({"question": "질문", "answer": ""}, "답을 적어 주세요"),
        ({"question": "질문", "answer": "가" * 401}, "400자까지"),
    ],
)
async def test_half_an_answer_keeps_what_was_typed(
    owner: Browser, fields: dict[str, str], sentence: str
) -> None:
    page = await owner.submit(PAGE, f"{PAGE}/ready", fields)

    assert page.status == 422
    assert sentence in page.words
    assert page.value("question") == fields["question"]


async def test_there_are_so_many_ready_answers_and_no_more(
    owner: Browser, street: Street, console_books: Books
) -> None:
    for number in range(READY_ANSWERS_MAX):
        about = street.shop_id, f"{number}번 질문", "답"
        await console_books.write(add_ready_answer, *about, actor="owner:1", at=MONDAY_TEN)

    page = await owner.submit(PAGE, f"{PAGE}/ready", {"question": "하나 더", "answer": "답"})

    assert page.status == 422
    assert "50개까지예요" in page.words


async def test_the_shop_says_menu_parking_and_when_it_answers(
    owner: Browser, street: Street, console_books: Books
) -> None:
    facts = {"menu": "식빵 4,000원\r\n소금빵 2,500원", "parking": "", "reply_hours": "6"}
    saved = await owner.submit("/owner/shop", "/owner/shop/answers", facts)

    assert saved.status == 303
    kept = await console_books.read(get_shop_facts, street.shop_id)
    assert kept == ("식빵 4,000원\n소금빵 2,500원", None, 6)
    wrong = {"menu": "가" * 401, "parking": "가" * 101, "reply_hours": "5"}
    page = await owner.submit("/owner/shop", "/owner/shop/answers", wrong)
    assert page.status == 422
    assert "400자까지" in page.words
    assert "100자까지" in page.words
    assert "답하는 시간을 골라" in page.words


async def test_a_resting_regular_is_shown_as_one(
    owner: Browser, street: Street, console_books: Books
) -> None:
    who = await console_books.write(add_regular, street.shop_id, "person-1")
    about = street.shop_id, who, None
    await console_books.write(pause_advertising, *about, actor="customer:1", at=MONDAY_TEN)

    assert "소식 쉬는 중" in (await owner.get(f"/owner/regulars/{who}")).words
