"""The audit log in words: people and shops by name, money in won, Korean days, links."""

import re
from pathlib import Path

import pytest

from domain.audit import Act, program_book, shop_book
from domain.people import Role
from domain.subsidy import ProposalKind
from storage.books import Books
from storage.queries.journal import append_audit
from tests.console.browser import Browser, Browsers, Page
from tests.console.desk import hire, market_of, open_second_market
from tests.console.street import MONDAY_TEN, Street, give_grant
from tests.factories import rows

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = re.compile(r'act="([a-z_]+)"|_audit\([^"()]*(?:\([^()]*\)[^"()]*)*"([a-z_]+)"')


def lines(page: Page) -> str:
    return page.html.partition("<tbody>")[2].partition("</tbody>")[0]


async def write_down(books: Books, street: Street, what: str, subject: str, details: str) -> None:
    act = Act(
        actor=f"manager:{street.manager}",
        act=what,
        subject=subject,
        details=details,
        at=MONDAY_TEN,
    )
    await books.write(append_audit, program_book(street.program_id), act)


@pytest.mark.parametrize(
    ("subject", "details", "words"),
    [
        ("shop:1", "jeon=40000000", ("보람빵집", "400,000원")),
        ("shop:1", "shop=1 jeon=165", ("보람빵집, 1.65원",)),
        ("proposal:4", "grants=3 jeon=100", ("올린 일 4번", "지원금 3건, 1원")),
        (
            "grant:7",
            "expires_at=2026-12-20T15:00:00+00:00>2027-11-30T15:00:00+00:00",
            ("지원금 7번", "쓰는 기한 12월 20일 → 2027년 11월 30일"),
        ),
        (
            "program:1",
            "month=2026-10 hash=0123456789abcdef",
            ("2026년 10월, 확인 값 0123456789ab",),
        ),
        ("customer:5", "weather=fine", ("손님 5번", "weather=fine")),
        ("shop:1", "until:2026-11-23T10:00:00 x", ("until=2026-11-23T10:00:00, x",)),
    ],
)
async def test_a_line_is_told_in_words(
    manager: Browser,
    street: Street,
    console_books: Books,
    subject: str,
    details: str,
    words: tuple[str, ...],
) -> None:
    await write_down(console_books, street, "offer_grant", subject, details)

    told = Page(200, lines(await manager.get("/manager/audit?act=offer_grant")), {}).words

    for expected in words:
        assert expected in told, told


async def test_people_and_shops_have_names_and_things_are_links(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    (name,) = (
        await console_books.read(rows, "SELECT name FROM staff WHERE id = :id", id=street.owner)
    )[0]
    await write_down(console_books, street, "do_grants", "proposal:4", "")

    page = await manager.get("/manager/audit")

    assert f"사장님 {name}" in page.words
    for link in ("/manager/trail/grants/1", "/manager/acts/4", f"/manager/shops/{street.shop_id}"):
        assert f'href="{link}"' in lines(page), link


async def test_what_to_look_for_is_chosen_from_lists(
    manager: Browser, street: Street, console_books: Books
) -> None:
    actor = f"manager:{street.manager}"
    page = await manager.get(f"/manager/audit?actor={actor}&act=stamp&shop={street.shop_id}")
    odd = await manager.get("/manager/audit?actor=customer:9&act=whatever&shop=999")

    for value in (actor, "stamp", str(street.shop_id)):
        assert f'<option value="{value}" selected>' in page.html, value
    for option in (
        'value="customer:9" selected>손님 9<',
        '"whatever" selected>',
        '"999" selected>',
    ):
        assert option in odd.html, option


async def test_no_other_programs_and_no_other_markets_names_are_told(
    manager: Browser,
    browsers: Browsers,
    street: Street,
    other_street: Street,
    console_books: Books,
) -> None:
    """Even where a line would speak of them by number."""
    across = await console_books.write(open_second_market, street)
    stranger = await console_books.write(
        hire, street.program_id, Role.MARKET_MANAGER, across.market_id
    )
    market = await console_books.read(market_of, street)
    own = await browsers.open(
        await console_books.write(hire, street.program_id, Role.MARKET_MANAGER, market.market_id)
    )
    act = Act(
        actor=f"owner:{other_street.owner}",
        act="stamp",
        subject=f"shop:{across.shop_id}",
        details=f"staff:{stranger} shop={other_street.shop_id}",
        at=MONDAY_TEN,
    )
    await console_books.write(append_audit, shop_book(street.shop_id), act)

    mine = lines(await own.get("/manager/audit"))
    whole = lines(await manager.get("/manager/audit"))

    assert f"가게 {across.shop_id}번" in mine
    assert f"직원 {stranger}" in mine
    for told in (mine, whole):
        assert f"사장님 {other_street.owner}<" in told
        assert f"가게 {other_street.shop_id}번" in told
    options = (await own.get("/manager/audit")).html
    assert f'value="market_manager:{stranger}"' not in options
    assert f'<option value="{across.shop_id}"' not in options


def test_every_act_has_words() -> None:
    words = (ROOT / "templates/pages/parts/audit.html").read_text(encoding="utf-8")
    acts: set[str] = set()
    for part in ("subsidy", "campaigns", "loyalty"):
        for file in (ROOT / part).rglob("*.py"):
            found = WRITTEN.findall(file.read_text(encoding="utf-8"))
            acts |= {one or other for one, other in found}

    assert len(acts) > 50
    assert [act for act in sorted(acts) if f'"{act}":' not in words] == []


@pytest.mark.parametrize("kind", ProposalKind)
def test_every_kind_of_act_says_what_was_done(kind: ProposalKind) -> None:
    words = (ROOT / "templates/pages/parts/words.html").read_text(encoding="utf-8")

    assert f'"{kind}_done": "' in words
    assert '"했어요."' not in words
