"""Every page: for its role only, small, without scripts, and made of templates that are used."""

import re
from pathlib import Path

import pytest
from jinja2 import meta

from console.pages import TEMPLATES, pages
from storage.books import Books
from tests.console.browser import Browser, Browsers
from tests.console.street import Street, add_regulars, book_news, give_grant, report_all

OWNER_PAGES = (
    "/owner",
    "/owner/send",
    "/owner/campaigns",
    "/owner/campaigns/1",
    "/owner/grants",
    "/owner/wallet",
    "/owner/by-hand",
    "/owner/statements",
    "/owner/shop",
    "/owner/questions",
    "/owner/ideas",
    "/owner/poster",
    "/owner/counter",
    "/owner/counter/qr",
    "/owner/counter/pin",
    "/owner/counter/poster",
)
MANAGER_PAGES = (
    "/manager",
    "/manager/shops/1",
    "/manager/shops/new",
    "/manager/people",
    "/manager/terms",
    "/manager/cohorts",
    "/manager/prices",
    "/manager/operating",
    "/manager/statutory",
    "/manager/templates",
    "/manager/statements",
    "/manager/statements/2026-11",
    "/manager/statements/2026-11/shops/1",
)
PAGE_BYTES_MAX = 60_000


@pytest.fixture
async def busy_street(console_books: Books, street: Street) -> Street:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(give_grant, street, is_started=False, key="waiting")
    await console_books.write(add_regulars, street.shop_id, 12)
    await console_books.write(book_news, street)
    await console_books.write(report_all, 8, 2)
    return street


@pytest.mark.parametrize("path", OWNER_PAGES)
async def test_an_owner_sees_each_owner_page(
    owner: Browser, busy_street: Street, path: str
) -> None:
    page = await owner.get(path)

    assert page.status == 200
    assert "보람빵집" in page.words or path != "/owner"
    assert len(page.html.encode()) <= PAGE_BYTES_MAX


@pytest.mark.parametrize("path", MANAGER_PAGES)
async def test_a_manager_sees_each_manager_page(
    manager: Browser, busy_street: Street, path: str
) -> None:
    page = await manager.get(path)

    assert page.status == 200
    assert len(page.html.encode()) <= PAGE_BYTES_MAX


@pytest.mark.parametrize("path", [*OWNER_PAGES, *MANAGER_PAGES, "/owner/qr.svg"])
async def test_a_stranger_is_told_to_ask_for_an_invitation(
    stranger: Browser, busy_street: Street, path: str
) -> None:
    page = await stranger.get(path)

    assert page.status == 403
    assert "초대 링크" in page.words


@pytest.mark.parametrize("path", MANAGER_PAGES)
async def test_an_owner_is_refused_on_manager_pages(
    owner: Browser, busy_street: Street, path: str
) -> None:
    page = await owner.get(path)

    assert page.status == 403
    assert "담당자의 화면" in page.words


@pytest.mark.parametrize("path", OWNER_PAGES)
async def test_a_manager_is_refused_on_owner_pages(
    manager: Browser, busy_street: Street, path: str
) -> None:
    page = await manager.get(path)

    assert page.status == 403
    assert "사장님의 화면" in page.words


@pytest.mark.parametrize("path", ["/owner/nothing", "/owner/campaigns/999", "/owner/campaigns/x"])
async def test_what_is_not_there_is_a_page_with_a_sentence(
    owner: Browser, street: Street, path: str
) -> None:
    page = await owner.get(path)

    assert page.status == 404
    assert "없어요" in page.words


async def test_pages_carry_the_security_headers(browsers: Browsers, busy_street: Street) -> None:
    for path in ("/owner", "/s/bakery-1", "/join/none", "/static/console.css"):
        page = await (await browsers.open(busy_street.owner)).get(path)

        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Frame-Options"] == "DENY"


async def test_a_static_file_is_kept_by_its_content(owner: Browser, street: Street) -> None:
    found = re.search(
        r'href="(/static/console\.css\?v=[0-9a-f]+)"', (await owner.get("/owner")).html
    )
    assert found

    style = await owner.get(found[1])

    assert style.status == 200
    assert "immutable" in style.headers["Cache-Control"]


def template_files() -> list[str]:
    root = TEMPLATES / "pages"
    return [
        str(path.relative_to(root))
        for path in sorted(root.rglob("*.html"))
        if "simulator" not in path.parts
    ]


@pytest.mark.parametrize("name", template_files())
def test_a_template_brings_no_script_and_no_style_of_its_own(name: str) -> None:
    """Our own policy would forbid them; what a page does by itself stands in a file of ours."""
    source = (TEMPLATES / "pages" / name).read_text()
    source = re.sub(r"<script src=\"\{\{ asset\('[\w.]+'\) \}\}\" defer></script>", "", source)

    assert pages.get_template(name)
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", source)


def test_no_template_is_unused() -> None:
    files = [path for part in ("console", "dangol") for path in Path(part).rglob("*.py")]
    code = "".join(path.read_text() for path in files)
    used = {name for name in template_files() if f'"{name}"' in code}
    for name in template_files():
        source = (TEMPLATES / "pages" / name).read_text()
        used |= {found for found in meta.find_referenced_templates(pages.parse(source)) if found}

    assert used == set(template_files())
