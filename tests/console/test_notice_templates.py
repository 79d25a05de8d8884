"""알림톡 템플릿: the texts to hand in, what was written down of them, and for whose channel."""

import pytest
import pytest_asyncio

from console.manager.notice_templates import PAGE
from domain.alimtalk import TEXTS
from domain.people import Role
from domain.ways import NoticeUse, TemplateState
from storage.books import Books
from storage.queries.notice_templates import list_templates
from tests.console.browser import Browser, Browsers
from tests.console.desk import Market, hire, open_second_market
from tests.console.street import Street
from tests.console.test_statutory import channel_of
from tests.factories import rows

USE = NoticeUse.COUPON_EARNED
CODE = "KA01TP260101000000000AbCdEfGhIjK"


def typed(channel: str, **changed: str) -> dict[str, str]:
    told = {"sender": "solapi_alimtalk", "code": CODE, "body": TEXTS[USE], "state": "approved"}
    return {"channel": channel, "use": USE.value, **told, **changed}


@pytest_asyncio.fixture
async def channel(console_books: Books, street: Street) -> str:
    return await console_books.read(channel_of, street.shop_id)


@pytest_asyncio.fixture
async def across(console_books: Books, street: Street) -> Market:
    return await console_books.write(open_second_market, street)


async def test_each_use_shows_the_text_to_hand_in(manager: Browser, channel: str) -> None:
    page = await manager.get(PAGE)

    for text in TEXTS.values():
        assert text.splitlines()[-1] in page.words
    assert channel


async def test_what_is_written_down_is_kept_as_the_provider_has_it(
    manager: Browser, console_books: Books, street: Street, channel: str
) -> None:
    """A browser sends its line ends as CRLF; an inspected text has none of these."""
    body = TEXTS[USE].replace("\n", "\r\n")

    saved = await manager.submit(PAGE, PAGE, typed(channel, body=body))
    page = await manager.get(PAGE)

    assert saved.status == 303
    assert CODE in page.words
    (kept,) = await console_books.read(list_templates, street.program_id)
    assert (kept.body, kept.state) == (TEXTS[USE], TemplateState.APPROVED)
    lines = "SELECT act FROM audit_line WHERE act = 'note_template'"
    assert len(await console_books.read(rows, lines)) == 1


async def test_the_same_code_is_written_anew(
    manager: Browser, console_books: Books, street: Street, channel: str
) -> None:
    await manager.submit(PAGE, PAGE, typed(channel, state="requested"))
    await manager.submit(PAGE, PAGE, typed(channel))

    kept = await console_books.read(list_templates, street.program_id)
    assert [one.state for one in kept] == [TemplateState.APPROVED]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "코드"}, "업체가 준 코드를 그대로"),
        ({"sender": "solapi"}, "어느 업체의 것인지"),
        ({"state": "perhaps"}, "지금 어떤지"),
        ({"body": "쿠폰이 나왔어요."}, "누가 보내는지"),
        ({"body": f"{TEXTS[USE]} 어서 오세요"}, "권하는 말"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field(
    manager: Browser,
    console_books: Books,
    street: Street,
    channel: str,
    changed: dict[str, str],
    sentence: str,
) -> None:
    """With everything typed still there."""
    page = await manager.submit(PAGE, PAGE, typed(channel, **changed))

    assert page.status == 422
    assert sentence in page.words
    assert changed.get("code", CODE) in page.html
    assert await console_books.read(list_templates, street.program_id) == []


async def test_another_markets_channel_is_nobodys_business(
    browsers: Browsers, console_books: Books, street: Street, across: Market, channel: str
) -> None:
    staff = await console_books.write(
        hire, street.program_id, Role.MARKET_MANAGER, across.market_id
    )
    browser = await browsers.open(staff)

    page = await browser.submit("/manager", PAGE, typed(channel))
    looked = await browser.get(f"{PAGE}?channel={channel}")

    assert (page.status, looked.status) == (404, 404)
    assert await console_books.read(list_templates, street.program_id) == []


async def test_an_auditor_reads_and_writes_nothing(
    browsers: Browsers, console_books: Books, street: Street, channel: str
) -> None:
    browser = await browsers.open(await console_books.write(hire, street.program_id, Role.AUDITOR))

    page = await browser.get(PAGE)
    written = await browser.submit("/manager", PAGE, typed(channel))

    assert "적어 두기" not in page.words
    assert written.status == 403
