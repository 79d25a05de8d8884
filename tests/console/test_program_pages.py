"""What a program says in writing, on its manager's pages: terms, cohorts, prices, set-aside money."""

import re

import pytest

from domain.money import won
from storage.books import Books
from storage.queries.prices import list_prices
from storage.queries.programs import list_cohorts, list_terms
from subsidy.money import program_money
from tests.console.browser import Browser
from tests.console.street import Street, give_grant
from tests.factories import rows

TERMS = {
    "body": "새 약관\n둘째 줄",
    "sales_max": "200,000,000",
    "new_months": "3",
    "vat_rule": "without_vat",
    "returned_days": "7",
    "valid_from": "2026-11-23",
}
PRICE = {
    "tariff": "kakao_event",
    "kind": "advertisement",
    "net": "20",
    "vat": "10",
    "rounds_to": "100",
    "valid_from": "2026-12-01",
}
COHORT = {"name": "2026년 2기", "starts_on": "2026-09-01", "ends_on": "2027-02-28"}


async def test_new_terms_are_looked_at_and_then_written(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=False)

    seen = await manager.submit("/manager/terms", "/manager/terms/preview", TERMS)
    versions = await console_books.read(list_terms, street.program_id)

    assert seen.status == 200
    assert "연 매출 기준: 1,000,000,000원 → 200,000,000원" in seen.words
    assert "새로 받을 수 없게 되는 가게 1곳: 보람빵집" in seen.words
    assert len(versions) == 1
    hidden = {name: seen.value(name) for name in (*TERMS, "after")}
    assert {name: hidden[name] for name in TERMS} == TERMS
    for _ in range(2):
        assert (await manager.submit("/manager/terms", "/manager/terms", hidden)).status == 303
    page = await manager.get("/manager/terms")
    assert len(await console_books.read(list_terms, street.program_id)) == 2
    assert re.search(r"2판 ?지금 쓰는 판", page.words)
    assert "1판" in page.words


async def test_wrong_terms_are_told_beside_each_field_and_stay_typed(
    manager: Browser, street: Street, console_books: Books
) -> None:
    wrong = {
        **TERMS,
        "sales_max": "많이",
        "new_months": "-1",
        "vat_rule": "free",
        "returned_days": "",
        "valid_from": "2026-11-22",
    }
    for path in ("/manager/terms/preview", "/manager/terms"):
        page = await manager.submit("/manager/terms", path, {**wrong, "after": "1"})

        assert page.status == 422
        for name in ("sales_max", "new_months", "vat_rule", "returned_days"):
            assert f'id="{name}-mistake"' in page.html
        assert page.value("sales_max") == "많이"
        assert "새 약관\n둘째 줄" in page.html
    early = await manager.submit(
        "/manager/terms", "/manager/terms", {**TERMS, "valid_from": "2026-11-22", "after": "1"}
    )
    assert "오늘이나 그 뒤로" in early.words
    assert len(await console_books.read(list_terms, street.program_id)) == 1


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01", ""])
async def test_a_day_out_of_reach_is_a_sentence(manager: Browser, street: Street, day: str) -> None:
    terms = await manager.submit(
        "/manager/terms", "/manager/terms/preview", {**TERMS, "valid_from": day}
    )
    price = await manager.submit("/manager/prices", "/manager/prices", {**PRICE, "valid_from": day})

    assert terms.status in (200, 422)
    assert price.status in (303, 422)
    assert (day == "9999-12-31") == (terms.status == 200)


async def test_terms_somebody_else_changed_meanwhile_are_not_overwritten(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await manager.submit("/manager/terms", "/manager/terms", {**TERMS, "after": "1"})

    late = await manager.submit(
        "/manager/terms", "/manager/terms", {**TERMS, "body": "다른 글", "after": "1"}
    )

    assert "다른 분이 새 판을 썼어요" in (await manager.get(late.location)).words
    assert len(await console_books.read(list_terms, street.program_id)) == 2


@pytest.mark.parametrize(("name", "day"), [("starts_on", "0001-01-01"), ("ends_on", "9999-12-31")])
async def test_a_cohort_of_a_far_year_is_told_beside_its_field(
    manager: Browser, street: Street, console_books: Books, name: str, day: str
) -> None:
    page = await manager.submit("/manager/cohorts", "/manager/cohorts", {**COHORT, name: day})

    assert page.status == 422
    assert f'id="{name}-mistake"' in page.html
    assert "10년 안의 날" in page.words
    assert page.value("name") == COHORT["name"]
    assert await console_books.read(list_cohorts, street.program_id) == []


async def test_a_cohort_is_made_once(
    manager: Browser, street: Street, console_books: Books
) -> None:
    made = await manager.submit("/manager/cohorts", "/manager/cohorts", COHORT)
    again = await manager.submit("/manager/cohorts", "/manager/cohorts", COHORT)

    assert made.status == 303
    assert again.status == 422
    assert "이미 있는 기수" in again.words
    assert len(await console_books.read(list_cohorts, street.program_id)) == 1
    assert "2026년 2기2026년 9월 1일2027년 2월 28일0곳" in again.words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "기수 이름을"),
        ({"name": "가" * 21}, "기수 이름을"),
        ({"starts_on": ""}, "날짜를 골라"),
        ({"ends_on": "2026-08-31"}, "앞설 수 없어요"),
    ],
)
async def test_a_wrong_cohort_gets_a_sentence(
    manager: Browser, street: Street, changes: dict[str, str], sentence: str
) -> None:
    page = await manager.submit("/manager/cohorts", "/manager/cohorts", {**COHORT, **changes})

    assert page.status == 422
    assert sentence in page.words
    assert page.value("ends_on") == changes.get("ends_on", COHORT["ends_on"])


async def test_a_new_price_waits_for_its_day_beside_the_old_one(
    manager: Browser, street: Street, console_books: Books
) -> None:
    count = len(await console_books.read(list_prices))

    for _ in range(2):
        added = await manager.submit("/manager/prices", "/manager/prices", PRICE)
        assert added.status == 303
    page = await manager.get("/manager/prices")

    assert len(await console_books.read(list_prices)) == count + 1
    assert "2026년 12월 1일20원10%22원1원 단위로 올림 아직 시작 전" in page.words
    assert "15원10%16.5원1원 단위로 올림 지금 값" in page.words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"net": "15.05"}, "0.01원보다 작은 돈"),
        ({"net": "15.123"}, "값을 원으로"),
        ({"net": "NaN"}, "값을 원으로"),
        ({"net": "1e9"}, "10,000원까지"),
        ({"net": "9" * 400}, "값을 원으로"),
        ({"net": ""}, "값을 원으로"),
        ({"net": "-15"}, "0원보다 크고"),
        ({"vat": "가"}, "숫자로"),
        ({"vat": "101"}, "0부터 100까지"),
        ({"rounds_to": "7"}, "올림을 골라"),
        ({"rounds_to": "0"}, "올림을 골라"),
        ({"tariff": "telex"}, "어느 값인지"),
        ({"is_targeted": "1"}, "채널 메시지에만"),
        ({"valid_from": "2026-11-22"}, "지난 값은 바꿀 수 없어요"),
    ],
)
async def test_a_wrong_price_gets_a_sentence_and_stays_typed(
    manager: Browser,
    street: Street,
    console_books: Books,
    changes: dict[str, str],
    sentence: str,
) -> None:
    count = len(await console_books.read(list_prices))

    page = await manager.submit("/manager/prices", "/manager/prices", {**PRICE, **changes})

    assert page.status == 422
    assert sentence in page.words
    assert page.value("vat") == changes.get("vat", PRICE["vat"])
    assert len(await console_books.read(list_prices)) == count


async def test_where_programs_share_a_server_the_prices_are_its_operators(
    manager: Browser, other_street: Street, console_books: Books
) -> None:
    """A price of one program would be every other's, too."""
    count = len(await console_books.read(list_prices))
    page = await manager.get("/manager/prices")

    refused = await manager.submit("/manager/prices", "/manager/prices", PRICE)

    assert "새 단가 적기" not in page.words
    assert "서버 관리자가 적어요" in page.words
    assert refused.status == 409
    assert len(await console_books.read(list_prices)) == count


async def test_money_is_set_aside_once_a_form(
    manager: Browser, street: Street, console_books: Books
) -> None:
    form = {"amount": "50,000원", "form_key": "one"}
    for _ in range(2):
        done = await manager.submit("/manager/operating", "/manager/operating", form)
        assert done.status == 303

    page = await manager.get("/manager/operating")
    money = await console_books.read(program_money, street.program_id)
    assert money.operating_jeon == won(50_000)
    assert "남음50,000원" in page.words
    assert "오전 10:0050,000원" in page.words


async def test_another_amount_from_the_same_page_is_set_aside_too(
    manager: Browser, street: Street, console_books: Books
) -> None:
    """Back, another amount, press."""
    for amount in ("50000", "20000"):
        form = {"amount": amount, "form_key": "one"}
        await manager.submit("/manager/operating", "/manager/operating", form)

    money = await console_books.read(program_money, street.program_id)
    assert money.operating_jeon == won(70_000)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "0"}, "1원보다 큰"),
        ({"amount": "조금"}, "숫자로"),
        ({"amount": "10000001"}, "예산보다 많아요"),
        ({"form_key": ""}, "다시 눌러 주세요"),
        ({"form_key": "k" * 41}, "다시 눌러 주세요"),
    ],
)
async def test_a_wrong_sum_is_not_set_aside(
    manager: Browser, street: Street, console_books: Books, changes: dict[str, str], sentence: str
) -> None:
    form = {"amount": "50000", "form_key": "one", **changes}

    page = await manager.submit("/manager/operating", "/manager/operating", form)

    assert page.status == 422
    assert sentence in page.words
    assert page.value("amount") == form["amount"]
    moved = "SELECT 1 FROM transfer WHERE key LIKE 'operating:%'"
    assert await console_books.read(rows, moved) == []
