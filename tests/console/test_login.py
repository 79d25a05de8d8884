"""카카오로 들어오기, through the pretend Kakao's own pages over real HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer

from console.keys import ConsoleSettings, KakaoLogin
from domain.people import ProgramId, Role, StaffId
from simulator.app import FAULTS, build
from simulator.faults import Fault, Faults
from simulator.settings import Settings
from simulator.values import LoginApp
from simulator.world import Person, World
from storage.books import Books
from storage.desk import Tx
from subsidy.accounts import link_account
from subsidy.invitations import accept, invite
from subsidy.staff import remove_from_desk
from tests.console.browser import Browser, Browsers
from tests.console.conftest import PUBLIC_URL
from tests.console.kakao_account import KakaoAccount, come_in_with, link_to
from tests.console.street import Clock, Street
from tests.factories import rows

BACK = f"{PUBLIC_URL}/login/kakao/back"
APP = LoginApp(client_id="login-key", client_secret="s3cret", redirect_uris=frozenset({BACK}))


@pytest_asyncio.fixture
async def pretend(console_clock: Clock) -> AsyncIterator[tuple[World, TestServer, Faults]]:
    world = World(console_clock, seed=7)
    settings = Settings()
    app = build(world, settings)
    server = TestServer(app)
    await server.start_server()
    settings.public_url = str(server.make_url("")).rstrip("/")
    world.add_app(APP)
    yield world, server, app[FAULTS]
    await server.close()


@pytest_asyncio.fixture
async def kakao(pretend: tuple[World, TestServer, Faults]) -> AsyncIterator[KakaoAccount]:
    world, server, _ = pretend
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield KakaoAccount(world, session, str(server.make_url("")).rstrip("/"))


@pytest.fixture
def console_settings(kakao: KakaoAccount) -> ConsoleSettings:
    login = KakaoLogin(client_id="login-key", client_secret="s3cret", issuer=kakao.address)
    return ConsoleSettings(public_url=PUBLIC_URL, login=login)


@pytest.fixture
def boram(kakao: KakaoAccount) -> Person:
    return kakao.world.add_person(name="김보람", phone="01000000001", app_user_id="3012345678")


@pytest.fixture
def neighbor(kakao: KakaoAccount) -> Person:
    return kakao.world.add_person(name="이웃", phone="01000000002", app_user_id="3087654321")


@pytest_asyncio.fixture
async def linked(owner: Browser, kakao: KakaoAccount, boram: Person) -> Person:
    await link_to(owner, kakao, boram)
    return boram


def second_manager(tx: Tx, program_id: ProgramId, at: datetime) -> StaffId:
    token = invite(tx, Role.MANAGER, program_id=program_id, name="최고", at=at)
    return accept(tx, token, at)


async def test_who_linked_an_account_comes_in_with_it_on_another_device(
    owner: Browser, stranger: Browser, kakao: KakaoAccount, boram: Person, console_books: Books
) -> None:
    assert (await link_to(owner, kakao, boram)).location == "/account"
    assert "카카오계정으로 들어올 수 있어요" in (await owner.get("/account")).words

    came = await come_in_with(stranger, kakao, boram)

    assert came.location == "/owner"
    assert (await stranger.get("/owner")).status == 200
    acts = [
        row[0] for row in await console_books.read(rows, "SELECT act FROM audit_line ORDER BY id")
    ]
    assert acts[-2:] == ["link_account", "sign_in"]


async def test_an_account_that_nobody_linked_is_told_the_way(
    stranger: Browser, kakao: KakaoAccount, neighbor: Person
) -> None:
    came = await come_in_with(stranger, kakao, neighbor)
    assert came.status == 403
    assert "아직 이어 둔 가게가 없어요" in came.words
    assert "‘내 가게’의 ‘들어오는 방법’에서 카카오계정을 이어" in came.words
    assert (await stranger.get("/owner")).status == 403


async def test_parting_ends_the_way_in(
    owner: Browser, stranger: Browser, kakao: KakaoAccount, boram: Person
) -> None:
    await link_to(owner, kakao, boram)
    assert (await owner.submit("/account", "/account/part")).location == "/account"
    assert "이어 두기" in (await owner.get("/account")).words
    assert (await come_in_with(stranger, kakao, boram)).status == 403


async def test_one_account_with_two_places_is_asked_where_to(
    owner: Browser, manager: Browser, stranger: Browser, kakao: KakaoAccount, boram: Person
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


async def test_who_was_removed_comes_in_no_more(
    stranger: Browser, kakao: KakaoAccount, boram: Person, console_books: Books, street: Street
) -> None:
    at = kakao.world.now()
    await console_books.write(link_account, street.manager, "3012345678", at)
    other = await console_books.write(second_manager, street.program_id, at)
    await console_books.write(
        remove_from_desk, street.program_id, street.manager, actor=f"manager:{other}", at=at
    )
    assert (await come_in_with(stranger, kakao, boram)).status == 403


async def test_an_answer_counts_only_in_the_browser_that_asked(
    owner: Browser, stranger: Browser, browsers: Browsers, kakao: KakaoAccount, boram: Person
) -> None:
    """Else somebody could let others come in, or link, with an account of theirs."""
    await link_to(owner, kakao, boram)
    back = await kakao.answer(await stranger.post("/login/kakao"), boram)
    elsewhere = await browsers.open()
    await elsewhere.post("/login/kakao")
    for browser in (elsewhere, await browsers.open()):
        came = await browser.get(back)
        assert (came.status, "처음부터 다시" in came.words) == (403, True)
        assert (await browser.get("/owner")).status == 403


async def test_a_link_counts_only_for_who_began_it(
    owner: Browser, kakao: KakaoAccount, neighbor: Person, stranger: Browser
) -> None:
    begun = await owner.submit("/account", "/account/link")
    back = await kakao.answer(begun, neighbor)
    await owner.submit("/owner/shop", "/owner/leave")
    assert (await owner.get(back)).status == 403
    assert (await come_in_with(stranger, kakao, neighbor)).status == 403


async def test_an_answer_counts_once_and_for_ten_minutes(
    owner: Browser, stranger: Browser, kakao: KakaoAccount, boram: Person, console_clock: Clock
) -> None:
    await link_to(owner, kakao, boram)
    back = await kakao.answer(await stranger.post("/login/kakao"), boram)
    console_clock.pass_(minutes=10)
    assert "처음부터 다시" in (await stranger.get(back)).words

    back = await kakao.answer(await stranger.post("/login/kakao"), boram)
    assert (await stranger.get(back)).location == "/owner"
    assert "처음부터 다시" in (await stranger.get(back)).words
    assert (await stranger.get("/owner")).status == 200


async def test_canceling_at_kakao_says_so(
    stranger: Browser, kakao: KakaoAccount, boram: Person
) -> None:
    back = await kakao.answer(await stranger.post("/login/kakao"), boram, do="cancel")
    came = await stranger.get(back)
    assert (came.status, "그만두셨어요" in came.words) == (409, True)
    assert 'href="/login"' in came.html


@pytest.mark.parametrize(
    "fault",
    [
        Fault(endpoint="GET /.well-known/*", kind="http_503_html"),
        Fault(endpoint="POST /oauth/token", kind="http_503_html"),
        Fault(endpoint="POST /oauth/token", kind="close_after_acting"),
    ],
    ids=lambda fault: f"{fault.endpoint} {fault.kind}",
)
async def test_while_kakao_does_not_answer_it_says_so_and_the_next_try_works(
    stranger: Browser,
    kakao: KakaoAccount,
    pretend: tuple[World, TestServer, Faults],
    linked: Person,
    fault: Fault,
) -> None:
    pretend[2].arm(replace(fault))
    begun = await stranger.post("/login/kakao")
    down = begun if begun.status != 303 else await stranger.get(await kakao.answer(begun, linked))
    assert (down.status, "대답하지 않아요" in down.words) == (409, True)
    assert (await come_in_with(stranger, kakao, linked)).location == "/owner"


async def test_keys_may_change_at_any_time(
    owner: Browser, kakao: KakaoAccount, boram: Person, console_clock: Clock
) -> None:
    await link_to(owner, kakao, boram)
    console_clock.pass_(seconds=11)
    async with kakao.session.post(f"{kakao.address}/sim/login/keys", json={}) as turned:
        assert turned.status == 200
    assert (await link_to(owner, kakao, boram)).location == "/account"


async def test_the_session_of_before_is_not_carried_on(
    owner: Browser, kakao: KakaoAccount, boram: Person
) -> None:
    """Session fixation: who prepared a browser does not hold its session afterwards."""
    await link_to(owner, kakao, boram)
    before = {cookie.key: cookie.value for cookie in owner.client.session.cookie_jar}
    await come_in_with(owner, kakao, boram)
    after = {cookie.key: cookie.value for cookie in owner.client.session.cookie_jar}
    assert before["dangol"] != after["dangol"]


async def test_what_the_browser_keeps_is_out_of_reach_of_scripts(
    stranger: Browser, kakao: KakaoAccount
) -> None:
    begun = await stranger.post("/login/kakao")
    kept = begun.headers["Set-Cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert "Max-Age=600" in kept
    shown = await stranger.get("/login")
    assert f"form-action 'self' {kakao.address};" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "no hexadecimals",
        b"no JSON".hex(),
        b"[]".hex(),
        b"{}".hex(),
        b'{"attempt":{"state":7,"nonce":"","verifier":""},"staff_id":null,'
        b'"until":"2030-01-01T00:00:00+00:00"}'.hex(),
        b'{"attempt":{"state":"","nonce":"","verifier":""},"staff_id":null,'
        b'"until":"2030-01-01T00:00:00"}'.hex(),
    ],
)
async def test_what_is_not_what_we_wrote_is_no_attempt(stranger: Browser, kept: str) -> None:
    stranger.client.session.cookie_jar.update_cookies({"dangol-login": kept})
    for query in ("?code=c&state=7", "?code=c&state=", "?code=c", ""):
        came = await stranger.get(f"/login/kakao/back{query}")
        assert (came.status, "처음부터 다시" in came.words) == (403, True)


async def test_linking_needs_our_own_form(owner: Browser, stranger: Browser) -> None:
    assert (await owner.post("/account/link", {"csrf": "made-up"})).status == 403
    assert (await stranger.post("/account/link", {})).status == 403
    foreign = await stranger.post("/login/kakao", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403


async def test_without_an_app_at_kakao_nothing_is_offered(
    console_books: Books, console_clock: Clock, console_settings: ConsoleSettings
) -> None:
    browsers = Browsers(console_books, console_clock, replace(console_settings, login=None))
    browser = await browsers.open()
    assert (await browser.get("/login")).status == 404
    assert "카카오로 들어오기" not in (await browser.get("/owner")).words
    await browser.client.close()


async def test_who_is_not_signed_in_is_offered_the_button(stranger: Browser) -> None:
    refused = (await stranger.get("/owner")).words
    assert "다시 들어와 주세요" in refused
    assert "카카오로 들어오기" in refused
    assert "카카오로 들어오기" in (await stranger.get("/login")).words
