"""Messages sent by hand, told on the owner's page and on the manager's."""

from http import HTTPStatus

import pytest

from domain.money import won
from storage.books import Books
from storage.queries.hand_sendings import list_hand_sendings
from subsidy.grants import list_grants
from tests.console.browser import Browser, Browsers, Page
from tests.console.street import MONDAY_TEN, Clock, Street, give_grant
from tests.factories import rows

OWNERS = "/owner/by-hand"
MANAGERS = "/manager/shops/1/by-hand"
MISTAKEN = "잘못 적었어요</summary>"
TOLD = {"sent_on": "2026-11-20", "people": "1,000", "form_key": "key-1"}
ACTS = "SELECT book, act FROM audit_line WHERE act LIKE '%by_hand' ORDER BY book, number"


async def ask(owner: Browser, **changes: str) -> Page:
    """The first press, which is answered with the amount."""
    return await owner.submit(OWNERS, OWNERS, {**TOLD, **changes})


async def tell(owner: Browser, **changes: str) -> Page:
    asked = await ask(owner, **changes)
    if asked.status != HTTPStatus.OK:
        return asked
    return await ask(owner, **changes, agreed=asked.value("agreed"))


async def test_the_amount_is_said_before_anything_is_recorded(
    owner: Browser, manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)

    pages = (
        await ask(owner),
        await manager.submit("/manager/shops/1/wallet", MANAGERS, TOLD),
        await ask(owner, agreed="100"),
    )
    more = await ask(owner, people="30,000", agreed=pages[0].value("agreed"))

    for page in pages:
        assert page.status == HTTPStatus.OK
        assert "지원금에서 16,500원을 빼요." in page.words
        assert page.value("people") == "1,000"
    assert "지원금에서 300,000원을 빼요. 195,000원은 카카오에서 내신 것으로 적어요." in more.words
    assert await console_books.read(list_hand_sendings, street.shop_id) == []


async def test_without_grants_it_says_that_nothing_is_taken(owner: Browser, street: Street) -> None:
    page = await ask(owner)

    assert "지원금에서는 빼지 않아요. 16,500원은 카카오에서 내신 것으로 적어요." in page.words
    assert (await tell(owner)).location == OWNERS


async def test_after_sixty_days_a_manager_corrects(
    browsers: Browsers,
    owner: Browser,
    street: Street,
    console_books: Books,
    console_clock: Clock,
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await tell(owner)
    before = await owner.get(OWNERS)
    console_clock.pass_(days=61)
    owner, manager = await browsers.open(street.owner), await browsers.open(street.manager)

    after = await owner.get(OWNERS)
    late = await owner.submit(OWNERS, f"{OWNERS}/1/correct")
    wallet = await manager.get("/manager/shops/1/wallet")

    assert "지원금에서 뺀 16,500원을 되돌려요" in before.words
    assert MISTAKEN in before.html
    assert MISTAKEN not in after.html
    assert late.status == HTTPStatus.CONFLICT
    assert "담당자가 고칠 수 있어요" in late.words
    assert MISTAKEN in wallet.html
    await manager.submit("/manager/shops/1/wallet", f"{MANAGERS}/1/correct")
    assert "1,000명 고침" in (await owner.get(OWNERS)).words


async def test_what_was_told_stands_there_with_what_paid_for_it(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)

    for _ in range(2):
        told = await tell(owner, targeted="1")
    page = await owner.get(told.location)

    assert "모두에게 보내면 한 분 16.5원, 골라서 보내면 한 분 22원이에요" in page.words
    assert "11월 20일 · 1,000명 골라서 보냄 · 22,000원 가운데 지원금 22,000원" in page.words
    assert len(await console_books.read(list_hand_sendings, street.shop_id)) == 1
    assert "22,000원을 직접 보낸 메시지에 썼어요" in (await owner.get("/owner/grants")).words


async def test_a_mistake_is_corrected_once_by_another_line(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await tell(owner)

    for _ in range(2):
        await owner.submit(OWNERS, f"{OWNERS}/1/correct")
    page = await owner.get(OWNERS)

    assert "기한이 지난 지원금이면 다시 쓸 수는 없어요" in page.words
    assert "1,000명 고침" in page.words
    assert "지원금 16,500원을 되돌렸어요" in page.words
    assert MISTAKEN not in page.html
    (grant,) = await console_books.read(list_grants, street.shop_id, MONDAY_TEN)
    assert grant.left_jeon == won(300_000)
    book = f"shop:{street.shop_id}"
    assert await console_books.read(rows, ACTS) == [
        (book, "record_by_hand"),
        (book, "take_back_by_hand"),
    ]


async def test_the_month_adds_up_after_a_correction(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await tell(owner)
    await owner.submit(OWNERS, f"{OWNERS}/1/correct")

    html = (await owner.get("/owner/statements")).html

    assert "직접 보낸 메시지에 쓴 돈</dt><dd>16,500원" in html
    assert "직접 보낸 메시지를 고쳐 돌아온 돈</dt><dd>16,500원" in html
    assert "<b>지금</b></dt><dd><b>300,000원" in html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"people": "많이"}, "숫자로 적어 주세요"),
        ({"people": "0"}, "1명에서 100,000명까지"),
        ({"sent_on": ""}, "보낸 날을 골라 주세요"),
        ({"sent_on": "2026-11-24"}, "60일 안에 보낸 날"),
        ({"form_key": ""}, "한 번 더 눌러 주세요"),
    ],
)
async def test_a_wrong_form_gets_a_sentence_and_keeps_what_was_typed(
    owner: Browser,
    manager: Browser,
    street: Street,
    console_books: Books,
    changes: dict[str, str],
    sentence: str,
) -> None:
    pages = (
        await tell(owner, **changes),
        await manager.submit("/manager/shops/1/wallet", MANAGERS, {**TOLD, **changes}),
    )

    for page in pages:
        assert page.status == 422
        assert sentence in page.words
        assert page.value("people") == {**TOLD, **changes}["people"]
    assert await console_books.read(list_hand_sendings, street.shop_id) == []


async def test_a_manager_tells_for_a_shop_of_the_program_alone(
    browsers: Browsers,
    manager: Browser,
    street: Street,
    other_street: Street,
    console_books: Books,
) -> None:
    stranger = await browsers.open(other_street.manager)

    refused = await stranger.submit("/manager/shops/2/wallet", MANAGERS, TOLD)
    told = await manager.submit("/manager/shops/1/wallet", MANAGERS, {**TOLD, "agreed": "0"})
    unseen = await stranger.submit("/manager/shops/2/wallet", f"{MANAGERS}/1/correct")
    await manager.submit("/manager/shops/1/wallet", f"{MANAGERS}/1/correct")

    assert (refused.status, told.status, unseen.status) == (404, 303, 404)
    book = f"program:{street.program_id}"
    assert await console_books.read(rows, ACTS) == [
        (book, "record_by_hand"),
        (book, "take_back_by_hand"),
    ]
    assert "11월 20일 · 1,000명" in (await manager.get("/manager/shops/1/wallet")).words
