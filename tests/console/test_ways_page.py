"""보내는 길: the order is moved, looked at and written once; who may, and what is said of money."""

import re

import pytest

from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon, won
from domain.people import Role
from domain.ways import DEFAULT_ORDER, WayLine
from storage.books import Books
from storage.queries.provider_balances import save_balance
from storage.queries.way_rules import find_version, get_orders, insert_orders
from tests.console.browser import Browser, Browsers, Page
from tests.console.desk import hire, market_of
from tests.console.street import MONDAY_TEN, Street, add_regulars, give_grant
from tests.factories import rows

PAGE, LOOK = "/manager/ways", "/manager/ways/look"
AD, INFORMATION = MessageKind.ADVERTISEMENT, MessageKind.INFORMATION
LINES = "SELECT act, details FROM audit_line WHERE act = 'set_ways'"


def typed(page: Page) -> dict[str, str]:
    """The form as it stands, everything that is checked with it."""
    fields = {"after": page.value("after")}
    for kind in MessageKind:
        for place in range(4):
            name = f"{kind}_{place}"
            if f'name="{name}_sender"' not in page.html:
                continue
            fields[f"{name}_sender"] = page.value(f"{name}_sender")
            if f'name="{name}_on" value="1" checked' in page.html:
                fields[f"{name}_on"] = "1"
    return fields


async def test_an_order_is_moved_looked_at_and_written_once(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 3)
    begun = await manager.get(PAGE)
    assert "카카오톡(채팅방)뿐이에요. 3명" in begun.words

    fields = typed(begun)
    moved = await manager.submit(PAGE, LOOK, {**fields, "move": "up:advertisement:1"})
    assert "아직 저장하지 않았어요" in moved.words
    fields = typed(moved)
    assert fields["advertisement_0_sender"] == "solapi"
    del fields["advertisement_1_on"]  # the chatbot
    fields |= {"advertisement_0_least": "50,000", "advertisement_0_opens": "09:00"}
    fields |= {"advertisement_0_closes": "19:30"}
    looked = await manager.submit(PAGE, LOOK, fields)
    assert "프로그램에서 쓰지 않는 길이에요" in looked.words
    assert await console_books.read(find_version, street.program_id) == 0

    for _ in range(2):
        assert (await manager.submit(PAGE, PAGE, fields)).status == 303

    orders = await console_books.read(get_orders, street.program_id)
    first = orders[AD][0]
    assert (first.sender, first.least_jeon) == (SenderName.SOLAPI, won(50_000))
    assert first.hours is not None
    assert f"{first.hours.opens:%H:%M}-{first.hours.closes:%H:%M}" == "09:00-19:30"
    assert SenderName.KAKAO_EVENT not in [line.sender for line in orders[AD]]
    assert tuple(orders[INFORMATION]) == tuple(DEFAULT_ORDER[INFORMATION])
    assert await console_books.read(rows, LINES) == [("set_ways", "version=1")]
    page = await manager.get(PAGE)
    assert "1판 (지금)" in page.words
    assert page.value("advertisement_0_least") == "50,000"


async def test_an_order_that_changes_nothing_now_says_so(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 3)
    fields = typed(await manager.get(PAGE))

    same = await manager.submit(PAGE, LOOK, fields)
    moved = await manager.submit(PAGE, LOOK, {**fields, "move": "up:advertisement:1"})

    assert "지금과 같은 길로 가요" not in same.words
    assert "지금과 같은 길로 가요" in moved.words


async def test_an_earlier_order_is_seen_and_brought_back_into_the_form(
    manager: Browser, street: Street, console_books: Books
) -> None:
    for version, sender in ((1, SenderName.NHN), (2, SenderName.SOLAPI)):
        orders = {AD: [WayLine(sender=sender)], INFORMATION: DEFAULT_ORDER[INFORMATION]}
        await console_books.write(insert_orders, street.program_id, version, orders, MONDAY_TEN)
    page = await manager.get(PAGE)
    assert "10:00" in page.words or "10시" in page.words
    assert 'href="/manager/ways?version=1"' in page.html

    earlier = await manager.get(f"{PAGE}?version=1")

    assert earlier.value("advertisement_0_sender") == "nhn"
    assert "아직 저장하지 않았어요" in earlier.words
    assert await console_books.read(find_version, street.program_id) == 2
    for odd in ("0", "3", "x", "-1"):
        odd_page = await manager.get(f"{PAGE}?version={odd}")
        assert odd_page.value("advertisement_0_sender") == "solapi"


async def test_somebody_else_was_first(
    manager: Browser, street: Street, console_books: Books
) -> None:
    fields = typed(await manager.get(PAGE))
    del fields["advertisement_3_on"]
    await manager.submit(PAGE, PAGE, fields)
    del fields["advertisement_2_on"]

    late = await manager.submit(PAGE, PAGE, fields)

    assert late.status == 409
    assert "그사이에 다른 분이 차례를 바꿨어요" in late.words
    assert "지금 저장된 차례" in late.words
    assert typed(late) == {**fields, "after": "1"}
    assert await console_books.read(find_version, street.program_id) == 1
    assert (await manager.submit(PAGE, PAGE, typed(late))).status == 303
    assert await console_books.read(find_version, street.program_id) == 2


@pytest.mark.parametrize(
    ("change", "beside", "words"),
    [
        ({"advertisement_0_least": "많이"}, "advertisement_0_least", "원"),
        ({"advertisement_1_least": "100,000,001"}, "advertisement_1_least", "1억원까지"),
        ({"advertisement_0_opens": "09:00"}, "advertisement_0_hours", "둘 다"),
        (
            {"advertisement_0_opens": "19:00", "advertisement_0_closes": "09:00"},
            "advertisement_0_hours",
            "늦게",
        ),
        ({f"information_{place}_on": "" for place in range(3)}, "information", "하나는"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_row_and_stays_typed(
    manager: Browser,
    street: Street,
    console_books: Books,
    change: dict[str, str],
    beside: str,
    words: str,
) -> None:
    fields = typed(await manager.get(PAGE)) | change

    page = await manager.submit(PAGE, PAGE, fields)

    assert page.status == 422
    assert f'id="{beside}-mistake"' in page.html
    assert words in page.words
    assert "이렇게 바꾸면" not in page.words
    name, value = next(iter(change.items()))
    assert not value or page.value(name) == value
    assert await console_books.read(find_version, street.program_id) == 0


async def test_a_low_account_is_said_before_it_is_empty(
    manager: Browser, console_books: Books
) -> None:
    """27.5 won for one brand message: a thousand people need 27,500 won."""
    await console_books.write(save_balance, SenderName.SOLAPI, Jeon(2_749_999), MONDAY_TEN)
    low = await manager.get(PAGE)
    await console_books.write(save_balance, SenderName.SOLAPI, Jeon(2_750_000), MONDAY_TEN)
    enough = await manager.get(PAGE)

    assert "약 999명분" in low.words
    assert "충전해 주세요" in low.words
    assert "충전해 주세요" not in enough.words


@pytest.mark.usefixtures("other_street")
async def test_where_programs_share_an_account_nobody_reads_what_the_others_spend(
    manager: Browser, console_books: Books
) -> None:
    said = []
    for balance in (2_749_999, 12_345_600):
        await console_books.write(save_balance, SenderName.SOLAPI, Jeon(balance), MONDAY_TEN)
        said.append((await manager.get(PAGE)).words + (await manager.get("/manager")).words)

    low, enough = said
    assert "SOLAPI 계정에 남은 돈이 모자라요" in low
    assert "메시지 업체 계정에 남은 돈이 모자라요" in low
    assert "넉넉해요 SOLAPI" in enough
    for number in ("27,499", "123,456", "명분"):
        assert number not in low + enough


async def test_the_first_page_warns_too_and_only_who_runs_the_program(
    manager: Browser, browsers: Browsers, street: Street, console_books: Books
) -> None:
    await console_books.write(save_balance, SenderName.SOLAPI, Jeon(0), MONDAY_TEN)
    market = await console_books.read(market_of, street)
    staff_id = await console_books.write(
        hire, street.program_id, Role.MARKET_MANAGER, market.market_id
    )
    market_manager = await browsers.open(staff_id)

    assert "소식이 멈추니 먼저 충전해 주세요" in (await manager.get("/manager")).words
    assert "충전" not in (await market_manager.get("/manager")).words


async def test_an_owner_reads_the_order_in_plain_words(
    owner: Browser, street: Street, console_books: Books
) -> None:
    usual = await owner.get("/owner/shop")
    orders = {AD: [WayLine(sender=SenderName.SOLAPI)], INFORMATION: DEFAULT_ORDER[INFORMATION]}
    await console_books.write(insert_orders, street.program_id, 1, orders, MONDAY_TEN)
    changed = await owner.get("/owner/shop")

    assert re.search(
        r"이 차례예요\. ?1\. 카카오톡\(채팅방\) ?2\. 카카오톡\(번호\) ?3\. 문자 ", usual.words
    )
    assert re.search(r"이 차례예요\. ?1\. 카카오톡\(번호\) ?그 길로", changed.words)
