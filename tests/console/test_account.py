"""들어오는 방법: an account linked, parted, and the places it leads to, over real HTTP."""

from datetime import datetime

import pytest
from aiohttp.test_utils import TestServer

from console.keys import ConsoleSettings, KakaoLogin
from loyalty.meeting import recognize
from simulator.faults import Fault, Faults
from simulator.world import Person, World
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from subsidy.pairing import make_pairing_code, pair_chat
from tests.console.browser import Browser
from tests.console.conftest import CLIENT_ID, PUBLIC_URL
from tests.console.kakao_account import KakaoAccount, come_in_with, link_to
from tests.console.street import Street
from tests.factories import make_caller, rows


@pytest.fixture
def console_settings(kakao: KakaoAccount) -> ConsoleSettings:
    login = KakaoLogin(client_id=CLIENT_ID, client_secret="s3cret", issuer=kakao.address)
    return ConsoleSettings(public_url=PUBLIC_URL, login=login)


def pair(tx: Tx, street: Street, app_user_id: str, at: datetime) -> None:
    """A chat of this Kakao account speaks for the shop's owner."""
    channel_id = get_shop(tx, street.shop_id).channel_id
    person = recognize(tx, channel_id, make_caller(77)._replace(app_user_id=app_user_id), at)
    pair_chat(tx, channel_id, person, make_pairing_code(tx, street.owner, at).digits, at)


def sign_ins(tx: Tx) -> list[str]:
    """In whose books somebody's coming in stands."""
    return [row[0] for row in rows(tx, "SELECT book FROM audit_line WHERE act = 'sign_in'")]


async def test_parting_ends_the_way_in(
    owner: Browser, stranger: Browser, kakao: KakaoAccount, boram: Person
) -> None:
    await link_to(owner, kakao, boram)
    assert (await owner.submit("/account", "/account/part")).location == "/account"
    assert "이어 두기" in (await owner.get("/account")).words
    assert (await come_in_with(stranger, kakao, boram)).status == 403


@pytest.mark.parametrize("act", ["part", "link"])
async def test_who_came_in_with_an_account_is_out_once_it_is_parted_or_changed(
    owner: Browser,
    stranger: Browser,
    kakao: KakaoAccount,
    boram: Person,
    neighbor: Person,
    act: str,
) -> None:
    """A stranger's account that was tied here lets nobody stay."""
    await link_to(owner, kakao, neighbor)
    await come_in_with(stranger, kakao, neighbor)
    assert (await stranger.get("/owner")).status == 200

    if act == "part":
        await owner.submit("/account", "/account/part")
    else:
        await link_to(owner, kakao, boram)

    assert (await stranger.get("/owner")).status == 403
    assert (await owner.get("/owner")).status == 200


async def test_a_paired_chat_that_still_lets_in_is_told_on_the_page(
    owner: Browser, kakao: KakaoAccount, boram: Person, console_books: Books, street: Street
) -> None:
    link_to_chat = 'href="/owner/chat"'
    await link_to(owner, kakao, boram)
    assert link_to_chat not in (await owner.get("/account")).html
    await console_books.write(pair, street, "3012345678", kakao.world.now())
    assert link_to_chat in (await owner.get("/account")).html

    await owner.submit("/account", "/account/part")

    shown = await owner.get("/account")
    assert link_to_chat in shown.html
    assert "이 길을 닫으려면 카카오톡 연결을 끊어" in shown.words
    assert "들어올 수 없어요" not in shown.words


async def test_one_account_with_two_places_is_asked_where_to(
    owner: Browser,
    manager: Browser,
    stranger: Browser,
    kakao: KakaoAccount,
    boram: Person,
    console_books: Books,
) -> None:
    await link_to(owner, kakao, boram)
    await link_to(manager, kakao, boram)

    came = await come_in_with(stranger, kakao, boram)
    places = await stranger.get(came.location)

    assert "보람빵집 · 사장님" in places.words
    assert "보람 프로그램 · 담당자" in places.words
    to_desk = places.html.split('value="')[-1].split('"')[0]
    gone = await stranger.submit("/account/places", "/account/places", {"staff": to_desk})
    assert gone.location == "/manager"
    assert (await stranger.get("/manager")).status == 200
    (book,) = await console_books.read(sign_ins)
    assert book.startswith("program:")
    assert await console_books.read(rows, "SELECT count(*) FROM web_session") == [(3,)]


async def test_nothing_opens_before_a_place_is_chosen(
    owner: Browser, manager: Browser, stranger: Browser, kakao: KakaoAccount, boram: Person
) -> None:
    for browser in (owner, manager):
        await link_to(browser, kakao, boram)
    await come_in_with(stranger, kakao, boram)
    for page in ("/owner", "/manager", "/account"):
        shown = await stranger.get(page)
        assert (shown.status, "어디로 갈지 골라" in shown.words) == (403, True)
        assert 'href="/account/places"' in shown.html


async def test_nobody_goes_to_a_place_that_the_account_does_not_open(
    owner: Browser, stranger: Browser, kakao: KakaoAccount, boram: Person, street: Street
) -> None:
    await link_to(owner, kakao, boram)
    await come_in_with(stranger, kakao, boram)
    for staff in (str(street.manager), "", "x"):
        gone = await stranger.submit("/account/places", "/account/places", {"staff": staff})
        assert gone.status == 403
    assert (await stranger.get("/manager")).status == 403
    assert (await owner.get("/account/places")).status == 403  # came in without an account


async def test_a_link_counts_only_for_who_began_it(
    owner: Browser, kakao: KakaoAccount, neighbor: Person, stranger: Browser
) -> None:
    begun = await owner.submit("/account", "/account/link")
    back = await kakao.answer(begun, neighbor)
    await owner.submit("/owner/shop", "/owner/leave")
    assert (await owner.get(back)).status == 403
    assert (await come_in_with(stranger, kakao, neighbor)).status == 403


async def test_canceling_or_failing_to_link_leads_back_to_where_it_began(
    owner: Browser,
    kakao: KakaoAccount,
    boram: Person,
    pretend: tuple[World, TestServer, Faults],
) -> None:
    begun = await owner.submit("/account", "/account/link")
    came = await owner.get(await kakao.answer(begun, boram, do="cancel"))
    assert (came.status, "카카오계정을 잇지 않았어요" in came.words) == (409, True)
    assert "들어오시려면" not in came.words

    pretend[2].arm(Fault(endpoint="POST /oauth/token", kind="http_503_html"))
    begun = await owner.submit("/account", "/account/link")
    down = await owner.get(await kakao.answer(begun, boram))
    assert (down.status, "대답하지 않아요" in down.words) == (409, True)
    for shown in (came, down):
        assert 'href="/account"' in shown.html
        assert 'href="/login"' not in shown.html


async def test_kakao_being_away_when_linking_begins_leads_back(
    owner: Browser, pretend: tuple[World, TestServer, Faults]
) -> None:
    pretend[2].arm(Fault(endpoint="GET /.well-known/*", kind="http_503_html"))
    down = await owner.submit("/account", "/account/link")
    assert (down.status, "대답하지 않아요" in down.words) == (409, True)
    assert 'href="/account"' in down.html


async def test_linking_needs_our_own_form(owner: Browser, stranger: Browser) -> None:
    assert (await owner.post("/account/link", {"csrf": "made-up"})).status == 403
    assert (await stranger.post("/account/link", {})).status == 403
    foreign = await stranger.post("/login/kakao", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
