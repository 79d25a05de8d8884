"""카카오로 들어오기, through the pretend Kakao's own pages over real HTTP."""

from dataclasses import replace
from datetime import datetime

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from console.keys import ConsoleSettings, KakaoLogin
from domain.people import ProgramId, Role, StaffId
from simulator.faults import Fault, Faults
from simulator.world import Person, World
from storage.books import Books
from storage.desk import Tx
from subsidy.accounts import link_account
from subsidy.invitations import accept, invite
from subsidy.staff import remove_from_desk
from tests.console.browser import Browser, Browsers
from tests.console.conftest import CLIENT_ID, PUBLIC_URL
from tests.console.kakao_account import KakaoAccount, come_in_with, link_to
from tests.console.street import Clock, Street
from tests.factories import rows


@pytest.fixture
def console_settings(kakao: KakaoAccount) -> ConsoleSettings:
    login = KakaoLogin(client_id=CLIENT_ID, client_secret="s3cret", issuer=kakao.address)
    return ConsoleSettings(public_url=PUBLIC_URL, login=login)


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
    shown = (await owner.get("/account")).words
    assert "카카오계정을 이었어요." in shown
    assert "카카오계정으로 들어올 수 있어요" in shown

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


async def test_after_leaving_kakao_asks_again_who_it_is(
    owner: Browser, stranger: Browser, kakao: KakaoAccount, boram: Person
) -> None:
    """On a counter's tablet: its owner is still signed in at Kakao, a clerk presses the button."""
    await link_to(owner, kakao, boram)
    await come_in_with(stranger, kakao, boram)
    left = await stranger.submit("/owner/shop", "/owner/leave")
    assert "카카오에서도 로그아웃" in left.words

    met = await kakao.meet(await stranger.post("/login/kakao"))

    assert met.path.startswith("/oauth/authorize")
    assert "누구로 들어갈까요?" in met.html


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
    down = begun if begun.status != 200 else await stranger.get(await kakao.answer(begun, linked))
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
    assert begun.headers["Cache-Control"] == "no-store"


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


async def test_who_may_leave_is_told_every_way_back(owner: Browser) -> None:
    """Not only a new invitation."""
    shown = (await owner.get("/owner/shop")).words
    assert "다시 들어오려면 ‘카카오로 들어오기’를 누르거나, 가게 채팅방에서 ‘관리’라고" in shown
